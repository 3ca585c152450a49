"""What every part of a statement has to be by xAPI 1.0.3, part two: 2.4 of statements, 4 of special types."""

import datetime as dt
import re
from typing import Any

from api.connectors.forms import (
    Check,
    an_object,
    anything,
    bad,
    below,
    flag,
    like,
    list_of,
    map_of,
    members,
    number,
    one_of,
    require_iri,
    text,
    whole,
)

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
CONTEXTS = ("parent", "grouping", "category", "other")
"""How activities stand to that of a statement."""
PARTS = ("choices", "scale", "source", "target", "steps")
"""Lists of what an interaction is made of."""

_KINDS = "true-false choice fill-in long-fill-in matching performance sequencing likert numeric other".split()
_NO_OFFSET = re.compile(r".*T.*-00(:?00)?", re.IGNORECASE)
_OF_AN_ACTIVITY = ("revision", "platform")

uuid = like(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", "UUID", "Write it as RFC 4122 has it.")
language = like(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?"
    r"|x(?:-[a-z\d]{1,8})+|i-[a-z]{2,8}",
    "tag of a language",
    "Write one as RFC 5646 has it, such as zh-CN.",
)
_COUNT = r"\d+(?:[.,]\d+)?"
duration = like(
    rf"P(?:{_COUNT}W|(?=[T\d])(?:{_COUNT}Y)?(?:{_COUNT}M)?(?:{_COUNT}D)?"
    rf"(?:T(?=\d)(?:{_COUNT}H)?(?:{_COUNT}M)?(?:{_COUNT}S)?)?)",
    "duration of ISO 8601",
    "Write one such as PT1H30M.",
)
said_in_languages = map_of(language, text)
extensions = map_of(require_iri, anything)

account = members({"homePage": require_iri, "name": text}, required=("homePage", "name"))
_AGENT: dict[str, Check] = {
    "objectType": one_of(["Agent"]),
    "name": text,
    "mbox": like(r"mailto:[^\s@:<>]+@[^\s@<>]+", "address of a mailbox", "Write mailto:name@host."),
    "mbox_sha1sum": like(r"[0-9a-f]{40}", "SHA-1 in hexadecimal", "Send that of mailto:name@host."),
    "openid": require_iri,
    "account": account,
}
_agent_members = members(_AGENT)


def instant(said: Any, place: str) -> dt.datetime:
    """An instant with its offset.

    Raises: BadStatement.
    """
    try:
        found = dt.datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or _NO_OFFSET.fullmatch(said):
        raise bad(place, "It is no instant with zone.", "Write one such as 2025-03-04T09:30:00Z.")
    return found


def timestamp(said: Any, place: str) -> None:
    """An instant with its offset."""
    instant(said, place)


def agent(said: Any, place: str) -> None:
    """Somebody, identified in exactly one way."""
    _agent_members(said, place)
    _require_identified(said, place)


_GROUP = _AGENT | {"objectType": one_of(["Group"]), "member": list_of(agent)}
_group_members = members(_GROUP, required=("objectType",))


def group(said: Any, place: str) -> None:
    """Several, identified in one way, or by who they are."""
    _group_members(said, place)
    if not any(name in said for name in IDENTIFIERS) and said.get("member"):
        return
    _require_identified(said, place)


def actor(said: Any, place: str) -> None:
    """An agent, or a group."""
    (group if an_object(said, place).get("objectType") == "Group" else agent)(said, place)


def authority(said: Any, place: str) -> None:
    """Who vouches: an agent, or an application and its user."""
    actor(said, place)
    pair = "member" in said and len(said["member"]) == 2 and not any(name in said for name in IDENTIFIERS)
    if said.get("objectType") == "Group" and not pair:
        raise bad(place, "As a group it is two agents, and not identified.", "Send one agent.")


def _require_identified(said: dict[str, Any], place: str) -> None:
    if len([name for name in IDENTIFIERS if name in said]) != 1:
        raise bad(place, "It is not identified in exactly one way.", f"Give one of {', '.join(IDENTIFIERS)}.")


def _distinct(said: Any, place: str) -> None:
    """What an interaction is made of, each under an id of its own."""
    _components(said, place)
    ids = [each["id"] for each in said]
    if len(set(ids)) < len(ids):
        raise bad(place, "Two of them have the same id.", "Give each its own.")


_components = list_of(members({"id": text, "description": said_in_languages}, required=("id",)))
_definition_members = members(
    {
        "name": said_in_languages,
        "description": said_in_languages,
        "type": require_iri,
        "moreInfo": require_iri,
        "extensions": extensions,
        "interactionType": one_of(_KINDS),
        "correctResponsesPattern": list_of(text),
        **dict.fromkeys(PARTS, _distinct),
    }
)


def definition(said: Any, place: str) -> None:
    """What an activity is."""
    _definition_members(said, place)
    if "interactionType" not in said and {"correctResponsesPattern", *PARTS} & said.keys():
        raise bad(below(place, "interactionType"), "It is missing.", f"Use {', '.join(_KINDS)}.")


activity = members(
    {"objectType": one_of(["Activity"]), "id": require_iri, "definition": definition}, required=("id",)
)
reference = members({"objectType": one_of(["StatementRef"]), "id": uuid}, required=("objectType", "id"))
verb = members({"id": require_iri, "display": said_in_languages}, required=("id",))


def _activities(said: Any, place: str) -> None:
    """An activity, or a list of them."""
    (list_of(activity) if isinstance(said, list) else activity)(said, place)


context = members(
    {
        "registration": uuid,
        "instructor": actor,
        "team": group,
        "contextActivities": members(dict.fromkeys(CONTEXTS, _activities)),
        "revision": text,
        "platform": text,
        "language": language,
        "statement": reference,
        "extensions": extensions,
    }
)
_score_members = members({"scaled": number, "raw": number, "min": number, "max": number})


def score(said: Any, place: str) -> None:
    """How well it went: raw lies between min and max, and scaled between -1 and 1."""
    _score_members(said, place)
    low, high, raw = said.get("min"), said.get("max"), said.get("raw")
    if low is not None and high is not None and low >= high:
        raise bad(below(place, "max"), "It is not above min.", "Mend one of them.")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise bad(below(place, "raw"), "It is not between min and max.", "Mend one of them.")
    if not -1 <= said.get("scaled", 0) <= 1:
        raise bad(below(place, "scaled"), "It is not between -1 and 1.", "Divide it by its maximum.")


result = members(
    {
        "score": score,
        "success": flag,
        "completion": flag,
        "response": text,
        "duration": duration,
        "extensions": extensions,
    }
)
attachments = list_of(
    members(
        {
            "usageType": require_iri,
            "display": said_in_languages,
            "description": said_in_languages,
            "contentType": text,
            "length": whole,
            "sha2": like(r"(?:[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})", "SHA-2 in hexadecimal",
                         "Send that of the file's bytes."),
            "fileUrl": require_iri,
        },
        required=("usageType", "display", "contentType", "length", "sha2"),
    )
)  # fmt: skip
_TARGETS: dict[str, Check] = {
    "Activity": activity,
    "Agent": agent,
    "Group": group,
    "StatementRef": reference,
}


def _target_within(said: Any, place: str) -> None:
    """What a statement within another is about."""
    kind = an_object(said, place).get("objectType", "Activity")
    one_of(list(_TARGETS))(kind, below(place, "objectType"))
    _TARGETS[kind](said, place)


_PARTS: dict[str, Check] = {
    "actor": actor,
    "verb": verb,
    "object": _target_within,
    "result": result,
    "context": context,
    "timestamp": timestamp,
    "attachments": attachments,
}
_within = members(
    _PARTS | {"objectType": one_of(["SubStatement"])}, required=("objectType", "actor", "verb", "object")
)


def _target(said: Any, place: str) -> None:
    """What a statement is about."""
    if an_object(said, place).get("objectType") == "SubStatement":
        _within(said, place)
        _require_of_an_activity(said, place)
    else:
        _target_within(said, place)


_statement_members = members(
    _PARTS
    | {
        "id": uuid,
        "object": _target,
        "stored": timestamp,
        "authority": authority,
        "version": like(r"1\.0(?:\.\d+)?", "version that is spoken here", "Send 1.0.3."),
    },
    required=("actor", "verb", "object"),
)


def require_statement(said: Any, place: str) -> None:
    """Checks a whole statement but for what its files and its verb ask for.

    Raises: BadStatement naming the member.
    """
    _statement_members(said, place)
    _require_of_an_activity(said, place)


def _require_of_an_activity(said: dict[str, Any], place: str) -> None:
    if said["object"].get("objectType", "Activity") != "Activity":
        for name in _OF_AN_ACTIVITY:
            if name in said.get("context", {}):
                at = below(below(place, "context"), name)
                raise bad(at, "It is of statements about activities alone.", "Leave it out.")
