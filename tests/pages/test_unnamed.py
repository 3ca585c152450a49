"""Somebody of whom no name is known is shown by id, and once; who has written something, by name if known."""

import re

import pytest
from paged_firm import HIRED
from served import Service, fact

HTML = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture(scope="module", autouse=True)
def unnamed(firm: Service) -> None:
    """U1, who reports to M1 and has no name; a question of theirs about a line, with an answer of E9's."""
    head = firm.client("hr_head")
    said = {"employee": "U1", "hired_on": "2024-06-03", "branch": "SH", "post": "seller", "manager": "M1"}
    assert head.post("/v1/facts", json=fact("employee_hired", said, **HIRED)).status_code == 201
    asked = {"employee": "U1", "period": "2026-01", "inquiry": "Q1", "kind": "wrong_amount"}
    line = {"plan": "selling", "component": "per_visit", "note": "?"}
    firm.get("/v1/plans")
    assert head.post("/v1/facts", json=fact("inquiry_opened", asked | line)).status_code == 201
    answer = {"employee": "U1", "inquiry": "Q1", "note": "We look."}
    other = firm.client("hr_head", "E9", "all")
    assert other.post("/v1/facts", json=fact("inquiry_answered", answer)).status_code == 201
    firm.get("/v1/plans")


def text(page: str) -> str:
    """What a page says, in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())


@pytest.mark.parametrize(
    "path",
    ["/employees/{}", "/employees/{}/me", "/employees/{}/pay", "/employees/{}/targets", "/hr/people/{}"],
)
def test_an_id_that_is_all_the_name_there_is_stands_once(firm: Service, path: str) -> None:
    page = firm.client("hr_head").get(path.format("U1"), headers=HTML)
    head = text(page.text).partition("</header>")[0][:400]
    assert page.status_code == 200 and "U1 · U1" not in head and "U1 U1" not in head
    other = text(firm.client("hr_head").get(path.format("E1"), headers=HTML).text)[:400]
    assert re.search(r"王芳 (· )?E1\b", other), other


def test_a_question_names_the_line_and_who_answered(firm: Service) -> None:
    for path in ("/payroll/inquiries/Q1", "/team/waiting"):
        said = text(firm.client("hr_head").get(path, headers=HTML).text)
        assert "Visits · Selling" in said and "per_visit" not in said, path
        assert "李强" in said, path
