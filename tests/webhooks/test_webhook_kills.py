"""The service is killed while it delivers: nothing is lost, and what comes twice comes under the same id."""

import random
import threading
from collections import defaultdict
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import Say
from receiving import Reply, receiving
from served import fact, open_shanghai, served
from standardwebhooks import Webhook

from api.webhooks.sending import HANDFUL

pytestmark = pytest.mark.faults

KILLS = 3
DEALS = 400


@pytest.mark.rule("R61")
def test_a_service_that_is_killed_while_it_delivers_loses_nothing(
    ledger_dsn: str, tmp_path: Path, say: Say
) -> None:
    """400 deals, three kills by chance. Each deal arrives; what comes again is the same message."""
    dice = random.Random(61)
    with receiving() as (receiver, url):
        receiver.reply = lambda _: Reply(seconds=0.004)
        secret = ""
        for number in range(KILLS + 1):
            with served(ledger_dsn, tmp_path, webhook_hosts="127.0.0.1") as service:
                if number == 0:
                    open_shanghai(service)
                    asked = {"name": "all", "url": f"{url}/in", "events": ["fact.deal_closed"]}
                    secret = service.http.post("/v1/webhooks", json=asked).json()["secret"]
                    last = service.http.post("/v1/facts:batch", json=deals()).json()
                    positions = {each["position"] for each in last["outcomes"]}
                if number < KILLS:
                    before = len(receiver.at("/in"))
                    receiver.wait("/in", min(before + dice.randint(20, 120), DEALS))
                    threading.Event().wait(dice.uniform(0, 0.02))
                    service.kill()
                else:
                    arrived = told(receiver.at("/in"))
                    while set(arrived) != positions:
                        receiver.wait("/in", len(receiver.at("/in")) + 1)
                        arrived = told(receiver.at("/in"))
    came = receiver.at("/in")
    assert all(len(messages) == 1 for messages in arrived.values()), "one id a deal, however often it came"
    assert len({each.message for each in came}) == DEALS
    assert all(Webhook(secret).verify(each.body, each.headers) for each in came)
    again = len(came) - DEALS
    assert again <= KILLS * HANDFUL, "no more than were under way come again"
    say(f"webhooks: {KILLS} kills, {DEALS} deals, {len(came)} requests, {again} of them again, none lost")


def told(came: list) -> dict[int, set[str]]:
    """The ids under which each position came."""
    found = defaultdict[int, set[str]](set)
    for each in came:
        found[each.said["data"]["position"]].add(each.message)
    return dict(found)


def deals() -> list[dict]:
    """Deals of one seller."""
    named = {"employee": "E1", "customer": "C1", "amount_minor": 100, "currency": "CNY"}
    return [fact("deal_closed", {**named, "deal": f"D-{uuid4().hex[:10]}"}) for _ in range(DEALS)]
