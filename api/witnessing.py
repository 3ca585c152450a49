"""Asks a witness elsewhere to cosign our checkpoints (C2SP tlog-witness); sealing goes on without it."""

import datetime as dt
import http.client
import ssl
import threading
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import psycopg
import structlog
from psycopg import Cursor

from domain.journal import sealed
from domain.journal.checkpoint import hash_lines, parse_size
from domain.journal.connection import connect
from domain.journal.note import Note, NoteRefused, Signature, VerifierKey, parse_signatures
from domain.journal.sealed import Signed

log = structlog.get_logger("meritbook")

TIMEOUT_SECONDS = 5.0
PAUSE_SECONDS = 1.0
"""Between two checkpoints; those in between need no cosignature of their own."""
POLL_SECONDS = 5.0
ANSWER_BYTES = 64 * 1024
JOIN_SECONDS = TIMEOUT_SECONDS + 5.0


class WitnessAway(Exception):
    """The witness cannot be asked at the moment, or does not know us."""


class WitnessDisagrees(Exception):
    """The witness has seen another history of this log than the one that is here."""


class Conflict(Exception):
    """The witness has seen `size` records of the log, and not what we thought."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The witness has seen {size} records.")
        self.size = size


class WitnessClient:
    """A witness by its address and its key."""

    def __init__(self, url: str, key: VerifierKey) -> None:
        self.url, self.key = url.rstrip("/"), key

    def cosign(self, old: int, proof: Sequence[bytes], note: Note) -> Signature:
        """The cosignature on `note`. proof: that the tree of `old` leaves begins its tree.

        Raises: Conflict, WitnessAway, WitnessDisagrees
        """
        lines = [f"old {old}", *hash_lines(proof), "", str(note)]
        status, answer = self._post("/add-checkpoint", "\n".join(lines).encode())
        said = answer.decode("utf-8", "replace")
        try:
            if status == 409:
                raise Conflict(parse_size(said.removesuffix("\n")))
            if status == 200:
                return self._verified(said, note)
        except NoteRefused as refused:
            raise WitnessAway(f"The answer of the witness cannot be used: {refused}") from None
        detail = f"The witness answered {status}: {said[:200].strip()}"
        raise (WitnessDisagrees if status == 422 else WitnessAway)(detail)

    def _verified(self, said: str, note: Note) -> Signature:
        for line in parse_signatures(said):
            if line.is_by(self.key) and Note(note.text, (line,)).signers([self.key]):
                return line
        raise WitnessAway(f"The answer of the witness is not signed by {self.key}.")

    def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        if parts.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.netloc, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", parts.path + path, body, {"Content-Type": "text/plain; charset=utf-8"})
            answer = connection.getresponse()
            return answer.status, answer.read(ANSWER_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise WitnessAway(f"{self.url} does not answer: {error!r}") from None
        finally:
            connection.close()


def witness_newest(cursor: Cursor[Any], witness: WitnessClient, now: dt.datetime) -> Signed | None:
    """Lets the witness see the newest checkpoint, or first one that hands over; what it cosigned now.

    Raises: WitnessAway, WitnessDisagrees
    """
    last = sealed.last_cosigned(cursor, witness.key)
    signed = sealed.to_cosign(cursor, last.number if last else 0)
    if signed is None:
        return None
    size = signed.checkpoint.size
    old = last.checkpoint.size if last else 0
    bare = Note(signed.note.text, signed.note.signatures)
    try:
        line = witness.cosign(old, sealed.consistency(cursor, old, size), bare)
    except Conflict as conflict:
        if conflict.size > size:
            raise WitnessDisagrees(
                f"The witness has seen {conflict.size} records of this log; here {size} are sealed."
            ) from None
        try:
            line = witness.cosign(conflict.size, sealed.consistency(cursor, conflict.size, size), bare)
        except Conflict as again:
            raise WitnessAway(str(again)) from None
    sealed.cosign(cursor, signed, witness.key, line, now)
    return signed


class WitnessThread:
    """The thread that asks for cosignatures. trouble: why there is none at the moment.

    disagrees: the witness has seen another history.
    """

    def __init__(
        self, dsn: str, schema: str, witness: WitnessClient, clock: Callable[[], dt.datetime]
    ) -> None:
        self._dsn, self._schema, self._witness, self._clock = dsn, schema, witness, clock
        self.key = witness.key
        self._stop, self._new = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self.trouble: str | None = None
        self.disagrees = False

    def start(self) -> None:
        """Begins to ask, or begins again."""
        self._stop, self._new = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=[self._stop], name="witness", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        """Says that there is a new checkpoint."""
        self._new.set()

    def stop(self) -> None:
        """Ends, at the latest when the witness has answered."""
        self._stop.set()
        self._new.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            pause = POLL_SECONDS
            try:
                with connect(self._dsn, self._schema, autocommit=True) as connection:
                    self._ask(connection)
            except psycopg.Error as error:
                self._say(f"The database does not answer: {type(error).__name__}", disagrees=False)
            except WitnessAway as away:
                self._say(str(away), disagrees=False)
            except WitnessDisagrees as other:
                self._say(str(other), disagrees=True)
            except Exception as bug:
                log.exception("witnessing_failed")
                self._say(f"Asking the witness failed: {bug!r}", disagrees=False)
            stop.wait(pause)

    def _ask(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        while not self._stop.is_set():
            self._new.clear()
            with connection.cursor() as cursor:
                while witness_newest(cursor, self._witness, self._clock()) is not None:
                    if self._stop.wait(PAUSE_SECONDS):
                        return
            if self.trouble is not None:
                log.info("witness_is_back", witness=self._witness.key.name)
            self.trouble, self.disagrees = None, False
            self._new.wait(POLL_SECONDS)

    def _say(self, trouble: str, *, disagrees: bool) -> None:
        if trouble != self.trouble:
            (log.error if disagrees else log.warning)("witness_missing", why=trouble)
        self.trouble, self.disagrees = trouble, disagrees
