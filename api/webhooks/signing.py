"""Standard Webhooks 1.0: secrets, and the headers by which a receiver knows who sent what and when.

What is signed is `{webhook-id}.{webhook-timestamp}.{body}`; while a secret is changed, both sign.
"""

import base64
import binascii
import datetime as dt
import hmac
import secrets
from collections.abc import Iterable
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Scheme = Literal["hmac", "ed25519"]

SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
"""What secrets begin with: of HMAC-SHA256 (v1), of Ed25519 (v1a), and the public half of the latter."""

LEAST_BYTES, MOST_BYTES, NEW_BYTES = 24, 64, 32
"""Of a shared secret, by the standard; and of one made here."""

OVERLAP = dt.timedelta(hours=24)
"""So long after a change the secret before it signs too."""


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret of a webhook. until: when it signs no longer; None for the one in use."""

    text: str
    until: dt.datetime | None = None

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Secret({self.text.partition('_')[0]}_…)"


def new_secret(scheme: Scheme) -> str:
    """A new secret of 256 random bits."""
    return (PRIVATE if scheme == "ed25519" else SHARED) + _base64(secrets.token_bytes(NEW_BYTES))


def is_secret(text: str) -> bool:
    """Whether `text` is a secret that signs by this standard."""
    prefix = next((each for each in (SHARED, PRIVATE) if text.startswith(each)), None)
    if prefix is None:
        return False
    try:
        length = len(base64.b64decode(text.removeprefix(prefix), validate=True))
    except binascii.Error:
        return False
    return LEAST_BYTES <= length <= MOST_BYTES if prefix == SHARED else length == NEW_BYTES


def public_key(secret: str) -> str | None:
    """What receivers verify signatures of `secret` with; None for a shared one."""
    if not secret.startswith(PRIVATE):
        return None
    raw = _private(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PUBLIC + _base64(raw)


def signing(held: Iterable[Secret], at: dt.datetime) -> list[str]:
    """The secrets that sign at this instant, the newest first."""
    return [each.text for each in held if each.until is None or at < each.until]


def rotated(held: Iterable[Secret], new: str, at: dt.datetime) -> list[Secret]:
    """The secrets after `new` came into use: the one before it signs for a while, older ones no longer."""
    before = next((each for each in held if each.until is None), None)
    kept = [] if before is None else [Secret(text=before.text, until=at + OVERLAP)]
    return [Secret(text=new), *kept]


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """One signature, with the mark of its scheme."""
    content = b"%b.%d.%b" % (message.encode(), timestamp, body)
    if secret.startswith(PRIVATE):
        return f"v1a,{_base64(_private(secret).sign(content))}"
    key = base64.b64decode(secret.removeprefix(SHARED))
    return f"v1,{_base64(hmac.digest(key, content, 'sha256'))}"


def headers(held: Iterable[str], message: str, at: dt.datetime, body: bytes) -> dict[str, str]:
    """The headers of one try. at: of the try, which is not the instant of the event."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(each, message, timestamp, body) for each in held),
    }


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret.removeprefix(PRIVATE)))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
