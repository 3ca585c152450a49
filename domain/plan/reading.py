"""Reads decoded YAML or JSON into structs by their field types; notes all faults, not only the first."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from typing import Any, Final, NamedTuple, cast

from msgspec import inspect

from domain.money import CURRENCIES
from domain.plan.exact import Exact, Setting, exact, shown
from domain.plan.meant import day_meant, exact_decimal, list_meant, name_meant, number_meant
from domain.plan.problems import Problem, did_you_mean


class Mention(NamedTuple):
    """A name that a document uses, and the part of the document that should define it."""

    path: str
    space: str
    name: str


class Unreadable:
    """Stands for a value with a fault; what holds it is not made, and the fault is noted already."""


UNREADABLE: Final = Unreadable()
type_info = cache(inspect.type_info)


class Reading:
    """One pass over a document: the problems found and the names mentioned so far.

    custom: how to read a struct that a document writes in another form than its fields.
    """

    def __init__(
        self,
        document: Mapping[str, object],
        custom: Mapping[type, Callable[["Reading", object, str], object]],
    ) -> None:
        self.problems: list[Problem] = []
        self.mentions: list[Mention] = []
        self.custom = custom
        currency = document.get("currency")
        self.currency = currency if isinstance(currency, str) else None
        self.convert_at = document.get("convert_at")
        self.parameters = document.get("parameters")

    def fault(self, path: str, message: str, remedy: str) -> Unreadable:
        """Notes a problem at `path`."""
        self.problems.append(Problem(path, message, remedy))
        return UNREADABLE

    def read(self, kind: inspect.Type, found: object, path: str) -> object:
        """The value of type `kind` that `found` stands for, or UNREADABLE."""
        match kind:
            case inspect.Metadata():
                return self._annotated(kind, found, path)
            case inspect.UnionType():
                return self._either(kind, found, path)
            case inspect.StructType():
                return self._custom_or_struct(kind, found, path)
            case inspect.DictType():
                return self._named(kind, found, path)
            case inspect.VarTupleType():
                return self._listed(kind, found, path)
            case inspect.LiteralType():
                return self._chosen(kind, found, path)
            case inspect.DateType():
                return self._day(found, path)
            case inspect.IntType():
                if isinstance(found, int) and not isinstance(found, bool):
                    return found
                return self.fault(path, f"{found!r} is not a whole number.", "Write digits, such as 30.")
            case inspect.BoolType():
                if isinstance(found, bool):
                    return found
                return self.fault(path, f"{found!r} is neither yes nor no.", "Write true or false.")
            case inspect.StrType(pattern=pattern):
                return self._text(found, pattern, path)
            case _:
                return found

    def fields(self, kind: inspect.StructType, found: object, path: str) -> dict[str, Any] | Unreadable:
        """The fields of a struct by name; UNREADABLE when one is missing or, below the top, faulty."""
        known = {field.encode_name: field for field in kind.fields if not is_derived(field.type)}
        if not isinstance(found, Mapping):
            names = ", ".join(known)
            first = next((name for name, field in known.items() if field.required), next(iter(known)))
            instead = "…" if found is None or isinstance(found, list) else found
            return self.fault(
                path, f"{found!r} has no fields.", f"Write {{{first}: {instead}}}; there are: {names}."
            )
        written = cast(Mapping[object, object], found)
        made = dict[str, Any]()
        misspelt = set[str]()
        for name, value in written.items():
            if name not in known:
                remedy = did_you_mean(str(name), known)
                if value is None and path and "`" not in remedy:
                    remedy = (
                        "Put the text before it in quotes, if it belongs to that: a comma ends a text here."
                    )
                misspelt.update(get_close_matches(str(name), known, n=1))
                self.fault(below(path, name), "There is no such field.", remedy)
            elif value is not None:
                made[known[str(name)].name] = self.read(known[str(name)].type, value, below(path, name))
        for name, field in known.items():
            if field.required and written.get(name) is None and name not in misspelt:
                self.fault(below(path, name), "It is missing.", f"Add `{name}:` here.")
        readable = {name: value for name, value in made.items() if value is not UNREADABLE}
        needed = all(field.name in readable for field in known.values() if field.required)
        return readable if needed and (path == "" or len(readable) == len(made)) else UNREADABLE

    def number(self, want: str, found: object, path: str) -> Fraction | Unreadable:
        """The exact number that `found` is or takes from a parameter. want: as in `domain.plan.fields`."""
        if isinstance(found, Mapping):
            return self._setting(want, cast(Mapping[object, object], found), path)
        if isinstance(found, float):
            return self.fault(
                path,
                f"{found!r} is a binary fraction and would not be exact.",
                exact_decimal(found),
            )
        written = exact(found)
        if written is None:
            return self.fault(path, f"{found!r} is not a number.", number_meant(found))
        return self._suits(want, written, path)

    def _suits(self, want: str, written: Exact, path: str) -> Fraction | Unreadable:
        value, unit, currency = written
        if currency and currency != self.currency and self.currency in CURRENCIES:
            remedy = f"Write {self.currency}, or leave it out."
            return self.fault(path, f"The plan pays in {self.currency}, not {currency}.", remedy)
        if want == "percentage" and unit != "percent":
            said = shown(value, places=6)
            return self.fault(path, "A percentage is expected.", f"Write it with a sign: {said} %.")
        if want in ("amount", "whole") and unit == "percent":
            what = "An amount of money" if want == "amount" else "A whole number"
            return self.fault(path, f"{what} is expected, not a percentage.", "Leave the sign % out.")
        if want == "whole" and (value.denominator != 1 or value < 0):
            return self.fault(path, "A whole number is expected.", "Write digits only, such as 30.")
        return value

    def _setting(self, want: str, found: Mapping[object, object], path: str) -> Fraction | Unreadable:
        name = found.get("parameter")
        if set(found) != {"parameter"} or not isinstance(name, str):
            return self.fault(path, "It is neither a number nor a parameter.", "Write {parameter: its_name}.")
        self.mentions.append(Mention(path, "parameters", name))
        written = exact(members(members(self.parameters).get(name)).get("value"))
        if written is None:
            return UNREADABLE  # its own place in the document is at fault, or the name dangles
        value = self._suits(want, written, path)
        return value if isinstance(value, Unreadable) else Setting(name, value)

    def _annotated(self, kind: inspect.Metadata, found: object, path: str) -> object:
        extra = cast(dict[str, str], cast(Any, kind).extra or {})
        if "number" in extra:
            return self.number(extra["number"], found, path)
        value = self.read(kind.type, found, path)
        if "names" in extra and isinstance(value, str):
            self.mentions.append(Mention(path, extra["names"], value))
        return value

    def _either(self, kind: inspect.UnionType, found: object, path: str) -> object:
        options = [option for option in kind.types if not isinstance(option, inspect.NoneType)]
        nothing = found is None and len(options) < len(kind.types)
        return None if nothing else self.read(options[0], found, path)

    def _custom_or_struct(self, kind: inspect.StructType, found: object, path: str) -> object:
        if kind.cls in self.custom:
            return self.custom[kind.cls](self, found, path)
        made = self.fields(kind, found, path)
        return made if isinstance(made, Unreadable) else kind.cls(**made)

    def _named(self, kind: inspect.DictType, found: object, path: str) -> object:
        if not isinstance(found, Mapping):
            return self.fault(path, f"{found!r} is not a list of names with values.", "Write `name: value`.")
        pairs = [
            (
                self.read(kind.key_type, name, below(path, name)),
                self.read(kind.value_type, value, below(path, name)),
            )
            for name, value in cast(Mapping[object, object], found).items()
        ]
        readable = dict(pair for pair in pairs if UNREADABLE not in pair)
        return readable if _outermost(path) or len(readable) == len(pairs) else UNREADABLE

    def _listed(self, kind: inspect.VarTupleType, found: object, path: str) -> object:
        if not isinstance(found, list | tuple):
            return self.fault(path, f"{found!r} is not a list.", list_meant(found))
        items = cast(list[object], found)
        made = [self.read(kind.item_type, item, f"{path}[{index}]") for index, item in enumerate(items)]
        readable = tuple(value for value in made if value is not UNREADABLE)
        return readable if _outermost(path) or len(readable) == len(made) else UNREADABLE

    def _chosen(self, kind: inspect.LiteralType, found: object, path: str) -> object:
        if found in kind.values:
            return found
        return self.fault(
            path, f"{found!r} is not a choice here.", did_you_mean(str(found), map(str, kind.values))
        )

    def _day(self, found: object, path: str) -> object:
        if isinstance(found, dt.date) and not isinstance(found, dt.datetime):
            return found
        try:
            return dt.date.fromisoformat(found) if isinstance(found, str) else self._no_day(found, path)
        except ValueError:
            return self._no_day(found, path)

    def _no_day(self, found: object, path: str) -> Unreadable:
        return self.fault(path, f"{found!r} is not a day.", day_meant(found))

    def _text(self, found: object, pattern: str | None, path: str) -> object:
        if not isinstance(found, str) or not found.strip():
            return self.fault(path, f"{found!r} is not a text.", f'Write it in quotes: "{found}".')
        if pattern and not re.match(pattern, found):
            return self.fault(path, f"`{found}` cannot be a name.", name_meant(found, pattern))
        return found


def is_derived(kind: inspect.Type) -> bool:
    """Whether a field of this type follows from others and is not written in a document."""
    return isinstance(kind, inspect.Metadata) and cast(Any, kind).extra == {"is": "derived"}


def members(found: object) -> Mapping[object, object]:
    """What a mapping holds; nothing when `found` is none."""
    return cast(Mapping[object, object], found) if isinstance(found, Mapping) else {}


def _outermost(path: str) -> bool:
    """Whether one faulty part of what lies at `path` shall not hide the faults of the others."""
    return "." not in path and "[" not in path


def below(path: str, name: object) -> str:
    """The path of the field `name` of what lies at `path`."""
    return f"{path}.{name}" if path else str(name)
