"""The numbers of each plan that hold for one person in a period, with who set them where."""

import datetime as dt

import msgspec

from domain.period import Period
from domain.plan.sources import SourcedValue, sourced_values
from projections import policy
from projections.members import members
from projections.spans import Cursor


class ResolvedNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """The version of a plan that pays a person in a period. adopted_at: its position."""

    plan: str
    adopted_at: int
    effective_from: dt.date
    document_hash: str
    values: tuple[SourcedValue, ...]


def resolved_numbers(
    cursor: Cursor, employee: str, period: Period, known_at: int | None = None
) -> list[ResolvedNumbers]:
    """Each plan that pays `employee` in `period`, with every number of it; nothing where none does."""
    changes = policy.target_changes(cursor, [employee], known_at)
    found: list[ResolvedNumbers] = []
    for each in members(cursor, period, known_at, [employee]):
        if employee not in each.resolved:
            continue
        day = each.resolved[employee].decided_on
        held = [
            change
            for change in changes
            if change.effective_from <= day and (change.effective_until or day) >= day
        ]
        found.append(
            ResolvedNumbers(
                plan=each.plan.plan,
                adopted_at=each.version.position,
                effective_from=each.version.effective_from,
                document_hash=each.version.document_hash,
                values=sourced_values(each.resolved[employee], each.version.position, held),
            )
        )
    return found
