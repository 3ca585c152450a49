"""Licensed work: done while a credential is frozen, it is flagged, and unpaid where the plan says so."""

import datetime as dt
from typing import Any

import pytest
from book import ENGINE, Book

from domain.facts.base import Fact
from domain.facts.clinical import ProcedurePerformed
from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialRevoked,
    CredentialSuspended,
)
from domain.facts.selling import DealClosed, DealReversed
from domain.period import Period
from domain.plan.fields import Title
from domain.plan.words import say
from projections.behind import behind
from projections.diff import diff
from projections.explain import explain
from projections.flagged import flagged_work
from projections.hints import hints
from projections.late import closed_periods

PLAN = """
unlicensed: earns_nothing
measures:
  procedures: {count: procedure_performed, licensed: nursing licence}
  kinds: {distinct: procedure_performed, of: kind, licensed: nursing licence, window: year}
  all_procedures: {count: procedure_performed}
components:
  - {id: procedures, title: Procedures, kind: per_unit, measure: procedures, rate: 50}
"""
REVERSALS = """
unlicensed: flagged
measures:
  reversals: {count: deal_reversed, licensed: nursing licence}
components:
  - {id: reversals, title: Reversals, kind: per_unit, measure: reversals, rate: 1}
"""
WHO = {"employee": "E1", "credential": "N1"}
MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")


def grant(book: Book, until: str, kind: str = "nursing licence") -> int:
    on = dt.date(2020, 1, 1)
    fact = CredentialGranted(**WHO, kind=kind, granted_on=on, expires_on=dt.date.fromisoformat(until))
    return book.tell(fact)


def renew(book: Book, on: dt.date) -> int:
    return book.tell(CredentialRenewed(**WHO, effective_on=on, expires_on=dt.date(2030, 12, 31)))


def perform(book: Book, *days: int | dt.date, kind: str = "catheter") -> list[int]:
    return [book.tell(ProcedurePerformed(employee="E1", kind=kind), on) for on in days]


def parts(book: Book, period: str = "2025-03") -> list[str]:
    """What the parts of the first line say."""
    with book.cursor() as cursor:
        told = explain(cursor, "E1", Period.parse(period), engine=ENGINE)
    assert told is not None
    return [part.en for part in told.lines[0].parts]


@pytest.fixture
def ward(book: Book) -> Book:
    """A nurse whose licence holds through 10 March, and procedures on either side of that day."""
    book.adopt(PLAN)
    grant(book, "2025-03-10")
    perform(book, 9, 10, 11, 12)
    return book


@pytest.mark.rule("R50")
def test_work_from_the_day_after_the_last_is_flagged_and_unpaid(ward: Book) -> None:
    """Two of four are paid; the line, the facts behind it and the list of flagged work say why."""
    assert ward.paid() == {"procedures": 10_000}
    assert parts(ward)[1] == (
        "procedures: 2 of 4 not counted; nursing licence expired, frozen since 2025-03-11"
    )
    with ward.cursor() as cursor:
        told = explain(cursor, "E1", MARCH, engine=ENGINE)
        work = flagged_work(cursor, MARCH, None, None)
    assert told is not None
    [evidence] = [page for page in told.evidence if page.measure == "procedures"]
    assert [(fact.day.day, fact.is_flagged, fact.adds) for fact in evidence.facts] == [
        (9, False, "1"),
        (10, False, "1"),
        (11, True, "0"),
        (12, True, "0"),
    ]
    assert [(fact.kind, fact.effective_on, fact.expires_on) for fact in evidence.licence] == [
        ("granted", dt.date(2020, 1, 1), dt.date(2025, 3, 10))
    ]
    assert {(each.day.day, each.measure, each.state, each.since, each.is_paid) for each in work} == {
        (day, name, "expired", dt.date(2025, 3, 11), False)
        for day in (11, 12)
        for name in ("procedures", "kinds")
    }


@pytest.mark.rule("R50")
def test_three_months_expired_flags_every_later_procedure(book: Book) -> None:
    """Licence until 31 December: nothing of March counts, and a plan may choose to pay it all the same."""
    book.adopt(PLAN)
    grant(book, "2024-12-31")
    perform(book, 1, 15, 31)
    assert book.paid() == {"procedures": 0}
    assert "3 of 3 not counted" in parts(book)[1]
    book.adopt(PLAN.replace("earns_nothing", "flagged"))
    assert book.paid() == {"procedures": 15_000}
    assert "3 of 3 flagged, but counted; nursing licence expired" in parts(book)[1]
    with book.cursor() as cursor:
        assert {each.is_paid for each in flagged_work(cursor, MARCH, ["E1"], None)} == {True}
        assert flagged_work(cursor, APRIL, None, None) == []


def test_suspended_and_never_granted_are_told_apart(book: Book) -> None:
    book.adopt(PLAN)
    perform(book, 5, 6, 20)
    assert "3 of 3 not counted; no nursing licence was ever granted" in parts(book)[1]
    grant(book, "2030-01-01", kind="radiation permit")
    assert book.paid() == {"procedures": 0}
    granted = CredentialGranted(
        employee="E1", credential="N2", kind="nursing licence", granted_on=dt.date(2020, 1, 1)
    )
    book.tell(granted)
    who = {"employee": "E1", "credential": "N2", "reason": "audit"}
    book.tell(CredentialSuspended(**who, effective_on=dt.date(2025, 3, 6)))
    book.tell(CredentialReinstated(**who, effective_on=dt.date(2025, 3, 20)))
    assert book.paid() == {"procedures": 10_000}
    assert "1 of 3 not counted; nursing licence suspended, frozen since 2025-03-06" in parts(book)[1]


@pytest.mark.rule("R50")
def test_a_renewal_told_late_is_settled_and_voided_again(ward: Book) -> None:
    """Renewed from 12 March, told in April: one more is paid then, and taken back when it is voided."""
    before = ward.close().known_at
    renewed = renew(ward, dt.date(2025, 3, 12))
    assert ward.paid(period="2025-04") == {"procedures": 0, "procedures of 2025-03": 5_000}
    with ward.cursor() as cursor:
        told = explain(cursor, "E1", APRIL, engine=ENGINE)
        late = behind(cursor, "E1", APRIL, ward.journal.head())
    assert told is not None
    assert [fact.type for fact in told.lines[-1].late] == ["credential_renewed"]
    assert renewed in late
    ward.close("2025-04")
    settled = [sum(fen for name, fen in ward.paid(period=m).items()) for m in ("2025-03", "2025-04")]
    assert sum(settled) == 15_000
    ward.void(renewed)
    assert ward.paid(period="2025-05")["procedures of 2025-03"] == -5_000
    assert ward.paid(known_at=before) == {"procedures": 10_000}
    with ward.cursor() as cursor:
        at = closed_periods(cursor, None)[0].known_at
        assert len(flagged_work(cursor, MARCH, None, at)) == 4
        assert len(flagged_work(cursor, MARCH, None, renewed)) == 2


def told_of(kind: str, day: int, month: int = 3, until: dt.date | None = None) -> Fact:
    """Of the licence N2, on a day of 2025."""
    on, who = dt.date(2025, month, day), {"employee": "E1", "credential": "N2"}
    if kind == "renewed":
        assert until is not None, "a renewal ends"
        return CredentialRenewed(**who, effective_on=on, expires_on=until)
    if kind == "granted":
        return CredentialGranted(**who, kind="nursing licence", granted_on=on, expires_on=until)
    return {
        "suspended": CredentialSuspended,
        "reinstated": CredentialReinstated,
        "revoked": CredentialRevoked,
    }[kind](**who, effective_on=on, reason="audit")


@pytest.mark.parametrize(
    ("changes", "flagged"),
    [
        ([("granted", 1, 1)], []),
        ([("granted", 1)], []),
        ([("granted", 2)], [1]),
        ([("granted", 1, 1, dt.date(2025, 3, 31))], []),
        ([("granted", 1, 1, dt.date(2025, 3, 30))], [31]),
        ([("granted", 1, 1, dt.date(2025, 3, 9)), ("renewed", 16, 3, dt.date(2026, 1, 1))], [15]),
        ([("granted", 1, 1, dt.date(2026, 1, 1)), ("renewed", 10, 3, dt.date(2025, 3, 20))], [31]),
        ([("granted", 1, 1), ("suspended", 10), ("reinstated", 16)], [15]),
        ([("granted", 1, 1), ("revoked", 1, 4)], []),
        ([("granted", 1, 1), ("revoked", 31)], [31]),
    ],
)
def test_each_way_to_lack_a_licence_is_found_among_everybody(
    book: Book, changes: list[tuple[Any, ...]], flagged: list[int]
) -> None:
    """Days of March on which a procedure was done without it; the licence N2 is the only one."""
    book.adopt(PLAN)
    perform(book, 1, 15, 31)
    for each in changes:
        book.tell(told_of(*each))
    with book.cursor() as cursor:
        work = flagged_work(cursor, MARCH, None, None)
    assert [each.day.day for each in work if each.measure == "procedures"] == flagged


def test_what_was_sold_without_a_licence_is_found_by_the_day_of_the_deal(book: Book) -> None:
    """A reversal of April is flagged where the licence lacked on the day of its deal, in March."""
    book.adopt(REVERSALS)
    book.tell(told_of("granted", 1, 1, dt.date(2025, 3, 10)))
    book.tell(told_of("renewed", 1, 4, dt.date(2026, 1, 1)))
    for number, day in enumerate((5, 20)):
        deal = {"employee": "E1", "deal": f"D{number}", "amount_minor": 100, "currency": "CNY", "kind": "new"}
        book.tell(DealClosed(**deal, customer="C1"), day)
        back = deal.keys() - {"kind"}
        book.tell(DealReversed(**{name: deal[name] for name in back}, customer="C1"), dt.date(2025, 4, 2))
    with book.cursor() as cursor:
        assert [each.day for each in flagged_work(cursor, APRIL, None, None)] == [dt.date(2025, 4, 2)]


def test_a_renewal_is_the_cause_of_a_difference(ward: Book) -> None:
    """And no credential is the cause where no plan asks for one."""
    before = ward.journal.head()
    renewed = renew(ward, dt.date(2025, 3, 11))
    with ward.cursor() as cursor:
        found = diff(cursor, "E1", MARCH, before, renewed, engine=ENGINE)
    assert found is not None
    assert [fact.position for fact in found.facts] == [renewed]


def test_licences_say_themselves_in_chinese() -> None:
    words = {
        "measure": "m",
        "work": "2",
        "all": "4",
        "credential": "护士执业证",
        "state": "expired",
        "since": "2025-03-11",
    }
    from given_plan import plan

    held = plan("measures: {m: {count: visit_recorded, title: {en: Visits, zh: 拜访}}}")
    assert held.measures["m"].title == Title("Visits", "拜访")
    assert say("flagged_unpaid", words, held, "zh") == (
        "拜访：4 项中 2 项不计；护士执业证 已过期，自 2025-03-11 起冻结"
    )


def test_a_hint_promises_nothing_for_work_without_a_licence(ward: Book) -> None:
    """On 10 March one more procedure earns 50; on 11 March nothing, until the licence is renewed."""

    def steps(day: int) -> list[tuple[str, int, str]]:
        with ward.cursor() as cursor:
            found = hints(cursor, "E1", dt.date(2025, 3, day))
        return [(each.kind, each.held.gain_minor, each.said.en) for each in found]

    assert [(kind, gain) for kind, gain, _ in steps(10)] == [("do", 5_000)]
    assert steps(11) == [
        (
            "obstacle",
            0,
            "nursing licence expired, frozen since 2025-03-11: "
            "until it is valid again more of procedures earns nothing",
        )
    ]
    ward.hire("E2")
    with ward.cursor() as cursor:
        [never] = hints(cursor, "E2", dt.date(2025, 3, 11))
    assert never.said.en == "No nursing licence was ever granted: more of procedures earns nothing"
    renew(ward, dt.date(2025, 3, 11))
    assert [(kind, gain) for kind, gain, _ in steps(11)] == [("do", 5_000)]


SOLD = """
unlicensed: earns_nothing
measures: {sold: {sum: deal_closed, of: amount, less: deal_reversed, licensed: nursing licence}}
components: [{id: sold, title: Sold, kind: per_unit, measure: sold, rate: "0.1"}]
"""


def test_what_comes_back_asks_for_the_licence_of_the_day_of_its_deal(book: Book) -> None:
    """D1 is sold with the licence and D2 without; both come back in April, when there is none.

    Only D1 is taken back. A renewal told in May lets D2 count in March, and be taken back in April.
    """
    book.adopt(SOLD)
    grant(book, "2025-03-10")
    book.sell("D1", 1_000_00, on=9)
    book.sell("D2", 5_000_00, on=12)
    book.take_back("D1", 1_000_00, on=dt.date(2025, 4, 9))
    book.take_back("D2", 2_000_00, on=dt.date(2025, 4, 9))
    assert (book.paid(), book.paid(period="2025-04")) == ({"sold": 100_00}, {"sold": -100_00})
    with book.cursor() as cursor:
        told = explain(cursor, "E1", APRIL, engine=ENGINE)
    assert told is not None
    assert [[fact.adds for fact in page.facts] for page in told.evidence] == [["-1000"]]
    book.close("2025-03")
    book.close("2025-04")
    renew(book, dt.date(2025, 3, 11))
    assert book.paid(period="2025-05") == {
        "sold": 0,
        "sold of 2025-03": 500_00,
        "sold of 2025-04": -200_00,
    }
