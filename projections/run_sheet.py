"""The sheet of a run: everybody's total and every component's, as whoever looks it over needs them.

Of a closed month the read models sum its lines; only the statements of people whose pay is held are read.
An open month is computed, once for the whole sheet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from domain.period import Period
from domain.plan.fields import Title
from domain.plan.statement import Line
from projections import closing, statements
from projections.holding import kept, payable_minor
from projections.late import ClosedPeriod
from projections.paying import Hold
from projections.payroll import Paying, paying_with, posts
from projections.reconciling import RunStanding
from projections.run_totals import PayrollTotal, RunSum, Settled, previous, sums, total_of
from projections.spans import Cursor
from projections.statements import Payslip

SETTLED = """
select s.employee, s.currency, s.total_minor, s.digest,
    coalesce(late.minor, 0)::bigint, coalesce(late.lines, 0)
from statement s
left join (
    select employee, sum(amount_minor) as minor, count(*) as lines from statement_line
    where period = %(period)s and about_period <> period
    group by employee
) as late using (employee)
where s.period = %(period)s
order by s.employee"""

PARTS = """
select found.*, (
    select (l.detail -> 'title')::text from statement_line l
    where l.period = %(period)s and l.employee = found.employee
        and (l.plan, l.component, l.kind) = (found.plan, found.component, found.kind)
    limit 1
)
from (
    select plan, component, kind, is_late, currency,
        count(*) as people, sum(minor)::bigint as minor, min(employee) as employee
    from (
        select plan, component, kind, about_period <> period as is_late, currency, employee,
            sum(amount_minor) as minor
        from statement_line where period = %(period)s
        group by 1, 2, 3, 4, 5, 6
    ) as own
    group by 1, 2, 3, 4, 5
) as found"""

DIGEST = "select statements_digest from closed_period where period = %(period)s"

CLOSES = """
select position, statements_digest from closed_period
where period = any(%(periods)s) and position <= %(known_at)s
order by first_day"""

_TITLE = msgspec.json.Decoder(Title)


class RunPerson(PayrollTotal, frozen=True, kw_only=True):
    """What a person is paid in all. retro_minor: of it, for earlier months, in so many `retro_lines`."""

    retro_minor: int
    retro_lines: int


class RunPart(msgspec.Struct, frozen=True, kw_only=True):
    """What one component pays with a run. is_late: what it pays for earlier months, apart from the rest.

    people: with a line of it. previous_minor: in the run before, None while that is open.
    """

    plan: str
    component: str
    kind: str
    title: Title
    is_late: bool
    currency: str
    people: int
    amount_minor: int
    previous_minor: int | None


class RunSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A run without its lines. known_at: the last position that its statements take into account.

    statements_digest: of a closed month, as its close says. people: in order of id; parts: of plan and
    component.
    """

    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str | None
    run: RunStanding
    sums: tuple[RunSum, ...]
    people: tuple[RunPerson, ...]
    parts: tuple[RunPart, ...]


class Grounds(NamedTuple):
    """What the sheet of a closed month rests on: as long as this is the same, so is the sheet.

    closes: position and digest, of the month before, if it is closed, and of this one.
    """

    closes: Sequence[tuple[int, str]]
    run: RunStanding
    holds: Mapping[str, Sequence[Hold]]


class _Key(NamedTuple):
    plan: str
    component: str
    kind: str
    is_late: bool
    currency: str


class _Retro(NamedTuple):
    minor: int
    lines: int


class _Part(NamedTuple):
    people: int
    minor: int
    title: Title


class _Summed(NamedTuple):
    """The statements of a run: what each comes to with its retro deltas, what is held of some, its parts."""

    settled: list[tuple[Settled, _Retro]]
    held: Mapping[str, int]
    parts: Mapping[_Key, _Part]


def grounds(cursor: Cursor, period: Period, known_at: int, *, engine: str) -> Grounds | None:
    """What the sheet of `period` rests on as known at a position; None while the month is open."""
    around = paying_with(cursor, period, known_at, engine=engine)
    if around.closed is None:
        return None
    asked = {"periods": [str(period.previous()), str(period)], "known_at": known_at}
    return Grounds(cursor.execute(CLOSES, asked).fetchall(), around.run, around.holds)


def sheet(cursor: Cursor, period: Period, known_at: int | None = None, *, engine: str) -> RunSheet:
    """The sheet of `period`: final once it is closed, until then as it stands.

    engine: name and version of this program.
    """
    asked = closing.head(cursor) if known_at is None else known_at
    around = paying_with(cursor, period, asked, engine=engine)
    closed, here = around.closed, posts(cursor, period, around, asked)
    before = previous(cursor, period.previous(), asked)
    found = (
        _closed(cursor, closed, around, asked, engine)
        if closed
        else _open(cursor, period, around, asked, engine)
    )
    people = tuple(_people(found, around._replace(here=here), before))
    return RunSheet(
        period=str(period),
        state="closed" if closed else "open",
        known_at=closed.known_at if closed else asked,
        closed_position=closed.position if closed else None,
        statements_digest=_digest(cursor, closed) if closed else None,
        run=around.run,
        sums=tuple(sums(people, before)),
        people=people,
        parts=tuple(_parts(found, None if before is None else _parts_of(cursor, period.previous()))),
    )


def _people(
    found: _Summed, around: Paying, before: Mapping[tuple[str, str], int] | None
) -> Iterator[RunPerson]:
    for settled, retro in found.settled:
        payable = settled.total_minor - found.held.get(settled.employee, 0)
        total = total_of(settled, around.here.get(settled.employee), payable, before)
        yield RunPerson(**msgspec.structs.asdict(total), retro_minor=retro.minor, retro_lines=retro.lines)


def _parts(found: _Summed, before: Mapping[_Key, _Part] | None) -> Iterator[RunPart]:
    """The parts of a run and of the one before, beside each other."""
    earlier: Mapping[_Key, _Part] = before or {}
    keys: set[_Key] = {*found.parts, *earlier}
    for key in sorted(keys):
        now, then = found.parts.get(key), earlier.get(key)
        said = now or then
        assert said is not None, "the key is of one of them"
        yield RunPart(
            **key._asdict(),
            title=said.title,
            people=now.people if now else 0,
            amount_minor=now.minor if now else 0,
            previous_minor=None if before is None else then.minor if then else 0,
        )


def _closed(cursor: Cursor, closed: ClosedPeriod, around: Paying, known_at: int, engine: str) -> _Summed:
    asked = {"period": str(closed.period)}
    rows = cursor.execute(SETTLED, asked).fetchall()
    slips = (
        statements.statement(cursor, employee, closed.period, known_at, engine=engine)
        for employee in around.holds
    )
    held = dict(_held(cursor, (slip for slip in slips if slip is not None), around))
    return _Summed(
        [(Settled(*row[:4]), _Retro(*row[4:])) for row in rows], held, _parts_of(cursor, closed.period)
    )


def _parts_of(cursor: Cursor, period: Period) -> dict[_Key, _Part]:
    """What the components of a closed month paid with it."""
    return {
        _Key(*key): _Part(people, minor, _TITLE.decode(title))
        for *key, people, minor, _, title in cursor.execute(PARTS, {"period": str(period)})
    }


def _open(cursor: Cursor, period: Period, around: Paying, known_at: int, engine: str) -> _Summed:
    settled: list[tuple[Settled, _Retro]] = []
    held: dict[str, int] = {}
    parts: dict[_Key, _Part] = {}
    for slip in statements.open_payslips(cursor, period, known_at, engine=engine):
        made = slip.statement
        late = [line.amount_minor for line in made.lines if line.about is not None]
        settled.append(
            (
                Settled(made.employee, made.currency, made.total_minor, slip.digest),
                _Retro(sum(late), len(late)),
            )
        )
        held.update(_held(cursor, [slip] if made.employee in around.holds else [], around))
        _add(parts, made.lines)
    return _Summed(settled, held, parts)


def _add(parts: dict[_Key, _Part], lines: Iterable[Line]) -> None:
    """Adds the lines of one statement to the components that pay them."""
    own = set[_Key]()
    for line in lines:
        key = _Key(line.plan, line.component, line.kind, line.about is not None, line.currency)
        people, minor, title = parts.get(key, _Part(0, 0, line.title))
        parts[key] = _Part(people + (key not in own), minor + line.amount_minor, title)
        own.add(key)


def _held(cursor: Cursor, slips: Iterable[Payslip], around: Paying) -> Iterator[tuple[str, int]]:
    """How much of each of `slips` is kept back."""
    for slip in slips:
        employee = slip.statement.employee
        back = kept(cursor, slip, around.holds.get(employee, ()))
        yield employee, slip.statement.total_minor - payable_minor(slip, back)


def _digest(cursor: Cursor, closed: ClosedPeriod) -> str | None:
    row = cursor.execute(DIGEST, {"period": str(closed.period)}).fetchone()
    return row[0] if row else None
