"""Signing in as people do: forms without scripts, over HTTP, with the cookies that a browser would keep."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from paged_firm import GOOD, account
from pyotp.totp import TOTP
from served import Service
from signing_in import COOKIE

from api.accounts.picture import code_of

OURS = {"Accept": "text/html", "Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def browser(firm: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=firm.url, headers=OURS, timeout=60) as client:
        yield client


def signed_in(
    browser: httpx.Client, name: str, password: str = GOOD, next: str = "/account"
) -> httpx.Response:
    return browser.post("/sign-in", data={"name": name, "password": password, "next": next})


def token(page: httpx.Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


@pytest.mark.rule("R88")
def test_signing_in_leads_to_the_page_that_was_wanted(firm: Service, browser: httpx.Client) -> None:
    account(firm, "e1", "employee", "E1")
    asked = browser.get("/employees/E1/today")
    assert asked.status_code == 303
    page = browser.get(asked.headers["location"])
    assert 'value="/employees/E1/today"' in page.text and "<script" not in page.text
    wrong = signed_in(browser, "e1", "wrong", "/employees/E1/today")
    assert wrong.status_code == 401 and 'role="alert"' in wrong.text and COOKIE not in browser.cookies
    assert "wrong</" not in wrong.text and 'value="e1"' in wrong.text, "the name is kept, the password is not"
    passed = signed_in(browser, "E1", next="/employees/E1/today")
    assert (passed.status_code, passed.headers["location"]) == (303, "/employees/E1/today")
    [kept] = [each for each in passed.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(kept.split("; "))
    assert browser.get("/employees/E1/today").status_code == 200
    assert browser.get("/employees/E9/today").status_code == 403


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    "next", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_led_elsewhere_after_signing_in(firm: Service, browser: httpx.Client, next: str) -> None:
    assert 'name="next" value="/"' in browser.get("/sign-in", params={"next": next}).text
    account(firm, name := f"e{abs(hash(next))}", "employee", "E1")
    assert signed_in(browser, name, next=next).headers["location"] == "/"


@pytest.mark.rule("R88")
def test_no_other_site_signs_anybody_in(firm: Service, browser: httpx.Client) -> None:
    account(firm, "csrf", "employee", "E1")
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    said = {"name": "csrf", "password": GOOD}
    assert browser.post("/sign-in", data=said, headers=elsewhere).status_code == 403
    assert COOKIE not in browser.cookies


@pytest.mark.rule("R88")
def test_the_first_time_takes_a_code_a_password_and_a_second_factor(
    firm: Service, browser: httpx.Client
) -> None:
    """For a role with power; each page leads to the next, and the session begins after the last alone."""
    code = account(firm, "pay", "payroll", password=None)
    assert signed_in(browser, "pay", code).headers["location"] == "/sign-in/password"
    for password, again, status in (("short", "short", 422), (GOOD, GOOD + "x", 422)):
        page = browser.post("/sign-in/password", data={"password": password, "again": again})
        assert page.status_code == status and 'role="alert"' in page.text
    passed = browser.post("/sign-in/password", data={"password": GOOD, "again": GOOD})
    assert passed.headers["location"] == "/sign-in/enrol"
    assert COOKIE not in browser.cookies and browser.get("/account").status_code == 303
    page = browser.get("/sign-in/enrol")
    found = re.search(r'href="(otpauth://[^"]+)"', page.text)
    secret = re.search(r"secret=([A-Z2-7]+)", unescape(found[1] if found else ""))
    assert secret
    picture = re.search(r'<div role="img" aria-label="[^"]+">(<svg.*?</svg>)</div>', page.text)
    assert picture and "style" not in picture[1] and "<script" not in picture[1]
    assert code_of(unescape(found[1] if found else "")) == picture[1]
    assert browser.post("/sign-in/enrol", data={"code": "000000"}).status_code == 401
    page = browser.post("/sign-in/enrol", data={"code": TOTP(secret[1]).now()})
    codes = re.findall(r">([a-z2-9]{5}-[a-z2-9]{5})<", page.text)
    assert len(codes) == 10
    assert browser.get("/account").status_code == 200
    browser.cookies.clear()
    assert signed_in(browser, "pay").headers["location"] == "/sign-in/code"
    assert browser.post("/sign-in/code", data={"code": TOTP(secret[1]).now()}).status_code == 401, "used"
    assert browser.post("/sign-in/code", data={"code": codes[0]}).headers["location"] == "/account"
    told = firm.http.get("/v1/facts", params={"type": "signed_in"}).json()["facts"]
    own = [each["data"]["method"] for each in told if each["actor"] == "account:pay"]
    assert own == ["password+totp", "password+recovery"]


@pytest.mark.rule("R88")
def test_an_account_shows_its_sessions_and_changes_its_password(firm: Service, browser: httpx.Client) -> None:
    account(firm, "own", "employee", "E1")
    with httpx.Client(base_url=firm.url, headers=OURS | {"User-Agent": "X Firefox/1 (Android)"}) as other:
        assert signed_in(other, "own").status_code == 303
        assert signed_in(browser, "own").status_code == 303
        page = browser.get("/account")
        assert "Firefox · Android" in page.text and "this one" in page.text
        said = {"current": "wrong", "password": "another-good-one", "again": "another-good-one"}
        assert browser.post("/account/password", data=said).status_code == 403, "without the token"
        said["csrf_token"] = token(page)
        assert browser.post("/account/password", data=said).status_code == 401
        assert other.get("/account").status_code == 200
        changed = browser.post("/account/password", data=said | {"current": GOOD})
        assert changed.status_code == 200 and 'role="status"' in changed.text
        assert other.get("/account").status_code == 303
        assert signed_in(other, "own", "another-good-one").status_code == 303
        [key] = {
            each
            for each in re.findall(r'name="session" value="(\w+)"', browser.get("/account").text)
            if each not in re.findall(r'name="session" value="(\w+)"', page.text)
        }
        ended = browser.post("/account/sessions/end", data={"csrf_token": token(page), "session": key})
        assert ended.headers["location"] == "/account"
        assert other.get("/account").status_code == 303
    out = browser.post("/sign-out", data={"csrf_token": token(page), "everywhere": "1"})
    assert out.headers["location"] == "/signed-out" and browser.get("/signed-out").status_code == 200
    assert browser.get("/account").status_code == 303


def test_the_pages_are_in_both_languages_and_frame_nothing(browser: httpx.Client) -> None:
    for path in ("/sign-in", "/sign-in/password", "/sign-in/code", "/signed-out"):
        for lang, said in (("en", 'lang="en"'), ("zh-CN", 'lang="zh-CN"')):
            page = browser.get(path, headers={"Accept-Language": lang})
            assert page.status_code == 200 and said in page.text
            policy = page.headers["content-security-policy"]
            assert "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy
            assert not re.search(r"<script|\son\w+=|style=", page.text), path
