"""Why the ledger says no: one class per rule, its circumstances in fields.

A refusal is an answer, not a bug: it stores nothing, names the field and says what to do.
It knows nothing of HTTP; `api.problems` gives each class its status.
"""

import copyreg
import re

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Refusal(Exception):
    """A rule says no.

    field: path of the offending field, such as `data.amount_minor`; empty when none is to blame.
    detail: what is wrong, with the ids and positions concerned.
    remedy: what the sender can do about it.
    """

    def __init__(self, *, field: str, detail: str, remedy: str) -> None:
        super().__init__(f"{field}: {detail} {remedy}" if field else f"{detail} {remedy}")
        self.field = field
        self.detail = detail
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """So that it reaches, whole, the process that asked another one."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def __init_subclass__(cls) -> None:
        cls.kind = _WORD.sub("-", cls.__name__).lower()

    kind: str = "refusal"


class Malformed(Refusal):
    """The input is not the JSON that it should be."""


class UnknownFactType(Refusal):
    """No fact of this type exists."""


class BadField(Refusal):
    """A field is missing, unknown, of the wrong type or out of its range."""


class BadInstant(Refusal):
    """An instant has no zone, or lies outside the years that a ledger covers."""


class KeyReused(Refusal):
    """The key was used before, for other content."""


class Withheld(Refusal):
    """Nothing is wrong with it, but it belongs to something that was refused."""


class NotNow(Refusal):
    """What it is about does not stand where this needs it to stand."""


class UnknownEmployee(Refusal):
    """Nobody with this id has been hired."""


class UnknownBranch(Refusal):
    """No branch with this id has been opened."""


class AlreadyHired(NotNow):
    """The employee works here already."""


class HasLeft(Refusal):
    """The employee has left, or has not started yet, on that day."""


class UnknownFact(Refusal):
    """No fact stands at this position or under this key."""


class NotVoidable(Refusal):
    """The fact cannot be voided: it is a void itself, or others rest on it."""


class AlreadyVoided(NotNow):
    """The fact has been voided before."""


class NotConfirmable(Refusal):
    """Only a live performance fact can be confirmed."""


class DealAlreadyClosed(NotNow):
    """The deal is in the journal already, under another key."""


class DealAlreadyCosted(NotNow):
    """The cost of the deal is in the journal already."""


class UnknownDeal(Refusal):
    """No live deal with this id has been closed."""


class ReversalTooLarge(Refusal):
    """More would be reversed than the deal was worth."""


class SharesUnsettled(Refusal):
    """The credits of a fact do not share it out exactly."""


class CredentialExists(NotNow):
    """A credential with this id has been granted already."""


class UnknownCredential(Refusal):
    """This person has no live credential with this id."""


class CredentialRevokedForGood(NotNow):
    """The credential was revoked, which is final."""


class CredentialNotSuspended(NotNow):
    """Only a suspended credential can be reinstated."""


class CredentialAlreadySuspended(NotNow):
    """The credential is suspended already."""


class OutOfOrder(Refusal):
    """The change would take effect before the last one that is known."""


class PlanRefused(Refusal):
    """The plan document has faults, or takes effect in a closed period."""


class UnknownDraft(Refusal):
    """No draft with this id has been put up, or it was withdrawn."""


class DraftExists(NotNow):
    """A draft with this id has been put up already."""


class DraftClosed(NotNow):
    """The draft was adopted, or replaced by another."""


class NotCovered(Refusal):
    """This version of the plan does not hold for this person on that day."""


class AlreadyAcknowledged(NotNow):
    """The person has acknowledged this version already."""


class SignatureNeeded(Refusal):
    """Who acknowledges for somebody else must say where their signature is filed."""


class UnknownPlan(Refusal):
    """No plan with this id has been adopted."""


class OverrideNotPermitted(Refusal):
    """The plan does not open this parameter to this level."""


class OverrideOutOfBounds(Refusal):
    """The value lies outside the bounds that the plan sets."""


class AlreadyHonoured(NotNow):
    """The person has been honoured for this board and period already."""


class UnknownTarget(Refusal):
    """No adopted plan has a target or milestone of this name for this person."""


class SecondPersonNeeded(Refusal):
    """Who approves must be another person than who asks."""


class RateExists(NotNow):
    """The two currencies have a rate that begins on this day."""


class RateMissing(NotNow):
    """Money cannot be converted: no rate of its currency is in force on a day."""


class PeriodAlreadyClosed(NotNow):
    """The period is closed already."""


class PeriodOutOfOrder(NotNow):
    """Periods close one after the other."""


class PeriodNotOver(NotNow):
    """The period's last day has not passed yet."""


class CloseNotProposed(NotNow):
    """Nobody else has proposed to close the month, or its statements changed since."""


class AdoptionNotProposed(NotNow):
    """Nobody else has proposed to adopt the draft, or what they proposed was withdrawn."""


class RunNotReady(NotNow):
    """The run has not taken the step before this one."""


class RunBeyond(NotNow):
    """The run has taken this step already, or a later one."""


class NotThatRun(Refusal):
    """The digest is not that of the closed run."""


class LeadExists(NotNow):
    """A lead with this id has come in already."""


class UnknownContract(Refusal):
    """This seller has no contract with this id."""


class ContractStepTaken(NotNow):
    """The contract has taken this step already."""


class ContractStepMissing(NotNow):
    """The contract has not taken the step before this one."""


class UnknownIntervention(Refusal):
    """This person has no intervention with this id."""


class InterventionExists(NotNow):
    """An intervention with this id has been opened already."""


class InterventionOver(NotNow):
    """The intervention was closed, which is final."""


class UnknownApproval(Refusal):
    """This person has not asked for an approval with this id."""


class ApprovalExists(NotNow):
    """An approval with this id has been asked for already."""


class ApprovalOver(NotNow):
    """The approval was decided, which is final."""


class UnknownPattern(Refusal):
    """No shift pattern of this id is in force on that day."""


class UnknownShift(Refusal):
    """The person does not have this shift on that day."""


class ShiftExists(NotNow):
    """The person has a shift on that day already."""


class ShiftRuleBroken(Refusal):
    """A rule on nights in a row, rest between shifts or hours a week would be broken."""


class NotQualified(Refusal):
    """The person does not hold a credential or skill that the shift asks for on its day."""


class OnLeave(Refusal):
    """The person is on leave in the hours of the shift."""


class UnknownSwap(Refusal):
    """No swap of these people has this id."""


class SwapExists(NotNow):
    """A swap with this id has been asked for already."""


class SwapOver(NotNow):
    """The swap was approved or refused already."""


class ConsentMissing(NotNow):
    """The colleague has not consented to the swap."""


class UnknownInquiry(Refusal):
    """This person has no inquiry with this id."""


class InquiryExists(NotNow):
    """An inquiry with this id has been opened already."""


class InquirySettled(NotNow):
    """The inquiry was resolved, which is final."""


class UnknownHold(Refusal):
    """Nothing of this person is held under this id."""


class HoldExists(NotNow):
    """A hold with this id has been set already."""


class HoldOver(NotNow):
    """The hold was released already."""


class AlreadyErased(NotNow):
    """The personal data of this person was erased: none is taken again, and none is left to erase."""


class StillHere(NotNow):
    """The person works here, so their name is still needed."""


class NotAllowed(Refusal):
    """The role of the caller does not include this."""


class Contended(Refusal):
    """Others kept writing to the same decision; it was tried a bounded number of times."""
