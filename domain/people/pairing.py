"""Who is best served by whom: what a pair is worth where nothing is known of it, and the proof of the best.

Pairs are compared in points, millionths of all that could be attained, so that every sum of them is exact.
An assignment is the best when no other has more points. Of several it is the one that leaves more pairs as
they are today; of those the one that gives the first seller by id the first assistant by id, and so on.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

POINTS = 1_000_000
"""What a pair is worth that attains everything."""

Pair = tuple[str, str]
"""An assistant and a seller."""

Basis = Literal["measured", "both", "assistant", "seller", "everybody", "nothing"]
"""On what a pair's worth rests: its own history, or in its place what one or both showed with others."""


class Worth(NamedTuple):
    """What a pair is worth. of_assistant, of_seller: the means that stand in for a history of its own."""

    score: Fraction
    basis: Basis
    of_assistant: Fraction | None = None
    of_seller: Fraction | None = None

    @property
    def points(self) -> int:
        """The score in points, rounded half up."""
        return int(self.score * POINTS + Fraction(1, 2))


def worth(pair: Pair, known: Mapping[Pair, Fraction]) -> Worth:
    """What `pair` is worth by the scores `known` of pairs that have a history.

    Without one, the mean of what the assistant showed with others and what the seller had from others; where
    only one of them has shown anything, that; else the mean of all pairs; 0 where there are none.
    """
    if pair in known:
        return Worth(known[pair], "measured")
    assistant, seller = pair
    gives = _mean([score for (one, _), score in known.items() if one == assistant])
    takes = _mean([score for (_, other), score in known.items() if other == seller])
    if gives is not None and takes is not None:
        return Worth((gives + takes) / 2, "both", gives, takes)
    if gives is not None:
        return Worth(gives, "assistant", gives, None)
    if takes is not None:
        return Worth(takes, "seller", None, takes)
    everybody = _mean(list(known.values()))
    return Worth(everybody, "everybody") if everybody is not None else Worth(Fraction(0), "nothing")


def prices(costs: Sequence[Sequence[int]], mates: Sequence[int]) -> list[int] | None:
    """Prices of the columns that prove the assignment `mates` to be the cheapest; None where it is not.

    costs: square. mates: the column of each row. With these prices no row finds a column that would cost it
    less, price taken off, than its own: so by duality no assignment costs less in all.
    """
    size = len(costs)
    found = [0] * size
    for _ in range(size + 1):
        changed = False
        for row, own in enumerate(mates):
            base = found[own] - costs[row][own]
            for column, cost in enumerate(costs[row]):
                if base + cost < found[column]:
                    found[column] = base + cost
                    changed = True
        if not changed:
            return found
    return None


def first_of_the_best(
    costs: Sequence[Sequence[int]], mates: Sequence[int], proof: Sequence[int]
) -> list[int]:
    """Of all assignments as cheap as `mates`, the one that gives each row in turn the first column possible.

    proof: the prices of `mates`. An assignment is as cheap just when each row has a column that costs it no
    more, price taken off, than its own.
    """
    size = len(costs)
    tight = [
        [c for c in range(size) if costs[row][c] - proof[c] == costs[row][mates[row]] - proof[mates[row]]]
        for row in range(size)
    ]
    own, owner = list(mates), {column: row for row, column in enumerate(mates)}
    for row in range(size):
        for column in tight[row]:
            if column == own[row]:
                break
            moves = _moves(tight, own, owner, row, column)
            for one, taken in moves:
                own[one], owner[taken] = taken, one
            if moves:
                break
    return own


def _moves(
    tight: Sequence[Sequence[int]], own: Sequence[int], owner: Mapping[int, int], row: int, column: int
) -> list[tuple[int, int]]:
    """Which later rows must take which columns, so that `row` can have `column`; none where they cannot."""
    if owner[column] < row:
        return []
    waiting, asked_by = [owner[column]], dict[int, int]()
    while waiting:
        asking = waiting.pop(0)
        for wanted in tight[asking]:
            if wanted == column or wanted in asked_by or owner[wanted] < row:
                continue
            asked_by[wanted] = asking
            if wanted == own[row]:
                return [(row, column), *_traced(asked_by, own, wanted, column)]
            waiting.append(owner[wanted])
    return []


def _traced(asked_by: Mapping[int, int], own: Sequence[int], end: int, column: int) -> list[tuple[int, int]]:
    """The rows that move on, back from the one that takes the column `end`."""
    found, taken = list[tuple[int, int]](), end
    while taken != column:
        found.append((asked_by[taken], taken))
        taken = own[asked_by[taken]]
    return found


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None
