"""What can be searched of a case, its items and its shares; what a person searched for; the filters a person keeps."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from cases.models.case import Case, CaseItem
from cases.models.shares import Share


class Searched(models.Model):
    """The keys of a text (cases/folding.py), as full-text search and trigrams want them. Written by services."""

    # Every key once, with spaces between them; and those of names, titles and numbers alone.
    words = models.TextField()
    names = models.TextField()
    # No parser of PostgreSQL's takes the keys apart again: a key is a lexeme, as in the configuration 'simple'.
    vector = models.GeneratedField(
        expression=Func(Func(F("words"), Value(" "), function="string_to_array"), function="array_to_tsvector"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        abstract = True
        indexes = [
            GinIndex(fields=["vector"], name="%(class)s_vector"),
            GinIndex(OpClass("names", name="gin_trgm_ops"), name="%(class)s_names"),
        ]


class SearchText(Searched):
    """The keys of one text in a case, and whose it is: who may read the text may find it, and nobody else.

    A case alone: its own words, of those who see the case. With an item: what it says now, of the owner's side. With
    a share: its purpose, of both its sides. With both: what the share has frozen of the item, of the receiver.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey(CaseItem, on_delete=models.CASCADE, null=True, related_name="+")
    share = models.ForeignKey(Share, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta(Searched.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case", "item", "share"], nulls_distinct=False, name="search_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.item_id or ''} {self.share_id or ''}"


class SearchQuerySet(models.QuerySet):
    """Reads of searches."""

    def kept_for(self, person: models.Model) -> "SearchQuerySet":
        """The person's own searches of the last day."""
        return self.filter(person=person.pk, at__gt=timezone.now() - Search.KEPT)


class Search(models.Model):
    """What a person typed to look for. It is content: an address carries its id alone, and for a day."""

    KEPT = timedelta(days=1)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    term = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    objects = SearchQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["at"], name="search_at")]

    def __str__(self) -> str:
        return str(self.id)


class SavedFilter(models.Model):
    """Filters and sort of a list, kept by a person under a name of their own. What was searched for is not kept."""

    AT_MOST = 30

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The list to which it belongs, and what stands in its address: codes of filters.
    place = models.CharField(max_length=20)
    query = models.CharField(max_length=1000)
    name = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["person", "place", "name"], name="saved_filter_name"),
            models.UniqueConstraint(
                fields=["person", "place"], condition=Q(is_default=True), name="saved_filter_one_default"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
