"""The sealer: hashes new records into the tree and signs its head, never one that contradicts another."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import Cursor

from domain.journal import read, sealed
from domain.journal.checkpoint import Checkpoint
from domain.journal.connection import connect
from domain.journal.leaves import leaves
from domain.journal.listen import Wakeup
from domain.journal.merkle import Span, hashes_of
from domain.journal.note import NoteRefused, VerifierKey
from domain.journal.seal_home import HomeUnusable, SealHome
from domain.journal.sealed import Signed
from domain.journal.signing import Signer, signed
from domain.journal.tiles import TileDamaged, edge, grown

SPAN_RECORDS = 32_768
"""The most that one sealing takes in."""
PAUSE_SECONDS = 0.4
"""Between two signatures while facts keep coming."""
POLL_SECONDS = 1.0
THIN_SECONDS = 3600.0

TRY_LOCK = "select pg_try_advisory_xact_lock(hashtextextended('seal ' || current_schema(), 0))"
LOCK = "select pg_advisory_xact_lock(hashtextextended('seal ' || current_schema(), 0))"

INSERT_CHECKPOINT = """
insert into checkpoint (number, size, root, note, hands_over, signed_at)
select coalesce(max(number), 0) + 1, %(size)s, %(root)s, %(note)s, %(hands_over)s, %(now)s from checkpoint"""

INSERT_KEY = """
insert into seal_key (number, verifier, linked, added_at)
select coalesce(max(number), 0) + 1, %(verifier)s, %(linked)s, %(now)s from seal_key"""

THIN = "delete from checkpoint c where signed_at < now() - interval '1 day' and checkpoint_may_go(c)"

DAMAGED = "Nothing is signed until this is understood; see docs/howto/seal.md."


class StandsStill(Exception):
    """Nothing can be signed without contradicting what was signed, or there is no key. remedy: what to do."""

    def __init__(self, why: str, remedy: str = DAMAGED) -> None:
        super().__init__(f"{why} {remedy}")
        self.why = why
        self.remedy = remedy


class Sealing(NamedTuple):
    """What one turn did: a tree of `size` leaves stands under a journal of `head` records.

    is_new: a checkpoint was signed.
    """

    head: int
    size: int
    is_new: bool


class Sealer:
    """Seals one ledger. Several may run: they take turns, and each relies on what is committed alone.

    remembers: whether the home knew what was signed last; if not, the database was believed.
    """

    def __init__(
        self,
        dsn: str,
        schema: str,
        home: SealHome,
        *,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._dsn, self._schema, self._home, self._clock = dsn, schema, home, clock
        self.remembers = True

    def catch_up(self, on_progress: Callable[[int], None] | None = None) -> int:
        """Seals all that the journal holds at the beginning, or more; the size of the tree.

        on_progress: told the size after each span.
        Raises: StandsStill
        """
        with self._connect() as connection, connection.cursor() as cursor:
            target, size = read.head(cursor), -1
            while size < target:
                with connection.transaction():
                    cursor.execute(LOCK)
                    size = self._turn(cursor).size
                if on_progress is not None:
                    on_progress(size)
            return size

    def rotate(self, *, lost: bool = False) -> VerifierKey:
        """Hands the log over to the next key of the home; that key.

        lost: the old key is gone, so nothing links the new one to it.
        Raises: StandsStill, HomeUnusable
        """
        if not lost:
            self.catch_up()
        with self._connect() as connection, connection.cursor() as cursor:
            with connection.transaction():
                cursor.execute(LOCK)
                following = self._hand_over(cursor, lost)
            self._home.promote(following)
        return following

    def follow(
        self,
        stop: threading.Event,
        *,
        on_turn: Callable[[Sealing], None] | None = None,
        on_trouble: Callable[[Exception], None] | None = None,
    ) -> None:
        """Seals facts as they arrive, until `stop` is set; then it takes one last turn and ends.

        on_turn: told what each turn did. on_trouble: told that the database or the key is away for now.
        Raises: StandsStill, HomeUnusable
        """
        with Wakeup(self._dsn, self._schema) as wakeup:
            while not stop.is_set():
                try:
                    self._follow_connected(stop, wakeup, on_turn)
                except (
                    psycopg.OperationalError,
                    psycopg.errors.IdleInTransactionSessionTimeout,
                    OSError,
                ) as error:
                    if on_trouble is not None:
                        on_trouble(error)
                    stop.wait(POLL_SECONDS)

    def _follow_connected(
        self, stop: threading.Event, wakeup: Wakeup, on_turn: Callable[[Sealing], None] | None
    ) -> None:
        thin_at = time.monotonic()
        with self._connect() as connection, connection.cursor() as cursor:
            stopping = False
            while not stopping:
                stopping, done = stop.is_set(), None
                with connection.transaction():
                    if cursor.execute(TRY_LOCK).fetchone() == (True,):
                        done = self._turn(cursor)
                if done is not None and on_turn is not None:
                    on_turn(done)
                if stopping or (done is not None and done.size < done.head):
                    continue
                if time.monotonic() >= thin_at:
                    cursor.execute(THIN)
                    thin_at += THIN_SECONDS
                stop.wait(PAUSE_SECONDS)
                wakeup.wait(POLL_SECONDS)

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        connection = connect(self._dsn, self._schema, autocommit=True)
        # A plan kept for later spans would be one for the first, small ones.
        connection.prepare_threshold = None
        return connection

    def _turn(self, cursor: Cursor[Any]) -> Sealing:
        """Takes in the next records and signs, under the lock and in a transaction."""
        try:
            return self._sealed(cursor)
        except TileDamaged as damaged:
            raise StandsStill(str(damaged)) from None

    def _sealed(self, cursor: Cursor[Any]) -> Sealing:
        head = read.head(cursor)
        known = self._known(cursor)
        begun = sealed.size(cursor)
        furthest = max([begun, *known])
        if head < furthest:
            raise StandsStill(
                f"The journal ends at position {head}, but {furthest} records were sealed: facts are gone, "
                "as after a restore from an old backup."
            )
        last = sealed.newest(cursor)
        if head == 0 or (last is not None and last.checkpoint.size == begun == furthest == head):
            return Sealing(head, head, False)
        signer = self._signer(cursor)
        size = min(head, begun + SPAN_RECORDS)
        self._extend(cursor, begun, size)
        root = self._agreed_root(cursor, size, known)
        if size < furthest:
            return Sealing(head, size, False)
        self._sign(cursor, Checkpoint(signer.key.name, size, root), signer)
        return Sealing(head, size, True)

    def _known(self, cursor: Cursor[Any]) -> dict[int, Checkpoint]:
        """What was signed last, by what the database says and by what the home remembers; by size."""
        keys = [each.key for each in sealed.keys(cursor)]
        found: dict[int, Checkpoint] = {}
        last = sealed.newest(cursor)
        if last is not None:
            _require_ours(last, keys)
            found[last.checkpoint.size] = last.checkpoint
        remembered = self._home.remembered()
        self.remembers = remembered is not None or last is None
        if remembered is None:
            return found
        if keys and remembered.origin != keys[0].name:
            raise StandsStill(
                f"The home remembers the log {remembered.origin}, but this ledger's is {keys[0].name}.",
                f"If the ledger is a new one, move {self._home.memory_file} away.",
            )
        if found.get(remembered.size, remembered).root != remembered.root:
            raise StandsStill(f"Two different trees of {remembered.size} records were signed.")
        found[remembered.size] = remembered
        return found

    def _signer(self, cursor: Cursor[Any]) -> Signer:
        """The key whose turn it is; the first of a ledger is made here."""
        keys = sealed.keys(cursor)
        if not keys:
            signer = self._home.first_signer()
            self._register(cursor, signer.key, linked=True)
            return signer
        current = keys[-1].key
        signer = self._home.signer()
        if (signer is None or signer.key != current) and self._home.promote(current):
            signer = self._home.signer()
        if signer is None:
            raise StandsStill(
                f"The private key of {current} is not here.",
                f"Put it back to {self._home.key_file}; if it is lost run: meritbook seal rotate-key --lost",
            )
        if signer.key != current:
            raise StandsStill(
                f"The private key here is that of {signer.key}; the ledger is signed by {current}.",
                "Use the key that belongs to the ledger, or run the service with MERITBOOK_SEAL=off here.",
            )
        return signer

    def _extend(self, cursor: Cursor[Any], begun: int, size: int) -> None:
        if size == begun:
            return
        added = leaves(cursor, begun, size)
        if added.found != size - begun:
            raise StandsStill(
                f"Of the positions {begun + 1} to {size}, {size - begun - added.found} are missing."
            )
        sealed.add(cursor, grown(begun, sealed.tiles(cursor, edge(begun)), added.hashes))

    def _agreed_root(self, cursor: Cursor[Any], size: int, known: Mapping[int, Checkpoint]) -> bytes:
        """Root of the tree, if the roots of what was signed come out as they were signed."""
        sizes = [*(each for each in known if each <= size), size]
        roots = hashes_of([Span(0, each) for each in sizes], sealed.read(cursor))
        for each, root in zip(sizes, roots, strict=True):
            if each in known and known[each].root != root:
                raise StandsStill(f"The tree of {each} records is not the one that was signed.")
        return roots[-1]

    def _sign(self, cursor: Cursor[Any], checkpoint: Checkpoint, *signers: Signer) -> None:
        now = self._clock()
        note = str(signed(checkpoint, *signers))
        # First to where no restored database reaches. Should the commit fail, the next turn signs it again.
        self._home.remember(note)
        cursor.execute(
            INSERT_CHECKPOINT,
            {
                "size": checkpoint.size,
                "root": checkpoint.root,
                "note": note,
                "hands_over": bool(checkpoint.extensions),
                "now": now,
            },
        )

    def _hand_over(self, cursor: Cursor[Any], lost: bool) -> VerifierKey:
        keys, last = sealed.keys(cursor), sealed.newest(cursor)
        if last is None:
            raise StandsStill(
                "Nothing is sealed yet.", "A key can be replaced once there are facts under it."
            )
        old = None if lost else self._signer(cursor)
        following = self._home.draw_next(keys[0].key.name)
        if following.key in [each.key for each in keys]:
            raise HomeUnusable(f"The key {following.key} has signed this ledger before. Make a new one.")
        head = last.checkpoint._replace(extensions=())
        self._agreed_root(cursor, head.size, self._known(cursor))
        if old is None:
            self._sign(cursor, head, following)
        else:
            self._sign(cursor, head.handing_over(following.key), old, following)
        self._register(cursor, following.key, linked=old is not None)
        return following.key

    def _register(self, cursor: Cursor[Any], key: VerifierKey, *, linked: bool) -> None:
        cursor.execute(INSERT_KEY, {"verifier": str(key), "linked": linked, "now": self._clock()})


def _require_ours(last: Signed, keys: Sequence[VerifierKey]) -> None:
    """Checks the signature of the last checkpoint in the database.

    Raises: StandsStill
    """
    try:
        by = last.note.signers(keys)
    except NoteRefused:
        by = []
    if not by or last.checkpoint.origin != keys[0].name:
        raise StandsStill(f"Checkpoint {last.number} in the database is not signed by a key of this ledger.")
