"""What every fact is made of: the base struct and the types of its fields."""

import datetime as dt
from typing import Annotated, ClassVar, TypeVar

import msgspec
from msgspec import Meta

_ID = r"^[\w.\-/@]{1,64}\Z"

EmployeeId = Annotated[
    str,
    Meta(
        pattern=_ID,
        description="Opaque id of a person, as HR writes it.",
        extra_json_schema={"x-person": "about"},
    ),
]
AskedId = Annotated[
    str,
    Meta(
        pattern=_ID,
        description="Opaque id of a person who is asked, and decides for themselves.",
        extra_json_schema={"x-person": "decides"},
    ),
]
ApproverId = Annotated[
    str,
    Meta(
        pattern=r"^[\w.\-/@:]{1,64}\Z",
        description="Opaque id of the person who approves, or of their account: `account:wang.li`.",
    ),
]
BranchId = Annotated[str, Meta(pattern=_ID, description="Id of a branch.")]
CustomerId = Annotated[
    str, Meta(pattern=_ID, description="Id of a client: a hospital, clinic, distributor or buyer.")
]
DealId = Annotated[str, Meta(pattern=_ID, description="Id of a deal or order.")]
DraftId = Annotated[str, Meta(pattern=r"^[\w.\-]{1,64}\Z", description="Id of one draft of a plan.")]
InterventionId = Annotated[
    str, Meta(pattern=r"^[\w.\-]{1,64}\Z", description="Id of one intervention for one person.")
]
InquiryId = Annotated[str, Meta(pattern=r"^[\w.\-]{1,64}\Z", description="Id of one inquiry about pay.")]
ContractId = Annotated[str, Meta(pattern=_ID, description="Id of a contract on its way through review.")]
LeadId = Annotated[str, Meta(pattern=_ID, description="Id of a lead.")]
HoldId = Annotated[str, Meta(pattern=r"^[\w.\-]{1,64}\Z", description="Id of one hold on pay.")]
BankId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9\-]{0,63}\Z", description="Id of a question bank.")]
TestId = Annotated[
    str, Meta(pattern=r"^[\w.\-]{1,64}\Z", description="Id of one test that one person takes once.")
]
PracticeId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9\-]{0,63}\Z", description="Id of a practice.")]
PlanId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9\-]{0,63}\Z", description="Id of an incentive plan.")]
Name = Annotated[
    str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}\Z", description="An identifier of a plan document.")
]
Label = Annotated[
    str,
    Meta(
        pattern=r"^[\w.\-/ +&()]{1,64}\Z", description="A word of the firm's own: a kind, channel or product."
    ),
]

TOKEN = "enc1."
"""What encrypted text begins with, and plain text never does."""


def personal(plain: str, description: str, *, digits: int | None = None) -> Meta:
    """Text that tells something about a person: sent plain, stored as a token of the person's key.

    plain: the regular expression, without anchors, of what may be sent. digits: of a number, to how many it
    is filled up with zeros before it is encrypted, lest the length of the token tell its size.
    """
    width: dict[str, object] = {} if digits is None else {"x-digits": digits}
    return Meta(
        pattern=rf"^(?:(?!enc1\.)(?:{plain})|enc1\.[A-Za-z0-9_\-]{{39,}})\Z",
        description=description,
        extra_json_schema={"x-personal": True, "x-plain": rf"^(?!enc1\.){plain}\Z", **width},
    )


PersonName = Annotated[str, personal(r"[^\x00-\x1f]{1,100}", "A person's name.")]
ConfidentialMinor = Annotated[
    str,
    personal(
        r"(?:0|[1-9]\d{0,15})", "Confidential money: its minor units as digits, encrypted at rest.", digits=16
    ),
]
Note = Annotated[str, personal(r"[^\x00]{1,2000}", "Free text.")]
GeoUri = Annotated[
    str,
    personal(
        r"geo:-?\d{1,2}(\.\d{1,6})?,-?\d{1,3}(\.\d{1,6})?(;u=\d{1,9})?",
        "Where the person was (RFC 5870), by WGS 84: geo:31.230416,121.473701;u=12, u being metres of doubt.",
    ),
]
Reason = Annotated[
    str, Meta(pattern=r"^[^\x00]{1,500}\Z", description="Why, in plain words, without personal data.")
]

GREATEST = 2**53 - 1
"""The greatest integer that every reader of JSON takes for itself and no other. Source: RFC 7493."""

AmountMinor = Annotated[int, Meta(gt=0, le=GREATEST, description="Money in minor units of `currency`.")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description="ISO 4217 code.")]
Count = Annotated[int, Meta(gt=0, le=2**31, description="How many.")]
Minutes = Annotated[int, Meta(ge=0, le=527_040, description="How long, in minutes; a leap year at most.")]
Score = Annotated[
    str, Meta(pattern=r"^\d{1,6}(\.\d{1,6})?\Z", description='A decimal as text, exactly as given: "8.5".')
]
ValueText = Annotated[
    str,
    Meta(
        pattern=r"^-?\d{1,15}(\.\d{1,9})?( ?%)?\Z",
        description='A number or percentage as text: "30", "12 %".',
    ),
]
Position = Annotated[int, Meta(gt=0, le=GREATEST, description="Position of another fact in the journal.")]
PeriodText = Annotated[
    str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])\Z", description="A month, such as 2025-03.")
]
AnyPeriodText = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}(-(0[1-9]|1[0-2])|-W(0[1-9]|[1-4]\d|5[0-3])|-Q[1-4])?\Z",
        description="A year, quarter, month or ISO week: 2025, 2025-Q1, 2025-03, 2025-W10.",
    ),
]
Day = Annotated[dt.date, Meta(description="A business day in the ledger's zone.")]
InstantText = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z\Z",
        description="An instant in UTC: 2025-03-04T01:30:00Z.",
    ),
]
ExactText = Annotated[
    str, Meta(pattern=r"^-?\d{1,18}(/[1-9]\d{0,17})?\Z", description='An exact number: "12" or "3/25".')
]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z", description="SHA-256 in hexadecimal.")]
Attributes = Annotated[dict[Name, int | Label], Meta(max_length=20)]


_Value = TypeVar("_Value")


def stated(value: _Value) -> _Value:
    """A default that is written into the fact, so that its meaning cannot change with ours."""
    return msgspec.field(default_factory=lambda: value)


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something that happened, written once and never altered.

    TYPE: the tag we own; it reaches the log, a Python path never does.
    What is None is left out of the log; any other default must be `stated`.
    Fields of the same name mean the same in every fact, so read models need not ask which fact it is.
    """

    TYPE: ClassVar[str]
