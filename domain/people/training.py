"""How far somebody is with their training, folded from what they studied and the tests that they took.

Reaching a pass score passes, and what is passed stays passed. As long as a module is not passed, a last score
below its remedial score pushes its remedial course. A module opens when those that it requires are passed; a
test that was taken earlier counts all the same, for it was taken.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

RecordKind = Literal["studied", "tested"]
ModuleState = Literal["closed", "open", "begun", "tried", "remedial", "passed"]


class TrainingRecord(NamedTuple):
    """Something learned on `day`. module: id. value: share of it that is done by now, or the test's score."""

    position: int
    kind: RecordKind
    module: str
    day: dt.date
    value: Fraction


class Syllabus(NamedTuple):
    """One module as it holds for one person.

    pass_score: None where doing all of it passes. remedial: the course that a last score below
    `remedial_score` pushes, if any. pushed_only: only for those who are pushed to it.
    """

    module: str
    requires: tuple[str, ...] = ()
    pass_score: Fraction | None = None
    remedial_score: Fraction = Fraction(0)
    remedial: str | None = None
    pushed_only: bool = False


class ModuleStanding(NamedTuple):
    """Where somebody stands with a module.

    completion: share that is done, all of it once it is passed. attempts: tests taken. waits_for: to pass
    first. pushes: the course that the last score pushes. positions: of the facts behind it.
    """

    module: str
    state: ModuleState
    completion: Fraction
    attempts: int
    best: Fraction | None
    last: Fraction | None
    passed_on: dt.date | None
    waits_for: tuple[str, ...]
    pushes: str | None
    positions: tuple[int, ...]


class TrainingStanding(NamedTuple):
    """Where somebody stands with all modules. completion: the mean over those that everybody takes."""

    modules: tuple[ModuleStanding, ...]
    completion: Fraction | None
    passed: int
    of: int


def standing(
    syllabus: Sequence[Syllabus], records: Iterable[TrainingRecord], day: dt.date
) -> TrainingStanding:
    """How far the person of `records` is on `day`. records: in the order in which it happened."""
    told: dict[str, list[TrainingRecord]] = {}
    for record in records:
        if record.day <= day:
            told.setdefault(record.module, []).append(record)
    passed_on = {each.module: _passed_on(each, told.get(each.module, ())) for each in syllabus}
    found = {each.module: _module(each, told.get(each.module, ()), passed_on) for each in syllabus}
    pushed = {each.pushes for each in found.values()} | set(told)
    regular = [found[each.module] for each in syllabus if not each.pushed_only]
    return TrainingStanding(
        modules=tuple(
            found[each.module] for each in syllabus if not each.pushed_only or each.module in pushed
        ),
        completion=sum((each.completion for each in regular), Fraction(0)) / len(regular)
        if regular
        else None,
        passed=sum(each.state == "passed" for each in regular),
        of=len(regular),
    )


def _passed_on(syllabus: Syllabus, told: Iterable[TrainingRecord]) -> dt.date | None:
    """The day on which the module was passed, if it was."""
    if syllabus.pass_score is None:
        return next((each.day for each in told if each.kind == "studied" and each.value >= 1), None)
    return next((e.day for e in told if e.kind == "tested" and e.value >= syllabus.pass_score), None)


def _module(
    syllabus: Syllabus, told: Sequence[TrainingRecord], passed_on: Mapping[str, dt.date | None]
) -> ModuleStanding:
    studied = [each.value for each in told if each.kind == "studied"]
    scores = [each.value for each in told if each.kind == "tested"]
    waits_for = tuple(name for name in syllabus.requires if passed_on.get(name) is None)
    is_passed = passed_on[syllabus.module] is not None
    falls_short = bool(scores) and not is_passed and scores[-1] < syllabus.remedial_score
    return ModuleStanding(
        module=syllabus.module,
        state=_state(is_passed, bool(waits_for), falls_short, bool(scores), bool(told)),
        completion=Fraction(1) if is_passed else studied[-1] if studied else Fraction(0),
        attempts=len(scores),
        best=max(scores, default=None),
        last=scores[-1] if scores else None,
        passed_on=passed_on[syllabus.module],
        waits_for=waits_for,
        pushes=syllabus.remedial if falls_short else None,
        positions=tuple(each.position for each in told),
    )


def _state(passed: bool, waits: bool, falls_short: bool, tested: bool, begun: bool) -> ModuleState:
    if passed:
        return "passed"
    if falls_short:
        return "remedial"
    if tested:
        return "tried"
    if waits:
        return "closed"
    return "begun" if begun else "open"
