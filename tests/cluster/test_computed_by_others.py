"""Closes and what-ifs that other processes compute: the same to the last byte, whoever dies meanwhile."""

import pickle
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
import psycopg
import pytest
from book import Book
from cluster.dask_cluster import DaskCluster, dask_cluster
from commanded import environment_of, ran
from conftest import new_database
from faults.campaign import rounds
from faults.embedded_user import until
from given import LEDGER
from given_plan import document
from psycopg.conninfo import conninfo_to_dict

from api.cluster import hand
from api.cluster.crew import DaskCrew, crew_of
from api.cluster.failure import ClusterFailed
from api.cluster.schedulers import client_of
from api.settings import Settings
from domain.journal.append import Journal
from domain.journal.canonical import canonical
from domain.journal.connection import connect
from domain.period import Period
from domain.plan.parse import plan_document
from domain.plan.problems import PlanInvalid, Problem
from domain.plan.varying import read_range
from projections import closing
from projections.closing import Closing
from projections.crew import Crew, shares
from projections.simulated import Simulation
from projections.simulation import WhatIf, simulate

pytest.importorskip("distributed", reason="pip install 'meritbook[cluster]'")

FEBRUARY, MARCH = Period.parse("2025-02"), Period.parse("2025-03")
PLAN = """
parameters: {bonus: {value: 50}}
boards: [{id: top, title: Top, measure: clients}]
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: {parameter: bonus}}
  - {id: two, title: Two deals, kind: threshold, measure: deals, reaches: 2, pays: 300}
  - {id: top, title: Top, kind: rank, board: top, pays: [500, 300]}
  - id: card
    title: Card
    kind: scorecard
    base: 3000
    parts: [{target: clients, weight: 60 %}, {target: close_rate, weight: 40 %}]
holdbacks: [{id: kept, title: Kept, share: 10 %, released_after_months: 1}]
"""
PEOPLE = 9

HELD = """
select count(*) from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query like '%%statement_line%%'"""


class Scene(NamedTuple):
    """A firm whose March is to be closed, where February changed after its close; and a cluster beside it."""

    book: Book
    dsn: str
    settings: Settings
    cluster: DaskCluster


@pytest.fixture(scope="module")
def scene(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with new_database(postgres, template) as dsn, Journal(dsn, LEDGER) as journal:
        book = Book(journal, dsn, LEDGER)
        book.adopt(PLAN)
        for number in range(1, PEOPLE + 1):
            employee = f"E{number}"
            book.hire(employee)
            for month in (FEBRUARY, MARCH):
                clients = [f"C{number}-{month}-{each}" for each in range(number % 4)]
                book.register(*clients, employee=employee, on=month.first_day)
                book.sell(f"D{number}-{month}", employee=employee, on=month.last_day)
        book.close(str(FEBRUARY))
        book.register("late", employee="E4", on=FEBRUARY.last_day)
        book.sell("D-late", employee="E5", on=FEBRUARY.last_day)
        book.runner.catch_up()
        settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=dsn, ledger=LEDGER)
        with dask_cluster({"MERITBOOK_DATABASE_URL": dsn}, workers=2) as cluster:
            yield Scene(book, dsn, settings, cluster)


def closed(scene: Scene, crew: Crew | None) -> Closing:
    with scene.book.cursor() as cursor:
        return closing.compute(cursor, MARCH, scene.book.journal.head(), crew)


def tried(scene: Scene, crew: Crew | None) -> Simulation:
    written = document(PLAN)
    written["parameters"]["bonus"]["value"] = 65
    curve = read_range("bonus=30..80/10")
    with scene.book.cursor() as cursor:
        asked = WhatIf(FEBRUARY, MARCH, plan_document(written), vary=curve)
        return simulate(cursor, asked, scene.book.journal.head(), crew=crew)


def as_bytes(scene: Scene, crew: Crew | None) -> tuple[list[bytes], Closing, bytes]:
    """All statements of the close, the close, and the simulation."""
    made = closed(scene, crew)
    assert closing.digest_of(made.statements) == made.digest
    assert len(made.statements) == PEOPLE
    return [*map(canonical, made.statements)], made, msgspec.json.encode(tried(scene, crew))


def test_one_process_two_workers_and_a_cluster_come_to_the_same_bytes(scene: Scene) -> None:
    """Retro lines, ranks, accounts, parts of a score, every value of a curve; local workers speak TLS."""
    alone = as_bytes(scene, None)
    lines = [line for statement in alone[1].statements for line in statement.lines]
    assert any(line.about for line in lines) and any(line.parts for line in lines)
    assert {"account", "rank", "scorecard"} <= {line.kind for line in lines}
    with crew_of("local:2", scene.settings, scene.dsn) as crew:
        assert crew is not None and crew.hands == 2
        assert as_bytes(scene, crew) == alone
    with crew_of(scene.cluster.address, scene.settings, scene.dsn) as crew:
        assert crew is not None
        assert as_bytes(scene, crew) == alone


def killed_meanwhile(scene: Scene, crew: Crew, victim: str) -> Closing:
    """The close, during which a worker is killed that has begun a part and is held up in the database."""
    with ThreadPoolExecutor(1) as thread, connect(scene.dsn, LEDGER, service=False) as holder:
        holder.execute("lock table statement_line in access exclusive mode")
        closing_it = thread.submit(closed, scene, crew)
        with psycopg.connect(scene.dsn, autocommit=True) as looking:
            until(lambda: looking.execute(HELD).fetchone() == (crew.hands,), seconds=60)
        scene.cluster.kill(victim)
        holder.rollback()
        return closing_it.result(timeout=120)


@rounds(1, soak=40)
def test_workers_killed_in_the_middle_change_nothing(scene: Scene, rounds: int) -> None:
    alone = closed(scene, None)
    with crew_of(scene.cluster.address, scene.settings, scene.dsn) as crew:
        assert crew is not None
        for _ in range(rounds):
            scene.cluster.require(2)
            until(lambda: crew.hands == 2, seconds=60)
            assert killed_meanwhile(scene, crew, scene.cluster.workers()[0]) == alone


def test_commands_ask_a_scheduler_and_nothing_shows_the_password(scene: Scene, tmp_path: Path) -> None:
    """A close is only proposed, so that whatever else asks for March finds it open."""
    scene.cluster.require(1)
    environment = environment_of(tmp_path, scene.dsn)
    done = ran(environment, "close", str(MARCH), "--propose", "--scheduler", scene.cluster.address, "--json")
    assert done.returncode == 0, done.stderr
    proposed: dict[str, Any] = msgspec.json.decode(done.stdout)
    with scene.book.cursor() as cursor:
        made = closing.compute(cursor, MARCH, proposed["known_at"])
    assert proposed["statements_digest"] == made.digest
    password = conninfo_to_dict(scene.dsn).get("password")
    said = [done.stderr, *scene.cluster.logs()]
    assert len(said) > 2 and not any(str(password) in each for each in said if password)


def refused(make: Callable[[], object], *words: str) -> None:
    with pytest.raises(ClusterFailed) as failed:
        make()
    assert failed.value.remedy and all(word in str(failed.value) for word in words), str(failed.value)


def entered(scheduler: str, **changes: Any) -> None:
    settings = Settings(home=Path("/nowhere"), ledger=LEDGER, **changes)
    with client_of(scheduler, settings, "dbname=nowhere"):
        pass


def test_a_scheduler_that_cannot_be_used_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TLS only on this machine, unless a setting allows it; then it is tried."""
    monkeypatch.setattr("api.cluster.schedulers.CONNECT_SECONDS", 0.3)
    for wrong in ("local:0", "http://a:1", "tcp://host", "tcp://a:b@host:1", "2"):
        refused(lambda wrong=wrong: entered(wrong), "is no scheduler", "local:2")
    refused(lambda: entered("tcp://192.0.2.1:8786"), "unencrypted", "tls://", "MERITBOOK_SCHEDULER_PLAIN")
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed_port = server.getsockname()[1]
    refused(lambda: entered(f"tcp://127.0.0.1:{closed_port}"), "does not answer", "dask scheduler")
    refused(
        lambda: entered(f"tcp://localhost.invalid:{closed_port}", scheduler_plain="on"), "does not answer"
    )


class Told:
    """A scheduler that knows of workers with this version."""

    def __init__(self, *versions: object) -> None:
        self._versions = versions

    def nthreads(self) -> dict[str, int]:
        return {f"tcp://w{number}": 1 for number, _ in enumerate(self._versions)}

    def run(self, *_: object, **__: object) -> dict[str, object]:
        return dict(zip(self.nthreads(), self._versions, strict=True))


def test_workers_that_cannot_be_used_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.cluster.crew.JOIN_SECONDS", 0.1)
    ours, order = version("meritbook"), hand.Order("", (), 0, b"")
    crew = lambda *versions: DaskCrew(cast(Any, Told(*versions)), order)  # noqa: E731
    crew(ours, ours).require()
    refused(crew().require, "no worker", "dask worker")
    refused(crew(ours, "0.0.9").require, "w1", "0.0.9", ours)
    refused(crew(PackageNotFoundError("meritbook")).require, "no Meritbook", ours)


def test_a_worker_of_another_program_or_ledger_makes_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both programs are named; of the database, who it is that lacks it, and no password."""
    order = hand.order(scene.dsn, (LEDGER,))
    monkeypatch.setenv("MERITBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("MERITBOOK_DATABASE_URL", raising=False)
    made = lambda order: hand.made(order, lambda cursor, part: part, 1)  # noqa: E731
    refused(lambda: made(order._replace(program="meritbook 0.0.9")), "0.0.9", hand.program())
    refused(lambda: made(order), "has no database", "MERITBOOK_DATABASE_URL")
    monkeypatch.setenv("MERITBOOK_DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/none?connect_timeout=2")
    refused(lambda: made(order), "does not reach its database")
    monkeypatch.setenv("MERITBOOK_DATABASE_URL", scene.dsn)
    assert made(order) == 1
    refused(lambda: made(order._replace(content_hash=b"other")), "another ledger")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        hand.made(order, lambda cursor, part: cursor.execute("delete from statement"), 1)


def test_a_refusal_and_a_failure_reach_whoever_asked() -> None:
    refusal = pickle.loads(pickle.dumps(PlanInvalid("a.yaml", [Problem("x", "Wrong.", "Mend it.")])))
    assert (refusal.file, refusal.field, refusal.remedy) == ("a.yaml", "x", "Mend it.")
    assert str(refusal) == "x: a.yaml: Wrong. Mend it."
    failed = pickle.loads(pickle.dumps(ClusterFailed("Lost.", "Find it.")))
    assert (failed.detail, failed.remedy) == ("Lost.", "Find it.")


@pytest.mark.parametrize(
    ("people", "hands", "most", "sizes"),
    [(0, 2, 5, []), (3, 0, 5, [3]), (12, 0, 5, [4, 4, 4]), (3, 2, 5, [1, 1, 1]), (10, 2, 9, [2, 3, 2, 3])],
)
def test_people_are_shared_out_evenly_and_in_order(
    people: int, hands: int, most: int, sizes: list[int]
) -> None:
    everybody = [f"E{number}" for number in range(people)]
    found = shares(everybody, hands, most)
    assert [len(each) for each in found] == sizes
    assert [who for each in found for who in each] == everybody
