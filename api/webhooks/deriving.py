"""From facts to deliveries: each webhook goes through the journal at its own pace and misses nothing.

The deliveries of a stretch of facts and the position up to which it reaches commit together, so a crash at
any moment leaves either both or neither.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from api.accounts.account import PREFIX
from api.audit import people_of
from api.reach import reached_by
from api.roles import MAY
from api.telling import told
from api.telling_results import result_told
from api.webhooks import queue, subscriptions
from api.webhooks.events import (
    CORRECTIONS,
    FACT,
    OF_ALL,
    STATEMENT,
    StatementClosed,
    body_of,
    fact_told,
    fact_types,
    may_be_told,
    message_of,
    needs,
)
from api.webhooks.queue import Fresh
from api.webhooks.subscriptions import Webhook
from domain.facts.base import Fact
from domain.facts.registry import decode
from domain.journal.lookup import at_positions
from domain.journal.query import Selector
from domain.journal.read import matching
from domain.journal.record import Record, instant_text
from domain.people.roster import has_left
from domain.period import Period
from projections import reach, roster
from projections.display import anonymous
from projections.titles import Titles, titles

STRETCH_FACTS = 500
MOST_WAITING = 2_000
"""A webhook with so many deliveries waiting goes no further for now: the journal keeps the rest."""

ACCOUNT_OVER = """
select removed_at is not null or locked_at is not null or role <> %(role)s or scope <> %(scope)s
from account where name = %(name)s"""

CLOSED = """
select s.employee, s.total_minor, s.currency, s.digest, p.period
from closed_period p join statement s on s.period = p.period
where p.position = %(position)s and (%(employees)s::text[] is null or s.employee = any(%(employees)s))
order by s.employee"""


class _About(NamedTuple):
    """What has to be known beside a fact. types: of what is voided or confirmed, by position.

    hidden: those who chose not to be named on boards. called: what ids are called that are not people's.
    """

    types: Mapping[int, str]
    hidden: frozenset[str]
    called: Titles


class Seen(NamedTuple):
    """Whom a webhook is told about.

    reached: those whom its maker reaches; None for everybody. chosen: those of them whom it was narrowed to.
    """

    reached: frozenset[str] | None
    chosen: frozenset[str] | None

    @property
    def people(self) -> frozenset[str] | None:
        """Everybody it is told about; None for everybody there is."""
        if self.chosen is None or self.reached is None:
            return self.reached if self.chosen is None else self.chosen
        return self.chosen & self.reached

    def shows(self, people: frozenset[str]) -> bool:
        """Whether what names `people` may be told: all within reach, and one of those that were chosen."""
        within = self.reached is None or people <= self.reached
        return within and (self.chosen is None or bool(people & self.chosen))


def seen_by(cursor: Cursor[Any], asked: Webhook, today: dt.date) -> Seen:
    """Whom `asked` is told about today."""
    caller, day = asked.caller(), Period("month", today, today)
    if caller.scope not in ("all", "self"):
        caller = msgspec.structs.replace(caller, reached=reached_by(cursor, caller, day))
    chosen: frozenset[str] | None = None
    if asked.only_people or asked.only_branches:
        chosen = frozenset(asked.only_people)
        if asked.only_branches:
            chosen |= reach.in_branches(cursor, asked.only_branches, day)
    return Seen(caller.within, chosen)


def is_over(cursor: Cursor[Any], asked: Webhook, today: dt.date) -> bool:
    """Whether the person who made `asked` works here no longer, or may no longer sign in as who they were."""
    if asked.employee is not None and has_left(roster.changes(cursor, [asked.employee]), today):
        return True
    if not asked.maker.startswith(PREFIX):
        return False
    named = {"name": asked.maker.removeprefix(PREFIX), "role": asked.role, "scope": asked.scope}
    row = cursor.execute(ACCOUNT_OVER, named).fetchone()
    return row is None or bool(row[0])


def derive(cursor: Cursor[Any], name: str, upto: int, today: dt.date, at: dt.datetime) -> bool:
    """Adds the deliveries of the next stretch of facts for one webhook; whether there is more to be done now.

    upto: up to which position the read models are counted. To be called in a transaction.
    """
    asked = subscriptions.webhook(cursor, name, lock=True)
    if asked is None or asked.told_position >= upto:
        return False
    types = fact_types(asked.events)
    if queue.waiting(cursor, name) >= MOST_WAITING:
        return False
    records: list[Record] = []
    if types:
        found = matching(cursor, (Selector(tuple(types)),), asked.told_position, STRETCH_FACTS)
        records = [record for record in found if record.position <= upto]
    reaches = records[-1].position if len(records) == STRETCH_FACTS else upto
    if records:
        seen = seen_by(cursor, asked, today)
        about = _About(_types_about(cursor, records), frozenset(anonymous(cursor)), titles(cursor))
        fresh = [each for record in records for each in _fresh(cursor, asked, seen, record, about)]
        queue.add(cursor, name, fresh, at)
    cursor.execute(subscriptions.SKIP, {"webhook": name, "position": reaches})
    return reaches < upto


def _fresh(cursor: Cursor[Any], asked: Webhook, seen: Seen, record: Record, about: _About) -> Iterator[Fresh]:
    event = f"{FACT}{record.type}"
    fact = decode(record.type, record.data)
    if event in asked.events and _is_told(asked, seen, record, fact, about):
        yield Fresh(
            message_of(asked.webhook, "fact", record.position, record.source, record.key),
            event,
            record.position,
            body_of(event, instant_text(record.occurred_at), fact_told(record, fact)),
            told(fact, asked.language, about.called),
        )
    if record.type == "period_closed" and STATEMENT in asked.events and may_be_told(asked.role, STATEMENT):
        yield from _statements(cursor, asked, seen, record)


def _is_told(asked: Webhook, seen: Seen, record: Record, fact: Fact, about: _About) -> bool:
    """Whether a webhook is told of a fact: by the rights of its role, and by whom the fact is about."""
    mended = about.types.get(getattr(fact, "position", 0), "") if record.type in CORRECTIONS else ""
    event = f"{FACT}{mended or record.type}"
    if not may_be_told(asked.role, event) or (mended and needs(event) not in MAY[asked.role]):
        return False
    people = frozenset(people_of([record]))
    # Who chose not to be named on boards is not named to a group, nor to whoever sees boards only.
    names_people = asked.form == "standard" and "read_people" in MAY[asked.role]
    if record.type == "honour_awarded" and people & about.hidden and not names_people:
        return False
    if people:
        return seen.shows(people)
    branch = next((tag.partition(":")[2] for tag in record.tags if tag.startswith("branch:")), None)
    if asked.only_people or (asked.only_branches and branch not in asked.only_branches):
        return False
    return asked.scope == "all" or needs(event) in OF_ALL


def _types_about(cursor: Cursor[Any], records: list[Record]) -> dict[int, str]:
    """The types of the facts that `records` void or confirm, by position."""
    facts = (decode(record.type, record.data) for record in records if record.type in CORRECTIONS)
    positions = {int(getattr(fact, "position", 0)) for fact in facts}
    return {each.position: each.type for each in at_positions(cursor, positions)}


def _statements(cursor: Cursor[Any], asked: Webhook, seen: Seen, record: Record) -> Iterator[Fresh]:
    people = seen.people
    named = {"position": record.position, "employees": None if people is None else sorted(people)}
    for employee, total_minor, currency, digest, period in cursor.execute(CLOSED, named).fetchall():
        closed = StatementClosed(
            employee=employee,
            period=period,
            position=record.position,
            total_minor=total_minor,
            currency=currency,
            digest=digest,
        )
        yield Fresh(
            message_of(asked.webhook, STATEMENT, record.position, record.key, employee),
            STATEMENT,
            record.position,
            body_of(STATEMENT, instant_text(record.occurred_at), closed),
            result_told(STATEMENT, closed, asked.language),
        )
