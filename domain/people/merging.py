"""Merging a branch into another: the facts that take its people and posts along, and nothing else.

Whatever is known about a person stays theirs, since it was recorded about them and not about the branch:
credentials, targets, training, deals, statements. What was set for the branch itself, such as an override,
goes on to hold for the branch.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from domain.facts.establishment import PostsEstablished
from domain.facts.governance import BranchMerged
from domain.facts.people import EmployeeTransferred
from domain.people.establishment import PostsChange
from domain.people.roster import RosterChange, postings

_Kind = tuple[str | None, str | None, str]


def transfers(merged: BranchMerged, changes: Sequence[RosterChange]) -> list[EmployeeTransferred]:
    """Moves everybody who works in the branch on the day, and whoever is announced to come there later.

    Somebody who was moved already is not moved again.
    """
    days = {
        each.employee: [merged.effective_on]
        for each in postings(changes, merged.effective_on).values()
        if each.branch == merged.branch
    }
    for change in changes:
        if change.branch == merged.branch and change.effective_on > merged.effective_on:
            days.setdefault(change.employee, []).append(change.effective_on)
    there = {day: postings(changes, day) for day in {day for own in days.values() for day in own}}
    return [
        EmployeeTransferred(employee=employee, effective_on=day, branch=merged.into, reason=merged.reason)
        for employee, own in sorted(days.items())
        for day in sorted(set(own))
        if (here := there[day].get(employee)) is not None and here.branch == merged.branch
    ]


def posts(merged: BranchMerged, changes: Iterable[PostsChange]) -> list[PostsEstablished]:
    """Adds the posts of the branch to those of the other one, on the day and whenever they change later."""
    told = sorted(changes, key=lambda each: (each.effective_on, each.position))
    found: list[PostsEstablished] = []
    for kind in sorted(
        {_kind(each) for each in told if each.branch == merged.branch},
        key=lambda kind: [x or "" for x in kind],
    ):
        both = (merged.branch, merged.into)
        own = [each for each in told if _kind(each) == kind and each.branch in both]
        later = {each.effective_on for each in own if each.effective_on > merged.effective_on}
        for day in (merged.effective_on, *sorted(later)):
            leaving, staying = (_number(own, branch, day) for branch in (merged.branch, merged.into))
            if leaving:
                found += [
                    _established(merged, kind, merged.into, leaving + staying, day),
                    _established(merged, kind, merged.branch, 0, day),
                ]
    return found


def _kind(change: PostsChange) -> _Kind:
    return change.department, change.post, change.employment


def _number(changes: Iterable[PostsChange], branch: str, day: dt.date) -> int:
    """How many posts there are on `day`; the last of `changes` up to it holds."""
    own = [each.posts for each in changes if each.branch == branch and each.effective_on <= day]
    return own[-1] if own else 0


def _established(
    merged: BranchMerged, kind: _Kind, branch: str, number: int, day: dt.date
) -> PostsEstablished:
    department, post, employment = kind
    return PostsEstablished(
        branch=branch,
        department=department,
        post=post,
        employment=employment,  # type: ignore[arg-type]
        posts=number,
        effective_on=day,
        reason=merged.reason,
    )
