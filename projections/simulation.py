"""What a plan would have paid: past months under a draft beside the same as they stand; nothing is stored.

Both sides are computed in the same way, by all facts that were known at a position, in the month that each is
about, however late it came. What was settled, and the retro lines that go with it, is not looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple

from domain.period import Period
from domain.plan.fields import Title
from domain.plan.statement import Entitlement
from domain.plan.trial import NOTHING, Pay, Trials, total_minor
from domain.plan.varying import Range
from domain.refusals import UnknownPlan
from projections import policy
from projections.ahead import ahead
from projections.closing import BATCH_PEOPLE, EVERYBODY
from projections.converted import require_rates
from projections.crew import Crew, shares
from projections.drafts import Point, drafts
from projections.earned import entitlements
from projections.largest import LargestChange, largest
from projections.opening import opening
from projections.policy import PlanVersion
from projections.scenario import Answers, Scenario, told_once
from projections.simulated import (
    BASIS,
    AccountChange,
    BranchChange,
    ComponentChange,
    CurvePoint,
    MonthChange,
    Simulation,
    Sums,
    change,
    spread,
    together,
)
from projections.simulated_accounts import Moved, moved
from projections.spans import Cursor

STEPS_AHEAD = 2
"""Both sides of the next month are asked about while those of one are added up."""


class WhatIf(NamedTuple):
    """What to try: `document` in the place of its plan, or as a new one, in the months `first` to `last`.

    The draft holds in all of these months and in no other, whatever its own first and last day. without:
    plans that are taken away. vary: a parameter of the draft over a range. top: how many of the largest
    changes are looked into.
    """

    first: Period
    last: Period
    document: Mapping[str, Any] | None = None
    without: tuple[str, ...] = ()
    vary: Range | None = None
    top: int = 10

    @property
    def months(self) -> list[Period]:
        """Those from `first` to `last`."""
        found = [self.first]
        while found[-1].first_day < self.last.first_day:
            found.append(found[-1].next())
        return found


def simulate(
    cursor: Cursor,
    asked: WhatIf,
    known_at: int,
    on_progress: Callable[[float], None] | None = None,
    crew: Crew | None = None,
) -> Simulation:
    """What `asked` would have changed, by what was known at position `known_at`.

    on_progress: told the share that is done; what it raises ends the simulation. crew: who tries it, if not
    this process; it comes to the same.
    Raises: PlanInvalid, BadField, UnknownPlan, RateMissing.
    """
    currency = opening(cursor, known_at).fact.currency
    draft, points = drafts(asked.document, asked.without, asked.vary, currency)
    _require_known(cursor, asked, known_at)
    people = sorted(employee for (employee,) in cursor.execute(EVERYBODY, {"known_at": known_at}))
    trying, whole = _Trying(asked, draft, points, known_at), _Part(asked, currency, known_at, people)
    if crew is None:
        sums = trying.sums(cursor, whole, on_progress)
    else:
        sums = Sums(map(str, asked.months), len(points))
        for part in crew.made(_tried, whole.parts(crew.hands), on_progress):
            sums.join(part, asked.top)
    sides = trying.sides(Answers())
    found = [
        line
        for _, employee, period, plan, component in sums.largest(asked.top)
        for line in largest(cursor, sides, employee, Period.parse(period), (plan, component), known_at)
    ]
    if crew is None:
        accounts = trying.moved(cursor, whole)
    else:
        accounts = Moved.none(asked.months)
        for moves in crew.made(_moved, whole.parts_of_people(crew.hands)):
            accounts.join(moves)
    return _result(trying, draft, currency, sums, found, accounts)


class _Part(NamedTuple):
    """Some people, and the months of the question in which they are tried; all of them if there are none."""

    asked: WhatIf
    currency: str
    known_at: int
    people: list[str]
    months: tuple[Period, ...] = ()

    def batches(self) -> list[list[str]]:
        """So many people as are tried at a time."""
        return shares(self.people, 0, BATCH_PEOPLE)

    def parts_of_people(self, hands: int) -> list["_Part"]:
        """It in parts for so many hands, all months of a person in one of them."""
        return [self._replace(people=people) for people in shares(self.people, hands, BATCH_PEOPLE)]

    def parts(self, hands: int) -> list["_Part"]:
        """It in parts for so many hands: months, which share nothing; of a few months also of people."""
        least = -(-hands // len(self.asked.months))
        return [
            self._replace(people=people, months=(month,))
            for people in shares(self.people, least if least > 1 else 0, BATCH_PEOPLE)
            for month in self.asked.months
        ]

    def trying(self) -> "_Trying":
        """What is tried, wherever the part is made."""
        asked = self.asked
        draft, points = drafts(asked.document, asked.without, asked.vary, self.currency)
        return _Trying(asked, draft, points, self.known_at)


def _tried(cursor: Cursor, part: _Part) -> Sums:
    return part.trying().sums(cursor, part)


def _moved(cursor: Cursor, part: _Part) -> Moved:
    return part.trying().moved(cursor, part)


class _Step(NamedTuple):
    """Some people in a month under one set of rules: side 0 as they stand, 1 the draft, then each point."""

    people: list[str]
    period: Period
    side: int


class _Side(NamedTuple):
    """What is known about the pay of a step. branches: where people work, of those whom a plan pays."""

    step: _Step
    titles: Mapping[tuple[str, str], Title]
    branches: Mapping[str, str | None]
    due: Mapping[str, Sequence[Entitlement]]


class _Trying:
    """What is tried: one step after the other asks the read models, and is added up behind them.

    Both go on at the same time, so neither touches what is the other's.
    """

    def __init__(
        self, asked: WhatIf, draft: PlanVersion | None, points: Sequence[Point], known_at: int
    ) -> None:
        self.asked, self.points, self.known_at = asked, points, known_at
        drafts = [draft] if draft else []
        self._drafts: list[list[PlanVersion]] = [[], drafts, *([point.version] for point in points)]
        self._people: Sequence[str] = ()
        self._told = self._answers = Answers()
        self._trials, self._pays = Trials(), list[dict[str, Pay]]()
        self._branches: Mapping[str, str | None] = {}

    def scenario(self, answers: Answers, side: int) -> Scenario:
        """The rules of a side."""
        span = self.asked.first, self.asked.last
        return Scenario(answers, span, self._drafts[side], self.asked.without if side else ())

    def sides(self, answers: Answers) -> tuple[Scenario, Scenario]:
        """Pay as it stands, and under the draft."""
        return self.scenario(answers, 0), self.scenario(answers, 1)

    def sums(self, cursor: Cursor, part: _Part, on_progress: Callable[[float], None] | None = None) -> Sums:
        """What the sides of `part` come to. on_progress: told the share that is done."""
        sums = Sums(map(str, self.asked.months), len(self.points))
        steps = [
            _Step(batch, period, side)
            for batch in part.batches()
            for period in part.months or self.asked.months
            for side in range(2 + len(self.points))
        ]
        with closing(ahead(partial(self.gather, cursor), steps, STEPS_AHEAD)) as gathered:
            for done, side in enumerate(gathered, start=1):
                self.add(side, sums)
                if on_progress is not None:
                    on_progress(done / (len(steps) + 1))
        return sums

    def moved(self, cursor: Cursor, part: _Part) -> Moved:
        """What accounts give and take on both sides."""
        return moved(cursor, self.sides, self.asked.months, part.batches(), self.known_at)

    def gather(self, cursor: Cursor, step: _Step) -> _Side:
        """Asks the read models about a step; what earlier ones of the same people and month asked is kept."""
        people, period, side = step
        if side == 0:
            if people is not self._people:
                self._people, self._told = people, Answers()
                told_once(self._told, cursor, self.known_at, people)
            self._answers = self._told.beside()
        # What one point of a curve asks is of no use to the others.
        rules = self.scenario(self._answers if side < 2 else self._answers.beside(), side)
        groups = rules.members(cursor, period, self.known_at, people)
        due = entitlements(cursor, groups, period, self.known_at, asking=rules)
        if side < 2:
            require_rates(held for own in due.values() for held in own)
        return _Side(
            step,
            {(each.plan.plan, part.id): part.title for each in groups for part in each.plan.components},
            {employee: here.branch for each in groups for employee, here in each.postings.items()},
            due,
        )

    def add(self, told: _Side, sums: Sums) -> None:
        """Adds what a side pays to `sums`."""
        side = told.step.side
        if side == 0:
            self._trials, self._pays = Trials(), []
        first = self._pays[min(side, 2) - 1] if side else {}
        pays = {who: self._trials.pay(own, first.get(who, NOTHING)) for who, own in told.due.items()}
        if side > 1:
            sums.curve[side - 2] += sum(map(total_minor, pays.values()))
            return
        self._pays.append(pays)
        self._branches = told.branches if side == 0 else {**self._branches, **told.branches}
        sums.titles |= told.titles
        if side == 1:
            sums.add(str(told.step.period), self._branches, self._pays, self.asked.top)


def _require_known(cursor: Cursor, asked: WhatIf, known_at: int) -> None:
    """Checks that whatever is taken away was adopted.

    Raises: UnknownPlan.
    """
    adopted = {version.plan for version in policy.plan_versions(cursor, known_at)}
    for name in asked.without:
        if name not in adopted:
            raise UnknownPlan(field="without", detail=f"No plan {name!r} was adopted.", remedy="Mend the id.")


def _result(
    trying: _Trying,
    draft: PlanVersion | None,
    currency: str,
    sums: Sums,
    found: Sequence[LargestChange],
    accounts: Moved,
) -> Simulation:
    asked, people = trying.asked, sums.everybody()
    whole = [sum(pair[side] for pair in sums.months.values()) for side in (0, 1)]
    return Simulation(
        **change(whole),
        plan=draft.plan if draft else None,
        document_hash=draft.document_hash if draft else None,
        without=asked.without,
        first=str(asked.first),
        last=str(asked.last),
        known_at=trying.known_at,
        currency=currency,
        basis=BASIS,
        paid=together(whole, [sum(pair[side] for pair in accounts.months.values()) for side in (0, 1)]),
        accounts=tuple(
            AccountChange(plan=key[0], account=key[1], title=accounts.titles[key], **change(pair))
            for key, pair in sorted(accounts.accounts.items())
        ),
        months=tuple(
            MonthChange(period=name, paid=together(pair, accounts.months[name]), **change(pair))
            for name, pair in sums.months.items()
        ),
        branches=tuple(
            BranchChange(branch=name, **change(sums.branches[name]))
            for name in sorted(sums.branches, key=lambda name: name or "")
        ),
        components=tuple(
            ComponentChange(plan=key[0], component=key[1], title=title, **change(sums.components[key]))
            for key, title in sorted(sums.titles.items(), key=lambda held: held[0])
        ),
        distribution=spread(people),
        largest=tuple(found),
        varied=asked.vary.parameter if asked.vary else None,
        curve=tuple(
            CurvePoint(value=point.value, total_minor=total, difference_minor=total - whole[0])
            for point, total in zip(trying.points, sums.curve, strict=True)
        ),
        people=people,
    )
