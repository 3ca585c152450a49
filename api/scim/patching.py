"""SCIM's PATCH (RFC 7644, 3.5.2): operations on a resource, as Entra ID and others really send them."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, cast

import msgspec

from api.scim.errors import ScimError
from api.scim.filtering import Test, holds, read_filter
from api.scim.paths import ENTERPRISE, key_of, steps

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MOST_OPERATIONS = 1_000

NOT_KEPT = frozenset(
    """name nickname profileurl preferredlanguage locale timezone password emails phonenumbers ims photos
    addresses groups entitlements roles x509certificates costcenter organization employeenumber id meta
    schemas""".split()
)
"""Attributes of the standard that this service does not keep, or does not let anybody change: passed over."""

_PATH = re.compile(r"(?P<attribute>[^\[\]]+)(?:\[(?P<filter>.+)\](?:\.(?P<sub>[\w$\-]+))?)?\Z", re.DOTALL)

Resource = dict[str, Any]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What is done: add, replace or remove, in any case. path: absent where `value` names the attributes."""

    op: str
    path: str | None = None
    value: Any = msgspec.UNSET


class Patch(msgspec.Struct, frozen=True, kw_only=True):
    """A list of operations, all or none."""

    operations: list[Operation] = msgspec.field(name="Operations")
    schemas: list[str] = []


def patched(resource: Mapping[str, Any], patch: Patch, known: frozenset[str]) -> Resource:
    """`resource` after all operations. known: its attributes and those of the extension, in lower case.

    Raises: ScimError.
    """
    if not 0 < len(patch.operations) <= MOST_OPERATIONS:
        raise ScimError(400, f"A patch has 1 to {MOST_OPERATIONS} operations.", "invalidSyntax")
    made: Resource = deepcopy(dict(resource))
    for operation in patch.operations:
        op = operation.op.lower()
        if op not in ("add", "replace", "remove"):
            raise ScimError(400, f"{operation.op!r} is no operation.", "invalidSyntax")
        if op != "remove" and operation.value is msgspec.UNSET:
            raise ScimError(400, f"{op} needs a value.", "invalidValue")
        if operation.path is None:
            _all_of(made, op, operation.value, known)
        else:
            _at_path(made, op, operation.path, operation.value, known)
    return made


def _all_of(made: Resource, op: str, value: object, known: frozenset[str]) -> None:
    """An operation without a path: its value names the attributes, with their schema or dots in front."""
    if op == "remove":
        raise ScimError(400, "remove needs a path.", "noTarget")
    if not isinstance(value, dict):
        raise ScimError(400, "Without a path the value is an object of attributes.", "invalidValue")
    for name, each in cast("dict[str, object]", value).items():
        if name.lower() == ENTERPRISE.lower() and isinstance(each, dict):
            for inner, said in cast("dict[str, object]", each).items():
                _at_path(made, op, f"{ENTERPRISE}:{inner}", said, known)
        else:
            _at_path(made, op, name, each, known)


def _at_path(made: Resource, op: str, path: str, value: object, known: frozenset[str]) -> None:
    found = _PATH.match(path)
    if found is None:
        raise ScimError(400, f"{path!r} is no path.", "invalidPath")
    names = steps(found["attribute"])
    if found["sub"]:
        names.append(found["sub"])
    named = next((name for name in names if name != ENTERPRISE), ENTERPRISE).lower()
    if named not in known and named != ENTERPRISE.lower():
        if named in NOT_KEPT:
            return
        raise ScimError(400, f"There is no attribute {path!r}.", "invalidPath")
    test = read_filter(found["filter"]) if found["filter"] else None
    if op == "remove":
        _remove(made, names, test, value)
    elif test is not None:
        _change_some(made, names, test, value)
    else:
        _set(made, names, op, value)


def _set(made: Resource, names: list[str], op: str, value: object) -> None:
    node = made
    for name in names[:-1]:
        key = key_of(node, name) or name
        if not isinstance(node.get(key), dict):
            node[key] = {}
        node = node[key]
    key = key_of(node, names[-1]) or names[-1]
    held = node.get(key)
    if op == "add" and isinstance(held, list):
        given = cast("list[object]", value if isinstance(value, list) else [value])
        node[key] = [*held, *(each for each in given if each not in held)]
    elif isinstance(held, dict) and isinstance(value, dict):
        node[key] = {**held, **value}
    else:
        node[key] = value


def _remove(made: Resource, names: list[str], test: Test | None, value: object) -> None:
    node = made
    for name in names[:-1] if test is None else names[:0]:
        inner = node.get(key_of(node, name) or name)
        if not isinstance(inner, dict):
            return
        node = cast("Resource", inner)
    key = key_of(node, names[-1] if test is None else names[0])
    if key is None:
        return
    held = node[key]
    leaves: Callable[[object], bool]
    if test is not None:
        leaves = lambda each: isinstance(each, dict) and holds(test, cast("Resource", each))  # noqa: E731
    elif isinstance(value, list) and value and isinstance(held, list):
        gone = {_value_of(each) for each in cast("list[object]", value)}
        leaves = lambda each: _value_of(each) in gone  # noqa: E731
    else:
        del node[key]
        return
    if isinstance(held, list):
        node[key] = [each for each in cast("list[object]", held) if not leaves(each)]


def _change_some(made: Resource, names: list[str], test: Test, value: object) -> None:
    """Changes those values of a list that a filter chooses.

    Raises: ScimError (noTarget) where it chooses none.
    """
    held = made.get(key_of(made, names[0]) or names[0])
    each_of = cast("list[Any]", held) if isinstance(held, list) else []
    chosen = [each for each in each_of if isinstance(each, dict) and holds(test, cast("Resource", each))]
    if not chosen:
        raise ScimError(400, "The filter of the path chooses nothing.", "noTarget")
    for each in chosen:
        if len(names) > 1:
            each[names[-1]] = value
        elif isinstance(value, dict):
            each.update(value)


def _value_of(each: object) -> object:
    return cast("Resource", each).get("value") if isinstance(each, dict) else each
