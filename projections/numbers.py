"""The numbers of each plan that hold for one person in a period, with who set them where."""

import datetime as dt

import msgspec

from domain.period import Period
from domain.plan.resolve import ResolvedPlan
from domain.plan.sources import SourcedValue, sourced_values
from projections import policy
from projections.members import members
from projections.spans import Cursor


class ResolvedNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """The version of a plan that pays a person in a period. adopted_at: its position.

    placement: the branch or team, and its days, where each sets numbers for its own days.
    """

    plan: str
    adopted_at: int
    effective_from: dt.date
    document_hash: str
    values: tuple[SourcedValue, ...]
    placement: str | None = None


def resolved_numbers(
    cursor: Cursor, employee: str, period: Period, known_at: int | None = None
) -> list[ResolvedNumbers]:
    """Each plan that pays `employee` in `period`, with every number of it; nothing where none does.

    Once for each placement where their numbers differ.
    """
    changes = policy.target_changes(cursor, [employee], known_at)
    found: list[ResolvedNumbers] = []
    for each in members(cursor, period, known_at, [employee]):
        if employee not in each.resolved:
            continue
        told: list[tuple[str | None, ResolvedPlan]] = [(None, each.resolved[employee])]
        if employee in each.placed:
            told = [(placement.name, placement.resolved) for placement in each.placed[employee].each]
        for name, resolved in told:
            day = resolved.decided_on
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
                    values=sourced_values(resolved, each.version.position, held),
                    placement=name,
                )
            )
    return found
