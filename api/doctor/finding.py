"""What one check found, and how it is told in two languages."""

from typing import Literal, NamedTuple

import msgspec

from api.doctor.words import LANGUAGES, WORDS, Language

State = Literal["ok", "warn", "fail"]


class Finding(NamedTuple):
    """What a check found. words: under which it is told; named: what stands in them."""

    check: str
    state: State
    words: str
    named: dict[str, object]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A finding in words. remedy: what to do; empty where nothing is to be done."""

    check: str
    state: State
    detail: dict[Language, str]
    remedy: dict[Language, str]


def ok(check: str, words: str, **named: object) -> Finding:
    """All is well."""
    return Finding(check, "ok", words, named)


def warn(check: str, words: str, **named: object) -> Finding:
    """Somebody should look at it soon."""
    return Finding(check, "warn", words, named)


def fail(check: str, words: str, **named: object) -> Finding:
    """The ledger does not work, or is not safe, until somebody mends it."""
    return Finding(check, "fail", words, named)


def told(found: Finding) -> Told:
    """The finding in both languages."""
    said = WORDS[found.words]
    detail: dict[Language, str] = {
        language: said[language][0].format(**found.named) for language in LANGUAGES
    }
    remedy: dict[Language, str] = {
        language: said[language][1].format(**found.named) for language in LANGUAGES
    }
    return Told(check=found.check, state=found.state, detail=detail, remedy=remedy)
