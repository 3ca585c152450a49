"""The forms of what the service answers, as typed dictionaries, from the schemas of the OpenAPI document."""

from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Any

Json = Mapping[str, Any]

NOTICE = "Made from the OpenAPI document by `make docs`; change the service, not this module."
MOST_OPTIONS = 12
"""A text of more options than these is told as any text; the service names what it does not know."""

KINDS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
}


class Forms:
    """The schemas of the document as typed dictionaries, those that are used."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas
        self._used = set[str]()

    def use(self, schema: Json) -> None:
        """Counts what `schema` refers to as used."""
        for name in set(references(schema)) - self._used:
            self._used.add(name)
            self.use(self._schemas[name])

    def asked(self, schema: Json) -> str:
        """The type of what stands in an address: a list may be any sequence, digits a number."""
        if any(option.get("pattern", "").startswith(r"^\d") for option in schema.get("oneOf", ())):
            return "int | str"
        return self.type_of(schema).replace("list[", "Sequence[")

    def resolved(self, schema: Json) -> Json:
        """The schema itself, where `schema` is its name."""
        return self._schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    def item_of(self, schema: Json) -> str:
        """The type of the items of a list."""
        return self.type_of(schema["items"])

    def type_of(self, schema: Json) -> str:
        """The type of what has this schema."""
        match schema:
            case {"$ref": str(reference)}:
                return class_name(reference.rpartition("/")[2])
            case {"oneOf": options}:
                return " | ".join(dict.fromkeys(self.type_of(option) for option in options))
            case {"const": value}:
                return f"Literal[{value!r}]"
            case {"enum": options} if len(options) <= MOST_OPTIONS:
                none = " | None" if None in options else ""
                return f"Literal[{', '.join(repr(each) for each in options if each is not None)}]{none}"
            case {"type": list() as kinds}:
                plain = {name: value for name, value in schema.items() if name != "enum"}
                return " | ".join(
                    self.type_of({**plain, "type": kind}) for kind in sorted(kinds, reverse=True)
                )
            case {"type": "array"}:
                return f"list[{self.type_of(schema.get('items', {}))}]"
            case {"type": "object", "additionalProperties": dict() as values}:
                return f"dict[str, {self.type_of(values)}]"
            case {"type": str(kind)}:
                return KINDS[kind]
            case _:
                return "Any"

    def names(self) -> list[str]:
        """The names of all forms that are used."""
        return sorted(map(class_name, self._used))

    def module(self) -> str:
        """The module of all forms that are used."""
        return "\n".join(
            [
                f'"""The forms of what is answered.\n\n{NOTICE}\n"""\n',
                "from __future__ import annotations\n",
                "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict\n",
                *(line for name in sorted(self._used, key=class_name) for line in self._form(name)),
            ]
        )

    def _form(self, name: str) -> Iterator[str]:
        schema = self._schemas[name]
        members, required = schema.get("properties"), schema.get("required", ())
        called = class_name(name)
        if members is None:
            yield f"{called}: TypeAlias = {self.type_of(schema)!r}\n"
        elif all(member.isidentifier() and not iskeyword(member) for member in members):
            yield f"class {called}(TypedDict):"
            for member, form in members.items():
                kind = self.type_of(form)
                yield f"    {member}: {kind if member in required else f'NotRequired[{kind}]'}"
            yield "\n" if members else "    pass\n"
        else:
            yield f"{called} = TypedDict({called!r}, {{"
            for member, form in members.items():
                kind = self.type_of(form)
                yield f"    {member!r}: {(kind if member in required else f'NotRequired[{kind}]')!r},"
            yield "})\n"


def references(schema: object) -> Iterator[str]:
    """The names of the schemas that `schema` refers to."""
    match schema:
        case {"$ref": str(reference)}:
            yield reference.rpartition("/")[2]
        case Mapping():
            for name, value in schema.items():
                if name not in ("example", "examples", "default"):
                    yield from references(value)
        case list():
            for value in schema:
                yield from references(value)
        case _:
            return


def class_name(name: str) -> str:
    """`api_rostering_proposal_Proposal` as RosteringProposalProposal; most names are one word already."""
    parts = name.split("_")
    return "".join(part[:1].upper() + part[1:] for part in (parts[1:] if len(parts) > 2 else parts))
