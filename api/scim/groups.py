"""A group of SCIM: a branch or a team of the ledger, and the moves of its members."""

import base64
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from api.scim.errors import ScimError
from api.scim.paths import GROUP, found_at
from api.scim.people import Known
from domain.facts.base import Fact
from domain.facts.directory import DirectoryGroupRemoved, DirectoryGroupSet
from domain.facts.people import EmployeeTransferred

_LABEL = re.compile(r"[\w.\-/ +&()]{1,64}\Z")


class Place(NamedTuple):
    """A branch, or else a team, and what the directory calls it."""

    id: str
    is_branch: bool
    name: str
    title: str
    external_id: str | None


def places(known: Known) -> dict[str, Place]:
    """All branches and teams, by the ids of their groups."""
    found = [Place(f"branch:{b.branch}", True, b.branch, b.title, None) for b in known.branches.values()]
    kept = {group.team: group for group in known.groups.values()}
    worked = {team for person in known.people.values() if person.active and (team := person.held.get("team"))}
    for team in sorted(worked | {team for team, group in kept.items() if group.title is not None}):
        group = kept.get(team)
        title = group.title if group is not None and group.title is not None else team
        found.append(Place(_team_id(team), False, team, title, group.external_id if group else None))
    return {place.id: place for place in found}


def members(place: Place, known: Known) -> list[str]:
    """Who works there, and whom the directory keeps there though they have left; by their ids."""
    field = "branch" if place.is_branch else "team"
    return sorted(
        person.employee
        for person in known.people.values()
        if (person.active or person.listed) and person.held.get(field) == place.name
    )


def resource_of(place: Place, known: Known, *, with_members: bool = True) -> dict[str, Any]:
    """A branch or team as a resource, without its locations."""
    said: dict[str, Any] = {"schemas": [GROUP], "id": place.id, "displayName": place.title}
    if place.external_id is not None:
        said["externalId"] = place.external_id
    if with_members and (inside := members(place, known)):
        said["members"] = [{"value": each, "type": "User"} for each in inside]
    return said


def title_of(resource: Mapping[str, Any]) -> str:
    """What a resource calls its group.

    Raises: ScimError.
    """
    said = next(found_at(resource, ["displayName"]), None)
    if not isinstance(said, str) or not said:
        raise ScimError(400, "displayName is missing.", "invalidValue")
    return said


def new_team(resource: Mapping[str, Any], known: Known) -> Place:
    """The team that a new group is.

    Raises: ScimError where there is one, or none can be called so.
    """
    title = title_of(resource)
    if any(title.lower() in (each.title.lower(), each.name.lower()) for each in places(known).values()):
        raise ScimError(409, f"There is a group {title!r}.", "uniqueness")
    if not _LABEL.match(title):
        raise ScimError(
            400,
            "displayName is the team's name: 64 letters, digits, spaces and . - / + & ( ).",
            "invalidValue",
        )
    return Place(_team_id(title), False, title, title, _external_id(resource))


def kept_as(place: Place) -> DirectoryGroupSet:
    """The fact that the directory keeps a team so."""
    return DirectoryGroupSet(team=place.name, title=place.title, external_id=place.external_id)


def facts_of_change(place: Place, resource: Mapping[str, Any], known: Known, today: dt.date) -> list[Fact]:
    """What makes the group what the directory wants; nothing where it is.

    Raises: ScimError.
    """
    wanted = place._replace(title=title_of(resource), external_id=_external_id(resource))
    facts: list[Fact] = []
    if place.is_branch and wanted.title != place.title:
        raise ScimError(400, f"{place.title} is a branch, which keeps its name.", "mutability")
    if not place.is_branch and wanted != place:
        facts.append(kept_as(wanted))
    return [*facts, *facts_of_members(place, resource, known, today)]


def facts_of_members(
    place: Place, resource: Mapping[str, Any], known: Known, today: dt.date
) -> Iterator[Fact]:
    """The moves that make the members of a group those of `resource`.

    Raises: ScimError.
    """
    before = set(members(place, known))
    wanted = dict.fromkeys(_member_ids(resource))
    for employee in wanted:
        person = known.people.get(employee)
        if person is None or person.removed:
            raise ScimError(400, f"There is no user {employee!r}.", "invalidValue")
        if employee not in before:
            branch, team = (place.name, None) if place.is_branch else (None, place.name)
            yield EmployeeTransferred(employee=employee, effective_on=today, branch=branch, team=team)
    for employee in sorted(before - set(wanted)):
        if place.is_branch:
            detail = f"{employee} works in {place.title} until they are added to another branch."
            raise ScimError(400, detail, "mutability")
        yield EmployeeTransferred(employee=employee, effective_on=today, cleared=["team"])


def facts_of_removal(place: Place, known: Known, today: dt.date) -> list[Fact]:
    """The directory keeps a team no more, and nobody is in it.

    Raises: ScimError for a branch.
    """
    if place.is_branch:
        raise ScimError(
            400, f"{place.title} is a branch; it ends by a merge: meritbook branch merge.", "mutability"
        )
    moves = (
        EmployeeTransferred(employee=each, effective_on=today, cleared=["team"])
        for each in members(place, known)
    )
    return [*moves, DirectoryGroupRemoved(team=place.name)]


def _member_ids(resource: Mapping[str, Any]) -> Iterator[str]:
    for each in found_at(resource, ["members"]):
        said = next(found_at(each, ["value"]), None) if isinstance(each, dict) else each
        if not isinstance(said, str):
            raise ScimError(400, "A member is named by its value, the id of a user.", "invalidValue")
        yield said


def _external_id(resource: Mapping[str, Any]) -> str | None:
    said = next(found_at(resource, ["externalId"]), None)
    if said is not None and not isinstance(said, str):
        raise ScimError(400, "externalId is a text.", "invalidValue")
    return said or None


def _team_id(team: str) -> str:
    """The id of a team's group, fit for an address."""
    if "/" not in team:
        return f"team:{team}"
    return f"team:~{base64.urlsafe_b64encode(team.encode()).decode().rstrip('=')}"
