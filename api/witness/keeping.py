"""What a witness knows and when it signs."""

import datetime as dt
import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from api.witness.files import replace_file
from domain.journal.checkpoint import Checkpoint, parse_checkpoint, parse_hashes, parse_size
from domain.journal.merkle import EMPTY_ROOT, verify_consistency
from domain.journal.note import Note, NoteRefused, VerifierKey, parse_key, parse_note
from domain.journal.signing import Signer, cosignature

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
PROOF_LINES = 63


class Answer(NamedTuple):
    """What the witness says over HTTP."""

    status: int
    body: str
    media_type: str = TEXT


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a log. key: who signs it now. note: the checkpoint cosigned last, if any."""

    key: str
    note: str = ""


class Witness:
    """Cosigns the checkpoints of the logs whose keys it is given; their state is in `file`.

    A log that hands over to another key under both signatures is believed the other key from there on. Of a
    known log another key is taken from `trusted` only if `accepts_new_keys`, for one whose key was lost; what
    it has seen of the log counts all the same. kept: the keys that it holds against those of `trusted`.
    Raises: NoteRefused when `file` is not the state of a witness.
    """

    def __init__(
        self,
        signer: Signer,
        file: Path,
        trusted: Sequence[VerifierKey],
        clock: Callable[[], dt.datetime],
        *,
        accepts_new_keys: bool = False,
    ) -> None:
        self._signer, self._file, self._clock = signer, file, clock
        self._lock = threading.Lock()
        self._logs = _read(file)
        self.kept: list[str] = []
        known = dict(self._logs)
        for key in trusted:
            # What was learnt since counts, not what the command line said years ago.
            log = self._logs.setdefault(key.name, Log(key=str(key)))
            if log.key != str(key) and accepts_new_keys:
                self._logs[key.name] = Log(key=str(key), note=log.note)
            elif log.key != str(key):
                self.kept.append(log.key)
        if accepts_new_keys and self._logs != known:
            self._write(self._logs)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Cosigns the checkpoint in `body` if it contradicts nothing, and has that on disk first."""
        try:
            old, proof, note, checkpoint = _request(body)
        except NoteRefused as refused:
            return Answer(400, f"{refused}\n")
        with self._lock:
            log = self._logs.get(checkpoint.origin)
            if log is None:
                return Answer(404, "The log is not known here.\n")
            try:
                key = _signed_by(log, note, checkpoint)
            except NoteRefused as refused:
                return Answer(403, f"{refused}\n")
            if old > checkpoint.size:
                return Answer(400, "The old size is larger than the new one.\n")
            last = parse_checkpoint(parse_note(log.note.encode()).text) if log.note else None
            if old != (last.size if last else 0):
                return Answer(409, f"{last.size if last else 0}\n", SIZE)
            if not _follows(last, checkpoint, proof):
                return Answer(422, "The checkpoint does not continue the tree that was cosigned.\n")
            line = cosignature(note.text, self._signer, self._clock())
            kept = Log(key=str(key), note=str(Note(note.text, (*note.signatures, line))))
            logs = {**self._logs, checkpoint.origin: kept}
            self._write(logs)
            self._logs = logs
            return Answer(200, str(line))

    def _write(self, logs: Mapping[str, Log]) -> None:
        replace_file(self._file, msgspec.json.format(msgspec.json.encode(logs)))

    def checkpoint(self, origin_hash: str) -> Answer:
        """The checkpoint that was cosigned last of the log whose origin hashes to this."""
        for origin, log in self._logs.items():
            if hashlib.sha256(origin.encode()).hexdigest() == origin_hash and log.note:
                return Answer(200, log.note)
        return Answer(404, "No checkpoint of such a log was cosigned here.\n")


def _request(body: bytes) -> tuple[int, tuple[bytes, ...], Note, Checkpoint]:
    head, blank, rest = body.partition(b"\n\n")
    first, *lines = head.decode("utf-8", "replace").split("\n")
    if not blank or not first.startswith("old ") or len(lines) > PROOF_LINES:
        raise NoteRefused("The request is not: an old size, a proof, an empty line, a checkpoint.")
    note = parse_note(rest)
    return parse_size(first.removeprefix("old ")), parse_hashes(lines), note, parse_checkpoint(note.text)


def _signed_by(log: Log, note: Note, checkpoint: Checkpoint) -> VerifierKey:
    """Who is to sign the next checkpoint of the log, if this one is signed by whom it should be.

    Raises: NoteRefused.
    """
    key = parse_key(log.key)
    if not note.signers([key]):
        raise NoteRefused("The checkpoint is not signed by the key of the log.")
    if len(checkpoint.extensions) > 1:
        raise NoteRefused("The checkpoint has more than one line behind its root.")
    successor = checkpoint.successor
    if successor is None:
        if checkpoint.extensions:
            raise NoteRefused("The checkpoint has a line that is not known here; only a successor's is.")
        return key
    if successor.name != checkpoint.origin or not note.signers([successor]):
        raise NoteRefused("The checkpoint hands over to a key that has not signed it.")
    return successor


def _follows(last: Checkpoint | None, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    if new.size == 0 and new.root != EMPTY_ROOT:
        return False
    if last is None or last.size == 0:
        return not proof
    return verify_consistency(last.size, new.size, last.root, new.root, proof)


def _read(file: Path) -> dict[str, Log]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Log])
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError as error:
        raise NoteRefused(f"{file} is not the state of a witness: {error}.") from None
