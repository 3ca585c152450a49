"""Readers give the same rows whatever a file is written in, and name the lines that they could not read."""

import datetime as dt
import re
from contextlib import ExitStack
from pathlib import Path

import openpyxl
import pytest

from api.importing.csv_table import CsvTable
from api.importing.encodings import encoding_of
from api.importing.ndjson_table import NdjsonTable
from api.importing.rows import MAX_LINE_BYTES, BadRow, Row, Unusable
from api.importing.xlsx_table import XlsxTable

Told = list[tuple[int, dict[str, object] | str]]


def told(rows: list[Row | BadRow]) -> Told:
    return [(row.line, dict(row.cells) if isinstance(row, Row) else row.detail) for row in rows]


def csv(
    folder: Path,
    content: bytes,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header: int = 1,
) -> Told:
    path = folder / "file.csv"
    path.write_bytes(content)
    with path.open("rb") as file:
        return told(
            list(CsvTable(file, path, encoding=encoding, delimiter=delimiter, header_row=header).rows())
        )


def ndjson(folder: Path, content: bytes) -> Told:
    path = folder / "file.ndjson"
    path.write_bytes(content)
    with path.open("rb") as file:
        return told(list(NdjsonTable(file, path, encoding=None).rows()))


def xlsx(folder: Path, rows: list[list[object]], *, sheet: str | None = None, header: int = 1) -> Told:
    path = folder / "file.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "visits"
    for row in rows:
        book.active.append(row)
    book.save(path)
    with ExitStack() as closing:
        table = XlsxTable(path, sheet=sheet, header_row=header)
        closing.callback(table.close)
        return told(list(table.rows()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_text_is_recognised_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    assert csv(tmp_path, "订单号,客户\nSO1,协和医院𠮷\n".encode(encoding)) == [
        (2, {"订单号": "SO1", "客户": "协和医院𠮷"})
    ]


def test_utf8_is_recognised_by_the_whole_file(tmp_path: Path) -> None:
    """Text that turns Chinese only far below is still read as what it is."""
    path = tmp_path / "late.csv"
    for encoding in ("gb18030", "utf-8"):
        path.write_bytes(b"a\n" + b"x\n" * 200_000 + "北京协和".encode(encoding))
        assert encoding_of(path, None) == encoding


@pytest.mark.parametrize("content", ["医院".encode("gb18030"), "Müller".encode()])
def test_what_can_be_read_both_ways_is_not_guessed(tmp_path: Path, content: bytes) -> None:
    """In GB18030 the hospital has the very bytes of two Cyrillic and Armenian letters in UTF-8."""
    path = tmp_path / "either.csv"
    path.write_bytes(content)
    with pytest.raises(Unusable, match="State `encoding"):
        encoding_of(path, None)
    assert encoding_of(path, "GBK") == "gb18030"


def test_a_line_in_another_encoding_is_refused_alone(tmp_path: Path) -> None:
    content = b"a,b\n1,\xe5\x8c\xbb\n2,\xff\xff\n3,ok\n"
    rows = csv(tmp_path, content, encoding="utf-8")
    assert rows == [
        (2, {"a": "1", "b": "医"}),
        (3, "Byte 3 of the line is not UTF-8 text."),
        (4, {"a": "3", "b": "ok"}),
    ]


def test_utf16_is_refused_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"UTF-16.*CSV UTF-8"):
        csv(tmp_path, "a,b\n1,2\n".encode("utf-16"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_header(tmp_path: Path, delimiter: str) -> None:
    content = f"a{delimiter}b{delimiter}c\n1{delimiter}2{delimiter}3\n"
    assert csv(tmp_path, content.encode()) == [(2, {"a": "1", "b": "2", "c": "3"})]


def test_excel_says_its_delimiter_in_the_first_line(tmp_path: Path) -> None:
    assert csv(tmp_path, b"sep=;\r\na;b\r\n1,5;2\r\n") == [(3, {"a": "1,5", "b": "2"})]


def test_titles_above_the_header_are_left_out(tmp_path: Path) -> None:
    assert csv(tmp_path, b"Orders of March\n\na,b\n1,2\n", header=3) == [(4, {"a": "1", "b": "2"})]


def test_values_may_hold_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    rows = csv(tmp_path, b'a,b\n"1,5","say ""hi""\r\nthere"\n2,3\n')
    assert rows == [(2, {"a": "1,5", "b": 'say "hi"\r\nthere'}), (4, {"a": "2", "b": "3"})]


def test_blank_rows_are_left_out_and_lines_counted(tmp_path: Path) -> None:
    assert csv(tmp_path, b"a,b\n\n , \n,\n1,2") == [(5, {"a": "1", "b": "2"})]


def test_rows_of_another_width_are_refused_alone(tmp_path: Path) -> None:
    rows = csv(tmp_path, b"a,b\n1\n1,2,\n1,2\n")
    assert rows == [
        (2, "1 values where the header has 2 columns."),
        (3, "3 values where the header has 2 columns."),
        (4, {"a": "1", "b": "2"}),
    ]


def test_a_column_without_a_name_is_read_by_nobody(tmp_path: Path) -> None:
    assert csv(tmp_path, b"a,b,\n1,2,\n1,2\n") == [
        (2, {"a": "1", "b": "2", "": ""}),
        (3, "2 values where the header has 3 columns."),
    ]


def test_a_quotation_mark_left_open_costs_its_own_row_only(tmp_path: Path) -> None:
    content = b'a,b\n"1,2\n' + b"".join(b"%d,x\n" % number for number in range(500))
    rows = csv(tmp_path, content)
    assert rows[0] == (2, "A quotation mark is opened and not closed.")
    assert rows[1:] == [(number + 3, {"a": str(number), "b": "x"}) for number in range(500)]


def test_a_nul_and_an_endless_line_are_refused_alone(tmp_path: Path) -> None:
    rows = csv(tmp_path, b"a,b\n1,\x00\n" + b"x" * (3 * MAX_LINE_BYTES) + b"\n1,2\n")
    assert [line for line, _ in rows] == [2, 3, 4]
    assert rows[0][1] == "The line holds a NUL."
    assert "longer than" in str(rows[1][1])
    assert rows[2][1] == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "ends before its header"), (b"\n", "no column names"), (b"a,a\n1,2\n", "stand twice: a")],
)
def test_a_file_without_a_usable_header_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        csv(tmp_path, content)


def test_json_numbers_stay_as_written(tmp_path: Path) -> None:
    rows = ndjson(tmp_path, b'{"a": 8.50, "b": 7, "c": {"d": true, "e": null}, "f": ["x", 1]}\n')
    assert rows == [(1, {"a": "8.50", "b": "7", "c.d": "true", "c.e": "", "f.0": "x", "f.1": "1"})]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": {"b": 1}, "a.b": 2}', "'a.b' stands twice"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b"[1]", "no JSON object"),
        (b'{"a": ', "not JSON from character"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, "deeper than 8"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper than 8"),
        (b'{"a": "\\u0000"}', "a NUL or half a character"),
        (b'{"a": "\\ud800"}', "a NUL or half a character"),
        (b'{"a": "\xff"}', "not UTF-8|not GB18030"),
        (b"{" + b",".join(b'"%d":1' % number for number in range(1001)) + b"}", "more than 1000 members"),
    ],
)
def test_json_lines_that_cannot_be_read_are_refused_alone(tmp_path: Path, line: bytes, why: str) -> None:
    [bad, good] = ndjson(tmp_path, line + b'\n{"a": "ok"}\n')
    assert bad[0] == 1 and re.search(why, str(bad[1]))
    assert good == (2, {"a": "ok"})


def test_sheets_give_text_and_days_never_floats(tmp_path: Path) -> None:
    day = dt.datetime(2025, 3, 1)  # noqa: DTZ001
    rows = [["day", "score", "id"], [day, 12.5, 7.0], [None, None, None], ["x", 0.3, "007"]]
    assert xlsx(tmp_path, rows) == [
        (2, {"day": day, "score": "12.5", "id": "7"}),
        (4, {"day": "x", "score": "0.3", "id": "007"}),
    ]


def test_a_spoilt_cell_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = xlsx(tmp_path, [["a"], ["#N/A"], ["1"]])
    assert rows == [(2, "Column a: The formula gives #N/A."), (3, {"a": "1"})]


def test_a_sheet_is_found_by_name_and_its_header_below_a_title(tmp_path: Path) -> None:
    rows = [["Visits of March"], [], ["a", "b"], [1, 2]]
    assert xlsx(tmp_path, rows, sheet="visits", header=3) == [(4, {"a": "1", "b": "2"})]
    with pytest.raises(Unusable, match=r"no sheet 'Visits'.*visits"):
        xlsx(tmp_path, rows, sheet="Visits")


@pytest.mark.parametrize("content", [b"no workbook", b"PK\x03\x04 broken", b""])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unusable, match="no Excel workbook"):
        XlsxTable(path, sheet=None, header_row=1)
