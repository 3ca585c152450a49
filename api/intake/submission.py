"""What is brought, and what becomes of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from domain.facts.base import Fact
from domain.journal.batch import Receipt
from domain.journal.cipher import Cipher
from domain.refusals import Refusal


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as somebody brings it, not yet believed.

    data: JSON bytes or decoded JSON.
    refers_to: source and key of the fact that a void or confirmation is about, if its position is unknown.
    reach: types of the facts that a void may concern; None for any. people: whom the fact that it voids or
    confirms may be about; None for anybody.
    group: neighbours of the same group stand or fall together; None stands alone.
    """

    type: str
    source: str
    key: str
    occurred_at: dt.datetime
    data: Mapping[str, object] | bytes
    causation: int | None = None
    refers_to: tuple[str, str] | None = None
    group: int | None = None
    reach: frozenset[str] | None = None
    people: frozenset[str] | None = None

    @classmethod
    def of(cls, fact: Fact, *, source: str, key: str, occurred_at: dt.datetime) -> "Submission":
        """`fact` as somebody brings it who made it here: without the fields that it leaves empty."""
        said: Mapping[str, object] = msgspec.to_builtins(fact)
        data = {name: value for name, value in said.items() if value is not None}
        return cls(type=fact.TYPE, source=source, key=key, occurred_at=occurred_at, data=data)


Stored = Receipt
"""The fact stands at `position`; 0 in a rehearsal. hit: it stood there before."""


class Refused(NamedTuple):
    """The fact was not stored."""

    refusal: Refusal


Outcome = Stored | Refused


@dataclass
class Rehearsal:
    """What a dry run has let pass so far, so that later facts can rest on it.

    keys: with their content hashes. ciphers: of subjects who have no key yet, by subject.
    """

    facts: list[Fact] = field(default_factory=list[Fact])
    keys: dict[tuple[str, str], bytes] = field(default_factory=dict[tuple[str, str], bytes])
    ciphers: dict[str, Cipher] = field(default_factory=dict[str, Cipher])
