"""Which questions a test has, and in which order its choices stand: told by the seed, and by nothing else.

Each topic has its share of the questions by how many the bank has on it, by largest remainder; which of them
are drawn follows from a hash, so that whoever has the bank and the fact can draw the same test again.
"""

import hashlib
from fractions import Fraction
from typing import NamedTuple

from domain.learning.bank import Bank, Question
from domain.people.sharing import allot


class Lot(NamedTuple):
    """What a drawing rests on. digest: of the bank. seed: 128 bits that nobody chose."""

    digest: str
    employee: str
    attempt: int
    seed: str

    def place(self, *names: str) -> str:
        """Where the thing of these names stands among its like."""
        said = "/".join((self.digest, self.employee, str(self.attempt), self.seed, *names))
        return hashlib.sha256(said.encode()).hexdigest()


def drawn(bank: Bank, lot: Lot) -> list[str]:
    """The ids of the questions that `lot` draws from `bank`, in the order in which they are asked."""
    by_topic = [[each.id for each in bank.questions if each.topic == topic.id] for topic in bank.topics]
    numbers = allot(bank.draws, [Fraction(len(names)) for names in by_topic])
    chosen = [
        name
        for names, number in zip(by_topic, numbers, strict=True)
        for name in sorted(names, key=lot.place)[:number]
    ]
    return sorted(chosen, key=lambda name: lot.place("order", name))


def choices(question: Question, lot: Lot) -> list[str]:
    """The ids of the choices of `question` in the order in which they are shown."""
    return sorted(question.choices, key=lambda name: lot.place(question.id, name))
