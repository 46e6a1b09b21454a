"""Tables that leave the portal as CSV or XLSX, for a spreadsheet to open: no cell of them is a formula."""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from django.http import FileResponse, StreamingHttpResponse
from django.utils.translation import get_language
from xlsxwriter import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A text is written as a text: none becomes a formula, a number or a link; one row in memory.
TEXTS_ONLY = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Cell = str | int | float | None
# What a spreadsheet may take for a formula when a text begins so, also behind blanks, and in its wide forms.
FORMULA = re.compile(r"\s*[=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20]")
# As many letters as a cell of XLSX holds.
CELL = 32_767


def harmless(value: Cell) -> Cell:
    """A cell for CSV: a text that could be a formula gets an apostrophe before it; numbers stay numbers."""
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return f"'{text}" if FORMULA.match(text) else text
    return value


def csv_lines(rows: Iterable[Sequence[Cell]], language: str) -> Iterator[str]:
    """The lines of a CSV file: UTF-8 with the mark that spreadsheets look for, RFC 4180 but for the separator."""
    yield "\ufeff"
    # A comma stands in Russian numbers, so that spreadsheets there take a semicolon between cells.
    writer = csv.writer(_Echo(), delimiter=";" if language.startswith("ru") else ",")
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def xlsx_file(rows: Iterable[Sequence[Cell]], title: str, heads: int = 1) -> IO[bytes]:
    """A workbook of one sheet, its first `heads` rows headings; on the disk, one row in memory, gone when closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it, once it is sent
    with Workbook(file, TEXTS_ONLY) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(heads, 0)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell[:CELL], bold if number < heads else None)
                elif cell is not None:
                    sheet.write_number(number, place, cell)
    file.seek(0)
    return file


def sent_as_csv(rows: Iterable[Sequence[Cell]], name: str) -> StreamingHttpResponse:
    """The answer that carries rows as CSV in the reader's language, line by line."""
    lines = csv_lines(rows, get_language() or "")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def sent_as_xlsx(file: IO[bytes], name: str) -> FileResponse:
    """The answer that carries a workbook."""
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


class _Echo:
    """What csv.writer writes to: it gives each line back."""

    def write(self, value: str) -> str:
        return value
