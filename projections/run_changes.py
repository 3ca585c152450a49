"""Why people are paid something else than the month before, line by line; what came late behind deltas."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from domain.period import Period
from domain.plan.account_terms import ACCOUNT, ALLOWANCE
from domain.plan.exact import Unit
from domain.plan.fields import Noun, Title
from domain.plan.statement import Line
from projections import policy, statements
from projections.late import LateFact, closed_periods, late_facts_of
from projections.spans import Cursor

LATE_SHOWN = 5
"""So many facts are named behind the deltas of a person about a month; explaining the statement has more."""

LINES = """
select employee, detail::text from statement_line
where period = %(period)s and employee = any(%(employees)s)
order by employee, line"""

Why = Literal["component_new", "component_gone", "retro", "account", "amount"]

_LINE = msgspec.json.Decoder(Line)


class InputChange(msgspec.Struct, frozen=True, kw_only=True):
    """A measure that a line looks at, then and now, as exact texts; None where nothing was measured."""

    measure: str
    title: Title
    form: Unit
    unit: Noun | None
    previous: str | None
    now: str | None


class LineChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a component pays more or less than with the month before, and why.

    why: it is new to the person or no longer theirs, settles earlier months, moves an account, or comes to
    another amount, by the `inputs` that changed. about_period: of a delta, the month that it settles.
    """

    plan: str
    component: str
    title: Title
    about_period: str | None
    why: Why
    previous_minor: int
    amount_minor: int
    difference_minor: int
    inputs: tuple[InputChange, ...]


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """A line that settles an earlier month. settled, recomputed: in major units, as plain digits.

    is_clawback: whether what comes off was paid for a deal that came back.
    """

    about_period: str
    plan: str
    component: str
    title: Title
    is_clawback: bool
    settled: str
    recomputed: str
    amount_minor: int
    currency: str


class LateMonth(msgspec.Struct, frozen=True, kw_only=True):
    """The deltas of a person about one month. late: the first facts behind them, of `late_total`."""

    about_period: str
    deltas: tuple[Delta, ...]
    late: tuple[LateFact, ...]
    late_total: int


class _Key(NamedTuple):
    about: str | None
    plan: str
    component: str
    kind: str


Lines = Mapping[str, Sequence[Line]]
"""The lines of some people's statements."""


def lines_of(
    cursor: Cursor, period: Period, known_at: int, employees: Sequence[str], *, engine: str
) -> dict[str, list[Line]]:
    """The lines of the statements of `employees`; frozen, or computed where the month is open."""
    if all(each.period != period for each in closed_periods(cursor, known_at)):
        slips = statements.open_payslips(cursor, period, known_at, employees, engine=engine)
        return {slip.statement.employee: list(slip.statement.lines) for slip in slips}
    found: dict[str, list[Line]] = {}
    asked = {"period": str(period), "employees": list(employees)}
    for employee, detail in cursor.execute(LINES, asked):
        found.setdefault(employee, []).append(_LINE.decode(detail))
    return found


def changes(
    cursor: Cursor, period: Period, known_at: int, employees: Sequence[str], *, engine: str
) -> dict[str, list[LineChange]]:
    """What changed for each of `employees` since the month before, the greatest difference first.

    Lines that pay the same are left out. The month before is closed.
    """
    now = lines_of(cursor, period, known_at, employees, engine=engine)
    then = lines_of(cursor, period.previous(), known_at, employees, engine=engine)
    shown = _Measures(cursor, period, known_at)
    return {
        employee: sorted(
            _changes(now.get(employee, ()), then.get(employee, ()), shown),
            key=lambda change: (-abs(change.difference_minor), change.plan, change.component),
        )
        for employee in employees
    }


def late_months(
    cursor: Cursor, period: Period, known_at: int, employees: Sequence[str], *, engine: str
) -> dict[str, list[LateMonth]]:
    """The deltas of each of `employees`, by the month that they settle, with what came late behind them."""
    lines = lines_of(cursor, period, known_at, employees, engine=engine)
    closed = closed_periods(cursor, known_at)
    here = next((each for each in closed if each.period == period), None)
    before = [each for each in closed if each.period.first_day < period.first_day]
    found: dict[str, list[LateMonth]] = {employee: [] for employee in employees}
    if not before:
        return found
    months = {line.about: None for own in lines.values() for line in own if line.about is not None}
    for about in sorted(months):
        whose = [e for e, own in lines.items() if any(line.about == about for line in own)]
        upto = here.known_at if here else known_at
        late = late_facts_of(cursor, before[-1], Period.parse(about), upto, whose)
        for employee in whose:
            found[employee].append(_month(about, lines[employee], late.get(employee, [])))
    return found


def _month(about: str, lines: Iterable[Line], late: Sequence[LateFact]) -> LateMonth:
    return LateMonth(
        about_period=about,
        deltas=tuple(_delta(line) for line in lines if line.about == about),
        late=tuple(late[:LATE_SHOWN]),
        late_total=len(late),
    )


def _delta(line: Line) -> Delta:
    assert line.about is not None, "a delta says which month it settles"
    return Delta(
        about_period=line.about,
        plan=line.plan,
        component=line.component,
        title=line.title,
        is_clawback=line.rule.key == "clawback",
        settled=line.rule.words.get("settled", ""),
        recomputed=line.rule.words.get("recomputed", ""),
        amount_minor=line.amount_minor,
        currency=line.currency,
    )


class _Measures:
    """What plans call their measures; each plan is looked up once."""

    def __init__(self, cursor: Cursor, period: Period, known_at: int) -> None:
        self._plans = {
            version.plan: version.parsed()
            for version in policy.plans_in_force(cursor, period.last_day, known_at)
        }

    def change(self, plan: str, name: str, previous: str | None, now: str | None) -> InputChange:
        """The measure `name` of `plan`, then and now."""
        known = self._plans.get(plan)
        measure = known.measures.get(name) if known else None
        return InputChange(
            measure=name,
            title=measure.title if measure else Title(name, name),
            form=measure.form if measure else "number",
            unit=measure.unit if measure else None,
            previous=previous,
            now=now,
        )


def _changes(now: Sequence[Line], then: Sequence[Line], shown: _Measures) -> Iterator[LineChange]:
    new, old = _by_key(now), _by_key(then)
    for key in dict.fromkeys((*new, *old)):
        own, before = new.get(key, []), old.get(key, [])
        amount, previous = sum(x.amount_minor for x in own), sum(x.amount_minor for x in before)
        if amount == previous:
            continue
        said = (own or before)[-1]
        why = _why(said, bool(own), bool(before))
        yield LineChange(
            plan=key.plan,
            component=key.component,
            title=said.title,
            about_period=key.about,
            why=why,
            previous_minor=previous,
            amount_minor=amount,
            difference_minor=amount - previous,
            inputs=tuple(_inputs(own[-1], before[-1], shown)) if why == "amount" else (),
        )


def _why(line: Line, is_now: bool, was_then: bool) -> Why:
    if line.about is not None:
        return "retro"
    if line.kind in (ACCOUNT, ALLOWANCE):
        return "account"
    if not was_then:
        return "component_new"
    return "amount" if is_now else "component_gone"


def _inputs(now: Line, then: Line, shown: _Measures) -> Iterator[InputChange]:
    for name in dict.fromkeys((*now.inputs, *then.inputs)):
        if now.inputs.get(name) != then.inputs.get(name):
            yield shown.change(now.plan, name, then.inputs.get(name), now.inputs.get(name))


def _by_key(lines: Iterable[Line]) -> dict[_Key, list[Line]]:
    found: dict[_Key, list[Line]] = {}
    for line in lines:
        found.setdefault(_Key(line.about, line.plan, line.component, line.kind), []).append(line)
    return found
