"""Through the intake into a real journal: what is stored, recognised, refused and withheld."""

import datetime as dt
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from given import NOW

from api.intake import Intake, Outcome, Refused, Rehearsal, Stored, Submission
from domain.journal.append import Journal

JANUARY = dt.datetime(2025, 1, 6, 1, tzinfo=dt.UTC)
OPENED = {"name": "Huikang"}
BEIJING = {"branch": "BJ", "title": "Beijing", "opened_on": "2020-01-01"}
HIRED = {"employee": "E1", "hired_on": "2025-01-06", "branch": "BJ", "post": "seller"}
DEAL = {"employee": "E1", "customer": "C1", "deal": "D1", "amount_minor": 10_000, "currency": "CNY"}
VISIT = {"employee": "E1", "customer": "H1"}


def brought(
    type: str,
    data: Mapping[str, object],
    key: str,
    *,
    group: int | None = None,
    of: tuple[str, str] | None = None,
) -> Submission:
    return Submission(
        type=type, source="crm", key=key, occurred_at=JANUARY, data=data, group=group, refers_to=of
    )


@pytest.fixture
def intake(journal: Journal) -> Iterator[Intake]:
    intake = Intake(journal)
    outcomes = submit(
        intake,
        brought("ledger_opened", OPENED, "ledger"),
        brought("branch_opened", BEIJING, "BJ"),
        brought("employee_hired", HIRED, "E1"),
    )
    assert told(outcomes) == [1, 2, 3]
    yield intake


def submit(
    intake: Intake, *submissions: Submission, atomic: bool = False, rehearsal: Rehearsal | None = None
) -> list[Outcome]:
    return intake.submit(submissions, actor="hr", now=NOW, atomic=atomic, rehearsal=rehearsal)


def told(outcomes: list[Outcome]) -> list[int | str]:
    """Positions of what was stored, `hit N` of what was there, kinds of what was refused."""
    return [
        outcome.refusal.kind
        if isinstance(outcome, Refused)
        else f"hit {outcome.position}"
        if outcome.hit
        else outcome.position
        for outcome in outcomes
    ]


@pytest.mark.rule("R81")
def test_a_repeated_delivery_changes_nothing(intake: Intake, journal: Journal) -> None:
    order = brought("deal_closed", DEAL, "order-1")
    assert told(submit(intake, order)) == [4]
    assert told(submit(intake, order)) == ["hit 4"]
    assert told(submit(intake, order, order)) == ["hit 4", "hit 4"]
    assert journal.head() == 4


def test_a_hire_delivered_again_is_recognised_before_its_rule_is_asked(intake: Intake) -> None:
    assert told(submit(intake, brought("employee_hired", HIRED, "E1"))) == ["hit 3"]
    assert told(submit(intake, brought("employee_hired", HIRED, "another"))) == ["already-hired"]


def test_the_same_key_with_other_content_is_refused(intake: Intake, journal: Journal) -> None:
    submit(intake, brought("visit_recorded", VISIT, "v1"))
    other = {**VISIT, "customer": "H2"}
    assert told(submit(intake, brought("visit_recorded", other, "v1"))) == ["key-reused"]
    both = submit(intake, brought("visit_recorded", VISIT, "v2"), brought("visit_recorded", other, "v2"))
    assert told(both) == [5, "key-reused"]
    assert journal.head() == 5


def test_a_batch_is_decided_in_order(intake: Intake) -> None:
    outcomes = submit(
        intake,
        brought("visit_recorded", {"employee": "E2", "customer": "H1"}, "early"),
        brought("employee_hired", {**HIRED, "employee": "E2"}, "E2"),
        brought("visit_recorded", {"employee": "E2", "customer": "H1"}, "late"),
        brought("deal_closed", DEAL, "d1"),
        brought("deal_closed", DEAL, "d2"),
        brought("deal_reversed", DEAL, "r1"),
    )
    assert told(outcomes) == ["unknown-employee", 4, 5, 6, "deal-already-closed", 7]


def test_an_atomic_batch_stores_all_or_nothing(intake: Intake, journal: Journal) -> None:
    good = brought("visit_recorded", VISIT, "v1")
    bad = brought("visit_recorded", {"employee": "E1"}, "v2")
    assert told(submit(intake, good, bad, atomic=True)) == ["withheld", "bad-field"]
    assert journal.head() == 3
    assert told(submit(intake, good, atomic=True)) == [4]


def test_facts_of_one_row_stand_or_fall_together(intake: Intake, journal: Journal) -> None:
    outcomes = submit(
        intake,
        brought("employee_hired", {**HIRED, "employee": "E2"}, "E2", group=1),
        brought(
            "employee_left", {"employee": "E2", "left_on": "2025-01-01", "cause": "pay"}, "E2-left", group=1
        ),
        brought("employee_hired", {**HIRED, "employee": "E3"}, "E3", group=2),
        brought("visit_recorded", {"employee": "E2", "customer": "H1"}, "v1"),
    )
    assert told(outcomes) == ["withheld", "bad-field", 4, "unknown-employee"]
    assert journal.head() == 4


def test_a_void_finds_its_fact_by_key_and_is_found_beside_it(intake: Intake, journal: Journal) -> None:
    void = brought("fact_voided", {"reason": "wrong amount"}, "void-1", of=("crm", "order-1"))
    assert told(submit(intake, void)) == ["unknown-fact"]
    submit(intake, brought("deal_closed", DEAL, "order-1"))
    assert told(submit(intake, void)) == [5]
    voided = journal.at(5)
    assert voided is not None
    assert voided.tags == ("fact:4", "employee:E1", "customer:C1", "deal:D1")
    assert told(submit(intake, void)) == ["hit 5"]
    assert told(submit(intake, brought("deal_closed", DEAL, "order-1b"))) == [6]


def test_a_void_makes_room_for_what_is_right_in_the_same_delivery(intake: Intake, journal: Journal) -> None:
    void = brought("fact_voided", {"position": 3, "reason": "the wrong day"}, "void-E1")
    late = brought("employee_hired", {**HIRED, "hired_on": "2025-01-13"}, "E1-right")
    assert told(submit(intake, late)) == ["already-hired"]
    assert told(submit(intake, void, late, atomic=True)) == [4, 5]
    deal, back = brought("deal_closed", DEAL, "order-1"), brought("deal_reversed", DEAL, "back-1")
    assert told(submit(intake, deal, back)) == [6, 7]
    wrong = brought("fact_voided", {"reason": "only a part"}, "void-back", of=("crm", "back-1"))
    part = brought("deal_reversed", {**DEAL, "amount_minor": 4_000}, "back-2")
    assert told(submit(intake, wrong, part, atomic=True)) == [8, 9]
    rest = brought("deal_reversed", {**DEAL, "amount_minor": 6_001}, "back-3")
    assert told(submit(intake, rest)) == ["reversal-too-large"]
    assert journal.head() == 9


def test_a_deal_with_a_reversal_is_not_voided(intake: Intake) -> None:
    submit(
        intake,
        brought("deal_closed", DEAL, "d1"),
        brought("deal_reversed", {**DEAL, "amount_minor": 1}, "r1"),
    )
    assert told(submit(intake, brought("fact_voided", {"position": 4, "reason": "?"}, "x"))) == [
        "not-voidable"
    ]
    assert told(submit(intake, brought("fact_voided", {"position": 5, "reason": "?"}, "y"))) == [6]
    assert told(submit(intake, brought("fact_voided", {"position": 4, "reason": "?"}, "x"))) == [7]


def test_a_rehearsal_stores_nothing_and_remembers_what_it_let_pass(intake: Intake, journal: Journal) -> None:
    rehearsal = Rehearsal()
    first = submit(intake, brought("employee_hired", {**HIRED, "employee": "E2"}, "E2"), rehearsal=rehearsal)
    again = submit(
        intake,
        brought("visit_recorded", {"employee": "E2", "customer": "H1"}, "v1"),
        brought("employee_hired", {**HIRED, "employee": "E2"}, "E2"),
        brought("employee_hired", {**HIRED, "employee": "E2"}, "E2-again"),
        rehearsal=rehearsal,
    )
    assert told(first) == [0]
    assert told(again) == [0, "hit 0", "already-hired"]
    assert journal.head() == 3
    assert told(submit(intake, brought("visit_recorded", {"employee": "E2", "customer": "H1"}, "v1"))) == [
        "unknown-employee"
    ]


def test_one_deal_is_closed_once_however_many_bring_it(intake: Intake, journal: Journal) -> None:
    def bring(number: int) -> int | str:
        return told(submit(intake, brought("deal_closed", DEAL, f"try-{number}")))[0]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(bring, range(8)))
    assert sorted(map(str, results)) == ["4", *["deal-already-closed"] * 7]
    assert journal.head() == 4


def test_only_what_needs_no_look_may_be_appended_as_it_is(intake: Intake) -> None:
    submit(intake, brought("visit_recorded", VISIT, "v1"))
    plain = intake.plain(brought("visit_recorded", VISIT, "v2"), actor="hr", now=NOW)
    assert plain is not None and plain.key == "v2"
    assert intake.plain(brought("deal_closed", DEAL, "d1"), actor="hr", now=NOW) is None
    stranger = brought("visit_recorded", {"employee": "E9", "customer": "H1"}, "v3")
    assert intake.plain(stranger, actor="hr", now=NOW) is None
    assert isinstance(submit(intake, stranger)[0], Refused)
    assert isinstance(submit(intake, brought("visit_recorded", VISIT, "v4"))[0], Stored)
