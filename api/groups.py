"""What is told of several ledgers at once: a union of what each says of itself.

Every ledger is asked over connections of its own, with the rights of its own service; no statement reaches
from one into another. An id is a person of one ledger: the same id in another is another person.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import msgspec

from api.exporting import MANIFEST, Exported, Progress, export
from api.ledgers import known
from api.ops import Ledger, counted, open_ledger
from api.settings import Settings
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.fields import Noun
from domain.plan.measures import FactMeasure
from domain.plan.mentions import with_parts
from domain.refusals import Refusal
from projections import boards
from projections.boards import BoardPlace, Ranked
from projections.display import displayed
from projections.spans import Cursor

GROUP = "group.json"
FORMAT = "meritbook-group/1"

Note = Callable[[Ledger, int | None], None]
"""Writes into the trail of a ledger that it was read, about so many people; None for everybody."""


class BoardsDiffer(Refusal):
    """The ledgers rank by different things under this name, so that they have no common order."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What a board ranks by; ledgers in which it is the same have a common order.

    currencies: of the amounts behind it.
    """

    form: str
    first: str
    unit: Noun | None
    currencies: tuple[str, ...]


class LedgerBoard(msgspec.Struct, frozen=True, kw_only=True):
    """The part that one ledger has in a group's board. known_at: the position up to which its facts count."""

    ledger: str
    plan: str
    measure: str
    known_at: int
    people: int


class GroupPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place among all of the group; None where nothing was measured. value: exact text."""

    place: int | None
    ledger: str
    employee: str
    branch: str | None
    team: str | None
    value: str | None
    tied: bool
    anonymous: bool


class GroupBoard(msgspec.Struct, frozen=True, kw_only=True):
    """A board over several ledgers. lacking: those of them in which no plan has it."""

    board: str
    period: str
    measured: Measured
    people: int
    ledgers: tuple[LedgerBoard, ...]
    lacking: tuple[str, ...]
    places: tuple[GroupPlace, ...]


class ExportedLedger(msgspec.Struct, frozen=True, kw_only=True):
    """The export of one ledger. directory: below that of the group. sha256: of its manifest."""

    ledger: str
    directory: str
    sha256: str
    records: int
    warnings: tuple[str, ...]


class GroupExport(msgspec.Struct, frozen=True, kw_only=True):
    """The exports of several ledgers; each is whole and is verified by itself."""

    format: str = FORMAT
    ledgers: tuple[ExportedLedger, ...]


def group_board(
    settings: Settings, chosen: Sequence[str], board: str, period: Period | None, size: int | None, note: Note
) -> GroupBoard | None:
    """The board `board` over the ledgers `chosen`; None when none of them has it.

    period: the month of each ledger's own day if absent. size: how many places of the union are shown; those
    of the boards if absent. Equal values share a place and stand in the order of the ledgers, in each in its
    own. note: told of each ledger that was read.
    Raises: UnknownLedger, BoardsDiffer; as `counted`.
    """
    told: list[tuple[str, Ranked, Measured]] = []
    lacking: list[str] = []
    for ledger in chosen:
        found = _of_ledger(known(settings, ledger), board, period, note)
        if found is None:
            lacking.append(ledger)
        else:
            told.append((ledger, *found))
    if not told:
        return None
    _, first, measured = told[0]
    for ledger, _, other in told[1:]:
        if other != measured:
            raise BoardsDiffer(
                field="ledger",
                detail=f"The board {board} of {ledger} ranks by {_said(other)}, that of {told[0][0]} by "
                f"{_said(measured)}.",
                remedy="Ask for ledgers whose boards rank by the same thing, or for each by itself.",
            )
    each = [(ledger, place) for ledger, ranked, _ in told for place in ranked.places]
    most = max(len(ranked.places) for _, ranked, _ in told) if size is None else size
    return GroupBoard(
        board=board,
        period=first.period,
        measured=measured,
        people=sum(ranked.people for _, ranked, _ in told),
        ledgers=tuple(
            LedgerBoard(
                ledger=ledger,
                plan=ranked.plan,
                measure=ranked.measure,
                known_at=ranked.known_at,
                people=ranked.people,
            )
            for ledger, ranked, _ in told
        ),
        lacking=tuple(lacking),
        places=tuple(_places(each, measured.first == "lowest"))[:most],
    )


def group_export(
    settings: Settings, chosen: Sequence[str], place: Path, note: Note, on_progress: Progress | None = None
) -> GroupExport:
    """Writes an export of each of the ledgers `chosen` below `place`, and what belongs together.

    note: told of each ledger that was read.
    Raises: UnknownLedger, ExportRefused; as `open_ledger`.
    """
    place.mkdir(parents=True, exist_ok=True)
    written: list[ExportedLedger] = []
    for ledger in chosen:
        with open_ledger(known(settings, ledger)) as held:
            held.opened()
            done = export(held, place / ledger, on_progress=on_progress)
            # Afterwards: one more fact would hide that the journal has lost its last ones.
            note(held, None)
            written.append(_exported(ledger, done))
    group = GroupExport(ledgers=tuple(written))
    (place / GROUP).write_bytes(msgspec.json.format(msgspec.json.encode(group)) + b"\n")
    return group


def _exported(ledger: str, done: Exported) -> ExportedLedger:
    manifest = Path(done.directory) / MANIFEST
    return ExportedLedger(
        ledger=ledger,
        directory=ledger,
        sha256=hashlib.sha256(manifest.read_bytes()).hexdigest(),
        records=done.records,
        warnings=done.warnings,
    )


def _of_ledger(
    settings: Settings, board: str, period: Period | None, note: Note
) -> tuple[Ranked, Measured] | None:
    """The board as one ledger shows it to everybody, and what it ranks by."""
    with counted(settings) as (ledger, cursor):
        today = ledger.today()
        over = period or Period.containing(today)
        found = boards.named(cursor, board, over, None, today, None)
        if found is None:
            return None
        plan, held = found
        ranked = boards.board(cursor, board, over, plan=plan.plan, until=today)
        assert ranked is not None, "the plan has it"
        measured = Measured(
            form=ranked.form,
            first=held.first,
            unit=ranked.unit,
            currencies=_currencies(plan, held.measure),
        )
        shown = _shown(cursor, ranked)
        note(ledger, sum(not each.anonymous for each in shown.places))
        return shown, measured


def _shown(cursor: Cursor, ranked: Ranked) -> Ranked:
    """As everybody may see it: whoever chose not to be shown by name is not."""
    return displayed(cursor, ranked, lambda _: False)


def _currencies(plan: Plan, measure: str) -> tuple[str, ...]:
    parts = (plan.measures[name] for name in with_parts(plan.measures, (measure,)))
    amounts = (part for part in parts if isinstance(part, FactMeasure) and part.of == "amount_minor")
    return tuple(sorted({part.currency for part in amounts if part.currency}))


def _places(each: Sequence[tuple[str, BoardPlace]], lowest_first: bool) -> Iterator[GroupPlace]:
    """Competition ranking over all of them; sorting keeps the order of the ledgers among equals."""
    valued = [(Fraction(place.value), ledger, place) for ledger, place in each if place.value is not None]
    valued.sort(key=lambda one: one[0], reverse=not lowest_first)
    number = 1
    for _, equal in groupby(valued, key=lambda one: one[0]):
        together = list(equal)
        for _, ledger, place in together:
            tied = place.tied or len(together) > 1
            yield _place(number, ledger, place, tied)
        number += len(together)
    for ledger, place in each:
        if place.value is None:
            yield _place(None, ledger, place, False)


def _place(number: int | None, ledger: str, place: BoardPlace, tied: bool) -> GroupPlace:
    return GroupPlace(
        place=number,
        ledger=ledger,
        employee=place.employee,
        branch=place.branch,
        team=place.team,
        value=place.value,
        tied=tied,
        anonymous=place.anonymous,
    )


def _said(measured: Measured) -> str:
    what = " ".join((measured.form, *measured.currencies))
    return f"{what}, the {measured.first} first"
