"""The addresses about training.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..answers import BankInUse, SeenTest, TakenTest
from ..wire import Wire, part


class TrainingAddresses:
    """What is asked and sent about training."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_banks(
        self, *, known_at: int | str | None = None, at_least: int | None = None, limit: int | None = None
    ) -> Iterator[BankInUse]:
        """Question banks that tests are drawn from."""
        return self._wire.rows(
            "/v1/question-banks", {"known_at": known_at, "at_least": at_least, "limit": limit}
        )

    def read_tests(
        self,
        employee: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
    ) -> Iterator[TakenTest]:
        """A person's tests."""
        return self._wire.rows(
            f"/v1/employees/{part(employee)}/tests",
            {"known_at": known_at, "at_least": at_least, "limit": limit},
        )

    def begin_test(self, employee: str, body: Mapping[str, Any]) -> SeenTest:
        """Begin a test."""
        return self._wire.json("POST", f"/v1/employees/{part(employee)}/tests", body=body)

    def read_test(
        self, employee: str, test: str, *, known_at: int | str | None = None, at_least: int | None = None
    ) -> SeenTest:
        """A test."""
        return self._wire.json(
            "GET",
            f"/v1/employees/{part(employee)}/tests/{part(test)}",
            {"known_at": known_at, "at_least": at_least},
        )

    def hand_in(self, employee: str, test: str, body: Mapping[str, Any]) -> SeenTest:
        """Hand in a test."""
        return self._wire.json(
            "POST", f"/v1/employees/{part(employee)}/tests/{part(test)}/answers", body=body
        )
