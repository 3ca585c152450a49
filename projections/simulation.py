"""What a plan would have paid: past months under a draft beside the same as they stand; nothing is stored.

Both sides are computed in the same way, by all facts that were known at a position, in the month that each is
about, however late it came. What was settled, and the retro lines that go with it, is not looked at.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple

from domain.journal.canonical import canonical
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.parse import document_hash, parse_plan
from domain.plan.statement import Entitlement
from domain.plan.trial import NOTHING, Pay, Trials, total_minor
from domain.plan.varying import Range, varied
from domain.refusals import BadField, UnknownPlan
from projections import policy
from projections.ahead import ahead
from projections.closing import BATCH_PEOPLE, EVERYBODY
from projections.converted import require_rates
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
    cursor: Cursor, asked: WhatIf, known_at: int, on_progress: Callable[[float], None] | None = None
) -> Simulation:
    """What `asked` would have changed, by what was known at position `known_at`.

    on_progress: told the share that is done; what it raises ends the simulation.
    Raises: PlanInvalid, BadField, UnknownPlan, RateMissing.
    """
    currency = opening(cursor, known_at).fact.currency
    draft, points = _drafts(asked, currency)
    _require_known(cursor, asked, known_at)
    people = sorted(employee for (employee,) in cursor.execute(EVERYBODY, {"known_at": known_at}))
    sums, trying = Sums(map(str, asked.months), len(points)), _Trying(asked, draft, points, known_at)
    batches = [people[start : start + BATCH_PEOPLE] for start in range(0, len(people), BATCH_PEOPLE)]
    steps = [
        _Step(batch, period, side)
        for batch in batches
        for period in asked.months
        for side in range(2 + len(points))
    ]
    with closing(ahead(partial(trying.gather, cursor), steps, STEPS_AHEAD)) as gathered:
        for done, side in enumerate(gathered, start=1):
            trying.add(side, sums)
            if on_progress is not None:
                on_progress(done / (len(steps) + 1))
    sides = trying.sides(Answers())
    found = [
        line
        for _, employee, period, plan, component in sums.largest(asked.top)
        for line in largest(cursor, sides, employee, Period.parse(period), (plan, component), known_at)
    ]
    accounts = moved(cursor, trying.sides, asked.months, batches, known_at)
    return _result(trying, draft, currency, sums, found, accounts)


class _Point(NamedTuple):
    """A value of the varied parameter and the draft with it."""

    value: str
    version: PlanVersion


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
        self, asked: WhatIf, draft: PlanVersion | None, points: Sequence[_Point], known_at: int
    ) -> None:
        self.asked, self.points, self.known_at = asked, points, known_at
        drafts = [draft] if draft else []
        self._drafts: list[list[PlanVersion]] = [[], drafts, *([point.version] for point in points)]
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

    def gather(self, cursor: Cursor, step: _Step) -> _Side:
        """Asks the read models about a step; what earlier ones of the same people and month asked is kept."""
        people, period, side = step
        if side == 0:
            if period == self.asked.first:
                self._told = Answers()
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


def _drafts(asked: WhatIf, currency: str) -> tuple[PlanVersion | None, list[_Point]]:
    """The draft as a version that nobody adopted, and one for each value of the varied parameter."""
    if asked.document is None:
        if asked.vary is not None:
            raise BadField(field="vary", detail="There is no draft to vary.", remedy="Name a document.")
        if not asked.without:
            raise BadField(
                field="document", detail="There is nothing to try.", remedy="Name a document, or `without`."
            )
        return None, []
    plan = parse_plan(asked.document, file="document")
    if plan.pays_in != currency:
        raise BadField(
            field="document.pay_currency" if plan.pay_currency else "document.currency",
            detail=f"The ledger pays in {currency}, not in {plan.pays_in}.",
            remedy=f"Write `pay_currency: {currency}`.",
        )
    if plan.plan in asked.without:
        raise BadField(
            field="without",
            detail=f"{plan.plan} is the draft's plan.",
            remedy="Leave it out; it is replaced.",
        )
    points = varied(asked.document, plan, asked.vary) if asked.vary is not None else []
    return _version(plan, asked.document), [
        _Point(point.value, _version(plan, point.document)) for point in points
    ]


def _version(plan: Plan, document: Mapping[str, Any]) -> PlanVersion:
    return PlanVersion(
        position=0,
        plan=plan.plan,
        effective_from=plan.effective_from,
        effective_until=plan.effective_until,
        document=canonical(document).decode(),
        document_hash=document_hash(document),
    )


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
