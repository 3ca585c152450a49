"""Statements of a learning system as they are checked and read, before anything is stored."""

import datetime as dt
import json
from typing import Any

import pytest

from api.connectors.forms import BadStatement
from api.connectors.statements import PROGRESS, row, statement
from api.importing.json_table import parsed

ID = "7d1f3a52-5b0e-4c8e-9a51-0a0f6d0c1b11"
AT = dt.datetime(2025, 3, 4, tzinfo=dt.UTC)
ADL = "http://adlnet.gov/expapi/verbs/"


def said(**changes: Any) -> dict[str, Any]:
    return {
        "actor": {"account": {"homePage": "http://lms.example", "name": "wang.fang"}},
        "verb": {"id": f"{ADL}passed"},
        "object": {"id": "http://lms.example/courses/implant-basics"},
    } | changes


def column(name: str, told: dict[str, Any]) -> str:
    checked = statement(parsed(json.dumps(told)), ID)
    return str(row(checked.said, AT).cells[name])


@pytest.mark.parametrize(
    ("score", "text"),
    [
        ({"scaled": 0.85}, "85"),
        ({"scaled": 1}, "100"),
        ({"scaled": -0.5}, "-50"),
        ({"raw": 17, "min": 0, "max": 20}, "85"),
        ({"raw": 2, "min": 0, "max": 3}, "66.666666"),
        ({"raw": 0.1, "min": 0, "max": 0.3}, "33.333333"),
        ({"raw": 60, "min": 20, "max": 100, "scaled": 0.7}, "70"),
        ({"raw": 60}, ""),
        ({}, ""),
    ],
)
def test_a_score_is_out_of_a_hundred_exactly(score: dict[str, Any], text: str) -> None:
    """Cut after six decimals as the scores of our own tests are; raw alone says nothing."""
    assert column("score", said(result={"score": score})) == text


@pytest.mark.parametrize(
    ("name", "changes", "text"),
    [
        ("verb", {}, "passed"),
        ("verb", {"verb": {"id": "http://lms.example/verbs/liked"}}, "http://lms.example/verbs/liked"),
        ("account", {}, "wang.fang"),
        ("mbox", {"actor": {"mbox": "mailto:wang@firm.example"}}, "wang@firm.example"),
        ("activity", {}, "http://lms.example/courses/implant-basics"),
        ("completion", {"result": {"completion": True}}, "100 %"),
        ("completion", {"result": {"extensions": {PROGRESS: 85}}}, "85 %"),
        ("success", {"result": {"success": False}}, "false"),
        ("timestamp", {"timestamp": "2025-03-04T09:30:00+08:00"}, "2025-03-04T09:30:00+08:00"),
        ("timestamp", {}, AT.isoformat()),
        ("$.context.platform", {"context": {"platform": "web"}}, "web"),
    ],
)
def test_a_statement_has_its_columns(name: str, changes: dict[str, Any], text: str) -> None:
    assert column(name, said(**changes)) == text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"actor": {}}, "actor"),
        ({"actor": {"mbox": "mailto:a@b", "openid": "http://a"}}, "actor"),
        ({"actor": {"mbox": "a@b"}}, "actor.mbox"),
        ({"actor": {"account": {"homePage": "lms", "name": "x"}}}, "actor.account.homePage"),
        ({"verb": {"id": "passed"}}, "verb.id"),
        ({"verb": {"id": f"{ADL}voided"}}, "object.objectType"),
        ({"object": {"objectType": "StatementRef", "id": "x"}}, "object.id"),
        ({"object": None}, "object"),
        ({"result": {"success": "yes"}}, "result.success"),
        ({"result": {"score": {"scaled": 1.01}}}, "result.score.scaled"),
        ({"result": {"score": {"raw": 5, "min": 6, "max": 9}}}, "result.score.raw"),
        ({"result": {"score": {"min": 9, "max": 9}}}, "result.score.max"),
        ({"result": {"score": {"raw": "5"}}}, "result.score.raw"),
        ({"timestamp": "2025-03-04T09:30:00"}, "timestamp"),
        ({"version": "2.0.0"}, "version"),
        ({"other": 1}, "other"),
    ],
)
def test_what_is_no_statement_is_refused_by_its_member(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadStatement) as refused:
        statement(parsed(json.dumps(said(**changes))), ID)
    assert refused.value.field == field and refused.value.remedy


def test_a_huge_number_is_refused_before_anything_is_made_of_it() -> None:
    told = parsed('{"result": {"score": {"raw": 1e999999999}}}')
    assert isinstance(told, dict)
    with pytest.raises(BadStatement, match="usual size"):
        statement(said(**told), ID)
