"""A ledger that is told a fact of every type at least: by chance where the rules allow, else in turn."""

import datetime as dt
from random import Random
from typing import Any

from given_bank import published
from laws.simulation import governing, privacy_laws, run
from laws.simulation.governing import next_month
from laws.simulation.makers import ORDINARY, Maker
from laws.simulation.plan_documents import plan_document
from laws.simulation.world import ENGINE, World

from api import ops
from api.intake import Stored
from domain.facts.assisting import ContractPassed, ContractTold, ContractUploaded
from domain.facts.base import Fact
from domain.facts.changes import ChangeProposed, ChangeRefused
from domain.facts.connecting import ConnectorRemoved, ConnectorSet, QuarantineSettled
from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialSuspended,
)
from domain.facts.governance import (
    BranchMerged,
    BranchOpened,
    CloseProposed,
    FactVoided,
    PlanAdopted,
    PlanEnded,
    TargetChanged,
)
from domain.facts.inquiries import InquiryAnswered, InquiryOpened
from domain.facts.plans import AdoptionProposed, PlanAcknowledged, PlanCommented, PlanDrafted
from domain.facts.question_banks import TestAnswered, TestDrawn
from domain.facts.registry import FACT_TYPES
from domain.facts.runs import PaymentConfirmed, RunApproved, RunReleased
from domain.facts.selling import VisitRecorded
from domain.facts.shifts import (
    ShiftAssigned,
    ShiftPatternSet,
    ShiftSpan,
    SwapApproved,
    SwapAsked,
    SwapConsented,
    SwapRefused,
)
from domain.learning.bank import read_bank
from domain.learning.drawing import Lot, drawn
from domain.plan.parse import document_hash
from projections import closing

TRIES = 30
"""So many facts of a type are thought of, in search of one that the rules let pass."""

MONTHS = 3


def tell_all(world: World, random: Random) -> None:
    """People and plans, what needs one fact after another, and three closed months of what does not."""
    run.begin(world, random)
    for in_turn in (_credentials, _contracts, _shifts, _tests, _drafts, _connectors, _inquiries):
        in_turn(world)
    for _ in range(MONTHS):
        for tag in ORDINARY:
            _by_chance(world, random, tag)
            world.clock += dt.timedelta(minutes=97)
        for governed in (_void, governing.confirm, governing.override, governing.change_target):
            governed(world, random)
        _close(world)
    governing.honour(world, random)
    _proposed(world)
    _paid(world)
    _merged(world)
    privacy_laws.erase(world, random)
    missing = FACT_TYPES.keys() - {told.fact.TYPE for told in world.memory.told}
    assert not missing, f"teach tests/releases/every_type.py to tell {sorted(missing)}"


def _must(world: World, *facts: Fact, **said: Any) -> int:
    """Tells `facts`, none of which may be refused; the position of the last."""
    for fact in facts:
        stored = world.tell(fact, **said)
        assert isinstance(stored, Stored), stored
    return world.memory.head


def _by_chance(world: World, random: Random, tag: str) -> None:
    """Tells a fact of the type, unless all that is thought of would break a rule."""
    for _ in range(TRIES):
        maker = Maker(world.memory, random, world.clock)
        if isinstance(world.tell(maker.fact(tag), at=maker.instant()), Stored):
            return


def _void(world: World, random: Random) -> None:
    """Some visit was written in error."""
    position, _ = random.choice(list(world.memory.live(VisitRecorded)))
    _must(world, FactVoided(position=position, reason="written in error"))


def _credentials(world: World) -> None:
    about: dict[str, Any] = {"employee": "E1", "credential": "licence-1"}
    day = dt.date(2025, 2, 3)
    _must(
        world,
        CredentialGranted(kind="nursing", granted_on=day, expires_on=dt.date(2025, 12, 31), **about),
        CredentialSuspended(effective_on=day + dt.timedelta(7), reason="audit", **about),
        CredentialReinstated(effective_on=day + dt.timedelta(9), reason="audit over", **about),
        CredentialRenewed(effective_on=day + dt.timedelta(10), expires_on=dt.date(2026, 12, 31), **about),
    )


def _contracts(world: World) -> None:
    about: dict[str, Any] = {"employee": "E2", "contract": "HT-1"}
    _must(world, ContractUploaded(**about), ContractPassed(kind="legal", **about))
    _must(world, ContractPassed(kind="finance", **about), ContractTold(**about))


def _shifts(world: World) -> None:
    """Two people have shifts; one swap is approved, another is refused."""
    day, swapped = dt.date(2025, 3, 3), dt.date(2025, 3, 6)
    hours = [ShiftSpan(from_time="08:00", until_time="16:00", activity="nursing")]
    _must(world, ShiftPatternSet(pattern="early", title="Early", spans=hours, effective_on=day))
    for employee, on in (("E1", day), ("E2", swapped)):
        _must(world, ShiftAssigned(employee=employee, on=on, pattern="early"))
    swap: dict[str, Any] = {
        "employee": "E1", "on": day, "pattern": "early",
        "colleague": "E2", "colleague_on": swapped, "colleague_pattern": "early",
    }  # fmt: skip
    _must(
        world,
        SwapAsked(swap="swap-1", **swap),
        SwapRefused(swap="swap-1", employee="E2", reason="a wedding"),
        SwapAsked(swap="swap-2", **swap),
        SwapConsented(swap="swap-2", employee="E2", signature="folder 7"),
        SwapApproved(swap="swap-2", employee="E1", colleague="E2", approver="boss"),
    )


def _tests(world: World) -> None:
    """A bank is published, a test drawn from it and handed in."""
    bank = published(draws=2)
    at, seed = _must(world, bank), "1" * 32
    asked = drawn(read_bank(bank.document), Lot(bank.document_hash, "E1", 1, seed))
    test: dict[str, Any] = {"employee": "E1", "test": "test-1", "module": bank.module, "published_at": at}
    due_at = (world.clock + dt.timedelta(minutes=40)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    drawing = TestDrawn(
        bank=bank.bank, document_hash=bank.document_hash, attempt=1, seed=seed, questions=asked,
        due_at=due_at, **test,
    )  # fmt: skip
    _must(world, drawing, TestAnswered(answers={}, right=0, score="0", **test))


def _drafts(world: World) -> None:
    """A plan is put up, commented on, proposed; another is ended, and who it pays has read theirs."""
    first = next_month(world).first_day
    written = plan_document(Random("a draft"), "pilot", first, world.memory.opened.currency)
    written["population"] = {}
    about: dict[str, Any] = {"plan": "pilot", "draft": "pilot-1"}
    digest = document_hash(written)
    _must(
        world,
        PlanDrafted(effective_from=first, document=written, document_hash=digest, **about),
        PlanCommented(employee="E1", note="Why so little?", **about),
        AdoptionProposed(document_hash=digest, **about),
    )
    version: dict[str, Any] = {"plan": "pilot", "document_hash": digest}
    adopted_at = _must(
        world,
        PlanAdopted(effective_from=first, document=written, draft="pilot-1", approver="boss", **version),
    )
    reader = PlanAcknowledged(employee="E4", adopted_at=adopted_at, signature="folder 9", **version)
    _must(world, reader, PlanEnded(plan="pilot", ended_on=next_month(world).next().last_day, reason="over"))


def _connectors(world: World) -> None:
    document = {"source": "crm", "key": "$.id", "facts": [{"type": "deal_closed"}]}
    _must(
        world,
        ConnectorSet(connector="crm", document=document, document_hash=document_hash(document)),
        QuarantineSettled(
            entry="0" * 32, connector="crm", settled_as="discarded", kind="bad-field", mended=False,
            received_digest="a" * 64, reason="a test of theirs",
        ),
        ConnectorRemoved(connector="crm", reason="replaced"),
    )  # fmt: skip


def _inquiries(world: World) -> None:
    about: dict[str, Any] = {"inquiry": "question-1", "employee": "E1"}
    _must(world, InquiryOpened(period="2025-02", kind="missing_credit", note="C1 is missing.", **about))
    _must(world, InquiryAnswered(note="It was on the first.", **about))


def _close(world: World) -> None:
    """The next month is proposed for its close, and closed."""
    period = next_month(world)
    over = dt.datetime.combine(period.last_day, dt.time(12), dt.UTC) + dt.timedelta(days=2)
    world.clock = max(world.clock, over)
    known_at = world.caught_up()
    with world.cursor() as cursor:
        found = closing.compute(cursor, period, known_at).fact(ENGINE)
    shown: dict[str, Any] = {"statements_digest": found.statements_digest, "statements": found.statements}
    _must(world, CloseProposed(period=str(period), known_at=known_at, **shown), actor="boss")
    with world.by_this_clock():
        _, stored = ops.close_period(world.ledger, period, actor="payroll")
    world.learn(stored.position, "payroll")


def _proposed(world: World) -> None:
    """Two changes are proposed; a second person approves one of them and refuses the other."""
    day = next_month(world).first_day
    said: dict[str, Any] = {"employee": "E1", "target": "clients", "value": "3", "reason": "a long leave"}
    content = said | {"effective_from": str(day)}
    for answer in ("approved", "refused"):
        about: dict[str, Any] = {"changes": "target_changed", "employee": "E1"}
        at = _must(world, ChangeProposed(change=content, **about))
        if answer == "approved":
            change = TargetChanged(effective_from=day, approver="boss", proposal=at, **said)
            _must(world, change, actor="boss")
        else:
            _must(world, ChangeRefused(proposal=at, reason="too early", **about), actor="boss")


def _paid(world: World) -> None:
    """The first closed month is approved, released and paid to one of its people."""
    _, closed = world.memory.closes()[0]
    run: dict[str, Any] = {"period": closed.period, "statements_digest": closed.statements_digest}
    _must(world, RunApproved(approver="boss", **run), RunReleased(**run))
    currency, day = world.memory.opened.currency, world.memory.day(world.clock)
    paid: dict[str, Any] = {"amount_minor": 123_45, "currency": currency, "paid_on": day}
    _must(world, PaymentConfirmed(period=closed.period, employee="E1", reference="bank 1", **paid))


def _merged(world: World) -> None:
    """A branch that opened in the meantime becomes part of another."""
    day = world.memory.day(world.clock)
    _must(world, BranchOpened(branch="TJ", title="Tianjin", opened_on=day))
    _must(world, BranchMerged(branch="TJ", into="BJ", effective_on=day, reason="too small"))
