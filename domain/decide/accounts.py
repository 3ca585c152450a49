"""Rules on accounts: what is owed is given up on an account that a plan has."""

from domain.decide.known import Known
from domain.facts.accounts import BalanceWrittenOff
from domain.plan.account_terms import NEGATIVE_BALANCE
from domain.plan.parse import parse_plan
from domain.refusals import BadField, UnknownPlan


def write_off(fact: BalanceWrittenOff, known: Known) -> None:
    """The account is one of the plan's, in its currency.

    How much is owed is not looked at: no more than that is written off, whatever the fact says.
    Raises: UnknownPlan, BadField.
    """
    versions = [parse_plan(told.document, file=fact.plan) for told in known.plans.get(fact.plan, ())]
    if not versions:
        raise UnknownPlan(
            field="data.plan", detail=f"No plan {fact.plan!r} was adopted.", remedy="Mend the id."
        )
    draws = {plan.draw.id for plan in versions if plan.draw is not None}
    if fact.account not in draws | {NEGATIVE_BALANCE}:
        raise BadField(
            field="data.account",
            detail=f"Nothing can be owed on an account {fact.account!r} of plan {fact.plan}.",
            remedy=f"Use one of: {', '.join(sorted(draws | {NEGATIVE_BALANCE}))}.",
        )
    currencies = {plan.pays_in for plan in versions}
    if fact.currency not in currencies:
        raise BadField(
            field="data.currency",
            detail=f"Plan {fact.plan} pays in {', '.join(sorted(currencies))}.",
            remedy="Write off in that currency.",
        )
