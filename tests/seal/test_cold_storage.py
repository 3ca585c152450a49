"""Partitions in cold storage: whoever reads, pays, proves or replays finds what was there before."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from book import ENGINE
from cold import NOW, PART, ColdScene
from conftest import new_database
from given import LEDGER

from api.bulk.tables import TABLES
from api.exporting import export
from api.ops import open_ledger
from api.verify import verify
from domain.facts.governance import FactVoided
from domain.journal import cold, read, sealed
from domain.journal.append import Condition, ConditionFailed
from domain.journal.cold import ColdFileUnusable
from domain.journal.cold_store import ColdStoreRefused, bring_back, drop, listed, store, working
from domain.journal.connection import connect
from domain.journal.lookup import at_positions, stored_keys
from domain.journal.query import Selector
from domain.journal.recheck import recheck
from domain.journal.record import Draft, Record, draft
from domain.period import Period
from domain.refusals import KeyReused
from projections.explain import explain
from projections.replay import replay
from projections.trail import Wanted, trail

MARCH = Period.parse("2025-03")


class Scene(NamedTuple):
    """The ledger with its first partitions dropped. before: its records; explained: E1's payslip."""

    cold: ColdScene
    before: list[Record]
    explained: Any


@pytest.fixture(scope="module")
def scene(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with new_database(postgres) as dsn:
        made = ColdScene(dsn, tmp_path_factory.mktemp("cold"))
        before = list(made.journal.read())
        with made.book.cursor() as cursor:
            explained = explain(cursor, "E1", MARCH, engine=ENGINE)
        made.seal()
        parts = made.drop(made.store())
        assert [part.number for part in parts] == [1, 2]
        yield Scene(made, before, explained)
        made.journal.close()


def _again(record: Record) -> Draft:
    return Draft(
        record.type, record.source, record.key, record.occurred_at, record.actor, record.causation,
        record.data, record.tags, b"",
    )  # fmt: skip


def test_visits_stand_in_the_file_alone_and_rules_in_the_database(scene: Scene) -> None:
    with connect(scene.cold.dsn, LEDGER) as service:
        types = {
            type for (type,) in service.execute("select type from journal where position <= %s", [2 * PART])
        }
        assert types == {"ledger_opened", "branch_opened", "employee_hired", "plan_adopted"}
    table = parquet.read_table(next(iter(sorted(scene.cold.place.iterdir()))))
    assert table.num_rows == PART
    assert table.schema.metadata[b"meritbook.format"] == b"meritbook-cold/1"
    assert table.column("position").to_pylist() == list(range(1, PART + 1))


def test_reading_finds_the_same_records_in_any_way(scene: Scene) -> None:
    journal, before = scene.cold.journal, scene.before
    assert list(journal.read(upto=len(before))) == before
    assert list(journal.read(5, limit=20)) == before[5:25]
    assert [journal.at(position) for position in (9, 17, 33)] == [before[8], before[16], before[32]]
    with journal.cursor() as cursor:
        assert at_positions(cursor, range(1, 41)) == before[:40]
        for record in before:
            assert read.find(cursor, record.source, record.key) == record


def test_facts_are_found_by_type_and_tag(scene: Scene) -> None:
    with scene.cold.journal.cursor() as cursor:
        visits = [record for record in scene.before if record.type == "visit_recorded"]
        assert read.page(cursor, 0, 7, types=["visit_recorded"]) == visits[:7]
        clients = (Selector(tags=("customer:C1",)),)
        found = read.matching(cursor, clients, 0, 3)
        assert found == [record for record in scene.before if "customer:C1" in record.tags][:3]


def test_an_instant_has_its_position(scene: Scene) -> None:
    with scene.cold.journal.cursor() as cursor:
        for instant in {record.recorded_at for record in scene.before}:
            last = max(each.position for each in scene.before if each.recorded_at <= instant)
            assert read.position_as_of(cursor, instant) >= last
        assert read.position_as_of(cursor, scene.before[0].recorded_at - dt.timedelta(seconds=1)) == 0


def test_a_key_is_known_for_ever(scene: Scene) -> None:
    """A redelivery finds its fact in the file; the same key with other content is refused."""
    journal = scene.cold.journal
    with journal.cursor() as cursor:
        keys = stored_keys(cursor, [(each.source, each.key) for each in scene.before])
    assert [keys[each.source, each.key].position for each in scene.before] == list(
        range(1, len(scene.before) + 1)
    )
    same = [
        _again(each)._replace(content_hash=keys[each.source, each.key].content_hash)
        for each in scene.before[4:40]
    ]
    head = journal.head()
    receipts = journal.append(same, now=NOW)
    assert [(each.position, each.hit) for each in receipts] == [(at, True) for at in range(5, 41)]
    assert receipts[6].recorded_at == scene.before[10].recorded_at
    assert [each.position for each in journal.append(same[3:4], now=NOW)] == [8]
    with pytest.raises(KeyReused, match="position 8"):
        journal.append([same[3]._replace(content_hash=bytes(32))], now=NOW)
    assert journal.append_new(same, now=NOW) == []
    assert journal.head() == head


def test_every_record_is_hashed_anew(scene: Scene) -> None:
    """What a restored backup is held against: the trees come out as they were signed."""
    scene.cold.seal()
    with scene.cold.journal.cursor() as cursor:
        signed = [each.checkpoint for each in sealed.checkpoints(cursor)]
        assert recheck(cursor, signed) >= len(scene.before)


def test_a_payslip_is_explained_down_to_facts_in_the_file(scene: Scene) -> None:
    with scene.cold.book.cursor() as cursor:
        assert explain(cursor, "E1", MARCH, known_at=len(scene.before), engine=ENGINE) is not None
        explained = explain(cursor, "E1", MARCH, engine=ENGINE)
        assert explained is not None
        keys = {fact.key for each in explained.evidence for fact in each.facts}
    assert keys == {fact.key for each in scene.explained.evidence for fact in each.facts}
    assert len(keys) > 3 and None not in keys


def test_a_replay_comes_to_the_same_rows(scene: Scene) -> None:
    scene.cold.book.runner.catch_up()
    replayed = replay(scene.cold.dsn, LEDGER, and_compare=True)
    assert replayed.compared is not None and replayed.compared.difference is None
    past = replay(scene.cold.dsn, LEDGER, 30, and_compare=True)
    assert past.position == 30 and past.compared is not None and past.compared.difference is None


def test_an_export_verifies(scene: Scene, tmp_path: Path) -> None:
    with open_ledger(scene.cold.settings) as ledger:
        export(ledger, tmp_path / "export")
        with ledger.pool.connection() as connection, connection.cursor() as cursor:
            lines = [
                line
                for batch in TABLES["facts"].batches(
                    lambda ask: ask(cursor), MARCH, len(scene.before), lambda _: None
                )
                for line in batch
            ]
    assert verify(tmp_path / "export", (), [_key(scene)]).valid
    records = (tmp_path / "export" / "records.ndjson").read_bytes().splitlines()
    happened = [
        line
        for line, record in zip(records, scene.before, strict=False)
        if MARCH.has((record.occurred_at + dt.timedelta(hours=8)).date())
    ]
    assert lines == happened


def _key(scene: Scene) -> str:
    with scene.cold.journal.cursor() as cursor:
        return str(sealed.keys(cursor)[0].key)


@pytest.mark.parametrize("newest", [False, True])
@pytest.mark.parametrize("narrowed", [{}, {"employee": "E1"}, {"types": ("visit_recorded",)}, {"key": "9"}])
def test_the_trail_goes_through_files(scene: Scene, newest: bool, narrowed: dict[str, Any]) -> None:
    head = len(scene.before)
    wanted, found = Wanted(newest=newest, upto=head, **narrowed), list[int]()
    with scene.cold.journal.cursor() as cursor:
        while True:
            page = trail(cursor, wanted, 5)
            found += [record.position for record in page.records]
            if page.looked_to is None:
                break
            wanted = wanted.behind(page.looked_to)
    expected = [record.position for record in scene.before if Wanted(**narrowed).has(record)]
    assert found == (expected[::-1] if newest else expected)


def test_a_visit_in_the_file_is_voided_and_the_month_put_right(scene: Scene) -> None:
    """The late void reaches the closed month: what was settled and what is due now differ by one visit."""
    book = scene.cold.book
    position = next(each.position for each in scene.before if each.type == "visit_recorded")
    settled = sum(book.paid("E1").values())
    book.void(position)
    book.close("2025-04")
    april = book.paid("E1", "2025-04")
    assert april["visits of 2025-03"] == -1_000
    assert sum(book.paid("E1").values()) == settled
    slip = book.payslip("E1", "2025-04")
    assert slip is not None
    with book.cursor() as cursor:
        told = explain(cursor, "E1", Period.parse("2025-04"), engine=ENGINE)
        assert told is not None and str(position) in repr(told)


def test_conditions_see_facts_in_files_that_rules_look_at(scene: Scene) -> None:
    hired = Condition((Selector(("employee_hired",), ("employee:E1",)),))
    made = draft(
        FactVoided(position=1, reason="x"), source="test", key="conditional", occurred_at=NOW, actor="t"
    )
    with pytest.raises(ConditionFailed):
        scene.cold.journal.append([made], now=NOW, condition=hired)


def test_a_file_that_is_gone_or_altered_is_named(scene: Scene) -> None:
    file = sorted(scene.cold.place.iterdir())[1]
    away = file.with_suffix(".away")
    file.rename(away)
    try:
        with scene.cold.journal.cursor() as cursor:
            with pytest.raises(ColdFileUnusable, match=str(file)):
                at_positions(cursor, [20])
            assert at_positions(cursor, [10]) == [scene.before[9]]
            table = parquet.read_table(away)
            actors = pa.array(["somebody"] * table.num_rows, pa.string())
            parquet.write_table(table.set_column(table.schema.names.index("actor"), "actor", actors), file)
            with pytest.raises(ColdFileUnusable, match=f"{file.name}.*Position 17 is not what was sealed"):
                at_positions(cursor, range(17, 33))
            file.write_bytes(away.read_bytes()[:-30])
            with pytest.raises(ColdFileUnusable, match=file.name):
                at_positions(cursor, [20])
    finally:
        away.replace(file)


def test_what_is_not_sealed_or_not_written_is_not_dropped(scene: Scene) -> None:
    with working(scene.cold.dsn, LEDGER) as cursor:
        parts = listed(cursor)
        with pytest.raises(ColdStoreRefused, match="has no file"):
            drop(cursor, parts[-1], NOW)
        with pytest.raises(ColdStoreRefused, match="not full and sealed"):
            store(cursor, parts[-1], scene.cold.place, NOW, lambda _: None)
        with (
            pytest.raises(ColdStoreRefused, match="Somebody else"),
            working(scene.cold.dsn, LEDGER),
        ):
            pass


def test_a_partition_is_brought_back_and_dropped_again(scene: Scene) -> None:
    with working(scene.cold.dsn, LEDGER) as cursor:
        first = listed(cursor)[0]
        assert bring_back(cursor, first, lambda _: None).dropped_at is None
        assert [part.number for part in cold.parts(cursor)] == [2]
        assert cursor.execute("select count(*) from journal where position <= %s", [PART]).fetchone() == (
            PART,
        )
        again = list(scene.cold.journal.read(upto=len(scene.before)))
        assert drop(cursor, listed(cursor)[0], NOW).dropped_at == NOW
    assert again == list(scene.cold.journal.read(upto=len(scene.before))) == scene.before


def test_nothing_is_dropped_while_somebody_reads_all(scene: Scene) -> None:
    with (
        connect(scene.cold.dsn, LEDGER, autocommit=True) as reader,
        cold.held_warm(reader, LEDGER),
        working(scene.cold.dsn, LEDGER) as cursor,
        pytest.raises(ColdStoreRefused, match="A replay"),
    ):
        bring_back(cursor, listed(cursor)[1], lambda _: None)
