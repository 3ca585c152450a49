"""A draft tried on past months: the question as it is asked of the service, and the answer."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from msgspec import Meta
from psycopg import Cursor

from api import lists
from api.bodies import place, read_body, require_sound
from api.caller import Caller
from api.described import SIMULATION_BODY, operation_with
from api.problems import SimulationTooLong
from api.reading import Reading, counted_upto, month
from api.watching import shows
from domain.decide.periods import require_past
from domain.plan.parse import plan_document
from domain.plan.varying import read_range
from domain.refusals import BadField
from projections.closing import head
from projections.simulated import Simulation
from projections.simulation import WhatIf, simulate

MAX_BYTES = 1024 * 1024
MAX_MONTHS = 24
MAX_LARGEST = 100
SIMULATION_SECONDS = 60.0


class SimulationAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to try. `from` and `until` are months, both of them tried.

    document: a plan, in the place of the one with its id, or as a new one. without: plans that are taken
    away. vary: a parameter of the document over a range, such as `bonus=30..80/10`. known_at: a position or
    an instant with zone; all that is known if absent. largest: how many changes are looked into.
    """

    from_: str = msgspec.field(name="from")
    until: str
    document: dict[str, Any] | None = None
    without: Annotated[tuple[str, ...], Meta(max_length=lists.PLANS)] = ()
    vary: str | None = None
    known_at: str | None = None
    largest: Annotated[int, Meta(ge=0, le=MAX_LARGEST)] = 10


_ASKED = msgspec.json.Decoder(SimulationAsked)
_FIELDS = SimulationAsked.__struct_encode_fields__


def asked_for(asked: SimulationAsked, today: dt.date) -> WhatIf:
    """The question, once it is checked as far as it can be without the ledger.

    Raises: BadField, PeriodNotOver.
    """
    first, last = month(asked.from_, "from"), month(asked.until, "until")
    if last.first_day < first.first_day:
        raise BadField(field="until", detail=f"{last} comes before {first}.", remedy="Swap them.")
    require_past(last, today)
    # Years apart by so much are never listed month by month.
    if last.last_day.year - first.first_day.year > MAX_MONTHS // 12:
        raise _too_many()
    found = WhatIf(
        first=first,
        last=last,
        document=None if asked.document is None else plan_document(asked.document),
        without=asked.without,
        vary=None if asked.vary is None else read_range(asked.vary),
        top=asked.largest,
    )
    if len(found.months) > MAX_MONTHS:
        raise _too_many()
    return found


def _too_many() -> BadField:
    detail = f"It is more than {MAX_MONTHS} months."
    return BadField(field="until", detail=detail, remedy="Ask about fewer at a time.")


@post(
    "/plans/simulations",
    summary="Try a plan on past months",
    tags=["plans"],
    status_code=200,
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
    operation_class=operation_with(SIMULATION_BODY),
)
async def simulate_plan(
    request: Request[Any, Caller, State], reading: NamedDependency[Reading]
) -> Simulation:
    """What everybody would have been paid under a draft, beside the same months as they stand.

    Both sides are computed anew by what was known; settled payslips are not looked at, and nothing is stored.
    It shows everybody's pay, so it is for those who may run payroll, and it leaves a trace as a reading.
    """
    data = _read(await read_body(request, MAX_BYTES))
    found = await simulated(request, reading, data, asked_for(data, reading.today()))
    shows(request, (each.employee for each in found.people))
    return found


async def simulated(
    request: Request[Any, Caller, State],
    reading: Reading,
    data: SimulationAsked,
    asked: WhatIf,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Simulation:
    """What `asked` comes to; only so many are tried at the same time, the others wait.

    on_progress: told the share that is done, in another thread; what it raises ends the simulation.
    Raises: PlanInvalid, BadField, UnknownPlan, RateMissing, SimulationTooLong.
    """
    known_at = await counted_upto(reading, request, data.known_at)
    async with reading.room_for_simulations:
        in_time = within(SIMULATION_SECONDS)

        def told(share: float) -> None:
            in_time(share)
            on_progress(share)

        def question(cursor: Cursor[Any]) -> Simulation:
            return simulate(cursor, asked, head(cursor) if known_at is None else known_at, told)

        return await reading.ask(question)


def _read(body: bytes) -> SimulationAsked:
    """The question in `body`.

    Raises: Malformed, BadField.
    """
    require_sound(body)
    try:
        return _ASKED.decode(body)
    except msgspec.ValidationError as error:
        field, message = place(error)
        fields = ", ".join(_FIELDS)
        raise BadField(
            field=field, detail=f"{message}.", remedy=f"Fields of a simulation: {fields}."
        ) from None


def within(seconds: float) -> Callable[[float], None]:
    """What is told the share that is done, and gives up after `seconds`.

    Raises: SimulationTooLong.
    """
    until = time.monotonic() + seconds

    def check(share: float) -> None:
        if time.monotonic() > until:
            raise SimulationTooLong(
                field="until",
                detail=f"After {seconds:.0f} s it was {share:.0%} done.",
                remedy="Ask about fewer months or values, or use meritbook plan simulate.",
            )

    return check
