"""A bonus by place on a board: 1000 for the first, 500 for the second, 300 for the third."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from domain.plan.components.base import Earned, Fault, Seen
from domain.plan.components.component import Component
from domain.plan.fields import Amount, BoardName


class Rank(Component, frozen=True, kw_only=True):
    """What a place on `board` pays: the first number is for the first place, the next for the second.

    Everybody who shares a place is paid for it, and the places after it stay empty. It is paid in the period
    with which the board's own period ends. Whoever has nothing measured has no place here, and where the
    highest is first, neither has whoever has nothing above 0.
    """

    KIND: ClassVar[str] = "rank"
    board: BoardName
    pays: tuple[Amount, ...]

    def earn(self, seen: Seen) -> Earned:
        """The pay of the place."""
        standing = seen.places.get(self.board)
        if standing is None:
            return Earned(Fraction(0), "rank_none", {"board": self.board})
        place, people = standing
        pays = Fraction(self.pays[place - 1]) if place <= len(self.pays) else Fraction(0)
        words = {"board": self.board, "place": Fraction(place), "people": Fraction(people), "pays": pays}
        return Earned(pays, "rank", words)

    def faults(self) -> Iterator[Fault]:
        """Some place must be paid, and a better one no less than the next."""
        if not self.pays:
            yield Fault("pays", "No place is paid.", "Write what each pays: [1000, 500, 300].")
        if list(self.pays) != sorted(self.pays, reverse=True):
            yield Fault("pays", "A better place would be paid less.", "Begin with the first place.")
