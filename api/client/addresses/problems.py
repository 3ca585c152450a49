"""The addresses about problems.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from ..answers import ProblemKind
from ..wire import Wire, part


class ProblemsAddresses:
    """What is asked and sent about problems."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def problem_kind(self, kind: str) -> ProblemKind:
        """What a kind of problem means."""
        return self._wire.json("GET", f"/v1/problems/{part(kind)}")
