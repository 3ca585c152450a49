"""Who runs the server, where it may live, and who cannot reach it."""

import os
import pwd
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from faults.embedded_user import (
    FOREIGN_UID,
    User,
    as_foreigner,
    as_root,
    count,
    data_of,
    is_empty,
    mode,
    new_home,
    server_of,
    until,
    write,
)
from psycopg.conninfo import conninfo_to_dict

from api.embedded import EmbeddedFailed, EmbeddedPostgres, blocked_at, default_home, reachable_home
from api.embedded.account import Account, choose_account
from api.embedded.binaries import find_binaries
from api.embedded.cluster import is_private

root_only = pytest.mark.skipif(not as_root, reason="only root can act as other users")


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that everyone may pass."""
    with new_home() as path:
        yield path.parent


@root_only
def test_root_runs_the_server_as_an_unprivileged_user(home: Path) -> None:
    """PostgreSQL is never root; every process of it is the unprivileged user's."""
    with EmbeddedPostgres(home):
        server = server_of(home)
        owners = set[int]()
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # one that cleaned tables has ended
                owners.add(process.uids().real)
        assert owners == {data_of(home).stat().st_uid}
        assert 0 not in owners


@root_only
def test_root_may_choose_the_user_and_none_is_created(place: Path) -> None:
    """`nobody` on request; afterwards the data's owner is taken without asking."""
    before = pwd.getpwall()
    home = place / "home"
    for run_as in ("nobody", None):
        with EmbeddedPostgres(home, run_as=run_as) as server:
            write(server.dsn, 1)
            assert server_of(home).username() == "nobody"
    assert pwd.getpwall() == before


@root_only
@pytest.mark.parametrize(
    ("name", "words"), [("root", "refuses to run as root"), ("nosuchuser", "no system user")]
)
def test_an_unfit_user_is_refused_with_a_remedy(place: Path, name: str, words: str) -> None:
    """Neither root nor a user who does not exist."""
    with pytest.raises(EmbeddedFailed, match=f"{words}.*Remedy"):
        EmbeddedPostgres(place / "home", run_as=name).start()


def test_no_existing_directory_changes_its_mode(place: Path) -> None:
    """Neither a parent nor the home itself, whatever its mode."""
    home = place / "a" / "home"
    home.mkdir(parents=True)
    home.chmod(0o755)
    home.parent.chmod(0o751)
    before = {path: path.stat().st_mode for path in (home, *home.parents)}
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 1)
    assert {path: path.stat().st_mode for path in before} == before


@root_only
def test_a_home_out_of_the_users_reach_is_refused_by_name_with_a_remedy(place: Path) -> None:
    """Like /root: the closed directory is named, nothing is opened, nothing is left in it."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedFailed, match=rf"cannot pass {closed}\..*MERITBOOK_HOME"):
        EmbeddedPostgres(closed / "deep" / "home").start()
    assert mode(closed) == 0o700
    assert not list(closed.iterdir())


@root_only
def test_advice_for_root_about_a_reachable_home(place: Path) -> None:
    """Where the user cannot go, the home that suits root is advised; else the one that was asked for."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    assert blocked_at(closed / "home", choose_account(None, closed)) == closed
    assert reachable_home(closed / "home") == default_home() == Path("/var/lib/meritbook")
    assert reachable_home(place / "home") == place / "home"
    assert reachable_home(default_home()) == default_home()


@root_only
def test_programs_out_of_the_users_reach_are_copied_once(place: Path) -> None:
    """An environment below a closed directory, as a virtual environment in /root is; the umask is root's."""
    myself = Account(name="", uid=os.geteuid(), gid=os.getegid(), switched=False)
    wheel = find_binaries(None, myself)
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    package = wheel.directory.parents[1]
    shutil.copytree(wheel.directory.parent, closed / "package" / "install", symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        # Named as the wheel names it: its programs seek it by that name.
        (closed / "package").rename(closed / package.name)
        shutil.copytree(libraries, closed / libraries.name, symlinks=True)
    programs = next(closed.glob("*/install/bin"))
    home = place / "home"
    umask = os.umask(0o077)
    try:
        for _ in range(2):
            with EmbeddedPostgres(home, bin_dir=programs) as server:
                write(server.dsn, 2)
            (copied,) = (home / "postgres").glob("runtime-*")
            assert copied.name == f"runtime-{wheel.version}"
            made_at = copied.stat().st_ctime_ns
        assert copied.stat().st_ctime_ns == made_at
    finally:
        os.umask(umask)
    assert mode(closed) == 0o700


@root_only
def test_a_foreign_local_user_cannot_reach_the_socket_or_read_a_thing(home: Path) -> None:
    """Not socket, data, password or log; and even with the socket in hand scram refuses."""
    with EmbeddedPostgres(home) as server:
        path = f"{home}/postgres/socket/.s.PGSQL.5432"
        knock = f"import socket; socket.socket(socket.AF_UNIX).connect({path!r})"
        assert "PermissionError" in as_foreigner("/usr/bin/python3", "-c", knock).stderr
        for name in ("data/PG_VERSION", "password", "server.log", "users.lock", "socket"):
            refused = as_foreigner("/bin/cat", f"{home}/postgres/{name}")
            assert "Permission denied" in refused.stderr
        assert "Permission denied" in as_foreigner("/bin/ls", f"{home}/postgres").stderr
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(path)
        known = conninfo_to_dict(server.dsn)
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(host=str(known["host"]), user="meritbook", dbname="postgres", passfile="/nowhere")


def test_a_long_path_gets_a_short_private_socket_directory(place: Path) -> None:
    """Ours alone, by an unguessable name, and the same one at the next start."""
    home = place / ("long" * 25) / "home"
    seen: list[Path] = []
    for _ in range(2):
        with EmbeddedPostgres(home) as server:
            write(server.dsn, 1)
            directory = Path(str(conninfo_to_dict(server.dsn)["host"]))
            seen.append(directory)
            assert mode(directory) == 0o700
            assert directory.stat().st_uid == data_of(home).stat().st_uid
            with User(home) as other:
                assert other.answer() == server.dsn
    assert seen[0] == seen[1]
    shutil.rmtree(seen[0])


def test_a_short_socket_directory_that_is_no_longer_ours_is_not_used(place: Path) -> None:
    """Its owner and mode are verified at each start; a new one is made."""
    home = place / ("long" * 25) / "home"
    tricks = ["open", "link", "gone", *(["foreign"] if as_root else [])]
    made: list[Path] = []
    for trick in [*tricks, "none"]:
        with EmbeddedPostgres(home) as server:
            directory = Path(str(conninfo_to_dict(server.dsn)["host"]))
        account = choose_account(None, data_of(home))
        assert is_private(directory, account)
        assert directory not in made
        made.append(directory)
        match trick:
            case "open":
                directory.chmod(0o777)
            case "gone":
                directory.rmdir()
            case "foreign":
                os.chown(directory, FOREIGN_UID, FOREIGN_UID)
            case "link":
                directory.rename(place / "aside")
                directory.symlink_to(place / "aside")
            case _:
                continue
        assert not is_private(directory, account)
    for path in made:
        path.unlink() if path.is_symlink() else shutil.rmtree(path, ignore_errors=True)


def test_a_socket_directory_in_the_home_that_others_may_enter_is_refused(home: Path) -> None:
    """Somebody opened it: say so, do not serve; the remedy that the message gives works."""
    opened = home / "postgres" / "socket"
    opened.chmod(0o777)
    with pytest.raises(EmbeddedFailed, match=r"socket must belong to user \d+ with mode 0700\..*remove it"):
        EmbeddedPostgres(home).start()
    shutil.rmtree(opened)
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 1)
        assert mode(opened) == 0o700


def test_odd_characters_in_the_path_do_no_harm(place: Path) -> None:
    """Spaces, quotes, commas, percent, Chinese."""
    home = place / "功劳 a,'b\"%c"
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 2)
        assert count(server.dsn) == 2
        directory = Path(str(conninfo_to_dict(server.dsn)["host"]))
    shutil.rmtree(directory)  # A comma separates libpq's hosts, so the socket is not in the home.


def test_a_relative_and_a_linked_home_are_the_same_server(home: Path) -> None:
    """One data directory has one server, by whatever name it is reached."""
    link = home.parent / "link"
    link.symlink_to(home)
    relative = Path(os.path.relpath(home))
    with EmbeddedPostgres(home) as one, EmbeddedPostgres(link) as two, EmbeddedPostgres(relative) as three:
        assert one.dsn == two.dsn == three.dsn


def test_the_callers_postgres_variables_change_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PGDATA, PGPORT and the like belong to another server."""
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "PGHOST": "nowhere", "PGUSER": "x"}.items():
        monkeypatch.setenv(name, value)
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 1)


@root_only
def test_the_default_works_for_root_on_a_fresh_machine() -> None:
    """Nothing of /var/lib/meritbook needs to exist; directories made on the way may be passed, not listed."""
    with new_home() as home:
        deep = home / "x" / "y"
        umask = os.umask(0o077)
        try:
            with EmbeddedPostgres(deep) as server:
                write(server.dsn, 1)
        finally:
            os.umask(umask)
        assert [mode(path) for path in (home, home / "x", deep, deep / "postgres")] == [0o711] * 4
        until(lambda: is_empty(deep))
    account = choose_account(None, default_home())
    assert blocked_at(default_home(), account) is None
