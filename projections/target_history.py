"""Every change of a person's targets, with who changed it and why, whether it still stands or not."""

import datetime as dt

import msgspec

from projections.spans import Cursor

HISTORY = """
select
    t.position, t.employee, t.target, t.value, t.within_days, t.effective_from, t.effective_until,
    j.data ->> 'reason', j.data ->> 'approver', coalesce(p.actor, j.actor), j.recorded_at,
    case when t.void_position <= coalesce(%(known_at)s, t.void_position) then t.void_position end
from target_change t join journal j on j.position = t.position
left join journal p on p.position = (j.data ->> 'proposal')::bigint
where t.employee = %(employee)s and t.position <= coalesce(%(known_at)s, t.position)
order by t.position desc"""


class ChangedTarget(msgspec.Struct, frozen=True, kw_only=True):
    """A target or milestone that was changed for a person, from a day on and to its last day.

    value: a number or percentage as text. within_days: new length of a milestone's window. voided_at:
    position of the void that put the old one back. actor: who asked for it. approver: the second person.
    """

    position: int
    employee: str
    target: str
    value: str
    within_days: int | None
    effective_from: dt.date
    effective_until: dt.date | None
    reason: str
    approver: str
    actor: str
    recorded_at: dt.datetime
    voided_at: int | None


def target_history(cursor: Cursor, employee: str, known_at: int | None = None) -> list[ChangedTarget]:
    """What was changed for `employee`, the latest first."""
    found = cursor.execute(HISTORY, {"employee": employee, "known_at": known_at}, prepare=False)
    names = ChangedTarget.__struct_fields__
    return [ChangedTarget(**dict(zip(names, row, strict=True))) for row in found]
