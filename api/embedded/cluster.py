"""Making the data directory, its password and its socket directory."""

import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from api.embedded.account import Account, blocked_at, make_directory, run
from api.embedded.binaries import Binaries
from api.embedded.failure import EmbeddedFailed
from domain.journal.durable import sync_directory

OWNER = "meritbook"
SOCKET_NAME = ".s.PGSQL.5432"
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the final zero and a temporary lock's suffix.
SOCKET_PATH_BYTES = 98
BUILTIN_LOCALES_SINCE = 17


class Places:
    """The files of one embedded server below `home`/postgres."""

    def __init__(self, home: Path) -> None:
        self.top = Path(os.path.realpath(home)) / "postgres"
        self.data = self.top / "data"
        self.password = self.top / "password"
        self.log = self.top / "server.log"
        self.start_lock = self.top / "start.lock"
        self.users_lock = self.top / "users.lock"
        self.keeper_lock = self.top / "keeper.lock"
        self.socket = self.top / "socket"
        self.far_socket = self.top / "socket-path"

    def open_to(self, account: Account) -> None:
        """Makes the directory; no directory that already exists changes its mode.

        Raises: EmbeddedFailed when `account` cannot get there
        """
        if account.switched and (closed := blocked_at(self.top, account)) is not None:
            raise EmbeddedFailed(
                f"The user {account.name}, who runs PostgreSQL because root may not, cannot pass {closed}.",
                remedy="set MERITBOOK_HOME to a place it can reach, such as /var/lib/meritbook,"
                f" or allow the way (chmod o+x {closed}).",
            )
        make_directory(self.top)


def make_cluster(places: Places, binaries: Binaries, account: Account) -> None:
    """Runs initdb beside its final place and renames it there, so that a data directory is whole or absent.

    Raises: EmbeddedFailed
    """
    for leftover in places.top.glob("init-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if places.data.is_dir():
        _check_major(places, binaries)
        return
    _check_name(account)
    nursery = private_directory("init-", places.top, account)
    password = secrets.token_urlsafe(32)
    for path, owner in ((nursery / "password", account), (places.password, None)):
        _write_secret(path, password, owner)
    asked = [
        *("--pgdata", nursery / "data", "--username", OWNER, "--pwfile", nursery / "password"),
        *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"),
        *(["--locale-provider=builtin"] if binaries.major >= BUILTIN_LOCALES_SINCE else []),
    ]
    try:
        answer = run([binaries.directory / "initdb", *asked], account)
    except subprocess.TimeoutExpired as error:
        raise EmbeddedFailed(
            f"initdb did not end in {error.timeout} s.", remedy="see whether the disk answers."
        ) from error
    if answer.returncode != 0:
        raise EmbeddedFailed(
            f"initdb could not make a database cluster below {places.top}: {answer.stderr.strip()}",
            remedy="correct what it names (often a full disk) and start again; nothing half-made remains.",
        )
    (nursery / "data").rename(places.data)
    shutil.rmtree(nursery)
    sync_directory(places.top)


def _check_name(account: Account) -> None:
    try:
        pwd.getpwuid(account.uid)
    except KeyError:
        raise EmbeddedFailed(
            f"The user id {account.uid} has no name on this machine, and initdb insists on one.",
            remedy="add the user to /etc/passwd, or start as a user who is there.",
        ) from None


def _check_major(places: Places, binaries: Binaries) -> None:
    made_by = (places.data / "PG_VERSION").read_text().strip()
    if made_by != str(binaries.major):
        raise EmbeddedFailed(
            f"{places.data} was made by PostgreSQL {made_by}, but the programs here are {binaries.version}.",
            remedy=f"install PostgreSQL {made_by}, export the ledger, and import it into a new home.",
        )


def private_directory(prefix: str, parent: Path, account: Account) -> Path:
    """A new directory that only `account` may enter."""
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    if account.switched:
        os.chown(path, account.uid, account.gid)
    return path


def is_private(path: Path, account: Account) -> bool:
    """Whether `path` is a directory, not a link to one, that is `account`'s alone."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700
    )


def socket_directory(places: Places, account: Account) -> Path:
    """The directory of the server's socket: ours alone, and short enough for the socket's address.

    Below `home` where the path allows it; otherwise under a temporary root by an unguessable name, which is
    recorded and whose owner and mode are verified at each start.

    Raises: EmbeddedFailed
    """
    if _fits(places.socket):
        if not places.socket.exists():
            private_directory("socket-", places.top, account).rename(places.socket)
        if not is_private(places.socket, account):
            raise EmbeddedFailed(
                f"{places.socket} must belong to user {account.uid} with mode 0700.",
                remedy="see who changed it, then remove it; it is made anew.",
            )
        return places.socket
    recorded = recorded_socket(places)
    if recorded is not None and is_private(recorded, account):
        return recorded
    for root in dict.fromkeys((Path(tempfile.gettempdir()), Path("/tmp"))):
        if _fits(root / "meritbook-xxxxxxxx") and root.is_dir() and blocked_at(root, account) is None:
            made = private_directory("meritbook-", root, account)
            _write_secret(places.far_socket, str(made), None)
            return made
    raise EmbeddedFailed(
        f"{places.socket} is too long for a unix socket, and there is no temporary directory to use.",
        remedy="set MERITBOOK_HOME to a path of at most 75 bytes.",
    )


def clear_socket(directory: Path) -> None:
    """Removes what a killed server left there: PostgreSQL would heed its lock file if the pid lives again."""
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (directory / name).unlink(missing_ok=True)


def recorded_socket(places: Places) -> Path | None:
    """Where the socket directory of this home is, if it has been made."""
    if _fits(places.socket):
        return places.socket
    try:
        return Path(places.far_socket.read_text())
    except OSError:
        return None


def _fits(directory: Path) -> bool:
    """Whether clients can name a socket there: short enough, and no comma, which separates libpq's hosts."""
    return "," not in str(directory) and len(os.fsencode(directory / SOCKET_NAME)) <= SOCKET_PATH_BYTES


def _write_secret(path: Path, text: str, owner: Account | None) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    descriptor, fresh = tempfile.mkstemp(prefix=f"{path.name}-", dir=path.parent)  # mkstemp gives 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if owner is not None and owner.switched:
        os.chown(fresh, owner.uid, owner.gid)
    os.replace(fresh, path)
