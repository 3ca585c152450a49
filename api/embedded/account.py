"""Which system user runs the server, and which directories that user can reach."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from api.embedded.failure import EmbeddedFailed

ROOT_HOME = Path("/var/lib/meritbook")
UNPRIVILEGED = ("postgres", "nobody")
COMMAND_SECONDS = 300.0
# Reports the first directory that the asking user may not pass; access(2) honours ACLs, mode bits do not.
FIRST_CLOSED = 'for path do [ -x "$path" ] || { printf %s "$path"; exit 0; }; done'


@dataclass(frozen=True, kw_only=True)
class Account:
    """A system user that runs PostgreSQL; `switched` when it is not ourselves."""

    name: str
    uid: int
    gid: int
    switched: bool

    @property
    def switch_user(self) -> int | None:
        """The user to change to when starting a program; None where we stay ourselves."""
        return self.uid if self.switched else None

    @property
    def switch_group(self) -> int | None:
        """The group to change to."""
        return self.gid if self.switched else None

    @property
    def switch_extra_groups(self) -> Sequence[int] | None:
        """The further groups to change to: none of root's remain."""
        return () if self.switched else None


def choose_account(run_as: str | None, data: Path) -> Account:
    """Ourselves, or as root an unprivileged user: `run_as`, else the owner of `data`, else a usual one.

    Raises: EmbeddedFailed
    """
    me = os.geteuid()
    if me != 0:
        if run_as is not None and _entry(run_as).pw_uid != me:
            raise EmbeddedFailed(
                f"Only root can run the embedded PostgreSQL as another user ({run_as}).",
                remedy="leave out the user, or start as root.",
            )
        return Account(name=str(me), uid=me, gid=os.getegid(), switched=False)
    entry = _entry(run_as) if run_as is not None else _owner(data) or _usual()
    if entry.pw_uid == 0:
        raise EmbeddedFailed(
            "PostgreSQL refuses to run as root.",
            remedy="name an existing unprivileged user, for example postgres or nobody.",
        )
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, switched=True)


def _entry(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise EmbeddedFailed(
            f"There is no system user {name!r} to run the embedded PostgreSQL.",
            remedy="name an existing unprivileged user; none is ever created.",
        ) from None


def _owner(data: Path) -> pwd.struct_passwd | None:
    """The unprivileged user who already owns the data directory."""
    try:
        uid = data.stat().st_uid
        return pwd.getpwuid(uid) if uid != 0 else None
    except (OSError, KeyError):
        return None


def _usual() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedFailed(
        f"None of the system users {', '.join(UNPRIVILEGED)} exists, and PostgreSQL refuses to run as root.",
        remedy="start as an ordinary user, or name an existing unprivileged one.",
    )


def clean_environment() -> dict[str, str]:
    """What server programs get: no PG* variable and no locale of the caller may change them."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def run(
    command: Sequence[str | Path], account: Account, *, seconds: float = COMMAND_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end as `account`, in /.

    Raises: OSError, subprocess.TimeoutExpired
    """
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=max(1.0, seconds),
        check=False,
        umask=0o077,
        start_new_session=True,
        user=account.switch_user,
        group=account.switch_group,
        extra_groups=account.switch_extra_groups,
    )


def blocked_at(path: Path, account: Account) -> Path | None:
    """The first existing directory on the way into `path` that `account` may not pass."""
    path = Path(os.path.realpath(path))
    way = [str(step) for step in (*reversed(path.parents), path) if step.is_dir()]
    answer = run(["/bin/sh", "-c", FIRST_CLOSED, "sh", *way], account, seconds=30.0)
    return Path(answer.stdout) if answer.stdout else None


def default_home() -> Path:
    """Where a ledger lives if nobody says: the user's data directory; for root one that others can pass."""
    return ROOT_HOME if os.geteuid() == 0 else Path(platformdirs.user_data_dir("meritbook"))


def reachable_home(home: Path, run_as: str | None = None) -> Path:
    """`home` if the server's user can get there, else the home that suits root.

    Raises: EmbeddedFailed when no user can run the server
    """
    account = choose_account(run_as, home / "postgres" / "data")
    return home if not account.switched or blocked_at(home, account) is None else ROOT_HOME


def make_directory(path: Path) -> None:
    """Makes `path` and its missing parents private; root's may be passed, not listed, by the server's user.

    A directory that exists keeps its mode.
    """
    if path.is_dir():
        return
    make_directory(path.parent)
    try:
        path.mkdir()
    except FileExistsError:
        return
    path.chmod(0o711 if os.geteuid() == 0 else 0o700)
