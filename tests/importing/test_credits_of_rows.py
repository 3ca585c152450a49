"""Rows whose deal several people share in."""

import json

import pytest
from firm import Firm

from api.importing import ImportReport
from api.importing.compiling import compiled
from api.importing.mapping import MappingInvalid, load

MAPPING = """
source: crm
files: ["deals*"]
key: id
facts:
  - type: deal_closed
    occurred_at: day
    data: {employee: seller, customer: client, deal: id, amount_minor: {column: amount, money: CNY}}
    credits:
      - {employee: finder, role: {const: referrer}, amount_minor: {column: fee, money: CNY}}
      - {employee: seller, role: {const: seller}, share: {column: own, as: percent}}
      - {employee: other, role: as, share: {column: rest, as: percent}}
"""
HEADER = "id,day,seller,client,amount,finder,fee,own,other,as,rest"


def take(firm: Firm, *rows: str, dry_run: bool = False) -> ImportReport:
    firm.map(MAPPING)
    return firm.take(firm.write("deals.csv", "\n".join((HEADER, *rows, ""))), dry_run=dry_run)


def test_each_person_that_a_row_names_has_a_part(firm: Firm) -> None:
    """A whole split, one in two decimals with signs and no referrer, and one whole deal."""
    report = take(
        firm,
        "D1,2025-03-04,E1,C1,1000,E2,50,60,E2,seller,40",
        "D2,2025-03-04,E1,C1,1000,,,33.34%,E2,helper,66.66 %",
        "D3,2025-03-04,E1,C1,1000,,,100,,,",
    )
    assert report.exit_status == 0, report
    assert [json.loads(told).get("credits") for _, told in firm.told()] == [
        [
            {"amount_minor": 50_00, "employee": "E2", "role": "referrer"},
            {"employee": "E1", "role": "seller", "share": "60 %"},
            {"employee": "E2", "role": "seller", "share": "40 %"},
        ],
        [
            {"employee": "E1", "role": "seller", "share": "33.34 %"},
            {"employee": "E2", "role": "helper", "share": "66.66 %"},
        ],
        [{"employee": "E1", "role": "seller", "share": "100 %"}],
    ]


def test_a_row_that_fills_no_part_is_all_its_sellers(firm: Firm) -> None:
    firm.map(MAPPING.replace("{employee: seller, role", "{employee: lead, role"))
    header = HEADER + ",lead"
    report = firm.take(firm.write("deals.csv", f"{header}\nD1,2025-03-04,E1,C1,1000,,,,,,,\n"))
    assert report.exit_status == 0, report
    [(_, told)] = firm.told()
    assert "credits" not in json.loads(told)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_wrong_split_is_told_by_line_column_and_remedy(firm: Firm, dry_run: bool) -> None:
    """Each row is wrong in one way; none is stored, and the dry run says the same."""
    cases = [
        ("E1,C1,1000,,,60,E2,seller,50", "own, rest", "credits", "The shares total 110 %."),
        ("E1,C1,1000,,,60,E7,seller,40", "other", "credits[1].employee", "E7"),
        ("E1,C1,1000,,,60,,seller,40", "other", "credits[1].employee", "A part has no employee."),
        ("E1,C1,1000,,,60,E2,,40", "as", "credits[1].role", "A part has no role."),
        ("E1,C1,1000,,,x,E2,seller,40", "own", "credits[0].share", "It is not a plain number"),
        ("E1,C1,1000,E2,9999,100,,,", "fee, own", "credits", "The fixed amounts come to 999900"),
        ("E1,C1,1000,E2,,100,,,", "finder, fee", "credits[0]", "E2 has a share and a fixed amount"),
        ("E1,C1,1000,,,60,E1,seller,40", "as", "credits[1].role", "E1 is named twice as seller."),
    ]
    report = take(firm, *(f"D{n},2025-03-04,{row}" for n, (row, *_) in enumerate(cases)), dry_run=dry_run)
    faults = [fault for file in report.files for fault in file.faults]
    assert [(fault.line, fault.column, fault.field) for fault in faults] == [
        (number + 2, column, field) for number, (_, column, field, _) in enumerate(cases)
    ]
    for fault, (*_, detail) in zip(faults, cases, strict=True):
        assert detail in fault.detail and fault.remedy
    assert firm.told() == []


def test_a_share_needs_its_sign_unless_the_mapping_says_what_a_number_is(firm: Firm) -> None:
    """0.6 is 60 % of a column of fractions, and refused where nothing says so."""
    bare = MAPPING.replace("share: {column: own, as: percent}", "share: own").replace(
        "as: percent", "as: fraction"
    )
    firm.map(bare)
    row = "D{0},2025-03-04,E1,C1,1000,,,{1},E2,seller,0.405"
    path = firm.write("deals.csv", "\n".join((HEADER, row.format(1, "59.5%"), row.format(2, "59.5"), "")))
    report = firm.take(path)
    [(_, told)] = firm.told()
    assert [part["share"] for part in json.loads(told)["credits"]] == ["59.5 %", "40.5 %"]
    [fault] = report.files[0].faults
    assert (fault.line, fault.column, fault.detail) == (3, "own", "It has no % sign.")
    assert "as: percent" in fault.remedy


def test_a_mapping_that_splits_what_cannot_be_split_has_faults(firm: Firm) -> None:
    written = MAPPING.replace("share: {column: own, as: percent}", "").replace(
        "amount_minor: {column: amount", "credits: fee, amount_minor: {as: percent, column: amount"
    )
    path = firm.map(
        written + "  - {type: visit_recorded, occurred_at: day, data: {employee: seller, "
        "customer: client}, credits: [{employee: other, role: as, share: own}]}\n"
    )
    with pytest.raises(MappingInvalid) as refused:
        compiled(load(path), path)
    assert {problem.path: problem.remedy for problem in refused.value.problems} == {
        "facts[0].data.credits": "Give them under `credits` beside `data`.",
        "facts[0].data.amount_minor": "Leave `as` out.",
        "facts[0].credits[1]": "Name a column under `share` or `amount_minor`.",
        "facts[1].credits": "Leave them out.",
    }
