"""Rows that fill the lists of a fact: parts with fields of their own, several texts or numbers in a cell."""

import json

from firm import Firm

PRACTICES = """
source: wiki
files: ["practices*"]
key: id
facts:
  - type: practice_shared
    occurred_at: day
    data:
      practice: id
      employee: author
      title: title
      text: title
      stage: {const: contact}
      results:
        - {plan: {const: sellers}, measure: measure, branch: branch, after: after}
        - {plan: {const: sellers}, measure: {const: deals}, branch: branch_2, after: after_2}
"""
NEEDS = """
source: needs
files: ["needs*"]
key: id
facts:
  - type: shift_need_set
    occurred_at: day
    data: {branch: branch, pattern: shift, count: count, effective_on: day, weekdays: days}
"""
LEADS = """
source: leads
files: ["leads*"]
key: id
facts:
  - type: lead_received
    occurred_at: day
    data:
      lead: id
      employee: seller
      customer: client
      amount_minor: {column: amount, money: CNY}
      decision_chain: chain
"""


def test_a_list_of_parts_is_written_part_by_part_and_an_empty_one_is_left_out(firm: Firm) -> None:
    """A row fills two parts, one, or none; a part that is wrong is told by the columns of the list."""
    firm.map(PRACTICES)
    rows = (
        "id,day,author,title,measure,branch,after,branch_2,after_2",
        "p-1,2025-03-04,E1,Ask first,clients,SH,2025-02,BJ,2025-01",
        "p-2,2025-03-04,E1,Call back,clients,SH,2025-02,,",
        "p-3,2025-03-04,E1,Write it down,,,,,",
        "p-4,2025-03-04,E1,Be early,clients,SH,February,,",
    )
    report = firm.take(firm.write("practices.csv", "\n".join((*rows, ""))))
    told = [json.loads(fact).get("results") for _, fact in firm.told()]
    shanghai = {"plan": "sellers", "measure": "clients", "branch": "SH", "after": "2025-02"}
    beijing = {"plan": "sellers", "measure": "deals", "branch": "BJ", "after": "2025-01"}
    assert told == [[shanghai, beijing], [shanghai], None]
    [fault] = [fault for file in report.files for fault in file.faults]
    assert (fault.line, fault.field) == (5, "results")
    assert "after" in fault.column and fault.remedy


def test_several_numbers_stand_in_a_cell(firm: Firm) -> None:
    """With a comma, a semicolon or the marks of a Chinese list between; what is no number is refused."""
    ward = {"from_time": "08:00", "until_time": "12:00", "activity": "ward"}
    firm.tell("shift_pattern_set", pattern="A", title="Day", spans=[ward], effective_on="2025-03-01")
    firm.map(NEEDS)
    rows = (
        "id,branch,shift,count,day,days",
        '1,SH,A,3,2025-03-04,"1, 2;3"',
        "2,SH,A,2,2025-03-05,6、7",
        "3,SH,A,1,2025-03-06,",
        "4,SH,A,1,2025-03-07,Monday",
    )
    report = firm.take(firm.write("needs.csv", "\n".join((*rows, ""))))
    [fault] = [fault for file in report.files for fault in file.faults]
    needs = [fact for _, told in firm.told() if "count" in (fact := json.loads(told))]
    assert [fact.get("weekdays") for fact in needs] == [[1, 2, 3], [6, 7], None]
    assert (fault.line, fault.column, fault.value) == (5, "days", "Monday")


def test_several_texts_stand_in_a_cell_and_no_amount_needs_no_currency(firm: Firm) -> None:
    firm.map(LEADS)
    rows = (
        "id,day,seller,client,amount,chain",
        "L1,2025-03-04,E1,C1,,主任、院长；科长",
        "L2,2025-03-04,E1,C2,20.50,",
    )
    report = firm.take(firm.write("leads.csv", "\n".join((*rows, ""))))
    assert report.exit_status == 0, report
    told = [json.loads(fact) for _, fact in firm.told()]
    assert [fact.get("decision_chain") for fact in told] == [["主任", "院长", "科长"], None]
    assert [(fact.get("amount_minor"), fact.get("currency")) for fact in told] == [
        (None, None),
        (2050, "CNY"),
    ]
