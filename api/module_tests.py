"""Tests of training modules over HTTP: begun, seen, handed in, each by whoever takes it."""

import datetime as dt
import secrets
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta
from psycopg import Cursor

from api import lists
from api.auth import Caller
from api.bodies import decoded, place, read_body
from api.described import ANSWERS_BODY, TEST_BODY, operation_with
from api.ops import now
from api.own_facts import own_fact, record, require_self
from api.paging import Pages
from api.people import unknown_person
from api.problems import NotFound
from api.reading import EmployeeInPath, Reading, View
from api.writing import Writing
from domain.decide.question_banks import due_at
from domain.facts.question_banks import TestAnswered, TestDrawn
from domain.learning.drawing import Lot, drawn
from domain.learning.marking import marked, score_text
from domain.learning.refusals import ModuleNotOpen, UnknownBank
from domain.plan.fields import Title
from domain.refusals import BadField
from projections import module_tests, roster, taken_tests
from projections.module_tests import BankVersion, Told
from projections.taken_tests import OpenedTest, TakenTest
from projections.training import ModuleProgress, training

Asked = Request[Any, Caller, State]
TestInPath = Annotated[str, PathParameter(description="Id of a test.")]
MAX_BYTES = 100_000
SEED_BYTES = 16


class BankInUse(msgspec.Struct, frozen=True, kw_only=True):
    """A question bank that tests are drawn from. questions: how many it has. topics: what they are about."""

    bank: str
    title: Title
    module: str
    draws: int
    questions: int
    minutes: int | None
    topics: tuple[Title, ...]
    position: int
    document_hash: str


class SeenTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test, and where its taker stands with the module; None where no plan of theirs has it.

    The questions of an open test are shown to its taker only, and what is right to nobody.
    """

    test: OpenedTest
    standing: ModuleProgress | None


class _Begin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bank: str


_Choices = Annotated[list[str], Meta(max_length=lists.CHOICES)]


class _HandIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    answers: Annotated[dict[str, _Choices], Meta(max_length=lists.QUESTIONS)]


_BEGIN = msgspec.json.Decoder(_Begin)
_HAND_IN = msgspec.json.Decoder(_HandIn)


@get(
    "/question-banks",
    summary="Question banks that tests are drawn from",
    tags=["training"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_banks(pages: NamedDependency[Pages]) -> Response[list[BankInUse]]:
    """What each is about and how its tests are taken; never its questions."""
    found = await pages.ask(lambda cursor, known_at: module_tests.banks_in_use(cursor, None, known_at))
    return pages.answer(pages.cut([in_use(each) for each in found]))


@get(
    "/employees/{employee:str}/tests",
    summary="A person's tests",
    tags=["training"],
    opt={"action": "read_people", "personal": "person"},
)
async def read_tests(
    request: Asked, pages: NamedDependency[Pages], employee: EmployeeInPath
) -> Response[list[TakenTest]]:
    """Every test that was begun: open, handed in with score and weak topics, or over without answers."""
    request.auth.require_about(employee)
    at = now()

    def question(cursor: Cursor[Any], known_at: int | None) -> list[TakenTest]:
        if not roster.changes(cursor, [employee], known_at):
            raise unknown_person(employee)
        return taken_tests.tests(cursor, at, [employee], known_at)

    return pages.answer(pages.cut(await pages.ask(question)))


@get(
    "/employees/{employee:str}/tests/{test:str}",
    summary="A test",
    tags=["training"],
    opt={"action": "read_people", "personal": "person"},
)
async def read_test(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
    test: TestInPath,
) -> SeenTest:
    """Its questions; once handed in also the score, which answers were right, and the weak topics."""
    request.auth.require_about(employee)
    at, today = now(), reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> SeenTest:
        return _seen(cursor, (employee, test), at, today, known_at)

    found = await view.ask(question)
    if found.test.state == "handed_in" or request.auth.employee == employee:
        return found
    return msgspec.structs.replace(found, test=msgspec.structs.replace(found.test, questions=()))


@post(
    "/employees/{employee:str}/tests",
    summary="Begin a test",
    tags=["training"],
    status_code=201,
    opt={"action": "record", "personal": "person"},
    operation_class=operation_with(TEST_BODY),
)
async def begin_test(
    request: Asked,
    writing: NamedDependency[Writing],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
) -> SeenTest:
    """Draws a test from a bank for whoever asks, themselves only, and gives its questions.

    409: another test of the module is open, or the module is not. The clock of the test begins now.
    """
    asked = decoded(_BEGIN, await read_body(request, MAX_BYTES))
    return await begun(request, writing, reading, employee, asked.bank)


async def begun(request: Asked, writing: Writing, reading: Reading, employee: str, bank: str) -> SeenTest:
    """The test that `employee` begins now, drawn from `bank`.

    Raises: NotAllowed, UnknownBank, ModuleNotOpen.
    """
    _require_self(request.auth, employee)
    at, today = now(), reading.today()
    fact = await reading.ask(lambda cursor: _begun(cursor, employee, bank, at, today))
    await record(request, writing, reading, own_fact(request.auth, fact, at))
    return await reading.ask(lambda cursor: _seen(cursor, (employee, fact.test), at, today, None))


@post(
    "/employees/{employee:str}/tests/{test:str}/answers",
    summary="Hand in a test",
    tags=["training"],
    status_code=201,
    opt={"action": "record", "personal": "person"},
    operation_class=operation_with(ANSWERS_BODY),
)
async def hand_in(
    request: Asked,
    writing: NamedDependency[Writing],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
    test: TestInPath,
) -> SeenTest:
    """Marks the answers and records them; the result names the weak topics with their courses.

    A question that is left out counts as not right. 409: it is too late, or the test was handed in before.
    """
    asked = decoded(_HAND_IN, await read_body(request, MAX_BYTES))
    return await handed_in(request, writing, reading, (employee, test), asked.answers)


async def handed_in(
    request: Asked,
    writing: Writing,
    reading: Reading,
    named: tuple[str, str],
    answers: dict[str, list[str]],
) -> SeenTest:
    """The test of a person, by both their ids, with its `answers` marked and recorded.

    Raises: NotAllowed, NotFound, BadField, the Refusal of a rule.
    """
    employee, test = named
    _require_self(request.auth, employee)
    at, today = now(), reading.today()
    taken = await reading.ask(lambda cursor: _taken(cursor, employee, test))
    await record(request, writing, reading, own_fact(request.auth, _answered(taken, answers), at))
    return await reading.ask(lambda cursor: _seen(cursor, named, at, today, None))


def in_use(version: BankVersion) -> BankInUse:
    """What may be said of a bank to whoever takes its tests."""
    bank = version.parsed()
    return BankInUse(
        bank=bank.bank,
        title=bank.title,
        module=bank.module,
        draws=bank.draws,
        questions=len(bank.questions),
        minutes=bank.minutes,
        topics=tuple(topic.title for topic in bank.topics),
        position=version.position,
        document_hash=version.document_hash,
    )


def _seen(
    cursor: Cursor[Any], named: tuple[str, str], at: dt.datetime, today: dt.date, known_at: int | None
) -> SeenTest:
    employee, name = named
    found = taken_tests.test(cursor, at, employee, name, known_at)
    if found is None:
        raise _unknown_test(employee, name)
    standing = _standing(cursor, employee, found.module, today, known_at)
    return SeenTest(test=found, standing=standing)


def _standing(
    cursor: Cursor[Any], employee: str, module: str, today: dt.date, known_at: int | None
) -> ModuleProgress | None:
    learned = training(cursor, today, [employee], known_at)
    modules = (each for plan in learned for each in plan.modules)
    return next((each for each in modules if each.module == module), None)


def _begun(cursor: Cursor[Any], employee: str, bank: str, at: dt.datetime, today: dt.date) -> TestDrawn:
    """The test that `employee` begins.

    Raises: UnknownBank, ModuleNotOpen.
    """
    version = next(iter(module_tests.banks_in_use(cursor, bank)), None)
    if version is None:
        raise UnknownBank(
            field="bank", detail=f"No question bank {bank!r} is in use.", remedy="See /v1/question-banks."
        )
    _require_open(_standing(cursor, employee, version.module, today, None), employee, version.module)
    before = [
        each for each in module_tests.told(cursor, [employee], None) if each.begun.module == version.module
    ]
    seed, parsed = secrets.token_hex(SEED_BYTES), version.parsed()
    lot = Lot(version.document_hash, employee, len(before) + 1, seed)
    return TestDrawn(
        employee=employee,
        test=secrets.token_hex(SEED_BYTES),
        bank=bank,
        module=version.module,
        published_at=version.position,
        document_hash=version.document_hash,
        attempt=lot.attempt,
        seed=seed,
        questions=drawn(parsed, lot),
        due_at=due_at(parsed, at),
    )


def _require_open(standing: ModuleProgress | None, employee: str, module: str) -> None:
    if standing is None:
        raise ModuleNotOpen(
            field="bank",
            detail=f"Module {module} is not in the curriculum of {employee}.",
            remedy="See /v1/employees/{employee}/dossier for the modules that are.",
        )
    if standing.state == "closed":
        raise ModuleNotOpen(
            field="bank",
            detail=f"Module {module} waits for {', '.join(standing.waits_for)}.",
            remedy="Pass that first.",
        )


def _taken(cursor: Cursor[Any], employee: str, name: str) -> Told:
    found = (each for each in module_tests.told(cursor, [employee], None) if each.begun.test == name)
    taken = next(found, None)
    if taken is None:
        raise _unknown_test(employee, name)
    return taken


def _answered(taken: Told, answers: dict[str, list[str]]) -> TestAnswered:
    """What is handed in, with its marks; choices that the test does not have are refused by its rules."""
    version, begun, _ = taken
    marks = marked(version.parsed(), begun.questions, answers)
    try:
        return msgspec.convert(
            {
                "employee": begun.employee,
                "test": begun.test,
                "module": begun.module,
                "published_at": begun.published_at,
                "answers": answers,
                "right": len(marks.right),
                "score": score_text(marks.score),
            },
            TestAnswered,
        )
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(
            field=field, detail=f"{message}.", remedy="Send answers: {question: [choice, …]}."
        ) from None


def _require_self(caller: Caller, employee: str) -> None:
    """Lets people take their own tests only.

    Raises: NotAllowed.
    """
    require_self(
        caller,
        employee,
        "A test is taken by oneself: this token is not that of its taker.",
        f"Sign in as {employee}; scores of tests taken elsewhere are sent as module_tested.",
    )


def _unknown_test(employee: str, test: str) -> NotFound:
    return NotFound(
        field="test", detail=f"{employee} has no test {test!r}.", remedy="See /v1/employees/{employee}/tests."
    )
