"""Why there is no roster: a few rules and needs that cannot all be kept, found by questioning each."""

import time
from collections.abc import Sequence
from typing import Literal

from ortools.sat.python import cp_model

from api.rostering.limits import limited
from api.rostering.model import Model, Reason
from api.rostering.proposal import Conflict, Search
from domain.people.rostering import Problem

SLICES = 4
"""No more than this part of the time that is left goes into questioning one reason."""


def conflicts(problem: Problem, search: Search, seconds: float) -> list[Conflict]:
    """Reasons that together leave no roster, as few as the time allows to find; none where it was too short.

    The solver names some that suffice; each is then left out on trial, and goes if there still is no roster.
    """
    until = time.monotonic() + seconds
    model = Model(problem, blaming=True)
    found = _suffice(model, list(model.reasons), search, seconds)
    kept = [] if isinstance(found, str) else found
    needed: set[Reason] = set()
    for reason in list(kept):
        left = until - time.monotonic()
        if reason not in kept or left <= 0:
            continue
        fewer = _suffice(model, [each for each in kept if each != reason], search, left / SLICES)
        if fewer == "roster":
            needed.add(reason)
        elif fewer != "unknown":
            kept = [each for each in kept if each in fewer]
    return [
        Conflict(kind=each.kind, detail=each.detail, positions=each.positions, needed=each in needed)
        for each in sorted(kept)
    ]


def _suffice(
    model: Model, reasons: Sequence[Reason], search: Search, seconds: float
) -> list[Reason] | Literal["roster", "unknown"]:
    """Those of `reasons` that leave no roster; or that they leave one, or that it is not known."""
    model.cp.clear_assumptions()
    model.cp.add_assumptions([model.reasons[reason] for reason in reasons])
    solver = limited(search.effort, seconds, search.seed)
    status = solver.solve(model.cp)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return "roster"
    if status != cp_model.INFEASIBLE:
        return "unknown"
    blamed = set(solver.sufficient_assumptions_for_infeasibility())
    return [reason for reason in reasons if model.reasons[reason].index in blamed]
