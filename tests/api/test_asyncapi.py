"""The AsyncAPI document names all that the stream and the webhooks send, and what they send is as it says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastjsonschema
import msgspec
import pytest
from announced import DOCUMENT, require_announced, with_known_classes

from api.asyncapi import read_asyncapi
from api.streaming import frames
from api.telling_results import KINDS, RESULTS, result_told
from api.webhooks import events
from api.webhooks.events import WebhookTest, body_of
from domain.facts.people import EmployeeHired
from domain.facts.personal import personal_fields
from domain.facts.registry import FACT_TYPES
from domain.people import reminders
from projections.boards import BoardPlace
from projections.totals import Total

FORM = Path(__file__).with_name("asyncapi-3.0.0.schema.json")


def references(value: Any) -> Iterator[str]:
    match value:
        case dict():
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for member in value.values():
                yield from references(member)
        case list():
            for member in value:
                yield from references(member)


def test_it_is_asyncapi_3_and_every_reference_leads_somewhere() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    for reference in set(references(DOCUMENT)):
        found: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert isinstance(found, dict)
    for group in DOCUMENT["components"].values():
        assert all(re.fullmatch(r"[\w.\-]+", name) for name in group)
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] == "send"
    for message in DOCUMENT["components"]["messages"].values():
        assert message["name"] and message["summary"] and message["payload"]["type"] == "object"


def test_it_is_of_the_form_that_asyncapi_gives_its_documents() -> None:
    """By the initiative's own schema, without what is left out of it here: bindings and other languages."""
    valid = fastjsonschema.compile(json.loads(FORM.read_text("utf-8")), use_default=False)
    told = with_known_classes(DOCUMENT)
    valid(told)
    stream = DOCUMENT["channels"]["stream"]
    for changes in (
        {"asyncapi": "2.6.0"},
        {"info": {"title": "Meritbook"}},
        {"channels": {"stream": stream | {"adress": "/v1/stream"}}},
        {"operations": {"told": {"action": "publish", "channel": {"$ref": "#/channels/stream"}}}},
    ):
        with pytest.raises(fastjsonschema.JsonSchemaValueException):
            valid(told | changes)


def test_every_event_that_can_be_sent_is_in_it_and_no_other() -> None:
    channels = DOCUMENT["channels"]
    assert set(channels["webhooks"]["messages"]) == {*events.EVENTS, events.TEST}
    source = Path(frames.__file__).read_text("utf-8")
    sent = set(re.findall(r"event: ([a-z-]+)", source)) | {"delta"}
    assert set(channels["stream"]["messages"]) == {f"stream.{name}" for name in sent}
    assert set(RESULTS) == {*events.RESULTS, events.TEST}, "each has words in both languages"
    assert set(KINDS) == set(reminders.Kind.__args__)


def test_nothing_personal_is_announced() -> None:
    for tag, kind in FACT_TYPES.items():
        named = DOCUMENT["components"]["schemas"][kind.__name__]["properties"]
        assert not set(personal_fields(kind)) & named.keys(), tag
        assert not events.LEFT_OUT & named.keys(), tag
    hired = EmployeeHired(employee="E1", hired_on="2025-01-01", branch="SH", post="x", name="enc1.x")  # type: ignore[arg-type]
    assert "name" not in events.public(hired)


def said(frame: bytes) -> Any:
    """The data of an event of the stream."""
    return msgspec.json.decode(frame.split(b"data: ")[1].strip())


def test_events_of_the_stream_are_as_announced() -> None:
    total = Total(employee="E1", fact="visit_recorded", count="1/2", quantity=1, minutes=0, amount_minor=0)
    place = BoardPlace(
        place=None, employee="E1", branch=None, team=None, value=None, tied=False, reached_at=None
    )
    rows = [msgspec.json.encode(each) for each in (total, place, {"employee": "E2", "gone": True})]
    require_announced("stream.snapshot", said(frames.rows_frame("snapshot", None, 7, rows)))
    require_announced("stream.snapshot", said(frames.part_frame(7, rows)))
    require_announced("stream.delta", said(frames.rows_frame("delta", 3, 7, rows)))
    require_announced("stream.progress", said(frames.progress_frame(7)))
    require_announced("stream.must-refetch", said(frames.refetch_frame("too-slow")))
    for name, wrong in (
        ("delta", {"position": 1, "rows": []}),
        ("progress", {"position": "1"}),
        ("must-refetch", {"reason": "mood"}),
        ("snapshot", {"position": 1, "rows": [{"employee": "E1"}]}),
    ):
        with pytest.raises(fastjsonschema.JsonSchemaValueException):
            require_announced(f"stream.{name}", wrong)


def test_a_test_event_is_as_announced_and_another_is_not() -> None:
    data = WebhookTest(webhook="wh_1", name="x")
    body = msgspec.json.decode(body_of(events.TEST, "2025-03-04T01:30:00.000000Z", data))
    require_announced(events.TEST, body)
    assert result_told(events.TEST, data, "zh") == "Webhook 测试：x，并无事件发生"
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        require_announced("fact.deal_closed", body)


def test_the_service_says_the_same() -> None:
    answer = read_asyncapi.fn()
    assert msgspec.json.decode(answer.content) == DOCUMENT
