"""Statements of a learning system (xAPI 1.0.3): checked, read as the columns of a mapping, and compared."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from api.connectors.forms import an_object, bad, below
from api.connectors.statement_form import instant, require_statement
from api.importing.json_paths import JsonCells, text_of
from api.importing.rows import Row

ID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\Z")
VERBS = (
    "http://adlnet.gov/expapi/verbs/",
    "https://w3id.org/xapi/adl/verbs/",
    "http://activitystrea.ms/schema/1.0/",
)
"""What the well-known verbs begin with; in a mapping they are called by what follows."""
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
VOIDED = "voided"
_OF_THE_RECEIVER = ("stored", "authority", "version")
_DECIMALS = 6


class Statement(NamedTuple):
    """A statement that was checked.

    said: as it came, with its id. voids: the one that it voids. place: in what was sent, such as `[3]`.
    """

    id: str
    said: dict[str, Any]
    timestamp: dt.datetime | None
    voids: str | None
    place: str = ""

    @property
    def compared(self) -> dict[str, Any]:
        """What makes it the same statement again: all but what its receiver adds."""
        return {name: value for name, value in self.said.items() if name not in _OF_THE_RECEIVER}


def statement(said: object, id: str, place: str = "") -> Statement:
    """The statement `said`, whose id is `id`. place: in a batch, such as `[3]`.

    Raises: BadStatement naming the member.
    """
    if not ID.match(id):
        raise bad(below(place, "id"), "It is no UUID.", "Write it as RFC 4122 has it.")
    require_statement(said, place)
    body = _in_lists(an_object(said, place) | {"id": id})
    is_void, target = short_verb(body["verb"]["id"]) == VOIDED, body["object"]
    if is_void and target.get("objectType") != "StatementRef":
        raise bad(below(place, "object.objectType"), "A void names no statement.", "Send a StatementRef.")
    at = instant(body["timestamp"], below(place, "timestamp")) if "timestamp" in body else None
    return Statement(id, body, at, target["id"].lower() if is_void else None, place)


def _in_lists(said: dict[str, Any]) -> dict[str, Any]:
    """`said` with the activities of its context in lists, as the standard has them told again."""
    found, context = dict(said), said.get("context", {})
    if "contextActivities" in context:
        activities = context["contextActivities"].items()
        listed = {name: each if isinstance(each, list) else [each] for name, each in activities}
        found["context"] = context | {"contextActivities": listed}
    if said["object"].get("objectType") == "SubStatement":
        found["object"] = _in_lists(said["object"])
    return found


def row(told: Mapping[str, Any], stored_at: dt.datetime, line: int = 1) -> Row:
    """A statement as its mapping reads it: by paths, and by the columns that every statement has."""
    actor, result = told.get("actor", {}), told.get("result", {})
    account, target = actor.get("account", {}), told.get("object", {})
    found = {
        "id": told["id"],
        "verb": short_verb(told["verb"]["id"]),
        "home_page": account.get("homePage", ""),
        "account": account.get("name", ""),
        "mbox": str(actor.get("mbox", "")).removeprefix("mailto:"),
        "activity": target.get("id", "") if target.get("objectType", "Activity") == "Activity" else "",
        "score": _out_of_100(result.get("score", {})),
        "completion": _completion(result),
        "success": _flag(result.get("success")),
        "timestamp": told.get("timestamp", stored_at.isoformat()),
    }
    named = {name: text_of(name, value) for name, value in found.items()}
    return Row(line, JsonCells(dict(told), None, None, None, named))


def short_verb(iri: str) -> str:
    """What a mapping calls a verb: `passed`, or the whole IRI of one that is not well known."""
    return next((iri.removeprefix(each) for each in VERBS if iri.startswith(each)), iri)


def _out_of_100(score: Mapping[str, Any]) -> str:
    """A score out of 100, exactly, cut after six decimals: `scaled`, or `raw` between `min` and `max`."""
    if "scaled" in score:
        value = Fraction(score["scaled"]) * 100
    elif {"raw", "min", "max"} <= score.keys() and score["max"] > score["min"]:
        low, high = Fraction(score["min"]), Fraction(score["max"])
        value = (Fraction(score["raw"]) - low) / (high - low) * 100
    else:
        return ""
    whole, rest = divmod(abs(value).numerator * 10**_DECIMALS // abs(value).denominator, 10**_DECIMALS)
    text = f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def _completion(result: Mapping[str, Any]) -> str:
    progress = result.get("extensions", {}).get(PROGRESS)
    if isinstance(progress, int | Decimal) and not isinstance(progress, bool):
        return f"{text_of(PROGRESS, progress)} %"
    return "100 %" if result.get("completion") is True else ""


def _flag(value: object) -> str:
    return "" if value is None else "true" if value else "false"
