"""What a closed month settled, what of it may be paid, and what was paid: person by person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from psycopg import sql

from domain.period import Period
from projections import paying
from projections.holding import in_effect, kept, payable_minor
from projections.late import closed_periods
from projections.paying import Hold, RunStep
from projections.rows import known
from projections.spans import Cursor
from projections.statements import statement

RECONCILED = """
select employee, currency, s.total_minor, coalesce(p.paid_minor, 0)::bigint, coalesce(p.payments, 0)
from (
    select employee, currency, total_minor from statement
    where period = %(period)s and position <= coalesce(%(known_at)s, position)
) as s
full join (
    select employee, currency, sum(amount_minor) as paid_minor, count(*) as payments from payment
    where period = %(period)s and {known}
    group by employee, currency
) as p using (employee, currency)
where (%(held)s::text[] is null or employee = any(%(held)s) = %(are_held)s)
    and (not %(differing)s or s.total_minor is distinct from coalesce(p.paid_minor, 0))
order by employee, currency
limit %(limit)s"""

RunState = Literal["open", "closed", "approved", "released", "paid"]
Reconciled = Literal["equal", "unpaid", "short", "over", "not_in_run"]


class RunStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How far the run of a month is: open, closed, approved, released, paid.

    paid: released, and all that may be paid is confirmed as paid, no more and no less. approval, release: the
    facts that made it so.
    """

    state: RunState
    approval: RunStep | None = None
    release: RunStep | None = None


class PersonPaid(msgspec.Struct, frozen=True, kw_only=True):
    """What a person was to be paid for a month in one currency, and was. Amounts in minor units.

    settled_minor: of the statement; held_minor: of it, kept back; payable_minor: the rest; paid_minor:
    confirmed, in so many `payments`; difference_minor: payable less paid, below 0 for too much. result:
    `not_in_run` for whoever was paid and has no statement in this currency.
    """

    employee: str
    name: str | None = None
    currency: str
    settled_minor: int
    held_minor: int
    payable_minor: int
    paid_minor: int
    difference_minor: int
    payments: int
    result: Reconciled


class PaidSum(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of a run in one currency. differing: people whose difference is not 0."""

    currency: str
    people: int
    settled_minor: int
    held_minor: int
    payable_minor: int
    paid_minor: int
    difference_minor: int
    differing: int


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """What was paid for a month against what it settled; the sums are over everybody.

    people: in order of id and currency; of a page, some of them, and `next` where it goes on.
    """

    period: str
    run: RunStanding
    sums: tuple[PaidSum, ...]
    people: tuple[PersonPaid, ...]
    next: str | None = None


class PersonAfter(NamedTuple):
    """Whoever was read last, in a reading that takes into account what was known at a position."""

    known_at: int
    employee: str = ""
    currency: str = ""


class Outstanding(msgspec.Struct, frozen=True, kw_only=True):
    """What is still to be paid to a person for a released month, or was paid too much."""

    period: str
    employee: str
    name: str | None = None
    branch: str | None = None
    currency: str
    payable_minor: int
    paid_minor: int
    outstanding_minor: int


class Steps(NamedTuple):
    """The live approval and release of a run."""

    approval: RunStep | None
    release: RunStep | None


def steps_of(cursor: Cursor, period: Period, known_at: int | None) -> Steps:
    """How far the run of `period` has been taken."""
    return steps_among(paying.steps(cursor, str(period), known_at))


def steps_among(told: Iterable[RunStep]) -> Steps:
    """The approval and the release among what was decided about one run."""
    found = {each.step: each for each in told}
    return Steps(found.get("approved"), found.get("released"))


def standing(cursor: Cursor, period: Period, known_at: int | None, *, engine: str) -> RunStanding:
    """How far the run of `period` is, as known at a position or by now. engine: of this program."""
    if all(each.period != period for each in closed_periods(cursor, known_at)):
        return RunStanding(state="open")
    return taken(cursor, period, steps_of(cursor, period, known_at), known_at, engine=engine)


def taken(cursor: Cursor, period: Period, steps: Steps, known_at: int | None, *, engine: str) -> RunStanding:
    """How far `steps` have taken the run of a closed month, and whether it is paid."""
    state: RunState = "closed" if steps.approval is None else "approved"
    if steps.release is not None:
        state = "paid" if _is_paid(cursor, period, steps, known_at, engine) else "released"
    return RunStanding(state=state, approval=steps.approval, release=steps.release)


def reconcile(
    cursor: Cursor, period: Period, known_at: int | None, *, engine: str, differing: bool = False
) -> Reconciliation | None:
    """Everybody who is in the run of `period` or was paid for it; None while the month is open.

    differing: lists only those whose difference is not 0.
    """
    run = standing(cursor, period, known_at, engine=engine)
    if run.state == "open":
        return None
    holds = in_effect(cursor, period, run.release, known_at)
    people = tuple(_people(cursor, period, holds, known_at, engine))
    return Reconciliation(
        period=str(period),
        run=run,
        sums=_sums(people),
        people=tuple(each for each in people if each.difference_minor) if differing else people,
    )


def page(found: Reconciliation, after: PersonAfter, limit: int) -> tuple[Reconciliation, PersonAfter | None]:
    """At most `limit` of the people after one, and the last of them if there are more."""
    rest = [
        each for each in found.people if (each.employee, each.currency) > (after.employee, after.currency)
    ]
    read = tuple(rest[:limit])
    last = read[-1] if len(rest) > limit else None
    following = PersonAfter(after.known_at, last.employee, last.currency) if last else None
    return msgspec.structs.replace(found, people=read), following


def outstanding(cursor: Cursor, known_at: int | None, *, engine: str) -> list[Outstanding]:
    """What released runs have still to pay, or paid too much, by month and employee."""
    found: list[Outstanding] = []
    for closed in closed_periods(cursor, known_at):
        release = steps_of(cursor, closed.period, known_at).release
        if release is None:
            continue
        holds = in_effect(cursor, closed.period, release, known_at)
        found += [
            Outstanding(
                period=str(closed.period),
                employee=each.employee,
                currency=each.currency,
                payable_minor=each.payable_minor,
                paid_minor=each.paid_minor,
                outstanding_minor=each.difference_minor,
            )
            for each in _people(cursor, closed.period, holds, known_at, engine, differing=True)
            if each.difference_minor
        ]
    return found


def _is_paid(cursor: Cursor, period: Period, steps: Steps, known_at: int | None, engine: str) -> bool:
    """Whether nobody's difference is other than 0; people whose pay is held are looked at one by one."""
    holds = in_effect(cursor, period, steps.release, known_at)
    others = _rows(cursor, period, known_at, list(holds), are_held=False, differing=True, limit=1)
    if others:
        return False
    return all(
        each.difference_minor == 0
        for each in _people(cursor, period, holds, known_at, engine, only_held=True)
    )


def _people(
    cursor: Cursor,
    period: Period,
    holds: Mapping[str, Sequence[Hold]],
    known_at: int | None,
    engine: str,
    *,
    differing: bool = False,
    only_held: bool = False,
) -> Iterator[PersonPaid]:
    """What each person was to be paid and was; `differing` leaves out whoever is even and not held."""
    back = {
        employee: _kept_minor(cursor, period, employee, own, known_at, engine)
        for employee, own in holds.items()
    }
    held = _rows(cursor, period, known_at, list(holds), are_held=True) if holds else []
    others: list[_Row] = []
    if not only_held:
        others = _rows(cursor, period, known_at, list(holds), are_held=False, differing=differing)
    for employee, currency, settled, paid, payments in sorted([*held, *others]):
        back_minor = back.get(employee, 0) if settled is not None else 0
        payable = (settled or 0) - back_minor
        yield PersonPaid(
            employee=employee,
            currency=currency,
            settled_minor=settled or 0,
            held_minor=back_minor,
            payable_minor=payable,
            paid_minor=paid,
            difference_minor=payable - paid,
            payments=payments,
            result=_result(settled is not None, payable, paid, payments),
        )


_Row = tuple[str, str, int | None, int, int]
"""Employee, currency, what was settled, what was paid, in how many payments."""


def _rows(
    cursor: Cursor,
    period: Period,
    known_at: int | None,
    held: list[str],
    *,
    are_held: bool,
    differing: bool = False,
    limit: int | None = None,
) -> list[_Row]:
    asked = {
        "period": str(period),
        "known_at": known_at,
        "held": held,
        "are_held": are_held,
        "differing": differing,
        "limit": limit,
    }
    query = sql.SQL(RECONCILED).format(known=known(known_at))
    return [(e, c, s, p, n) for e, c, s, p, n in cursor.execute(query, asked, prepare=False)]


def _kept_minor(
    cursor: Cursor, period: Period, employee: str, holds: Sequence[Hold], known_at: int | None, engine: str
) -> int:
    slip = statement(cursor, employee, period, known_at, engine=engine)
    if slip is None:
        return 0
    return slip.statement.total_minor - payable_minor(slip, kept(cursor, slip, holds))


def _result(in_run: bool, payable: int, paid: int, payments: int) -> Reconciled:
    if payable == paid:
        return "equal"
    if not in_run:
        return "not_in_run"
    if paid > payable:
        return "over"
    return "short" if payments else "unpaid"


def _sums(people: Sequence[PersonPaid]) -> tuple[PaidSum, ...]:
    def total(own: Sequence[PersonPaid], name: str) -> int:
        return sum(getattr(each, name) for each in own)

    found: list[PaidSum] = []
    for currency in sorted({each.currency for each in people}):
        own = [each for each in people if each.currency == currency]
        found.append(
            PaidSum(
                currency=currency,
                people=len(own),
                settled_minor=total(own, "settled_minor"),
                held_minor=total(own, "held_minor"),
                payable_minor=total(own, "payable_minor"),
                paid_minor=total(own, "paid_minor"),
                difference_minor=total(own, "difference_minor"),
                differing=sum(each.difference_minor != 0 for each in own),
            )
        )
    return tuple(found)
