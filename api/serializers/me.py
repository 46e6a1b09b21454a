"""The person signed in."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from agencies.models import Role
from agencies.standing import Standing


class Desk(serializers.Serializer):
    """An agency for which the person works."""

    agency = serializers.CharField(help_text=_("The agency's code."))
    name = serializers.CharField(help_text=_("The agency's name, in the person's language."))
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices), help_text=_("What the person may do there.")
    )


class Me(serializers.Serializer):
    """The person signed in, and what they may do. What they see is another matter: that follows from grants."""

    id = serializers.UUIDField(help_text=_("The person's id."))
    email = serializers.EmailField(help_text=_("The address by which the person signs in."))
    name = serializers.CharField(help_text=_("The person's name, as they write it."))
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices), help_text=_("All roles held now, at whichever agency.")
    )
    agency = serializers.CharField(help_text=_("The code of the agency that stands beside the person's name."))
    state = serializers.CharField(
        allow_null=True, help_text=_("The code of that agency's state; null for an organisation.")
    )
    language = serializers.ChoiceField(
        choices=["en", "ru"], help_text=_("The language of messages to this person (ISO 639-1).")
    )
    agencies = Desk(many=True, help_text=_("Every agency for which the person works, with the roles held there."))


def me_of(standing: Standing) -> dict[str, Any]:
    """The person as they go out."""
    user, home = standing.user, standing.home
    assert home is not None
    return {
        "id": user.pk,
        "email": user.email,
        "name": user.name,
        "roles": _ordered(standing.all_roles),
        "agency": home.code,
        "state": home.state_id,
        "language": user.language,
        "agencies": [
            {"agency": one.code, "name": one.name, "roles": _ordered(standing.roles[one.pk])}
            for one in sorted(standing.agencies.values(), key=lambda each: each.code)
        ],
    }


def _ordered(roles: frozenset[str]) -> list[str]:
    return [role.value for role in Role if role in roles]
