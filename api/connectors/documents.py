"""Connectors: mappings under a name, checked, kept as facts in versions, found again when records come."""

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
from psycopg import Cursor

from api.importing.compiling import Compiled, compiled
from api.importing.mapping import MappingInvalid, Problem, document_in, shaped
from api.importing.rows import Unusable
from api.intake import Stored, Submission
from api.ops import SOURCE, Ledger, now, submit_one
from api.problems import NotFound
from domain.facts.connecting import ConnectorId
from domain.plan.parse import document_hash
from domain.refusals import BadField
from projections import connectors as read_model
from projections.connectors import Version

MAX_DOCUMENT_BYTES = 256 * 1024

_NAME = msgspec.json.Decoder(ConnectorId)
_NO_OWN_ID = "Its records have no id of their own, so a repeat delivery could not be told from a new record."


class Connector(NamedTuple):
    """A connector in use. position: of the fact that set its mapping."""

    name: str
    position: int
    document_hash: str
    mapping: Compiled

    @property
    def format(self) -> str:
        """What kind of records it takes; files say it by their names where the mapping does not."""
        return self.mapping.mapping.format or ""


def check_connector(file: Path) -> tuple[dict[str, object], Compiled]:
    """The mapping in `file` as its document and ready to run.

    Raises: MappingInvalid with every fault; Unusable when the file cannot be read.
    """
    document = document_in(file)
    mapping = compiled(shaped(document, file), file)
    assert isinstance(document, dict), "shaping refuses anything else"
    faults: list[Problem] = []
    sent = mapping.mapping.format in ("json", "xapi")
    if sent and any(maker.key.hashed for maker in mapping.makers):
        faults.append(Problem("key", _NO_OWN_ID, "Name the path of the record's id."))
    if mapping.mapping.format == "xapi" and mapping.mapping.records is not None:
        faults.append(Problem("records", "Statements come one by one.", "Leave it out."))
    if len(msgspec.json.encode(document)) > MAX_DOCUMENT_BYTES:
        faults.append(Problem("", f"It has more than {MAX_DOCUMENT_BYTES} bytes.", "Write it shorter."))
    if faults:
        raise MappingInvalid(file, faults)
    return document, mapping


def set_connector(
    ledger: Ledger, name: str, file: Path, *, actor: str, reason: str | None
) -> tuple[Compiled, Version | Stored]:
    """Lets records of `name` be translated by the mapping in `file`; the one in use already is left as it is.

    Raises: MappingInvalid, Unusable, BadField and the Refusals of the intake.
    """
    require_name(name)
    document, mapping = check_connector(file)
    digest = document_hash(document)
    ledger.runner().catch_up()
    with ledger.pool.connection() as connection, connection.cursor() as cursor:
        before = version_in_use(cursor, name)
    if before is not None and before.document_hash == digest:
        return mapping, before
    said = {"connector": name, "document": document, "document_hash": digest, "reason": reason}
    return mapping, _write(ledger, "connector_set", said, actor)


def remove_connector(ledger: Ledger, name: str, *, actor: str, reason: str | None) -> Stored:
    """Lets `name` take no more records.

    Raises: NotFound and the Refusals of the intake.
    """
    ledger.runner().catch_up()
    with ledger.pool.connection() as connection, connection.cursor() as cursor:
        connector(cursor, name)
    return _write(ledger, "connector_removed", {"connector": name, "reason": reason}, actor)


def connector(cursor: Cursor[Any], name: str) -> Connector:
    """The connector `name` as it is in use.

    Raises: NotFound.
    """
    version = version_in_use(cursor, name)
    if version is None:
        raise NotFound(
            field="connector",
            detail=f"There is no connector {name[:64]!r}.",
            remedy="Add it: meritbook connector add NAME FILE; GET /v1/connectors lists those in use.",
        )
    return ready(version)


def connectors(cursor: Cursor[Any]) -> list[Connector]:
    """Every connector in use, by name."""
    return [ready(version) for version in read_model.in_use(cursor)]


def version_in_use(cursor: Cursor[Any], name: str) -> Version | None:
    """The last version of `name`; None where it was removed, or never was."""
    found = read_model.versions(cursor, name)
    return found[-1] if found and found[-1].document is not None else None


def ready(version: Version) -> Connector:
    """What records of this version are translated by."""
    assert version.document is not None and version.document_hash is not None
    mapping = _compiled(version.connector, version.document_hash, version.document)
    return Connector(version.connector, version.position, version.document_hash, mapping)


def require_name(name: str) -> None:
    """Checks that `name` can name a connector.

    Raises: BadField.
    """
    try:
        _NAME.decode(msgspec.json.encode(name))
    except msgspec.ValidationError:
        raise BadField(
            field="connector",
            detail=f"{name[:64]!r} cannot name a connector.",
            remedy="Use up to 64 small letters, digits and hyphens, a letter first.",
        ) from None


@lru_cache(maxsize=256)
def _compiled(name: str, digest: str, document: str) -> Compiled:
    file = Path(name)
    try:
        return compiled(shaped(msgspec.json.decode(document), file), file)
    except Unusable as invalid:
        raise BadField(
            field="connector",
            detail=f"The mapping of {name} was made for another version of this program: {invalid}",
            remedy="Add it anew: meritbook connector add.",
        ) from None


def _write(ledger: Ledger, kind: str, said: dict[str, object], actor: str) -> Stored:
    submission = Submission(
        type=kind,
        source=SOURCE,
        key=f"{kind.replace('_', '-')}/{uuid4().hex}",
        occurred_at=now(),
        data={name: value for name, value in said.items() if value is not None},
    )
    return submit_one(ledger, submission, actor)
