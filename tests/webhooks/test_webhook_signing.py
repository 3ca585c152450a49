"""What is sent is signed as Standard Webhooks 1.0 says: told by its package, and by reading it once more."""

import base64
import datetime as dt
import hashlib
import hmac
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from api.webhooks import signing
from api.webhooks.schedule import DELAYS_SECONDS, MOST_TRIES, next_try, verdict
from api.webhooks.signing import Secret

NOW = dt.datetime(2025, 3, 4, 1, 30, 0, 700_000, tzinfo=dt.UTC)
BODY = '{"type":"fact.deal_closed","data":{"product":"接骨板"}}'.encode()
MESSAGE = "msg_00112233445566778899aabbccddeeff"


@pytest.mark.rule("R61")
def test_the_packages_own_verifier_takes_what_we_sign() -> None:
    secret = signing.new_secret("hmac")
    now = dt.datetime.now(dt.UTC)
    sent = signing.headers([secret], MESSAGE, now, BODY)
    assert Webhook(secret).verify(BODY, sent) == json.loads(BODY)
    for name, value in (("webhook-id", "msg_other"), ("webhook-timestamp", str(int(now.timestamp()) + 1))):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(BODY, sent | {name: value})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret("hmac")).verify(BODY, sent)


def test_a_shared_secret_signs_as_the_text_of_the_standard_says() -> None:
    """Written out here a second time: HMAC-SHA256 over id.timestamp.body, base64, marked v1."""
    secret = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    content = f"{MESSAGE}.1741051800.".encode() + BODY
    expected = base64.b64encode(hmac.new(bytes(range(32)), content, hashlib.sha256).digest()).decode()
    assert signing.headers([secret], MESSAGE, NOW, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1741051800",
        "webhook-signature": f"v1,{expected}",
    }


def test_a_key_pair_signs_and_its_public_half_verifies() -> None:
    secret = signing.new_secret("ed25519")
    public = signing.public_key(secret)
    assert secret.startswith("whsk_") and public is not None and public.startswith("whpk_")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    mark, _, signed = signing.signature(secret, MESSAGE, 1741051800, BODY).partition(",")
    assert mark == "v1a"
    content = f"{MESSAGE}.1741051800.".encode() + BODY
    key.verify(base64.b64decode(signed), content)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signed), content + b" ")
    assert signing.public_key(signing.new_secret("hmac")) is None


@pytest.mark.rule("R61")
def test_while_a_secret_is_changed_both_sign_and_then_the_new_one_alone() -> None:
    first, second, third = (signing.new_secret("hmac") for _ in range(3))
    now = dt.datetime.now(dt.UTC)
    held = signing.rotated([Secret(text=first)], second, now)
    assert signing.signing(held, now + dt.timedelta(hours=23)) == [second, first]
    sent = signing.headers(signing.signing(held, now), MESSAGE, now, BODY)
    assert len(sent["webhook-signature"].split(" ")) == 2
    assert Webhook(first).verify(BODY, sent) == Webhook(second).verify(BODY, sent)
    assert signing.signing(held, now + dt.timedelta(hours=24)) == [second]
    again = signing.rotated(held, third, now)
    assert signing.signing(again, now) == [third, second], "a third change ends the first at once"
    assert second not in repr(again)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("whsec_" + base64.b64encode(bytes(24)).decode(), True),
        ("whsec_" + base64.b64encode(bytes(64)).decode(), True),
        ("whsec_" + base64.b64encode(bytes(23)).decode(), False),
        ("whsec_" + base64.b64encode(bytes(65)).decode(), False),
        ("whsk_" + base64.b64encode(bytes(32)).decode(), True),
        ("whsk_" + base64.b64encode(bytes(24)).decode(), False),
        ("whsec_not base64", False),
        ("secret", False),
    ],
)
def test_a_secret_has_the_form_of_the_standard(text: str, good: bool) -> None:
    assert signing.is_secret(text) is good


@pytest.mark.rule("R61")
def test_tries_follow_the_published_schedule_with_a_little_jitter() -> None:
    """At once, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h: ten tries, the last after 75 h 35 min 5 s."""
    assert DELAYS_SECONDS == (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    assert sum(DELAYS_SECONDS) == 75 * 3600 + 35 * 60 + 5
    for tries, seconds in enumerate(DELAYS_SECONDS, 1):
        assert next_try(tries, NOW, chance=lambda: 0.0) == NOW + dt.timedelta(seconds=seconds)
        assert next_try(tries, NOW, chance=lambda: 1.0) == NOW + dt.timedelta(seconds=seconds * 1.1)
    assert next_try(MOST_TRIES, NOW) is None


def test_an_endpoint_may_put_a_try_off_but_not_bring_it_forward() -> None:
    assert next_try(1, NOW, 60, chance=lambda: 0.0) == NOW + dt.timedelta(seconds=60)
    assert next_try(2, NOW, 60, chance=lambda: 0.0) == NOW + dt.timedelta(seconds=300)
    assert next_try(1, NOW, 10**8, chance=lambda: 0.0) == NOW + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "said"),
    [(200, "delivered"), (204, "delivered"), (299, "delivered"), (301, "again"), (307, "again"),
     (400, "again"), (404, "again"), (410, "gone"), (429, "again"), (500, "again"), (None, "again")],
)  # fmt: skip
def test_what_an_answer_means(status: int | None, said: str) -> None:
    assert verdict(status) == said
