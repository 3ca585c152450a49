"""A user of SCIM: a person of the ledger as a resource, and the facts that make the one into the other."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, cast, get_args

import msgspec

from api.scim.errors import ScimError
from api.scim.paths import CORE, ENTERPRISE, found_at, steps
from api.scim.people import Known, Person
from domain.facts.base import Fact
from domain.facts.directory import DirectoryEntryRemoved, DirectoryEntrySet
from domain.facts.governance import FactVoided
from domain.facts.people import (
    EmployeeHired,
    EmployeeLeft,
    EmployeeNamed,
    EmployeePromoted,
    EmployeeTransferred,
    Employment,
    Placement,
)

_ID = re.compile(r"[\w.\-@]{1,64}\Z")
_PLACES: tuple[Placement, ...] = ("department", "manager")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the directory says of a person, read out of a resource."""

    user_name: str
    external_id: str | None
    name: str | None
    post: str
    employment: Employment
    branch: str
    department: str | None
    manager: str | None
    active: bool


def resource_of(person: Person, known: Known) -> dict[str, Any]:
    """A person as a resource, without its locations."""
    held = person.held
    work: dict[str, Any] = {"division": held.get("branch")}
    if held.get("department") is not None:
        work["department"] = held["department"]
    if (manager := held.get("manager")) is not None:
        lead = known.people.get(manager)
        work["manager"] = {"value": manager} | ({"displayName": lead.name} if lead and lead.name else {})
    said: dict[str, Any] = {
        "schemas": [CORE, ENTERPRISE],
        "id": person.employee,
        "externalId": person.external_id,
        "userName": person.user_name,
        "displayName": person.name,
        "title": held.get("post"),
        "userType": held.get("employment"),
        "active": person.active,
        ENTERPRISE: work,
    }
    return {name: value for name, value in said.items() if value is not None}


def wanted_of(resource: Mapping[str, Any], active: bool) -> Wanted:
    """What a resource says. active: where it does not say so.

    Raises: ScimError naming the attribute.
    """
    kind = _text(resource, "userType")
    if kind not in get_args(Employment):
        raise _invalid("userType", f"is one of {', '.join(get_args(Employment))}")
    return Wanted(
        user_name=_required(resource, "userName"),
        external_id=_text(resource, "externalId"),
        name=_name(resource),
        post=_required(resource, "title"),
        employment=cast(Employment, kind),
        branch=_required(resource, f"{ENTERPRISE}:division"),
        department=_text(resource, f"{ENTERPRISE}:department"),
        manager=_manager(resource),
        active=_truth(resource, active),
    )


def new_id(wanted: Wanted) -> str:
    """The id of a new person: what the directory keeps as `externalId`, else their `userName`.

    Raises: ScimError where neither can be one.
    """
    for text in (wanted.external_id, wanted.user_name):
        if text is not None and _ID.match(text):
            return text
    raise _invalid("externalId", "or userName is the person's id, of 64 letters, digits, . - _ @ at most")


def facts_of_hire(employee: str, wanted: Wanted, today: dt.date) -> list[Fact]:
    """A person begins, today; whoever is not active is hired and has left in one."""
    hired = EmployeeHired(
        employee=employee,
        hired_on=today,
        branch=wanted.branch,
        post=wanted.post,
        employment=wanted.employment,
        department=wanted.department,
        manager=wanted.manager,
        name=wanted.name,
    )
    return [hired] if wanted.active else [hired, _left(employee, today)]


def facts_of_change(person: Person, wanted: Wanted, today: dt.date) -> list[Fact]:
    """What makes `person` what the directory wants; nothing where they are."""
    facts: list[Fact] = []
    if wanted.active and not person.active and person.left_at is None:
        facts += facts_of_hire(person.employee, wanted, today)
    else:
        if wanted.active and not person.active and person.left_at is not None:
            facts.append(FactVoided(position=person.left_at, reason="active again in the directory"))
        facts += _changes(person, wanted, today)
        if person.active and not wanted.active:
            facts.append(_left(person.employee, today))
    told = person.user_name, person.external_id
    if person.removed or told != (wanted.user_name, wanted.external_id):
        facts.append(entry_of(person.employee, wanted))
    return facts


def entry_of(employee: str, wanted: Wanted) -> DirectoryEntrySet:
    """Under which names the directory keeps a person."""
    return DirectoryEntrySet(employee=employee, user_name=wanted.user_name, external_id=wanted.external_id)


def facts_of_removal(person: Person, today: dt.date) -> list[Fact]:
    """The directory keeps a person no more, and who works here has left."""
    left: list[Fact] = [_left(person.employee, today)] if person.active else []
    return [*left, DirectoryEntryRemoved(employee=person.employee)]


def _changes(person: Person, wanted: Wanted, today: dt.date) -> list[Fact]:
    held, facts = person.held, list[Fact]()
    moved: dict[str, Any] = {
        name: value
        for name in ("branch", "employment", *_PLACES)
        if (value := getattr(wanted, name)) is not None and value != held.get(name)
    }
    cleared: list[Placement] = [
        name for name in _PLACES if getattr(wanted, name) is None and held.get(name) is not None
    ]
    if moved or cleared:
        move = EmployeeTransferred(
            employee=person.employee, effective_on=today, cleared=cleared or None, **moved
        )
        facts.append(move)
    if wanted.post != held.get("post"):
        facts.append(EmployeePromoted(employee=person.employee, effective_on=today, post=wanted.post))
    if wanted.name != person.name:
        facts.append(EmployeeNamed(employee=person.employee, effective_on=today, name=wanted.name))
    return facts


def _left(employee: str, today: dt.date) -> EmployeeLeft:
    return EmployeeLeft(employee=employee, left_on=today, cause="other")


def _name(resource: Mapping[str, Any]) -> str | None:
    """The name: as it is shown, else as it is written in full, else its parts."""
    shown = _text(resource, "displayName") or _text(resource, "name.formatted")
    if shown is not None:
        return shown
    parts = [part for name in ("givenName", "familyName") if (part := _text(resource, f"name.{name}"))]
    return " ".join(parts) or None


def _manager(resource: Mapping[str, Any]) -> str | None:
    """The manager's id, be it said as `{"value": …}` or as a text, as Entra ID does."""
    said = next(found_at(resource, steps(f"{ENTERPRISE}:manager")), None)
    if isinstance(said, str):
        return said or None
    return _text(resource, f"{ENTERPRISE}:manager.value")


def _truth(resource: Mapping[str, Any], otherwise: bool) -> bool:
    said = next(found_at(resource, ["active"]), otherwise)
    if isinstance(said, str) and said.lower() in ("true", "false"):
        return said.lower() == "true"
    if not isinstance(said, bool):
        raise _invalid("active", "is true or false")
    return said


def _required(resource: Mapping[str, Any], path: str) -> str:
    said = _text(resource, path)
    if said is None:
        raise _invalid(path, "is missing")
    return said


def _text(resource: Mapping[str, Any], path: str) -> str | None:
    said = next(found_at(resource, steps(path)), None)
    if said is not None and not isinstance(said, str):
        raise _invalid(path, "is a text")
    return said or None


def _invalid(path: str, why: str) -> ScimError:
    return ScimError(400, f"{path} {why}.", "invalidValue")
