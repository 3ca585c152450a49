"""What can be wrong with the accounts of a plan, and what follows from its other parts."""

from collections.abc import Iterator

from domain.plan.account_terms import BELOW_ZERO, NEGATIVE_BALANCE, Draw, Holdback
from domain.plan.components.base import Fault
from domain.plan.components.component import Component
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.measures import FactMeasure
from domain.plan.mentions import named_in, with_parts


def account_faults(plan: Plan) -> Iterator[Fault]:
    """What is wrong with its draw, with what it holds back and with their order."""
    taken = {component.id for component in plan.components} | {NEGATIVE_BALANCE}
    for place, name in _places(plan):
        if name in taken:
            yield Fault(f"{place}.id", f"`{name}` is there already.", "Give each its own id.")
        taken.add(name)
    if plan.draw is not None:
        yield from _draw_faults(plan.draw)
        if plan.pays_in != plan.currency:
            yield Fault(
                "draw.pays",
                f"It is in {plan.currency}, and what is owed is owed in {plan.pays_in}.",
                "Write a plan with a draw in the currency in which it pays.",
            )
        if plan.transfers == "by_days" and plan.draw.prorate is None:
            yield Fault(
                "draw.prorate",
                "In the month of a transfer each of two plans would pay all of its draw.",
                "Write `prorate: employed`.",
            )
    for index, held in enumerate(plan.holdbacks):
        yield from _holdback_faults(plan, held, f"holdbacks[{index}]")
    known = accounts_in_order(plan, written=())
    if plan.account_order and sorted(plan.account_order) != sorted(known):
        yield Fault("account_order", "It is not each account once.", f"Name each of: {', '.join(known)}.")


def accounts_in_order(plan: Plan, written: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Which account takes first of what is earned: as the plan says, or debts before what is held back."""
    order = plan.account_order if written is None else written
    return order or (NEGATIVE_BALANCE, *(name for _, name in _places(plan)))


def has_accounts(plan: Plan) -> bool:
    """Whether a statement of `plan` can have lines of accounts."""
    return plan.draw is not None or bool(plan.holdbacks) or plan.negative_balance == "carried"


def most_months_held(plan: Plan) -> int:
    """The longest time for which `plan` holds something back."""
    return max((months_held(plan, held) or 0 for held in plan.holdbacks), default=0)


def title_of(plan: Plan, account: str) -> Title:
    """What `plan` calls one of its accounts; the id of one that it does not have."""
    known = {held.id: held.title for held in (*plan.holdbacks, *([plan.draw] if plan.draw else []))}
    return {NEGATIVE_BALANCE: BELOW_ZERO, **known}.get(account, Title(account, account))


def months_held(plan: Plan, held: Holdback) -> int | None:
    """After how many months what is held is released; None where nothing says it."""
    if held.released_after_months is not None:
        return int(held.released_after_months)
    parts = [part for part in plan.components if not held.of or part.id in held.of]
    measures = (plan.measures[name] for part in parts for name in _measured(plan, part))
    months = (measure.within_months for measure in measures if isinstance(measure, FactMeasure))
    return max((each for each in months if each is not None), default=None)


def _measured(plan: Plan, part: Component) -> tuple[str, ...]:
    through = [plan.targets[name].measure for name in named_in(part, "targets") if name in plan.targets]
    known = tuple(name for name in (*named_in(part, "measures"), *through) if name in plan.measures)
    return with_parts(plan.measures, known)


def _draw_faults(draw: Draw) -> Iterator[Fault]:
    if draw.pays <= 0:
        yield Fault("draw.pays", "Nothing is drawn.", "Write more than 0.")
    for name in ("recovery", "limit") if not draw.recoverable else ():
        if getattr(draw, name) is not None:
            yield Fault(f"draw.{name}", "Nothing is owed of this draw.", "Leave it out.")
    if draw.recovery is not None and not 0 < draw.recovery.at_most <= 1:
        yield Fault("draw.recovery.at_most", "It is no share.", "Write more than 0 % up to 100 %.")
    if draw.limit is not None and draw.limit < 0:
        yield Fault("draw.limit", "It lies below 0.", "Write 0 or more.")


def _holdback_faults(plan: Plan, held: Holdback, place: str) -> Iterator[Fault]:
    if not 0 < held.share <= 1:
        yield Fault(f"{place}.share", "It is no share.", "Write more than 0 % up to 100 %.")
    months = months_held(plan, held)
    if months is None:
        yield Fault(
            f"{place}.released_after_months",
            "It is not clear when it is released: nothing that its components measure has `within_months`.",
            "Write the number of months.",
        )
    elif months < 1:
        yield Fault(f"{place}.released_after_months", "Nothing is held.", "Write 1 or more.")


def _places(plan: Plan) -> Iterator[tuple[str, str]]:
    if plan.draw is not None:
        yield "draw", plan.draw.id
    for index, held in enumerate(plan.holdbacks):
        yield f"holdbacks[{index}]", held.id
