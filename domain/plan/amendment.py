"""What changes from one version of a plan to another, clause by clause."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from domain.plan.amendment_words import Spoken, say_item, say_value, say_whom
from domain.plan.document import Plan
from domain.plan.fields import Called, Title, by_id
from domain.plan.leaves import Taken, take_apart

Part = Literal[
    "plan",
    "population",
    "parameter",
    "measure",
    "target",
    "component",
    "account",
    "milestone",
    "warning",
    "board",
    "goal",
    "competence",
    "pairing",
    "lead",
    "hint",
]
PARTS: Mapping[str, Part] = {
    "population": "population",
    "components": "component",
    "draw": "account",
    "holdbacks": "account",
    "parameters": "parameter",
    "targets": "target",
    "milestones": "milestone",
    "alerts": "warning",
    "boards": "board",
    "cascade": "goal",
    "measures": "measure",
    "competence": "competence",
    "pairing": "pairing",
    "leads": "lead",
    "hints": "hint",
}
"""The fields of a plan in the order in which changes are told; all others are of the plan itself."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is otherwise in the later version.

    path: in the document, items by their ids. clause: of the component. before, after: as they are said; None
    for what is not there. said: the whole of it as a sentence.
    """

    part: Part
    kind: Literal["added", "removed", "changed"]
    path: str
    clause: str
    before: Title | None
    after: Title | None
    said: Title


class Amendment(msgspec.Struct, frozen=True, kw_only=True):
    """How a version differs from another. whom: the later one is for; from_, to: first days of the two."""

    plan: str
    from_: dt.date = msgspec.field(name="from")
    to: dt.date
    whom: Title
    differences: tuple[Difference, ...]


def amendment(before: Plan, after: Plan, called: Called = by_id) -> Amendment:
    """What changes from `before` to `after`, in the order of PARTS; nothing for two that say the same."""
    old, new = take_apart(before), take_apart(after)
    found = [*_items(old, new, before, after), *_values(old, new, before, after)]
    order = ["plan", *PARTS.values()]
    return Amendment(
        plan=after.plan,
        from_=before.effective_from,
        to=after.effective_from,
        whom=say_whom(after.population, called),
        differences=tuple(sorted(found, key=lambda each: order.index(each.part))),
    )


def _items(old: Taken, new: Taken, before: Plan, after: Plan) -> Iterator[Difference]:
    """What came and what went whole; what lies within it is not told again."""
    for kind, here, there, plan in (("added", new, old, after), ("removed", old, new, before)):
        for path, title in here.items.items():
            if path in there.items or _parent(path, here) not in (None, *there.items):
                continue
            part = _part(path)
            spoken = Spoken(part, title, _above(path, here), _clause(path, plan), after.effective_from)
            yield Difference(
                part=part,
                kind="added" if kind == "added" else "removed",
                path=path,
                clause=spoken.clause,
                before=None if kind == "added" else title,
                after=title if kind == "added" else None,
                said=say_item(spoken, kind == "added", _content(path, here)),
            )


def _values(old: Taken, new: Taken, before: Plan, after: Plan) -> Iterator[Difference]:
    """The values that differ, of what is in both versions."""
    for path in dict.fromkeys((*new.leaves, *old.leaves)):
        left, right = old.leaves.get(path), new.leaves.get(path)
        was, now = (leaf.said if leaf else None for leaf in (left, right))
        if (left and left.value) == (right and right.value) or (was is None and now is None):
            continue
        parent = _parent(path, new) or _parent(path, old)
        if parent is not None and (parent not in old.items or parent not in new.items):
            continue
        part, clause = _part(path), _clause(path, after) or _clause(path, before)
        title = new.items[parent] if parent is not None else None
        spoken = Spoken(part, title, _above(parent, new) if parent else None, clause, after.effective_from)
        field = path.removeprefix(f"{parent or path.partition('.')[0]}.")
        yield Difference(
            part=part,
            kind="changed",
            path=path,
            clause=clause,
            before=was,
            after=now,
            said=say_value(spoken, field, was, now),
        )


def _parent(path: str, taken: Taken) -> str | None:
    """The innermost item that `path` lies in."""
    having = [item for item in taken.items if path.startswith(f"{item}.")]
    return max(having, key=len, default=None)


def _above(path: str, taken: Taken) -> Title | None:
    """The title of the item around that at `path`."""
    parent = _parent(path, taken)
    return taken.items[parent] if parent is not None else None


def _content(path: str, taken: Taken) -> list[tuple[str, Title]]:
    """The values of an item, for telling what came or went."""
    inside = f"{path}."
    within = ((name, leaf.said) for name, leaf in taken.leaves.items() if name.startswith(inside))
    return [(name.removeprefix(inside), said) for name, said in within if said is not None]


def _part(path: str) -> Part:
    return PARTS.get(path.partition(".")[0], "plan")


def _clause(path: str, plan: Plan) -> str:
    """The clause of the component or account that `path` lies in."""
    space, _, rest = path.partition(".")
    clauses = {
        "components": {each.id: each.clause for each in plan.components},
        "holdbacks": {each.id: each.clause for each in plan.holdbacks},
    }
    if space == "draw" and plan.draw is not None:
        return plan.draw.clause
    return clauses.get(space, {}).get(rest.partition(".")[0], "")
