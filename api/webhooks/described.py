"""What OpenAPI says of the bodies of webhooks, which their handlers read for themselves."""

from litestar.openapi.spec import Example, OpenAPIMediaType, RequestBody, Schema

from api import lists
from api.described import list_of, object_of

TEXT = Schema(type="string")  # type: ignore[arg-type]
POSITION = Schema(type="integer", minimum=1)  # type: ignore[arg-type]
LANGUAGE = Schema(type="string", enum=["en", "zh"])  # type: ignore[arg-type]
NAMES_OF_EVENTS = list_of(TEXT, lists.EVENTS)
WEBHOOK_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of(
                {"name": TEXT, "url": TEXT, "events": NAMES_OF_EVENTS},
                {
                    "form": Schema(type="string", enum=["standard", "wecom", "dingtalk"]),  # type: ignore[arg-type]
                    "scheme": Schema(type="string", enum=["hmac", "ed25519"]),  # type: ignore[arg-type]
                    "secret": TEXT,
                    "language": LANGUAGE,
                    "people": list_of(TEXT, lists.PEOPLE),
                    "branches": list_of(TEXT, lists.BRANCHES),
                },
                "A webhook; /schema/asyncapi.json names the events.",
            ),
            examples={
                "orders": Example(
                    summary="Orders, to a system of the firm",
                    value={
                        "name": "Orders to the data warehouse",
                        "url": "http://127.0.0.1:9000/meritbook",
                        "events": ["fact.deal_closed", "fact.deal_reversed", "fact.fact_voided"],
                    },
                ),
                "robot": Example(
                    summary="Warnings and honours, to a group of WeCom",
                    value={
                        "name": "上海分公司群",
                        "url": "http://127.0.0.1:9000/robot?key=00000000",
                        "events": ["fact.honour_awarded", "milestone.reached"],
                        "form": "wecom",
                        "language": "zh",
                        "branches": ["SH"],
                    },
                ),
            },
        )
    },
)
CHANGE_WEBHOOK_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of(
                {},
                {
                    "name": TEXT,
                    "url": TEXT,
                    "events": NAMES_OF_EVENTS,
                    "language": LANGUAGE,
                    "people": list_of(TEXT, lists.PEOPLE),
                    "branches": list_of(TEXT, lists.BRANCHES),
                    "state": Schema(type="string", enum=["active", "paused"]),  # type: ignore[arg-type]
                    "skip": Schema(type="boolean"),  # type: ignore[arg-type]
                },
                "What is to be otherwise; what is absent stays.",
            ),
            examples={"pause": Example(summary="Send nothing for now", value={"state": "paused"})},
        )
    },
)
REPLAY_BODY = RequestBody(
    required=True,
    content={
        "application/json": OpenAPIMediaType(
            schema=object_of(
                {},
                {
                    "messages": list_of(TEXT, lists.MESSAGES),
                    "state": Schema(type="string", enum=["delivered", "dead"]),  # type: ignore[arg-type]
                    "from_position": POSITION,
                    "to_position": POSITION,
                },
                "What to send again: all conditions that are given must hold.",
            ),
            examples={"dead": Example(summary="All that was given up", value={"state": "dead"})},
        )
    },
)
