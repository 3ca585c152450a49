"""The command line of a later release: python newer_program.py serve

It knows a type of fact and a field that this release does not, and reads minutes that this one cannot.
"""

import sys
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from domain.facts import registry, selling
from domain.facts.base import EmployeeId, Fact, Label


class MoonWalked(Fact, frozen=True, kw_only=True):
    """Somebody walked on the moon."""

    TYPE: ClassVar[str] = "moon_walked"
    employee: EmployeeId


class VisitRecorded(selling.VisitRecorded, frozen=True, kw_only=True):
    """A visit, with how it went."""

    outcome: Label | None = None


def know(kind: type[Fact]) -> None:
    """Adds a type of fact, or replaces what this release knows under its tag."""
    registry.FACT_TYPES = MappingProxyType({**registry.FACT_TYPES, kind.TYPE: kind})
    registry._DECODERS[kind.TYPE] = msgspec.json.Decoder(kind)
    registry._TAGGED[kind] = tuple(
        (name, name) for name in registry.TAG_FIELDS if name in kind.__struct_fields__
    )


def read_any_minutes() -> None:
    """Minutes that are no number count as none."""
    from projections import credits

    number = "case when said.minutes ~ '^[0-9]+$' then said.minutes::bigint end"
    statement = credits.CREDIT_SPAN.replace("said.minutes", f"({number})")
    credits.CREDIT_SPAN = statement.replace("minutes bigint", "minutes text")


if __name__ == "__main__":
    know(MoonWalked)
    know(VisitRecorded)
    read_any_minutes()
    # Now only, for every module takes the types of facts as they are when it is loaded.
    from api.cli import main

    main()
