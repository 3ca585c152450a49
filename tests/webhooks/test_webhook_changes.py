"""Who changes webhooks is in the trail, and nobody changes one that is no more as they read it."""

import pytest
from webhook_scene import ANY, Scene, trail

from api.webhooks.keeping import WebhookChange


@pytest.mark.rule("R24")
def test_whoever_makes_changes_or_removes_a_webhook_is_in_the_trail_without_its_address(scene: Scene) -> None:
    service = scene.service
    webhook, path, secret = scene.make(events=["fact.deal_closed"])
    address = f"/v1/webhooks/{webhook}"
    assert service.http.patch(address, json={"state": "paused"}, headers=ANY).status_code == 200
    assert service.http.patch(address, json={"state": "active", "skip": True}, headers=ANY).status_code == 200
    fewer = {"events": ["fact.visit_recorded"]}
    assert service.http.patch(address, json=fewer, headers=ANY).status_code == 200
    assert service.http.post(f"{address}/secret", headers=ANY).status_code == 201
    assert service.http.delete(address, headers=ANY).status_code == 204
    facts = trail(scene, webhook)
    changes = [each["data"]["change"] for each in facts]
    assert changes == ["made", "paused", "resumed", "changed", "secret_renewed", "removed"]
    assert {each["actor"] for each in facts} == {service.http.get("/v1/session").json()["name"]}
    assert (
        facts[3]["data"]["events"] == ["fact.visit_recorded"] and facts[3]["data"]["role"] == "administrator"
    )
    assert "events" not in facts[-1]["data"]
    said = str(facts)
    assert path not in said and secret not in said and "127.0.0.1" in said
    forged = service.record("webhook_changed", facts[0]["data"])
    assert forged.status_code == 403


@pytest.mark.rule("R61")
def test_a_change_is_meant_for_what_was_read(scene: Scene) -> None:
    webhook, _, _ = scene.make()
    address, client = f"/v1/webhooks/{webhook}", scene.service.http
    read = client.get(address).headers["ETag"]
    first = client.patch(address, json={"name": "mine"}, headers={"If-Match": read})
    assert first.status_code == 200 and first.headers["ETag"] != read
    for method, at in (("PATCH", address), ("DELETE", address), ("POST", f"{address}/secret")):
        body = {"name": "theirs"} if method == "PATCH" else None
        late = client.request(method, at, json=body, headers={"If-Match": read})
        assert (late.status_code, late.json()["type"]) == (412, "/v1/problems/changed-meanwhile")
        assert (late.json()["field"], address in late.json()["remedy"]) == ("If-Match", True)
    assert client.get(address).json()["name"] == "mine"
    assert client.get(address).headers["ETag"] == first.headers["ETag"], "deliveries change no tag"
    assert client.patch(address, json={"name": "any"}, headers=ANY).status_code == 200
    for method, at in (("PATCH", address), ("DELETE", address), ("POST", f"{address}/secret")):
        blind = client.request(method, at, json={"name": "last"} if method == "PATCH" else None)
        assert (blind.status_code, blind.json()["type"]) == (428, "/v1/problems/precondition-needed")
        assert (blind.json()["field"], address in blind.json()["remedy"]) == ("If-Match", True)
    assert client.get(address).json()["etag"] == client.get(address).headers["ETag"]


@pytest.mark.parametrize(
    ("change", "called"),
    [
        (WebhookChange(state="paused"), "paused"),
        (WebhookChange(state="active", skip=True), "resumed"),
        (WebhookChange(name="x"), "changed"),
        (WebhookChange(name="x", state="paused"), "changed"),
        (WebhookChange(skip=True), "changed"),
    ],
)
def test_a_change_has_its_name_in_the_trail(change: WebhookChange, called: str) -> None:
    assert change.called == called
