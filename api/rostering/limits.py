"""How far a search may go, and a solver that goes no further, always in the same order."""

from typing import Annotated

import msgspec
from msgspec import Meta
from ortools.sat.python import cp_model


class Search(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a search may go.

    effort: work that the solver may do, in its own units of about a second on an idle core; what it finds
    within is the same on every machine. seconds: after which it stops whatever it has. seed: another one
    breaks ties otherwise.
    """

    effort: Annotated[int, Meta(ge=1, le=600)] = 5
    seconds: Annotated[int, Meta(ge=1, le=600)] = 30
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


def limited(effort: float, seconds: float, seed: int, *, improving: bool = True) -> cp_model.CpSolver:
    """A solver that stops after so much effort or so many seconds, whichever comes first.

    improving: it looks for better rosters near the best one; else it narrows down how good one can be.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.interleave_search = improving
    if improving:
        solver.parameters.subsolvers.append("quick_restart_no_lp")
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    return solver
