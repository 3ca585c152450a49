"""Facts about the use of the ledger itself: who was let in, refused what, and who read about whom."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import BranchId, Count, Day, EmployeeId, Fact, InstantText, Label, Reason

Reader = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f]{1,200}\Z",
        description="Name of a token, or `os:` and that of an account of the machine.",
    ),
]
Operation = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f]{1,200}\Z",
        description="Method and template of an address, or a command: never the address itself.",
    ),
]
Filter = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x1f\x7f]{1,300}\Z",
        description='What an answer about many people was limited to: "period=2025-03".',
    ),
]


EventName = Annotated[
    str, Meta(pattern=r"^[a-z0-9_.]{1,100}\Z", description="Name of an event, such as fact.deal_closed.")
]
TokenScope = Literal["self", "team", "branch", "all"]


class TokenMade(Fact, frozen=True, kw_only=True):
    """Somebody was given a token: who holds it may do what `role` may, to whomever `scope` reaches.

    caller: its name; neither the token nor its hash is in the ledger. employee: whose it is, if a person's.
    branches: those of the scope branch, where they are named.
    """

    TYPE: ClassVar[str] = "token_made"
    caller: Reader
    role: Label
    scope: TokenScope
    employee: EmployeeId | None = None
    branches: Annotated[list[BranchId], Meta(min_length=1, max_length=1000)] | None = None
    expires_at: InstantText | None = None


class TokenRevoked(Fact, frozen=True, kw_only=True):
    """A token counts no more before its time, or nobody of the name `caller` is let in by an issuer's.

    role, employee: as it was made; absent where an issuer elsewhere made it.
    """

    TYPE: ClassVar[str] = "token_revoked"
    caller: Reader
    role: Label | None = None
    employee: EmployeeId | None = None


WebhookChange = Literal["made", "changed", "secret_renewed", "paused", "disabled", "resumed", "removed"]


class WebhookChanged(Fact, frozen=True, kw_only=True):
    """Whom the ledger tells of its facts was changed: a webhook was made, changed, paused or removed.

    host: of its address, which may hold a key and is not in the ledger. events, role, scope: what it tells,
    and by whose rights, as it stands after that; absent where it is gone. because: where the service itself
    paused or disabled it, such as an endpoint that answered 410.
    """

    TYPE: ClassVar[str] = "webhook_changed"
    webhook: Annotated[str, Meta(pattern=r"^wh_[0-9a-f]{16}\Z", description="Id of a webhook.")]
    change: WebhookChange
    host: Annotated[str, Meta(min_length=1, max_length=300, description="A host, with its port if named.")]
    events: Annotated[list[EventName], Meta(min_length=1, max_length=200)] | None = None
    role: Label | None = None
    scope: TokenScope | None = None
    because: Reason | None = None


class AccessRefused(Fact, frozen=True, kw_only=True):
    """Somebody tried what they may not do; they were refused, and nothing else happened.

    caller, role: of a known token; absent where the token is missing or unknown. operation: absent for the
    sum of several. employee: about whom it was, if about one person who works or worked here. times: the
    first attempt of its kind in a minute is recorded at once; those that follow within the minute are one
    more fact at its end.
    """

    TYPE: ClassVar[str] = "access_refused"
    reason: Reason
    times: Count
    caller: Reader | None = None
    role: Label | None = None
    operation: Operation | None = None
    employee: EmployeeId | None = None


class PersonalDataRead(Fact, frozen=True, kw_only=True):
    """Somebody was shown what the ledger holds about others.

    employee: about whom, if about one person; else `people` says about how many, and `filter` which.
    people: the most that one answer has shown; absent where the answer was a stream.
    readings: the reading by this reader, of this kind and on this day that the fact stands for: the first,
    the tenth, the hundredth …, so that a thousand readings are four facts.
    """

    TYPE: ClassVar[str] = "personal_data_read"
    reader: Reader
    role: Label
    operation: Operation
    day: Day
    readings: Count
    people: Count | None = None
    employee: EmployeeId | None = None
    filter: Filter | None = None


class AccessChanged(Fact, frozen=True, kw_only=True):
    """Who may sign in was changed: an account was made or locked, or its owner was given another secret.

    holder: `account:` and its name. role, scope, employee: what it stands for from now on, if that is said.
    """

    TYPE: ClassVar[str] = "access_changed"
    holder: Reader
    change: Literal[
        "made",
        "role_changed",
        "locked",
        "unlocked",
        "reset",
        "removed",
        "password_set",
        "second_factor_set",
        "second_factor_removed",
        "sessions_ended",
    ]
    role: Label | None = None
    scope: Label | None = None
    employee: EmployeeId | None = None


class SignedIn(Fact, frozen=True, kw_only=True):
    """Somebody signed in, and a session began. method: how they showed who they are, as `password+totp`."""

    TYPE: ClassVar[str] = "signed_in"
    holder: Reader
    role: Label
    method: Label
    employee: EmployeeId | None = None
