"""What a plan advises on a new lead: by its amount, its industry, and who decides there."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.plan.components.base import Fault
from domain.plan.exact import shown
from domain.plan.fields import Amount, Identifier, Title
from domain.plan.ids import repeated

MOST_HOURS = 24 * 60


class LeadAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """What to do about leads that meet every condition given; without any, about all of them.

    amount_from, amount_until: what the lead may bring lies in [from, until). industries: one of these.
    decided_by: one of these has a say. deciders_from: so many have a say, or more. does: the steps, in order.
    within_hours: answer so soon, in place of what holds for all leads.
    """

    id: Identifier
    title: Title
    amount_from: Amount | None = None
    amount_until: Amount | None = None
    industries: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = ()
    deciders_from: int | None = None
    does: tuple[Title, ...]
    within_hours: int | None = None


class LeadRules(msgspec.Struct, frozen=True, kw_only=True):
    """How leads are followed up. within_hours: after it came, a lead should have been answered."""

    within_hours: int = 24
    advice: tuple[LeadAdvice, ...]


class LeadTold(NamedTuple):
    """What is known of a lead. amount: in major units of `currency`; None where nobody has said it."""

    amount: Fraction | None
    currency: str | None
    industry: str | None
    deciders: tuple[str, ...]


def reasons(advice: LeadAdvice, lead: LeadTold, currency: str) -> list[Title] | None:
    """Why `advice` is for `lead`, a sentence for each of its conditions; None if it is not.

    currency: of the plan. An amount in another one meets no condition.
    """
    found: list[Title] = []
    if advice.amount_from is not None or advice.amount_until is not None:
        if lead.amount is None or lead.currency != currency or not _lies_in(advice, lead.amount):
            return None
        found.append(_about_amount(advice, lead.amount, currency))
    if advice.industries:
        if lead.industry not in advice.industries:
            return None
        found.append(Title(f"industry: {lead.industry}", f"行业：{lead.industry}"))
    if advice.decided_by:
        having = [each for each in lead.deciders if each in advice.decided_by]
        if not having:
            return None
        found.append(Title(f"decided by: {', '.join(having)}", f"决策人：{'、'.join(having)}"))
    if advice.deciders_from is not None:
        number = len(lead.deciders)
        if number < advice.deciders_from:
            return None
        chain = " → ".join(lead.deciders)
        found.append(Title(f"{number} have a say: {chain}", f"决策链共 {number} 环：{chain}"))
    return found or [Title("for every lead", "适用于所有线索")]


def lead_faults(rules: LeadRules | None) -> Iterator[Fault]:
    """What is wrong with a plan's advice on leads."""
    if rules is None:
        return
    yield from _hours_faults("leads.within_hours", rules.within_hours)
    if not rules.advice:
        yield Fault("leads.advice", "Nothing is advised.", "Add what to do about some leads, or about all.")
    yield from repeated("leads.advice", [each.id for each in rules.advice])
    for index, each in enumerate(rules.advice):
        path = f"leads.advice[{index}]"
        if not each.does:
            yield Fault(f"{path}.does", "Nothing is to be done.", "Say what is to be done.")
        if (
            each.amount_from is not None
            and each.amount_until is not None
            and each.amount_until <= each.amount_from
        ):
            yield Fault(f"{path}.amount_until", "No amount lies between.", "Make it greater than the other.")
        if each.deciders_from is not None and not 1 <= each.deciders_from <= 20:
            yield Fault(f"{path}.deciders_from", "The number of people is out of range.", "Write 1 to 20.")
        if each.within_hours is not None:
            yield from _hours_faults(f"{path}.within_hours", each.within_hours)


def _hours_faults(path: str, hours: int) -> Iterator[Fault]:
    if not 1 <= hours <= MOST_HOURS:
        yield Fault(path, f"{hours} hours cannot be kept.", f"Write 1 to {MOST_HOURS}.")


def _lies_in(advice: LeadAdvice, amount: Fraction) -> bool:
    low, high = advice.amount_from, advice.amount_until
    return (low is None or amount >= low) and (high is None or amount < high)


def _about_amount(advice: LeadAdvice, amount: Fraction, currency: str) -> Title:
    parts: list[tuple[str, str]] = []
    if advice.amount_from is not None:
        parts.append((f"from {shown(advice.amount_from)}", f"不低于 {shown(advice.amount_from)}"))
    if advice.amount_until is not None:
        parts.append((f"below {shown(advice.amount_until)}", f"低于 {shown(advice.amount_until)}"))
    en, zh = ", ".join(one for one, _ in parts), "、".join(other for _, other in parts)
    said = f"{shown(amount)} {currency}"
    return Title(f"amount {said}: {en}", f"金额 {said}：{zh}")
