"""Statements are asked for by xAPI 1.0.3, part three, 2.1.3: by what stands in them, in three forms."""

import datetime as dt
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from connectors.test_statements import ADL, said
from served import Service

from api.connectors.statement_parts import best
from api.connectors.statement_store import StatementStore
from api.connectors.statements import Statement
from api.ops import open_ledger

AT = "/xapi/statements"
PASSED = {"id": f"{ADL}passed"}


def somebody(name: str) -> dict[str, Any]:
    return {"mbox": f"mailto:{name}@firm.example"}


def sent(lms: httpx.Client, **changes: Any) -> str:
    answer = lms.post(AT, json=said(**changes))
    assert answer.status_code == 200, answer.text
    return str(answer.json()[0])


def found(lms: httpx.Client, **query: Any) -> list[str]:
    answer = lms.get(AT, params={"ascending": True, **query})
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["statements"]]


def around(lms: httpx.Client, part: str, it: dict[str, Any]) -> str:
    """A statement in which `it` stands as this part."""
    within = {"objectType": "SubStatement", "actor": somebody("x"), "verb": PASSED, "object": {"id": "urn:x"}}
    parent = {"contextActivities": {"parent": [{"id": "urn:y"}, it]}}
    return sent(
        lms,
        **{
            "actor": {"actor": it},
            "member": {"actor": {"objectType": "Group", "member": [somebody("x"), it]}},
            "object": {"object": {"objectType": "Agent", **it}},
            "instructor": {"context": {"instructor": it}},
            "team": {"context": {"team": {"objectType": "Group", "member": [it]}}},
            "within": {"object": within | {"actor": it}},
            "target": {"object": it},
            "parent": {"context": parent},
            "target within": {"object": within | {"object": it}},
            "parent within": {"object": within | {"context": parent}},
        }[part],
    )


@pytest.mark.parametrize(
    ("name", "it", "plain", "related"),
    [
        (
            "agent",
            lambda: somebody(uuid4().hex),
            ["actor", "member", "object"],
            ["instructor", "team", "within"],
        ),
        (
            "activity",
            lambda: {"id": f"urn:course:{uuid4()}"},
            ["target"],
            ["parent", "target within", "parent within"],
        ),
    ],
)
def test_an_agent_or_activity_is_found_where_it_stands(
    lms: httpx.Client, name: str, it: Any, plain: list[str], related: list[str]
) -> None:
    wanted = it()
    ids = {part: around(lms, part, wanted) for part in [*plain, *related]}
    asked = json.dumps(wanted) if name == "agent" else wanted["id"]
    assert found(lms, **{name: asked}) == [ids[each] for each in plain]
    kind = "related_agents" if name == "agent" else "related_activities"
    assert found(lms, **{name: asked, kind: True}) == list(ids.values())


def test_who_vouches_is_a_related_agent(lms: httpx.Client) -> None:
    """The store itself, for whom it knows: so all that this client sent."""
    id = sent(lms)
    authority = lms.get(AT, params={"statementId": id}).json()["authority"]
    asked = {"agent": json.dumps(authority), "limit": 1}
    assert lms.get(AT, params=asked | {"related_agents": True}).json()["statements"][0]["id"] == id
    assert not lms.get(AT, params=asked).json()["statements"]


def test_a_statement_that_names_one_that_fits_is_told_too(lms: httpx.Client) -> None:
    """Also one that names a voided one, which is itself left out; when it was stored counts for itself."""
    verb = f"http://lms.example/verbs/{uuid4()}"
    first = sent(lms, verb={"id": verb})
    second = sent(lms, object={"objectType": "StatementRef", "id": first})
    third = sent(lms, object={"objectType": "StatementRef", "id": second.upper()})
    assert found(lms, verb=verb) == [first, second, third]
    stored = lms.get(AT, params={"statementId": first}).json()["stored"]
    assert found(lms, verb=verb, since=stored) == [second, third]
    voiding = sent(lms, verb={"id": f"{ADL}voided"}, object={"objectType": "StatementRef", "id": first})
    assert found(lms, verb=verb) == [second, third, voiding]
    assert not found(lms, verb=f"{verb}/other")


def definition(**names: str) -> dict[str, Any]:
    return {"name": names, "description": {"en": "Basics"}, "extensions": {"urn:hours": 7.25}}


def test_a_statement_is_told_by_ids_exactly_or_in_one_language(lms: httpx.Client) -> None:
    course = f"http://lms.example/courses/{uuid4()}"
    whole = {"objectType": "Activity", "id": course, "definition": definition(**{"en-US": "Implants"})}
    group = {"objectType": "Group", "name": "Team", "member": [somebody("a") | {"name": "A"}]}
    verb = PASSED | {"display": {"en-US": "passed", "zh-CN": "通过"}}
    others = {"context": {"contextActivities": {"category": whole}, "team": group}}
    id = sent(lms, actor=somebody("a") | {"name": "A"}, verb=verb, object=whole, **others)
    sent(lms, object=whole | {"definition": definition(zh="种植") | {"type": "urn:course"}})

    def told(**query: Any) -> Any:
        answer = lms.get(AT, params={"statementId": id, **query}, headers={"Accept-Language": "zh, en;q=0.5"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    exact = told()
    assert exact == told(format="exact") and exact["verb"] == verb and exact["object"] == whole
    ids = told(format="ids")
    assert (ids["actor"], ids["verb"], ids["object"]) == (somebody("a"), PASSED, {"id": course})
    category = ids["context"]["contextActivities"]["category"]
    assert category == [{"id": course}]
    assert ids["context"]["team"] == {"objectType": "Group", "member": [somebody("a")]}
    one = told(format="canonical")
    assert one["actor"] == exact["actor"] and one["verb"] == PASSED | {"display": {"zh-CN": "通过"}}
    known = definition(zh="种植") | {"type": "urn:course"}
    assert (
        one["object"] == one["context"]["contextActivities"]["category"][0] == whole | {"definition": known}
    )
    listed = lms.get(AT, params={"activity": course, "format": "ids"}).json()["statements"]
    assert [each["object"] for each in listed] == [{"id": course}] * 2
    assert lms.get(AT, params={"format": "short"}).status_code == 400
    activity = lms.get("/xapi/activities", params={"activityId": course}).json()
    names = {"en-US": "Implants", "zh": "种植"}
    assert activity == whole | {"definition": known | {"name": names}}


def test_what_nobody_told_of_an_activity_is_not_known(lms: httpx.Client) -> None:
    id = f"urn:{uuid4()}"
    assert lms.get("/xapi/activities", params={"activityId": id}).json() == {
        "objectType": "Activity",
        "id": id,
    }


def test_an_agent_is_called_what_statements_call_it(lms: httpx.Client) -> None:
    who = somebody(uuid4().hex)
    for name in ("Wang Fang", "王芳", "Wang Fang"):
        sent(lms, actor=who | {"name": name})
    person = lms.get("/xapi/agents", params={"agent": json.dumps(who)}).json()
    assert sorted(person.pop("name")) == ["Wang Fang", "王芳"]
    assert person == {"objectType": "Person", "mbox": [who["mbox"]]}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en-US"),
        ("zh", "zh-CN"),
        ("zh-CN, en", "zh-CN"),
        ("en;q=0.8, zh;q=0.9", "zh-CN"),
        ("*, en;q=0", "zh-CN"),
        ("fr", "en-US"),
        ("EN-us, zh;q=x", "en-US"),
        ("e", "en-US"),
    ],
)
def test_the_language_is_the_one_that_is_wanted_most(accepted: str, language: str) -> None:
    assert best(["en-US", "zh-CN"], accepted) == language


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"statementId": "7d1f"}, "statementId"),
        ({"registration": "7d1f"}, "registration"),
        ({"verb": "passed"}, "verb"),
        ({"activity": "course 1"}, "activity"),
        ({"statementId": str(uuid4()), "related_agents": True}, "statementId"),
    ],
)
def test_a_question_that_means_nothing_is_refused(
    lms: httpx.Client, query: dict[str, Any], field: str
) -> None:
    answer = lms.get(AT, params=query)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


def test_a_statement_kept_before_its_form_was_checked_is_in_no_one_s_way(
    firm: Service, lms: httpx.Client
) -> None:
    """One whose statement within is none is not found by what stands in it; as it is, it is told again."""
    it = {"id": f"urn:{uuid4().hex}"}
    good, id = around(lms, "target within", it), str(uuid4())
    broken = said(object={"objectType": "SubStatement", "actor": "nobody", "verb": {}, "object": "urn:x"})
    now = dt.datetime.now(dt.UTC)
    added = {"stored": now.isoformat(), "authority": somebody("lms")}
    with (
        open_ledger(firm.settings) as ledger,
        ledger.pool.connection() as connection,
        connection.cursor() as cursor,
    ):
        row = cursor.execute("select connector from xapi_statement where statement = %s", [good]).fetchone()
        assert row is not None
        told = Statement(id, {**broken, "id": id}, None, None)
        StatementStore(ledger.vault).put(cursor, row[0], told, "0" * 64, added, now)
    assert found(lms, activity=it["id"], related_activities=True) == [good]
    assert id not in found(lms, agent=json.dumps(somebody("nobody")), related_agents=True)
    for form in ("exact", "ids", "canonical"):
        assert id in found(lms, format=form, since=(now - dt.timedelta(seconds=30)).isoformat())
