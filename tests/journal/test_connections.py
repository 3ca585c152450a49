"""Connections are kept for the next one, and given up when they are of no more use."""

import socket
import threading

import psycopg
import pytest
from given import LEDGER
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.journal.connection import (
    CONNECT_SECONDS,
    Connections,
    connect,
    ledger_conninfo,
    pooled_conninfo,
)


@pytest.fixture
def connections(ledger_dsn: str) -> Connections:
    return Connections(ledger_conninfo(ledger_dsn, LEDGER), 2)


def pid(connections: Connections) -> int:
    with connections.one() as connection:
        return connection.info.backend_pid


def test_a_host_that_says_nothing_is_passed_over(ledger_dsn: str) -> None:
    """Its port takes the connection and never answers; the second host has the ledger."""
    known = conninfo_to_dict(ledger_dsn)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts, ports = f"127.0.0.1,{known['host']}", f"{silent.getsockname()[1]},{known.get('port', 5432)}"
        several = make_conninfo(ledger_dsn, host=hosts, port=ports, connect_timeout=2)
        with connect(several, LEDGER) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_no_address_waits_for_ever() -> None:
    for made in (ledger_conninfo("", LEDGER), pooled_conninfo("", LEDGER)):
        assert conninfo_to_dict(made)["connect_timeout"] == str(CONNECT_SECONDS)
    own = "connect_timeout=2"
    for made in (ledger_conninfo(own, LEDGER), pooled_conninfo(own, LEDGER)):
        assert conninfo_to_dict(made)["connect_timeout"] == "2"


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
