"""The way of a contract: uploaded, seen by the lawyers, by finance, and told to the seller.

A contract that a review returns is uploaded anew, and begins again with the lawyers, for it is another text.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Step = Literal["uploaded", "legal_passed", "legal_returned", "finance_passed", "finance_returned", "told"]
ContractState = Literal["with_legal", "with_finance", "passed", "told", "returned"]


class Said(NamedTuple):
    """What is said of a contract that stands so."""

    en: str
    zh: str


NEXT: Mapping[ContractState, tuple[Step, ...]] = {
    "with_legal": ("legal_passed", "legal_returned"),
    "with_finance": ("finance_passed", "finance_returned"),
    "passed": ("told",),
    "told": (),
    "returned": ("uploaded",),
}
"""The steps that a contract may take next."""

SAID: Mapping[ContractState, Said] = {
    "with_legal": Said("was uploaded for the lawyers", "已上传，法务审核中"),
    "with_finance": Said("passed the lawyers", "法务已通过，财务审核中"),
    "passed": Said("passed finance", "财务已通过，待告知销售"),
    "told": Said("was told to the seller", "已告知销售"),
    "returned": Said("was returned for errors", "已退回修改"),
}

STAGES = ("uploaded", "legal", "finance", "told")
"""The stages of a way without errors."""

_DONE: Mapping[ContractState, int] = {
    "returned": 0,
    "with_legal": 1,
    "with_finance": 2,
    "passed": 3,
    "told": 4,
}


class TimedStep(NamedTuple):
    """A step that was taken, and how long the one before it had waited for it; None of the first."""

    position: int
    step: Step
    at: dt.datetime
    minutes: int | None


def state_after(step: Step) -> ContractState:
    """How a contract stands once it has taken `step`."""
    match step:
        case "uploaded":
            return "with_legal"
        case "legal_passed":
            return "with_finance"
        case "finance_passed":
            return "passed"
        case "told":
            return "told"
        case "legal_returned" | "finance_returned":
            return "returned"


def stages_done(state: ContractState) -> int:
    """How many of the four stages lie behind a contract."""
    return _DONE[state]


def timed(steps: Sequence[tuple[int, Step, dt.datetime]]) -> list[TimedStep]:
    """Each step with the whole minutes since the one before; 0 where clocks disagree on the order.

    steps: in the order in which they were recorded.
    """
    found: list[TimedStep] = []
    for position, step, at in steps:
        waited = None if not found else max((at - found[-1].at) // dt.timedelta(minutes=1), 0)
        found.append(TimedStep(position, step, at, waited))
    return found


def was_returned_first(steps: Sequence[Step]) -> bool:
    """Whether the first review of a contract found errors."""
    reviews = [step for step in steps if step not in ("uploaded", "told")]
    return bool(reviews) and reviews[0] == "legal_returned"
