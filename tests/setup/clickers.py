"""People and drafts for `make drill-crash`, put into a running portal: `python -m tests.setup.clickers`.

Writes their sign-ins, and which draft is whose, to a file.
"""

import json
import secrets
import sys
from pathlib import Path
from typing import Any

import django


def make(people: int, drafts: int) -> dict[str, Any]:
    """Officers with drafts that are complete, and those who are told of what they do."""
    from agencies.models import Agency, Role
    from cases.services import create_case
    from mla.services import create_request
    from tests.factories import CONTENT, MEASURES, agency, explain, person, state

    at = agency("KG-MIA")
    receiver = Agency.objects.exclude(state=at.state).exclude(state=None).earliest("code")
    told = [person(at, role) for role in (Role.SUPERVISOR, Role.SUPERVISOR, Role.LIAISON)]
    made: list[dict[str, Any]] = []
    for _each in range(people):
        officer, password = person(at, Role.OFFICER), secrets.token_urlsafe(20)
        officer.set_password(password)
        officer.save()
        content = {"title": "Of the drill", "proceedings_number": "1-2026", "offences": "None"}
        about = create_case(actor=officer, agency=at, content=content, need_to_know=False, members=None)
        mine = []
        for _draft in range(drafts):
            pk = create_request(
                actor=officer, case_id=about.pk, requested_state=state("UZ"), content=CONTENT, measures=MEASURES
            ).pk
            explain(officer, pk)
            mine.append(str(pk))
        made.append({"email": officer.email, "password": password, "drafts": mine})
    return {"people": made, "receiver": str(receiver.pk), "told": [str(one.pk) for one in told]}


if __name__ == "__main__":
    django.setup()
    Path(sys.argv[1]).write_text(json.dumps(make(int(sys.argv[2]), int(sys.argv[3]))))
