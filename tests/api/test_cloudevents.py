"""CloudEvents 1.0 in, as a client of the standard's own SDK sends them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from served import Service

VISIT = {"employee": "E1", "customer": "H1"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def event(data: Any = VISIT, /, **attributes: Any) -> CloudEvent:
    """A visit as the CRM's own event."""
    said: dict[str, Any] = {
        "type": "visit_recorded",
        "source": "crm.huikang/访客",
        "id": uuid4().hex,
        "time": datetime.fromisoformat("2025-03-04T09:30:00+08:00"),
        "datacontenttype": "application/json",
    }
    return CloudEvent(attributes=said | attributes, data=data)


def send(service: Service, message: HTTPMessage, path: str = "/v1/facts") -> httpx.Response:
    """Sends what the SDK made."""
    return service.http.post(path, content=message.body, headers=message.headers)


@pytest.mark.parametrize("form", [to_structured_event, to_binary_event])
def test_an_event_is_a_fact_in_either_mode(service: Service, form: Any) -> None:
    sent = event()
    answer = send(service, form(sent))
    assert answer.status_code == 201, answer.text
    record = service.http.get(answer.headers["Location"]).json()
    assert (record["source"], record["key"]) == ("crm.huikang/访客", sent.get_id())
    assert record["occurred_at"] == "2025-03-04T01:30:00.000000Z"
    assert record["data"] == VISIT


def test_the_mode_makes_no_difference_to_what_was_said(service: Service) -> None:
    sent = event()
    assert send(service, to_structured_event(sent)).status_code == 201
    again = send(service, to_binary_event(sent))
    assert (again.status_code, again.headers["Idempotency-Hit"]) == (200, "true")


@pytest.mark.parametrize("path", ["/v1/facts", "/v1/facts:batch"])
def test_a_batch_of_events_is_taken_on_either_path(service: Service, path: str) -> None:
    bodies = [to_structured_event(event()).body for _ in range(3)]
    answer = service.http.post(path, content=b"[" + b",".join(bodies) + b"]", headers=BATCH)
    assert answer.status_code == 201, answer.text
    assert answer.json()["stored"] == 3


def test_the_cause_of_an_event_travels_as_an_extension(service: Service) -> None:
    cause = service.head()
    answer = send(service, to_binary_event(event(causation=str(cause), traceparent="00-af-01")))
    assert service.http.get(answer.headers["Location"]).json()["causation"] == cause


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "com.example.visit"}, "type"),
        ({"time": None}, "time"),
        ({"source": None}, "source"),
        ({"id": None}, "id"),
        ({"specversion": "0.3"}, "specversion"),
        ({"datacontenttype": "application/xml"}, "datacontenttype"),
        ({"data": None, "data_base64": "e30="}, "data_base64"),
        ({"data": {"employee": "E1"}}, "data.customer"),
        ({"data": None}, "data"),
        ({"causation": "first"}, "causation"),
        ({"time": "2025-03-04"}, "time"),
    ],
)
def test_a_bad_event_is_refused_by_its_attribute(
    service: Service, changes: dict[str, Any], field: str
) -> None:
    sound = {"specversion": "1.0", "type": "visit_recorded", "source": "crm", "id": uuid4().hex}
    said = sound | {"time": "2025-03-04T09:30:00+08:00", "data": VISIT} | changes
    body = {name: value for name, value in said.items() if value is not None}
    head = service.head()
    answer = service.http.post(
        "/v1/facts", json=body, headers={"Content-Type": "application/cloudevents+json"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert service.head() == head


def test_a_binary_event_without_its_id_is_refused_by_header(service: Service) -> None:
    message = to_binary_event(event())
    headers = {name: value for name, value in message.headers.items() if name != "ce-id"}
    answer = service.http.post("/v1/facts", content=message.body, headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (422, "ce-id")
