"""The addresses about boards.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Sequence

from ..answers import Honour, HonoursProposal, Ranked
from ..wire import Wire, part


class BoardsAddresses:
    """What is asked and sent about boards."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_board(
        self,
        board: str,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        period: str | None = None,
        plan: str | None = None,
        branch: Sequence[str] | None = None,
        team: Sequence[str] | None = None,
        post: Sequence[str] | None = None,
        newcomers: int | None = None,
        movement: bool | None = None,
        day: str | None = None,
    ) -> Iterator[Ranked]:
        """A ranking."""
        return self._wire.pages(
            f"/v1/boards/{part(board)}",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "period": period,
                "plan": plan,
                "branch": branch,
                "team": team,
                "post": post,
                "newcomers": newcomers,
                "movement": movement,
                "day": day,
            },
        )

    def read_honours(
        self,
        *,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        employee: Sequence[str] | None = None,
        board: str | None = None,
        period: str | None = None,
    ) -> Iterator[Honour]:
        """Honours that were awarded."""
        return self._wire.rows(
            "/v1/honours",
            {
                "known_at": known_at,
                "at_least": at_least,
                "limit": limit,
                "employee": employee,
                "board": board,
                "period": period,
            },
        )

    def read_proposals(
        self,
        board: str,
        *,
        period: str,
        known_at: int | str | None = None,
        at_least: int | None = None,
        limit: int | None = None,
        plan: str | None = None,
    ) -> Iterator[HonoursProposal]:
        """Honours that a board proposes."""
        return self._wire.rows(
            f"/v1/boards/{part(board)}/honours",
            {"known_at": known_at, "at_least": at_least, "limit": limit, "period": period, "plan": plan},
        )
