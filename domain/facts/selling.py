"""Facts about selling: clients, the work on them, deals and what came back."""

from typing import ClassVar, Literal

from domain.facts.base import (
    AmountMinor,
    ConfidentialMinor,
    Count,
    Currency,
    CustomerId,
    DealId,
    EmployeeId,
    Fact,
    GeoUri,
    Label,
    Minutes,
    Note,
    PersonName,
    Reason,
    Score,
    stated,
)
from domain.facts.credits import Credits

Stage = Literal["contact", "needs", "demo", "objections", "close"]


class CustomerRegistered(Fact, frozen=True, kw_only=True):
    """A new client was won over by `employee`, who owns it until it is assigned anew.

    kind: hospital, clinic, distributor …, in the firm's own words. channel: where the client came from.
    """

    TYPE: ClassVar[str] = "customer_registered"
    employee: EmployeeId
    customer: CustomerId
    kind: Label | None = None
    channel: Label | None = None
    name: PersonName | None = None


class CustomerAssigned(Fact, frozen=True, kw_only=True):
    """A client is looked after by `employee` from now on."""

    TYPE: ClassVar[str] = "customer_assigned"
    employee: EmployeeId
    customer: CustomerId
    reason: Reason | None = None


class FollowUpRecorded(Fact, frozen=True, kw_only=True):
    """A client was followed up: a call, mail, meeting or message. kind: which of them."""

    TYPE: ClassVar[str] = "follow_up_recorded"
    employee: EmployeeId
    customer: CustomerId
    kind: Label
    channel: Label | None = None
    minutes: Minutes | None = None
    note: Note | None = None


class VisitRecorded(Fact, frozen=True, kw_only=True):
    """A client was visited on the spot. department: of the hospital. location: as the phone gave it."""

    TYPE: ClassVar[str] = "visit_recorded"
    employee: EmployeeId
    customer: CustomerId
    department: Label | None = None
    kind: Label | None = None
    minutes: Minutes | None = None
    note: Note | None = None
    location: GeoUri | None = None


class StageReached(Fact, frozen=True, kw_only=True):
    """A client moved to a stage of the sale. kind: the stage."""

    TYPE: ClassVar[str] = "stage_reached"
    employee: EmployeeId
    customer: CustomerId
    kind: Stage
    deal: DealId | None = None


class TrialHeld(Fact, frozen=True, kw_only=True):
    """A product was tried in a hospital department."""

    TYPE: ClassVar[str] = "trial_held"
    employee: EmployeeId
    customer: CustomerId
    product: Label
    department: Label | None = None
    kind: Literal["opened", "passed", "failed"] = stated("opened")


class DealClosed(Fact, frozen=True, kw_only=True):
    """A deal was signed and credited to its seller.

    amount_minor: contract value in minor units of `currency`, > 0.
    credits: shares that total 100 %, and fixed amounts, which come off first; absent for the seller alone.
    Source: the CRM's closed-won export. Undone by `deal_reversed`.
    """

    TYPE: ClassVar[str] = "deal_closed"
    employee: EmployeeId
    customer: CustomerId
    deal: DealId
    amount_minor: AmountMinor
    currency: Currency
    product: Label | None = None
    quantity: Count | None = None
    channel: Label | None = None
    kind: Label | None = None
    credits: Credits | None = None


class DealReversed(Fact, frozen=True, kw_only=True):
    """A deal came back, whole or in part, on the day of the reversal.

    amount_minor: what came back, > 0 and in all no more than the deal was worth.
    credits: those of the deal, which take their parts back; absent, they are looked up.
    A reversal is business; an error of writing is voided instead.
    """

    TYPE: ClassVar[str] = "deal_reversed"
    employee: EmployeeId
    customer: CustomerId
    deal: DealId
    amount_minor: AmountMinor
    currency: Currency
    product: Label | None = None
    quantity: Count | None = None
    channel: Label | None = None
    kind: Label | None = None
    reason: Reason | None = None
    credits: Credits | None = None


class DealCosted(Fact, frozen=True, kw_only=True):
    """What a deal costs the firm, which is confidential, and what of its margin counts for pay.

    cost_minor: in minor units of the deal's currency; encrypted with the client's key. The margin is what the
    deal is worth less this: it is in no fact, and told to whoever looks after the client and leads them.
    amount_minor: what counts for pay, of the firm's own choice, readable as every amount that pays is; with
    `currency`, that of the deal. kind: class of the margin, for plans that pay by class.
    A deal is costed once; to mend it, or when the deal comes back, void this and send another.
    """

    TYPE: ClassVar[str] = "deal_costed"
    employee: EmployeeId
    customer: CustomerId
    deal: DealId
    cost_minor: ConfidentialMinor
    kind: Label | None = None
    product: Label | None = None
    amount_minor: AmountMinor | None = None
    currency: Currency | None = None
    credits: Credits | None = None


class ComplaintReceived(Fact, frozen=True, kw_only=True):
    """A client complained about the work of `employee`. kind: about what."""

    TYPE: ClassVar[str] = "complaint_received"
    employee: EmployeeId
    customer: CustomerId
    kind: Label | None = None
    deal: DealId | None = None
    note: Note | None = None


class SatisfactionScored(Fact, frozen=True, kw_only=True):
    """A client said how content it is with `employee`. score: on the firm's own scale."""

    TYPE: ClassVar[str] = "satisfaction_scored"
    employee: EmployeeId
    customer: CustomerId
    score: Score
    note: Note | None = None


class ComplianceScored(Fact, frozen=True, kw_only=True):
    """The work of `employee` was checked against the rules. kind: which check, such as disclosure."""

    TYPE: ClassVar[str] = "compliance_scored"
    employee: EmployeeId
    score: Score
    kind: Label | None = None


class TeamworkScored(Fact, frozen=True, kw_only=True):
    """Colleagues or the manager scored how `employee` works with others. kind: which aspect."""

    TYPE: ClassVar[str] = "teamwork_scored"
    employee: EmployeeId
    score: Score
    kind: Label | None = None
