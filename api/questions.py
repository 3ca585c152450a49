"""What may be asked at each address, from the OpenAPI document: nothing is asked and not heard."""

import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl

from litestar.openapi.spec import OpenAPI, Parameter, Schema

from domain.refusals import BadField

_WHOLE = re.compile(r"[+-]?\d{1,18}\Z", re.ASCII)


class Question(NamedTuple):
    """names: of the parameters of an address. lists: those that may be repeated, each how often at most.

    texts: whose value is text.

    wholes: whose value is a whole number. methods: with which the address is asked.
    """

    names: frozenset[str] = frozenset()
    lists: Mapping[str, int] = MappingProxyType({})
    texts: frozenset[str] = frozenset()
    wholes: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()

    def require(self, query: bytes, others: frozenset[str] = frozenset()) -> None:
        """Refuses a misspelt question: `?know_at=` must not be answered as if nothing had been asked.

        Nor is `?limit=5&limit=9`, of which only one would be heard, or `?day=null`, which the framework takes
        for no day, nor text with a NUL, which no fact holds. others: names that the handler
        declares for itself.
        Raises: BadField.
        """
        seen = Counter[str]()
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            if name not in self.names | others:
                known = sorted(self.names | others)
                remedy = f"Ask with {', '.join(known)}." if known else "Leave it out."
                raise BadField(field=name[:100], detail="This address has no such parameter.", remedy=remedy)
            seen[name] += 1
            if name in self.names and seen[name] > self.lists.get(name, 1):
                raise _too_often(name, self.lists.get(name, 1))
            if "\0" in value:
                raise BadField(field=name, detail="The text holds a NUL.", remedy="Remove it.")
            if name in self.names - self.texts and value.lower() == "null":
                raise BadField(field=name, detail="null is no value.", remedy="Leave the parameter out.")
            if name in self.wholes and not _WHOLE.match(value):
                raise BadField(
                    field=name, detail=f"{value[:40]!r} is not a whole number.", remedy="Write 50."
                )


def questions(document: OpenAPI) -> Mapping[str, Question]:
    """What each address of `document` may be asked."""
    asked: dict[str, Question] = {}
    for path, item in (document.paths or {}).items():
        methods = {name: getattr(item, name) for name in ("get", "post", "put", "patch", "delete")}
        operations = {name.upper(): found for name, found in methods.items() if found is not None}
        parameters = [
            each
            for operation in operations.values()
            for each in operation.parameters or ()
            if isinstance(each, Parameter) and each.param_in == "query" and isinstance(each.schema, Schema)
        ]
        asked[path] = Question(
            names=frozenset(each.name for each in parameters),
            lists={each.name: _most(each) for each in parameters if _kind(each) == "array"},
            texts=frozenset(each.name for each in parameters if _is_text(each)),
            wholes=frozenset(each.name for each in parameters if _kind(each) == "integer"),
            methods=frozenset(operations),
        )
    return asked


def _too_often(name: str, most: int) -> BadField:
    if most == 1:
        return BadField(field=name, detail="It is given more than once.", remedy="Give it once.")
    remedy = "Ask in several requests, or leave it out."
    return BadField(field=name, detail=f"It is given more than {most} times.", remedy=remedy)


def _most(parameter: Parameter) -> int:
    assert isinstance(parameter.schema, Schema) and parameter.schema.max_items is not None
    return parameter.schema.max_items


def _kind(parameter: Parameter) -> object:
    assert isinstance(parameter.schema, Schema)
    return parameter.schema.type


def _is_text(parameter: Parameter) -> bool:
    """Whether any text is a value of it: a person may be called null, a day may not."""
    schema = parameter.schema
    assert isinstance(schema, Schema)
    of = schema.items if schema.type == "array" else schema
    return isinstance(of, Schema) and (of.type == "string" or bool(of.one_of)) and not (of.enum or of.format)
