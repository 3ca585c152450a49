"""Where somebody works while a plan pays them by days: the days in each branch or team that sets numbers.

A placement is all days of a period on which the same overrides of branch and team hold, judged, like all that
has a first and last day, by the last of them. Days before the period count for each placement, as a running
total goes on wherever it was begun. A component whose numbers are the same in all placements is computed over
all days at once; so are true-ups, which come after the others.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from domain.people.roster import Leave, Posting, RosterChange, starts_on
from domain.people.roster import posting as posting_on
from domain.plan.components.by_placement import ByPlacement
from domain.plan.components.component import Component
from domain.plan.measures import Days
from domain.plan.mentions import named_in
from domain.plan.resolve import ResolvedPlan, Resolver, Uses
from domain.plan.spells import Membership, Spells, within


class Placement(NamedTuple):
    """Some days of a period under the numbers of one branch and team.

    posting: as of the last of them. days: of the period. spells: `days`, and those in the plan before it.
    resolved: the numbers that hold. name: the branch or team, and the days.
    """

    posting: Posting
    days: Spells
    spells: Spells
    resolved: ResolvedPlan
    name: str


class Placements(NamedTuple):
    """The placements of somebody whose pay they make a difference to, in the order of their last days.

    resolved: the plan in which components pay by them, for all days at once where numbers are the same.
    """

    resolved: ResolvedPlan
    each: tuple[Placement, ...]

    def holding(self, day: dt.date) -> int:
        """Which of them `day` lies in, counted from the end; the last one for any other day."""
        held = (
            number for number, one in enumerate(self.each) if any(d.first <= day <= d.last for d in one.days)
        )
        return next(held, len(self.each) - 1) - len(self.each)


def placements(
    resolver: Resolver,
    held: Membership,
    whole: ResolvedPlan,
    leaves: Sequence[Leave],
    moves: Sequence[RosterChange],
) -> Placements | None:
    """The placements of whoever belongs to the plan of `resolver` as `held`, if some number differs.

    whole: what holds for them by the last day. leaves, moves: of that person, not voided.
    """
    if held.spells is None or not resolver.levels:
        return None
    period = resolver.period
    groups: dict[tuple[int, ...], list[tuple[Posting, Days]]] = {}
    for posting, run in _runs(resolver, held, moves):
        groups.setdefault(resolver.placed(posting, run.last), []).append((posting, run))
    if len(groups) == 1:
        return None
    before = within(Days(dt.date.min, period.first_day - dt.timedelta(days=1)), held.spells)
    found: list[Placement] = []
    for runs in sorted(groups.values(), key=lambda runs: runs[-1][1].last):
        posting, days = runs[-1][0], _joined(run for _, run in runs)
        spells = _joined((*before, *days))
        resolved = resolver(posting, leaves, moves, spells)
        found.append(Placement(posting, days, spells, resolved, _name(resolver, posting, days)))
    resolved = _by_placement(whole, found)
    return None if resolved is whole else Placements(resolved, tuple(found))


def by_placement(resolved: ResolvedPlan) -> frozenset[str]:
    """The targets that some component of `resolved` looks at by placements."""
    parts = zip(resolved.plan.components, resolved.uses, strict=True)
    return frozenset(name for part, uses in parts if isinstance(part, ByPlacement) for name in uses.targets)


def _runs(
    resolver: Resolver, held: Membership, moves: Sequence[RosterChange]
) -> Iterator[tuple[Posting, Days]]:
    """The days of the period in the plan, cut wherever the branch or team can become another."""
    period, own = resolver.period, held.spells
    for spell in within(Days(period.first_day, period.last_day), own):
        starts = sorted({day for move in moves if spell.first < (day := starts_on(move)) <= spell.last})
        cuts = [day - dt.timedelta(days=1) for day in starts]
        for first, last in zip((spell.first, *starts), (*cuts, spell.last), strict=True):
            posting = posting_on(moves, last) or held.posting
            yield posting, Days(first, last)


def _joined(runs: Iterable[Days]) -> Spells:
    """`runs`, in their order, with those that touch made one."""
    found: list[Days] = []
    for run in runs:
        if found and found[-1].last + dt.timedelta(days=1) == run.first:
            run = Days(found.pop().first, run.last)
        found.append(run)
    return tuple(found)


def _name(resolver: Resolver, posting: Posting, days: Spells) -> str:
    scopes = (("branch", posting.branch), ("team", posting.team))
    place = [scope or "-" for level, scope in scopes if level in resolver.levels]
    return f"{' '.join(place)} {', '.join(f'{run.first}/{run.last}' for run in days)}"


def _by_placement(whole: ResolvedPlan, each: Sequence[Placement]) -> ResolvedPlan:
    """`whole`, with the components that pay by placements; itself if none does."""
    components = list(whole.plan.components)
    for number, (component, uses) in enumerate(zip(whole.plan.components, whole.uses, strict=True)):
        if not component.AFTER_OTHERS and any(_differs(number, uses, whole, one.resolved) for one in each):
            components[number] = ByPlacement(
                id=component.id,
                title=component.title,
                clause=component.clause,
                rounding=component.rounding,
                rules=tuple(one.resolved.plan.components[number] for one in each),
                places=tuple(one.name for one in each),
            )
    if components == list(whole.plan.components):
        return whole
    plan = msgspec.structs.replace(whole.plan, components=tuple(components))
    return msgspec.structs.replace(whole, plan=plan)


def _differs(number: int, uses: Uses, one: ResolvedPlan, other: ResolvedPlan) -> bool:
    """Whether the component of that number goes by other numbers in one plan than in the other."""

    def numbers(of: ResolvedPlan) -> tuple[Component, list[object], list[object]]:
        component = of.plan.components[number]
        targets: list[object] = [(of.plan.targets[n], of.targets[n].asked.value) for n in uses.targets]
        return component, targets, [of.milestones[n] for n in named_in(component, "milestones")]

    return numbers(one) != numbers(other)
