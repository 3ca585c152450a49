"""The kinds of field that a plan document has, beyond texts, days and lists.

The types say to a type checker what a field holds once read; their `extra` says to `reading` how to read it.
Every number here may also be written `{parameter: name}`.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.facts.titles import TitledKind

Amount = Annotated[Fraction, Meta(extra={"number": "amount"})]
"""Money in major units of the plan's currency: 50, "50.00", 50.00 CNY."""

Share = Annotated[Fraction, Meta(extra={"number": "percentage"})]
"""A percentage: 60 %."""

Level = Annotated[Fraction, Meta(extra={"number": "level"})]
"""What a measure is compared with: 20, "8.5", 15 %, 50000 CNY."""

WholeNumber = Annotated[Fraction, Meta(extra={"number": "whole"})]
"""How many days or pieces: 30."""

DERIVED = Meta(extra={"is": "derived"})
"""Marks a field that follows from others and is not written in a document."""

Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}\Z", extra={"is": "name"})]
MeasureName = Annotated[str, Meta(extra={"names": "measures"})]
TargetName = Annotated[str, Meta(extra={"names": "targets"})]
ComponentName = Annotated[str, Meta(extra={"names": "components"})]
MilestoneName = Annotated[str, Meta(extra={"names": "milestones"})]
GoalName = Annotated[str, Meta(extra={"names": "cascade"})]
ModuleName = Annotated[str, Meta(extra={"names": "curriculum"})]
BoardName = Annotated[str, Meta(extra={"names": "boards"})]
FactName = Annotated[str, Meta(extra={"names": "facts"})]


Prorate = Literal["employed", "present"]
"""By which days: those on which the person belongs to the plan, or those without whole days of leave."""


class Months(msgspec.Struct, frozen=True, kw_only=True):
    """Completed months since the hire: from `from` up to but not including `until`."""

    from_: int = msgspec.field(name="from", default=0)
    until: int | None = None

    def has(self, months: int) -> bool:
        """Whether somebody is in these months after so many."""
        return self.from_ <= months and (self.until is None or months < self.until)


class Title(msgspec.Struct, frozen=True):
    """What something is called in English and Chinese; a bare text in the document stands for both."""

    en: str
    zh: str


class Noun(Title, frozen=True, omit_defaults=True):
    """What things that are counted are called. one: English for exactly one; Chinese says it as of many."""

    one: str | None = None

    def of(self, count: Fraction) -> Title:
        """What `count` of them are called."""
        return Title(self.one, self.zh) if self.one is not None and count == 1 else self


Called = Callable[[TitledKind, str], Title]
"""What an id of some kind is called."""


def by_id(kind: TitledKind, id: str) -> Title:
    """The id itself, where nobody is asked what it is called."""
    return Title(id, id)
