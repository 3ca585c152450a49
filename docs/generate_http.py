"""The page about the HTTP interface, from what the service says of itself."""

from collections.abc import Iterator
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide

from api import health
from api.app import BESIDE, HANDLERS, OPENAPI
from api.connectors.xapi import xapi_router
from api.documented import complete
from api.paging import pages
from api.reading import view

INTRODUCTION = """# HTTP interface

Every address but the last three needs `Authorization: Bearer …` with a token whose [role](roles.md) includes
what is asked. Answers are JSON; refusals are [problem documents](refusals.md). `GET /schema/openapi.json` has
all of this with the form of every answer, and the service shows it as a page at `/interface`.
[How to send facts](../howto/http.md) has examples.
"""
_METHODS = ("get", "post", "put", "patch", "delete")
_ABSENT = frozenset(
    """writing reading follower sealing gate hub metrics vault sessions own_cookies desk quarantine
    ledger kept_slips kept_sheets findings names building leading""".split()
)
"""What a running service gives its handlers, and a description of it does without."""

_GIVEN = {name: Provide(lambda: None, sync_to_thread=False) for name in _ABSENT} | {
    "view": Provide(view),
    "pages": Provide(pages),
}


def http_page(notice: str) -> str:
    """Every address: what it answers, what may stand in its query."""
    lines = [notice, INTRODUCTION]
    for path, item in described().openapi_schema.to_schema()["paths"].items():
        for method in _METHODS:
            if method in item and not path.startswith("/schema"):
                lines += _address(method.upper(), path, item[method])
    return "\n".join(lines)


def described_whole() -> Litestar:
    """As `described`, with what stands beside our own addresses: all that the document of a service has."""
    routers = [Router("/v1", route_handlers=HANDLERS), xapi_router(), *BESIDE]
    made = Litestar(routers, dependencies=_GIVEN, openapi_config=OPENAPI)
    complete(made)
    return made


def described() -> Litestar:
    """The service without a ledger behind it, for what it says of itself."""
    return Litestar(
        [Router("/v1", route_handlers=HANDLERS), xapi_router(), health.live, health.ready, health.metrics],
        dependencies=_GIVEN,
        openapi_config=OPENAPI,
    )


def _address(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"## {method} {path}\n"
    yield f"{operation['summary']}. {operation.get('description', '')}".strip() + "\n"
    queries = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
    for query in queries:
        default = query.get("schema", {}).get("default")
        absent = "" if default is None else f" `{str(default).lower()}` when absent."
        yield f"- `{query['name']}`: {query.get('description', '')}{absent}"
    if queries:
        yield ""
