"""What was refused, as a reader of a form is told it: which field, why, and what to do about it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from api.pages.refusal_words import KINDS
from api.pages.wording import Wording
from api.pages.words import catalogue
from api.problem_words import NOBODY, is_general, is_known
from api.problems import status_of
from domain.refusals import Refusal

_PATTERNS = (
    ("missing", re.compile(r"missing required field|of length >= 1\b")),
    ("too_long", re.compile(r"of length <= (?P<n>\d+)")),
    ("too_short", re.compile(r"of length >= (?P<n>\d+)")),
    ("day", re.compile(r"is not a day|[Ii]nvalid (RFC3339|ISO)|Expected `date`|Expected `datetime`")),
    ("at_least", re.compile(r"Expected `(int|float|decimal)` >= (?P<n>-?\d+)")),
    ("at_most", re.compile(r"Expected `(int|float|decimal)` <= (?P<n>-?\d+)")),
    ("number", re.compile(r"Expected `(int|float|decimal)|is not a number|is no (number|amount)")),
    ("choice", re.compile(r"Invalid enum value|Nobody is chosen")),
    ("nobody", re.compile(r"Nobody within reach")),
    ("form", re.compile(r"matching regex")),
)
"""What is wrong with a field, by what decoders and rules say of it."""


class Told(NamedTuple):
    """What was refused. field: as the form names it; empty where none is to blame. label: for people.

    detail: what the rule says with the ids and numbers concerned; empty where `text` says that.
    """

    status: int
    field: str
    label: str
    text: str
    remedy: str
    detail: str


def told(wording: Wording, refusal: Refusal, names: Mapping[str, str] = NOBODY) -> Told:
    """`refusal` in the reader's language. names: of people whose ids it says."""
    field = field_of(refusal)
    label = _said(wording, f"refusals.field.{field}") or ""
    said, remedy = (wording.problem(each, names) for each in (refusal.detail, refusal.remedy))
    text, detail = wording.sentence(said), ""
    pattern = _pattern(refusal)
    if pattern is not None:
        name, values = pattern
        text = wording.say(f"refusals.bad.{name}", label=label or wording.say("refusals.this"), **values)
        remedy, detail = "", text if name == "form" else ""
    elif wording.lang == "zh" and (own := KINDS.get(refusal.kind)) is not None:
        text, remedy = own
        detail = "" if is_general(refusal.detail) else wording.sentence(said)
    elif wording.lang == "zh" and not is_known(refusal.detail):
        text, remedy = wording.say("base.refused.text"), ""
        detail = f"{refusal.detail} {refusal.remedy}"
    return Told(status_of(type(refusal)), field, label, text, remedy, detail)


def field_of(refusal: Refusal) -> str:
    """The last name in the path of the field: `due_on` of data.due_on, `actions` of data.actions[0]."""
    return re.sub(r"\[\d+\]|\W+\Z", "", refusal.field.rpartition(".")[2])


def _pattern(refusal: Refusal) -> tuple[str, dict[str, str]] | None:
    if refusal.kind != "bad-field":
        return None
    for name, pattern in _PATTERNS:
        if found := pattern.search(refusal.detail):
            return name, {key: value for key, value in found.groupdict().items() if value}
    return None


def _said(wording: Wording, key: str) -> str | None:
    return wording.say(key) if key in catalogue(wording.lang) else None
