"""Rules on leads and contracts: each lead comes once, and a contract goes its way step by step."""

from collections.abc import Mapping

from domain.decide.known import Known
from domain.facts.assisting import (
    ContractPassed,
    ContractReturned,
    ContractTold,
    ContractUploaded,
    LeadReceived,
)
from domain.people.contracts import NEXT, SAID, ContractState, Step, stages_done, state_after
from domain.refusals import BadField, ContractStepMissing, ContractStepTaken, LeadExists, UnknownContract

ContractFact = ContractUploaded | ContractPassed | ContractReturned | ContractTold


def receive(fact: LeadReceived, known: Known) -> None:
    """A lead comes in once; what it may bring has a currency.

    Raises: LeadExists, BadField.
    """
    if known.told("lead", fact.lead):
        raise LeadExists(
            field="data.lead",
            detail=f"Lead {fact.lead} has come in already.",
            remedy="Give the new one an id of its own, or void the first.",
        )
    if (fact.amount_minor is None) != (fact.currency is None):
        raise BadField(
            field="data.currency" if fact.currency is None else "data.amount_minor",
            detail="An amount and its currency belong together.",
            remedy="Give both, or neither.",
        )


def advance(fact: ContractFact, known: Known) -> None:
    """A contract takes the step that is due: upload, lawyers, finance, seller; if it came back, from there.

    Raises: UnknownContract, ContractStepTaken, ContractStepMissing.
    """
    steps: tuple[tuple[int, ContractFact], ...] = known.told("contract", fact.contract)
    step = step_of(fact)
    if not steps:
        if step != "uploaded":
            raise UnknownContract(
                field="data.contract",
                detail=f"Contract {fact.contract!r} has not been uploaded.",
                remedy="Record contract_uploaded first, or mend the id.",
            )
        return
    position, last = steps[-1]
    if steps[0][1].employee != fact.employee:
        raise UnknownContract(
            field="data.employee",
            detail=f"Contract {fact.contract} is one of {steps[0][1].employee}.",
            remedy="Name the seller as it was uploaded.",
        )
    state = state_after(step_of(last))
    if step in NEXT[state]:
        return
    raise _out_of_order(fact.contract, step, state, f"at position {position}" if position else "just before")


def step_of(fact: ContractFact) -> Step:
    """Which step of its way a contract took."""
    match fact:
        case ContractUploaded():
            return "uploaded"
        case ContractPassed():
            return "legal_passed" if fact.kind == "legal" else "finance_passed"
        case ContractReturned():
            return "legal_returned" if fact.kind == "legal" else "finance_returned"
        case ContractTold():
            return "told"


def _out_of_order(
    contract: str, step: Step, state: ContractState, where: str
) -> ContractStepTaken | ContractStepMissing:
    stands = f"Contract {contract} {SAID[state].en} {where}"
    due = " or ".join(NEXT[state])
    if not NEXT[state]:
        return ContractStepTaken(
            field="data.contract",
            detail=f"{stands}, which was its last step.",
            remedy="Upload another contract under an id of its own.",
        )
    if _is_behind(step, state):
        return ContractStepTaken(
            field="data.contract",
            detail=f"{stands}, so the step {step} has been taken.",
            remedy=f"Due is: {due}.",
        )
    return ContractStepMissing(
        field="data.contract",
        detail=f"{stands}, so it is too early for the step {step}.",
        remedy=f"Due is: {due}.",
    )


_LEFT_BEHIND: Mapping[Step, int] = {
    "uploaded": 1,
    "legal_passed": 2,
    "legal_returned": 2,
    "finance_passed": 3,
    "finance_returned": 3,
    "told": 4,
}
"""How many stages lie behind a contract for which a step is past."""


def _is_behind(step: Step, state: ContractState) -> bool:
    return stages_done(state) >= _LEFT_BEHIND[step]
