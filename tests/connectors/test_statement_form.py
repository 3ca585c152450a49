"""What a statement has to be by xAPI 1.0.3, part two: each requirement with what it lets in and keeps out."""

import json
from typing import Any

import pytest
from connectors.test_statements import ID, said

from api.connectors.forms import BadStatement
from api.connectors.statements import Statement, statement
from api.importing.json_table import parsed

MAIL = {"mbox": "mailto:wang@firm.example"}
COURSE = {"id": "http://lms.example/courses/1"}
PASSED = {"id": "http://adlnet.gov/expapi/verbs/passed"}
FILE = {
    "usageType": "http://lms.example/certificate",
    "display": {"en": "Certificate"},
    "contentType": "application/pdf",
    "length": 1,
    "sha2": "0" * 64,
    "fileUrl": "http://lms.example/c.pdf",
}
WITHIN = {"objectType": "SubStatement", "actor": MAIL, "verb": PASSED, "object": COURSE}
CHOICE = {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "b"}]}


def read(told: dict[str, Any]) -> Statement:
    return statement(parsed(json.dumps(told)), ID, "[3]")


def team(**changes: Any) -> dict[str, Any]:
    return {"objectType": "Group", "member": [MAIL]} | changes


def defined(**changes: Any) -> dict[str, Any]:
    return {"object": COURSE | {"definition": changes}}


TAKEN: dict[str, dict[str, Any]] = {
    "2.4.2.1 an agent by the digest of its mailbox": {"actor": {"mbox_sha1sum": "0a" * 20, "name": "王芳"}},
    "2.4.2.1 an agent by an OpenID": {"actor": {"objectType": "Agent", "openid": "http://id.example/wang"}},
    "2.4.2.2 a group by who is in it": {"actor": team()},
    "2.4.2.2 a group that is identified and says who is in it": {"actor": team(**MAIL)},
    "2.4.2.2 a group that is identified alone": {"actor": {"objectType": "Group", **MAIL}},
    "2.4.3 a verb in two languages": {
        "verb": PASSED | {"display": {"en-US": "passed", "zh-Hans-CN": "通过"}}
    },
    "2.4.4.1 what an activity is": defined(
        name={"zh": "种植"}, description={}, type="http://a.example/course", moreInfo="http://a.example/"
    ),
    "2.4.4.1 a question of one's choice": defined(**CHOICE, correctResponsesPattern=["a[,]b"]),
    "2.4.4.1 extensions hold whatever they hold, even null": defined(extensions={"http://a.example/x": None}),
    "2.4.4.2 somebody as the object": {"object": {"objectType": "Agent", **MAIL}},
    "2.4.4.3 a statement within another": {"object": WITHIN | {"timestamp": "2025-03-04T01:30:00Z"}},
    "2.4.5 a result": {"result": {"response": "", "duration": "PT1H30.5S", "extensions": {"urn:x": {}}}},
    "2.4.6 a context": {
        "context": {
            "registration": ID.upper(),
            "instructor": MAIL,
            "team": team(),
            "revision": "3",
            "platform": "web",
            "language": "zh-CN",
            "statement": {"objectType": "StatementRef", "id": ID},
        }
    },
    "2.4.7 an instant in the basic form": {"timestamp": "20250304T093000+0800"},
    "2.4.9 an application and its user": {"authority": team(member=[MAIL, {"openid": "http://app.example"}])},
    "2.4.10 a version of 1.0": {"version": "1.0.9"},
    "2.4.11 a file that lies elsewhere": {"attachments": [FILE]},
    "4.6 weeks": {"result": {"duration": "P3W"}},
}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("2.2 nothing is null", {"result": None}, "result"),
    ("2.2 nothing is null within", {"context": {"platform": None}}, "context.platform"),
    ("2.2 names are as they are, to the case", {"Result": {}}, "Result"),
    ("2.2 nothing is there that is not in the standard", {"actor": MAIL | {"age": 3}}, "actor.age"),
    ("2.4.1 an id is a UUID", {"id": "7d1f3a52"}, "id"),
    ("2.4.2.1 one identity", {"actor": MAIL | {"openid": "http://id.example/wang"}}, "actor"),
    ("2.4.2.1 a name is text", {"actor": MAIL | {"name": 3}}, "actor.name"),
    ("2.4.2.1 an agent has no members", {"actor": MAIL | {"member": []}}, "actor.member"),
    ("2.4.2.1 kinds of actors", {"actor": MAIL | {"objectType": "agent"}}, "actor.objectType"),
    ("2.4.2.2 a group of nobody", {"actor": team(member=[])}, "actor"),
    ("2.4.2.2 no group in a group", {"actor": team(member=[team()])}, "actor.member[0].objectType"),
    ("2.4.2.3 a mailbox", {"actor": {"mbox": "mailto:firm.example"}}, "actor.mbox"),
    ("2.4.2.3 a digest", {"actor": {"mbox_sha1sum": "0a"}}, "actor.mbox_sha1sum"),
    ("2.4.2.3 an OpenID", {"actor": {"openid": "ab=c://no.example"}}, "actor.openid"),
    ("2.4.2.4 an account", {"actor": {"account": {"name": "wang"}}}, "actor.account.homePage"),
    ("2.4.3 a verb has an id", {"verb": {"display": {"en": "passed"}}}, "verb.id"),
    ("2.4.3 it is shown in languages", {"verb": PASSED | {"display": "passed"}}, "verb.display"),
    ("2.4.4 kinds of objects", {"object": COURSE | {"objectType": "Course"}}, "object.objectType"),
    ("2.4.4.1 an activity is an IRI", {"object": {"id": "courses/1"}}, "object.id"),
    ("2.4.4.1 a definition is an object", {"object": COURSE | {"definition": "x"}}, "object.definition"),
    ("2.4.4.1 interactions", defined(interactionType="quiz"), "object.definition.interactionType"),
    ("2.4.4.1 of a kind", defined(choices=[{"id": "a"}]), "object.definition.interactionType"),
    ("2.4.4.1 ids", defined(**CHOICE | {"choices": [{"id": "a"}] * 2}), "object.definition.choices"),
    ("2.4.4.2 somebody says so", {"object": MAIL}, "object.id"),
    ("2.4.4.3 none within that", {"object": WITHIN | {"object": WITHIN}}, "object.object.objectType"),
    ("2.4.4.3 it has no id", {"object": WITHIN | {"id": ID}}, "object.id"),
    ("2.4.4.3 nor authority", {"object": WITHIN | {"authority": MAIL}}, "object.authority"),
    ("2.4.4.3 it is whole", {"object": {**WITHIN, "verb": {}}}, "object.verb.id"),
    ("2.4.5 a result is known", {"result": {"grade": "A"}}, "result.grade"),
    ("2.4.5 extensions are IRIs", {"result": {"extensions": {"grade": "A"}}}, "result.extensions.grade"),
    ("2.4.6 a registration", {"context": {"registration": "1"}}, "context.registration"),
    ("2.4.6 a team is a group", {"context": {"team": MAIL}}, "context.team.objectType"),
    ("2.4.6 only of activities", {"object": WITHIN, "context": {"platform": "w"}}, "context.platform"),
    ("2.4.6 so within", {"object": WITHIN | {"object": {"objectType": "Agent", **MAIL},
                                             "context": {"revision": "1"}}}, "object.context.revision"),
    ("2.4.6 a language", {"context": {"language": "chinese-simplified"}}, "context.language"),
    ("2.4.6.2 kinds", {"context": {"contextActivities": {"course": COURSE}}},
     "context.contextActivities.course"),
    ("2.4.6.2 activities", {"context": {"contextActivities": {"parent": [COURSE, 1]}}},
     "context.contextActivities.parent[1]"),
    ("2.4.7 an offset that is none", {"timestamp": "2025-03-04T09:30:00-00:00"}, "timestamp"),
    ("2.4.7 a day alone", {"timestamp": "2025-03-04"}, "timestamp"),
    ("2.4.8 stored is an instant", {"stored": "today"}, "stored"),
    ("2.4.9 a group of two", {"authority": team()}, "authority"),
    ("2.4.10 versions", {"version": "1.1.0"}, "version"),
    ("2.4.11 a digest", {"attachments": [FILE | {"sha2": "00"}]}, "attachments[0].sha2"),
    ("2.4.11 a list", {"attachments": FILE}, "attachments"),
    ("2.4.11 a length", {"attachments": [FILE | {"length": "1"}]}, "attachments[0].length"),
    ("4.2 tags of languages", {"verb": PASSED | {"display": {"a12345678": "x"}}}, "verb.display.a12345678"),
    ("4.6 durations", {"result": {"duration": "P4W1D"}}, "result.duration"),
    ("4.6 of something", {"result": {"duration": "PT"}}, "result.duration"),
]  # fmt: skip


@pytest.mark.parametrize("changes", TAKEN.values(), ids=TAKEN.keys())
def test_what_the_standard_allows_is_taken_as_it_is(changes: dict[str, Any]) -> None:
    told = said(**changes)
    assert json.dumps(read(told).said, default=float) == json.dumps(told | {"id": ID})


@pytest.mark.parametrize(
    ("changes", "field"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_what_the_standard_forbids_is_refused_by_its_place(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadStatement) as refused:
        read(said(**changes))
    assert refused.value.field == f"[3].{field}" and refused.value.remedy


def test_activities_around_a_statement_are_lists_also_where_one_was_sent_alone() -> None:
    alone = {"contextActivities": {"parent": COURSE, "grouping": [COURSE]}}
    found = read(said(context=alone, object=WITHIN | {"context": alone})).said
    listed = {"contextActivities": {"parent": [COURSE], "grouping": [COURSE]}}
    assert found["context"] == found["object"]["context"] == listed
