"""SCIM's filters (RFC 7644, 3.4.2.2): read into a tree, and asked of a resource."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias, cast

import msgspec

from api.scim.errors import ScimError
from api.scim.paths import found_at, key_of, steps

LONGEST = 2_000
"""Characters of a filter."""
DEEPEST = 20
"""Parentheses, brackets and negations within each other."""
EXACT = frozenset({"id", "externalid"})
"""Attributes whose case counts."""

_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[()\[\]])|(?P<word>[^\s()\[\]"]+))', re.DOTALL
)
_PATH = re.compile(r"(?:urn:[\w:.\-]+:)?[A-Za-z$][\w$\-]*(?:\.[A-Za-z$][\w$\-]*)?\Z", re.ASCII)
_COMPARING = frozenset("eq ne co sw ew gt ge lt le pr".split())


class Compared(NamedTuple):
    """An attribute compared with a value, or looked for (`pr`)."""

    path: str
    by: str
    value: object = None


class Each(NamedTuple):
    """Some value of an attribute that has several, by a filter of its own: `members[value eq "E1"]`."""

    path: str
    test: "Test"


class Joined(NamedTuple):
    """All (`and`) or any (`or`) of several."""

    by: str
    tests: "tuple[Test, ...]"


class Not(NamedTuple):
    """What does not hold."""

    test: "Test"


Test: TypeAlias = Compared | Each | Joined | Not


def read_filter(text: str) -> Test:
    """The tree of a filter.

    Raises: ScimError (invalidFilter).
    """
    if len(text) > LONGEST:
        raise _invalid(f"it has more than {LONGEST} characters")
    reader = _Reader(text)
    test = reader.joined("or", 0)
    if reader.next is not None:
        raise _invalid(f"nothing is expected at {reader.next!r}")
    return test


def holds(test: Test, resource: Mapping[str, Any]) -> bool:
    """Whether a resource, or one value of an attribute, passes."""
    match test:
        case Joined(by, tests):
            return (all if by == "and" else any)(holds(each, resource) for each in tests)
        case Not(inner):
            return not holds(inner, resource)
        case Each(path, inner):
            found = (each for each in found_at(resource, steps(path)) if isinstance(each, Mapping))
            return any(holds(inner, cast("Mapping[str, Any]", each)) for each in found)
        case Compared(path, "pr"):
            return any(value not in ("", {}) for value in found_at(resource, steps(path)))
        case Compared(path, by, value):
            is_exact = path.lower() in EXACT
            met = any(
                _compares("eq" if by == "ne" else by, each, value, is_exact)
                for each in found_at(resource, steps(path))
            )
            return met != (by == "ne")


def _compares(by: str, found: object, value: object, is_exact: bool) -> bool:
    if isinstance(found, Mapping):
        held = cast("Mapping[str, Any]", found)
        key = key_of(held, "value")
        found = None if key is None else held[key]
    if isinstance(found, bool) or isinstance(value, bool):
        return by == "eq" and found is value
    if not isinstance(found, str) or not isinstance(value, str):
        return by == "eq" and found == value
    left, right = (found, value) if is_exact else (found.lower(), value.lower())
    match by:
        case "eq":
            return left == right
        case "co":
            return right in left
        case "sw":
            return left.startswith(right)
        case "ew":
            return left.endswith(right)
        case "gt":
            return left > right
        case "ge":
            return left >= right
        case "lt":
            return left < right
        case _:
            return left <= right


class _Reader:
    """Reads the tokens of a filter: `or` binds least, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self.next: str | None = None
        self._step()

    def joined(self, by: str, depth: int) -> Test:
        """Tests joined by `or`, each of tests joined by `and`."""
        tests = [self.joined("and", depth) if by == "or" else self._one(depth)]
        while self.next is not None and self.next.lower() == by:
            self._step()
            tests.append(self.joined("and", depth) if by == "or" else self._one(depth))
        return tests[0] if len(tests) == 1 else Joined(by, tuple(tests))

    def _one(self, depth: int) -> Test:
        if depth > DEEPEST:
            raise _invalid(f"it is more than {DEEPEST} levels deep")
        word = self._taken("an attribute")
        if word.lower() == "not" and self.next == "(":
            return Not(self._one(depth + 1))
        if word == "(":
            return self._within(")", depth)
        if not _PATH.match(word):
            raise _invalid(f"{word!r} is no attribute")
        if self.next == "[":
            self._step()
            return Each(word, self._within("]", depth))
        by = self._taken("a comparison").lower()
        if by not in _COMPARING:
            raise _invalid(f"{by!r} is no comparison; they are {', '.join(sorted(_COMPARING))}")
        return Compared(word, by) if by == "pr" else Compared(word, by, self._value())

    def _within(self, end: str, depth: int) -> Test:
        test = self.joined("or", depth + 1)
        if self._taken(f"{end!r}") != end:
            raise _invalid(f"{end!r} is missing")
        return test

    def _value(self) -> object:
        written = self._taken("a value")
        try:
            value: object = msgspec.json.decode(written if written[0] == '"' else written.lower())
        except msgspec.DecodeError:
            raise _invalid(f"{written!r} is no value; texts stand in double quotes") from None
        return value

    def _taken(self, what: str) -> str:
        word = self.next
        if word is None:
            raise _invalid(f"it ends where {what} is expected")
        self._step()
        return word

    def _step(self) -> None:
        rest = self._text[self._at :]
        found = _TOKEN.match(rest)
        if found is None:
            if rest.strip():
                raise _invalid(f"it cannot be read at {rest.strip()[:20]!r}")
            self.next = None
            return
        self._at += found.end()
        self.next = found[found.lastgroup or 0]


def _invalid(why: str) -> ScimError:
    return ScimError(400, f"The filter cannot be read: {why}.", "invalidFilter")
