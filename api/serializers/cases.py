"""Cases: as they are listed, and as they are opened."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from agencies.models import Agency
from api.fields import AgencyCode, Moment, Several, Yes, body, from_form
from cases.forms.case import CaseForm
from cases.models import Case, CaseMember


class CaseOut(serializers.Serializer):
    """A case of one's own agency."""

    id = serializers.UUIDField(help_text=_("Its id, as it stands in addresses."))
    reference = serializers.CharField(help_text=_("Its registration number, given by the portal."))
    title = serializers.CharField(help_text=_("What it is about, in a few words."))
    proceedings_number = serializers.CharField(allow_blank=True, help_text=_("The number of the criminal case."))
    offences = serializers.CharField(allow_blank=True, help_text=_("The offences, with the articles of the code."))
    need_to_know = serializers.BooleanField(
        help_text=_("Whether only the people named in it see it; else its whole agency does.")
    )
    members = serializers.ListField(
        child=serializers.UUIDField(), help_text=_("Ids of the people named in it; empty unless need_to_know.")
    )
    version = serializers.IntegerField(help_text=_("Goes up by one with each change of the case."))
    owner = serializers.CharField(help_text=_("The code of the agency to which it belongs."))
    created_at = Moment(help_text=_("When it was opened (UTC)."))


def rows_of(cases: list[Case]) -> list[dict[str, Any]]:
    """Cases as they go out; three queries, however many there are."""
    named: dict[Any, list[Any]] = {}
    for case, person in CaseMember.objects.filter(case__in=cases).order_by("named_at").values_list("case", "person"):
        named.setdefault(case, []).append(person)
    owners = Agency.objects.in_bulk({case.owner_id for case in cases})
    return [
        {
            "id": case.pk,
            "reference": case.reference,
            "title": case.title,
            "proceedings_number": case.proceedings_number,
            "offences": case.offences,
            "need_to_know": case.need_to_know,
            "members": named.get(case.pk, []),
            "version": case.version,
            "owner": owners[case.owner_id].code,
            "created_at": case.created_at,
        }
        for case in cases
    ]


class PersonField(serializers.CharField):
    """A person by id or by e-mail address."""

    def to_internal_value(self, data: Any) -> str:
        """The text; who it is, the view asks among those who can be named."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data).lower()


FIELDS = CaseForm.base_fields
CaseText = body(
    "CaseText",
    {
        "title": from_form(FIELDS["title"]),
        "proceedings_number": from_form(FIELDS["proceedings_number"]),
        "offences": from_form(
            FIELDS["offences"],
            required=False,
            help_text=_(
                "With the articles of the criminal code. A system that does not know them yet leaves them out, which "
                "the page does not allow: a request in the case says its own."
            ),
        ),
    },
)


class NewCase(CaseText):
    """A case to be opened."""

    agency = AgencyCode(
        required=False, help_text=_("The owner agency; needed only by who writes in the cases of several.")
    )
    need_to_know = Yes(required=False, default=False, help_text=_("Only the people named see it. It cannot be undone."))
    members = Several(
        child=PersonField(max_length=254),
        required=False,
        max_length=200,
        help_text=_("The people named beside yourself, by id or e-mail address; only with need_to_know."),
    )


def chosen(members: list[str], people: list[User]) -> list[User]:
    """Those of the people whom a body names. Raises ValidationError for one who is not among them."""
    known = {str(one.pk): one for one in people} | {one.email.lower(): one for one in people}
    errors = {
        number: [serializers.ErrorDetail(_("Choose a person who works on cases for this agency."), "unknown")]
        for number, name in enumerate(members)
        if name not in known
    }
    if errors:
        raise serializers.ValidationError({"members": errors})
    return [known[name] for name in members]
