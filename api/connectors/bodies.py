"""What OpenAPI says of the bodies that connectors read for themselves."""

from litestar.openapi.spec import Example, OpenAPIMediaType, RequestBody, Schema

_ANY = Schema(description="Any JSON: one record, a list of them, or an envelope around them.")

RECORDS_BODY = RequestBody(
    required=True,
    description="What the other system sends, as it sends it; the mapping says where what stands.",
    content={
        "application/json": OpenAPIMediaType(
            schema=_ANY,
            examples={
                "order": Example(
                    summary="An order of a CRM",
                    value={
                        "id": "0061-7781",
                        "stage": "won",
                        "closed_at": "2025-03-04T09:30:00+08:00",
                        "owner": {"number": "E1007"},
                        "account": {"id": "C-201"},
                        "amount": {"value": "128000.00", "currency": "CNY"},
                    },
                )
            },
        )
    },
)

_TEXT = Schema(type="string", description="Why, without personal data; it stands in the trail.")  # type: ignore[arg-type]
_RECORD = Schema(description="The record as it should have been; the one that is held where absent.")
_CORRECT = Schema(type="boolean", description="Void what stands under its key, and write it in its place.")  # type: ignore[arg-type]

RELEASE_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=Schema(
                type="object",  # type: ignore[arg-type]
                properties={"reason": _TEXT, "record": _RECORD, "correct": _CORRECT},
                required=["reason"],
            ),
            examples={
                "correction": Example(
                    summary="An order whose amount was changed",
                    value={"reason": "the amount was renegotiated", "correct": True},
                )
            },
        )
    },
)
REASON_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=Schema(type="object", properties={"reason": _TEXT}, required=["reason"]),  # type: ignore[arg-type]
            examples={"test": Example(summary="An order of a test", value={"reason": "sent by a test"})},
        )
    },
)

DOCUMENT_BODY = RequestBody(
    required=True,
    description="The document, of whichever kind; what is merged is a JSON object.",
    content={
        "application/json": OpenAPIMediaType(
            schema=Schema(description="Any JSON."),
            examples={"bookmark": Example(summary="A bookmark", value={"page": 7, "volume": 0.8})},
        )
    },
)

_STATEMENT = {
    "id": "7d1f3a52-5b0e-4c8e-9a51-0a0f6d0c1b11",
    "actor": {"account": {"homePage": "http://lms.example", "name": "wang.fang"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
    "object": {"id": "http://lms.example/courses/implant-basics"},
    "result": {"success": True, "score": {"scaled": 0.85}},
    "timestamp": "2025-03-04T09:30:00+08:00",
}
_ONE = Schema(type="object", description="A statement as xAPI 1.0.3, part two, has it.")  # type: ignore[arg-type]
STATEMENT_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=_ONE, examples={"passed": Example(summary="A course was passed", value=_STATEMENT)}
        )
    },
)
STATEMENTS_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=Schema(description="A statement, or a list of them."),
            examples={"passed": Example(summary="A course was passed", value=[_STATEMENT])},
        )
    },
)
