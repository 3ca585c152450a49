"""What people record about themselves, at an address made for it: now, under a source of their own."""

import datetime as dt
import secrets
from collections.abc import Sequence

import msgspec
from litestar import Request
from litestar.datastructures import State

from api.caller import Caller
from api.intake import Refused, Stored, Submission
from api.ops import SOURCE, now
from api.reading import Reading
from api.writing import Writing
from domain.facts.base import Fact
from domain.refusals import NotAllowed, Withheld

KEY_BYTES = 16

Asked = Request[object, Caller, State]


def own_fact(caller: Caller, fact: Fact, at: dt.datetime, key: str | None = None) -> Submission:
    """`fact` as `caller` says it of themselves. key: of the form it comes from, which then counts once."""
    return Submission(
        type=fact.TYPE,
        source=f"employee/{caller.employee}",
        key=f"{fact.TYPE.replace('_', '-')}/{key or new_key()}",
        occurred_at=at,
        data=msgspec.to_builtins(fact),
    )


def in_own_name(caller: Caller, fact: Fact, key: str) -> Submission:
    """`fact` as `caller` brings it, now: under a source of their own if they are somebody who works here."""
    source = f"employee/{caller.employee}" if caller.employee else SOURCE
    return Submission.of(fact, source=source, key=key, occurred_at=now())


async def record(request: Asked, writing: Writing, reading: Reading, submission: Submission) -> Stored:
    """Records `submission` in the name of who asks, and waits until it is counted.

    Raises: the Refusal of a rule; Behind.
    """
    outcome = await writing.one(submission, request.auth.actor)
    if isinstance(outcome, Refused):
        raise outcome.refusal
    await reading.after(outcome.position, request)
    return outcome


async def record_all(
    request: Asked, writing: Writing, reading: Reading, submissions: Sequence[Submission]
) -> int:
    """Records `submissions` in the name of who asks, all or none, and waits until they are counted.

    How many of them were not known before. Raises: the Refusal of the first that a rule refuses; Behind.
    """
    outcomes = await writing.batch(lambda: submissions, request.auth.actor, atomic=True)
    refusals = [each.refusal for each in outcomes if isinstance(each, Refused)]
    for refusal in sorted(refusals, key=lambda each: isinstance(each, Withheld)):
        raise refusal
    stored = [each for each in outcomes if isinstance(each, Stored)]
    await reading.after(max((each.position for each in stored), default=None), request)
    return sum(not each.hit for each in stored)


def new_key() -> str:
    """A key that nobody used before."""
    return secrets.token_hex(KEY_BYTES)


def require_self(caller: Caller, employee: str, detail: str, remedy: str) -> None:
    """Lets people do in their own name only what nobody may do for them.

    Raises: NotAllowed.
    """
    if caller.employee != employee:
        raise NotAllowed(field="employee", detail=detail, remedy=remedy)
