"""Courses of the curriculum, and their tests: drawn, taken, marked and told."""

import datetime as dt
from collections.abc import Mapping

from litestar import Response, get, post
from litestar.di import NamedDependency

from api import growth, module_tests
from api.module_tests import BankInUse, SeenTest, TestInPath
from api.pages.employee.person import person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import text_of
from api.reading import EmployeeInPath, OnDay
from domain.plan.fields import Title
from domain.refusals import NotAllowed, Refusal
from projections.growth import Dossier


@get(
    "/employees/{employee:str}/learning",
    opt=page_opt("read_people", "learning", nav=40, asks=["day"], personal="person", follows="all_but_work"),
)
async def learning_page(
    page: NamedDependency[Page], employee: EmployeeInPath, day: OnDay = None
) -> Response[str]:
    """Each module with how far one is, the tests that can be taken, and those that were."""
    return await _learning(page, employee, day=day)


@post(
    "/employees/{employee:str}/learning/tests",
    opt=page_opt("record", "learning", personal="person"),
)
async def begin_test(page: NamedDependency[Page], employee: EmployeeInPath) -> Response[str]:
    """Draws a test, and goes to it."""
    form = await page.request.form()
    try:
        seen = await module_tests.begun(
            page.request, page.writing, page.reading, employee, text_of(form, "bank")
        )
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _learning(page, employee, refusal)
    return page.gone_to(f"/employees/{employee}/learning/tests/{seen.test.test}")


@get(
    "/employees/{employee:str}/learning/tests/{test:str}",
    opt=page_opt("read_people", "learning", personal="person"),
)
async def test_page(page: NamedDependency[Page], employee: EmployeeInPath, test: TestInPath) -> Response[str]:
    """The questions of a test; of one that is handed in, the score, the weak topics and what helps."""
    seen: SeenTest = await page.ask(module_tests.read_test, employee=employee, test=test)
    return await _test(page, employee, seen)


@post(
    "/employees/{employee:str}/learning/tests/{test:str}",
    opt=page_opt("record", "learning", personal="person"),
)
async def hand_in(page: NamedDependency[Page], employee: EmployeeInPath, test: TestInPath) -> Response[str]:
    """Marks and records the answers, and shows the result; asks once more where some were left out."""
    form = await page.request.form()
    answers = {
        name.removeprefix("q."): [str(choice) for choice in form.getall(name)]
        for name in form
        if name.startswith("q.")
    }
    if page.caller.employee == employee and not text_of(form, "left_out"):
        seen: SeenTest = await page.ask(module_tests.read_test, employee=employee, test=test)
        if left_out := left_out_of(seen, answers):
            return await _test(page, employee, seen, answers=answers, left_out=left_out)
    try:
        await module_tests.handed_in(page.request, page.writing, page.reading, (employee, test), answers)
    except NotAllowed:
        raise
    except Refusal as refusal:
        seen = await page.ask(module_tests.read_test, employee=employee, test=test)
        return await _test(page, employee, seen, refusal, answers)
    return page.gone_to(f"/employees/{employee}/learning/tests/{test}")


def left_out_of(seen: SeenTest, answers: Mapping[str, list[str]]) -> list[int]:
    """The numbers of the questions of an open test that have no answer yet."""
    if seen.test.state != "open":
        return []
    return [n for n, each in enumerate(seen.test.questions, 1) if not answers.get(each.question)]


async def _learning(
    page: Page, employee: str, refusal: Refusal | None = None, day: dt.date | None = None
) -> Response[str]:
    who = await person_shown(page, employee, day or page.reading.today())
    found: Dossier = await page.ask(growth.read_dossier, employee=employee, day=day)
    banks: list[BankInUse] = await page.ask(module_tests.read_banks)
    return await page.answered(
        "employee/learning.html",
        refusal,
        who=who,
        training=found.training,
        tests=list(reversed(found.tests)),
        under_way={test.module: test for test in found.tests if test.state == "open"},
        banks={bank.module: bank for bank in banks},
        titles={bank.bank: bank.title for bank in banks},
    )


async def _test(
    page: Page,
    employee: str,
    seen: SeenTest,
    refusal: Refusal | None = None,
    answers: dict[str, list[str]] | None = None,
    left_out: list[int] | None = None,
) -> Response[str]:
    banks: list[BankInUse] = await page.ask(module_tests.read_banks)
    bank = next((each for each in banks if each.bank == seen.test.bank), None)
    return await page.answered(
        "employee/test.html",
        refusal,
        who=await person_shown(page, employee, page.reading.today()),
        test=seen.test,
        standing=seen.standing,
        bank=bank,
        extra=await _extra_course(page, employee, seen),
        answers=answers or {},
        left_out=left_out or [],
    )


async def _extra_course(page: Page, employee: str, seen: SeenTest) -> Title | None:
    """What the course is called that the last score pushes; None where it pushes none."""
    if seen.standing is None or seen.standing.pushes is None:
        return None
    found: Dossier = await page.ask(growth.read_dossier, employee=employee)
    modules = (module for plan in found.training for module in plan.modules)
    return next((each.title for each in modules if each.module == seen.standing.pushes), None)
