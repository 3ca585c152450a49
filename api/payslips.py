"""What a person is paid for a month: the statement, and what became of it beside."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.serialization import encode_json, get_serializer
from litestar.types import Receive, Scope
from psycopg import Cursor

from api.answers import Direct, Ready, raise_failure, ready_bytes
from api.caller import Caller
from api.inquiries import readable
from api.kept_slips import RESTS_ON, KeptSlip, KeptSlips, RestsOn
from api.ops import ENGINE
from api.people import Asked, nothing_due
from api.reading import EmployeeInPath, PeriodInPath, View, month
from domain.facts.base import GREATEST
from domain.journal.vault import Vault
from domain.period import Period
from projections.alone import work_alone
from projections.holding import KeptLine, in_effect, kept, payable_minor
from projections.inquiries import Inquiry, inquiries
from projections.paying import Hold
from projections.reconciling import RunStanding, standing
from projections.spans import Cursor as ReadCursor
from projections.statements import Payslip, statement


class PaidSlip(Payslip, frozen=True, kw_only=True):
    """A payslip with what became of it, which is no part of the statement and of its digest.

    run: how far the run of the month is. payable_minor: what may be paid of it; holds: on the rest.
    held_lines: the numbers of the lines that are kept back, from 1 on, each with its holds and how much of it
    they keep. inquiries: about the month.
    """

    run: RunStanding
    payable_minor: int
    holds: tuple[Hold, ...]
    held_lines: dict[int, KeptLine]
    inquiries: tuple[Inquiry, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it is the same for all who read it: nothing beside it is told to some of them only."""
        return not (self.holds or self.held_lines or self.inquiries)

    @property
    def tag(self) -> str:
        """The ETag: the digest of the statement, and of the rest as soon as anything is said beside it.

        Weak as long as the month is open.
        """
        if not (self.run.approval or self.run.release or self.holds or self.inquiries):
            return f'"{self.digest}"' if self.state == "closed" else f'W/"{self.digest}"'
        beside = hashlib.sha256(
            msgspec.json.encode((self.run, self.payable_minor, self.holds, self.held_lines, self.inquiries))
        ).hexdigest()[:16]
        return f'"{self.digest}-{beside}"' if self.state == "closed" else f'W/"{self.digest}-{beside}"'


async def _kept(scope: Scope, _: Receive) -> Ready | None:
    """The answer that was given last, where it is the answer still; None for the handler's."""
    if scope["query_string"]:
        return None
    slips: KeptSlips = scope["litestar_app"].state.kept_slips
    employee = str(scope["path_params"]["employee"])
    found = await slips.find(employee, str(scope["path_params"]["period"]))
    if found is None:
        return None
    tag, body = found
    caller: Caller = scope["auth"]
    caller.require_about(employee)
    header = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
    if header and _matches(header, tag.decode()):
        return None
    return ready_bytes(body, 200, ((b"etag", tag),))


@get(
    "/employees/{employee:str}/statements/{period:str}",
    summary="What a person is paid for a month",
    tags=["pay"],
    opt={"action": "read_pay", "personal": "person"},
    middleware=[Direct(_kept)],
)
async def read_statement(
    request: Asked,
    view: NamedDependency[View],
    kept_slips: NamedDependency[KeptSlips],
    vault: NamedDependency[Vault],
    employee: EmployeeInPath,
    period: PeriodInPath,
) -> Response[PaidSlip]:
    """The frozen statement of a closed month, or that of an open one as it stands now.

    Beside it stand the state of the run, holds and inquiries. The ETag begins with the digest of the
    statement and is weak as long as the month is open.
    """
    raise_failure(request)
    request.auth.require_about(employee)
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> tuple[PaidSlip, RestsOn]:
        slip = paid_slip(cursor, vault, request.auth, employee, asked, known_at)
        if slip.state == "closed":
            return slip, "nothing"
        return slip, "own" if work_alone(cursor, known_at) else "all"

    before = await kept_slips.changed_at()
    worked_before = {who: kept_slips.worked_at(employee, who) for who in RESTS_ON}
    slip, rests_on = await view.ask(question)
    if _matches(request.headers.get("if-none-match", ""), slip.tag):
        return Response(None, status_code=304, headers={"ETag": slip.tag})  # type: ignore[arg-type]
    serializer = get_serializer(request.app.type_encoders)
    body = encode_json(slip, serializer)
    if view.known_at is None and slip.is_plain and before == await kept_slips.changed_at():
        worked_at = kept_slips.worked_at(employee, rests_on)
        parts = (body,) if slip.state == "closed" else _parts(slip, serializer)
        if worked_at == worked_before[rests_on] and parts:
            kept = KeptSlip(before, worked_at, rests_on, slip.tag.encode(), parts)
            kept_slips.keep(employee, period, kept)
    return Response(body, headers={"ETag": slip.tag}, media_type=MediaType.JSON)  # type: ignore[arg-type]


def _parts(slip: PaidSlip, serializer: Callable[[Any], Any]) -> tuple[bytes, ...]:
    """What stands before and behind the position that `slip` takes into account; nothing where unclear."""
    parts = encode_json(msgspec.structs.replace(slip, known_at=GREATEST), serializer).split(b"%d" % GREATEST)
    return tuple(parts) if len(parts) == 2 else ()


def paid_slip(
    cursor: ReadCursor, vault: Vault, caller: Caller, employee: str, period: Period, known_at: int | None
) -> PaidSlip:
    """The statement of a person with what became of it.

    Raises: NotFound where nothing is due.
    """
    slip = statement(cursor, employee, period, known_at, engine=ENGINE)
    if slip is None:
        raise nothing_due(cursor, employee, str(period), known_at)
    run = standing(cursor, period, known_at, engine=ENGINE)
    holds = in_effect(cursor, period, run.release, known_at, [employee]).get(employee, [])
    back = kept(cursor, slip, holds)
    asked = inquiries(cursor, known_at, employees=[employee], period=str(period))
    return PaidSlip(
        **{name: getattr(slip, name) for name in Payslip.__struct_fields__},
        run=run,
        payable_minor=payable_minor(slip, back),
        holds=tuple(hold for hold in holds if any(hold.hold in held.holds for held in back.values())),
        held_lines=back,
        inquiries=tuple(readable(cursor, vault, caller, asked)),
    )


def _matches(header: str, tag: str) -> bool:
    """Whether one of the tags in If-None-Match is `tag`; weak and strong compare alike."""
    return any(each.strip().removeprefix("W/") == tag.removeprefix("W/") for each in header.split(","))
