"""Every kind of problem: some code says it, with a remedy; its address tells it; a test provokes it."""

import ast
import asyncio
import datetime as dt
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.first_run import FirstRun, Founding, OpenAlready, WrongSetUpCode
from api.problem_kinds import problem_kind
from api.problems import SignInFirst, SimulationTooLong, problem_of, retry_after, status_of
from api.rosters import RosterBusy, require_no_search
from api.signed_in import NoSession, own_session
from api.simulating import within
from docs.generate import known_refusals
from domain.refusals import Refusal

ROOT = Path(__file__).parents[2]
KINDS = known_refusals()
ALONE = [kind for kind in KINDS if not kind.__subclasses__()]
WAITING = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INSUFFICIENT_STORAGE}


@cache
def words(*folders: str) -> frozenset[str]:
    """Every word of the Python of some folders, and with its bracket where it is called and not defined."""
    texts = [path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py")]
    found = (re.findall(r"\w[\w-]*\(?", re.sub(r"class \w+\(", "", text)) for text in texts)
    return frozenset(word for each in found for word in each)


def made(kind: type[Refusal]) -> Refusal:
    """A refusal of this kind, whatever its own words need."""
    refusal = kind.__new__(kind)
    Refusal.__init__(refusal, field="", detail="x", remedy="x")
    return refusal


def test_every_kind_is_told_at_its_address() -> None:
    for kind in KINDS:
        explained = asyncio.run(problem_kind.fn(kind.kind))
        assert explained.type == problem_of(made(kind)).type
        assert explained.status == status_of(kind) and 400 <= explained.status < 600
        assert explained.title.endswith(".") and "\n" not in explained.title, kind


def test_every_kind_is_said_by_some_code_and_provoked_by_some_test() -> None:
    """By the name of its class or of its type: nobody reads of what never happens."""
    code, tests = words("api", "domain", "projections"), words("tests")
    unsaid = {kind.kind for kind in ALONE if f"{kind.__name__}(" not in code}
    assert unsaid == set()
    untried = {kind.kind for kind in ALONE if not {kind.kind, kind.__name__, f"{kind.__name__}("} & tests}
    assert untried == set()


def test_whoever_says_no_names_the_field_and_says_what_to_do() -> None:
    silent = list[str]()
    plain = {kind.__name__ for kind in KINDS if kind.__init__ is Refusal.__init__}
    for path in (path for folder in ("api", "domain") for path in (ROOT / folder).rglob("*.py")):
        text = path.read_text()
        if "remedy=" not in text:
            continue
        for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
            given = {each.arg: each.value for each in call.keywords}
            if getattr(call.func, "id", "") not in plain or None in given:
                continue
            remedy = given.get("remedy")
            if not {"field", "detail", "remedy"} <= set(given) or getattr(remedy, "value", "said") == "":
                silent.append(f"{path.name}: {ast.unparse(call)}")
    assert silent == []


def test_what_only_needs_waiting_says_for_how_long() -> None:
    waiting = [kind for kind in KINDS if status_of(kind) in WAITING]
    assert len(waiting) > 8
    for kind in waiting:
        refusal = kind(field="", detail="x", remedy="x")
        assert int(retry_after(refusal) or 0) >= 1, kind


def test_a_first_run_with_a_wrong_code_or_of_an_open_ledger_is_refused() -> None:
    opened = SimpleNamespace(intake=SimpleNamespace(opened=lambda: "since long"))
    first = FirstRun(cast(Any, opened))
    founding = Founding("Firm", "Asia/Shanghai", "CNY", "owner", "a long and good password")
    with pytest.raises(WrongSetUpCode):
        first.open(founding, "AAAAA-AAAAA-AAAAA-AAAAA", dt.datetime.now(dt.UTC))
    with pytest.raises(OpenAlready):
        first.open(founding, first.code, dt.datetime.now(dt.UTC))


def test_a_search_a_simulation_a_token_and_a_page_that_are_refused() -> None:
    with pytest.raises(SimulationTooLong, match="it was 50% done"):
        within(-1)(0.5)
    with pytest.raises(RosterBusy):
        require_no_search(is_under_way=True)
    require_no_search(is_under_way=False)
    with pytest.raises(NoSession):
        own_session(type("Request", (), {"scope": {"state": {}}})())
    assert SignInFirst("/").remedy == "Sign in at /sign-in."
