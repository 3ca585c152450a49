"""Where agents, activities and verbs stand in a statement, and how it is told by ids or in one language."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import structlog

from api.connectors.agents import identified

log = structlog.get_logger("meritbook")

Said = dict[str, Any]
_AROUND = ("instructor", "team")
_Read = TypeVar("_Read")


def understood(said: Said, read: Callable[[Said], _Read], otherwise: _Read) -> _Read:
    """What `read` makes of a statement; `otherwise` of one kept before its form was checked so far."""
    try:
        return read(said)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("statement_not_understood", statement=said.get("id"), fault=type(error).__name__)
        return otherwise


def agents_of(said: Said, related: bool) -> Iterator[Said | None]:
    """By what the agents are identified whom a statement is by or about, and those in their groups.

    related: also who vouches, teaches or stands with them, and all of a statement within.
    """
    context, target = said.get("context", {}), said["object"]
    found = [said["actor"]]
    if target.get("objectType") in ("Agent", "Group"):
        found.append(target)
    if related:
        found += [each[name] for each, name in _around(said, context)]
        if target.get("objectType") == "SubStatement":
            yield from agents_of(target, related)
    for each in found:
        yield identified(each)
        yield from map(identified, each.get("member", ()))


def activities_of(said: Said, related: bool) -> Iterator[Said]:
    """The activity that a statement is about; related: also those around it, and in a statement within."""
    target = said["object"]
    if target.get("objectType", "Activity") == "Activity":
        yield target
    if related:
        for each in said.get("context", {}).get("contextActivities", {}).values():
            yield from _in_list(each)
        if target.get("objectType") == "SubStatement":
            yield from activities_of(target, related)


def _in_list(said: Any) -> list[Said]:
    """Activities, also of a statement that was kept before one alone was put into a list."""
    return said if isinstance(said, list) else [said]


def _around(said: Said, context: Said) -> list[tuple[Said, str]]:
    found = [(context, name) for name in _AROUND if name in context]
    return [*found, (said, "authority")] if "authority" in said else found


class Shape(NamedTuple):
    """What is made of each agent, activity and verb of a statement."""

    agent: Callable[[Said], Said]
    activity: Callable[[Said], Said]
    verb: Callable[[Said], Said]

    def of(self, said: Said) -> Said:
        """A statement in this shape."""
        found = {**said, "actor": self.agent(said["actor"]), "verb": self.verb(said["verb"])}
        found["object"] = self._target(said["object"])
        if "authority" in said:
            found["authority"] = self.agent(said["authority"])
        if "context" in said:
            found["context"] = self._context(said["context"])
        return found

    def _target(self, target: Said) -> Said:
        kinds = {"Agent": self.agent, "Group": self.agent, "SubStatement": self.of, "StatementRef": dict}
        return kinds.get(target.get("objectType", "Activity"), self.activity)(target)

    def _context(self, context: Said) -> Said:
        found = context | {name: self.agent(context[name]) for name in _AROUND if name in context}
        if "contextActivities" in context:
            listed = context["contextActivities"].items()
            found["contextActivities"] = {
                kind: [*map(self.activity, _in_list(each))] for kind, each in listed
            }
        return found


def _who(agent: Said) -> Said:
    found = identified(agent) or {"member": [_who(each) for each in agent.get("member", ())]}
    return {name: agent[name] for name in ("objectType",) if name in agent} | found


def _which(said: Said) -> Said:
    return {"id": said["id"]}


IDS = Shape(agent=_who, activity=_which, verb=_which)
"""Who, what and how, by ids alone."""


def canonical(definitions: Mapping[str, Said], accepted: str) -> Shape:
    """What is known of each activity, and everything in one language: by Accept-Language, if there is one."""

    def activity(said: Said) -> Said:
        known = definitions.get(said["id"], said.get("definition"))
        return said if known is None else said | {"definition": _in_one(known, accepted)}

    def verb(said: Said) -> Said:
        return _in_one(said, accepted)

    return Shape(agent=dict, activity=activity, verb=verb)


_IN_LANGUAGES = ("name", "description", "display")
_OF_COMPONENTS = ("choices", "scale", "source", "target", "steps")


def _in_one(said: Said, accepted: str) -> Said:
    found = dict(said)
    for name in _IN_LANGUAGES:
        if said.get(name):
            language = best(list(said[name]), accepted)
            found[name] = {language: said[name][language]}
    for name in _OF_COMPONENTS:
        if name in said:
            found[name] = [_in_one(each, accepted) for each in said[name]]
    return found


def best(languages: list[str], accepted: str) -> str:
    """The one of some languages that is wanted most by Accept-Language (RFC 9110); the first if none is."""
    ranges = [each.strip().partition(";") for each in accepted.lower().split(",")]

    def wanted(language: str) -> tuple[float, int]:
        """How much by the range that fits it closest, and how early that is named."""
        fitting = [
            (len(tag.strip()), _quality(rest), -index)
            for index, (tag, _, rest) in enumerate(ranges)
            if tag.strip() == "*" or f"{language.lower()}-".startswith(f"{tag.strip()}-")
        ]
        return max(fitting)[1:] if fitting else (0.0, -len(ranges))

    return max(languages, key=wanted)


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
