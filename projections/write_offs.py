"""Write-offs: what people owed and was given up, as known at a position."""

import msgspec

from domain.facts.accounts import BalanceWrittenOff
from projections.late import LateFact
from projections.opening import opening
from projections.rows import facts_of, store
from projections.spans import Cursor, Span, mark_voided

NAME = "write_offs"
VERSION = 1
TABLES = ("balance_write_off",)
FACTS = frozenset({"balance_written_off", "fact_voided"})

SCHEMA = """
create table balance_write_off (
    position      bigint primary key,
    employee      text   not null collate "C",
    plan          text   not null collate "C",
    account       text   not null collate "C",
    amount_minor  bigint not null check (amount_minor > 0),
    currency      text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table balance_write_off is 'What people owed on accounts of their plans and was given up.';
comment on column balance_write_off.position is 'Of the fact in the journal.';
comment on column balance_write_off.account is 'Id of a draw, or negative_balance.';
comment on column balance_write_off.amount_minor is 'In minor units; no more than was owed takes effect.';
comment on column balance_write_off.void_position is 'Position of the void that cancelled the fact.';

create index balance_write_off_of on balance_write_off (employee);
"""


class WriteOff(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `balance_write_off`."""

    position: int
    employee: str
    plan: str
    account: str
    amount_minor: int
    currency: str


BETWEEN = """
select w.position, j.type, j.source, j.key, (j.occurred_at at time zone %(zone)s)::date,
    case when w.void_position <= %(upto)s then w.void_position end
from balance_write_off w join journal j on j.position = w.position
where w.employee = %(employee)s and w.position <= %(upto)s
    and (w.position > %(after)s or (w.void_position > %(after)s and w.void_position <= %(upto)s))
order by w.position"""


def write_offs_between(cursor: Cursor, after: int, upto: int, employee: str) -> list[LateFact]:
    """What was written off for `employee`, or voided of it, at the positions (after, upto]."""
    zone = opening(cursor, upto).fact.zone
    asked = {"after": after, "upto": upto, "employee": employee, "zone": zone}
    return [LateFact(*row) for row in cursor.execute(BETWEEN, asked)]


def project(cursor: Cursor, span: Span) -> None:
    """Adds the write-offs of the span, and marks those voided in it."""
    found = [
        WriteOff(
            position=position,
            employee=fact.employee,
            plan=fact.plan,
            account=fact.account,
            amount_minor=fact.amount_minor,
            currency=fact.currency,
        )
        for position, fact in facts_of(cursor, span, "balance_written_off")
        if isinstance(fact, BalanceWrittenOff)
    ]
    store(cursor, "balance_write_off", found)
    mark_voided(cursor, span, *TABLES)
