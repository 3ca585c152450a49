"""Whoever writes about some people only names no others: in no field of any fact, in no part of a split."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from api.caller import Caller
from api.facts import within_rights
from api.intake import Submission
from api.roles import MAY_PROPOSE, MAY_RECORD
from domain.decide.boundary import people_written_about
from domain.facts.governance import OverrideSet
from domain.facts.registry import decode
from domain.refusals import NotAllowed

FROZEN = Path(__file__).parents[1] / "facts" / "frozen" / "records.txt"
OWN, OTHER = "E1", "E9"
RECORDS: dict[str, dict[str, Any]] = {
    record["type"]: record
    for line in FROZEN.read_text("utf-8").splitlines()
    for record in [json.loads(line.split(" ", 1)[1])]
}
MANAGER = Caller(name="m", role="manager", employee="M1", scope="team", reached=frozenset({OWN, "E2"}))
HR = Caller(name="hr", role="hr", employee="H1", scope="branch", reached=frozenset({OWN, "E2"}))
MYSELF = Caller(name="me", role="employee", employee=OWN, scope="self")
ABOUT_ANOTHER = frozenset({"fact_voided", "fact_confirmed"})
"""What is checked by whom that other fact is about, in the intake."""


def named(type: str) -> list[str]:
    """The fields of a fact, as it was frozen, that name people whom it is about."""
    return [field for field, _ in people_written_about(decode(type, json.dumps(RECORDS[type]["data"])))]


def written(type: str, people: dict[str, str], by: Caller) -> Submission:
    """The frozen fact of a type about other people, by field, as approved by whoever sends it."""
    said = json.loads(json.dumps(RECORDS[type]["data"]))
    for field, person in people.items():
        *steps, last = field.replace("[", ".").replace("]", "").split(".")
        part: Any = said
        for step in steps:
            part = part[int(step)] if step.isdecimal() else part[step]
        part[last] = person
    if "approver" in said:
        said["approver"] = by.actor
    if "changes" in said:
        said["changes"] = next(kind for kind, roles in MAY_PROPOSE.items() if by.role in roles)
    at = instant(RECORDS[type]["occurred_at"])
    return Submission(
        type=type, source=f"employee/{OWN}", key="k", occurred_at=at, data=json.dumps(said).encode()
    )


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


CASES = [
    (caller, type, field)
    for caller in (MANAGER, HR, MYSELF)
    for type in sorted(MAY_RECORD[caller.role] - ABOUT_ANOTHER)
    for field in named(type)
]


@pytest.mark.rule("R88")
@pytest.mark.parametrize(("caller", "type", "field"), CASES, ids=lambda value: getattr(value, "role", value))
def test_a_fact_about_the_reached_is_written_and_one_that_names_another_is_refused(
    caller: Caller, type: str, field: str
) -> None:
    """By each narrowed role, for each type that it writes, in each field that names somebody."""
    reached = dict.fromkeys(named(type), OWN)
    assert within_rights(written(type, reached, caller), caller)
    with pytest.raises(NotAllowed) as refused:
        within_rights(written(type, reached | {field: OTHER}, caller), caller)
    assert refused.value.field == f"data.{field}"


def test_the_fields_that_name_people_are_found_by_their_types() -> None:
    """Splits, colleagues, mentors, owners and graders among them; not who approves or is only asked."""
    assert named("deal_closed") == ["employee", *(f"credits[{n}].employee" for n in range(3))]
    assert named("swap_approved") == ["employee", "colleague"]
    assert named("swap_asked") == ["employee"]
    assert named("mentor_assigned") == ["employee", "mentor"]
    assert named("intervention_opened") == ["employee", "owner"]
    assert named("skill_graded") == ["employee", "grader"]
    assert {"manager"} <= set(named("employee_transferred"))


@pytest.mark.parametrize(
    ("level", "scope", "is_let"),
    [("person", OWN, True), ("person", OTHER, False), ("branch", "SH", True), ("branch", "BJ", False)],
)
def test_an_override_is_about_its_person_or_branch(level: Any, scope: str, is_let: bool) -> None:
    caller = Caller(name="m", role="manager", scope="branch", branches=("SH",), reached=frozenset({OWN}))
    said = RECORDS["override_set"]["data"] | {"level": level, "scope": scope, "approver": "m"}
    assert decode(OverrideSet.TYPE, json.dumps(said))
    at = instant(RECORDS["override_set"]["occurred_at"])
    sent = Submission(
        type="override_set", source="s", key="k", occurred_at=at, data=json.dumps(said).encode()
    )
    if is_let:
        assert within_rights(sent, caller)
    else:
        with pytest.raises(NotAllowed):
            within_rights(sent, caller)
