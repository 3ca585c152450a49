"""Facts that were sent as facts and refused: kept where a connector says so of their source."""

import time
from collections.abc import Mapping, Sequence

from api.connectors import documents
from api.connectors.keeping import refused_fact
from api.connectors.quarantine import Quarantine
from api.intake import Outcome, Refused, Submission
from api.ops import now
from api.reading import Reading
from domain.refusals import Refusal

LOOK_SECONDS = 1.0


class FactsKept:
    """Keeps refused facts of the sources that asked for it; their senders are answered as ever."""

    def __init__(self, reading: Reading, quarantine: Quarantine) -> None:
        self._reading, self._quarantine = reading, quarantine
        self._sources: Mapping[str, str] = {}
        self._look_again = 0.0

    def note(self, brought: Sequence[Submission | Refusal], outcomes: Sequence[Outcome]) -> None:
        """Keeps those of `brought` that were refused for what they say, and whose source wants it."""
        refused = [
            (each, outcome.refusal)
            for each, outcome in zip(brought, outcomes, strict=True)
            if isinstance(each, Submission) and isinstance(outcome, Refused)
        ]
        sources = self._in_use() if refused else {}
        for connector in sorted({sources[each.source] for each, _ in refused if each.source in sources}):
            found = [
                kept
                for each, refusal in refused
                if sources.get(each.source) == connector and (kept := refused_fact(each, refusal)) is not None
            ]
            if found:
                self._reading.ask_here(
                    lambda cursor, name=connector, kept=found: self._quarantine.keep(
                        cursor, name, kept, now()
                    )
                )

    def _in_use(self) -> Mapping[str, str]:
        """The connector of each source that wants its refused facts kept."""
        if time.monotonic() > self._look_again:
            found = self._reading.ask_here(documents.connectors)
            self._sources = {
                each.mapping.mapping.source: each.name
                for each in found
                if each.format == "facts" and each.mapping.mapping.quarantine == "on"
            }
            self._look_again = time.monotonic() + LOOK_SECONDS
        return self._sources
