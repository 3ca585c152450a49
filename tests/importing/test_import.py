"""What a file says stands in the ledger once and exactly, and whatever cannot be taken is named."""

from collections.abc import Callable

import msgspec
import openpyxl
import pytest
from firm import Firm

from api.importing import ImportReport, Unusable

Take = Callable[..., ImportReport]


def reasons(report: ImportReport) -> list[tuple[int, str, str, str, str]]:
    """Line, column, value, kind and detail of every fault."""
    found = [fault for file in report.files for fault in file.faults]
    return [(fault.line, fault.column, fault.value, fault.kind, fault.detail) for fault in found]


def test_a_row_becomes_a_fact(firm: Firm, deals: Take) -> None:
    report = deals("D1,2025-03-01,E1,C1,1234.50")
    data = {"amount_minor": 123450, "currency": "CNY", "customer": "C1", "deal": "D1", "employee": "E1"}
    [(key, told)] = firm.told()
    assert (key, msgspec.json.decode(told)) == ("D1#deal_closed", data)
    assert report.exit_status == 0 and report.files[0].stored == 1


@pytest.mark.rule("R81")
def test_a_second_import_changes_nothing(firm: Firm, deals: Take) -> None:
    rows = ("D1,2025-03-01,E1,C1,1", "D2,2025-03-02,E1,C1,2")
    deals(*rows)
    head = firm.journal.head()
    [file] = deals(*rows).files
    assert (file.stored, file.hits, file.reconciled) == (0, 2, True)
    assert firm.journal.head() == head


@pytest.mark.parametrize(
    ("row", "column", "value", "detail"),
    [
        ("D1,2025-02-30,E1,C1,1", "day", "2025-02-30", "There is no such day"),
        ("D1,1.3.2025,E1,C1,1", "day", "1.3.2025", "It is not written as YYYY-M-D"),
        ("D1,,E1,C1,1", "day", "", "When it happened is empty"),
        ("D1,1985-01-01,E1,C1,1", "day", "1985-01-01", "before 1990"),
        ("D1,2031-01-01,E1,C1,1", "day", "2031-01-01", "ahead of now"),
        ("D1,2025-03-01,E9,C1,1", "seller", "E9", "'E9' has been hired"),
        ("D1,2025-03-01,E 1,C1,1", "seller", "E 1", "matching regex"),
        ("D1,2025-03-01,,C1,1", "seller", "", "It is empty, and the fact needs it"),
        ("D1,2025-03-01,E1,,1", "client", "", "It is empty, and the fact needs it"),
        ("D1,2025-03-01,E1,C1,", "amount", "", "It is empty, and the fact needs it"),
        ("D1,2025-03-01,E1,C1,ten", "amount", "ten", "not a plain number"),
        ("D1,2025-03-01,E1,C1,10.005", "amount", "10.005", "finer than the minor unit"),
        ("D1,2025-03-01,E1,C1,0", "amount", "0", "`int` >= 1"),
        ("D1,2025-03-01,E1,C1,-5", "amount", "-5", "`int` >= 1"),
        ("D1,2025-03-01,E1,C1,90071992547409.93", "amount", "90071992547409.93", "`int` <= 9007199254740991"),
        ("2.025E+11,2025-03-01,E1,C1,1", "id", "2.025E+11", "Excel has shortened the number"),
        (f"{'x' * 65},2025-03-01,E1,C1,1", "id", "x" * 39 + "…", "matching regex"),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_in(
    firm: Firm, deals: Take, row: str, column: str, value: str, detail: str
) -> None:
    report = deals("D2,2025-03-01,E1,C1,1", row, "D3,2025-03-01,E1,C1,1")
    found = reasons(report)
    assert {line for line, *_ in found} == {3}
    assert (column, value) in [(where, shown) for _, where, shown, _, _ in found]
    assert detail in " ".join(why for *_, why in found)
    assert all(fault.remedy for fault in report.files[0].faults)
    assert [key for key, _ in firm.told()] == ["D2#deal_closed", "D3#deal_closed"]
    assert report.exit_status == 1
    assert (report.files[0].rows_read, report.files[0].rows_refused) == (3, 1)


def test_every_fault_of_a_row_is_told(deals: Take) -> None:
    assert [column for _, column, *_ in reasons(deals("D1,never,E1,,ten"))] == ["day", "client", "amount"]


def test_a_row_that_changed_in_the_source_contradicts(firm: Firm, deals: Take) -> None:
    deals("D1,2025-03-01,E1,C1,100")
    [position] = [record.position for record in firm.journal.read(types=["deal_closed"])]
    report = deals("D1,2025-03-01,E1,C1,200")
    [(line, column, value, kind, detail)] = reasons(report)
    assert (line, column, value, kind) == (2, "id", "D1", "key-reused")
    assert f"position {position}" in detail
    assert report.files[0].contradictions == 1
    assert report.files[0].reconciled is True


def test_a_dry_run_checks_everything_and_stores_nothing(firm: Firm, deals: Take) -> None:
    head = firm.journal.head()
    report = deals(
        "D1,2025-03-01,E1,C1,100", "D1,2025-03-01,E1,C1,200", "D2,2025-03-01,E9,C1,1", dry_run=True
    )
    assert [(line, kind) for line, _, _, kind, _ in reasons(report)] == [
        (3, "key-reused"),
        (4, "unknown-employee"),
    ]
    assert (report.mode, report.exit_status, firm.journal.head()) == ("dry-run", 1, head)
    assert report.files[0].reconciled is None


def test_an_atomic_import_stores_all_or_nothing(firm: Firm, deals: Take) -> None:
    head = firm.journal.head()
    bad = deals("D1,2025-03-01,E1,C1,100", "D2,2025-03-01,E9,C1,1", atomic=True)
    assert (bad.mode, bad.exit_status, firm.journal.head()) == ("withheld", 1, head)
    good = deals("D1,2025-03-01,E1,C1,100", "D2,2025-03-01,E2,C1,1", atomic=True)
    assert (good.mode, good.exit_status, firm.journal.head()) == ("stored", 0, head + 2)


VISITS = """
source: app
files: ["visits*"]
sheet: 拜访
key: {hash_of: [日期, 工号, 医院]}
ignore: [{工号: [合计, 小计]}]
facts:
  - type: visit_recorded
    occurred_at: {columns: [日期, 时间]}
    data:
      employee: 工号
      customer: 医院
      minutes: {column: 时长, as: hours}
      kind: {columns: [大类, 小类], join: "/"}
"""


def visits(firm: Firm, *rows: tuple[object, ...]) -> ImportReport:
    firm.map(VISITS, "visits")
    book = openpyxl.Workbook()
    page = book.create_sheet("拜访")
    page.append(["日期", "时间", "工号", "医院", "时长", "大类", "小类"])
    for row in rows:
        page.append(row)
    book.save(firm.folder / "visits.xlsx")
    return firm.take(firm.folder / "visits.xlsx")


def test_rows_without_an_id_are_known_by_their_text_and_occurrence(firm: Firm) -> None:
    rows = [("2025/3/1", "9:30", "E1", "H1", 1.5, "学术", "首访")] * 2
    assert visits(firm, *rows).files[0].stored == 2
    assert visits(firm, *rows).files[0].hits == 2
    [file] = visits(firm, *rows, rows[0], ("合计", None, "合计", None, 3, None, None)).files
    assert (file.stored, file.hits, file.rows_passed_over) == (1, 2, 1)
    data = '{"customer":"H1","employee":"E1","kind":"学术/首访","minutes":90}'
    assert {told for _, told in firm.told()} == {data}
    [happened] = {record.occurred_at.isoformat() for record in firm.journal.read(types=["visit_recorded"])}
    assert happened == "2025-03-01T01:30:00+00:00"


def test_a_damaged_workbook_is_unusable_or_breaks_off(firm: Firm) -> None:
    visits(firm, *[("2025/3/1", "9:30", "E1", f"H{number}", 1, "", "") for number in range(3000)])
    path = firm.folder / "visits.xlsx"
    content = bytearray(path.read_bytes())
    middle = content.index(b"xl/worksheets/sheet2.xml") + 20_000
    content[middle : middle + 200] = b"\0" * 200
    path.write_bytes(content)
    report = firm.take(path)
    assert report.exit_status == 2
    assert "damaged" in report.files[0].broke_off


SCORES = """
source: survey
files: ["scores*"]
key: case.id
ignore: [{hours: "0"}]
facts:
  - type: satisfaction_scored
    when: {score: {filled: true}}
    occurred_at: at
    data: {employee: staff, customer: client, score: score}
  - type: activity_recorded
    when: {hours: {filled: true, not: ["99"]}}
    occurred_at: at
    data: {employee: staff, kind: {const: care}, minutes: {column: hours, as: hours}}
    attributes: {ward: {column: ward, map: {A: inner}, otherwise: leave_out}}
"""


def test_json_lines_give_decimals_as_written(firm: Firm) -> None:
    firm.map(SCORES, "scores")
    lines = (
        '{"case": {"id": 7}, "at": "2025-03-01T10:00:00Z", "staff": "E1", "client": "C1", "score": 9.50}',
        '{"case": {"id": 8}, "at": "2025-03-01T10:00:00Z", "staff": "E1", "hours": 1.25, "ward": "A"}',
        '{"case": {"id": 9}, "at": "2025-03-01T10:00:00Z", "staff": "E1", "hours": 2, "ward": "B"}',
        '{"case": {"id": 10}, "at": "2025-03-01T10:00:00Z", "staff": "E1", "hours": 0}',
        '{"case": {"id": 11}, "at": "2025-03-01T10:00:00Z", "staff": "E1", "client": "C1", "score": 1e1}',
        '{"case": {"id": 12}, "case": {"id": 13}}',
        '{"case": {"id": 14}, "at": "2025-03-01T10:00:00Z", "staff": "E1", "hours": 99}',
    )
    report = firm.take(firm.write("scores.ndjson", "\n".join(lines)))
    assert firm.told() == [
        ("7#satisfaction_scored", '{"customer":"C1","employee":"E1","score":"9.50"}'),
        ("8#activity_recorded", '{"attributes":{"ward":"inner"},"employee":"E1","kind":"care","minutes":75}'),
        ("9#activity_recorded", '{"employee":"E1","kind":"care","minutes":120}'),
    ]
    assert [(line, column) for line, column, *_ in reasons(report)] == [
        (5, "score"),
        (6, ""),
        (7, "score, hours"),
    ]
    assert report.files[0].rows_passed_over == 1


def test_missing_columns_are_told_before_anything_is_stored(firm: Firm, deals: Take) -> None:
    deals()
    good = firm.write("deals_1.csv", "id,day,seller,client,amount\nD1,2025-03-01,E1,C1,5\n")
    bad = firm.write("deals_2.csv", "id,date,seller,client\nD2,2025-03-01,E1,C1\n")
    with pytest.raises(
        Unusable, match=r"deals_2.csv: It lacks columns that deals.mapping.yaml reads: amount, day"
    ):
        firm.take(good, bad)
    assert firm.told() == []


def test_columns_that_nobody_reads_are_told(firm: Firm, deals: Take) -> None:
    deals()
    path = firm.write("deals_1.csv", "id,day,seller,client,amount,colour,\nD1,2025-03-01,E1,C1,5,red,\n")
    assert firm.take(path).files[0].unused_columns == ["colour"]


def test_a_file_that_is_not_there_is_named(firm: Firm) -> None:
    with pytest.raises(Unusable, match="There is no such file"):
        firm.take(firm.folder / "none.csv")
