"""Problem documents (RFC 9457): the one place where a refusal or a fault becomes an answer."""

from collections.abc import Iterator, Mapping
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
from api.watching import note_refusal
from domain.journal.group_commit import Closed
from domain.journal.master import KeysUnavailable
from domain.refusals import (
    Contended,
    Malformed,
    NotAllowed,
    NotNow,
    Refusal,
)

log = structlog.get_logger("meritbook")

MEDIA_TYPE = "application/problem+json"


class Unauthenticated(Refusal):
    """The request carries no token, or one that is not known here."""


class SignInFirst(Unauthenticated):
    """The page is for people who are signed in. next: the page, to come back to; empty if it cannot be."""

    def __init__(self, next: str) -> None:
        super().__init__(field="", detail="Nobody is signed in.", remedy="Sign in at /sign-in.")
        self.next = next


class NotFound(Refusal):
    """Nothing is found at this address."""


class BodyTooLarge(Refusal):
    """The body is larger than this address takes."""


class BodyTooSlow(Refusal):
    """The body did not arrive in time."""


class HeadTooLarge(Refusal):
    """The address and headers of the request are larger than this service takes."""


class HeadTooSlow(Refusal):
    """The address and headers of the request did not arrive in time."""


class TookTooLong(Refusal):
    """The answer was not found within the time that a question may take."""


class TooManyRequests(Refusal):
    """More was asked in a short time than is answered."""

    seconds = 1


class SimulationTooLong(Refusal):
    """What is to be tried takes longer than the service gives one simulation."""


class WrongMediaType(Refusal):
    """The body is of a kind that this address does not read."""


class NotAcceptable(Refusal):
    """The result cannot be had in the form that was asked for."""


class Behind(Refusal):
    """The read models have not reached the position that was asked for."""


class NotFinal(Refusal):
    """The month is still open, and what is asked for exists of closed ones only."""


class NotSealedYet(Refusal):
    """The fact is recorded, and no signed checkpoint covers it yet."""


class Unavailable(Refusal):
    """The database does not answer at the moment."""


class WriterBusy(Refusal):
    """Another writer has kept the ledger to itself for too long."""


class RosterBusy(Refusal):
    """Another roster is being searched for, and one search takes all that a processor has."""


class DiskFull(Refusal):
    """The disk of the database has no room left."""


STATUS: Mapping[type[Refusal], HTTPStatus] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    BodyTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    HeadTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    HeadTooLarge: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    WrongMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NotNow: HTTPStatus.CONFLICT,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    Behind: HTTPStatus.SERVICE_UNAVAILABLE,
    NotFinal: HTTPStatus.CONFLICT,
    NotSealedYet: HTTPStatus.SERVICE_UNAVAILABLE,
    Contended: HTTPStatus.SERVICE_UNAVAILABLE,
    TookTooLong: HTTPStatus.SERVICE_UNAVAILABLE,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    WriterBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    RosterBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    KeysUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
}
"""The status of a refusal and of those derived from it; any other is a rule that says no: 422."""

_RETRY_SECONDS = {
    Behind: "1",
    NotSealedYet: "1",
    Contended: "1",
    Unavailable: "5",
    WriterBusy: "5",
    RosterBusy: "30",
    DiskFull: "60",
}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong (RFC 9457).

    type: address of what this kind of problem means. field: path of the field to blame. remedy: what to do.
    request_id: under which the service's log speaks of it.
    """

    type: str
    title: str
    status: int
    detail: str
    field: str = ""
    remedy: str = ""
    request_id: str = ""


def status_of(kind: type[Refusal]) -> int:
    """The HTTP status of a class of refusal."""
    found = (STATUS[each] for each in kind.__mro__ if issubclass(each, Refusal) and each in STATUS)
    return next(found, HTTPStatus.UNPROCESSABLE_ENTITY).value


def problem_of(refusal: Refusal, request_id: str = "") -> Problem:
    """`refusal` as the document that its sender reads."""
    kind = type(refusal)
    return Problem(
        type=f"/v1/problems/{kind.kind}",
        title=(kind.__doc__ or "").strip().splitlines()[0],
        status=status_of(kind),
        detail=refusal.detail,
        field=refusal.field,
        remedy=refusal.remedy,
        request_id=request_id,
    )


def _answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def answer_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    """A rule said no."""
    problem = problem_of(refusal, _request_id(request))
    note_refusal(request, refusal)
    log.info("refused", kind=type(refusal).kind, status=problem.status, field=refusal.field)
    headers = dict[str, str]()
    if isinstance(refusal, Unauthenticated):
        basic = 'Basic realm="meritbook", ' if request.scope["route_handler"].opt.get("basic") else ""
        headers["WWW-Authenticate"] = f'{basic}Bearer realm="meritbook"'
    if isinstance(refusal, TooManyRequests):
        headers["Retry-After"] = str(refusal.seconds)
    elif seconds := _RETRY_SECONDS.get(type(refusal)):
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
    phrase = HTTPStatus(error.status_code).phrase
    problem = Problem(
        type="about:blank",
        title=phrase,
        status=error.status_code,
        detail=str(first.get("message") or error.detail or phrase),
        field=str(first.get("key", "")).rstrip("_"),  # from_ is asked for as from
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


def kinds(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every class of refusal."""
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def _request_id(request: Request[Any, Any, Any]) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))
