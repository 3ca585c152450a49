"""Filters and patches of SCIM by the examples of RFC 7644, and on both sides of their bounds."""

from typing import Any

import pytest

from api.scim.errors import ScimError
from api.scim.filtering import DEEPEST, holds, read_filter
from api.scim.patching import Operation, Patch, patched
from api.scim.paths import ENTERPRISE

BJENSEN: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "2819c223",
    "externalId": "bjensen",
    "userName": "bjensen",
    "title": "Vice President",
    "userType": "Employee",
    "active": True,
    "name": {"familyName": "O'Malley"},
    "meta": {"lastModified": "2011-05-13T04:42:34Z"},
    "emails": [{"type": "work", "value": "bjensen@example.com"}, {"type": "home", "value": "b@example.org"}],
    ENTERPRISE: {"division": "SH", "manager": {"value": "M1"}},
}


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ('userName eq "BJENSEN"', True),
        ('name.familyName co "O\'Malley"', True),
        ('userName sw "J"', False),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName sw "b"', True),
        ("title pr", True),
        ("nickName pr", False),
        ('meta.lastModified gt "2011-05-13T04:42:33Z"', True),
        ('meta.lastModified lt "2011-05-13T04:42:34Z"', False),
        ('meta.lastModified le "2011-05-13T04:42:34Z"', True),
        ('title pr and userType eq "Employee"', True),
        ('title pr or userType eq "Intern"', True),
        ('schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"', True),
        ('userType eq "Employee" and (emails co "example.com" or emails.value co "example.net")', True),
        ('userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")', False),
        ('userType eq "Employee" and emails[type eq "work" and value co "@example.com"]', True),
        ('emails[type eq "home" and value co "@example.com"] or active eq False', False),
        ('externalId eq "BJENSEN"', False),
        (f'{ENTERPRISE}:manager eq "M1" and {ENTERPRISE}:division ne "BJ"', True),
        ('title pr or title pr and userName eq "x"', True),
        ('(title pr or title pr) and userName eq "x"', False),
        ("active eq true", True),
        ('nickName ne "x"', True),
    ],
)
def test_filters_choose_as_the_standard_says(filter: str, expected: bool) -> None:
    assert holds(read_filter(filter), BJENSEN) is expected


@pytest.mark.parametrize(
    "filter",
    [
        "", "userName", "userName eq", 'userName is "x"', "userName eq x", 'eq "x"', "(title pr",
        "title pr)",
        'emails[type eq "x"', 'emails[type eq "x")', "title pr and", 'a.b.c eq "x"', 'title pr "x"', '"x" pr',
        "not title pr x", 'userName eq "x', f"{'(' * (DEEPEST + 2)}title pr{')' * (DEEPEST + 2)}",
        "a" * 2_001,
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(filter: str) -> None:
    with pytest.raises(ScimError) as refused:
        read_filter(filter)
    assert (refused.value.status, refused.value.kind) == (400, "invalidFilter")


BOTH = [{"value": "1"}, {"value": "2"}]
KNOWN = frozenset({"username", "displayname", "members", "department", "manager"})


def patch(operation: tuple[Any, ...]) -> dict[str, Any]:
    op, path, *value = operation
    made = Operation(op=op, path=path, value=value[0]) if value else Operation(op=op, path=path)
    return patched({"userName": "b", "members": BOTH}, Patch(operations=[made]), KNOWN)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (("add", "displayName", "B"), {"displayName": "B"}),
        (
            ("ADD", None, {"DisplayName": "B", f"{ENTERPRISE}:department": "X"}),
            {"DisplayName": "B", ENTERPRISE: {"department": "X"}},
        ),
        (("replace", f"{ENTERPRISE}:manager.value", "M2"), {ENTERPRISE: {"manager": {"value": "M2"}}}),
        (("add", "members", [{"value": "2"}, {"value": "3"}]), {"members": [*BOTH, {"value": "3"}]}),
        (("add", "members", {"value": "3"}), {"members": [*BOTH, {"value": "3"}]}),
        (("replace", "members", [{"value": "9"}]), {"members": [{"value": "9"}]}),
        (("remove", 'members[value eq "1"]'), {"members": BOTH[1:]}),
        (("Remove", "members", [{"value": "2"}]), {"members": BOTH[:1]}),
        (
            ("replace", 'members[value eq "2"].display', "Two"),
            {"members": [BOTH[0], {"value": "2", "display": "Two"}]},
        ),
        (("replace", "photos", []), {}),
        (("remove", "displayName"), {}),
    ],
)
def test_a_patch_changes_what_it_names_and_nothing_else(
    operation: tuple[Any, ...], expected: dict[str, Any]
) -> None:
    assert patch(operation) == {"userName": "b", "members": BOTH} | expected


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        (("move", "displayName", "x"), "invalidSyntax"),
        (("remove", None), "noTarget"),
        (("add", "displayName"), "invalidValue"),
        (("add", None, "x"), "invalidValue"),
        (("add", "favourite", "x"), "invalidPath"),
        (("replace", 'members[value eq "9"].display', "x"), "noTarget"),
        (("remove", "members[value is 1]"), "invalidFilter"),
    ],
)
def test_a_patch_that_cannot_be_meant_is_refused(operation: tuple[Any, ...], kind: str) -> None:
    with pytest.raises(ScimError) as refused:
        patch(operation)
    assert (refused.value.status, refused.value.kind) == (400, kind)
