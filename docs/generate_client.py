"""The Python client, from what the service says of itself in OpenAPI: a method an address, a form an answer.

What every request has in common is written by hand in `api/client`; here are only names, types and addresses.
"""

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword
from pathlib import Path

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from api.documented import complete
from api.preconditions import IF_MATCH
from docs.generate_client_forms import NOTICE, Forms, Json
from docs.generate_http import described

CLIENT = Path(__file__).resolve().parents[1] / "api" / "client"
METHODS = ("get", "post", "put", "patch", "delete")
BY_HAND = {"follow", "record_fact", "record_facts"}
"""Handlers whose requests are more than one question and one answer: `api/client` has methods for them."""

CURSORS = ("next_after", "next")


def client_modules() -> Mapping[Path, str]:
    """Every generated module of the client and its text, formatted as everything here is."""
    app = described()
    complete(app)
    document = app.openapi_schema.to_schema()
    forms = Forms(document["components"]["schemas"])
    operations = defaultdict[str, list[tuple[str, str, str, Json]]](list)
    for path, method, name, operation in _operations(app, document):
        for schema in (_said(operation), _sent(operation) or {}):
            forms.use(schema)
        if name not in BY_HAND:
            operations[operation["tags"][0]].append((path, method, name, operation))
    texts = {f"addresses/{tag}.py": _addresses(tag, found, forms) for tag, found in operations.items()}
    texts |= {"addresses/__init__.py": _all_addresses(sorted(operations)), "answers.py": forms.module()}
    return {CLIENT / name: text for name, text in _formatted(texts).items()}


def _operations(app: Litestar, document: Json) -> Iterator[tuple[str, str, str, Json]]:
    names = {
        (route.path_format, method.lower()): handler.handler_name
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler)
        for method in handler.http_methods
    }
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item and path.startswith("/v1/"):
                yield path, method, names[path, method], item[method]


def _addresses(tag: str, operations: Iterable[tuple[str, str, str, Json]], forms: Forms) -> str:
    methods = list[str]()
    for path, method, name, operation in operations:
        methods += _method(path, method, name, operation, forms)
    return "\n".join(
        [
            f'"""The addresses about {tag}.\n\n{NOTICE}\n"""\n',
            "from collections.abc import Iterator, Mapping, Sequence",
            "from typing import Any, Literal\n",
            f"from ..answers import {', '.join(forms.names())}",  # those that are not used are taken out
            "from ..wire import Wire, part\n\n",
            f"class {_tag_class(tag)}:",
            f'    """What is asked and sent about {tag}."""\n',
            "    def __init__(self, wire: Wire) -> None:",
            "        self._wire = wire\n",
            *methods,
        ]
    )


def _tag_class(tag: str) -> str:
    return f"{tag.capitalize()}Addresses"


def _said(operation: Json) -> Json:
    """The schema of what is answered when all is well."""
    usual = next((each for status, each in operation["responses"].items() if status[0] == "2"), {})
    return usual.get("content", {}).get("application/json", {}).get("schema", {})


def _sent(operation: Json) -> Json | None:
    body = operation.get("requestBody")
    return body and body["content"].get("application/json", {}).get("schema", {})


def _method(path: str, method: str, name: str, operation: Json, forms: Forms) -> Iterator[str]:
    """The method that asks at one address; another one for its other forms, where it has some."""
    usual = next((each for status, each in operation["responses"].items() if status[0] == "2"), {})
    media = list(usual.get("content", {}))
    parameters = list(operation.get("parameters", ()))
    if len(media) > 1:
        parameters = [each for each in parameters if each["name"] != "format"]  # Accept says it
    asks = {each["name"] for each in parameters}
    is_list = method == "get" and {"after", "limit"} <= asks
    answer = forms.type_of(_said(operation)) if "application/json" in media else "bytes"
    sent = _sent(operation)
    body = None if sent is None else forms.type_of(sent)
    body = "Mapping[str, Any]" if body == "dict[str, Any]" else body
    told = [each for each in parameters if not is_list or each["name"] != "after"]
    where, query = _where(path), _query(told)
    signature = _signature(told, body, forms)
    if is_list:
        yield from _paged(name, signature, where, query, operation, forms, answer)
    elif not media:
        call = f'self._wire.nothing("{method.upper()}", {where}{query}{_with_body(body)}{_with_match(told)})'
        yield from _written(name, signature, "None", operation, call)
    elif "application/json" in media:
        call = (
            f'return self._wire.json("{method.upper()}", {where}{query}{_with_body(body)}{_with_match(told)})'
        )
        yield from _written(name, signature, answer, operation, call)
    others = [each for each in media if each != "application/json"]
    if others and method == "get":
        is_only = media == others and len(others) == 1
        kinds = "" if is_only else f"media_type: Literal[{', '.join(map(repr, others))}]"
        accept = repr(others[0]) if is_only else "media_type"
        call = f"return self._wire.file({where}{_query(parameters)}, accept={accept})"
        called = name if is_only else f"{name}_file"
        yield from _written(called, _signature(parameters, body, forms, kinds), "bytes", operation, call)


def _with_body(body: str | None) -> str:
    return "" if body is None else ", body=body"


def _with_match(parameters: Iterable[Json]) -> str:
    return ", if_match=if_match" if any(each["name"] == IF_MATCH for each in parameters) else ""


def _paged(
    name: str, signature: str, where: str, query: str, operation: Json, forms: Forms, answer: str
) -> Iterator[str]:
    """A method that reads a list to its end, page by page, as it is gone through."""
    schema = forms.resolved(_said(operation))
    rows = [member for member, form in schema.get("properties", {}).items() if form.get("type") == "array"]
    cursor = next((each for each in CURSORS if each in schema.get("properties", {})), None)
    if schema.get("type") == "array":
        kind, call = answer.removeprefix("list[").removesuffix("]"), f"self._wire.rows({where}{query})"
    elif cursor and len(rows) == 1:
        kind = forms.item_of(schema["properties"][rows[0]])
        call = f'self._wire.rows({where}{query}, field="{rows[0]}", cursor="{cursor}")'
    else:
        kind, call = answer, f"self._wire.pages({where}{query})"
    yield from _written(name, signature, f"Iterator[{kind}]", operation, f"return {call}")


def _written(name: str, signature: str, answer: str, operation: Json, call: str) -> Iterator[str]:
    yield f"    def {name}({signature}) -> {answer}:"
    yield f'        """{operation["summary"]}."""'
    yield f"        {call}\n"


def _variable(name: str) -> str:
    plain = name.replace("-", "_")
    return f"{plain}_" if iskeyword(plain) else plain


def _where(path: str) -> str:
    if "{" not in path:
        return repr(path)
    for name in [each.partition("}")[0] for each in path.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", f"{{part({_variable(name)})}}")
    return f"f{path!r}"


def _query(parameters: Iterable[Json]) -> str:
    named = [f"{each['name']!r}: {_variable(each['name'])}" for each in parameters if each["in"] == "query"]
    return f", {{{', '.join(named)}}}" if named else ""


def _signature(parameters: list[Json], body: str | None, forms: Forms, form: str = "") -> str:
    """Parts of the address by place, then the body; by name the form, the ETag that was read, the query."""
    told = ["self"]
    told += [
        f"{_variable(each['name'])}: {forms.asked(each['schema'])}"
        for each in parameters
        if each["in"] == "path"
    ]
    told += [f"body: {body}"] if body else []
    queries = sorted(
        (each for each in parameters if each["in"] == "query"), key=lambda each: not each.get("required")
    )
    match = ["if_match: str"] if _with_match(parameters) else []
    told += ["*"] if queries or form or match else []
    told += [form] if form else []
    told += match
    for each in queries:
        kind = forms.asked(each["schema"])
        told.append(f"{_variable(each['name'])}: {kind}{'' if each.get('required') else ' | None = None'}")
    return ", ".join(told)


def _all_addresses(tags: Iterable[str]) -> str:
    tags = list(tags)
    return "\n".join(
        [
            f'"""Every address of the service, by subject.\n\n{NOTICE}\n"""\n',
            "from ..wire import Wire",
            *(f"from .{tag} import {_tag_class(tag)}" for tag in tags),
            "\n\nclass Addresses:",
            '    """Every address of the service, by subject."""\n',
            "    def __init__(self, wire: Wire) -> None:",
            *(f"        self.{tag} = {_tag_class(tag)}(wire)" for tag in tags),
        ]
    )


def _formatted(texts: Mapping[str, str]) -> Mapping[str, str]:
    """The modules without imports that they do not use, formatted."""
    settings = CLIENT.parents[1] / "pyproject.toml"
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        for words in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
            command = [sys.executable, "-m", "ruff", *words, "--no-cache", "--config", str(settings), folder]
            subprocess.run(command, check=True)
        return {name: Path(folder, name).read_text("utf-8") for name in texts}
