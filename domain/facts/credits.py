"""Who else has a part in a deal or a piece of work, and how much of it is theirs."""

from typing import Annotated

import msgspec
from msgspec import Meta

from domain.facts.base import AmountMinor, EmployeeId, Label

ShareText = Annotated[
    str,
    Meta(
        pattern=r"^\d{1,3}(\.\d{1,9})? ?%\Z",
        description='An exact percentage as text: "60 %", "33.34 %".',
    ),
]


class CreditPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The part of one person: a share of what the fixed amounts leave, or a fixed amount.

    role: seller, referrer, assistant, surgeon …, in the firm's own words.
    """

    employee: EmployeeId
    role: Label
    share: ShareText | None = None
    amount_minor: AmountMinor | None = None


Credits = Annotated[
    list[CreditPart],
    Meta(
        min_length=1,
        max_length=50,
        description="Whose the work is, and how much of it. Absent: all of it is `employee`'s.",
    ),
]
