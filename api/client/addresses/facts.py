"""The addresses about facts.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Sequence

from ..answers import FactRecord, PersonalText
from ..wire import Wire, part


class FactsAddresses:
    """What is asked and sent about facts."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_facts(
        self, *, limit: int | None = None, type: Sequence[str] | None = None, tag: Sequence[str] | None = None
    ) -> Iterator[FactRecord]:
        """Facts in order of position."""
        return self._wire.rows(
            "/v1/facts", {"limit": limit, "type": type, "tag": tag}, field="facts", cursor="next_after"
        )

    def read_fact(self, position: int) -> FactRecord:
        """The fact at a position."""
        return self._wire.json("GET", f"/v1/facts/{part(position)}")

    def read_personal(self, position: int) -> PersonalText:
        """What a fact says about a person, readable."""
        return self._wire.json("GET", f"/v1/facts/{part(position)}/personal")
