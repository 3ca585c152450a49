"""What every page shares: files kept for ever, a strict policy, two languages, and problems told as pages."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from served import Service

from api.pages.assets import address, assets
from api.pages.languages import here
from api.pages.routes import PAGES
from api.pages.templates import TEMPLATES
from api.pages.words import catalogue

HTML = {"Accept": "text/html"}


def test_files_have_their_hash_in_the_address_and_are_kept_for_ever(firm: Service) -> None:
    for name in assets():
        plain = httpx.get(firm.url + address(name), headers={"Accept-Encoding": "identity"})
        packed = httpx.get(firm.url + address(name), headers={"Accept-Encoding": "gzip"})
        assert plain.status_code == packed.status_code == 200, name
        assert plain.content == packed.content == gzip.decompress(assets()[name].compressed)
        assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
        assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert plain.headers["x-content-type-options"] == "nosniff"
    assert httpx.get(f"{firm.url}/static/site.000000000000.css").status_code == 404
    assert httpx.get(f"{firm.url}/static/..%2f..%2fapp.py").status_code == 404


@pytest.mark.parametrize(
    "path", ["/employees/E1/today", "/employees/E1/survey", "/employees/E9/today", "/nowhere"]
)
def test_no_page_loads_from_elsewhere_or_runs_what_is_written_into_it(firm: Service, path: str) -> None:
    answer = firm.client("employee", "E1").get(path, headers=HTML)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';") and "unsafe" not in policy and "http" not in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"\bstyle=|\bon\w+=|<style|<script(?! type=\"module\" src=\"/static/)", answer.text)


def test_a_problem_is_a_page_for_a_browser_and_a_document_for_a_program(firm: Service) -> None:
    own = firm.client("employee", "E1")
    for path, status, said in (
        ("/employees/E9/today", 403, "您不能查看此页"),
        ("/v1/employees/E9/progress", 403, "您不能查看此页"),
        ("/employees/E1/pay/2025-13", 422, "未能完成"),
        ("/nowhere", 404, "这里没有内容"),
    ):
        page, document = own.get(path, headers=HTML), own.get(path)
        assert page.status_code == document.status_code == status, page.text
        assert said in page.text and page.headers["content-type"].startswith("text/html")
        assert document.headers["content-type"] == "application/problem+json"


def test_the_language_is_the_one_chosen_else_that_of_the_browser(firm: Service) -> None:
    own = firm.client("employee", "E1")
    for asked, kept, tag in (
        ("", "", "zh-CN"),
        ("en-GB", "", "en"),
        ("en", "zh", "zh-CN"),
        ("zh", "en", "en"),
    ):
        headers = {"Accept-Language": asked, "Cookie": f"lang={kept}"} if kept else {"Accept-Language": asked}
        text = own.get("/employees/E1/me", headers=HTML | headers).text
        assert f'<html lang="{tag}">' in text
    chosen = httpx.get(f"{firm.url}/language/en?back=/employees/E1/me")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/employees/E1/me")
    assert "lang=en" in chosen.headers["set-cookie"]


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "x", "javascript:1"]
)
def test_whoever_chooses_a_language_is_led_to_our_own_pages_only(back: str) -> None:
    assert here(back) == "/"


def test_every_word_that_a_template_says_is_there_in_both_languages() -> None:
    english, chinese = catalogue("en"), catalogue("zh")
    assert english.keys() == chinese.keys()
    for path in TEMPLATES.rglob("*.html"):
        for key, more in re.findall(r"""say\("([\w.]+)"( ~)?""", path.read_text("utf-8")):
            found = any(each.startswith(key) for each in english) if more else key in english
            assert found, f"{Path(path).name} says {key}"
    for key in english:
        placed = [set(re.findall(r"\{(\w+)\}", each[key])) for each in (english, chinese)]
        assert placed[0] == placed[1] or key.endswith(".one"), key


def test_every_page_asks_for_a_known_position_only_by_the_view() -> None:
    """So a page of the past is one and the same page: `known_at` stands in the query of each."""
    assert all(
        {"known_at", "at_least"} <= set(page.opt["asks"])
        for page in PAGES
        if "entry" not in page.fn.__module__
    )
