"""A workbook that is written by hand, read by a library."""

import io
import zipfile

from openpyxl import load_workbook

from api.workbook import workbook

COLUMNS = [f"column {number}" for number in range(30)]


def test_what_is_written_is_what_is_read() -> None:
    """Markup, blanks, line ends, signs of other planes, empty cells, numbers; what XML cannot say goes."""
    texts = ["<b>&amp;</b> \"'", " left ", "two\nlines", "人 𠮷", "", "007", "bell\x07", "]]>"]
    rows = [[*texts, 12, -(10**15), None, *texts[:3], *[None] * 15, "end"]]
    book = load_workbook(io.BytesIO(workbook("2025-03", COLUMNS, rows)))
    sheet = book["2025-03"]
    heading, told = sheet.iter_rows(values_only=True)
    assert list(heading) == COLUMNS
    due = [text.replace("\x07", "") or None if isinstance(text, str) else text for text in rows[0]]
    assert [value or None for value in told] == due
    assert sheet["AD2"].value == "end"


def test_the_same_rows_are_the_same_bytes_and_no_part_tells_when_it_was_written() -> None:
    rows = [["a", 1], ["b", 2]] * 600
    first = workbook("2025-03", COLUMNS[:2], rows)
    assert first == workbook("2025-03", COLUMNS[:2], iter(rows))
    archive = zipfile.ZipFile(io.BytesIO(first))
    assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
    assert archive.testzip() is None
    assert b"2000-01-01T00:00:00Z</dcterms:modified" in archive.read("docProps/core.xml")
