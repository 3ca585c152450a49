"""The one place where a refusal or a fault that ends a request becomes its answer: a problem document."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from psycopg_pool import PoolClosed, PoolTimeout
from psycopg_pool import TooManyRequests as TooManyWait

from api.answers import NotModified, answer_not_modified
from api.problems import (
    MEDIA_TYPE,
    BodyTooLarge,
    DiskFull,
    NotFound,
    Problem,
    SignInFirst,
    TookTooLong,
    Unauthenticated,
    Unavailable,
    WriterBusy,
    problem_of,
    retry_after,
)
from api.watching import note_answer
from domain.journal.group_commit import Closed
from domain.refusals import Refusal

log = structlog.get_logger("meritbook")

_MISSING = re.compile(r"Missing required \w+ parameter '([^']+)'")


def _answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def answer_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    """A rule said no."""
    problem = problem_of(refusal, _request_id(request))
    note_answer(request, refusal)
    log.info("refused", kind=type(refusal).kind, status=problem.status, field=refusal.field)
    headers = dict[str, str]()
    if isinstance(refusal, Unauthenticated):
        basic = 'Basic realm="meritbook", ' if request.scope["route_handler"].opt.get("basic") else ""
        headers["WWW-Authenticate"] = f'{basic}Bearer realm="meritbook"'
    if seconds := retry_after(refusal):
        headers["Retry-After"] = seconds
    return _answer(problem, headers)


def answer_sign_in(_: Request[Any, Any, Any], first: SignInFirst) -> Response[bytes]:
    """A page that nobody sees who is not signed in: sends the browser to where one does that."""
    back = f"?next={quote(first.next, safe='/')}" if first.next else ""
    return Response(b"", status_code=HTTPStatus.SEE_OTHER, headers={"Location": f"/sign-in{back}"})


def answer_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The request did not fit any address, method or parameter."""
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        limit = request.route_handler.resolve_request_max_body_size()
        return answer_refusal(
            request,
            BodyTooLarge(
                field="",
                detail=f"The body is larger than {limit} bytes.",
                remedy="Send it in several requests.",
            ),
        )
    if error.status_code == HTTPStatus.NOT_FOUND:
        return answer_refusal(
            request,
            NotFound(field="", detail=f"There is no {request.url.path}.", remedy="See /schema/openapi.json."),
        )
    found = error.extra if isinstance(error.extra, list) else []
    first = found[0] if found and isinstance(found[0], dict) else {}
    missing = _MISSING.match(error.detail)
    phrase = HTTPStatus(error.status_code).phrase
    problem = Problem(
        type="about:blank",
        title=phrase,
        status=error.status_code,
        detail=str(first.get("message") or error.detail or phrase),
        field=missing[1] if missing else str(first.get("key", "")).rstrip("_"),  # from_ is asked for as from
        remedy="See /schema/openapi.json for what this address takes.",
        request_id=_request_id(request),
    )
    return _answer(problem, error.headers)


def answer_unavailable(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The database is away; nothing was acknowledged that is not stored."""
    log.error("database_unavailable", error=type(error).__name__)
    return answer_refusal(
        request,
        Unavailable(
            field="",
            detail="The database does not answer.",
            remedy="Send the same request again; under the same key a fact is stored only once.",
        ),
    )


def answer_busy(request: Request[Any, Any, Any], _: psycopg.errors.LockNotAvailable) -> Response[bytes]:
    """Somebody sits on the ledger's lock; nothing was stored."""
    log.error("ledger_lock_held")
    return answer_refusal(
        request,
        WriterBusy(
            field="",
            detail="Another writer has held the ledger's lock for too long; nothing was stored.",
            remedy="Send it again; whoever runs the service looks for a suspended import or session.",
        ),
    )


def answer_disk_full(request: Request[Any, Any, Any], _: psycopg.errors.DiskFull) -> Response[bytes]:
    """There is no room for what was sent; nothing was stored."""
    log.error("disk_full")
    return answer_refusal(
        request,
        DiskFull(
            field="",
            detail="The disk of the database is full; nothing was stored.",
            remedy="Send it again when whoever runs the service has made room; no restart is needed.",
        ),
    )


def answer_too_slow(request: Request[Any, Any, Any], _: psycopg.errors.QueryCanceled) -> Response[bytes]:
    """The database gave the question up."""
    log.warning("question_took_too_long", path=request.url.path)
    return answer_refusal(
        request,
        TookTooLong(
            field="", detail="The question took too long.", remedy="Ask for less, or when less is going on."
        ),
    )


def answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A fault of ours: said as one, with the id under which the log tells more."""
    log.error("request_failed", path=request.url.path, exc_info=error)
    return _answer(
        Problem(
            type="about:blank",
            title=HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
            status=500,
            detail="The service failed on this request; its log says why.",
            remedy="Report the request id to whoever runs the service.",
            request_id=_request_id(request),
        )
    )


EXCEPTION_HANDLERS: dict[type[Exception] | int, Any] = {
    SignInFirst: answer_sign_in,
    Refusal: answer_refusal,
    NotModified: answer_not_modified,
    HTTPException: answer_http,
    psycopg.errors.QueryCanceled: answer_too_slow,
    psycopg.errors.LockNotAvailable: answer_busy,
    psycopg.errors.DiskFull: answer_disk_full,
    psycopg.OperationalError: answer_unavailable,
    psycopg.InterfaceError: answer_unavailable,
    PoolTimeout: answer_unavailable,
    PoolClosed: answer_unavailable,
    TooManyWait: answer_unavailable,
    Closed: answer_unavailable,
    Exception: answer_bug,
}


def _request_id(request: Request[Any, Any, Any]) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))
