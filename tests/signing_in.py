"""People who are signed in to a service under test, without having typed a password."""

import datetime as dt
from contextlib import ExitStack
from uuid import uuid4

import httpx
from served import Service

from api.caller import Caller
from api.roles import Role, ScopeName
from api.sessions import Lifetime, begin_session, csrf_token
from domain.journal.connection import connect

COOKIE = "meritbook"


def session_cookie(
    service: Service,
    role: Role,
    employee: str | None = None,
    scope: ScopeName | None = None,
    branches: tuple[str, ...] = (),
    *,
    name: str | None = None,
    lifetime: Lifetime | None = None,
    begun_at: dt.datetime | None = None,
) -> str:
    """The cookie of somebody who has just signed in; they reach everybody but in the role employee."""
    assert service.settings.database_url is not None
    caller = Caller(
        name=name or f"account:{role}.{uuid4().hex[:8]}",
        role=role,
        employee=employee,
        scope=scope or ("self" if role == "employee" else "all"),
        branches=branches,
    )
    now = begun_at or dt.datetime.now(dt.UTC)
    with (
        connect(service.settings.database_url, service.settings.ledger, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        return begin_session(cursor, caller, "password", "Chrome · Linux", lifetime or Lifetime(), now)


def signed_in(
    service: Service,
    role: Role,
    employee: str | None = None,
    clients: ExitStack | None = None,
    **asked: object,
) -> httpx.Client:
    """A client with a new session, which sends what a page of the service would; to be closed by the caller.

    A browser is given the same by `context.add_cookies`: COOKIE, `session_cookie(…)`, the service's url.
    """
    cookie = session_cookie(service, role, employee, **asked)  # type: ignore[arg-type]
    headers = {"X-CSRF-Token": csrf_token(cookie), "Sec-Fetch-Site": "same-origin"}
    made = httpx.Client(base_url=service.url, cookies={COOKIE: cookie}, headers=headers, timeout=60)
    return made if clients is None else clients.enter_context(made)
