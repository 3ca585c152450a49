"""Signed statements by xAPI 1.0.3: what is signed is what is said, by whom its certificate says."""

import base64
import datetime as dt
import json
from typing import Any

import pytest
from connectors.test_statements import ID, said
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from api.connectors.forms import BadStatement
from api.connectors.signatures import SIGNATURE, require_signed
from api.connectors.statements import statement
from api.importing.json_table import parsed

DIGESTS: dict[str, HashAlgorithm] = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}
DESCRIBED = {
    "usageType": SIGNATURE,
    "display": {"en": "Signature"},
    "contentType": "application/octet-stream",
}
DESCRIBED |= {"length": 1, "sha2": "0" * 64}
TOLD = said(context={"contextActivities": {"parent": {"id": "http://lms.example/courses"}}})


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def certificate(key: RSAPrivateKey, issuer: str = "lms") -> str:
    """Of `lms`, by itself or by somebody else."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in ("lms", issuer)]
    built = x509.CertificateBuilder(names[1], names[0], key.public_key(), 1, *_DAYS)
    return base64.b64encode(built.sign(key, SHA256()).public_bytes(Encoding.DER)).decode()


_DAYS = dt.datetime(2025, 1, 1, tzinfo=dt.UTC), dt.datetime(2035, 1, 1, tzinfo=dt.UTC)


def encoded(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def signed(key: RSAPrivateKey, told: object = TOLD, alg: str = "RS256", **header: Any) -> bytes:
    head = encoded(json.dumps({"alg": alg, **header}).encode())
    payload = head + b"." + encoded(json.dumps(told, indent=1).encode())
    digest = DIGESTS.get(alg, SHA256())
    return payload + b"." + encoded(key.sign(payload, PKCS1v15(), digest))


def judged(content: bytes | None, **changes: Any) -> None:
    described = DESCRIBED | changes
    told = statement(parsed(json.dumps(TOLD | {"attachments": [described]})), ID)
    require_signed(told, described, content, "attachments[0]")


@pytest.mark.parametrize("alg", DIGESTS)
@pytest.mark.parametrize("certified", [False, True])
def test_a_signature_of_the_statement_is_taken(key: RSAPrivateKey, alg: str, certified: bool) -> None:
    """However it is written down, with the id that it was given or before it had one."""
    header = {"x5c": [certificate(key)]} if certified else {}
    for told in (TOLD, TOLD | {"id": ID.upper()}, dict(reversed(TOLD.items()))):
        judged(signed(key, told, alg, **header))


def test_what_no_signature_of_it_is_refused_with_its_place(key: RSAPrivateKey) -> None:
    good, other = signed(key), said(result={"success": True})
    head, payload, mark = good.split(b".")
    certified = signed(key, x5c=[certificate(key)]).split(b".")
    stranger = generate_private_key(65537, 2048)
    for content, why in {
        None: "comes along",
        b"signed": "compact form",
        good + b".x": "compact form",
        encoded(b"[]") + b"." + payload + b"." + mark: "header",
        signed(key, alg="HS256"): "signs no statement",
        signed(key, crit=["exp"]): "extensions",
        signed(key, other): "another statement",
        signed(key, TOLD | {"id": ID.replace("7", "8")}): "another statement",
        signed(key, "signed"): "no statement",
        head + b"." + encoded(b"{'actor': 1}") + b"." + mark: "no statement",
        b".".join([*certified[:2], encoded(b"x" * 256)]): "did not sign",
        signed(stranger, x5c=[certificate(key)]): "did not sign",
        signed(key, x5c=["MII"]): "cannot be read",
        signed(key, x5c=[]): "cannot be read",
        signed(key, x5c=[certificate(key, "authority"), certificate(stranger)]): "not issued by the next",
    }.items():
        with pytest.raises(BadStatement, match=str(why)) as refused:
            judged(content)
        assert refused.value.field == "attachments[0]" and refused.value.remedy
    with pytest.raises(BadStatement) as refused:
        judged(good, contentType="text/plain")
    assert refused.value.field == "attachments[0].contentType"
