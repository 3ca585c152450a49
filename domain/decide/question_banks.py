"""Rules on tests: banks are sound, one test is open at a time, and it is handed in once, in its time."""

import datetime as dt

from domain.decide.known import Known
from domain.facts.question_banks import QuestionBankPublished, TestAnswered, TestDrawn
from domain.learning.bank import Bank, BankInvalid, read_bank
from domain.learning.drawing import Lot, drawn
from domain.learning.marking import marked, score_text
from domain.learning.refusals import (
    AlreadyHandedIn,
    BankRefused,
    BankRenewed,
    NotDrawn,
    OpenTestExists,
    TimeIsUp,
    UnknownBank,
    UnknownTest,
)
from domain.plan.parse import document_hash
from domain.refusals import BadField, NotVoidable


def publish(fact: QuestionBankPublished) -> None:
    """A bank without faults, which is what the fact says it is, comes into use.

    Raises: BankRefused.
    """
    if fact.document_hash != document_hash(fact.document):
        raise BankRefused(
            field="data.document_hash",
            detail="The hash is not that of the document.",
            remedy="Compute it anew, or use meritbook bank publish.",
        )
    try:
        bank = read_bank(fact.document, file=fact.bank)
    except BankInvalid as invalid:
        problem = invalid.problems[0]
        more = f" ({len(invalid.problems) - 1} more)" if len(invalid.problems) > 1 else ""
        raise BankRefused(
            field=f"data.document.{problem.path}", detail=problem.message + more, remedy=problem.remedy
        ) from None
    if (bank.bank, bank.module) != (fact.bank, fact.module):
        raise BankRefused(
            field="data.document",
            detail="Bank or module differ from the document's.",
            remedy="Make them agree.",
        )


def draw(fact: TestDrawn, occurred_at: dt.datetime, known: Known) -> None:
    """Somebody without an open test of the module begins one: just what the bank in use and the seed give.

    Raises: UnknownBank, BankRenewed, OpenTestExists, NotDrawn.
    """
    version = _in_use(fact, known)
    bank = read_bank(version.document, file=fact.bank)
    before = [each for _, each in tests_of(known, fact.employee) if each.module == fact.module]
    _require_none_open(fact, before, occurred_at, known)
    lot = Lot(version.document_hash, fact.employee, len(before) + 1, fact.seed)
    given = {
        "module": bank.module,
        "document_hash": version.document_hash,
        "attempt": lot.attempt,
        "questions": drawn(bank, lot),
        "due_at": due_at(bank, occurred_at),
    }
    for field, value in given.items():
        if getattr(fact, field) != value:
            raise NotDrawn(
                field=f"data.{field}",
                detail=f"Bank {fact.bank} and the seed give another: {value}.",
                remedy="Let the service draw: POST /v1/employees/{employee}/tests.",
            )


def answer(fact: TestAnswered, occurred_at: dt.datetime, known: Known) -> None:
    """An open test is handed in once, in its time, with choices that it has, and marked as its bank says.

    It is marked by the version that it was drawn from, even if that was voided since.
    Raises: UnknownTest, AlreadyHandedIn, TimeIsUp, BadField.
    """
    taken = next((each for _, each in tests_of(known, fact.employee) if each.test == fact.test), None)
    version = known.facts.get(fact.published_at)
    if taken is None or version is None or not isinstance(version.fact, QuestionBankPublished):
        raise UnknownTest(
            field="data.test",
            detail=f"{fact.employee} has no test {fact.test!r} of the bank at position {fact.published_at}.",
            remedy="See /v1/employees/{employee}/tests, or begin one there.",
        )
    require_not_handed_in(taken, known, "data.test")
    if is_over(taken, occurred_at):
        raise TimeIsUp(
            field="data.test",
            detail=f"Test {fact.test} was due at {taken.due_at}.",
            remedy="Begin another test; this one counts as an attempt without a score.",
        )
    bank = read_bank(version.fact.document, file=taken.bank)
    require_answers(bank, taken.questions, fact.answers)
    marks = marked(bank, taken.questions, fact.answers)
    given = {
        "module": taken.module,
        "published_at": taken.published_at,
        "right": len(marks.right),
        "score": score_text(marks.score),
    }
    for field, value in given.items():
        if getattr(fact, field) != value:
            raise BadField(
                field=f"data.{field}",
                detail=f"The test and its bank give another: {value}.",
                remedy="Let the service mark it: POST /v1/employees/{employee}/tests/{test}/answers.",
            )


def require_answers(bank: Bank, questions: list[str], answers: dict[str, list[str]]) -> None:
    """Checks that every answer is to a question of the test and makes choices that it has.

    Raises: BadField.
    """
    for name, chosen in answers.items():
        field = f"data.answers.{name}"
        if name not in questions:
            raise BadField(
                field=field,
                detail=f"The test does not ask {name!r}.",
                remedy=f"Answer {', '.join(questions)}.",
            )
        question = bank.question(name)
        unknown = next((choice for choice in chosen if choice not in question.choices), None)
        if unknown is not None or len(set(chosen)) < len(chosen):
            raise BadField(
                field=field,
                detail=f"{unknown or chosen} is not one of its choices, or is given twice.",
                remedy=f"Choose among {', '.join(question.choices)}, each once.",
            )
        if question.choose == "one" and len(chosen) > 1:
            raise BadField(field=field, detail="One choice is to be made.", remedy="Send one.")


def require_not_handed_in(taken: TestDrawn, known: Known, field: str = "data.position") -> None:
    """Checks that nobody has answered `taken`; also before it is voided.

    Raises: AlreadyHandedIn; NotVoidable where its void is asked for.
    """
    at = _handed_in(taken, known)
    if at is None:
        return
    detail = f"Test {taken.test} was handed in at position {at}." if at else "Its answers stand before it."
    if field == "data.position":
        raise NotVoidable(field=field, detail=detail, remedy="Void the answers first.")
    raise AlreadyHandedIn(field=field, detail=detail, remedy="Begin another test.")


def tests_of(known: Known, employee: str) -> list[tuple[int, TestDrawn]]:
    """The live tests that `employee` began, each with its position, in their order."""
    return [(at, each) for at, each in known.told("tests", employee) if isinstance(each, TestDrawn)]


def due_at(bank: Bank, begun_at: dt.datetime) -> str | None:
    """When a test that is begun at `begun_at` is due, as its fact tells it."""
    if bank.minutes is None:
        return None
    due = begun_at.astimezone(dt.UTC) + dt.timedelta(minutes=bank.minutes)
    return due.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def is_over(taken: TestDrawn, at: dt.datetime) -> bool:
    """Whether it is too late to hand `taken` in."""
    return taken.due_at is not None and at > dt.datetime.fromisoformat(taken.due_at)


def _in_use(fact: TestDrawn, known: Known) -> QuestionBankPublished:
    versions = known.told("bank", fact.bank)
    if not versions:
        raise UnknownBank(
            field="data.bank",
            detail=f"No question bank {fact.bank!r} is in use.",
            remedy="See /v1/question-banks, or publish it: meritbook bank publish FILE.",
        )
    position, version = versions[-1]
    if position != fact.published_at:
        raise BankRenewed(
            field="data.published_at",
            detail=f"The version of bank {fact.bank} in use is that at position {position}.",
            remedy="Draw from that one.",
        )
    return version


def _require_none_open(
    fact: TestDrawn, before: list[TestDrawn], occurred_at: dt.datetime, known: Known
) -> None:
    for each in before:
        if each.test == fact.test or (_handed_in(each, known) is None and not is_over(each, occurred_at)):
            until = f" until {each.due_at}" if each.due_at else ""
            raise OpenTestExists(
                field="data.test",
                detail=f"{fact.employee} has test {each.test} of module {fact.module}, open{until}.",
                remedy="Hand it in first, or let HR void it.",
            )


def _handed_in(taken: TestDrawn, known: Known) -> int | None:
    """The position of the answers to `taken`; None while there are none."""
    told = known.told("tests", taken.employee)
    return next((at for at, each in told if isinstance(each, TestAnswered) and each.test == taken.test), None)
