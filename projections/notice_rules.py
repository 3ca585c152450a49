"""Rules on notices: quiet hours, escalation and lead times, as they hold from each day on."""

import datetime as dt

from domain.facts.base import Fact
from domain.facts.notices import NoticeRulesSet
from domain.people.notices import NoticeRules
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "notice_rules"
VERSION = 1
TABLES = ("notice_rule",)
FACTS = frozenset({"notice_rules_set", "fact_voided"})

SCHEMA = """
create table notice_rule (
    position            bigint primary key,
    effective_on        date   not null,
    quiet_from          time,
    quiet_until         time   check ((quiet_until is null) = (quiet_from is null)),
    escalate_after_days int    check (escalate_after_days > 0),
    credential_months   int    check (credential_months > 0),
    void_position       bigint check (void_position > position)
);
comment on table notice_rule is 'When people are told of warnings and reminders, one row a fact.';
comment on column notice_rule.position is 'Of the fact in the journal.';
comment on column notice_rule.quiet_from is 'In the zone of the ledger; null for no quiet hours.';
comment on column notice_rule.escalate_after_days is 'Until the next in line is told; null for never.';
comment on column notice_rule.credential_months is 'Before it expires; null for the usual time.';
comment on column notice_rule.void_position is 'Position of the void that cancelled the fact.';
"""

RULES = "select {columns} from notice_rule where {known} order by position"


def project(cursor: Cursor, span: Span) -> None:
    """Adds the rules of the span, and marks those voided in it."""
    rows = [row(position, fact) for position, fact in facts_of(cursor, span, "notice_rules_set")]
    store(cursor, "notice_rule", rows)
    mark_voided(cursor, span, *TABLES)


def row(position: int, fact: Fact) -> NoticeRules:
    """The row that `fact` brings."""
    assert isinstance(fact, NoticeRulesSet)
    return NoticeRules(
        position=position,
        effective_on=fact.effective_on,
        quiet_from=_clock(fact.quiet_from),
        quiet_until=_clock(fact.quiet_until),
        escalate_after_days=fact.escalate_after_days,
        credential_months=fact.credential_months,
    )


def notice_rules(cursor: Cursor, known_at: int | None = None) -> list[NoticeRules]:
    """All rules on notices, by position."""
    return fetch(cursor, NoticeRules, RULES, {}, known_at)


def _clock(text: str | None) -> dt.time | None:
    return None if text is None else dt.time.fromisoformat(text)
