"""Laws of the journal: every fact once, in order, without a hole, as it was said."""

from functools import cache
from itertools import pairwise
from typing import Any, get_type_hints

import msgspec
import rfc8785
from laws.simulation.memory import Told
from laws.simulation.world import World

from domain.facts.base import Fact
from domain.journal.record import Record, record_line

HASHES = "select position, content_hash from journal where position > %s order by position"


def new_records(world: World, known: int) -> None:
    """What came since position `known` stands there word for word, and nothing else came."""
    _agree(world, known)


def all_records(world: World) -> None:
    """Every record is what was said; positions have no hole, keys no twin, and time never falls."""
    records = _agree(world, 0)
    assert [record.position for record in records] == list(range(1, len(records) + 1)), "a hole"
    assert len({(record.source, record.key) for record in records}) == len(records), "a key twice"
    assert all(a.recorded_at <= b.recorded_at for a, b in pairwise(records)), "recorded_at falls"
    for record in records:
        line = msgspec.json.decode(record_line(record))
        assert rfc8785.dumps(line) == record_line(record), f"position {record.position} is not canonical"


def _agree(world: World, known: int) -> list[Record]:
    journal = world.ledger.journal
    assert journal.head() == world.memory.head, f"head {journal.head()}, told {world.memory.head}"
    records = list(journal.read(known))
    with journal.cursor() as cursor:
        hashes = dict(cursor.execute(HASHES, [known]).fetchall())
    assert len(records) == len(hashes) == world.memory.head - known
    for position, record in enumerate(records, known + 1):
        told = world.memory.at(position)
        _same(told, record, position)
        stored = msgspec.json.decode(record.data)
        assert hashes[position] == told.content_hash(stored), f"content hash of position {position}"
    return records


def _same(told: Told, record: Record, position: int) -> None:
    wanted = (position, told.fact.TYPE, told.source, told.key, told.occurred_at, told.actor, told.causation)
    stands = (record.position, record.type, *record[3:5], record.occurred_at, record.actor, record.causation)
    assert stands == wanted, f"{stands} stands for {wanted}"
    assert record.recorded_at == told.recorded_at, f"recorded_at of position {position}"
    assert set(record.tags) == set(told.tags), f"tags of position {position}: {record.tags}"
    said = {name: value for name, value in told.said.items() if name not in personal(type(told.fact))}
    stored: dict[str, Any] = msgspec.json.decode(record.data)
    hidden = {name: stored.pop(name) for name in personal(type(told.fact)) if name in stored}
    assert rfc8785.dumps(stored) == rfc8785.dumps(said), f"position {position}: {stored} for {said}"
    assert hidden.keys() == told.said.keys() - said.keys(), f"position {position}: {hidden}"


@cache
def personal(kind: type[Fact]) -> frozenset[str]:
    """The fields of a fact that hold personal data."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name in kind.__struct_fields__ if "x-personal" in repr(hints[name]))
