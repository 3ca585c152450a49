"""Files that statements bring along (xAPI 1.0.3, multipart/mixed): checked against their digests, and kept.

A statement describes each by its SHA-2. What is described and points nowhere has to come along; what comes
along has to be described, and to be what its digest says.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import Cursor

from api.connectors import sealing
from api.connectors.forms import bad, below
from api.connectors.signatures import is_signature, require_signed
from api.connectors.statements import Statement
from domain.journal.vault import Vault

MIXED = "multipart/mixed"
MOST_PARTS = 100

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
"""By the length of their digests in hexadecimal."""

ADD = """
insert into xapi_attachment (statement, sha2, connector, content, media_type)
values (%(statement)s, %(sha2)s, %(connector)s, %(content)s, %(media_type)s)
on conflict (statement, sha2) do nothing"""

KEPT = """
select statement, sha2, connector, content, media_type from xapi_attachment
where statement = any(%(statements)s) order by statement, sha2"""


class Attached(NamedTuple):
    """A file as it came along."""

    sha2: str
    media_type: str
    content: bytes


def parts_of(content_type: str, body: bytes) -> tuple[bytes, list[Attached]]:
    """The statements of a mixed body, and the files behind them.

    Raises: BadStatement.
    """
    named = _BOUNDARY.search(content_type)
    if named is None:
        raise bad("Content-Type", "It names no boundary.", "Write multipart/mixed; boundary=…")
    mark = b"\r\n--" + (named[1] or named[2]).encode("latin-1")
    _, *pieces = (b"\r\n" + body).split(mark, MOST_PARTS + 2)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise bad("", f"It does not end with its boundary after {MOST_PARTS} parts at most.", "See RFC 2046.")
    found = [_part(each) for each in pieces[:-1]]
    head, statements = found[0]
    if head.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise bad("parts[0]", "The first part is no application/json.", "Send the statements first.")
    return statements, [_attached(number, *each) for number, each in enumerate(found[1:], 1)]


def require_attached(told: Sequence[Statement], brought: Sequence[Attached]) -> None:
    """Checks that statements and the files with them belong together.

    Raises: BadStatement.
    """
    by_digest = {each.sha2: each.content for each in brought}
    declared = set[str]()
    for each in told:
        for index, said in enumerate(described(each.said)):
            place = below(each.place, f"attachments[{index}]")
            digest = said["sha2"].lower()
            declared.add(digest)
            if is_signature(said):
                require_signed(each, said, by_digest.get(digest), place)
            elif "fileUrl" not in said and digest not in by_digest:
                raise bad(
                    place,
                    "It has no fileUrl and does not come along.",
                    "Send it in multipart/mixed.",
                )
    for number, each in enumerate(brought, 1):
        if each.sha2 not in declared:
            raise bad(f"parts[{number}]", "No statement describes it.", "Describe it, or leave it out.")


def described(said: Mapping[str, Any]) -> Iterator[Any]:
    """What a statement, or one within it, says of its files."""
    yield from said.get("attachments", ())
    if said["object"].get("objectType") == "SubStatement":
        yield from said["object"].get("attachments", ())


def keep(
    cursor: Cursor[Any], vault: Vault, connector: str, told: Sequence[Statement], brought: Sequence[Attached]
) -> None:
    """Keeps the files of statements, each with those that describe it."""
    cipher = sealing.cipher(cursor, vault)
    for statement in told:
        wanted = {said["sha2"].lower() for said in described(statement.said)}
        for each in brought:
            if each.sha2 in wanted:
                at = sealing.place("xapi_attachment", connector, statement.id, each.sha2)
                said = {"statement": statement.id, "sha2": each.sha2, "connector": connector}
                content = cipher.encrypt(base64.b64encode(each.content).decode(), at)
                cursor.execute(ADD, said | {"content": content, "media_type": each.media_type})


def kept(cursor: Cursor[Any], vault: Vault, statements: Sequence[str]) -> list[Attached]:
    """The files of these statements, each once."""
    found: dict[str, Attached] = {}
    for statement, sha2, connector, content, media_type in cursor.execute(
        KEPT, {"statements": list(statements)}
    ).fetchall():
        at = sealing.place("xapi_attachment", connector, statement, sha2)
        text = sealing.cipher(cursor, vault).decrypt(content, at)
        found[sha2] = Attached(sha2, media_type, base64.b64decode(text))
    return list(found.values())


def mixed(body: bytes, files: Iterable[Attached]) -> tuple[str, bytes]:
    """A mixed body with its type: statements, then files."""
    boundary = secrets.token_hex(16)
    parts = [b"Content-Type: application/json\r\n\r\n" + body]
    for each in files:
        head = f"Content-Type: {each.media_type}\r\nContent-Transfer-Encoding: binary\r\n"
        head += f"X-Experience-API-Hash: {each.sha2}\r\n\r\n"
        parts.append(head.encode("latin-1") + each.content)
    mark = f"--{boundary}".encode()
    said = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return f"{MIXED}; boundary={boundary}", said + mark + b"--\r\n"


def _part(piece: bytes) -> tuple[dict[str, str], bytes]:
    """The headers and the content of one part."""
    _, _, rest = piece.partition(b"\r\n")  # what may stand behind a boundary
    head, _, content = rest.partition(b"\r\n\r\n") if not rest.startswith(b"\r\n") else (b"", b"", rest[2:])
    lines = (each.partition(":") for each in head.decode("latin-1").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in lines}, content


def _attached(number: int, head: Mapping[str, str], content: bytes) -> Attached:
    digest = head.get("x-experience-api-hash", "").lower()
    place = f"parts[{number}]"
    if head.get("content-transfer-encoding", "").lower() != "binary":
        raise bad(place, "Its Content-Transfer-Encoding is not binary.", "Send its very bytes, and say so.")
    algorithm = _ALGORITHMS.get(len(digest))
    if algorithm is None or hashlib.new(algorithm, content).hexdigest() != digest:
        raise bad(place, "It is not what its X-Experience-API-Hash says.", "Send the SHA-2 of its bytes.")
    media_type = head.get("content-type", "application/octet-stream")[:200]
    return Attached(digest, media_type, content)
