"""The addresses about stream.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Sequence

from ..answers import StreamTicket
from ..wire import Wire


class StreamAddresses:
    """What is asked and sent about stream."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def make_ticket(
        self,
        *,
        board: str | None = None,
        plan: str | None = None,
        period: str | None = None,
        employee: Sequence[str] | None = None,
        branch: Sequence[str] | None = None,
    ) -> StreamTicket:
        """A ticket to the stream."""
        return self._wire.json(
            "POST",
            "/v1/stream/tickets",
            {"board": board, "plan": plan, "period": period, "employee": employee, "branch": branch},
        )
