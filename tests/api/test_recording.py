"""Facts over HTTP: stored once, read back, batches that stand or fall, and who may write what."""

import threading
from uuid import uuid4

import httpx
import pytest
from served import Service, fact

VISIT = {"employee": "E1", "customer": "H1"}


def test_a_fact_is_stored_and_read_back_as_its_canonical_record(service: Service) -> None:
    stored = service.record("visit_recorded", VISIT, key="v-1", source="crm.read-back")
    assert stored.status_code == 201
    assert stored.json()["hit"] is False
    record = service.http.get(stored.headers["Location"])
    assert record.json()["data"] == VISIT
    assert record.json()["occurred_at"] == "2025-03-04T01:30:00.000000Z"
    assert record.json()["position"] == stored.json()["position"]
    assert list(record.json()) == sorted(record.json())
    assert b" " not in record.content


def test_the_same_again_is_the_same_position_and_says_so(service: Service) -> None:
    sent = fact("visit_recorded", VISIT)
    first, again = (service.http.post("/v1/facts", json=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotency-Hit" not in first.headers
    assert again.headers["Idempotency-Hit"] == "true"
    assert again.json() == first.json() | {"hit": True}


def test_the_same_key_for_other_content_is_refused_and_nothing_stored(service: Service) -> None:
    sent = fact("visit_recorded", VISIT)
    service.http.post("/v1/facts", json=sent)
    head = service.head()
    other = service.http.post("/v1/facts", json=sent | {"data": VISIT | {"customer": "H2"}})
    assert other.status_code == 422
    assert other.json()["type"] == "/v1/problems/key-reused"
    assert other.json()["field"] == "key"
    assert service.head() == head


def test_facts_that_arrive_together_have_gapless_positions(service: Service) -> None:
    """Eight clients at once, each fact new: every answer is a position of its own, and none is missing."""
    before, positions = service.head(), list[int]()

    def send(client: httpx.Client) -> None:
        for _ in range(25):
            positions.append(client.post("/v1/facts", json=fact("visit_recorded", VISIT)).json()["position"])

    clients = [service.client("integration") for _ in range(8)]
    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(positions)) == 200 and min(positions) > before
    # The trail may have counted the refusals of the minute in between.
    stored = service.http.get("/v1/facts", params={"after": before, "limit": 1000}).json()["facts"]
    assert [each["position"] for each in stored] == list(range(before + 1, before + 1 + len(stored)))
    assert set(positions) <= {each["position"] for each in stored if each["type"] == "visit_recorded"}


def test_an_atomic_batch_stands_or_falls(service: Service) -> None:
    head = service.head()
    sound, faulty = fact("visit_recorded", VISIT), fact("visit_recorded", VISIT | {"employee": "nobody"})
    answer = service.http.post("/v1/facts:batch", json=[sound, faulty])
    assert answer.status_code == 422
    withheld, refused = answer.json()["outcomes"]
    assert withheld["problem"]["type"] == "/v1/problems/withheld"
    assert refused["problem"]["type"] == "/v1/problems/unknown-employee"
    assert refused["problem"]["field"] == "data.employee"
    assert service.head() == head


def test_in_a_batch_that_is_not_atomic_each_stands_alone(service: Service) -> None:
    sound, faulty = fact("visit_recorded", VISIT), fact("visit_recorded", VISIT | {"stars": 5})
    url = "/v1/facts:batch?atomic=false"
    first = service.http.post(url, json=[sound, faulty, sound])
    assert first.status_code == 207
    assert (first.json()["stored"], first.json()["hits"], first.json()["refused"]) == (1, 1, 1)
    assert first.json()["outcomes"][1]["problem"]["field"] == "data.stars"
    again = service.http.post(url, json=[sound])
    assert again.status_code == 200
    assert again.json()["outcomes"][0] == first.json()["outcomes"][2]


def test_a_batch_may_build_on_itself(service: Service) -> None:
    hired = {"employee": "E77", "hired_on": "2025-03-01", "branch": "SH", "post": "seller"}
    batch = [fact("employee_hired", hired), fact("visit_recorded", VISIT | {"employee": "E77"})]
    assert service.http.post("/v1/facts:batch", json=batch).json()["stored"] == 2


def test_a_void_may_name_its_fact_by_key(service: Service) -> None:
    sent = fact("visit_recorded", VISIT)
    position = service.http.post("/v1/facts", json=sent).json()["position"]
    named = {"source": sent["source"], "key": sent["key"]}
    voided = service.record("fact_voided", {"reason": "entered twice"}, refers_to=named)
    assert voided.status_code == 201, voided.text
    record = service.http.get(voided.headers["Location"]).json()
    assert record["data"] == {"position": position, "reason": "entered twice"}
    again = service.record("fact_voided", {"reason": "entered twice"}, refers_to=named)
    assert (again.status_code, again.json()["type"]) == (409, "/v1/problems/already-voided")


def test_pages_of_facts_neither_skip_nor_repeat(service: Service) -> None:
    tag = f"customer:{uuid4().hex}"
    for _ in range(5):
        service.record("visit_recorded", VISIT | {"customer": tag.removeprefix("customer:")})
    after, found = 0, list[int]()
    while True:
        query = {"tag": tag, "type": "visit_recorded", "after": after, "limit": 2}
        page = service.http.get("/v1/facts", params=query).json()
        found += [record["position"] for record in page["facts"]]
        if page["next_after"] is None:
            break
        after = page["next_after"]
    assert len(found) == 5
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("role", "type", "status"),
    [
        ("integration", "visit_recorded", 201),
        ("employee", "visit_recorded", 403),
        ("payroll", "visit_recorded", 403),
        ("auditor", "visit_recorded", 403),
        ("hr", "plan_adopted", 403),
        ("administrator", "period_closed", 403),
        ("administrator", "ledger_opened", 403),
    ],
)
def test_a_role_writes_what_is_its_own(service: Service, role: str, type: str, status: int) -> None:
    client = service.client(role, "E1" if role == "employee" else None)  # type: ignore[arg-type]
    answer = client.post("/v1/facts", json=fact(type, VISIT))
    assert answer.status_code == status, answer.text


def test_without_a_known_token_nothing_is_answered(service: Service) -> None:
    for headers in ({}, {"Authorization": "Bearer mb_wrong"}, {"Authorization": "Basic eDp5"}):
        answer = httpx.get(f"{service.url}/v1/facts", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["remedy"].startswith("Send 'Authorization: Bearer TOKEN'")


def test_a_token_is_never_written_to_the_log(service: Service) -> None:
    token = service.http.headers["Authorization"].removeprefix("Bearer ")
    httpx.get(f"{service.url}/v1/facts", headers={"Authorization": f"Bearer {token}x"})
    assert token not in service.settings.home.joinpath("service.log").read_text()
