"""`manage.py legal_basis`: what it prints, how it ends, what it does not take."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Offence, TreatyParty
from exchange.management.commands.legal_basis import Command
from mla.contents import POINTS
from mla.models import Measure
from tests import databases
from tests.factories import state

pytestmark = pytest.mark.django_db
MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


def run(*args: str) -> tuple[int, str]:
    """The exit code and what stands on standard output."""
    out, code = StringIO(), 0
    try:
        call_command("legal_basis", *args, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def data(*args: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the object."""
    code, said = run(*args, "--json")
    return code, json.loads(said)


def test_json_has_the_form_of_the_contracts() -> None:
    """Every key, each with its kind of value; verified, article and reason with each treaty."""
    for code in ("KG", "UZ"):
        state(code)
    ended, found = data("KG", "UZ", "--offence", "firearms_trafficking", "--max-penalty", "7y", "--measure", "f")
    assert ended == 0
    assert list(found) == [
        "principal", "supplementary", "alternatives", "reasons", "channel", "languages", "seal", "contents",
    ]  # fmt: skip
    assert found["principal"] | {"reason": ""} == {
        "treaty": "chisinau-2002",
        "article": "6, 7",
        "verified": True,
        "reason": "",
    }
    assert [row["treaty"] for row in found["supplementary"]] == ["bilateral-KG-UZ-1996", "untoc"]
    assert found["supplementary"][1]["article"] == "18(3)(f)" and found["supplementary"][1]["verified"] is False
    assert found["alternatives"] == []
    assert (found["channel"], found["languages"], found["seal"]) == ("direct", ["ru"], True)
    assert all(isinstance(reason, str) and reason for reason in found["reasons"])
    assert any("Firearms Protocol (2001) does not apply" in reason for reason in found["reasons"])


def test_contents_come_from_the_table() -> None:
    """Each point with its article under the principal basis, whose it is, and whether it is hard."""
    _ended, found = data("KG", "UZ")
    rows = {row["code"]: row for row in found["contents"]}
    assert list(rows) == [point.code for point in POINTS]
    assert rows["facts"] == {
        "code": "facts",
        "label": "Summary of the facts",
        "article": "7",
        "basis": "chisinau-2002",
        "hard": True,
    }
    assert (rows["purpose"]["basis"], rows["purpose"]["article"]) == ("untoc", "18(15)(f)")
    assert rows["purpose"]["hard"] is False
    assert (rows["language"]["basis"], rows["language"]["article"]) == ("chisinau-2002", "")
    assert rows["attachments"]["basis"] == ""
    _ended, found = data("KZ", "TM")
    assert {row["article"] for row in found["contents"] if row["basis"] == "minsk-1993"} == {"7", "8", "8(3)", "17"}


@pytest.mark.parametrize(
    ("args", "ended", "principal"),
    [
        (("KG", "UZ"), 0, "chisinau-2002"),
        (("kg", "uz"), 0, "chisinau-2002"),
        (("KG", "UZ", "--on", "2010-01-01"), 0, "minsk-1993"),
        (("KG", "UZ", "--on", "1990-01-01"), 1, "reciprocity"),
        (("KZ", "TM", "--max-penalty", "3"), 0, "minsk-1993"),
        (("KG", "FR"), 1, "reciprocity"),
        (("FR", "KG", "--offence", "corruption", "--max-penalty", "10y"), 1, "reciprocity"),
    ],
)
def test_exit_codes(args: tuple[str, ...], ended: int, principal: str) -> None:
    """0 when a treaty binds the two, 1 when nothing but reciprocity is left; the object is printed either way."""
    code, found = data(*args)
    assert (code, found["principal"]["treaty"]) == (ended, principal)


def test_an_untied_pair_ends_with_one_when_read_by_people_too() -> None:
    """The lines say what is left, and how the request goes."""
    code, said = run("KG", "FR")
    assert code == 1
    assert "Principal:\n  reciprocity [reciprocity] not verified" in said
    assert "Channel: diplomatic channel\nLanguages: not known\nSeal: not known\n" in said


def test_lines_for_people() -> None:
    """Treaties by rank with article and mark, reasons, channel, languages, seal, contents."""
    code, said = run("KZ", "TJ", "--offence", "corruption")
    assert code == 0
    for line in (
        "Principal:\n  Chisinau Convention (2002), Article 7 [chisinau-2002] not verified\n",
        "Supplementary:\n  UNCAC (2003), Article 46 [uncac] not verified\n",
        "Alternatives:\n  Minsk Convention (1993), Article 7 [minsk-1993] not verified\n",
        "Channel: between the authorities that each state has named\n",
        "Seal: wanted\n",
        "  Summary of the facts: required (Chisinau Convention (2002), Article 7)\n",
        "  Text of the articles of the criminal code: unless there is a reason (house rule or domestic law)\n",
    ):
        assert line in said, line
    TreatyParty.objects.filter(treaty__in=("chisinau-2002", "minsk-1993")).update(is_party=False)
    assert "Seal: not wanted\n" in run("KZ", "TJ")[1]


def test_it_speaks_english_to_the_operator(settings: Any) -> None:
    """Whatever the language of the portal."""
    settings.LANGUAGE_CODE = "ru"
    assert "Chisinau Convention (2002), Article 7" in run("KG", "UZ")[1]


MISUSE = {
    "one state": ("KG",),
    "itself": ("KG", "kg"),
    "no code of a state": ("KGZ", "UZ"),
    "no letters": ("K1", "UZ"),
    "unknown offence": ("KG", "UZ", "--offence", "theft"),
    "unknown measure": ("KG", "UZ", "--measure", "z"),
    "no number": ("KG", "UZ", "--max-penalty", "life"),
    "negative": ("KG", "UZ", "--max-penalty=-4y"),
    "odd digits": ("KG", "UZ", "--max-penalty", "\u0664y"),
    "no day": ("KG", "UZ", "--on", "2026-02-30"),
    "unknown option": ("KG", "UZ", "--treaty", "untoc"),
}


@pytest.mark.parametrize("args", MISUSE.values(), ids=MISUSE)
def test_misuse_ends_with_two(args: tuple[str, ...], capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    """From the command line: a sentence on standard error, nothing on standard output."""
    # The test client's own host is none that a portal without TLS may serve: the command would be stopped by a check.
    settings.ALLOWED_HOSTS = ["localhost"]
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv([str(MANAGE), "legal_basis", *args, "--json"])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.strip()


def test_misuse_from_code() -> None:
    """A caller in Python gets the refusal as an exception."""
    with pytest.raises(CommandError, match="another state"):
        call_command("legal_basis", "KG", "KG")


def test_help_lists_what_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """Every offence and every measure."""
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv([str(MANAGE), "legal_basis", "--help"])
    assert ended.value.code == 0
    words = capsys.readouterr().out.replace(",", " ").replace(";", " ").split()
    assert set(Offence.values) | set(Measure.Kind.values) <= set(words)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("args", "ended"), [(("KG", "UZ"), 0), (("KG", "FR"), 1), (("KG", "KG"), 2), (("KG",), 2)])
def test_as_a_process(args: tuple[str, ...], ended: int) -> None:
    """What a script sees: the exit code, and JSON alone on standard output."""
    done = subprocess.run(
        [sys.executable, str(MANAGE), "legal_basis", *args, "--json"],
        env=databases.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == ended, done.stderr
    assert (json.loads(done.stdout)["principal"] if ended < 2 else done.stderr) != ""
