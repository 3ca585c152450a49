"""The life of a plan: draft, comments, adoption by two, acknowledgement; on both sides of each rule."""

import datetime as dt
from typing import Any

import pytest
from decide.test_decide import HERE, NOON, day, left, refused, void
from given_plan import document
from msgspec.structs import replace

from domain import refusals
from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.governance import LedgerOpened, PlanAdopted, PlanEnded
from domain.facts.people import EmployeePromoted
from domain.facts.plans import AdoptionProposed, PlanAcknowledged, PlanCommented, PlanDrafted
from domain.plan.parse import document_hash, plan_document

FIRST, LATER = (plan_document(document(f"effective_from: {first}")) for first in ("2025-01-01", "2025-07-01"))
OTHER = plan_document(document("plan: nursing"))
SELLERS = plan_document(document("population: {post: [seller]}"))
FAULTY = FIRST | {"targets": {"clients": {"measure": "none", "value": 20}}}


def put_up(draft: str = "D1", written: dict[str, Any] = FIRST, **fields: Any) -> PlanDrafted:
    return PlanDrafted(
        plan=written["plan"],
        draft=draft,
        effective_from=day(written["effective_from"]),
        document=written,
        document_hash=document_hash(written),
        **fields,
    )


def adopted(draft: str | None = "D1", written: dict[str, Any] = FIRST, approver: str = "boss") -> PlanAdopted:
    return PlanAdopted(
        plan=written["plan"],
        effective_from=day(written["effective_from"]),
        document=written,
        document_hash=document_hash(written),
        approver=approver,
        draft=draft,
    )


def commented(path: str | None = None, draft: str = "D1", plan: str = "selling") -> PlanCommented:
    return PlanCommented(plan=plan, draft=draft, employee="E1", note="20 is too many", path=path)


def acknowledged(
    at: int = 3, written: dict[str, Any] = FIRST, signature: str | None = "HR-7"
) -> PlanAcknowledged:
    return PlanAcknowledged(
        employee="E1",
        plan=written["plan"],
        adopted_at=at,
        document_hash=document_hash(written),
        signature=signature,
    )


def ended(on: str) -> PlanEnded:
    return PlanEnded(plan="selling", ended_on=day(on), reason="no longer needed")


UP = (*HERE, put_up())
IN_FORCE = (*HERE, adopted(None))
AMENDED = (*IN_FORCE, adopted(None, LATER))
PROMOTED = EmployeePromoted(employee="E1", effective_on=day("2025-03-01"), post="manager")


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (HERE, put_up(), None),
        (UP, put_up(), refusals.DraftExists),
        (UP, put_up(written=OTHER), refusals.DraftExists),
        (UP, put_up("D2"), None),
        ((*UP, void(3)), put_up(), None),
        (HERE, put_up(written=FAULTY), refusals.PlanRefused),
        ((*HERE, LedgerOpened(name="firm", currency="USD")), put_up(), refusals.PlanRefused),
        (UP, put_up("D2", replaces="D1"), None),
        (UP, put_up("D2", replaces="D9"), refusals.UnknownDraft),
        (UP, put_up("D2", OTHER, replaces="D1"), refusals.UnknownDraft),
        ((*UP, adopted()), put_up("D2", replaces="D1"), refusals.DraftClosed),
        (UP, commented(), None),
        (UP, commented("targets.clients.value"), None),
        (UP, commented("targets.visits"), refusals.BadField),
        (UP, commented(draft="D9"), refusals.UnknownDraft),
        (UP, commented(plan="nursing"), refusals.UnknownDraft),
        ((*UP, void(3)), commented(), refusals.UnknownDraft),
        ((*UP, adopted()), commented(), refusals.DraftClosed),
        ((*UP, put_up("D2", replaces="D1")), commented(), refusals.DraftClosed),
        ((*UP, put_up("D2", replaces="D1")), commented(draft="D2"), None),
        ((*UP, put_up("D2", replaces="D1"), void(4)), commented(), None),
        (UP, adopted(), None),
        (UP, adopted(approver="hr"), refusals.SecondPersonNeeded),
        (UP, adopted(written=LATER), refusals.PlanRefused),
        (UP, adopted("D9"), refusals.UnknownDraft),
        ((*UP, adopted()), adopted(), refusals.DraftClosed),
        ((*UP, adopted(), void(4)), adopted(), None),
        ((*UP, adopted()), void(3), refusals.NotVoidable),
        ((*UP, adopted(), void(4)), void(3), None),
        (UP, void(3), None),
    ],
)  # fmt: skip
@pytest.mark.rule("R39")
def test_a_draft_is_put_up_commented_on_and_adopted_once(
    history: tuple[Fact, ...], fact: Fact, expected: type[Exception] | None
) -> None:
    assert refused(history, fact) is expected


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (IN_FORCE, acknowledged(), None),
        (IN_FORCE, acknowledged(signature=None), refusals.SignatureNeeded),
        (IN_FORCE, acknowledged(2), refusals.UnknownPlan),
        (IN_FORCE, acknowledged(9), refusals.UnknownPlan),
        (IN_FORCE, acknowledged(3, OTHER), refusals.UnknownPlan),
        (IN_FORCE, acknowledged(3, LATER), refusals.BadField),
        ((*IN_FORCE, void(3)), acknowledged(), refusals.UnknownPlan),
        ((*IN_FORCE, acknowledged()), acknowledged(), refusals.AlreadyAcknowledged),
        ((*IN_FORCE, acknowledged(), void(4)), acknowledged(), None),
        (AMENDED, acknowledged(), None),
        (AMENDED, acknowledged(4, LATER), None),
        ((*AMENDED, acknowledged()), acknowledged(4, LATER), None),
        ((*IN_FORCE, adopted(None)), acknowledged(), refusals.NotCovered),
        ((*IN_FORCE, adopted(None)), acknowledged(4), None),
        ((*IN_FORCE, ended("2025-04-01")), acknowledged(), refusals.NotCovered),
        ((*IN_FORCE, ended("2025-04-02")), acknowledged(), None),
        ((*IN_FORCE, left("2025-04-01")), acknowledged(), refusals.NotCovered),
        ((*IN_FORCE, left("2025-04-02")), acknowledged(), None),
        ((*HERE, adopted(None, SELLERS)), acknowledged(3, SELLERS), None),
        ((*HERE, adopted(None, SELLERS), PROMOTED), acknowledged(3, SELLERS), refusals.NotCovered),
        ((*HERE, adopted(None, SELLERS), PROMOTED, void(4)), acknowledged(3, SELLERS), None),
    ],
)  # fmt: skip
@pytest.mark.rule("R39")
def test_a_person_acknowledges_once_the_version_that_holds_for_them(
    history: tuple[Fact, ...], fact: Fact, expected: type[Exception] | None
) -> None:
    assert refused(history, fact) is expected


@pytest.mark.rule("R39")
def test_who_acknowledges_for_themselves_needs_no_paper_and_the_day_is_that_of_the_ledger() -> None:
    """At 16:30 on 31 March in London it is April already in Shanghai, where E1 left on 31 March."""
    known = Known()
    history = (*HERE, adopted(None), LedgerOpened(name="firm"), left("2025-03-31"))
    known.fold((position, fact, ()) for position, fact in enumerate(history, 1))

    def asked(hour: int) -> None:
        on = dt.datetime(2025, 3, 31, hour, 30, tzinfo=dt.UTC)
        decide(acknowledged(signature=None), on, known, Asked("E1", on, dt.date(2025, 4, 1)))

    asked(15)
    with pytest.raises(refusals.NotCovered):
        asked(16)


def test_within_one_batch_each_rule_knows_what_came_before() -> None:
    """Taking back what was applied leaves everything as it was."""
    known = Known()
    known.fold((position, fact, ()) for position, fact in enumerate(UP, 1))
    mark = known.mark()
    known.apply(put_up("D2", replaces="D1"))
    assert known.drafts["D1"].closed_by == "replaced by D2"
    known.apply(adopted("D2"))
    assert known.drafts["D2"].closed_by == "adopted"
    known.rollback(mark)
    assert {name: draft.closed_by for name, draft in known.drafts.items()} == {"D1": None}
    known.apply(void(3))
    assert not known.drafts
    known.rollback(mark)
    assert set(known.drafts) == {"D1"}


def proposed(draft: str = "D1", written: dict[str, Any] = FIRST) -> AdoptionProposed:
    return AdoptionProposed(plan=written["plan"], draft=draft, document_hash=document_hash(written))


def confirmed(approver: str = "wang", at: int = 4, draft: str | None = "D1") -> PlanAdopted:
    return replace(adopted(draft, approver=approver), proposed_at=at)


ASKED_FOR = (*UP, proposed())


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    ("history", "fact", "actor", "expected"),
    [
        (UP, proposed(), "li", None),
        (UP, proposed(written=LATER), "li", refusals.PlanRefused),
        (UP, proposed("D9"), "li", refusals.UnknownDraft),
        ((*UP, adopted()), proposed(), "li", refusals.DraftClosed),
        (ASKED_FOR, confirmed(), "li", None),
        (ASKED_FOR, confirmed(), "wang", refusals.SecondPersonNeeded),
        (ASKED_FOR, confirmed("zhao"), "wang", refusals.AdoptionNotProposed),
        (UP, confirmed(), "li", refusals.AdoptionNotProposed),
        (ASKED_FOR, confirmed(at=3), "li", refusals.AdoptionNotProposed),
        (ASKED_FOR, confirmed(draft=None), "li", refusals.AdoptionNotProposed),
        ((*ASKED_FOR, void(4)), confirmed(), "li", refusals.AdoptionNotProposed),
        ((*ASKED_FOR, void(4), proposed()), confirmed(at=6), "li", None),
        ((*UP, put_up("D2"), proposed("D2")), confirmed(at=5), "li", refusals.AdoptionNotProposed),
    ],
)  # fmt: skip
def test_an_adoption_confirms_what_somebody_else_proposed(
    history: tuple[Fact, ...], fact: Fact, actor: str, expected: type[Exception] | None
) -> None:
    """The history was written by wang."""
    known = Known()
    known.fold((position, told, ()) for position, told in enumerate(history, 1))
    known.actors = dict.fromkeys(range(1, len(history) + 1), "wang")
    met: type[Exception] | None = None
    try:
        decide(fact, NOON, known, Asked(actor, NOON, NOON.date()))
    except refusals.Refusal as refusal:
        assert refusal.field.startswith("data.") and refusal.remedy
        met = type(refusal)
    assert met is expected
