"""A solver that goes no further than it may, always in the same order."""

from ortools.sat.python import cp_model


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
