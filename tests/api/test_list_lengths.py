"""How long lists may be is told in OpenAPI, and whatever is longer is refused, wherever it stands."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from served import Service

Json = dict[str, Any]
PLACES = {"position": "1", "period": "2025-03", "employee": "E1", "plan": "selling", "kind": "k"}


class Listed(NamedTuple):
    """A list that a request may bring. most: how many items; None where nobody says."""

    method: str
    path: str
    name: str
    most: int | None
    media: str = ""


def resolved(document: Json, schema: Json) -> Json:
    """What a reference stands for."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def lists(document: Json, schema: Json, name: str = "") -> Iterator[tuple[str, int | None]]:
    """Every list in a schema, and every object with as many members as its sender likes."""
    schema = resolved(document, schema)
    if "items" in schema:
        yield name, schema.get("maxItems")
        yield from lists(document, schema["items"], f"{name}[]")
    for member, form in schema.get("properties", {}).items():
        yield from lists(document, form, f"{name}.{member}".lstrip("."))
    if isinstance(schema.get("additionalProperties"), dict):
        yield name, schema.get("maxProperties")
        yield from lists(document, schema["additionalProperties"], f"{name}{{}}")
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from lists(document, choice, name)


def of_queries(document: Json) -> Iterator[Listed]:
    """Every parameter that may be repeated."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for each in operation.get("parameters", ()):
                for _, most in lists(document, each["schema"]):
                    yield Listed(method, path, each["name"], most)


def of_bodies(document: Json) -> Iterator[Listed]:
    """Every list in a body."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                for name, most in lists(document, content["schema"]):
                    yield Listed(method, path, name, most, media)


@pytest.fixture(scope="module")
def document(service: Service) -> Json:
    found: Json = service.http.get("/schema/openapi.json").json()
    return found


def address(path: str) -> str:
    """An address with something in each of its places."""
    for name in [each.partition("}")[0] for each in path.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", PLACES.get(name, "none"))
    return path


@pytest.mark.rule("R88")
def test_every_list_of_a_request_says_how_long_it_may_be(document: Json) -> None:
    found = [*of_queries(document), *of_bodies(document)]
    assert len(found) > 40
    assert [each for each in found if not each.most] == []


@pytest.mark.rule("R88")
def test_a_parameter_that_is_repeated_too_often_is_refused_by_name(service: Service, document: Json) -> None:
    for each in of_queries(document):
        assert each.most is not None
        query = "&".join([f"{each.name}=x"] * (each.most + 1))
        answer = service.http.request(each.method, f"{address(each.path)}?{query}")
        assert (answer.status_code, answer.json()["field"]) == (422, each.name), each
        assert str(each.most) in answer.json()["detail"] and answer.json()["remedy"]


@pytest.mark.rule("R88")
def test_a_list_that_is_too_long_in_a_body_is_refused_by_name(service: Service, document: Json) -> None:
    """Built on the example of its address; of answers to a test, the bound of the framework decides."""
    tried = 0
    for each in of_bodies(document):
        content = document["paths"][each.path][each.method]["requestBody"]["content"][each.media]
        assert each.most is not None
        body = next(iter(content["examples"].values()))["value"]
        if each.name.endswith("{}"):
            member = each.name.removesuffix("{}")
            body = body | {member: {"q1": ["a"] * (each.most + 1)}}
        elif each.name == "answers":
            body = body | {"answers": {f"q{number}": ["a"] for number in range(each.most + 1)}}
        elif each.name:
            body = body | {each.name: ["x"] * (each.most + 1)}
        else:
            body = [{}] * (each.most + 1)
        headers = {"Content-Type": each.media, "If-Match": "*"}
        answer = service.http.request(
            each.method, address(each.path), content=json.dumps(body), headers=headers
        )
        said = answer.json()
        assert answer.status_code in (413, 422), (each, said)
        assert said.get("field", "").startswith(each.name.partition("{")[0]), (each, said)
        tried += 1
    assert tried > 10
