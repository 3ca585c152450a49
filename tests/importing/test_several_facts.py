"""Rows that give several facts, and files that need one another."""

from collections.abc import Callable

import pytest
from firm import DEALS, Firm

from api.importing import ImportReport

Take = Callable[..., ImportReport]


def reasons(report: ImportReport) -> list[tuple[int, str, str, str]]:
    """Line, column, value and kind of every fault."""
    found = [fault for file in report.files for fault in file.faults]
    return [(fault.line, fault.column, fault.value, fault.kind) for fault in found]


PEOPLE = """
source: hr
files: ["people*"]
key: id
facts:
  - type: employee_hired
    occurred_at: hired
    data:
      employee: id
      hired_on: hired
      branch: {column: city, map: {北京: BJ, 上海: SH}}
      post: post
      manager: boss
  - type: employee_transferred
    when: {moved: {filled: true}}
    key: [id, moved]
    occurred_at: moved
    data: {employee: id, effective_on: moved, branch: {column: to, map: {北京: BJ, 上海: SH}}}
  - type: employee_left
    when: {left: {filled: true}}
    occurred_at: left
    data: {employee: id, left_on: left, cause: {column: why, map: {家庭: family}}}
"""
HEADER = "id,hired,city,post,boss,moved,to,left,why\n"


def test_a_row_gives_several_facts(firm: Firm) -> None:
    firm.map(PEOPLE, "people")
    row = "P1,2025-01-06,北京,seller,E1,2025-03-01,上海,2025-05-31,家庭\n"
    report = firm.take(firm.write("people.csv", HEADER + row))
    assert report.exit_status == 0, report
    assert [key for key, _ in firm.told()] == [
        "P1#employee_hired",
        "P1/2025-03-01#employee_transferred",
        "P1#employee_left",
    ]


def test_the_facts_of_a_row_go_in_together_or_not_at_all(firm: Firm) -> None:
    """The leave is before the hire, so the hire stays out too."""
    firm.map(PEOPLE, "people")
    report = firm.take(firm.write("people.csv", HEADER + "P1,2025-01-06,北京,seller,,,,2024-12-31,家庭\n"))
    [(line, column, value, kind)] = reasons(report)
    assert (line, column, value, kind) == (2, "left", "2024-12-31", "bad-field")
    assert firm.told() == []
    assert (report.files[0].rows_refused, report.files[0].refused) == (1, 2)


def test_a_word_that_the_mapping_lacks_is_refused(firm: Firm) -> None:
    firm.map(PEOPLE, "people")
    report = firm.take(firm.write("people.csv", HEADER + "P1,2025-01-06,广州,seller,,,,,\n"))
    [(line, column, value, kind)] = reasons(report)
    assert (line, column, value, kind) == (2, "city", "广州", "bad-cell")
    assert report.files[0].faults[0].detail == "The mapping has no word for it."


def test_a_master_file_may_name_people_before_their_row(firm: Firm) -> None:
    firm.map(PEOPLE, "people")
    bosses = {"P1": "P2", "P2": "P3", "P3": "", "P4": "P9"}
    rows = "".join(f"{person},2025-01-06,北京,seller,{boss},,,,\n" for person, boss in bosses.items())
    report = firm.take(firm.write("people.csv", HEADER + rows))
    assert [key for key, _ in firm.told()] == ["P3#employee_hired", "P2#employee_hired", "P1#employee_hired"]
    assert [(line, column, value) for line, column, value, *_ in reasons(report)] == [(5, "boss", "P9")]


def test_files_go_in_the_order_that_they_need(firm: Firm, deals: Take) -> None:
    deals()
    firm.map(PEOPLE, "people")
    firm.map(VOIDS, "voids")
    files = (
        firm.write("voids.csv", "no,day,order,reason\nV1,2025-03-05,D1,typed twice\n"),
        firm.write("deals.csv", "id,day,seller,client,amount\nD1,2025-03-01,P1,C1,5\n"),
        firm.write("people.csv", HEADER + "P1,2025-01-06,北京,seller,,,,,\n"),
    )
    report = firm.take(*files, atomic=True)
    assert report.exit_status == 0, reasons(report)
    assert [key for key, _ in firm.told()] == ["P1#employee_hired", "D1#deal_closed", "V1#fact_voided"]


VOIDS = """
source: finance
files: ["voids*"]
key: "no"
facts:
  - type: fact_voided
    occurred_at: day
    refers_to: {source: crm, key: order, suffix: deal_closed}
    data: {reason: reason}
"""


def test_a_void_names_the_fact_by_source_and_key(firm: Firm, deals: Take) -> None:
    deals("D1,2025-03-01,E1,C1,5")
    [position] = [record.position for record in firm.journal.read(types=["deal_closed"])]
    firm.map(VOIDS, "voids")
    path = firm.write(
        "voids.csv", "no,day,order,reason\nV1,2025-03-05,D1,typed twice\nV2,2025-03-05,D9,lost\n"
    )
    for stored in (1, 0):
        report = firm.take(path)
        assert [(line, column, value, kind) for line, column, value, kind in reasons(report)] == [
            (3, "order", "D9", "unknown-fact")
        ]
        assert (report.files[0].stored, report.files[0].reconciled) == (stored, True)
    assert firm.told("fact_voided") == [
        ("V1#fact_voided", f'{{"position":{position},"reason":"typed twice"}}')
    ]


@pytest.mark.parametrize("atomic", [False, True])
def test_a_deal_is_written_anew_and_the_wrong_one_voided_in_one_import(firm: Firm, atomic: bool) -> None:
    """The new row waits until the void, which comes from another file, has made room for it."""
    firm.map(DEALS.replace("key: id", "key: line"))
    firm.write("deals.csv", "line,id,day,seller,client,amount\n1,D1,2025-03-01,E1,C1,50\n")
    firm.take(firm.folder / "deals.csv")
    firm.map(VOIDS.replace("key: order", "key: line"), "voids")
    report = firm.take(
        firm.write(
            "deals.csv",
            "line,id,day,seller,client,amount\n1,D1,2025-03-01,E1,C1,50\n2,D1,2025-03-01,E1,C1,5\n",
        ),
        firm.write("voids.csv", "no,day,line,reason\nV1,2025-03-05,1,a zero too many\n"),
        atomic=atomic,
    )
    assert report.exit_status == 0, reasons(report)
    assert [key for key, _ in firm.told()] == ["1#deal_closed", "V1#fact_voided", "2#deal_closed"]
    assert [(file.stored, file.hits, file.reconciled) for file in report.files] == [
        (1, 1, True),
        (1, 0, True),
    ]


def test_a_deal_that_stands_under_another_key_is_refused(firm: Firm, deals: Take) -> None:
    firm.map(DEALS.replace("key: id", "key: line"))
    report = firm.take(
        firm.write(
            "deals.csv",
            "line,id,day,seller,client,amount\n1,D1,2025-03-01,E1,C1,5\n2,D1,2025-03-01,E1,C1,5\n",
        )
    )
    assert [(line, column, kind) for line, column, _, kind in reasons(report)] == [
        (3, "id", "deal-already-closed")
    ]
