"""JWTs of an OIDC issuer, over real HTTP: who is let in, and every way in which nobody is."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import jwt
import pytest
from conftest import new_database
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from issuer import AUDIENCE, LocalIssuer, local_issuer
from served import open_shanghai, served

from api.caller import Caller
from api.issuer import AGAIN_SECONDS, KEYS_SECONDS, STALE_SECONDS, Issuer
from api.problems import Unauthenticated, Unavailable
from api.sessions import Sessions
from api.settings import SettingRefused, read_settings
from api.sign_in import Claimed, Jwts, SignIn
from api.tokens import Tokens, token_file


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with local_issuer() as made:
        yield made


class Reader:
    """Reads tokens of an issuer by a clock that tests turn."""

    def __init__(self, issuer: LocalIssuer, **said: Any) -> None:
        self.now = 0.0
        keys = Issuer(issuer.url, clock=lambda: self.now)
        self.jwts = Jwts(keys, Claimed(audience=AUDIENCE, **said))

    def caller(self, token: str) -> Caller:
        return asyncio.run(self.jwts.caller(token))

    def refusal(self, token: str) -> str:
        with pytest.raises(Unauthenticated) as refused:
            self.caller(token)
        assert refused.value.field == "Authorization"
        assert token not in str(refused.value.detail)
        return refused.value.detail


@pytest.mark.rule("R88")
@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_a_token_of_the_issuer_lets_its_subject_in(issuer: LocalIssuer, algorithm: str) -> None:
    issuer.add("k2", algorithm)
    said = {"meritbook_role": "manager", "meritbook_employee": "E7", "meritbook_scope": "team"}
    caller = Reader(issuer).caller(issuer.token("k2", algorithm, **said))
    assert caller == Caller(name="oidc:u1", role="manager", employee="E7", scope="team")


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exp": int(time.time()) - 31}, "has expired"),
        ({"nbf": int(time.time()) + 7200}, "does not count yet"),
        ({"iat": int(time.time()) + 7200}, "does not count yet"),
        ({"aud": "another"}, "another audience"),
        ({"aud": None}, "cannot be verified"),
        ({"iss": "http://127.0.0.1:1"}, "another issuer"),
        ({"iss": None}, "cannot be verified"),
        ({"exp": None}, "cannot be verified"),
        ({"sub": None}, "cannot be verified"),
        ({"meritbook_role": None}, "names no roles"),
        ({"meritbook_role": "king"}, "names no roles"),
        ({"meritbook_role": ["hr", "payroll"]}, "names 2 roles"),
        ({"meritbook_scope": "world"}, "no scope"),
        ({"meritbook_role": "employee"}, "do not go together"),
        ({"meritbook_role": "employee", "meritbook_employee": "E1", "meritbook_scope": "all"}, "go together"),
        ({"meritbook_role": "manager"}, "do not go together"),
        ({"meritbook_employee": 7}, "as a text"),
    ],
)
def test_a_token_that_is_not_for_us_lets_nobody_in(
    issuer: LocalIssuer, changes: dict[str, Any], said: str
) -> None:
    reader = Reader(issuer)
    assert said in reader.refusal(issuer.token(**changes))
    assert reader.caller(issuer.token()).role == "payroll"


@pytest.mark.rule("R88")
def test_clocks_may_differ_by_the_leeway(issuer: LocalIssuer) -> None:
    """An expiry 20 seconds ago is within 30, and not within 10."""
    late = issuer.token(exp=int(time.time()) - 20)
    assert Reader(issuer).caller(late).name == "oidc:u1"
    assert "expired" in Reader(issuer, leeway_seconds=10).refusal(late)


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.mark.rule("R88")
def test_the_key_says_the_algorithm_and_not_the_token(issuer: LocalIssuer) -> None:
    """No signature, a signature by the public key as a secret, one by another key, and one bit changed."""
    issuer.add("rsa", "RS256")
    reader = Reader(issuer)
    body = encoded(issuer.claims())
    public = issuer.private["rsa"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claimed = f"{encoded({'alg': 'HS256', 'kid': 'rsa'})}.{body}"
    mac = base64.urlsafe_b64encode(hmac.digest(public, claimed.encode(), "sha256")).decode().rstrip("=")
    good = issuer.token()
    tries = [
        f"{encoded({'alg': 'none', 'kid': 'k1'})}.{body}.",
        f"{encoded({'alg': 'None', 'kid': 'k1'})}.{body}.",
        f"{claimed}.{mac}",
        jwt.encode(issuer.claims(), issuer.private["rsa"], "RS256", headers={"kid": "k1"}),
        jwt.encode(issuer.claims(), issuer.private["rsa"], "PS256", headers={"kid": "rsa"}),
        good[:-6] + ("AAAA" if good[-6:-2] != "AAAA" else "BBBB") + good[-2:],
        f"{good.split('.')[0]}.{encoded(issuer.claims(meritbook_role='administrator'))}.{good.split('.')[2]}",
        "a.b.c",
        f"{'x' * 9000}.y.z",
    ]
    for each in tries:
        assert reader.refusal(each), each
    assert reader.caller(good).role == "payroll"


@pytest.mark.rule("R88")
def test_keys_that_cannot_be_trusted_are_passed_over(issuer: LocalIssuer) -> None:
    """A secret in the set, a key for encryption, an RSA key of 1024 bits."""
    issuer.add("short", "RS1024")
    secret = base64.urlsafe_b64encode(b"k" * 32).decode().rstrip("=")
    issuer.published["secret"] = {"kty": "oct", "k": secret, "kid": "secret", "alg": "HS256"}
    issuer.add("other")
    issuer.published["other"]["use"] = "enc"
    issuer.published["broken"] = {"kty": "OKP", "kid": "broken"}
    reader = Reader(issuer)
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        short = issuer.token("short", "RS256")
    shared = jwt.encode(issuer.claims(), b"k" * 32, "HS256", headers={"kid": "secret"})
    for each in (short, shared, issuer.token("other")):
        assert "not signed with a key of its issuer" in reader.refusal(each)
    assert reader.caller(issuer.token()).role == "payroll"


@pytest.mark.rule("R88")
def test_a_new_key_counts_at_once_and_a_withdrawn_one_after_its_time(issuer: LocalIssuer) -> None:
    reader = Reader(issuer)
    reader.caller(issuer.token())
    reader.now += AGAIN_SECONDS
    issuer.add("k2")
    old = issuer.token("k1", sub="u2")
    del issuer.published["k1"]
    assert reader.caller(issuer.token("k2")).name == "oidc:u1"
    assert "not signed with a key" in reader.refusal(old)
    assert issuer.asked["/keys"] == 2


@pytest.mark.rule("R88")
def test_a_storm_of_unknown_keys_does_not_reach_the_issuer(issuer: LocalIssuer) -> None:
    """A thousand tokens that name keys nobody has: it is asked once more in ten seconds, and no oftener."""
    reader = Reader(issuer)
    reader.caller(issuer.token())
    body = encoded(issuer.claims())
    storm = [f"{encoded({'alg': 'EdDSA', 'kid': f'x{n}'})}.{body}.AAAA" for n in range(1000)]

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(reader.jwts.caller(each) for each in storm), return_exceptions=True)

    for asked in (1, 2, 2):
        found = asyncio.run(all_at_once())
        assert all(isinstance(each, Unauthenticated) for each in found)
        assert issuer.asked["/keys"] == asked
        reader.now += AGAIN_SECONDS if asked == 1 else 0


@pytest.mark.rule("R88")
def test_an_issuer_that_is_away_lets_known_keys_go_on_for_a_day(issuer: LocalIssuer) -> None:
    reader = Reader(issuer)
    reader.caller(issuer.token())
    issuer.status = 500
    reader.now += KEYS_SECONDS
    assert reader.caller(issuer.token(sub="u2")).name == "oidc:u2"
    reader.now += STALE_SECONDS
    with pytest.raises(Unavailable):
        reader.caller(issuer.token(sub="u3"))
    issuer.status = 200
    reader.now += AGAIN_SECONDS
    assert reader.caller(issuer.token(sub="u3")).name == "oidc:u3"


@pytest.mark.rule("R88")
@pytest.mark.parametrize("fault", ["another issuer", "keys without TLS", "nothing"])
def test_a_discovery_that_cannot_be_trusted_gives_no_keys(issuer: LocalIssuer, fault: str) -> None:
    match fault:
        case "another issuer":
            issuer.says_it_is = "https://evil.example"
        case "keys without TLS":
            issuer.keys_at = "http://keys.example/keys"
        case _:
            issuer.status = 404
    with pytest.raises(Unavailable):
        Reader(issuer).caller(issuer.token())


def test_what_the_issuer_calls_a_role_stands_for_one_of_ours(issuer: LocalIssuer) -> None:
    roles = {"pay-team": "payroll", "leads": "manager"}
    reader = Reader(issuer, roles=roles, names={"role": "groups", "employee": "number"})
    found = reader.caller(issuer.token(groups=["everybody", "leads"], number="E7", meritbook_role="hr"))
    assert (found.role, found.employee, found.scope) == ("manager", "E7", "team")
    assert "names no roles" in reader.refusal(issuer.token(groups=["payroll"]))
    assert "names 2 roles" in reader.refusal(issuer.token(groups=["leads", "pay-team"], number="E7"))


@pytest.mark.rule("R88")
def test_a_barred_subject_is_refused_within_a_second(issuer: LocalIssuer, tmp_path: Path) -> None:
    tokens = Tokens(token_file(tmp_path))
    own = tokens.make("hr", "hr")
    signed_in = SignIn(tokens, Reader(issuer).jwts, cast(Sessions, None))
    token = issuer.token()
    assert asyncio.run(signed_in.caller(token)).name == "oidc:u1"
    assert asyncio.run(signed_in.caller(own)).name == "hr"
    Tokens(token_file(tmp_path)).bar("oidc:u1")
    time.sleep(1)
    with pytest.raises(Unauthenticated):
        asyncio.run(signed_in.caller(token))
    assert asyncio.run(signed_in.caller(issuer.token(sub="u2"))).name == "oidc:u2"
    with pytest.raises(Unauthenticated):
        asyncio.run(signed_in.caller(""))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"OIDC_ISSUER": "https://login.example"}, "AUDIENCE too"),
        ({"OIDC_ISSUER": "http://login.example", "OIDC_AUDIENCE": "m"}, "exactly as the issuer"),
        ({"OIDC_ISSUER": "https://login.example?x=1", "OIDC_AUDIENCE": "m"}, "exactly as the issuer"),
        ({"OIDC_CLAIMS": "rule=groups"}, "'rule=groups' cannot be read"),
        ({"OIDC_CLAIMS": "groups"}, "'groups' cannot be read"),
        ({"OIDC_ROLES": "leads=king"}, "'leads=king' cannot be read"),
        ({"OIDC_LEEWAY_SECONDS": "301"}, "0 … 300"),
    ],
)
def test_settings_of_an_issuer_that_cannot_be_meant_are_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        read_settings({f"MERITBOOK_{name}": value for name, value in given.items()}, Path("/home"))
    assert said in str(refused.value)


@pytest.mark.rule("R88")
def test_a_service_lets_people_of_its_issuer_in_and_nobody_beyond_their_scope(
    postgres: str, template: str, tmp_path: Path, issuer: LocalIssuer
) -> None:
    """And neither the log nor the trail holds the token."""
    asked = {"oidc_issuer": issuer.url, "oidc_audience": AUDIENCE}
    with new_database(postgres, template) as dsn, served(dsn, tmp_path, **asked) as service:
        open_shanghai(service)
        own = issuer.token(meritbook_role="employee", meritbook_employee="E1")
        other = issuer.token(meritbook_role="employee", meritbook_employee="E2", sub="u2")
        old = issuer.token(exp=int(time.time()) - 600)
        for token, status in ((own, 200), (other, 403), (old, 401)):
            headers = {"Authorization": f"Bearer {token}"}
            query = {"at_least": service.head()}
            assert service.http.get("/v1/employees/E1", headers=headers, params=query).status_code == status
        trail = json.dumps(service.get("/v1/audit/trail"))
        log = (tmp_path / "service.log").read_text()
        for token in (own, other, old):
            assert token not in trail + log
        assert "oidc:u2" in trail
