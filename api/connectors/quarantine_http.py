"""Quarantine over HTTP: what waits there, and its way out."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api import cursors
from api.bodies import not_json, place, read_body, require_sound
from api.caller import Caller
from api.connectors.bodies import REASON_BODY, RELEASE_BODY
from api.connectors.quarantine import MOST_BYTES, Entry, OpenEntry, Quarantine
from api.connectors.quarantine import State as EntryState
from api.connectors.releasing import Releasing, Settlement
from api.connectors.wrong import WrongInRecord
from api.described import operation_with
from api.facts import permitted
from api.ops import Ledger, now
from api.reading import Reading
from api.watching import shows
from domain.facts.base import Reason
from domain.refusals import BadField
from projections import roster

Asked = Request[Any, Caller, State]
EntryInPath = Annotated[str, PathParameter(description="Id of an entry.")]
_Said = TypeVar("_Said")


class QuarantinePage(msgspec.Struct, frozen=True, kw_only=True):
    """Entries in the order in which they came first. next: the cursor of the next page, if there is one."""

    entries: list[Entry]
    next: str | None


class ReadEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with the record, what is wrong with it, and of whom it speaks as far as it could be read.

    form: json, the cells of a row, a fact as it was sent, or a statement.
    """

    entry: Entry
    form: str
    record: Any
    problems: list[WrongInRecord]
    about: list[str]


class _Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason
    record: msgspec.Raw = msgspec.Raw()
    correct: bool = False


class _Discard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


@get(
    "/quarantine",
    summary="Records that were refused and are kept",
    tags=["connectors"],
    opt={"action": "read_facts", "personal": "none", "reach": "all"},
)
async def read_quarantine(
    request: Asked,
    reading: NamedDependency[Reading],
    quarantine: NamedDependency[Quarantine],
    connector: Annotated[str | None, QueryParameter(description="Of this connector.")] = None,
    state_: Annotated[
        EntryState | None, QueryParameter(name="state", description="Only those that stand so.")
    ] = None,
    kind: Annotated[
        str | None, QueryParameter(description="Refused for this reason, such as key-reused.")
    ] = None,
    after: Annotated[str | None, QueryParameter(description="`next` of the page before.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1000, description="The most entries of a page.")] = 100,
) -> Response[QuarantinePage]:
    """What other systems sent and the journal did not take, and how it was settled; not what it says."""
    last = None if after is None else cursors.read(after, tuple[str, str])
    found = await reading.ask(
        lambda cursor: quarantine.page(cursor, limit, last, connector=connector, state=state_, kind=kind)
    )
    end = found[-1] if len(found) == limit else None
    on = None if end is None else cursors.written((end.first_at.isoformat(), end.entry))
    asked = {"connector": connector, "state": state_, "kind": kind, "limit": limit}
    query = {name: value for name, value in asked.items() if value is not None}
    return Response(QuarantinePage(entries=found, next=on), headers=cursors.link(request, on, **query))


@get(
    "/quarantine/{entry:str}",
    summary="A record that was refused",
    tags=["connectors"],
    opt={"action": "mend", "personal": "people", "reach": "all"},
)
async def read_entry(
    request: Asked,
    reading: NamedDependency[Reading],
    quarantine: NamedDependency[Quarantine],
    entry: EntryInPath,
) -> ReadEntry:
    """The record as it came, or as it was mended, with what is wrong with it and what to do."""

    def question(cursor: Cursor[Any]) -> tuple[OpenEntry, list[str]]:
        found = quarantine.one(cursor, entry)
        return found, people_in(cursor, found)

    found, people = await reading.ask(question)
    if people:
        shows(request, people)
    return said(found)


@post(
    "/quarantine/{entry:str}/release",
    summary="Let a refused record pass",
    tags=["connectors"],
    opt={"action": "mend", "personal": "none", "reach": "all"},
    operation_class=operation_with(RELEASE_BODY),
    status_code=200,
)
async def release_entry(
    request: Asked,
    ledger: NamedDependency[Ledger],
    quarantine: NamedDependency[Quarantine],
    entry: EntryInPath,
) -> Settlement:
    """Lets the record, or another in its place, pass the same intake by the mapping that is in use now.

    With `correct`, what stands under its key is voided, and the record written in its place. Who did it and
    why is a fact.
    """
    asked = await _read(request, _RELEASE)
    text = bytes(asked.record).decode() or None
    releasing = _releasing(request, ledger, quarantine)
    return await _thread(lambda: releasing.release(entry, asked.reason, text=text, correct=asked.correct))


@post(
    "/quarantine/{entry:str}/discard",
    summary="Let a refused record go",
    tags=["connectors"],
    opt={"action": "mend", "personal": "none", "reach": "all"},
    operation_class=operation_with(REASON_BODY),
    status_code=200,
)
async def discard_entry(
    request: Asked,
    ledger: NamedDependency[Ledger],
    quarantine: NamedDependency[Quarantine],
    entry: EntryInPath,
) -> Settlement:
    """Nothing of it is recorded but that it was discarded, by whom and why."""
    asked = await _read(request, _DISCARD)
    releasing = _releasing(request, ledger, quarantine)
    return await _thread(lambda: releasing.discard(entry, asked.reason))


def people_in(cursor: Cursor[Any], found: OpenEntry) -> list[str]:
    """Of whom among those who work or worked here an entry speaks, as far as it could be read."""
    named = [each.removeprefix("employee:") for each in found.about if each.startswith("employee:")]
    return sorted({change.employee for change in roster.changes(cursor, named, None)})


def said(found: OpenEntry) -> ReadEntry:
    """An entry as its reader sees it."""
    return ReadEntry(
        entry=found.entry,
        form=found.kept.form,
        record=msgspec.Raw(found.kept.text.encode()),
        problems=found.why,
        about=found.about,
    )


def _releasing(request: Asked, ledger: Ledger, quarantine: Quarantine) -> Releasing:
    caller = request.auth
    return Releasing(
        quarantine=quarantine,
        intake=ledger.intake,
        pool=ledger.pool,
        now=now,
        actor=caller.actor,
        permit=lambda submission: permitted(submission, caller),
    )


async def _read(request: Asked, decoder: msgspec.json.Decoder[_Said]) -> _Said:
    body = await read_body(request, MOST_BYTES)
    require_sound(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(
            field=field, detail=f"{message}.", remedy="Send a reason, without personal data."
        ) from None
    except msgspec.DecodeError as error:
        raise not_json(error) from None


async def _thread(work: Callable[[], Settlement]) -> Settlement:
    return await asyncio.to_thread(work)


_RELEASE = msgspec.json.Decoder(_Release)
_DISCARD = msgspec.json.Decoder(_Discard)

HANDLERS = (read_quarantine, read_entry, release_entry, discard_entry)
