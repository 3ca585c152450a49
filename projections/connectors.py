"""Connectors: how the records of each other system become facts, in versions."""

import datetime as dt

import msgspec

from projections.rows import fetch
from projections.spans import Cursor, Span, mark_voided

NAME = "connectors"
VERSION = 1
TABLES = ("connector_version",)
FACTS = frozenset({"connector_set", "connector_removed", "fact_voided"})

SCHEMA = """
create table connector_version (
    position      bigint      primary key,
    connector     text        not null collate "C",
    document      text,
    document_hash text        collate "C" check ((document_hash is null) = (document is null)),
    set_at        timestamptz not null,
    set_by        text        not null collate "C",
    void_position bigint      check (void_position > position)
);
create index connector_version_by_connector on connector_version (connector, position);
comment on table connector_version is 'Versions of the mappings of connectors; the last one is in use.';
comment on column connector_version.position is 'Of the fact in the journal.';
comment on column connector_version.document is 'The mapping as JSON; null where the connector was removed.';
comment on column connector_version.void_position is 'Position of the void that cancelled the fact.';
"""

VERSIONS_SPAN = """
insert into connector_version (position, connector, document, document_hash, set_at, set_by)
select
    position, data ->> 'connector', data ->> 'document', data ->> 'document_hash', occurred_at, actor
from journal
where position > %(after)s and position <= %(upto)s and type in ('connector_set', 'connector_removed')"""

VERSIONS = """
select {columns} from connector_version
where (%(connector)s::text is null or connector = %(connector)s) and {known}
order by connector, position"""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a connector's mapping, or its removal, of which document is None."""

    position: int
    connector: str
    document: str | None
    document_hash: str | None
    set_at: dt.datetime
    set_by: str


def project(cursor: Cursor, span: Span) -> None:
    """Adds the versions of the span, and marks those voided in it."""
    cursor.execute(VERSIONS_SPAN, span.bounds)
    mark_voided(cursor, span, *TABLES)


def versions(cursor: Cursor, connector: str | None = None, known_at: int | None = None) -> list[Version]:
    """Every version of every connector, or of this one; by connector, in their order."""
    return fetch(cursor, Version, VERSIONS, {"connector": connector}, known_at)


def in_use(cursor: Cursor, known_at: int | None = None) -> list[Version]:
    """The mapping of each connector that takes records; by connector."""
    last = {each.connector: each for each in versions(cursor, None, known_at)}
    return [each for each in last.values() if each.document is not None]
