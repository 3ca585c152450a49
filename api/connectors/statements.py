"""Statements of a learning system (xAPI 1.0.3): checked, read as the columns of a mapping, and compared."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from api.importing.json_paths import JsonCells, text_of
from api.importing.rows import Row
from domain.refusals import Malformed

ID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\Z")
VERBS = (
    "http://adlnet.gov/expapi/verbs/",
    "https://w3id.org/xapi/adl/verbs/",
    "http://activitystrea.ms/schema/1.0/",
)
"""What the well-known verbs begin with; in a mapping they are called by what follows."""
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
VOIDED = "voided"
_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_MEMBERS = frozenset(
    "id actor verb object result context timestamp stored authority version attachments".split()
)
_OF_THE_RECEIVER = ("stored", "authority", "version")
_DECIMALS = 6


class BadStatement(Malformed):
    """A statement is none of xAPI 1.0.3."""


class Statement(NamedTuple):
    """A statement that was checked. voids: the one that it voids. said: as it came, with its id."""

    id: str
    said: dict[str, Any]
    timestamp: dt.datetime | None
    voids: str | None

    @property
    def compared(self) -> dict[str, Any]:
        """What makes it the same statement again: all but what its receiver adds."""
        return {name: value for name, value in self.said.items() if name not in _OF_THE_RECEIVER}


def statement(said: object, id: str, place: str = "") -> Statement:
    """The statement `said`, whose id is `id`. place: in a batch, such as `[3].`.

    Raises: BadStatement naming the member.
    """
    body = _object(said, place.rstrip(".") or "body")
    for name in sorted(body.keys() - _MEMBERS):
        raise _bad(f"{place}{name}", "Statements have no such member.", f"Use {', '.join(sorted(_MEMBERS))}.")
    if not ID.match(id):
        raise _bad(f"{place}id", "It is no UUID.", "Write it as RFC 4122 has it.")
    _agent(body.get("actor"), f"{place}actor")
    verb = _object(body.get("verb"), f"{place}verb")
    require_iri(verb.get("id"), f"{place}verb.id")
    target = _object(body.get("object"), f"{place}object")
    voids = _target(target, f"{place}object", short_verb(verb["id"]) == VOIDED)
    _result(body.get("result"), f"{place}result")
    if "version" in body and not str(body["version"]).startswith("1.0"):
        raise _bad(f"{place}version", f"{body['version']!r} is not spoken here.", "Send 1.0.3.")
    timestamp = None
    if "timestamp" in body:
        timestamp = _instant(body["timestamp"], f"{place}timestamp")
    return Statement(id, {**body, "id": id}, timestamp, voids)


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


def _target(target: dict[str, Any], place: str, is_void: bool) -> str | None:
    """The statement that a voiding one names."""
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        require_iri(target.get("id"), f"{place}.id")
    elif kind == "StatementRef":
        if not ID.match(str(target.get("id", "")).lower()):
            raise _bad(f"{place}.id", "It is no UUID.", "Name the statement by its id.")
    elif kind in ("Agent", "Group"):
        _agent(target, place)
    elif kind != "SubStatement":
        raise _bad(f"{place}.objectType", f"{kind!r} is no type of object.", "See xAPI 1.0.3, part two.")
    if is_void and kind != "StatementRef":
        raise _bad(f"{place}.objectType", "A void names no statement.", "Send a StatementRef.")
    return str(target["id"]).lower() if is_void else None


def _agent(said: object, place: str) -> None:
    agent = _object(said, place)
    given = [name for name in _IDENTIFIERS if name in agent]
    if agent.get("objectType") == "Group" and not given and isinstance(agent.get("member"), list):
        return
    if len(given) != 1:
        raise _bad(
            place, "It is not identified in exactly one way.", f"Give one of {', '.join(_IDENTIFIERS)}."
        )
    if "account" in given:
        account = _object(agent["account"], f"{place}.account")
        require_iri(account.get("homePage"), f"{place}.account.homePage")
        if not isinstance(account.get("name"), str) or not account["name"]:
            raise _bad(f"{place}.account.name", "It is missing.", "Send the name of the account.")
    elif not isinstance(agent[given[0]], str) or (
        given == ["mbox"] and not agent["mbox"].startswith("mailto:")
    ):
        raise _bad(f"{place}.{given[0]}", "It is not as the standard has it.", "Write mailto:name@host.")


def _result(said: object, place: str) -> None:
    if said is None:
        return
    result = _object(said, place)
    for name in ("success", "completion"):
        if name in result and not isinstance(result[name], bool):
            raise _bad(f"{place}.{name}", "It is neither true nor false.", "Send true or false.")
    _object(result.get("extensions", {}), f"{place}.extensions")
    score = _object(result.get("score", {}), f"{place}.score")
    for name, value in score.items():
        if name not in ("scaled", "raw", "min", "max"):
            raise _bad(f"{place}.score.{name}", "Scores have no such member.", "Use scaled, raw, min, max.")
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not _is_usual(value):
            raise _bad(f"{place}.score.{name}", "It is no number of usual size.", "Send a number.")
    low, high, raw = score.get("min"), score.get("max"), score.get("raw")
    if low is not None and high is not None and low >= high:
        raise _bad(f"{place}.score.max", "It is not above min.", "Mend one of them.")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise _bad(f"{place}.score.raw", "It is not between min and max.", "Mend one of them.")
    if not -1 <= score.get("scaled", 0) <= 1:
        raise _bad(f"{place}.score.scaled", "It is not between -1 and 1.", "Divide it by its maximum.")


def _is_usual(value: int | Decimal) -> bool:
    """Whether a number can be made a fraction without growing."""
    return isinstance(value, int) or -30 <= value.adjusted() <= 30


def _object(said: object, place: str) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise _bad(place, "It is missing, or no object.", "See xAPI 1.0.3, part two.")
    return said


def require_iri(said: object, place: str) -> None:
    """Checks that something is an IRI.

    Raises: BadStatement.
    """
    if not isinstance(said, str) or not urlsplit(said[:2000]).scheme or len(said) > 2000:
        raise _bad(place, "It is no IRI.", "Send a whole one, such as https://lms.example/courses/1.")


def _instant(said: object, place: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(str(said))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _bad(place, "It is no instant with zone.", "Write one such as 2025-03-04T09:30:00Z.")
    return found


def _bad(field: str, detail: str, remedy: str) -> BadStatement:
    return BadStatement(field=field, detail=detail, remedy=remedy)
