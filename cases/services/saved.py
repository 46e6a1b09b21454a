"""The verbs of saved filters: keep one under a name, change it, take it away. Each is its person's own."""

import uuid

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Incomplete
from agencies.standing import standing_of
from cases.browsing import LISTINGS
from cases.models import SavedFilter


@transaction.atomic
def save_filter(*, actor: User, place: str, query: str, name: str, is_default: bool = False) -> SavedFilter:
    """Keep the filters and the order of a list's address. The same name once more takes the place of the first.

    Of the address only the list's own codes are kept. Raises Incomplete when nothing is chosen, there are too many,
    or there is no such list.
    """
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if place not in LISTINGS:
        raise Incomplete(_("There is no such list."))
    kept = LISTINGS[place](standing_of(actor), QueryDict(query)).to_save
    if not kept:
        raise Incomplete(_("Nothing is chosen yet."), {"name": [_("Choose a filter or an order first.")]})
    mine = SavedFilter.objects.filter(person=actor, place=place)
    if mine.exclude(name=name).count() >= SavedFilter.AT_MOST:
        raise Incomplete(_("That is one too many."), {"name": [_("Delete one of your saved filters first.")]})
    if is_default:
        mine.update(is_default=False)
    made, _new = SavedFilter.objects.update_or_create(
        person=actor, place=place, name=name, defaults={"query": kept, "is_default": is_default}
    )
    return made


@transaction.atomic
def change_filter(*, actor: User, pk: uuid.UUID, name: str, is_default: bool) -> SavedFilter:
    """Rename a saved filter, and say whether its list opens with it. Raises SavedFilter.DoesNotExist, Incomplete."""
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    saved = SavedFilter.objects.get(pk=pk, person=actor)
    mine = SavedFilter.objects.filter(person=actor, place=saved.place).exclude(pk=pk)
    if mine.filter(name=name).exists():
        raise Incomplete(_("There is one of that name."), {"name": [_("Another of your filters has this name.")]})
    if is_default:
        mine.update(is_default=False)
    saved.name, saved.is_default = name, is_default
    saved.save(update_fields=["name", "is_default"])
    return saved


@transaction.atomic
def remove_filter(*, actor: User, pk: uuid.UUID) -> None:
    """Take a saved filter away. Raises SavedFilter.DoesNotExist."""
    SavedFilter.objects.select_for_update(no_key=True).get(pk=pk, person=actor).delete()
