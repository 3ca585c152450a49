"""Signed statements by xAPI 1.0.3, part two, 2.6: a JSON Web Signature that says what its statement says.

What was signed is the statement before the signature was attached to it. A signature that brings its
certificate is verified with it; one that does not is held to its form and to what it says, as nobody here has
the key. Whose a certificate is, and who vouches for it, is not judged.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from api.bodies import require_sound
from api.connectors.forms import bad, below
from api.connectors.statements import Statement, statement
from api.importing.json_table import NotJson, parsed
from domain.refusals import Malformed

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
MEDIA_TYPE = "application/octet-stream"
_ALGORITHMS: dict[str, type[HashAlgorithm]] = {"RS256": SHA256, "RS384": SHA384, "RS512": SHA512}
_COMPACT = re.compile(rb"([\w-]+)\.([\w-]+)\.([\w-]+)\s*", re.ASCII)
MOST_CERTIFICATES = 10


class _Header(msgspec.Struct, frozen=True):
    alg: str
    x5c: list[str] | None = None
    crit: list[str] | None = None


def is_signature(said: dict[str, Any]) -> bool:
    """Whether an attachment is its statement's signature."""
    return said["usageType"] == SIGNATURE


def require_signed(told: Statement, said: dict[str, Any], content: bytes | None, place: str) -> None:
    """Checks that a signature is one, of this very statement.

    said: what the statement says of it. content: as it came along. Raises: BadStatement.
    """
    if said["contentType"].partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise bad(
            below(place, "contentType"), f"Signatures are of the type {MEDIA_TYPE}.", f"Send {MEDIA_TYPE}."
        )
    if content is None:
        raise bad(place, "A signature comes along.", "Send it in multipart/mixed, without fileUrl.")
    compact = _COMPACT.fullmatch(content)
    if compact is None:
        raise bad(place, "It is no JSON Web Signature in its compact form.", "Sign as RFC 7515 has it.")
    head, payload, signature = (_bytes(each, place) for each in compact.groups())
    header = _header(head, place)
    if header.x5c is not None:
        signed = content.rpartition(b".")[0]
        _require_verified(_key(header.x5c, place), header.alg, signature, signed, place)
    _require_same(told, payload, place)


def _header(said: bytes, place: str) -> _Header:
    try:
        header = msgspec.json.decode(said, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise bad(place, "Its header is not that of a signature.", "Sign as RFC 7515 has it.") from None
    if header.alg not in _ALGORITHMS:
        raise bad(place, f"{header.alg[:20]!r} signs no statement.", f"Sign with {', '.join(_ALGORITHMS)}.")
    if header.crit is not None:
        raise bad(place, "It asks for extensions that are not known here.", "Sign without `crit`.")
    return header


def _key(chain: Sequence[str], place: str) -> RSAPublicKey:
    """The key of the first certificate, each of which is issued by the next."""
    try:
        found = [
            x509.load_der_x509_certificate(base64.b64decode(each, validate=True))
            for each in chain[:MOST_CERTIFICATES]
        ]
        for each, issuer in pairwise(found):
            each.verify_directly_issued_by(issuer)
        key = found[0].public_key()
    except (ValueError, TypeError, IndexError, InvalidSignature):
        raise bad(
            place,
            "Its certificates (x5c) cannot be read, or one is not issued by the next.",
            "Send them in base64 of DER, that of the signer first.",
        ) from None
    if not isinstance(key, RSAPublicKey):
        raise bad(place, "Its certificate is not of an RSA key.", f"Sign with {', '.join(_ALGORITHMS)}.")
    return key


def _require_verified(key: RSAPublicKey, alg: str, signature: bytes, signed: bytes, place: str) -> None:
    try:
        key.verify(signature, signed, PKCS1v15(), _ALGORITHMS[alg]())
    except InvalidSignature:
        raise bad(place, "Its certificate did not sign this.", "Sign the statement again.") from None


def _require_same(told: Statement, payload: bytes, place: str) -> None:
    """Checks that what was signed is the statement, but for its signature and what its receiver adds."""
    try:
        require_sound(payload)
        said = parsed(payload.decode())
        id = said.get("id", told.id) if isinstance(said, dict) else told.id
        signed = statement(said, str(id).lower())
    except (NotJson, UnicodeDecodeError, Malformed):
        raise bad(place, "What it signs is no statement.", "Sign the statement as it is sent.") from None
    if _signed(signed) != _signed(told):
        raise bad(place, "It signs another statement.", "Sign the statement as it is sent.")


def _signed(told: Statement) -> dict[str, Any]:
    rest = [each for each in told.compared.get("attachments", []) if not is_signature(each)]
    compared = {name: value for name, value in told.compared.items() if name != "attachments"}
    return compared | {"attachments": rest}


def _bytes(text: bytes, place: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        raise bad(place, "A part of it is no base64url.", "Sign as RFC 7515 has it.") from None
