"""Webhooks of a running service: what is recorded arrives, signed, at a real receiver."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from faults.embedded_user import until
from receiving import Reply
from standardwebhooks import Webhook
from webhook_scene import ANY, Scene, change, deal, delivered, failing, replayed, sold, trail, tries

from api.tokens import Tokens, token_file
from api.webhooks.courier import LOCK
from domain.journal.connection import connect


@pytest.mark.rule("R61")
def test_an_order_that_is_recorded_arrives_signed_and_verifies(scene: Scene) -> None:
    """12,345.00 CNY come in as a CloudEvent 1.0 and go out signed; nothing personal goes along."""
    webhook, path, secret = scene.make(events=["fact.deal_closed", "fact.visit_recorded"])
    order = {"specversion": "1.0", "type": "deal_closed", "source": "crm", "id": "SO-17"}
    order |= {"time": "2025-03-04T09:30:00+08:00", "data": deal("E1")}
    media_type = {"Content-Type": "application/cloudevents+json"}
    taken = scene.service.http.post("/v1/facts", content=json.dumps(order), headers=media_type)
    assert taken.status_code == 201, taken.text
    position = taken.json()["position"]
    visit = {"employee": "E1", "customer": "C1", "note": "王主任 wants a discount"}
    assert scene.service.record("visit_recorded", visit).status_code == 201
    first, second = sorted(scene.receiver.wait(path, 2), key=lambda each: each.said["type"])
    said = Webhook(secret).verify(first.body, first.headers)
    assert (said["type"], said["timestamp"]) == ("fact.deal_closed", "2025-03-04T01:30:00.000000Z")
    told = said["data"]
    assert (told["source"], told["key"]) == ("crm", "SO-17")
    assert (told["position"], told["fact"]["amount_minor"], told["fact"]["employee"]) == (
        position,
        1_234_500,
        "E1",
    )
    assert first.headers["content-type"].startswith("application/json")
    assert "note" not in second.said["data"]["fact"] and b"enc1." not in second.body
    listed = scene.get(f"/v1/webhooks/{webhook}/deliveries")["deliveries"]
    assert [each["message"] for each in listed] == [first.message, second.message]


def test_a_webhook_hears_only_of_whom_its_maker_reaches(scene: Scene) -> None:
    manager = scene.service.client("manager", "E1", "branch", ("SH",))
    _, own, _ = scene.make(manager)
    _, chosen, _ = scene.make(people=["E3"])
    _, branch, _ = scene.make(branches=["BJ"])
    _, everybody, _ = scene.make()
    for employee in ("E3", "E2", "E1"):
        sold(scene, employee)
    scene.receiver.wait(everybody, 3)

    def whom(path: str, count: int) -> set[str]:
        return {each.said["data"]["fact"]["employee"] for each in scene.receiver.wait(path, count)}

    assert whom(own, 2) == {"E1", "E2"}
    assert whom(chosen, 1) == whom(branch, 1) == {"E3"}


def test_a_void_is_told_and_names_what_it_voids(scene: Scene) -> None:
    _, path, _ = scene.make(events=["fact.fact_voided"])
    position = sold(scene)
    assert scene.service.record("fact_voided", {"position": position, "reason": "twice"}).status_code == 201
    [came] = scene.receiver.wait(path, 1)
    assert came.said["data"]["fact"]["position"] == position


@pytest.mark.parametrize(
    ("role", "event", "status"),
    [
        ("integration", "fact.deal_closed", 403),
        ("integration", "fact.honour_awarded", 201),
        ("payroll", "statement.closed", 201),
        ("payroll", "warning.raised", 403),
        ("hr", "fact.survey_answered", 201),
        ("hr", "fact.customer_registered", 403),
        ("hr", "fact.personal_data_read", 403),
        ("administrator", "fact.customer_registered", 403),
        ("auditor", "fact.deal_closed", 403),
        ("employee", "fact.deal_closed", 403),
    ],
)
def test_a_role_is_told_what_it_may_know(scene: Scene, role: Any, event: str, status: int) -> None:
    client = scene.service.client(role, "E1" if role == "employee" else None)
    asked = {"name": "x", "url": f"{scene.url}/rights", "events": [event]}
    answer = client.post("/v1/webhooks", json=asked)
    assert answer.status_code == status, answer.text
    if status == 201:
        assert (
            client.delete(f"/v1/webhooks/{answer.json()['webhook']['webhook']}", headers=ANY).status_code
            == 204
        )


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"events": []}, "events"),
        ({"events": ["fact.deal_close"]}, "events[0]"),
        ({"url": "http://hooks.example/x"}, "url"),
        ({"url": "https://10.0.0.1/x"}, "url"),
        ({"url": "https://[::ffff:169.254.169.254]/x"}, "url"),
        ({"name": ""}, "name"),
        ({"form": "slack"}, "form"),
        ({"secret": "whsec_c2hvcnQ="}, "secret"),
        ({"form": "wecom", "secret": "SECabcdefghijklmnop"}, "secret"),
        ({"form": "dingtalk", "secret": "whsec_abc"}, "secret"),
        ({"scheme": "ed25519", "secret": "whsec_" + "A" * 44}, "secret"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_by_name(scene: Scene, asked: Any, field: str) -> None:
    body = {"name": "x", "url": f"{scene.url}/x", "events": ["fact.deal_closed"], **asked}
    refused = scene.service.http.post("/v1/webhooks", json=body)
    assert 400 <= refused.status_code < 500
    assert (refused.json()["field"], bool(refused.json()["remedy"])) == (field, True)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/webhooks/%00", None),
        ("GET", "/v1/webhooks/wh_%FF", None),
        ("DELETE", "/v1/webhooks/功劳", None),
        ("PATCH", "/v1/webhooks/{}", {"state": "disabled"}),
        ("PATCH", "/v1/webhooks/{}", {"url": "https://127.0.0.2/x"}),
        ("GET", "/v1/webhooks/{}/deliveries/%00", None),
        ("GET", "/v1/webhooks/{}/deliveries?after=99999999999999999999&state=lost", None),
        ("POST", "/v1/webhooks/{}/replays", {"messages": ["\0"]}),
        ("POST", "/v1/webhooks/{}/replays", {"from_position": 2**70}),
        ("POST", "/v1/webhooks/{}/replays", {"state": "waiting", "colour": 1}),
        ("POST", "/v1/webhooks", {"name": "\ud800", "url": "\0", "events": ["\0"]}),
    ],
)
def test_nonsense_is_refused_and_breaks_nothing(scene: Scene, method: str, path: str, body: Any) -> None:
    webhook = scene.make()[0]
    content = None if body is None else json.dumps(body)
    answer = scene.service.http.request(method, path.format(webhook), content=content, headers=ANY)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_secrets_are_shown_once_and_kept_encrypted(scene: Scene) -> None:
    webhook, _, secret = scene.make(url=f"{scene.url}/hidden?key=TOPSECRETKEY")
    shown = scene.service.http.get(f"/v1/webhooks/{webhook}")
    assert secret not in shown.text and "TOPSECRETKEY" not in shown.text
    assert scene.service.settings.database_url
    with connect(scene.service.settings.database_url, scene.service.settings.ledger) as connection:
        row = connection.execute("select w::text from webhook w where webhook = %s", [webhook]).fetchone()
    assert row is not None and secret not in row[0] and "TOPSECRETKEY" not in row[0]
    log = scene.service.settings.home / "service.log"
    assert secret not in log.read_text() and "TOPSECRETKEY" not in log.read_text()


def test_a_secret_is_changed_without_a_refusal(scene: Scene) -> None:
    webhook, path, old = scene.make()
    new = scene.service.http.post(f"/v1/webhooks/{webhook}/secret", headers=ANY).json()["secret"]
    sold(scene)
    [came] = scene.receiver.wait(path, 1)
    assert old != new
    assert Webhook(old).verify(came.body, came.headers) == Webhook(new).verify(came.body, came.headers)


def test_a_key_pair_shows_its_public_half_only(scene: Scene) -> None:
    webhook, path, secret = scene.make(scheme="ed25519")
    assert secret is None
    assert scene.get(f"/v1/webhooks/{webhook}")["public_key"].startswith("whpk_")
    sold(scene)
    [came] = scene.receiver.wait(path, 1)
    assert came.headers["webhook-signature"].startswith("v1a,")


@pytest.mark.rule("R61")
def test_what_fails_is_tried_again_under_the_same_id(scene: Scene) -> None:
    webhook, path, secret = scene.make()
    scene.receiver.reply = failing(path, Reply(500, b"not now"), times=2)
    sold(scene)
    scene.receiver.wait(path, 1)
    for count in (2, 3):
        until(lambda count=count: tries(scene, webhook) == count - 1)
        scene.hasten(webhook)
        scene.receiver.wait(path, count)
    until(lambda: delivered(scene, webhook))
    came = scene.receiver.at(path)
    assert len({each.message for each in came}) == 1
    assert len({each.body for each in came}) == 1
    [listed] = scene.get(f"/v1/webhooks/{webhook}/deliveries")["deliveries"]
    one = scene.get(f"/v1/webhooks/{webhook}/deliveries/{listed['message']}")
    assert [each["status"] for each in one["log"]] == [500, 500, 200]
    assert one["log"][0]["answer"] == "not now"
    assert all(Webhook(secret).verify(each.body, each.headers) for each in came)


def test_a_redirect_is_not_followed(scene: Scene) -> None:
    webhook, path, _ = scene.make()
    away = Reply(307, headers=(("Location", f"{scene.url}/elsewhere"),))
    scene.receiver.reply = failing(path, away, times=1)
    sold(scene)
    scene.receiver.wait(path, 1)
    until(lambda: tries(scene, webhook) == 1)
    assert not scene.receiver.at("/elsewhere")
    assert not delivered(scene, webhook)


@pytest.mark.rule("R61")
def test_an_endpoint_that_is_gone_is_told_nothing_more(scene: Scene) -> None:
    """And the trail says who switched it off and why: nobody but the service."""
    webhook, path, _ = scene.make()
    scene.receiver.reply = failing(path, Reply(410), times=9)
    sold(scene)
    until(lambda: scene.get(f"/v1/webhooks/{webhook}")["state"] == "disabled")
    sold(scene)
    _, other, _ = scene.make()
    sold(scene)
    scene.receiver.wait(other, 1)
    assert len(scene.receiver.at(path)) == 1
    figures = scene.service.http.get("/metrics").text
    assert "meritbook_webhooks_stopped" in figures and 'outcome="gone"' in figures
    assert "webhook_stopped" in (scene.service.settings.home / "service.log").read_text()
    noted = trail(scene, webhook)[-1]
    assert (noted["data"]["change"], noted["data"]["because"]) == ("disabled", "It answered 410 Gone.")
    assert noted["actor"] == "meritbook webhooks"


def test_paused_it_waits_in_the_journal_and_goes_on_where_it_stood(scene: Scene) -> None:
    webhook, path, _ = scene.make()
    change(scene, webhook, state="paused")
    positions = [sold(scene), sold(scene)]
    change(scene, webhook, state="active")
    came = scene.receiver.wait(path, 2)
    assert sorted(each.said["data"]["position"] for each in came) == positions
    change(scene, webhook, state="paused")
    sold(scene)
    scene.service.get("/v1/milestones")  # everything is counted
    change(scene, webhook, state="active", skip=True)
    last = sold(scene)
    assert scene.receiver.wait(path, 3)[2].said["data"]["position"] == last


@pytest.mark.rule("R61")
def test_the_dead_are_listed_and_can_be_replayed(scene: Scene) -> None:
    webhook, path, _ = scene.make()
    scene.receiver.reply = failing(path, Reply(500), times=1)
    first = sold(scene)
    until(lambda: tries(scene, webhook) == 1)
    scene.receiver.reply = failing(path, Reply(500), times=1)
    scene.change("update webhook_delivery set tries = 9 where webhook = %s", webhook)
    scene.hasten(webhook)
    until(lambda: scene.get(f"/v1/webhooks/{webhook}/deliveries", state="dead")["deliveries"])
    second = sold(scene)
    scene.receiver.wait(path, 3)
    until(lambda: delivered(scene, webhook))
    assert replayed(scene, webhook, state="dead") == 1
    came = scene.receiver.wait(path, 4)
    assert len({each.message for each in came}) == 2
    until(lambda: len(delivered(scene, webhook)) == 2)
    assert replayed(scene, webhook, from_position=first, to_position=second) == 2
    assert len({each.message for each in scene.receiver.wait(path, 6)}) == 2
    until(lambda: len(delivered(scene, webhook)) == 2)
    assert replayed(scene, webhook, messages=[came[0].message]) == 1
    assert scene.receiver.wait(path, 7)[6].message == came[0].message
    empty = scene.service.http.post(f"/v1/webhooks/{webhook}/replays", json={})
    assert empty.status_code == 422, empty.text


@pytest.mark.rule("R61")
def test_a_slow_endpoint_delays_nobody_else(scene: Scene) -> None:
    _, slow, _ = scene.make()
    _, quick, _ = scene.make()
    scene.receiver.reply = lambda came: Reply(seconds=3.0 if came.path == slow else 0.0)
    for _ in range(8):
        sold(scene)
    last = scene.receiver.wait(quick, 8)[-1].at
    assert last - scene.receiver.wait(slow, 1)[0].at < 2.5
    assert len(scene.receiver.at(slow)) <= 4, "requests under way at one endpoint"
    scene.receiver.reply = lambda _: Reply()


def test_one_process_delivers_for_a_ledger(scene: Scene) -> None:
    """Whoever else would deliver does not get the lock as long as this one lives."""
    settings = scene.service.settings
    assert settings.database_url
    with connect(settings.database_url, settings.ledger) as connection:
        assert connection.execute(LOCK).fetchone() == (False,)


def test_a_test_event_arrives(scene: Scene) -> None:
    webhook, path, secret = scene.make()
    message = scene.service.http.post(f"/v1/webhooks/{webhook}/test").json()["message"]
    [came] = scene.receiver.wait(path, 1)
    assert came.message == message
    assert Webhook(secret).verify(came.body, came.headers)["type"] == "webhook.test"


def test_who_may_ask_for_nothing_any_more_is_told_nothing(scene: Scene) -> None:
    tokens = Tokens(token_file(scene.service.settings.home))
    headers = {"Authorization": f"Bearer {tokens.make('hr', 'leaving')}"}
    with httpx.Client(base_url=scene.service.url, headers=headers) as client:
        webhook, path, _ = scene.make(client)
    tokens.revoke("leaving")
    until(lambda: scene.get(f"/v1/webhooks/{webhook}")["state"] == "paused")
    sold(scene)
    assert not scene.receiver.at(path)


def test_the_webhooks_of_others_are_not_to_be_had(scene: Scene) -> None:
    webhook, _, _ = scene.make(scene.service.client("hr"))
    other = scene.service.client("hr")
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/secret")):
        answer = other.request(method, f"/v1/webhooks/{webhook}{path}", json={}, headers=ANY)
        assert answer.status_code == 404, (method, path)
    assert webhook not in other.get("/v1/webhooks").text
    assert webhook in scene.service.http.get("/v1/webhooks").text, "an administrator sees it"
    moved = scene.service.http.patch(
        f"/v1/webhooks/{webhook}", json={"url": f"{scene.url}/mine"}, headers=ANY
    )
    assert moved.status_code == 403
    change(scene, webhook, state="paused")


def test_a_delivery_stays_in_the_trace_of_the_request_that_wrote_the_fact(scene: Scene) -> None:
    _, path, _ = scene.make()
    trace = uuid4().hex
    brought = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    order = {"specversion": "1.0", "type": "deal_closed", "source": "crm", "id": trace, "data": deal("E1")}
    order |= {"time": "2025-03-04T09:30:00+08:00"}
    media_type = {"Content-Type": "application/cloudevents+json"}
    taken = scene.service.http.post("/v1/facts", content=json.dumps(order), headers=brought | media_type)
    assert taken.status_code == 201, taken.text
    [came] = scene.receiver.wait(path, 1)
    step = taken.headers["traceparent"].split("-")[2]
    assert came.headers["traceparent"].startswith(f"00-{trace}-")
    assert came.headers["traceparent"].endswith("-01") and step not in came.headers["traceparent"]
