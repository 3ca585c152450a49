"""Whom a caller reaches with a request, found out before its handler runs.

A handler declares in its `opt` whom its answer is about, as `reach`:
- "person": the person whom the address names, who must be within reach; so it is wherever `personal` says so;
- "rows": those within reach: it asks `request.auth.people(…)` and passes them on to what it reads;
- "any": nobody, such as a plan or a rate, so that any scope will do;
- "all": everybody at once, such as a payroll run: for the scope all only. So is one that declares nothing.

A team or branch is that of the business day that is asked about, as far as it is known now: `day`; of a
`period` or `week` its last day so far, or a person's last day of work in it; of a range its last day; else
today. An answer that tells of later days too declares `reach_on` as "today".
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.types import Scope
from psycopg import Cursor

from api.caller import Caller
from api.reading import Reading, any_period
from domain.period import Period
from domain.refusals import BadField
from projections import reach

Reach = Literal["person", "rows", "any", "all"]

_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_DAYS = ("day", "period", "week", "to", "from")
"""What says which day is asked about, the first of them that is given."""


class Reaching:
    """Looks up whom callers reach."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def narrowed(self, caller: Caller, scope: Scope) -> Caller:
        """`caller` with those whom they reach, if the answer may show them anything.

        Raises: NotAllowed, BadField, Behind.
        """
        opt = scope["route_handler"].opt
        declared = declared_reach(opt)
        if caller.scope == "all" or declared == "any":
            return caller
        if declared == "all":
            caller.require_everybody()
        if caller.scope != "self":
            caller = await self._looked_up(caller, scope, opt)
        if declared == "person":
            caller.require_about(str(scope["path_params"]["employee"]))
        return caller

    async def _looked_up(self, caller: Caller, scope: Scope, opt: Mapping[str, Any]) -> Caller:
        today = self._reading.today()
        said = _said(scope)
        days = _one_day(today) if opt.get("reach_on") == "today" else days_asked(said, today)
        at_least = said.get("at_least", "")
        if at_least.isascii() and at_least.isdecimal() and len(at_least) <= 16:
            await self._reading.after(int(at_least), Request(scope))
        reached = await self._reading.ask(lambda cursor: reached_by(cursor, caller, days))
        return msgspec.structs.replace(caller, reached=reached)


def declared_reach(opt: Mapping[str, Any]) -> Reach:
    """Whom a handler says that its answer is about; everybody where it says nothing."""
    return opt.get("reach") or ("person" if opt.get("personal") == "person" else "all")


def reached_by(cursor: Cursor[Any], caller: Caller, days: Period) -> frozenset[str]:
    """Whom a token of the scope team or branch reaches on `days`, by all that is known now."""
    if caller.scope == "team":
        return frozenset() if caller.employee is None else reach.below(cursor, caller.employee, days)
    branches = caller.branches
    if not branches and caller.employee is not None:
        own = reach.branch_of(cursor, caller.employee, days)
        branches = () if own is None else (own,)
    return reach.in_branches(cursor, branches, days)


def days_asked(said: Mapping[str, str], today: dt.date) -> Period:
    """The days that a request is about, none later than today unless all of them are.

    said: what its address and query name.
    Raises: BadField.
    """
    name = next((name for name in _DAYS if said.get(name)), None)
    if name is None:
        return _one_day(today)
    if name in ("period", "week"):
        period = any_period(said[name], name)
        return period._replace(last_day=min(period.last_day, max(period.first_day, today)))
    try:
        # In this form only, so that nobody's handler takes it for another day.
        return _one_day(dt.date.fromisoformat(said[name] if _DAY.match(said[name]) else ""))
    except ValueError:
        raise BadField(
            field=name, detail=f"{said[name][:40]!r} is not a day.", remedy="Write it as 2025-03-31."
        ) from None


def _one_day(day: dt.date) -> Period:
    return Period("month", day, day)


def _said(scope: Scope) -> dict[str, str]:
    """What the address and the query name; nothing that decides who is reached may be said twice.

    Raises: BadField.
    """
    said: dict[str, str] = {}
    for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        if name in said and name in (*_DAYS, "at_least"):
            raise BadField(field=name, detail="It is given twice.", remedy="Give it once.")
        said[name] = value
    return said | {name: str(value) for name, value in scope["path_params"].items()}
