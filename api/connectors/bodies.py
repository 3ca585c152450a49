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
