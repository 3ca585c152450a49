"""The search for a roster: bounded, repeatable, and honest about how it ended."""

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec
from ortools.sat.python import cp_model

from api.rostering.conflicts import conflicts
from api.rostering.greedy import greedy
from api.rostering.limits import limited
from api.rostering.model import Model
from api.rostering.proposal import Conflict, Search, Status, StoppedBy
from domain.people.roster_check import Proposed
from domain.people.rostering import Problem

IMPROVING = 0.7
"""The part of the effort that goes into better rosters; the rest is for the bound."""
EXPLAINING = 0.5
"""At least this part of the time is left to say why there is no roster."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found.

    loss: what the roster loses by wishes and unevenness; bound: no roster loses less; gap: the part of the
    loss that might still be saved, an exact share. stopped_by: `proof` when nothing is left to search.
    first_seconds, seconds: until the first roster and in all, as measured. conflicts: why there is none.
    """

    status: Status
    stopped_by: StoppedBy
    shifts: tuple[Proposed, ...] = ()
    loss: int | None = None
    bound: int | None = None
    gap: str | None = None
    conflicts: tuple[Conflict, ...] = ()
    first_seconds: float | None = None
    seconds: float = 0.0


class _Watch(cp_model.CpSolverSolutionCallback):
    """Notes when the first roster is found, and passes on how good each is."""

    def __init__(self, began: float, say: Callable[[int, int], None] | None) -> None:
        super().__init__()
        self._began, self._say = began, say
        self.first_seconds: float | None = None

    def on_solution_callback(self) -> None:
        """Called by the solver with each better roster."""
        if self.first_seconds is None:
            self.first_seconds = time.monotonic() - self._began
        if self._say is not None:
            self._say(round(self.objective_value), round(self.best_objective_bound))


def solve(problem: Problem, search: Search, say: Callable[[int, int], None] | None = None) -> Found:
    """The best roster that the search comes to, or why there is none.

    Most of the effort goes into better rosters; what is left narrows down how much better one could be.
    say: told the loss and its bound with each better roster.
    """
    began = time.monotonic()

    def left() -> float:
        return search.seconds - (time.monotonic() - began)

    model = Model(problem)
    model.aim()
    model.hint(greedy(problem))
    watch = _Watch(began, say)
    solver = limited(search.effort * IMPROVING, left(), search.seed)
    status = solver.solve(model.cp, watch)
    best = _best(model, solver, status)
    if status != cp_model.OPTIMAL and status != cp_model.INFEASIBLE and left() > 0:
        if best is not None:
            model.hint(best.shifts)
        solver = limited(search.effort * (1 - IMPROVING), left(), search.seed, improving=False)
        status = solver.solve(model.cp, watch)
        best = _better(best, _best(model, solver, status))
    if status == cp_model.INFEASIBLE:
        why = conflicts(problem, search, max(left(), search.seconds * EXPLAINING))
        return Found(
            status="infeasible",
            stopped_by="proof",
            conflicts=tuple(why),
            seconds=time.monotonic() - began,
        )
    stopped_by: StoppedBy = "effort" if left() > 0 else "time"
    seconds = time.monotonic() - began
    if best is None:
        return Found(status="unknown", stopped_by=stopped_by, seconds=seconds)
    optimal = status == cp_model.OPTIMAL
    return Found(
        status="optimal" if optimal else "feasible",
        stopped_by="proof" if optimal else stopped_by,
        shifts=best.shifts,
        loss=best.loss,
        bound=best.bound,
        gap=str(Fraction(best.loss - best.bound, best.loss)) if best.loss else "0",
        first_seconds=watch.first_seconds,
        seconds=seconds,
    )


class _Best(NamedTuple):
    """A roster with what it loses, and what no roster can lose less than."""

    shifts: tuple[Proposed, ...]
    loss: int
    bound: int


def _best(model: Model, solver: cp_model.CpSolver, status: cp_model.CpSolverStatus) -> _Best | None:
    """What `solver` came to, if to anything."""
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    loss, bound = round(solver.objective_value), round(solver.best_objective_bound)
    return _Best(_given(model, solver), loss, max(bound, 0))


def _better(one: _Best | None, other: _Best | None) -> _Best | None:
    """The one that loses less, with the narrower bound of both."""
    if one is None or other is None:
        return one or other
    chosen = one if one.loss <= other.loss else other
    return chosen._replace(bound=max(one.bound, other.bound))


def _given(model: Model, solver: cp_model.CpSolver) -> tuple[Proposed, ...]:
    """Who gets what, by day, shift and person."""
    found: Sequence[Proposed] = [
        Proposed(employee, slot.on, slot.pattern)
        for (employee, slot), variable in model.given.items()
        if solver.boolean_value(variable)
    ]
    return tuple(sorted(found, key=lambda each: (each.on, each.pattern, each.employee)))
