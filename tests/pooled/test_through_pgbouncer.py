"""A ledger behind PgBouncer in transaction mode: any transaction may have any session."""

import asyncio
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from conftest import new_database
from given import LEDGER, NOW, visits
from pooled.bouncer import PROGRAM, SESSIONS, Bouncer, bouncer
from served import Service, fact, open_shanghai, served

from api.ops import open_ledger
from api.settings import Settings
from api.unready import NotReady
from domain.journal.append import ConditionFailed, Journal
from domain.journal.batch import COPY_FROM
from domain.journal.connection import said_by_pooler
from domain.journal.group_commit import GroupCommit
from domain.journal.query import Condition, Selector

pytestmark = pytest.mark.skipif(
    PROGRAM is None and not os.environ.get("MERITBOOK_TEST_PGBOUNCER"),
    reason="pgbouncer is not installed; CI installs Debian's",
)

CLIENTS = 8
QUESTION_SECONDS = 120


class Scene(NamedTuple):
    """A service behind a pooler whose databases are `told`, as it must be, and some that are not."""

    service: Service
    pooler: Bouncer
    dsn: str
    home: Path

    def journal(self) -> Journal:
        return Journal(self.dsn, LEDGER, pooler=self.pooler.address("told"))


@pytest.fixture(scope="module")
def scene(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("home")
    told = said_by_pooler(LEDGER, QUESTION_SECONDS)
    begins = {
        "told": told,
        "silent": "",
        "other": told.replace(f"search_path = {LEDGER}", "search_path = another"),
        "owner": told.replace("set role = meritbook_service; ", ""),
        "endless": told.replace("lock_timeout = 3000", "lock_timeout = 0"),
    }
    with (
        new_database(postgres, template) as dsn,
        bouncer(dsn, begins) as pooler,
        served(dsn, home, pooler_url=pooler.address("told")) as service,
    ):
        open_shanghai(service)
        yield Scene(service, pooler, dsn, home)


def test_sessions_are_handed_out_by_the_transaction_and_are_fewer_than_clients(scene: Scene) -> None:
    """Each of more clients than sessions holds a connection open, and all are answered."""
    shown = {row["key"]: row["value"] for row in scene.pooler.shows("config")}
    assert (shown["pool_mode"], shown["default_pool_size"]) == ("transaction", str(SESSIONS))
    with ThreadPoolExecutor(CLIENTS) as threads:
        clients = [psycopg.connect(scene.pooler.address("told"), autocommit=True) for _ in range(CLIENTS)]
        try:
            asked = threads.map(lambda client: client.execute("select pg_backend_pid()").fetchone(), clients)
            sessions = {row[0] for row in asked if row is not None}
        finally:
            for client in clients:
                client.close()
    assert 1 <= len(sessions) <= SESSIONS


def test_facts_sent_at_once_are_all_written_and_read(scene: Scene) -> None:
    """By the group commit of the service; then its readers are asked at once."""

    def send(number: int) -> set[int]:
        found: set[int] = set()
        client = scene.service.client("integration")
        for each in range(5):
            sent = fact("customer_registered", {"employee": "E1", "customer": f"P{number}-{each}"})
            answer = client.post("/v1/facts", json=sent)
            assert answer.status_code in (200, 201), answer.text
            found.add(answer.json()["position"])
        return found

    with ThreadPoolExecutor(CLIENTS) as threads:
        sent = list(threads.map(send, range(CLIENTS)))
    positions = {position for each in sent for position in each}
    assert len(positions) == CLIENTS * 5
    with ThreadPoolExecutor(CLIENTS) as threads:
        told = threads.map(lambda at: scene.service.http.get(f"/v1/facts/{at}").json()["position"], positions)
        assert set(told) == positions
        assert all(threads.map(scene.service.get, ["/v1/employees/E1"] * CLIENTS))


@pytest.mark.parametrize("facts", [3, COPY_FROM + 1])
def test_writers_take_turns_whatever_session_they_get(scene: Scene, facts: int) -> None:
    """Statements, and copies in a transaction; positions have no holes."""
    with scene.journal() as journal, ThreadPoolExecutor(CLIENTS) as threads:
        before = journal.head()
        told = threads.map(lambda _: journal.append(visits(facts), now=NOW), range(CLIENTS))
        positions = sorted(receipt.position for receipts in told for receipt in receipts)
        assert journal.head() >= max(positions)
        assert len(set(positions)) == CLIENTS * facts and positions[0] > before
        found = [record.position for record in journal.read(before)]
        assert found == list(range(before + 1, before + 1 + len(found)))


def test_a_condition_is_asked_in_the_transaction_that_writes(scene: Scene) -> None:
    with scene.journal() as journal:
        head = journal.head()
        everything = Condition((Selector(("visit_recorded",)),), after=head)
        journal.append(visits(1), now=NOW)
        with pytest.raises(ConditionFailed):
            journal.append(visits(1), now=NOW, condition=everything)


def test_facts_that_arrive_together_share_a_commit(scene: Scene) -> None:
    """No statement is kept prepared: another session would not know it."""

    async def write() -> list[int]:
        with scene.journal() as journal:
            async with GroupCommit(journal, clock=lambda: NOW) as door:
                receipts = await asyncio.gather(*(door.append(each) for each in visits(40)))
                return [receipt.position for receipt in receipts]

    assert len(set(asyncio.run(write()))) == 40


def test_who_waits_for_facts_is_woken_past_the_pooler(scene: Scene) -> None:
    with scene.journal() as journal, journal.wakeup() as wakeup:
        wakeup.wait(0)
        journal.append(visits(1), now=NOW)
        waiting = threading.Thread(target=wakeup.wait, args=(60.0,))
        waiting.start()
        waiting.join(30.0)
        assert not waiting.is_alive()


@pytest.mark.parametrize("database", ["silent", "other", "owner", "endless"])
def test_sessions_that_are_not_the_ledgers_are_refused(scene: Scene, database: str) -> None:
    """Before anything is written where it does not belong; what to tell the pooler is said."""
    pooler = scene.pooler.address(database)
    settings = Settings(home=scene.home, database_url=scene.dsn, ledger=LEDGER, pooler_url=pooler)
    with pytest.raises(NotReady) as refused, open_ledger(settings):
        pass
    assert said_by_pooler(LEDGER, QUESTION_SECONDS) in refused.value.remedy
