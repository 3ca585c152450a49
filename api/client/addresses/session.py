"""The addresses about session.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from ..answers import Ended, WhoAsks
from ..wire import Wire


class SessionAddresses:
    """What is asked and sent about session."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_session(self) -> WhoAsks:
        """Who asks."""
        return self._wire.json("GET", "/v1/session")

    def end_session(self) -> Ended:
        """Sign out."""
        return self._wire.json("POST", "/v1/session/end")

    def end_all_sessions(self) -> Ended:
        """Sign out everywhere."""
        return self._wire.json("POST", "/v1/session/end-all")
