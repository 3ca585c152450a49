"""Problem documents (RFC 9457): what a refusal is called over HTTP, its status, and when to ask again."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from math import ceil

import msgspec

from domain.journal.cold import ColdFileUnusable
from domain.journal.master import KeysUnavailable
from domain.refusals import (
    Contended,
    Malformed,
    NotAllowed,
    NotNow,
    Refusal,
)

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
    """More was asked at once or in a short time than is answered. seconds: until it may be asked again."""

    def __init__(self, *, field: str, detail: str, remedy: str, seconds: float = 1) -> None:
        super().__init__(field=field, detail=detail, remedy=remedy)
        self.seconds = max(1, ceil(seconds))


class Crowded(Refusal):
    """The service has as many connections or requests under way as it takes."""


class SimulationTooLong(Refusal):
    """What is to be tried takes longer than the service gives one simulation."""


class WrongMediaType(Refusal):
    """The body is of a kind that this address does not read."""


class NotAcceptable(Refusal):
    """The result cannot be had in the form that was asked for."""


class ChangedMeanwhile(Refusal):
    """What is to be changed is no more as it was when it was read."""


class PreconditionNeeded(Refusal):
    """A change does not say which state of the thing it is meant for."""


class NotSatisfiable(Refusal):
    """The part of the file that was asked for lies beyond its end."""


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
    ChangedMeanwhile: HTTPStatus.PRECONDITION_FAILED,
    PreconditionNeeded: HTTPStatus.PRECONDITION_REQUIRED,
    NotSatisfiable: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
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
    Crowded: HTTPStatus.SERVICE_UNAVAILABLE,
    TookTooLong: HTTPStatus.SERVICE_UNAVAILABLE,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    WriterBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    RosterBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    KeysUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    ColdFileUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
    DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
}
"""The status of a refusal and of those derived from it; any other is a rule that says no: 422."""

_RETRY_SECONDS = {
    Behind: "1",
    NotSealedYet: "1",
    Contended: "1",
    Crowded: "5",
    TookTooLong: "30",
    KeysUnavailable: "60",
    ColdFileUnusable: "60",
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


def retry_after(refusal: Refusal) -> str | None:
    """In how many seconds the same may be asked again; None where asking again alone does not help."""
    if isinstance(refusal, TooManyRequests):
        return str(refusal.seconds)
    return _RETRY_SECONDS.get(type(refusal))


def kinds(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every class of refusal."""
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)
