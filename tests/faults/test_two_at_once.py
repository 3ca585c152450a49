"""Two of what there is usually one of: services, followers, closers of a month."""

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from faults.acknowledged import Books, Client, acknowledged_by, until_acknowledged, writing
from faults.campaign import Tell, rounds
from given import LEDGER
from served import open_shanghai, served

from api.ops import close_period, open_ledger
from api.settings import Settings
from domain.journal.append import Journal
from domain.period import Period
from domain.refusals import Contended, PeriodAlreadyClosed, Refusal
from projections.runner import Runner

pytestmark = pytest.mark.faults

CLIENTS = 8
CLOSERS = 8


@rounds(2, soak=60)
def test_two_services_and_four_followers_share_a_ledger(
    ledger_dsn: str, tmp_path: Path, rounds: int, tell: Tell
) -> None:
    """Each writes and counts; one is killed while both work, and the other takes no notice."""
    clients, stop = [Client(number) for number in range(CLIENTS)], threading.Event()
    followers = [threading.Thread(target=Runner(ledger_dsn, LEDGER).follow, args=[stop]) for _ in range(2)]
    homes = [tmp_path / "one", tmp_path / "other"]
    for home in homes:
        home.mkdir()
    with served(ledger_dsn, homes[0], wait_seconds=60) as lasting:
        open_shanghai(lasting)
        for follower in followers:
            follower.start()
        for _ in range(rounds):
            with served(ledger_dsn, homes[1], wait_seconds=60) as other, ExitStack() as busy:
                busy.enter_context(writing(clients[::2], lasting))
                with writing(clients[1::2], other):
                    until_acknowledged(clients)
                    head = lasting.head()
                    assert other.get("/v1/employees/E1") == lasting.get("/v1/employees/E1")
                    assert other.head() >= head
                    other.kill()
                until_acknowledged(clients[::2])
        lasting.get("/v1/employees/E1")
        stop.set()
        for follower in followers:
            follower.join()
    acknowledged = acknowledged_by(clients)
    books = Books(ledger_dsn)
    books.check(acknowledged)
    tell("two services", rounds=rounds, faults=rounds, found=books, acknowledged=len(acknowledged))
    books.require_whole()


@rounds(3, soak=18)
def test_of_eight_who_close_a_month_one_wins(
    ledger_dsn: str, tmp_path: Path, rounds: int, tell: Tell
) -> None:
    """The others are refused and told why; the month is closed once, and every close names another one."""
    with served(ledger_dsn, tmp_path, wait_seconds=60) as service:
        open_shanghai(service)
    chosen = Settings(home=tmp_path, database_url=ledger_dsn, ledger=LEDGER)
    period, wins, refusals = Period.parse("2024-06"), list[str](), list[Refusal]()
    ready = threading.Barrier(CLOSERS)

    def close(month: Period) -> None:
        with open_ledger(chosen) as ledger:
            ready.wait()
            try:
                closed, _ = close_period(ledger, month, actor="test")
                wins.append(closed.period)
            except Refusal as refusal:
                refusals.append(refusal)

    for _ in range(rounds):
        closers = [threading.Thread(target=close, args=[period]) for _ in range(CLOSERS)]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join()
        period = period.next()
    with Journal(ledger_dsn, LEDGER) as journal:
        closed = list(journal.read(types=["period_closed"]))
    doubled = len(closed) - rounds
    kinds = sorted({type(refusal).kind for refusal in refusals})
    tell(
        "double close",
        rounds=rounds,
        faults=rounds * (CLOSERS - 1),
        found=f"{doubled} doubled",
        refusals=kinds,
    )
    assert len(wins) == len(set(wins)) == len(closed) == rounds
    assert len(refusals) == rounds * (CLOSERS - 1)
    assert {type(refusal) for refusal in refusals} <= {PeriodAlreadyClosed, Contended}
    assert all(refusal.remedy for refusal in refusals)
