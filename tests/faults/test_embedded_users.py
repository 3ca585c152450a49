"""The server lives exactly as long as somebody uses it, however its users leave."""

import fcntl
import signal
import threading
from pathlib import Path

import pytest
from faults.embedded_user import (
    User,
    count,
    data_of,
    is_empty,
    keepers_of,
    server_of,
    until,
    write,
)

from api.embedded import EmbeddedFailed, EmbeddedPostgres
from api.embedded.locks import try_lock


def test_a_second_process_attaches_and_the_last_one_stops_the_server(home: Path) -> None:
    """stop() of one user leaves the server to the other."""
    with User(home) as one, User(home) as two:
        assert one.answer() == two.answer()
        server = server_of(home)
        assert one.order("stop") == "stopped"
        assert server_of(home) == server
        assert two.order("stop") == "stopped"
        assert is_empty(home)
        assert not (data_of(home) / "postmaster.pid").exists()


def test_start_and_stop_can_be_repeated(home: Path) -> None:
    """start() twice is one hold; stop() twice is one leave; the rows stay."""
    server = EmbeddedPostgres(home)
    with pytest.raises(EmbeddedFailed, match=r"call start\(\) first"):
        _ = server.dsn
    server.stop()
    assert server.start() == server.start() == server.dsn
    write(server.dsn, 3)
    server.stop()
    server.stop()
    assert is_empty(home)
    with server as again:
        assert count(again.dsn) == 3


def test_two_holds_in_one_process_are_two_users(home: Path) -> None:
    """A library and its host do not take the server from each other."""
    with EmbeddedPostgres(home) as outer:
        with EmbeddedPostgres(home) as inner:
            assert inner.dsn == outer.dsn
        write(outer.dsn, 1)
    assert is_empty(home)


def test_threads_may_share_one_hold(home: Path) -> None:
    """Eight threads start at once: one server, one DSN."""
    server = EmbeddedPostgres(home)
    seen: set[str] = set()
    threads = [threading.Thread(target=lambda: seen.add(server.start())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    server.stop()
    assert len(seen) == 1
    assert is_empty(home)


@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_when_a_signal_ends_its_only_user(home: Path, number: signal.Signals) -> None:
    """The kernel drops the lock of a dead process, and the keeper notices."""
    with User(home) as user:
        write(user.answer(), 5)
        user.kill(number)
    until(lambda: is_empty(home) and not keepers_of(home))
    with EmbeddedPostgres(home) as server:
        assert count(server.dsn) == 5


def test_the_server_stops_when_its_only_user_exits_without_stopping(home: Path) -> None:
    """A program that simply ends leaves nothing behind."""
    with User(home) as user:
        user.answer()
        user.process.communicate(timeout=60)
        until(lambda: is_empty(home) and not keepers_of(home))


@pytest.mark.faults
def test_the_server_stays_while_one_of_several_killed_users_lives(home: Path) -> None:
    """Two of three are killed; the third goes on writing; then it is killed too."""
    with User(home) as one, User(home) as two, User(home) as three:
        for user in (one, two, three):
            user.answer()
        server = server_of(home)
        one.kill()
        two.kill()
        assert three.order("write 5") == "written"
        assert server_of(home) == server
        three.kill()
        until(lambda: is_empty(home))


def test_neither_server_nor_keeper_inherits_a_users_lock(home: Path) -> None:
    """An inherited lock would keep the server alive for ever; the keeper's own wait is not yet a lock."""
    with User(home) as user:
        user.answer()
        (keeper,) = keepers_of(home)
        locks = {str(home / "postgres" / name) for name in ("users.lock", "start.lock", "keeper.lock")}
        server = server_of(home)
        for process in (server, *server.children(recursive=True)):
            assert not locks & {file.path for file in process.open_files()}
        assert str(home / "postgres" / "start.lock") not in {file.path for file in keeper.open_files()}


@pytest.mark.faults
def test_a_killed_keeper_does_not_leave_the_server_to_nobody(home: Path) -> None:
    """The last user's stop() stops the server itself."""
    with EmbeddedPostgres(home):
        (keeper,) = keepers_of(home)
        keeper.kill()
        until(lambda: not keepers_of(home))
        server_of(home)
    assert is_empty(home)


@pytest.mark.faults
def test_an_orphan_without_user_and_keeper_is_adopted(home: Path) -> None:
    """The next start() takes the living server, rows and all, and gives it a new keeper."""
    with User(home) as user:
        write(user.answer(), 5)
        (keeper,) = keepers_of(home)
        keeper.kill()
        until(lambda: not keepers_of(home))
        user.kill()
    orphan = server_of(home)
    with User(home) as heir:
        assert count(heir.answer()) == 5
        assert server_of(home) == orphan
        assert len(keepers_of(home)) == 1
        heir.kill()
        until(lambda: is_empty(home) and not keepers_of(home))


@pytest.mark.faults
def test_a_group_wide_sigterm_still_ends_in_a_clean_shutdown(home: Path) -> None:
    """A service manager signals every process of the group: the keeper stays until the server has stopped."""
    with User(home) as user:
        write(user.answer(), 1)
        (keeper,) = keepers_of(home)
        for process in (keeper, server_of(home)):
            process.send_signal(signal.SIGTERM)
        user.kill(signal.SIGTERM)
        until(lambda: is_empty(home) and not keepers_of(home))
    assert "database system is shut down" in (home / "postgres" / "server.log").read_text()[-400:]


@pytest.mark.faults
def test_a_start_during_the_stop_waits_its_turn(home: Path) -> None:
    """Users come and go at the same moment; each who has started can write."""
    failures: list[BaseException] = []

    def come_and_go() -> None:
        try:
            for _ in range(6):
                with EmbeddedPostgres(home) as server:
                    write(server.dsn, 1)
        except BaseException as error:
            failures.append(error)

    with EmbeddedPostgres(home) as server:
        write(server.dsn, 0)
    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert is_empty(home)
    with EmbeddedPostgres(home) as server:
        assert count(server.dsn) == 24


def test_a_forked_child_does_not_stop_the_server(home: Path) -> None:
    """A worker forked from the user shares its lock; its stop() is not the user's."""
    with User(home) as user:
        user.answer()
        server = server_of(home)
        assert user.order("fork-and-stop") == "forked"
        assert server_of(home) == server
        assert user.order("write 1") == "written"


@pytest.mark.faults
def test_waiting_for_a_stuck_keeper_is_bounded(home: Path) -> None:
    """A keeper that cannot stop its server: the message names the lock; later all is well again."""
    with User(home) as user:
        user.answer()
        (keeper,) = keepers_of(home)
        server = server_of(home)
        server.suspend()  # So that the keeper takes the lock and then waits for the server to stop.
        user.kill()
        until(lambda: try_lock(home / "postgres" / "users.lock", fcntl.LOCK_SH) is None)
        news: list[str] = []
        with pytest.raises(EmbeddedFailed, match=r"Gave up after 2 s.*users\.lock"):
            EmbeddedPostgres(home, start_timeout_seconds=2.0, on_wait=news.append).start()
        assert news
        assert keeper.is_running()
        server.resume()
        until(lambda: is_empty(home))
    with EmbeddedPostgres(home) as again:
        write(again.dsn, 1)
