"""On the way in: what somebody has shown so far, and what is due next, between two pages of signing in."""

import datetime as dt
import secrets
from typing import Any, Literal, NamedTuple, cast

import msgspec
from psycopg import Cursor

from api.accounts.account import hashed

COOKIE = "meritbook-step"
STEP_SECONDS = 600
"""So long may a step take."""

Step = Literal["password", "code", "enrol", "issuer"]

BEGIN = """
insert into sign_in_step (id_hash, step, account, said, ends_at)
values (%(id_hash)s, %(step)s, %(account)s, %(said)s, %(ends_at)s)"""
CLEAR = "delete from sign_in_step where ends_at <= %(now)s"
FOUND = """
select step, account, said from sign_in_step
where id_hash = %(id_hash)s and step = %(step)s and ends_at > %(now)s"""
TAKE = """
delete from sign_in_step where id_hash = %(id_hash)s and step = %(step)s and ends_at > %(now)s
returning step, account, said"""


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the next step needs. next: the page to go on with. method: how they showed who they are so far.

    secret: of a second factor that is being set up, encrypted. state, nonce, verifier: of an issuer that was
    asked.
    """

    next: str = "/"
    method: str = ""
    secret: str = ""
    state: str = ""
    nonce: str = ""
    verifier: str = ""


class Due(NamedTuple):
    """A step that is due. account: whose; empty where it is not known yet."""

    step: Step
    account: str
    said: Said


def begin_step(cursor: Cursor[Any], due: Due, now: dt.datetime) -> str:
    """Notes that a step is due; its id, for the cookie."""
    id = secrets.token_urlsafe(32)
    cursor.execute(CLEAR, {"now": now})
    row = {
        "id_hash": hashed(id),
        "step": due.step,
        "account": due.account or None,
        "said": msgspec.json.encode(due.said).decode(),
        "ends_at": now + dt.timedelta(seconds=STEP_SECONDS),
    }
    cursor.execute(BEGIN, row)
    return id


def step_due(cursor: Cursor[Any], id: str, step: Step, now: dt.datetime) -> Due | None:
    """The step that is due under an id, if it is this one."""
    return _due(cursor.execute(FOUND, _asked(id, step, now)).fetchone())


def take_step(cursor: Cursor[Any], id: str, step: Step, now: dt.datetime) -> Due | None:
    """As `step_due`, and it is due no longer: of two who take it, one gets it."""
    return _due(cursor.execute(TAKE, _asked(id, step, now)).fetchone())


def _asked(id: str, step: Step, now: dt.datetime) -> dict[str, object]:
    return {"id_hash": hashed(id), "step": step, "now": now}


def _due(row: tuple[Any, ...] | None) -> Due | None:
    if row is None:
        return None
    step, account, said = row
    return Due(cast(Step, step), account or "", msgspec.json.decode(said, type=Said))
