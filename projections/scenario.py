"""Sets of rules to try on the same months: what they ask alike is asked of the read models once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TypeVar, cast

from domain.period import Period
from domain.plan.document import Plan
from domain.plan.measures import FactMeasure, Measure, with_ratios
from projections import attainment, measures, places, policy
from projections.asking import Asking
from projections.measures import Values
from projections.members import Members, Roll, Told, paid_by, told
from projections.places import Standings
from projections.policy import PlanVersion
from projections.sight import Windows
from projections.spans import Cursor

_Answer = TypeVar("_Answer")


class Answers:
    """Questions with their answers; the same question is found by being equal to one before."""

    def __init__(self) -> None:
        self._kept = defaultdict[str, list[tuple[object, object]]](list)

    def of(self, kind: str, question: object, ask: Callable[[], _Answer]) -> _Answer:
        """The answer to `question`, asked the first time only."""
        for known, answer in self._kept[kind]:
            if known == question:
                return cast(_Answer, answer)
        answer = ask()
        self._kept[kind].append((question, answer))
        return answer

    def beside(self) -> "Answers":
        """All that is known here; what is learned there stays there."""
        found = Answers()
        for kind, kept in self._kept.items():
            found._kept[kind].extend(kept)
        return found

    def knows(self, kind: str, question: object) -> bool:
        """Whether it was asked before."""
        return any(known == question for known, _ in self._kept[kind])


def told_once(
    answers: Answers, cursor: Cursor, known_at: int | None, employees: Sequence[str] | None
) -> Told:
    """What was told of `employees`; of months that are tried one after the other it is asked before."""
    return answers.of("told", (known_at, employees), lambda: told(cursor, known_at, employees))


class Scenario(Asking):
    """One set of rules in the months of `span`: `drafts` in the place of their plans, or beside the others.

    Outside of `span` the versions that were adopted hold. without: plans that are taken away. answers: shared
    by all scenarios that are tried on the same people and month, and not longer, for they take room.
    """

    def __init__(
        self,
        answers: Answers,
        span: tuple[Period, Period],
        drafts: Sequence[PlanVersion] = (),
        without: Collection[str] = (),
    ) -> None:
        self._answers, self._span, self._drafts = answers, span, drafts
        self._gone = {*without, *(draft.plan for draft in drafts)}

    def in_force(self, cursor: Cursor, period: Period, known_at: int | None) -> list[PlanVersion]:
        """The version of each plan that holds in `period`."""

        def ask() -> list[PlanVersion]:
            return policy.plans_in_force(cursor, period.last_day, known_at)

        adopted = self._answers.of("versions", (period, known_at), ask)
        first, last = self._span
        if not first.first_day <= period.first_day <= last.first_day:
            return adopted
        kept = [version for version in adopted if version.plan not in self._gone]
        return sorted((*kept, *self._drafts), key=lambda version: version.plan)

    def members(
        self, cursor: Cursor, period: Period, known_at: int | None, employees: Sequence[str] | None = None
    ) -> list[Members]:
        """The plans that hold in `period`, each with those of `employees` whom it pays."""
        asked = (period, known_at, employees)
        here = self._roll(cursor, *asked)
        return [
            # Equal versions are one document; its numbers for these people are worked out once.
            self._answers.of("paid", (version, *asked), lambda v=version: paid_by(v, here))
            for version in self.in_force(cursor, period, known_at)
        ]

    def _roll(
        self, cursor: Cursor, period: Period, known_at: int | None, employees: Sequence[str] | None
    ) -> Roll:
        told = told_once(self._answers, cursor, known_at, employees)
        return self._answers.of("roll", (period, known_at, employees), lambda: told.roll(period))

    def staying(
        self, cursor: Cursor, group: Members, period: Period, known_at: int | None
    ) -> Collection[str]:
        """Those of `group` whom the same plan pays in the next month; a draft holds there for this."""
        if group.version not in self._drafts:
            return super().staying(cursor, group, period, known_at)
        asked = (period.next(), known_at, list(group.resolved))
        here = self._roll(cursor, *asked)
        return self._answers.of(
            "paid", (group.version, *asked), lambda: paid_by(group.version, here)
        ).resolved

    def values(
        self, cursor: Cursor, wanted: Mapping[str, Measure], opened: Windows, known_at: int | None
    ) -> dict[str, Values]:
        """Every measure of each person in `opened`; what another plan measures alike is not taken again."""
        return self._answers.of(
            "values",
            (wanted, opened, known_at),
            lambda: self._measured(cursor, wanted, opened, known_at),
        )

    def _measured(
        self, cursor: Cursor, wanted: Mapping[str, Measure], opened: Windows, known_at: int | None
    ) -> dict[str, Values]:
        people = {employee: Values() for days in opened.values() for employee in days}
        for window, days in opened.items():
            over = {n: m for n, m in wanted.items() if isinstance(m, FactMeasure) and m.window == window}
            new = {n: m for n, m in over.items() if not self._answers.knows("measure", (m, days, known_at))}
            fresh = measures.evaluate(cursor, new, {window: days}, known_at) if new else {}
            for name, measure in over.items():
                told = self._answers.of("measure", (measure, days, known_at), partial(_column, fresh, name))
                for employee, value in told.items():
                    people[employee][name] = value
        return {employee: with_ratios(wanted, values) for employee, values in people.items()}

    def attained(
        self, cursor: Cursor, group: Members, names: Sequence[str], until: dt.date, known_at: int | None
    ) -> dict[str, dict[str, dt.date]]:
        """The day on which each of the milestones `names` was reached in time, by employee."""
        if not names:
            return {}
        asked = {employee: resolved.milestones for employee, resolved in group.resolved.items()}
        behind = (group.plan.milestones, group.plan.measures, group.hired)
        return self._answers.of(
            "attained",
            (names, until, known_at, behind, asked),
            lambda: attainment.attained(cursor, group, names, until, known_at),
        )

    def places(
        self, cursor: Cursor, plan: Plan, period: Period, until: dt.date, known_at: int | None
    ) -> Standings:
        """The places on each board of `plan` that pays in `period`."""
        paid = places.paid_boards(plan)
        if not paid:
            return {}
        return self._answers.of(
            "places",
            (plan.boards, paid, plan.population, plan.measures, period, until, known_at),
            lambda: places.places(cursor, plan, period, until, known_at),
        )


def _column(values: Mapping[str, Values], name: str) -> dict[str, Fraction | None]:
    """One measure of everybody."""
    return {employee: own[name] for employee, own in values.items()}
