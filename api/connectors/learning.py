"""What statements of a learning system become: facts by the connector's mapping, voids, or nothing at all."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from api.connectors import activities
from api.connectors.documents import Connector
from api.connectors.keeping import refusing, subjects
from api.connectors.quarantine import SETTLED, Quarantine
from api.connectors.statement_store import Standing, State, StatementStore
from api.connectors.statements import Statement, row
from api.connectors.taking import Told, take
from api.intake import Outcome, Stored, Submission
from api.reading import Reading
from domain.refusals import Contended, NotNow

SAYS_NO_RULE = "unmatched-row"


class StatementConflict(NotNow):
    """Another statement stands under the same id."""


@dataclass(frozen=True, kw_only=True)
class Learning:
    """Takes statements for one connector. submit: takes facts, those of one group together or not at all."""

    connector: Connector
    reading: Reading
    store: StatementStore
    quarantine: Quarantine
    submit: Callable[[Sequence[Submission]], Sequence[Outcome]]

    def take(self, told: Sequence[Statement], added: Mapping[str, Any], now: dt.datetime) -> None:
        """Keeps statements and records what they say; one that came before, unchanged, changes nothing.

        It is kept first and told as received, so that what a crash cut short is gone on with when it is sent
        again, as nobody was answered. Raises: StatementConflict, for all of them; Contended.
        """
        standing = self.reading.ask_here(lambda cursor: self._kept(cursor, told, added, now))
        fresh = [each for each in told if standing[each.id].state == "received"]
        said = [each for each in fresh if each.voids is None and standing[each.id].voided_by is None]
        self._record(said, now)
        for each in fresh:
            if each.voids is not None:
                self._void(each, now)
            elif standing[each.id].voided_by is not None:
                self._settle(each.id, "not_mapped", [], [])

    def _kept(
        self, cursor: Cursor[Any], told: Sequence[Statement], added: Mapping[str, Any], now: dt.datetime
    ) -> dict[str, Standing]:
        digests = {each.id: self.store.digest(cursor, self.connector.name, each) for each in told}
        before = self.store.standing(cursor, list(digests))
        self._require_same(before, digests)
        for each in told:
            if each.id not in before:
                self.store.put(cursor, self.connector.name, each, digests[each.id], added, now)
        new = [each.said for each in told if each.id not in before]
        activities.learn(cursor, self.quarantine.vault, self.connector.name, new)
        after = self.store.standing(cursor, list(digests))
        self._require_same(after, digests)  # another may have been quicker
        return after

    def _require_same(self, standing: Mapping[str, Standing], digests: Mapping[str, str]) -> None:
        for id, found in standing.items():
            if (found.connector, found.digest) != (self.connector.name, digests[id]):
                raise StatementConflict(
                    field="id",
                    detail=f"The statement {id} was stored before, with other content.",
                    remedy="Void it and send this one under a new id. Nothing of this request was stored.",
                )

    def _record(self, told: Sequence[Statement], now: dt.datetime) -> None:
        """Makes facts of statements, and says of each what became of it."""
        rows = [row(each.said, now, line) for line, each in enumerate(told, 1)]
        outcomes = take(rows, self.connector.mapping, self.connector.name, self.submit)
        if any(fault.kind == "contended" for each in outcomes for fault in each.faults):
            raise Contended(
                field="", detail="Others kept writing to the same things.", remedy="Send it again."
            )
        for statement, each in zip(told, outcomes, strict=True):
            state, positions = self._standing_of(each, now)
            about = subjects(made.submission for made in each.made)
            self._settle(statement.id, state, positions, about)

    def _standing_of(self, told: Told, now: dt.datetime) -> tuple[State, list[int]]:
        if not told.faults:
            positions = [stored.position for stored in told.stored]
            return ("recorded", positions) if positions else ("not_mapped", [])
        found = refusing(told, self.connector.mapping)
        if found is None or told.faults[0].kind == SAYS_NO_RULE or self._keeps_nothing:
            return "not_mapped", []
        [entry] = self.reading.ask_here(
            lambda cursor: self.quarantine.keep(cursor, self.connector.name, [found], now)
        )
        if entry is not None and entry.state in SETTLED:
            return "recorded", entry.positions
        return "quarantined", []

    @property
    def _keeps_nothing(self) -> bool:
        return self.connector.mapping.mapping.quarantine == "off"

    def _void(self, told: Statement, now: dt.datetime) -> None:
        """Voids what the named statement became; one that is not known yet will become nothing."""
        target = told.voids or ""

        def question(cursor: Cursor[Any]) -> Standing | None:
            self.store.void(cursor, target, told.id)
            return self.store.standing(cursor, [target]).get(target)

        found = self.reading.ask_here(question)
        is_ours = found is not None and found.connector == self.connector.name
        voids = [
            Submission(
                type="fact_voided",
                source=self.connector.mapping.mapping.source,
                key=f"{told.id}#fact_voided/{number}",
                occurred_at=told.timestamp or now,
                data={"position": position, "reason": f"voided by the statement {told.id}"},
            )
            for number, position in enumerate(found.positions if found and is_ours else ())
        ]
        outcomes = self.submit(voids) if voids else []
        positions = [outcome.position for outcome in outcomes if isinstance(outcome, Stored)]
        self._settle(told.id, "voiding", positions, [])

    def _settle(self, id: str, state: State, positions: Sequence[int], about: Sequence[str]) -> None:
        self.reading.ask_here(lambda cursor: self.store.settle(cursor, id, state, positions, about))
