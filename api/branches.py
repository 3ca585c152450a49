"""Merging branches: all facts of it in one decision."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import msgspec
from psycopg import Cursor

from api.intake import Refused, Submission
from api.ops import SOURCE, Ledger, now
from domain.facts.base import Fact
from domain.facts.governance import BranchMerged
from domain.people import merging
from domain.refusals import Withheld
from projections import establishment, policy, roster


class Merging(msgspec.Struct, frozen=True, kw_only=True):
    """What a merger wrote. position: of the fact that says it; None where it had been said before.

    people: who were moved; posts: facts about posts. plans: in force on the day and made for the branch by
    name, which do not cover the people there any more.
    """

    branch: str
    into: str
    effective_on: dt.date
    position: int | None
    people: tuple[str, ...]
    posts: int
    plans: tuple[str, ...]


def merge_branch(ledger: Ledger, cursor: Cursor[Any], merged: BranchMerged, actor: str) -> Merging:
    """Says that a branch is merged, and moves its people and posts: all of it, or nothing.

    Done again, it moves whoever has come since. cursor: on read models that have caught up.
    Raises: the Refusal of any of the facts.
    """
    moved = merging.transfers(merged, roster.changes(cursor))
    posts = merging.posts(merged, establishment.posts_changes(cursor))
    said = any(
        (each.branch, each.into_branch, each.effective_on)
        == (merged.branch, merged.into, merged.effective_on)
        for each in roster.merges(cursor)
    )
    first = [] if said else [merged]
    positions = _submit(ledger, [*first, *moved, *posts], actor)
    return Merging(
        branch=merged.branch,
        into=merged.into,
        effective_on=merged.effective_on,
        position=None if said else positions[0],
        people=tuple(dict.fromkeys(each.employee for each in moved)),
        posts=len(posts),
        plans=tuple(
            version.plan
            for version in policy.plans_in_force(cursor, merged.effective_on)
            if merged.branch in (among := version.parsed().population.branch) and merged.into not in among
        ),
    )


def _submit(ledger: Ledger, facts: Sequence[Fact], actor: str) -> list[int]:
    """The positions of `facts`, which stand or fall together."""
    at, run = now(), uuid4().hex
    submissions = [
        Submission(
            type=fact.TYPE,
            source=SOURCE,
            key=f"branch-merged/{run}/{number}",
            occurred_at=at,
            data=msgspec.json.encode(fact),
        )
        for number, fact in enumerate(facts)
    ]
    outcomes = ledger.intake.submit(submissions, actor=actor, now=at, atomic=True) if submissions else []
    refusals = [each.refusal for each in outcomes if isinstance(each, Refused)]
    for refusal in sorted(refusals, key=lambda each: isinstance(each, Withheld)):
        raise refusal
    return [each.position for each in outcomes if not isinstance(each, Refused)]
