"""Which facts of the journal a new fact's rules must look at: its consistency boundary."""

from typing import NamedTuple

from domain.facts.base import Fact
from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialRevoked,
    CredentialSuspended,
)
from domain.facts.currencies import ExchangeRateSet
from domain.facts.erasure import SubjectErased
from domain.facts.governance import (
    BranchOpened,
    FactConfirmed,
    FactVoided,
    LedgerOpened,
    OverrideSet,
    PeriodClosed,
    PlanAdopted,
    PlanEnded,
    TargetChanged,
)
from domain.facts.people import EmployeeHired, EmployeeLeft
from domain.facts.personal import subject_of
from domain.facts.plans import PlanAcknowledged, PlanCommented, PlanDrafted
from domain.facts.selling import DealClosed, DealReversed


class Look(NamedTuple):
    """Facts of these types that bear this tag; an empty tag stands for all of them."""

    types: tuple[str, ...]
    tag: str

    @property
    def tags(self) -> tuple[str, ...]:
        """The tag, as the journal's selectors have it: any number of them."""
        return (self.tag,) if self.tag else ()


_HIRES = ("employee_hired", "employee_left", "fact_voided")
_DEALS = ("deal_closed", "deal_reversed", "fact_voided")
_CREDENTIALS = tuple(
    "credential_granted credential_renewed credential_suspended credential_revoked credential_reinstated "
    "fact_voided".split()
)
_PLANS = ("plan_adopted", "plan_ended", "fact_voided")
_DRAFTS = ("plan_drafted", "plan_adopted", "fact_voided")
_COVER = tuple(
    "employee_hired employee_transferred employee_promoted employee_left plan_acknowledged "
    "fact_voided".split()
)


def boundary(fact: Fact) -> tuple[Look, ...]:
    """What must not change between the look and the append; empty where nothing that changes is looked at.

    That a person or branch exists is no part of it: ids that exist go on existing.
    """
    match fact:
        case EmployeeHired() | EmployeeLeft():
            return (Look(_HIRES, f"employee:{fact.employee}"),)
        case DealClosed() | DealReversed():
            return (Look(_DEALS, f"deal:{fact.deal}"),)
        case (
            CredentialGranted()
            | CredentialRenewed()
            | CredentialSuspended()
            | CredentialRevoked()
            | CredentialReinstated()
        ):
            return (Look(_CREDENTIALS, f"credential:{fact.credential}"),)
        case FactVoided():
            return (Look(("fact_voided",), f"fact:{fact.position}"), Look(("period_closed",), ""))
        case FactConfirmed():
            return (Look(("fact_voided",), f"fact:{fact.position}"),)
        case PlanAdopted():
            types = _PLANS if fact.draft is None else (*_PLANS, "plan_drafted")
            return (Look(types, f"plan:{fact.plan}"), Look(("ledger_opened", "period_closed"), ""))
        case PlanEnded():
            return (Look(_PLANS, f"plan:{fact.plan}"), Look(("ledger_opened", "period_closed"), ""))
        case PlanDrafted():
            drafts = Look(_DRAFTS, f"plan:{fact.plan}")
            return (drafts, Look(_DRAFTS, f"draft:{fact.draft}"), Look(("ledger_opened",), ""))
        case PlanCommented():
            return (Look(_DRAFTS, f"plan:{fact.plan}"),)
        case PlanAcknowledged():
            plans = Look(_PLANS, f"plan:{fact.plan}")
            return (plans, Look(_COVER, f"employee:{fact.employee}"), Look(("ledger_opened",), ""))
        case PeriodClosed():
            return (Look(("period_closed",), ""),)
        case OverrideSet():
            return (Look(_PLANS, f"plan:{fact.plan}"),)
        case TargetChanged():
            return (Look(_PLANS, ""),)
        case ExchangeRateSet():
            return (Look((fact.TYPE, "fact_voided"), f"quotation:{fact.quotation}"),)
        case SubjectErased():
            told = Look((fact.TYPE,), subject_of(fact) or "")
            return (told, Look(_HIRES, told.tag)) if fact.employee else (told,)
        case BranchOpened():
            return ()
        case LedgerOpened():
            return (Look(("ledger_opened",), ""),)
        case _:
            return ()


def people_named(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The ids of people that must have been hired before, each with its field."""
    names = [name for name in ("employee", "manager", "mentor") if name in fact.__struct_fields__]
    if isinstance(fact, EmployeeHired):
        names.remove("employee")
    named = [(name, getattr(fact, name)) for name in names]
    if isinstance(fact, OverrideSet) and fact.level == "person":
        named.append(("scope", fact.scope))
    return tuple((name, value) for name, value in named if value is not None)


def branches_named(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The ids of branches that must have been opened before, each with its field."""
    if isinstance(fact, BranchOpened):
        return ()
    named = [("branch", getattr(fact, "branch", None))]
    if isinstance(fact, OverrideSet) and fact.level == "branch":
        named.append(("scope", fact.scope))
    return tuple((name, value) for name, value in named if value is not None)
