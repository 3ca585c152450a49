"""Sealing in tests: a sealer with a home of its own, and what an auditor makes of its checkpoints."""

from collections.abc import Sequence
from pathlib import Path

from given import LEDGER

from domain.journal import merkle, sealed
from domain.journal.append import Journal
from domain.journal.merkle import leaf_hash
from domain.journal.record import record_line
from domain.journal.seal_home import SealHome
from domain.journal.sealed import Signed
from domain.journal.sealer import Sealer


def seal_home(place: Path) -> SealHome:
    """The seal's files below `place`."""
    return SealHome(place / "seal", LEDGER)


def sealer(dsn: str, place: Path) -> Sealer:
    """A sealer with the home at `place`."""
    return Sealer(dsn, LEDGER, seal_home(place))


def leaf_hashes(journal: Journal, upto: int) -> list[bytes]:
    """What an auditor hashes: the lines of the records, read one by one."""
    return [leaf_hash(record_line(record)) for record in journal.read(upto=upto)]


def checkpoints(journal: Journal) -> list[Signed]:
    """All that are kept."""
    with journal.cursor() as cursor:
        return sealed.checkpoints(cursor)


def newest(journal: Journal) -> Signed:
    """The last checkpoint."""
    with journal.cursor() as cursor:
        found = sealed.newest(cursor)
    assert found is not None
    return found


def require_true(journal: Journal, signed: Sequence[Signed] | None = None) -> None:
    """Checks that every checkpoint has the root of the record lines and a signature of the ledger."""
    found = checkpoints(journal) if signed is None else signed
    lines = leaf_hashes(journal, max(each.checkpoint.size for each in found))
    with journal.cursor() as cursor:
        keys = [each.key for each in sealed.keys(cursor)]
    sizes = [each.checkpoint.size for each in found]
    assert sizes == sorted(sizes)
    for each in found:
        assert each.checkpoint.root == merkle.root(lines[: each.checkpoint.size])
        assert each.note.signers(keys)
        assert each.checkpoint.origin == keys[0].name
