"""Forms of JSON, said as tables of members: what is of another form is refused by its place."""

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from domain.refusals import Malformed

Check = Callable[[Any, str], None]
"""Checks a value at a place, such as `[3].actor.mbox`. Raises: BadStatement."""

MOST_OF_AN_IRI = 2_000
_IRI = re.compile(r"[a-z][a-z0-9+.\-]*:[^\s<>\"{}|\\^`]+", re.IGNORECASE)


class BadStatement(Malformed):
    """A statement is none of xAPI 1.0.3."""


def bad(field: str, detail: str, remedy: str = "See xAPI 1.0.3, part two.") -> BadStatement:
    """What is wrong at a place."""
    return BadStatement(field=field, detail=detail, remedy=remedy)


def below(place: str, name: str) -> str:
    """The place of a member."""
    return f"{place}.{name}" if place else name


def an_object(said: Any, place: str) -> dict[str, Any]:
    """An object of whatever members.

    Raises: BadStatement.
    """
    if not isinstance(said, dict):
        raise bad(place or "body", "It is missing, or no object.")
    return said


def require_iri(said: Any, place: str) -> None:
    """Checks that something is an IRI.

    Raises: BadStatement.
    """
    if not isinstance(said, str) or len(said) > MOST_OF_AN_IRI or not _IRI.fullmatch(said):
        raise bad(place, "It is no IRI.", "Send a whole one, such as https://lms.example/courses/1.")


def text(said: Any, place: str) -> None:
    """Text, be it empty."""
    if not isinstance(said, str):
        raise bad(place, "It is no text.", "Send a string.")


def flag(said: Any, place: str) -> None:
    """True or false."""
    if not isinstance(said, bool):
        raise bad(place, "It is neither true nor false.", "Send true or false.")


def whole(said: Any, place: str) -> None:
    """A number of things."""
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise bad(place, "It is not a whole number.", "Send 0 or more.")


def number(said: Any, place: str) -> None:
    """A number that can be made a fraction without growing."""
    usual = isinstance(said, int) or (isinstance(said, Decimal) and -30 <= said.adjusted() <= 30)
    if isinstance(said, bool) or not usual:
        raise bad(place, "It is no number of usual size.", "Send a number.")


def anything(said: Any, place: str) -> None:
    """Whatever it is."""


def like(pattern: str, what: str, remedy: str) -> Check:
    """Text that a pattern fits whole, in whichever case."""
    fits = re.compile(pattern, re.IGNORECASE)

    def check(said: Any, place: str) -> None:
        if not isinstance(said, str) or not fits.fullmatch(said):
            raise bad(place, f"It is no {what}.", remedy)

    return check


def one_of(words: Collection[str]) -> Check:
    """One of some words."""

    def check(said: Any, place: str) -> None:
        if not isinstance(said, str) or said not in words:
            raise bad(place, f"{str(said)[:50]!r} is none of what is said here.", f"Use {', '.join(words)}.")

    return check


def list_of(check: Check) -> Check:
    """A list, each of whose items is of a form."""

    def checked(said: Any, place: str) -> None:
        if not isinstance(said, list):
            raise bad(place, "It is no list.")
        for index, each in enumerate(said):
            check(each, f"{place}[{index}]")

    return checked


def map_of(key: Check, value: Check) -> Check:
    """An object whose names are of one form and whose values are of another."""

    def checked(said: Any, place: str) -> None:
        for name, each in an_object(said, place).items():
            at = below(place, name[:100])
            key(name, at)
            value(each, at)

    return checked


def members(known: Mapping[str, Check], required: Collection[str] = ()) -> Check:
    """An object of known members, some of which have to be there."""

    def checked(said: Any, place: str) -> None:
        body = an_object(said, place)
        for name in required:
            if name not in body:
                known[name](None, below(place, name))
        for name, each in body.items():
            check = known.get(name)
            if check is None:
                remedy = f"Use {', '.join(sorted(known))}."
                raise bad(below(place, name[:100]), "There is no such member here.", remedy)
            check(each, below(place, name))

    return checked
