"""Keeps the read models up with the journal: span by span, rows and position in one transaction."""

from collections.abc import Iterable

from projections.registry import PROJECTIONS
from projections.spans import Connection, Projection
from projections.tables import make_indexes, make_positions, make_tables, record

LOCK = "select pg_advisory_xact_lock(hashtextextended('read models ' || current_schema(), 0))"


def create(connection: Connection, projections: Iterable[Projection] = PROJECTIONS) -> list[str]:
    """Makes the read models that the ledger does not have yet, empty and at position 0; their names.

    connection: as owner of the schema. A model that is added to a ledger with facts must be rebuilt
    before the runner goes on, which says so.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        make_positions(cursor)
        made = {name for (name,) in cursor.execute("select name from projection")}
        lacking = [projection for projection in projections if projection.NAME not in made]
        for projection in lacking:
            make_tables(cursor, projection)
            make_indexes(cursor, projection)
        record(cursor, lacking, 0)
        return [projection.NAME for projection in lacking]
