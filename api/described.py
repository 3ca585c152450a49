"""What OpenAPI says of bodies that handlers read for themselves, with an example of each form."""

from dataclasses import dataclass

from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    Operation,
    RequestBody,
    Schema,
)

from api import lists
from api.cloudevents import BATCHED, STRUCTURED
from domain.facts.registry import FACT_TYPES

_DATA = {"employee": "E1007", "customer": "C-201", "kind": "first", "minutes": 45}
_FACT = {
    "type": "visit_recorded",
    "source": "crm.huikang",
    "key": "visit-88213",
    "occurred_at": "2025-03-04T09:30:00+08:00",
    "data": _DATA,
}
_EVENT = {
    "specversion": "1.0",
    "type": "visit_recorded",
    "source": "crm.huikang",
    "id": "visit-88213",
    "time": "2025-03-04T09:30:00+08:00",
    "datacontenttype": "application/json",
    "data": _DATA,
}
_TEXT = Schema(type="string")  # type: ignore[arg-type]
_TEXT_OR_NULL = Schema(type=["string", "null"])  # type: ignore[list-item]


def object_of(required: dict[str, Schema], optional: dict[str, Schema], description: str) -> Schema:
    """An object with these members."""
    return Schema(
        type="object",  # type: ignore[arg-type]
        properties={**required, **optional},
        required=list(required),
        description=description,
    )


_INSTANT = Schema(type="string", format="date-time", description="RFC 3339, with zone.")  # type: ignore[arg-type]
_DAY = Schema(type="string", format="date")  # type: ignore[arg-type]
_MONTH = Schema(type="string", pattern=r"^(19|2\d)\d\d-(0[1-9]|1[0-2])$")  # type: ignore[arg-type]
_TAG = Schema(type="string", enum=sorted(FACT_TYPES))  # type: ignore[arg-type]
_ANY = Schema(type="object", description="The fact; docs/facts has a JSON Schema for each type.")  # type: ignore[arg-type]
_POSITION = Schema(type="integer", minimum=1)  # type: ignore[arg-type]
_FACT_SCHEMA = object_of(
    {"type": _TAG, "source": _TEXT, "key": _TEXT, "occurred_at": _INSTANT, "data": _ANY},
    {"causation": _POSITION, "refers_to": object_of({"source": _TEXT, "key": _TEXT}, {}, "A stored fact.")},
    "A fact. source and key are the idempotency key, for ever.",
)
_EVENT_SCHEMA = object_of(
    {"specversion": _TEXT, "type": _TAG, "source": _TEXT, "id": _TEXT, "time": _INSTANT, "data": _ANY},
    {"datacontenttype": _TEXT, "causation": _POSITION},
    "A CloudEvent 1.0. source and id are the idempotency key, for ever.",
)


def _content(schema: Schema, example: object, summary: str) -> OpenAPIMediaType:
    return OpenAPIMediaType(schema=schema, examples={"visit": Example(summary=summary, value=example)})


def list_of(schema: Schema, most: int) -> Schema:
    """A list of these, at most so many."""
    return Schema(type="array", items=schema, max_items=most)  # type: ignore[arg-type]


FACT_BODY = RequestBody(
    required=True,
    description="With `ce-` headers, application/json is the data alone of a CloudEvent in binary mode.",
    content={
        "application/json": _content(_FACT_SCHEMA, _FACT, "A visit"),
        STRUCTURED: _content(_EVENT_SCHEMA, _EVENT, "The same as a CloudEvent"),
        BATCHED: _content(list_of(_EVENT_SCHEMA, lists.FACTS), [_EVENT], "Several CloudEvents"),
    },
)
BATCH_BODY = RequestBody(
    required=True,
    content={
        "application/json": _content(list_of(_FACT_SCHEMA, lists.FACTS), [_FACT], "Several facts"),
        BATCHED: _content(list_of(_EVENT_SCHEMA, lists.FACTS), [_EVENT], "Several CloudEvents"),
    },
)

ROSTER_BODY = RequestBody(
    required=True,
    description="The unit and days of a roster, and how far to search for it.",
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of(
                {"branch": _TEXT, "from": _DAY, "to": _DAY},
                {
                    "department": _TEXT,
                    "effort": Schema(type="integer", minimum=1, maximum=60, default=5),  # type: ignore[arg-type]
                    "seconds": Schema(type="integer", minimum=1, maximum=60, default=30),  # type: ignore[arg-type]
                    "seed": Schema(type="integer", minimum=0, default=0),  # type: ignore[arg-type]
                },
                "At most 62 days, both ends included; effort and seconds bound the search.",
            ),
            examples={
                "ward": Example(
                    summary="A ward for four weeks",
                    value={"branch": "BJ", "department": "ICU", "from": "2025-03-03", "to": "2025-03-30"},
                )
            },
        )
    },
)

CLOSE_BODY = RequestBody(
    required=True,
    description="The month; with `confirms`, the digest of the proposal that is confirmed.",
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of({"period": _MONTH}, {"confirms": _TEXT_OR_NULL}, "What is proposed or closed."),
            examples={
                "proposal": Example(summary="Propose to close March", value={"period": "2025-03"}),
                "close": Example(
                    summary="Close what was proposed", value={"period": "2025-03", "confirms": "5f" * 32}
                ),
            },
        )
    },
)

REFUSAL_BODY = RequestBody(
    required=True,
    description="Why the change is not wanted.",
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of({"reason": _TEXT}, {}, "In plain words, without personal data."),
            examples={"refusal": Example(summary="Refuse it", value={"reason": "too early"})},
        )
    },
)

PLAN_TEXT_BODY = RequestBody(
    required=True,
    description="A plan document as YAML.",
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of({"text": _TEXT}, {}, "The whole text."),
            examples={
                "plan": Example(
                    summary="A plan that pays nothing yet",
                    value={
                        "text": "plan: seller\ntitle: Sellers\ncurrency: CNY\neffective_from: 2025-07-01\n"
                    },
                )
            },
        )
    },
)

SIMULATION_BODY = RequestBody(
    required=True,
    description="A plan document as JSON, or plans to leave out, and the months to try.",
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of(
                {"from": _MONTH, "until": _MONTH},
                {
                    "document": Schema(type="object", description="A plan; docs/reference/plans.md."),  # type: ignore[arg-type]
                    "without": list_of(_TEXT, lists.PLANS),
                    "vary": Schema(type="string", description="Such as bonus=30..80/10, 50 values at most."),  # type: ignore[arg-type]
                    "known_at": Schema(type="string", description="A position, or an instant with zone."),  # type: ignore[arg-type]
                    "largest": Schema(type="integer", minimum=0, maximum=100),  # type: ignore[arg-type]
                },
                "What to try: at most 24 months, both ends tried.",
            ),
            examples={
                "without": Example(
                    summary="What a plan costs",
                    value={"from": "2025-01", "until": "2025-03", "without": ["huikang-newcomer"]},
                )
            },
        )
    },
)


TEST_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of({"bank": _TEXT}, {}, "From which bank the test is drawn."),
            examples={"test": Example(summary="A test", value={"bank": "implant-basics"})},
        )
    },
)
_CHOICES = Schema(
    type="object",  # type: ignore[arg-type]
    additional_properties=list_of(_TEXT, lists.CHOICES),
    max_properties=lists.QUESTIONS,
    description="The choices made, by question; a question that is left out is not right.",
)
ANSWERS_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of({"answers": _CHOICES}, {}, "What is handed in."),
            examples={
                "answers": Example(summary="Answers", value={"answers": {"q1": ["a"], "q2": ["b", "d"]}})
            },
        )
    },
)


_PLACE = object_of(
    {"latitude": _TEXT, "longitude": _TEXT},
    {"accuracy": _TEXT},
    "Where the phone says it is: degrees of WGS 84 and metres of doubt, as decimal text.",
)
CHECK_IN_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of(
                {"customer": _TEXT}, {"department": _TEXT, "place": _PLACE}, "A visit that begins."
            ),
            examples={
                "visit": Example(
                    summary="A visit",
                    value={
                        "customer": "C-201",
                        "place": {"latitude": "31.230416", "longitude": "121.473701", "accuracy": "12"},
                    },
                )
            },
        )
    },
)


def operation_with(body: RequestBody) -> type[Operation]:
    """An operation whose handler reads `body` itself."""

    @dataclass
    class OperationWithBody(Operation):
        def __post_init__(self) -> None:
            self.request_body = body

    return OperationWithBody
