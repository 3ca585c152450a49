"""What changed between two computations of one statement: line by line, and in what each rests on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from domain.plan.account_terms import ACCOUNT, ALLOWANCE
from domain.plan.exchange import Exchange, RateUsed
from domain.plan.fields import Title
from domain.plan.statement import Line
from domain.plan.targets import LineTarget, Source

Ground = Literal[
    "plan",
    "measure",
    "target",
    "parameter",
    "placement",
    "milestone",
    "settled",
    "account",
    "rate",
    "rounding",
    "rule",
]
"""What an amount rests on: a version, a number, what was paid before; or the program that computed it."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A ground that is another now.

    before, after: exact texts, hashes of plans, or days; None where there is none.
    before_position, after_position: of the fact that set it, where one did.
    """

    ground: Ground
    name: str
    before: str | None
    after: str | None
    before_position: int | None = None
    after_position: int | None = None


class LineChange(msgspec.Struct, frozen=True, kw_only=True):
    """A line that came, went or is another now. about: the month that it pays for.

    before_minor, after_minor: 0 for a line that is not there. changes: empty for one that came or went whole.
    """

    plan: str
    component: str
    clause: str
    title: Title
    about: str
    kind: Literal["added", "removed", "changed"]
    before_minor: int
    after_minor: int
    difference_minor: int
    currency: str
    changes: tuple[Change, ...]


class Version(NamedTuple):
    """A plan version: position of its adoption, and the hash of its document."""

    adopted_at: int
    document_hash: str


class Computed(NamedTuple):
    """The lines of a statement, and the version behind each (month, plan)."""

    lines: Sequence[Line]
    versions: Mapping[tuple[str, str], Version]


_Key = tuple[str, str, str, int]
"""Month, plan, component, and which of several such lines."""


def line_changes(period: str, before: Computed, after: Computed) -> tuple[LineChange, ...]:
    """The lines of the statement of `period` that differ: those of the later one, then those that went.

    Their differences sum to that of the totals, for a line that is left out is the same on both sides.
    """
    old, new = _keyed(period, before.lines), _keyed(period, after.lines)
    keys = [*new, *(key for key in old if key not in new)]
    found = (_line_change(key, old.get(key), new.get(key), before, after) for key in keys)
    return tuple(change for change in found if change is not None)


def _keyed(period: str, lines: Sequence[Line]) -> dict[_Key, Line]:
    seen = Counter[tuple[str, str, str]]()
    found: dict[_Key, Line] = {}
    for line in lines:
        about, plan, component = (line.about or period, line.plan, line.component)
        seen[about, plan, component] += 1
        found[about, plan, component, seen[about, plan, component]] = line
    return found


def _line_change(
    key: _Key, old: Line | None, new: Line | None, before: Computed, after: Computed
) -> LineChange | None:
    """What became of one line; None where it is what it was."""
    about, plan, component, _ = key
    shape = new or old
    assert shape is not None, "a key is that of a line"
    versions = before.versions.get((about, plan)), after.versions.get((about, plan))
    changes = tuple(_changes(old, new, *versions)) if old and new else ()
    if old and new and old == new and not changes:
        return None
    before_minor, after_minor = (line.amount_minor if line else 0 for line in (old, new))
    return LineChange(
        plan=plan,
        component=component,
        clause=shape.clause,
        title=shape.title,
        about=about,
        kind="changed" if old and new else "added" if new else "removed",
        before_minor=before_minor,
        after_minor=after_minor,
        difference_minor=after_minor - before_minor,
        currency=shape.currency,
        changes=changes,
    )


def _changes(
    old: Line, new: Line, old_version: Version | None, new_version: Version | None
) -> Iterator[Change]:
    """The grounds of a line that are others now; where none is but the amount, it is the program itself."""
    found = [
        *_version(new.plan, old_version, new_version),
        *_measures(old, new),
        *_targets(old.targets, new.targets),
        *_parameters(old.parameters, new.parameters),
        *_placements(old, new),
        *_milestone(old, new),
        *_settled(old, new),
        *_accounts(old, new),
        *_rates(old.exchange, new.exchange),
    ]
    yield from found
    if old.rounding != new.rounding:
        yield Change(ground="rounding", name=new.component, before=old.rounding, after=new.rounding)
    elif (old.exact, old.scale) == (new.exact, new.scale) and old.amount_minor != new.amount_minor:
        before, after = str(old.amount_minor), str(new.amount_minor)
        yield Change(ground="rounding", name=new.component, before=before, after=after)
    elif not found and old != new:
        yield Change(ground="rule", name=new.component, before=old.exact, after=new.exact)


def _version(plan: str, old: Version | None, new: Version | None) -> Iterator[Change]:
    if old != new:
        yield Change(
            ground="plan",
            name=plan,
            before=old.document_hash if old else None,
            after=new.document_hash if new else None,
            before_position=old.adopted_at if old else None,
            after_position=new.adopted_at if new else None,
        )


def _measures(old: Line, new: Line) -> Iterator[Change]:
    for name in dict.fromkeys((*new.inputs, *old.inputs)):
        before, after = old.inputs.get(name), new.inputs.get(name)
        if before != after:
            yield Change(ground="measure", name=name, before=before, after=after)


def _targets(old: Mapping[str, LineTarget], new: Mapping[str, LineTarget]) -> Iterator[Change]:
    for name in dict.fromkeys((*new, *old)):
        before, after = old.get(name), new.get(name)
        if before != after:
            yield Change(
                ground="target",
                name=name,
                before=before.value if before else None,
                after=after.value if after else None,
                before_position=before.asked.position if before else None,
                after_position=after.asked.position if after else None,
            )


def _parameters(old: Mapping[str, Source], new: Mapping[str, Source]) -> Iterator[Change]:
    for name in dict.fromkeys((*new, *old)):
        before, after = old.get(name), new.get(name)
        if before != after:
            yield Change(
                ground="parameter",
                name=name,
                before=before.value if before else None,
                after=after.value if after else None,
                before_position=before.position if before else None,
                after_position=after.position if after else None,
            )


def _placements(old: Line, new: Line) -> Iterator[Change]:
    """What the days in each branch or team come to, where some numbers are theirs."""
    before, after = ({each.name: each.exact for each in line.placements or ()} for line in (old, new))
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield Change(ground="placement", name=name, before=before.get(name), after=after.get(name))


def _milestone(old: Line, new: Line) -> Iterator[Change]:
    """A milestone's day, which is in the words of its rule."""
    name = new.rule.words.get("milestone")
    before, after = old.rule.words.get("on"), new.rule.words.get("on")
    if name is not None and before != after:
        yield Change(ground="milestone", name=name, before=before, after=after)


def _accounts(old: Line, new: Line) -> Iterator[Change]:
    """What a line of an account says of earnings and balances."""
    if new.kind not in (ACCOUNT, ALLOWANCE):
        return
    for name in dict.fromkeys((*new.rule.words, *old.rule.words)):
        before, after = old.rule.words.get(name), new.rule.words.get(name)
        if before != after:
            yield Change(ground="account", name=name, before=before, after=after)


def _settled(old: Line, new: Line) -> Iterator[Change]:
    """What a retro delta takes off, and what the month came to before that."""
    if new.about is not None and old.rule.words != new.rule.words:
        for name in ("recomputed", "settled"):
            before, after = old.rule.words.get(name), new.rule.words.get(name)
            if before != after:
                yield Change(ground="settled", name=name, before=before, after=after)


def _rates(old: Exchange | msgspec.UnsetType, new: Exchange | msgspec.UnsetType) -> Iterator[Change]:
    """The exchange rates that are others now: of each two currencies and first day."""
    before, after = _quoted(old), _quoted(new)
    for pair, day in dict.fromkeys((*after, *before)):
        was, now = before.get((pair, day)), after.get((pair, day))
        if (was and was.position) != (now and now.position):
            yield Change(
                ground="rate",
                name=f"{pair} {day}",
                before=was.rate if was else None,
                after=now.rate if now else None,
                before_position=was.position if was else None,
                after_position=now.position if now else None,
            )


def _quoted(exchange: Exchange | msgspec.UnsetType) -> dict[tuple[str, str], RateUsed]:
    """The rates of a line, by the two currencies as quoted and their first day."""
    if not isinstance(exchange, Exchange):
        return {}
    told = [
        *([exchange.paid] if exchange.paid else ()),
        *(u for used in exchange.measured.values() for u in used),
    ]
    return {(each.pair, each.effective_on.isoformat()): each for each in told}
