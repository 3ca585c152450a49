"""Every page × role, about one's own people and about others, as one table says."""

import re
from collections.abc import Iterator

import httpx
import pytest
from page_verdicts import PAGES
from served import Service
from visible import Visible

from api.pages.routes import PAGES as HANDLERS
from api.payslip_words import Lang
from api.roles import ROLES, Role

OWN, OTHER = "E1", "E9"
PLACES = {"period": "2025-03", "test": "none", "board": "visits", "position": "1"}
PLACES |= {"plan": "selling", "alert": "none", "draft": "none", "example": "device-rep"}
PLACES |= {"hold": "none", "inquiry": "none"}
PLACES |= {"id": "none", "entry": "none", "webhook": "none"}
HTML = {"Accept": "text/html"}
ENGLISH = re.compile(r"\b(?!meritbook )(?:[A-Za-z]*[a-z][a-z'’-]*,? +){3,}[A-Za-z]*[a-z]")
CHINESE = re.compile(r"[\u4e00-\u9fff]+[，。；：]")
REFERENCE = "GET /interface"
"""Is in English in either language, as what it describes is."""


def clients(firm: Service) -> Iterator[tuple[Role, httpx.Client]]:
    """Each role as it usually is: E1 about themselves, M1 about their team, the others about everybody."""
    for role in ROLES:
        if role == "employee":
            yield role, firm.client(role, OWN)
        elif role == "manager":
            yield role, firm.client(role, "M1", "team")
        else:
            yield role, firm.client(role)


def addressed(name: str, employee: str) -> tuple[str, str]:
    method, _, path = name.partition(" ")
    return method, re.sub(r"\{(\w+)\}", lambda found: (PLACES | {"employee": employee})[found[1]], path)


def test_every_page_has_a_verdict() -> None:
    """A page that is new, or gone, fails here: write it down in tests/page_verdicts.py."""
    found = {
        f"{method} {re.sub(r':(str|int)}', '}', path)}"
        for handler in HANDLERS
        for path in handler.paths
        for method in handler.http_methods - {"HEAD", "OPTIONS"}
    }
    assert found == PAGES.keys()


@pytest.mark.rule("R88")
def test_every_page_for_every_role(firm: Service) -> None:
    """403 exactly where the table says so, as a page that says it; and nothing of whom one does not reach."""
    wrong: list[str] = []
    for role, client in clients(firm):
        for name, roles in PAGES.items():
            for about in (OWN, OTHER) if "{employee}" in name else (OWN,):
                reached = about == OWN or role not in ("employee", "manager")
                method, path = addressed(name, about)
                answer = client.request(method, path, headers=HTML)
                allowed = role in roles and reached
                if (answer.status_code == 403) is allowed or answer.status_code >= 500:
                    wrong.append(f"{role} {name} about {about}: {answer.status_code}")
                if not allowed and "李强" in answer.text:
                    wrong.append(f"{role} {name}: tells of {about}")
    assert not wrong, "\n".join(wrong)


def test_a_page_sends_whoever_is_signed_out_to_the_sign_in_and_back(firm: Service) -> None:
    asked = httpx.get(f"{firm.url}/employees/E1/today", headers=HTML)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=/employees/E1/today")


@pytest.mark.parametrize(("lang", "foreign"), [("zh", ENGLISH), ("en", CHINESE)])
def test_no_page_says_a_sentence_in_the_other_language(
    firm: Service, lang: Lang, foreign: re.Pattern[str]
) -> None:
    """Each page as the first role sees it that may; what it quotes, such as documents, is left out."""
    seen = {REFERENCE}
    wrong: list[str] = []
    for role, client in clients(firm):
        for name in [each for each, roles in PAGES.items() if role in roles and each.startswith("GET ")]:
            if name in seen:
                continue
            seen.add(name)
            answer = client.get(addressed(name, OWN)[1], headers=HTML | {"Accept-Language": lang})
            said = (foreign.search(text) for text in Visible(answer.text).texts)
            wrong += [f"{name}: {found[0]}" for found in said if found]
    assert not wrong, "\n".join(sorted(wrong))
