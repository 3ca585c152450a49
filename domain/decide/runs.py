"""Rules on paying a month: closed, approved by another person, released, paid; and pay that is held back."""

from domain.decide.known import Known
from domain.decide.persons import require_second_person
from domain.facts.base import Fact
from domain.facts.governance import PeriodClosed
from domain.facts.runs import HoldReleased, PayHeld, PaymentConfirmed, RunApproved, RunReleased
from domain.money import CURRENCIES
from domain.refusals import (
    BadField,
    HoldExists,
    HoldOver,
    NotThatRun,
    NotVoidable,
    RunBeyond,
    RunNotReady,
    UnknownDeal,
    UnknownHold,
    UnknownPlan,
)

_NAMED = {"person": (), "deal": ("deal",), "line": ("plan", "component")}
"""What a hold names besides the person, by its scope."""


def approve(fact: RunApproved, known: Known, actor: str) -> None:
    """A closed run is approved once, as it was closed, by nobody who closed it.

    Raises: RunNotReady, RunBeyond, NotThatRun, SecondPersonNeeded.
    """
    position, closed = _closed(fact.period, known)
    _require_not_yet(fact, known)
    _require_digest(fact, closed)
    closer = known.actors.get(position, "")
    require_second_person(closer, fact.approver, "data.approver", f"closed {fact.period} and approves it")
    require_second_person(closer, actor, "data.approver", f"closed {fact.period} and records its approval")


def release(fact: RunReleased, known: Known) -> None:
    """An approved run is released once, as it was approved.

    Raises: RunNotReady, RunBeyond, NotThatRun.
    """
    _, closed = _closed(fact.period, known)
    _require_not_yet(fact, known)
    _require_digest(fact, closed)
    if _step(RunApproved, fact.period, known) is None:
        raise RunNotReady(
            field="data.period",
            detail=f"The run of {fact.period} is closed and not approved.",
            remedy=f"Have somebody who did not close it approve it: meritbook approve {fact.period}.",
        )


def hold(fact: PayHeld, known: Known) -> None:
    """Pay is held under an id of its own, by what its scope names, before the run is released.

    Raises: HoldExists, BadField, UnknownDeal, UnknownPlan, RunBeyond.
    """
    if known.told("hold", fact.hold):
        raise HoldExists(
            field="data.hold",
            detail=f"Hold {fact.hold} has been set already.",
            remedy="Give the new one an id of its own.",
        )
    wanted = _NAMED[fact.scope]
    for name in ("deal", "plan", "component"):
        if (getattr(fact, name) is not None) != (name in wanted):
            said = ", ".join(wanted) or "nothing but the person"
            raise BadField(
                field=f"data.{name}",
                detail=f"A hold of scope {fact.scope} names {said}.",
                remedy=f"Give {name}." if name in wanted else f"Leave {name} out, or choose another scope.",
            )
    if fact.deal is not None and fact.deal not in known.deals:
        raise UnknownDeal(
            field="data.deal", detail=f"No live deal {fact.deal!r} has been closed.", remedy="Mend the id."
        )
    if fact.plan is not None and fact.plan not in known.plans:
        raise UnknownPlan(
            field="data.plan", detail=f"No plan {fact.plan!r} was adopted.", remedy="Mend the id."
        )
    if fact.period is not None and (released := _step(RunReleased, fact.period, known)):
        raise RunBeyond(
            field="data.period",
            detail=f"The run of {fact.period} was released at position {released[0]}.",
            remedy="Void the release if nothing was paid yet, or hold the pay of a later month.",
        )


def let_go(fact: HoldReleased, known: Known) -> None:
    """A hold is released once.

    Raises: UnknownHold, HoldOver.
    """
    steps = known.told("hold", fact.hold)
    if not steps or steps[0][1].employee != fact.employee:
        raise UnknownHold(
            field="data.hold",
            detail=f"Nothing of {fact.employee} is held under {fact.hold!r}.",
            remedy="See /v1/payroll/holds.",
        )
    position, last = steps[-1]
    if isinstance(last, HoldReleased):
        raise HoldOver(
            field="data.hold",
            detail=f"Hold {fact.hold} was released at position {position}.",
            remedy="Nothing is left to do.",
        )


def confirm_payment(fact: PaymentConfirmed, known: Known) -> None:
    """Money moved, in a currency that exists, for a month whose run was released.

    Raises: BadField, RunNotReady.
    """
    if fact.amount_minor == 0:
        raise BadField(
            field="data.amount_minor",
            detail="Nothing was paid.",
            remedy="Give what was paid, or below 0 what came back.",
        )
    if fact.currency not in CURRENCIES:
        raise BadField(
            field="data.currency",
            detail=f"{fact.currency} is not a currency of this ledger.",
            remedy=f"Use one of {', '.join(sorted(CURRENCIES))}.",
        )
    if _step(RunReleased, fact.period, known) is None:
        raise RunNotReady(
            field="data.period",
            detail=f"The run of {fact.period} was not released, so nothing of it was to be paid.",
            remedy=f"Approve and release it first, or mend the month: meritbook release {fact.period}.",
        )


def require_last_of_run(position: int, fact: RunApproved | RunReleased, known: Known) -> None:
    """Checks that nothing rests on a step of a run that is to be voided.

    Raises: NotVoidable.
    """
    steps = known.told("run", fact.period)
    if steps and steps[-1][0] != position:
        raise NotVoidable(
            field="data.position",
            detail=f"The run of {fact.period} was released at position {steps[-1][0]}.",
            remedy="Void the release first.",
        )
    if isinstance(fact, RunReleased) and fact.period in known.paid:
        raise NotVoidable(
            field="data.position",
            detail=f"Payments of {fact.period} are confirmed.",
            remedy="Void those that were confirmed in error first.",
        )


def _closed(period: str, known: Known) -> tuple[int, PeriodClosed]:
    found = _step(PeriodClosed, period, known)
    if found is None:
        raise RunNotReady(
            field="data.period",
            detail=f"{period} is not closed.",
            remedy=f"Close it first: meritbook close {period}.",
        )
    position, closed = found
    assert isinstance(closed, PeriodClosed), "asked for by its kind"
    return position, closed


def _require_not_yet(fact: RunApproved | RunReleased, known: Known) -> None:
    found = _step(type(fact), fact.period, known) or _step(RunReleased, fact.period, known)
    if found is not None:
        position, step = found
        raise RunBeyond(
            field="data.period",
            detail=f"The run of {fact.period} was {step.TYPE.removeprefix('run_')} at position {position}.",
            remedy="Nothing is left to do; if that was an error, void it.",
        )


def _require_digest(fact: RunApproved | RunReleased, closed: PeriodClosed) -> None:
    if fact.statements_digest != closed.statements_digest:
        raise NotThatRun(
            field="data.statements_digest",
            detail=f"{fact.period} was closed with another digest, {closed.statements_digest}.",
            remedy="Look at the closed run again, and send the digest that it shows.",
        )


def _step(kind: type[Fact], period: str, known: Known) -> tuple[int, Fact] | None:
    """The live fact of `kind` about the run of `period`, with its position."""
    return next((told for told in known.told("run", period) if isinstance(told[1], kind)), None)
