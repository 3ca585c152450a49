"""What a person could do next to earn more, how much more, and what stands in the way, as of a day."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from domain.money import major_text
from domain.period import Period
from domain.plan import hints as rules
from domain.plan.account_checks import has_accounts
from domain.plan.fields import Title
from domain.plan.hints import Hint, Outcome
from domain.plan.obstacles import Obstacle, awaited, obstacles
from domain.plan.reaches import Reach, next_levels
from domain.plan.statement import Sentence
from domain.plan.words import say
from projections.kept_boards import KeptBoards
from projections.netting import Netting
from projections.outlook import Outlook, prospect
from projections.spans import Cursor

MOST_STEPS = 10
AFTER_ACCOUNTS = Title(
    "Of {gain} more that is earned, {net} more is paid with this month: draws, holdbacks and what is carried "
    "take the rest",
    "多得的 {gain} 中，本月多发 {net}：其余由预支、暂扣与结转抵扣",
)


class StepOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan would pay in all, and what is assumed.

    net_gain_minor: what more would be paid with this month once draws, holdbacks and what is carried have
    taken theirs; None where no plan of the month has any.
    """

    total_minor: int
    gain_minor: int
    assumption: Title
    net_gain_minor: int | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """`times` more of something."""

    lever: str
    title: Title
    times: int


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step that earns more, or what keeps work from earning.

    kind: `do` so many times more of a lever; `reach` a level of a measure that is no lever, on a board the
    next place that pays more; `await` a confirmation; `obstacle`, a shut gate, a cap, a floor.
    said: all of it in a sentence. days_left: of the month, after the day. times: 0 unless it is to do.
    also: what is done together with it. measure, value, level: of a `reach`, exact texts.
    held: with the ratios as they are. recomputed: with the ratios that would follow if nothing else happened.
    rises: the components that would pay more; of an obstacle, that it stands before. beside: what else stands
    between this and what is paid.
    """

    plan: str
    kind: Literal["do", "reach", "await", "obstacle"]
    said: Title
    days_left: int
    lever: str | None = None
    title: Title
    times: int = 0
    also: tuple[Done, ...] = ()
    measure: str | None = None
    value: str | None = None
    level: str | None = None
    board: str | None = None
    now_minor: int
    currency: str
    held: StepOutcome
    recomputed: StepOutcome
    rises: tuple[str, ...]
    beside: Title | None = None


def hints(
    cursor: Cursor,
    employee: str,
    day: dt.date,
    known_at: int | None = None,
    kept_boards: KeptBoards | None = None,
    *,
    most: int = MOST_STEPS,
) -> tuple[NextStep, ...]:
    """The next steps by which `employee` would earn more than on `day`, and what stands in the way of more.

    For each plan the cheapest first, `most` of what can be done. kept_boards: from one question to the next.
    """
    told = _told(cursor, employee, day, known_at, kept_boards)
    return tuple(step for each in told for step in _steps(each, most))


def more(
    cursor: Cursor,
    employee: str,
    day: dt.date,
    lever: str,
    times: int,
    known_at: int | None = None,
    kept_boards: KeptBoards | None = None,
) -> tuple[NextStep, ...]:
    """What `times` more of `lever` would come to, in each plan of `employee` that has it."""
    return tuple(
        told.to_do(rules.more(told.found.held, one, times, told.found.contests))
        for told in _told(cursor, employee, day, known_at, kept_boards)
        for one in rules.levers_of(told.found.held.resolved)
        if one.id == lever
    )


def steps_to(
    cursor: Cursor,
    employee: str,
    day: dt.date,
    wanted_minor: int,
    known_at: int | None = None,
    kept_boards: KeptBoards | None = None,
) -> tuple[NextStep, ...]:
    """The fewest of each lever until a plan pays `wanted_minor` in all, the cheapest first."""
    return tuple(
        told.to_do(hint)
        for told in _told(cursor, employee, day, known_at, kept_boards)
        for hint in rules.steps_to(told.found.held, wanted_minor, told.found.contests)
    )


def _told(
    cursor: Cursor, employee: str, day: dt.date, known_at: int | None, kept_boards: KeptBoards | None
) -> "list[_Told]":
    """The plans of `employee` on `day`, ready to tell steps of."""
    found = prospect(cursor, employee, day, known_at, kept_boards)
    net: Netting | None = None
    if any(has_accounts(held.resolved.plan) for held in found.due):
        net = Netting(cursor, employee, Period.containing(day), found)
    return [_Told(each, day, net) for each in found.plans]


def _steps(told: "_Told", most: int) -> Iterable[NextStep]:
    found = told.found
    yield from map(told.to_do, rules.next_steps(found.held, found.contests)[:most])
    yield from map(told.to_reach, next_levels(found.held, found.contests)[:most])
    yield from (
        told.in_the_way(each, "await") for each in awaited(found.held, found.confirmed, found.waiting)
    )
    yield from (told.in_the_way(each, "obstacle") for each in obstacles(found.held, found.contests))


class _Told:
    """Tells the steps of one plan in words."""

    def __init__(self, found: Outlook, day: dt.date, net: Netting | None) -> None:
        self.found, self._net = found, net
        self._plan, self._resolved = found.held.resolved.plan, found.held.resolved
        self._days_left = (self._resolved.decided_on - day).days

    def to_do(self, hint: Hint) -> NextStep:
        moves = [(hint.lever, hint.times), *hint.also]
        key = "do" if self._plan.hints.levers else "do_more_of"
        parts = [self._say(key, {"count": str(times), "lever": lever.id}) for lever, times in moves]
        return self._step(
            kind="do",
            said=Title(" and ".join(part.en for part in parts), "，同时".join(part.zh for part in parts)),
            lever=hint.lever.id,
            title=hint.lever.title,
            times=hint.times,
            also=tuple(Done(lever=lever.id, title=lever.title, times=times) for lever, times in hint.also),
            now_minor=hint.now_minor,
            held=self._outcome(hint.held),
            recomputed=self._outcome(hint.recomputed),
            rises=hint.rises,
        )

    def to_reach(self, reach: Reach) -> NextStep:
        value = None if reach.value is None else str(reach.value)
        words = {"measure": reach.measure, "value": value or "", "level": str(reach.level)}
        if reach.board is not None:
            words |= {"board": reach.board, "place": str(reach.place)}
        return self._step(
            kind="reach",
            said=self._say("reach" if reach.board is None else "reach_place", words),
            title=self._plan.measures[reach.measure].title,
            measure=reach.measure,
            value=value,
            level=str(reach.level),
            board=reach.board,
            now_minor=reach.now_minor,
            held=self._outcome(reach.held),
            recomputed=self._outcome(reach.recomputed),
            rises=reach.rises,
        )

    def in_the_way(self, found: Obstacle, kind: Literal["await", "obstacle"]) -> NextStep:
        titles = {part.id: part.title for part in self._plan.components}
        measure = found.said.words.get("measure")
        title = titles[found.component] if found.component else self._plan.measures[measure or ""].title
        said, total = Sentence("nothing_held", {}), found.now_minor + found.gain_minor
        told = Outcome(total, found.gain_minor, said, found.amounts)
        return self._step(
            kind=kind,
            said=self._say(found.said.key, found.said.words),
            title=title,
            measure=measure,
            now_minor=found.now_minor,
            held=self._outcome(told),
            recomputed=self._outcome(told),
            rises=(found.component,) if found.component else (),
        )

    def _step(self, held: StepOutcome, **fields: Any) -> NextStep:
        plan, beside = self._plan, None
        if held.net_gain_minor not in (None, held.gain_minor):
            words = {"gain": held.gain_minor, "net": held.net_gain_minor or 0}
            said = {
                name: f"{major_text(minor, plan.pays_in)} {plan.pays_in}" for name, minor in words.items()
            }
            beside = Title(AFTER_ACCOUNTS.en.format(**said), AFTER_ACCOUNTS.zh.format(**said))
        told = {"plan": plan.plan, "currency": plan.pays_in, "days_left": self._days_left, "beside": beside}
        return NextStep(**told, held=held, **fields)

    def _outcome(self, outcome: Outcome) -> StepOutcome:
        return StepOutcome(
            total_minor=outcome.total_minor,
            gain_minor=outcome.gain_minor,
            net_gain_minor=self._net.gain_minor(self._plan.plan, outcome.amounts) if self._net else None,
            assumption=self._say(outcome.assumption.key, outcome.assumption.words),
        )

    def _say(self, key: str, words: Mapping[str, str]) -> Title:
        return Title(say(key, words, self._plan, "en"), say(key, words, self._plan, "zh"))
