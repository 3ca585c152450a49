"""Connections are kept for the next one, and given up when they are of no more use."""

import threading

import psycopg
import pytest
from given import LEDGER

from domain.journal.connection import Connections, ledger_conninfo


@pytest.fixture
def connections(ledger_dsn: str) -> Connections:
    return Connections(ledger_conninfo(ledger_dsn, LEDGER), 2)


def pid(connections: Connections) -> int:
    with connections.one() as connection:
        return connection.info.backend_pid


def test_one_that_comes_back_is_used_again(connections: Connections) -> None:
    assert pid(connections) == pid(connections)
    connections.close()


def test_one_that_was_dropped_is_made_anew(connections: Connections) -> None:
    before = pid(connections)
    connections.drop_idle()
    assert pid(connections) != before
    connections.close()


def test_one_left_in_a_transaction_is_not_kept(connections: Connections) -> None:
    with connections.one() as connection:
        connection.execute("begin")
    assert connection.closed
    with pytest.raises(psycopg.errors.DivisionByZero), connections.one() as another:
        another.execute("select 1 / 0")
    assert not another.closed
    connections.close()


def test_no_more_than_the_most_are_in_use(connections: Connections) -> None:
    entered = threading.Event()

    def third() -> None:
        with connections.one():
            entered.set()

    with connections.one(), connections.one():
        waiting = threading.Thread(target=third)
        waiting.start()
        assert not entered.wait(0.2)
    waiting.join(5)
    assert entered.is_set()
    connections.close()


def test_those_in_use_are_closed_when_they_come_back(connections: Connections) -> None:
    with connections.one() as connection:
        connections.close()
        assert not connection.closed
    assert connection.closed
