"""Facts in over HTTP: one or many, as plain JSON or as CloudEvents."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import Receive, Scope

from api import cloudevents
from api.answers import Direct, Ready, raise_failure, ready_json
from api.bodies import announced_bytes, not_json, place, read_body, received, require_sound
from api.caller import Caller
from api.described import BATCH_BODY, FACT_BODY, operation_with
from api.intake import Outcome, Refused, Stored, Submission
from api.intake.item import decoded
from api.problems import BodyTooLarge, Problem, WrongMediaType, problem_of
from api.roles import MAY_RECORD
from api.two_persons import ON_SOMEBODYS_WORD, require_own_word
from api.watching import note_refusal
from api.writing import Writing
from domain.decide.boundary import branches_named, people_written_about
from domain.facts.governance import FactConfirmed, FactVoided
from domain.facts.selling import CustomerAssigned, CustomerRegistered
from domain.refusals import BadField, NotAllowed, Refusal

JSON = "application/json"
_HIT = (b"idempotency-hit", b"true")
Incoming = Request[Any, Caller, State]


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stored fact, by what its sender called it."""

    source: str
    key: str


class FactIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact as it is sent.

    type: its tag. source and key: who says it and under which id; together the idempotency key, for ever.
    occurred_at: when it happened, with zone. causation: position of the fact that caused this one.
    refers_to: for a void or confirmation, the fact it is about where its position is not known.
    """

    type: str
    source: str
    key: str
    occurred_at: dt.datetime
    data: msgspec.Raw
    causation: int | None = None
    refers_to: Reference | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The fact stands at `position` of the journal. hit: it stood there before this request."""

    position: int
    hit: bool
    recorded_at: dt.datetime


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one fact of a batch: it stands at `position`, or there is a `problem`."""

    position: int | None = None
    hit: bool | None = None
    recorded_at: dt.datetime | None = None
    problem: Problem | None = None


class BatchReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each fact, in the order in which they were sent."""

    stored: int
    hits: int
    refused: int
    outcomes: list[Item]


_FACT = msgspec.json.Decoder(FactIn)
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])


async def _one(scope: Scope, receive: Receive) -> Ready | None:
    """Records the one fact in the body; None for a batch, which is the handler's."""
    headers = dict(reversed([*scope["headers"]]))  # of two alike the first counts
    media_type = _media_type(headers.get(b"content-type", b""))
    if media_type == cloudevents.BATCHED:
        return None
    writing: Writing = scope["litestar_app"].state.writing
    caller: Caller = scope["auth"]
    submission = _submission(headers, media_type, await received(headers, receive, writing.fact_bytes))
    outcome = await writing.one(within_rights(submission, caller), caller.actor)
    if isinstance(outcome, Refused):
        raise outcome.refusal
    location = (b"location", b"/v1/facts/%d" % outcome.position)
    receipt = Receipt(position=outcome.position, hit=outcome.hit, recorded_at=outcome.recorded_at)
    if outcome.hit:
        return ready_json(receipt, 200, (location, _HIT))
    return ready_json(receipt, 201, (location,))


@post(
    "/facts",
    summary="Record one fact",
    tags=["facts"],
    opt={"action": "record", "personal": "none", "reach": "rows"},
    operation_class=operation_with(FACT_BODY),
    middleware=[Direct(_one)],
)
async def record_fact(
    request: Incoming, writing: NamedDependency[Writing]
) -> Response[Receipt | BatchReceipt]:
    """Stores the fact durably and says at which position; under the same key and content it is stored once.

    201: stored now. 200 with `Idempotency-Hit: true`: it was stored before, and nothing changed.
    The body is a fact as JSON, a CloudEvent in structured mode, or the data of one in binary mode; a batch of
    CloudEvents is taken as `/v1/facts:batch` takes it.
    """
    raise_failure(request)
    return await _record_batch(request, writing, cloudevents.BATCHED, atomic=True)


async def _many(scope: Scope, receive: Receive) -> Ready | None:
    """Records the facts in the body; None where the query says how, which the handler reads."""
    if scope["query_string"]:
        return None
    request, writing = Incoming(scope, receive), scope["litestar_app"].state.writing
    answer = await _record_batch(request, writing, _sent_as(request), atomic=True)
    return ready_json(answer.content, answer.status_code or 201)


@post(
    "/facts:batch",
    summary="Record many facts",
    tags=["facts"],
    opt={"action": "record", "personal": "none", "reach": "rows"},
    operation_class=operation_with(BATCH_BODY),
    middleware=[Direct(_many)],
)
async def record_facts(
    request: Incoming,
    writing: NamedDependency[Writing],
    atomic: Annotated[
        bool, QueryParameter(description="true: one refusal withholds them all. false: each stands alone.")
    ] = True,
) -> Response[BatchReceipt]:
    """Stores many facts in one transaction and says what became of each.

    201: at least one was stored now. 200: all were stored before. 207: some were refused, the others stored.
    422: refused, nothing stored.
    """
    raise_failure(request)
    return await _record_batch(request, writing, _sent_as(request), atomic)


async def _record_batch(request: Incoming, writing: Writing, media_type: str, atomic: bool) -> Response[Any]:
    caller = request.auth
    async with writing.room.taken(announced_bytes(request, writing.batch_bytes)):
        body = await read_body(request, writing.batch_bytes)

        def read() -> Sequence[Submission | Refusal]:
            brought = _submissions(media_type, body)
            if len(brought) > writing.batch_facts:
                raise BodyTooLarge(
                    field="",
                    detail=f"{len(brought)} facts are more than {writing.batch_facts}.",
                    remedy="Send them in several batches.",
                )
            return [permitted(item, caller) for item in brought]

        outcomes = await writing.batch(read, caller.actor, atomic=atomic)
        answer, refused = _answer(outcomes)
    for refusal, times in refused:
        note_refusal(request, refusal, times)
    return Response(answer, status_code=_status(answer, atomic))


def _answer(outcomes: Sequence[Outcome]) -> tuple[BatchReceipt, list[tuple[Refusal, int]]]:
    """What became of a batch, and what of it the caller had no right to, each with how many times."""
    stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
    hits = sum(outcome.hit for outcome in stored)
    receipt = BatchReceipt(
        stored=len(stored) - hits,
        hits=hits,
        refused=len(outcomes) - len(stored),
        outcomes=[_said(outcome) for outcome in outcomes],
    )
    refusals = [outcome.refusal for outcome in outcomes if isinstance(outcome, Refused)]
    not_allowed = {refusal.detail: refusal for refusal in refusals if isinstance(refusal, NotAllowed)}
    times = Counter(refusal.detail for refusal in refusals)
    return receipt, [(refusal, times[detail]) for detail, refusal in not_allowed.items()]


def _status(answer: BatchReceipt, atomic: bool) -> int:
    if answer.refused:
        return 422 if atomic or answer.refused == len(answer.outcomes) else 207
    return 201 if answer.stored else 200


def _submission(headers: Mapping[bytes, bytes], media_type: str, body: bytes) -> Submission:
    """The one fact in the body, in whichever form.

    Raises: Malformed, BadField, WrongMediaType.
    """
    if media_type != JSON and not media_type.endswith("+json"):
        raise _wrong_media_type(media_type, f"{JSON} or {cloudevents.STRUCTURED}")
    require_sound(body)
    if media_type == cloudevents.STRUCTURED:
        return cloudevents.structured(body)
    if cloudevents.is_binary(headers):
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
        return cloudevents.binary(told, body)
    return _from_json(body)


def _submissions(media_type: str, body: bytes) -> Sequence[Submission | Refusal]:
    """The facts in the body, or what is wrong with them, in their order.

    Raises: Malformed, BadField, WrongMediaType when there is no list at all.
    """
    if media_type not in (JSON, cloudevents.BATCHED):
        raise _wrong_media_type(media_type, f"{JSON} or {cloudevents.BATCHED}")
    require_sound(body)
    if media_type == cloudevents.BATCHED:
        return cloudevents.batched(body)
    try:
        return [_each(item) for item in _ITEMS.decode(body)]
    except msgspec.ValidationError as error:
        raise BadField(field="", detail=f"{error}.", remedy="Send an array of facts.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(error) from None


def _each(item: msgspec.Raw) -> Submission | Refusal:
    try:
        return _from_json(item)
    except Refusal as refusal:
        return refusal


def _from_json(body: bytes | msgspec.Raw) -> Submission:
    try:
        fact = _FACT.decode(body)
    except msgspec.ValidationError as error:
        field, message = place(error)
        fields = ", ".join(FactIn.__struct_fields__)
        raise BadField(field=field, detail=f"{message}.", remedy=f"Fields of a fact: {fields}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(error) from None
    reference = fact.refers_to
    data = bytes(fact.data)
    return Submission(
        type=fact.type,
        source=fact.source,
        key=fact.key,
        occurred_at=fact.occurred_at,
        data=data if reference is None else _members(data),
        causation=fact.causation,
        refers_to=(reference.source, reference.key) if reference else None,
    )


def _members(data: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(data, type=dict[str, object])
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadField(field="data", detail=f"{error}.", remedy="Send an object.") from None


def permitted(item: Submission | Refusal, caller: Caller) -> Submission | Refusal:
    """`item`, or why `caller` may not bring it."""
    try:
        return item if isinstance(item, Refusal) else within_rights(item, caller)
    except Refusal as refusal:
        return refusal


TAKES_CLIENT = frozenset({CustomerRegistered.TYPE, CustomerAssigned.TYPE})
"""The intake looks at who looks after the client already."""


def within_rights(submission: Submission, caller: Caller) -> Submission:
    """`submission`, if the caller may write such a fact; a void reaches only what they may write themselves.

    Raises: NotAllowed, AdoptionNotProposed, ChangeNotProposed; BadField, UnknownFactType for what is no fact.
    """
    caller.require_record(submission.type)
    about_fact = submission.type in (FactVoided.TYPE, FactConfirmed.TYPE)
    if caller.within is not None and not about_fact:
        fact = decoded(submission)
        people = people_written_about(fact)
        if caller.role == "employee":
            caller.require_own(submission.source, people)
        else:
            caller.require_write_about(people, [branch for _, branch in branches_named(fact)])
    if submission.type in ON_SOMEBODYS_WORD:
        require_own_word(decoded(submission), caller)
    if submission.type in TAKES_CLIENT and caller.within is not None:
        return msgspec.structs.replace(submission, people=caller.within)
    if not about_fact:
        return submission
    types = MAY_RECORD.get(caller.role, frozenset()) if submission.type == FactVoided.TYPE else None
    return msgspec.structs.replace(submission, reach=types, people=caller.within)


def _said(outcome: Outcome) -> Item:
    if isinstance(outcome, Refused):
        return Item(problem=problem_of(outcome.refusal))
    return Item(position=outcome.position, hit=outcome.hit, recorded_at=outcome.recorded_at)


def _sent_as(request: Incoming) -> str:
    return _media_type(request.headers.get("content-type", "").encode("latin-1"))


def _media_type(header: bytes) -> str:
    if header in (b"", b"application/json"):
        return JSON
    return header.decode("latin-1").partition(";")[0].strip().lower()


def _wrong_media_type(given: str, wanted: str) -> WrongMediaType:
    return WrongMediaType(
        field="Content-Type", detail=f"{given!r} is not read here.", remedy=f"Send {wanted}."
    )
