"""Entering numbers into an agency's journal: of a step of a request, and of a request on paper. One rule for both."""

from django.utils.translation import gettext as _

from accounts.refusals import Incomplete
from agencies.models import Agency
from agencies.standing import Standing
from cases.folding import folded
from mla.models import AssistanceRequest, RegisterNumber, RequestVersion
from mla.numbers import following, searchable
from mla.requirements import needed
from mla.versions import latest


def enter(line: RegisterNumber, *, again: bool) -> None:
    """Save a line, new or changed. The caller's transaction holds what it is the number of.

    Raises Incomplete when the agency has given that number in that journal that year, unless an officer says `again`
    (house rule). Two at once wait for each other here: the agency's row is the last that either locks.
    """
    line.key = folded(line.number)
    if not line.key:
        raise Incomplete(needed(), {"number": [needed()]})
    Agency.objects.select_for_update(no_key=True).get(pk=line.agency_id)
    if not again and _is_new(line) and _is_given(line):
        raise Incomplete(
            _("This number is given already."),
            {"number_again": [_("Your agency has given this number in this journal this year. Correct it, or tick.")]},
        )
    line.save()


def keep_found(request: AssistanceRequest) -> None:
    """Let the lines of a request be found by every number that both sides know: after each that has crossed."""
    letter = latest(request, RequestVersion.Series.TRANSMITTED)
    numbers = request.numbers.values_list("number", flat=True)
    request.numbers.update(search=searchable([*numbers, request.reference, letter.content["case_number"]]))


def suggested(standing: Standing, agency: Agency, direction: str, year: int, count: int = 1) -> list[str]:
    """The next numbers in the series that the agency used last, as far as the person sees it: a help, not a rule.

    Empty texts at the beginning of a year, or when nothing can be counted on.
    """
    lines = RegisterNumber.objects.visible_to(standing.user, standing.now).filter(agency=agency, direction=direction)
    last = lines.newest().only("number", "date").first()
    number = last.number if last and last.date.year == year else ""
    return [number := following(number, year) for _each in range(count)]


def _is_given(line: RegisterNumber) -> bool:
    same = RegisterNumber.objects.filter(agency=line.agency_id, direction=line.direction, key=line.key)
    return same.filter(date__year=line.date.year).exclude(pk=line.pk).exists()


def _is_new(line: RegisterNumber) -> bool:
    """Whether what makes the number one of a kind is not what the line said before."""
    before = RegisterNumber.objects.filter(pk=line.pk, direction=line.direction, key=line.key)
    return not before.filter(date__year=line.date.year).exists()
