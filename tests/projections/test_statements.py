"""Statements: frozen by the close, computed until then, and never shown when they do not add up."""

import msgspec
import pytest
from book import ENGINE, Book

from domain.period import Period
from domain.plan.statement import Statement
from projections import closing, statements
from projections.spans import UnfoldableFact

MARCH = Period.parse("2025-03")
BONUSES = """
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: rate, title: Close rate, kind: threshold, measure: close_rate, reaches: 15 %, pays: 200}
"""


def test_a_closed_statement_is_frozen_and_says_so(book: Book) -> None:
    """What comes later changes the month after, never the closed statement."""
    book.adopt(BONUSES)
    book.register("C1")
    book.close()
    frozen = book.payslip()
    assert frozen is not None and frozen.state == "closed" and frozen.closed_position == book.journal.head()
    assert frozen.digest == frozen.statement.digest()
    book.register("C2", "C3")
    assert book.payslip() == frozen


def test_known_at_before_the_close_the_month_is_open(book: Book) -> None:
    """A past position shows what was known then, and the state it was in."""
    book.adopt(BONUSES)
    [first, second] = book.register("C1", "C2")
    book.close()
    before = book.payslip(known_at=first)
    assert before is not None and (before.state, before.statement.total_minor) == ("open", 5_000)
    then = book.payslip(known_at=second)
    assert then is not None and (then.state, then.statement.total_minor) == ("open", 10_000)


def test_facts_between_known_at_and_the_close_are_late(book: Book) -> None:
    """A close settles what it says it knows, and the next one settles the rest."""
    book.adopt(BONUSES)
    [first, _] = book.register("C1", "C2")
    book.close(known_at=first)
    assert book.paid() == {"clients": 5_000, "rate": 0}
    assert book.paid(period="2025-04") == {"clients": 0, "rate": 0, "clients of 2025-03": 5_000}


def test_a_close_that_does_not_add_up_stops_the_read_models(book: Book) -> None:
    """Statements that cannot be computed again are never shown as final."""
    book.adopt(BONUSES)
    book.register("C1")
    with book.cursor() as cursor:
        made = closing.compute(cursor, MARCH, book.journal.head())
    forged = book.tell(made._replace(digest="0" * 64).fact(engine="test"))
    with pytest.raises(UnfoldableFact, match=r"come to digest .* but were closed with 0000") as stopped:
        book.runner.catch_up()
    assert stopped.value.position == forged


@pytest.mark.parametrize("is_closed", [False, True])
def test_everybodys_payslips_are_those_of_each(book: Book, is_closed: bool) -> None:
    """One pass over all gives what each is given alone, in order of id."""
    book.adopt(BONUSES)
    for employee in ("王", "E0"):
        book.hire(employee)
        book.register(f"of {employee}", employee=employee)
    if is_closed:
        book.close()
    with book.cursor() as cursor:
        slips = list(statements.payslips(cursor, MARCH, engine=ENGINE))
    assert [slip.statement.employee for slip in slips] == ["E0", "E1", "王"]
    assert slips == [book.payslip(employee) for employee in ("E0", "E1", "王")]


def test_a_closed_month_of_nobody_stays_empty(book: Book) -> None:
    """Whoever joins the plan later has no statement in a month that was closed without one."""
    book.close()
    book.adopt(BONUSES, effective_from="2025-04-01")
    assert book.payslip() is None
    with book.cursor() as cursor:
        assert list(statements.payslips(cursor, MARCH, engine=ENGINE)) == []


def test_a_statement_reads_back_as_it_was_written(book: Book) -> None:
    """The rows hold all of a statement, so its digest can be computed from them at any time."""
    book.adopt(BONUSES)
    book.register("C1")
    [made] = book.close().statements
    read = book.payslip()
    assert read is not None and read.statement == made
    assert msgspec.json.decode(msgspec.json.encode(made), type=Statement) == made


def test_a_payslip_says_what_it_takes_to_compute_it_again(book: Book) -> None:
    """The engine of a closed one is that of its close; plans are those of the months that lines are about."""
    first = book.adopt(BONUSES)
    book.register("C1")
    book.close()
    book.register("C2")
    second = book.adopt(BONUSES.replace("rate: 50", "rate: 60"), effective_from="2025-04-01")
    with book.cursor() as cursor:
        march = statements.statement(cursor, "E1", MARCH, engine="newer 2")
        april = statements.statement(cursor, "E1", MARCH.next(), engine="newer 2")
        everybody = list(statements.payslips(cursor, MARCH.next(), engine="newer 2"))
    assert march is not None and april is not None and everybody == [april]
    assert (march.engine, april.engine) == (ENGINE, "newer 2")
    assert [(used.period, used.adopted_at) for used in march.plans] == [("2025-03", first)]
    assert [(used.period, used.adopted_at) for used in april.plans] == [
        ("2025-03", first),
        ("2025-04", second),
    ]
    hashes = {used.document_hash for used in april.plans}
    assert len(hashes) == 2 and march.plans[0].document_hash in hashes
