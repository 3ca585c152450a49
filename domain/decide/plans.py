"""Rules on plans and on what may be changed below them."""

from domain.decide.known import Known
from domain.decide.persons import require_second_person
from domain.facts.governance import OverrideSet, PlanAdopted, PlanEnded, TargetChanged
from domain.facts.plans import PlanDrafted
from domain.plan.document import Plan
from domain.plan.overrides import check_override, check_target_change
from domain.plan.parse import document_hash, parse_plan
from domain.plan.problems import PlanInvalid
from domain.refusals import BadField, PlanRefused, UnknownPlan, UnknownTarget


def adopt(fact: PlanAdopted, known: Known, actor: str) -> None:
    """A faultless document in the ledger's currency takes effect, by two persons, from a month still open.

    Raises: SecondPersonNeeded, PlanRefused.
    """
    require_second_person(actor, fact.approver)
    require_sound_document(fact, known)
    closed = known.last_closed
    if closed is not None and fact.effective_from <= closed.last_day:
        raise _refused(
            "data.effective_from",
            f"{closed} is closed.",
            f"Let it take effect on {closed.next().first_day} or later.",
        )


def require_sound_document(fact: PlanAdopted | PlanDrafted, known: Known) -> None:
    """Checks that a document is without faults, what the fact says it is, and in the ledger's currency.

    Raises: PlanRefused.
    """
    if fact.document_hash != document_hash(fact.document):
        raise _refused("data.document_hash", "The hash is not that of the document.", "Compute it anew.")
    try:
        plan = parse_plan(fact.document, file=fact.plan)
    except PlanInvalid as invalid:
        problem = invalid.problems[0]
        more = f" ({len(invalid.problems) - 1} more)" if len(invalid.problems) > 1 else ""
        raise _refused(f"data.document.{problem.path}", problem.message + more, problem.remedy) from None
    if (plan.plan, plan.effective_from) != (fact.plan, fact.effective_from):
        raise _refused(
            "data.document", "Plan or effective_from differ from the document's.", "Make them agree."
        )
    if known.opened is not None and plan.pays_in != known.opened.currency:
        raise _refused(
            "data.document.pay_currency" if plan.pay_currency else "data.document.currency",
            f"The ledger pays in {known.opened.currency}, not in {plan.pays_in}.",
            remedy_for_pay(known.opened.currency),
        )


def remedy_for_pay(currency: str) -> str:
    """What to do about a plan that is not paid in the `currency` of the ledger."""
    return f"Write `pay_currency: {currency}`; pay in another currency needs a ledger of its own."


def end(fact: PlanEnded, known: Known) -> None:
    """A plan that was adopted ends on the last day of a month that is still open.

    Raises: UnknownPlan, PlanRefused.
    """
    if fact.plan not in known.plans:
        raise UnknownPlan(
            field="data.plan", detail=f"No plan {fact.plan!r} was adopted.", remedy="Mend the id."
        )
    closed = known.last_closed
    if closed is not None and fact.ended_on < closed.last_day:
        raise _refused("data.ended_on", f"{closed} is closed.", f"End it on {closed.last_day} or later.")


def override(fact: OverrideSet, known: Known) -> None:
    """A branch, team or person sets only what the plan opened to it, within its bounds.

    Raises: UnknownPlan, OverrideNotPermitted, OverrideOutOfBounds.
    """
    check_override(_in_force(fact, known), fact)


def change_target(fact: TargetChanged, known: Known) -> None:
    """A target or milestone that some plan has is changed for one person.

    Raises: UnknownTarget, BadField.
    """
    adopted = [parse_plan(versions[-1].document, file=name) for name, versions in sorted(known.plans.items())]
    having = [plan for plan in adopted if fact.target in plan.targets or fact.target in _milestones(plan)]
    for plan in having:
        check_target_change(plan, fact)
    if not having:
        names = sorted({name for plan in adopted for name in (*plan.targets, *_milestones(plan))})
        raise UnknownTarget(
            field="data.target",
            detail=f"No plan has a target or milestone {fact.target!r}.",
            remedy=f"Use one of {', '.join(names)}." if names else "Adopt a plan first.",
        )
    if fact.within_days is not None and not 1 <= fact.within_days <= 3660:
        raise BadField(
            field="data.within_days", detail=f"{fact.within_days} days.", remedy="Use 1 to 3660 days."
        )


def _milestones(plan: Plan) -> tuple[str, ...]:
    return tuple(milestone.id for milestone in plan.milestones)


def _in_force(fact: OverrideSet, known: Known) -> Plan:
    versions = [plan for plan in known.plans.get(fact.plan, ()) if plan.effective_from <= fact.effective_from]
    if not versions:
        raise UnknownPlan(
            field="data.plan",
            detail=f"No plan {fact.plan!r} is in force on {fact.effective_from}.",
            remedy="Adopt it first, or let the override start later.",
        )
    # Of two with the same first day the later adopted holds, and `max` takes the first that it meets.
    held = max(reversed(versions), key=lambda plan: plan.effective_from)
    return parse_plan(held.document, file=fact.plan)


def _refused(field: str, detail: str, remedy: str) -> PlanRefused:
    return PlanRefused(field=field, detail=detail, remedy=remedy)
