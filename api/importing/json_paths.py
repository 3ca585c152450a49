"""JSONPath (RFC 9535) as the name of a column: checked when a mapping is read, bounded when a record is.

What a path may say is less than the standard has, so that none takes longer than a walk over the record: one
selector in brackets, `..` once and only names after it, tests of single values in a filter, no functions.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from jsonpath import JSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from jsonpath.filter import BaseExpression, FilterContextPath, FilterQuery, FunctionExtension
from jsonpath.segments import JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath.selectors import Filter, IndexSelector, NameSelector

from api.importing.fields import BadCell, short
from api.importing.rows import MAX_COLUMNS, Cell

MAX_LENGTH = 300
"""Characters of a path."""
MAX_SEARCHING = 8
"""Paths with `..` in one mapping: each walks over the whole record."""
MAX_DEPTH = 32

_ONE_VALUE = "Write a path that leads to one value, such as $.order.amount or $.lines[0].amount."
_LONG_NUMBER = 40


class BadPath(Exception):
    """A path that is none, or that says more than it may. remedy: what to write instead."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail, self.remedy = detail, remedy


def is_path(column: str) -> bool:
    """Whether the name of a column is a path into a record, its body or a part of its credits."""
    return column[:1] in ("$", "@")


@lru_cache(maxsize=4096)
def path(text: str) -> JSONPath:
    """The path that `text` is: `$` is the record, `$$` the whole body, `@` one part of the credits.

    Raises: BadPath.
    """
    if len(text) > MAX_LENGTH:
        raise BadPath(f"The path has more than {MAX_LENGTH} characters.", "Write a shorter one.")
    try:
        found = _ENVIRONMENT.compile("$" + text.removeprefix("$").removeprefix("$").removeprefix("@"))
    except (JSONPathError, RecursionError) as error:
        said = str(error).splitlines()[0][:200] if str(error) else "it cannot be read"
        raise BadPath(f"It is not a JSONPath of RFC 9535: {said}.", "Write one such as $.order.id.") from None
    if not isinstance(found, JSONPath):
        raise BadPath("It joins several paths.", "Write one path.")
    _check(found.segments)
    return found


def is_searching(text: str) -> bool:
    """Whether the path walks over the whole record. Raises: BadPath."""
    return any(isinstance(segment, JSONPathRecursiveDescentSegment) for segment in path(text).segments)


def found(text: str, value: object, most: int) -> list[object]:
    """What the path finds in `value`, at most so many nodes and one more."""
    if not isinstance(value, dict | list):
        return [] if path(text).segments else [value]
    return [match.obj for match in islice(path(text).finditer(value), most + 1)]


class JsonCells(Mapping[str, Cell]):
    """The values of a record by their paths, each looked for when it is asked for.

    body: that the record came in; what is found in it is kept in `shared` for all its records.
    """

    def __init__(
        self,
        record: object,
        body: object = None,
        shared: dict[str, Cell] | None = None,
        part: object = None,
        named: Mapping[str, str] | None = None,
    ) -> None:
        self.record, self._body, self._part = record, body, part
        self._shared = {} if shared is None else shared
        self._named = named or {}

    def __getitem__(self, column: str) -> Cell:
        """The text of the one value; empty where there is none.

        Raises: BadCell for several values, or for one that is made of others.
        """
        if not is_path(column):
            return self._named[column]
        if column.startswith("$$"):
            if column not in self._shared:
                self._shared[column] = _one(column, self._body)
            return self._shared[column]
        return _one(column, self._part if column.startswith("@") else self.record)

    def __iter__(self) -> Iterator[str]:
        """The names that are no paths; of paths there is no end."""
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def parts(self, column: str) -> list["JsonCells"]:
        """The record seen from each of the values that the path finds, to which `@` leads.

        Raises: BadCell when they are too many.
        """
        values = found(column, self.record, MAX_COLUMNS)
        if len(values) > MAX_COLUMNS:
            raise BadCell(column, "", f"The path finds more than {MAX_COLUMNS} parts.", "Send fewer.")
        if values and isinstance(values[0], list):
            raise BadCell(column, "", "The path finds a list as one value.", "End the path with [*].")
        return [JsonCells(self.record, self._body, self._shared, value, self._named) for value in values]


def _one(column: str, value: object) -> str:
    values = found(column, value, 1)
    if not values:
        return ""
    if len(values) > 1:
        raise BadCell(column, "", "The path finds several values.", _ONE_VALUE)
    if isinstance(values[0], dict | list):
        raise BadCell(column, "", "The path finds an object or a list, not one value.", _ONE_VALUE)
    return text_of(column, values[0])


def text_of(column: str, value: object) -> str:
    """A value of JSON as the text of a cell; a number exactly as it was written."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal() if abs(value.adjusted()) <= _LONG_NUMBER:
            return f"{value:f}"
        case _:
            text = str(value)
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise BadCell(column, short(text), "The text holds a NUL or half a character.", "Mend the record.")
    return text


def _check(segments: tuple[JSONPathSegment, ...]) -> None:
    """Raises: BadPath for what could take long."""
    searching = False
    for segment in segments:
        if len(segment.selectors) != 1:
            raise BadPath("It selects several things in one pair of brackets.", "Write a path for each.")
        [selector] = segment.selectors
        if searching and not isinstance(selector, NameSelector | IndexSelector):
            raise BadPath("After .. it selects more than names.", "Write names from there on, or no `..`.")
        if isinstance(segment, JSONPathRecursiveDescentSegment):
            if searching:
                raise BadPath("It has `..` twice.", "Write it once.")
            searching = True
        if isinstance(selector, Filter):
            _check_test(selector.expression)


def _check_test(expression: BaseExpression) -> None:
    if isinstance(expression, FunctionExtension | FilterContextPath):
        raise BadPath("It calls a function.", "Compare values with == != < <= > >= and && ||.")
    if isinstance(expression, FilterQuery):
        for segment in expression.path.segments:
            simple = isinstance(segment.selectors[0], NameSelector | IndexSelector)
            many = len(segment.selectors) > 1 or isinstance(segment, JSONPathRecursiveDescentSegment)
            if many or not simple:
                raise BadPath(
                    "A test in it looks at many values.", "Test single ones, such as ?@.kind == 'a'."
                )
    for child in expression.children():
        _check_test(child)


class _Bounded(JSONPathEnvironment):
    """The standard and nothing beside it, without functions."""

    max_recursion_depth = MAX_DEPTH + 2

    def setup_function_extensions(self) -> None:
        """None: `match` and `search` would run regular expressions of the mapping's author."""


_ENVIRONMENT = _Bounded(strict=True)
