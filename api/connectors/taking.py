"""From the records that a connector is sent to facts in the journal, and what became of each."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from api.importing.compiling import Compiled
from api.importing.report import Fault
from api.importing.rows import BadRow, Row
from api.importing.translating import Made, Translator
from api.intake import Outcome, Refused, Stored, Submission

BATCH = 5_000


class Told(NamedTuple):
    """What a record said, and what became of it: facts that were stored, or what is wrong with it."""

    row: Row | BadRow
    made: tuple[Made, ...]
    outcomes: tuple[Outcome, ...]
    faults: tuple[Fault, ...]

    @property
    def stored(self) -> list[Stored]:
        """Where its facts stand; nothing where it was refused, as they stand or fall together."""
        return [outcome for outcome in self.outcomes if isinstance(outcome, Stored)]

    @property
    def is_contradiction(self) -> bool:
        """Whether something else stands under its key."""
        return any(fault.kind == "key-reused" for fault in self.faults)

    @property
    def is_passed_over(self) -> bool:
        """Whether the mapping says to ignore it."""
        return not self.made and not self.faults


def take(
    rows: Iterable[Row | BadRow],
    mapping: Compiled,
    place: str,
    submit: Callable[[Sequence[Submission]], Sequence[Outcome]],
) -> list[Told]:
    """What became of each record. submit: takes many facts, those of one group together or not at all."""
    return _Taking(mapping, place, submit).take(rows)


class _Taking:
    def __init__(
        self, mapping: Compiled, place: str, submit: Callable[[Sequence[Submission]], Sequence[Outcome]]
    ) -> None:
        self._translator, self._submit = Translator(mapping, place), submit
        self._told: list[Told] = []
        self._waiting: list[int] = []
        self._keys: set[tuple[str, str]] = set()
        self._facts = 0

    def take(self, rows: Iterable[Row | BadRow]) -> list[Told]:
        for row in rows:
            if isinstance(row, BadRow):
                self._told.append(Told(row, (), (), (self._translator.unread(row),)))
                continue
            made, faults, _ = self._translator.translate(row)
            # A reference is looked up in the journal, so what it names must stand there.
            if self._facts >= BATCH or any(each.submission.refers_to in self._keys for each in made):
                self._flush()
            self._told.append(Told(row, made, (), faults))
            if made:
                self._waiting.append(len(self._told) - 1)
                self._keys.update((each.submission.source, each.submission.key) for each in made)
                self._facts += len(made)
        self._flush()
        return self._told

    def _flush(self) -> None:
        waiting = [(at, self._told[at]) for at in self._waiting]
        self._waiting, self._facts = [], 0
        self._keys.clear()
        if not waiting:
            return
        outcomes = iter(self._submit([made.submission for _, told in waiting for made in told.made]))
        for at, told in waiting:
            pairs = [(made, next(outcomes)) for made in told.made]
            refused = [(made, outcome) for made, outcome in pairs if isinstance(outcome, Refused)]
            faults = [self._translator.fault(made, outcome) for made, outcome in refused]
            own = [fault for fault in faults if fault.kind != "withheld"] or faults
            self._told[at] = told._replace(outcomes=tuple(outcome for _, outcome in pairs), faults=tuple(own))
