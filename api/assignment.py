"""The cheapest assignment of rows to columns, found by OR-Tools (ADR 0017) and proved here.

The solver is quick and hard to look into, so its answer is not taken on trust: prices are found that prove
it, in integers of any size, and of all that are as cheap the first one is chosen.
"""

from collections.abc import Sequence
from typing import Any

from domain.people.pairing import first_of_the_best, prices


class NotProved(Exception):
    """The solver's assignment is not the cheapest, which is a fault of the program and of nobody's facts."""


def cheapest(costs: Sequence[Sequence[int]]) -> list[int]:
    """The column of each row of the square `costs`: at the least cost in all, and of such the first in order.

    Raises: NotProved.
    """
    if not costs:
        return []
    mates = _solved(costs)
    proof = prices(costs, mates)
    if proof is None:
        raise NotProved(f"an assignment of {len(costs)} rows is not the cheapest")
    return first_of_the_best(costs, mates, proof)


def _solved(costs: Sequence[Sequence[int]]) -> list[int]:
    # Loading it takes a fifth of a second, which only those pay who ask.
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment

    solver: Any = SimpleLinearSumAssignment()
    for row, line in enumerate(costs):
        for column, cost in enumerate(line):
            solver.add_arc_with_cost(row, column, cost)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise NotProved(f"the solver ended as {status}")
    return [solver.right_mate(row) for row in range(len(costs))]
