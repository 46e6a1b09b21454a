"""Files for spreadsheets: whatever a cell says, it is a text; what was read back is what was written."""

import csv
import io

import pytest
from openpyxl import load_workbook

from accounts.sheets import CELL, csv_lines, harmless, xlsx_file

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1+1",
    "\u00a0=1+1",
    "\uff1d1+1",
    "\uff20x",
    '=HYPERLINK("http://evil.example","x")',
    "|calc",
    "%0a",
    "=cmd|' /C calc'!A0",
]
TEXTS = [
    "",
    "a",
    "1-2026",
    "14/3-218",
    "вх-9",
    "Иванов",
    "a=b",
    "№ 12/3-26",
    "two\nlines",
    'with "quotes"',
    "a;b,c",
    "'quoted",
    "(-1)",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text(text: str) -> None:
    """An apostrophe stands before what a spreadsheet could take for one."""
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", [*TEXTS, 0, -5, 1.5, None])
def test_other_cells_stay(value: str | int | float | None) -> None:
    """Texts as they are, also with such signs inside; numbers stay numbers, negative ones too."""
    assert harmless(value) == value


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("ru", ";")])
def test_csv_reads_back(language: str, separator: str) -> None:
    """UTF-8 with its mark, each cell whole, in lines that a reader of CSV of that language takes apart again."""
    rows = [["Word", "Number"], *[[text, number] for number, text in enumerate([*TEXTS, *FORMULAS])]]
    data = "".join(csv_lines(rows, language)).encode()
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))
    assert read == [[str(harmless(cell)) for cell in row] for row in rows]


def test_csv_comes_line_by_line() -> None:
    """Nothing is gathered first: a line is there before the next row is asked for."""
    asked = []

    def rows() -> object:
        for number in range(3):
            asked.append(number)
            yield [number]

    lines = csv_lines(rows(), "en")  # type: ignore[arg-type]
    next(lines)
    assert next(lines) == "0\r\n" and asked == [0]


def test_xlsx_reads_back() -> None:
    """Every text is stored as a text, formulas, addresses and long numbers too; numbers are numbers."""
    texts = [*[text for text in TEXTS if text], *FORMULAS, "http://evil.example", "0012", "12345678901234567890"]
    rows = [["Word", "Number"], *[[text, number] for number, text in enumerate(texts)], [None, "x" * (CELL + 5)]]
    with xlsx_file(rows, "a title that is longer than a sheet's may be") as file:
        book = load_workbook(file)
    (sheet,) = book.worksheets
    assert sheet.title == "a title that is longer than a s" and sheet.freeze_panes == "A2"
    for number, text in enumerate(texts):
        cell = sheet.cell(number + 2, 1)
        # XML has one kind of line break.
        assert cell.data_type == "s" and cell.hyperlink is None
        assert str(cell.value).replace("_x000D_", "\r").replace("_x0009_", "\t") == text
        assert sheet.cell(number + 2, 2).value == number
    last = len(texts) + 2
    assert sheet.cell(last, 1).value is None and len(sheet.cell(last, 2).value) == CELL
