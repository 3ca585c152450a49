"""Facts that arrive together: each answered, durable, and none the victim of another."""

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

import psycopg
import pytest
from given import LEDGER, NOW, drafted, visit, visits

from domain.journal import group_commit
from domain.journal.append import Condition, ConditionFailed, Journal, Receipt
from domain.journal.connection import connect
from domain.journal.group_commit import Closed, GroupCommit
from domain.journal.query import Selector
from domain.refusals import KeyReused

Scene = Callable[[GroupCommit], Awaitable[None]]
Clock = Callable[[], dt.datetime]


def play(journal: Journal, scene: Scene, *, queued_facts: int = 2_000, clock: Clock = lambda: NOW) -> None:
    """Runs `scene` with a writer, and closes it."""

    async def run() -> None:
        async with GroupCommit(journal, clock=clock, queued_facts=queued_facts) as group:
            await asyncio.wait_for(scene(group), 60)

    asyncio.run(run())


def test_everyone_gets_the_position_of_its_own_fact(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        drafts = visits(700)
        receipts = await asyncio.gather(*(group.append(draft) for draft in drafts))
        assert sorted(receipt.position for receipt in receipts) == list(range(1, 701))
        keys = {record.position: record.key for record in journal.read()}
        assert [keys[receipt.position] for receipt in receipts] == [draft.key for draft in drafts]
        assert {receipt[1:] for receipt in receipts} == {(False, NOW)}

    play(journal, scene)


def test_what_arrives_together_shares_commits(journal: Journal, ledger_dsn: str) -> None:
    def commits() -> int:
        with connect(ledger_dsn, LEDGER) as connection:
            row = connection.execute("select count(distinct xmin::text) from journal").fetchone()
            return row[0] if row else 0

    async def scene(group: GroupCommit) -> None:
        await asyncio.gather(*(group.append(draft) for draft in visits(400)))

    play(journal, scene)
    assert commits() <= 4


def test_half_of_those_who_send_on_and_on_are_waited_for(
    journal: Journal, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sends its next a moment after the one before it, whom a commit alone would have wait."""
    # As long as a commit takes: so long that all come, however much else the machine has to do.
    monkeypatch.setattr(group_commit, "MOST_PATIENCE_SECONDS", 1.0)

    def slow() -> dt.datetime:
        time.sleep(0.05)
        return NOW

    sent = count()

    async def client(group: GroupCommit, after: int) -> None:
        while next(sent) < 192:
            for _ in range(after):
                await asyncio.sleep(0)
            await group.append(drafted())

    async def scene(group: GroupCommit) -> None:
        await asyncio.gather(*(client(group, number) for number in range(16)))

    play(journal, scene, clock=slow)
    with connect(ledger_dsn, LEDGER) as connection:
        sizes = connection.execute(
            "select count(*) from journal group by xmin::text order by min(position)"
        ).fetchall()
    assert sum(size < 4 for (size,) in sizes) * 3 <= len(sizes), str(sizes)


def test_batches_that_arrive_together_share_commits_and_stand_each_whole(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        batches = [visits(100) for _ in range(9)]
        receipts = await asyncio.gather(*map(group.append_all, batches), group.append(drafted(key="one")))
        keys = {record.position: record.key for record in journal.read()}
        for batch, found in zip(batches, receipts, strict=False):
            assert [keys[receipt.position] for receipt in found] == [draft.key for draft in batch]
        assert journal.head() == 901

    play(journal, scene)


def test_a_batch_that_contradicts_is_withheld_whole_and_alone(journal: Journal) -> None:
    journal.append([drafted(visit("E1"), key="old")], now=NOW)

    async def scene(group: GroupCommit) -> None:
        wrong = [*visits(150), drafted(visit("E2"), key="old")]
        again = [drafted(visit("E1"), key="old"), *visits(150)]
        answers = await asyncio.gather(
            *map(group.append_all, (visits(150), wrong, again)),
            *(group.append(draft) for draft in visits(20)),
            return_exceptions=True,
        )
        assert isinstance(answers.pop(1), KeyReused)
        assert all(isinstance(answer, Sequence | Receipt) for answer in answers)
        assert next(iter(answers[1])) == Receipt(1, True, NOW)  # type: ignore[arg-type]
        assert journal.head() == 1 + 150 + 150 + 20
        stored = {record.key for record in journal.read()}
        assert not stored & {draft.key for draft in wrong[:-1]}

    play(journal, scene)


@pytest.mark.parametrize("facts", [300, 1_200])
@pytest.mark.parametrize("data_bytes", [0, 4_000])
def test_batches_are_written_whole_and_in_order(journal: Journal, facts: int, data_bytes: int) -> None:
    """Whichever way they go: in one statement, or copied as they are many or long."""
    padded = b'{"employee":"E1","note":"%s"}' % (b"x" * data_bytes)
    batches = [[draft._replace(data=padded) for draft in visits(facts)] for _ in range(3)]

    async def scene(group: GroupCommit) -> None:
        answers = await asyncio.gather(*(group.append_all(batch) for batch in batches))
        records = {record.position: record for record in journal.read()}
        assert len(records) == 3 * facts
        for batch, receipts in zip(batches, answers, strict=True):
            first = receipts[0].position
            assert [receipt.position for receipt in receipts] == list(range(first, first + facts))
            assert [records[receipt.position].key for receipt in receipts] == [draft.key for draft in batch]
        assert {record.data for record in records.values()} == {padded}

    play(journal, scene, queued_facts=10_000)


def test_a_contradiction_concerns_only_who_brought_it(journal: Journal) -> None:
    journal.append([drafted(visit("E1"), key="old")], now=NOW)

    async def scene(group: GroupCommit) -> None:
        drafts = [*visits(20), drafted(visit("E2"), key="old"), drafted(visit("E1"), key="old"), *visits(20)]
        answers = await asyncio.gather(*(group.append(draft) for draft in drafts), return_exceptions=True)
        assert isinstance(answers[20], KeyReused)
        assert answers[21] == Receipt(1, True, NOW)
        others = [answer.position for answer in answers if isinstance(answer, Receipt) and not answer.hit]
        assert sorted(others) == list(range(2, 42))

    play(journal, scene)


def test_the_same_fact_brought_by_many_is_stored_once(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        draft = drafted(key="same")
        receipts = await asyncio.gather(*(group.append(draft) for _ in range(50)))
        assert {receipt.position for receipt in receipts} == {1}
        assert sum(not receipt.hit for receipt in receipts) == 1

    play(journal, scene)


def test_a_broken_fact_concerns_only_who_brought_it(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        drafts = [*visits(5), drafted()._replace(content_hash=b"short"), *visits(5)]
        answers = await asyncio.gather(*(group.append(draft) for draft in drafts), return_exceptions=True)
        assert isinstance(answers.pop(5), psycopg.errors.CheckViolation)
        assert sorted(answer.position for answer in answers if isinstance(answer, Receipt)) == list(
            range(1, 11)
        )

    play(journal, scene)


def test_conditional_ones_go_alone(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        seat = Condition((Selector(tags=("customer:H9",)),))
        rivals = (group.append(drafted(visit("E1", "H9")), condition=seat) for _ in range(6))
        answers = await asyncio.gather(
            *rivals, *(group.append(draft) for draft in visits(30)), return_exceptions=True
        )
        assert sum(isinstance(answer, ConditionFailed) for answer in answers) == 5
        assert sum(isinstance(answer, Receipt) for answer in answers) == 31

    play(journal, scene)


def test_who_comes_when_the_queue_is_full_waits_for_room(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        longest = 0

        async def bring() -> None:
            nonlocal longest
            for draft in visits(5):
                await group.append(draft)
                longest = max(longest, len(group._queue))  # pyright: ignore[reportPrivateUsage]

        await asyncio.gather(*(bring() for _ in range(60)))
        assert longest <= 10
        assert journal.head() == 300

    play(journal, scene, queued_facts=10)


def test_closing_answers_what_was_accepted_and_takes_no_more(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        accepted = [asyncio.create_task(group.append(draft)) for draft in visits(500)]
        await asyncio.sleep(0)
        await group.close()
        receipts = await asyncio.gather(*accepted)
        assert sorted(receipt.position for receipt in receipts) == list(range(1, 501))
        with pytest.raises(Closed):
            await group.append(drafted())

    play(journal, scene)


def test_closing_lets_nobody_wait_for_room_for_ever(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        tasks = [asyncio.create_task(group.append(draft)) for draft in visits(50)]
        await asyncio.sleep(0)
        await group.close()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(answer, Receipt) for answer in answers) == journal.head() >= 3
        assert all(isinstance(answer, Receipt | Closed) for answer in answers)

    play(journal, scene, queued_facts=3)


def test_who_gives_up_does_not_disturb_the_others(journal: Journal) -> None:
    async def scene(group: GroupCommit) -> None:
        tasks = [asyncio.create_task(group.append(draft)) for draft in visits(40)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(answer, Receipt) for answer in answers[1::2])

    play(journal, scene)


def test_a_lost_connection_costs_nothing(journal: Journal, ledger_dsn: str) -> None:
    """Killed again and again while facts arrive: each is stored once and answered with its position."""

    async def kill(moments: int) -> None:
        async with await psycopg.AsyncConnection.connect(ledger_dsn, autocommit=True) as killer:
            for _ in range(moments):
                await asyncio.sleep(0.05)
                await killer.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() "
                    "and application_name = %s and pid <> pg_backend_pid()",
                    [f"meritbook {LEDGER}"],
                )

    async def scene(group: GroupCommit) -> None:
        async def bring() -> list[tuple[int, str]]:
            found: list[tuple[int, str]] = []
            for draft in visits(60):
                found.append(((await group.append(draft)).position, draft.key))
            return found

        *brought, _ = await asyncio.gather(*(bring() for _ in range(20)), kill(6))
        answered = dict(pair for pairs in brought if pairs for pair in pairs)
        assert answered == {record.position: record.key for record in journal.read()}
        assert sorted(answered) == list(range(1, 1201))

    play(journal, scene)


def test_the_time_is_that_of_the_commit(journal: Journal) -> None:
    times = iter(NOW + dt.timedelta(seconds=second) for second in range(100))

    async def run() -> None:
        async with GroupCommit(journal, clock=lambda: next(times)) as group:
            first = await group.append(drafted())
            second = await group.append(drafted())
            assert (first.recorded_at, second.recorded_at) == (NOW, NOW + dt.timedelta(seconds=1))

    asyncio.run(run())
