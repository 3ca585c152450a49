"""The database hashes the very lines that an auditor hashes."""

import datetime as dt

from given import NOW, drafted, visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealing import leaf_hashes

from domain.journal.append import Journal
from domain.journal.leaves import leaves

carried = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="".join(map(chr, range(32))) + "\x7f"),
    min_size=1,
    max_size=30,
)

instants = st.integers(631_152_000_000_000, 253_402_000_000_000_000).map(
    lambda micros: dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=micros)
)
"""From 1990 to 9999."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.tuples(carried, carried, carried, carried),
    tags=st.lists(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1), max_size=3
    ),
    data=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")),
    causation=st.none() | st.just(1),
    occurred_at=instants,
)
def test_a_line_made_in_sql_is_the_record_line(
    journal: Journal,
    texts: tuple[str, str, str, str],
    tags: list[str],
    data: str,
    causation: int | None,
    occurred_at: dt.datetime,
) -> None:
    """Quotes, backslashes, controls, characters of all planes: the same bytes, or the leaf is wrong."""
    source, key, actor, kind = texts
    head = journal.head()
    odd = drafted(
        visit(data or "x", "C", kind="k"),
        source=source,
        key=f"{key}-{head}",
        actor=actor,
        occurred_at=occurred_at,
    )
    odd = odd._replace(type=kind, tags=tuple(tags), causation=causation if head else None)
    journal.append([odd], now=NOW)
    with journal.cursor() as cursor:
        found = leaves(cursor, head, head + 1)
    assert [found.hashes[:32]] == leaf_hashes(journal, head + 1)[head:]
