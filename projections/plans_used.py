"""The plan versions that a statement was computed with."""

from collections.abc import Iterable

import msgspec

from domain.period import Period
from domain.plan.statement import Line
from projections import policy
from projections.spans import Cursor

Versions = dict[str, dict[str, policy.PlanVersion]]
"""The versions in force at the end of each month, by plan; what has been asked for once is kept."""


class PlanUsed(msgspec.Struct, frozen=True, kw_only=True):
    """A plan version that lines rest on. period: the month that they are about; adopted_at: its position."""

    period: str
    plan: str
    adopted_at: int
    document_hash: str


def plans_used(
    cursor: Cursor, period: str, lines: Iterable[Line], known_at: int, asked: Versions | None = None
) -> tuple[PlanUsed, ...]:
    """The versions behind `lines` of the statement of `period`, by month and plan.

    asked: the answers to what was asked before at the same `known_at`, which this adds to.
    """
    asked = {} if asked is None else asked
    named = sorted({(line.about or period, line.plan) for line in lines})
    found: list[PlanUsed] = []
    for about, plan in named:
        if about not in asked:
            versions = policy.plans_in_force(cursor, Period.parse(about).last_day, known_at)
            asked[about] = {version.plan: version for version in versions}
        version = asked[about].get(plan)
        if version is not None:
            found.append(
                PlanUsed(
                    period=about,
                    plan=plan,
                    adopted_at=version.position,
                    document_hash=version.document_hash,
                )
            )
    return tuple(found)
