"""Swaps as they stand: who asked whom for which shifts, and what became of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from domain.people.shifts import Exchanged
from projections.rows import fetch
from projections.spans import Cursor

SWAPS = """
select {columns} from swap
where (%(employees)s::text[] is null or employee = any(%(employees)s) or colleague = any(%(employees)s))
    and {known}
order by position"""

STEPS = """
select {columns} from swap_step
where (%(swaps)s::text[] is null or swap = any(%(swaps)s)) and {known}
order by position"""

SwapState = Literal["asked", "consented", "approved", "refused"]


class AskedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A swap as it was asked for."""

    position: int
    swap: str
    employee: str
    day: dt.date
    pattern: str
    colleague: str
    colleague_day: dt.date
    colleague_pattern: str


class SwapStep(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a swap by the fact at `position`."""

    position: int
    swap: str
    step: Literal["consented", "approved", "refused"]
    approver: str | None = None
    reason: str | None = None


class Swap(AskedRow, frozen=True, kw_only=True):
    """A swap as it stands: `employee` gives `pattern` of `day` for `colleague_pattern` of `colleague_day`.

    step_position: of the fact that brought the state. approver, reason: of an approval and of a refusal.
    """

    state: SwapState
    step_position: int
    approver: str | None
    reason: str | None


def swaps(cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None) -> list[Swap]:
    """The swaps that `employees`, or anybody, asked for or were asked for, as they stand; by position."""
    asked = fetch(cursor, AskedRow, SWAPS, {"employees": employees}, known_at)
    of_these = None if employees is None else [each.swap for each in asked]
    last = {each.swap: each for each in fetch(cursor, SwapStep, STEPS, {"swaps": of_these}, known_at)}
    found: list[Swap] = []
    for each in asked:
        step = last.get(each.swap)
        found.append(
            Swap(
                **msgspec.structs.asdict(each),
                state=step.step if step else "asked",
                step_position=step.position if step else each.position,
                approver=step.approver if step else None,
                reason=step.reason if step else None,
            )
        )
    return found


def exchanges(swap: Swap) -> list[tuple[str, Exchanged]]:
    """What an approved swap is for each of the two."""
    at, name = swap.step_position, swap.swap
    return [
        (swap.employee, Exchanged(at, name, swap.day, swap.colleague_day, swap.colleague_pattern)),
        (swap.colleague, Exchanged(at, name, swap.colleague_day, swap.day, swap.pattern)),
    ]
