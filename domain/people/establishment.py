"""Establishment: which posts there are on a day, and how many of them are filled.

A person fills a post of their own branch, department, work and kind of employment; a contract person never
fills an established post. Where posts are counted both for a work and for all work of a unit, a person counts
in both.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from operator import attrgetter
from typing import cast

import msgspec

from domain.people.roster import Posting


class PostsChange(msgspec.Struct, frozen=True, kw_only=True):
    """So many posts from `effective_on`; department and post are None where all of them are meant."""

    position: int
    branch: str
    department: str | None
    post: str | None
    employment: str
    posts: int
    effective_on: dt.date


Kind = tuple[str, str | None, str | None, str]
"""Branch, department, work and employment of posts; department and work None where all of them are meant."""

_Place = tuple[str | None, str | None, str | None, str | None]
_PLACE = cast("Callable[[Posting], _Place]", attrgetter("branch", "department", "post", "employment"))


class Posts(msgspec.Struct, frozen=True, kw_only=True):
    """Posts of one kind on a day. vacant: posts less filled, below 0 where more work there than there are.

    position: of the fact that set how many there are.
    """

    branch: str
    department: str | None
    post: str | None
    employment: str
    posts: int
    filled: int
    vacant: int
    position: int


def establishment(
    changes: Iterable[PostsChange], here: Mapping[str, Posting], day: dt.date
) -> tuple[Posts, ...]:
    """The posts that there are on `day`, by branch, department, work and employment; those of 0 are left out.

    here: where everybody works that day. changes: of one day, the later position holds.
    """
    filled = filling(here.values())
    found = (_posts(change, filled) for change in established(changes, day).values())
    return tuple(sorted(found, key=lambda p: (p.branch, p.department or "", p.post or "", p.employment)))


def established(changes: Iterable[PostsChange], day: dt.date) -> dict[Kind, PostsChange]:
    """Of each kind of which there are posts on `day`, the change that says how many."""
    held: dict[Kind, PostsChange] = {}
    for change in sorted(changes, key=lambda change: (change.effective_on, change.position)):
        if change.effective_on <= day:
            held[change.branch, change.department, change.post, change.employment] = change
    return {kind: change for kind, change in held.items() if change.posts}


def filling(people: Iterable[Posting]) -> Counter[Kind]:
    """How many posts of each kind `people` fill."""
    places = Counter(map(_PLACE, people))
    found = Counter[Kind]()
    for (branch, department, post, employment), number in places.items():
        if branch is not None and employment is not None:
            for kind in product((branch,), {department, None}, {post, None}, (employment,)):
                found[kind] += number
    return found


def _posts(change: PostsChange, filled: Mapping[Kind, int]) -> Posts:
    here = filled.get((change.branch, change.department, change.post, change.employment), 0)
    return Posts(
        branch=change.branch,
        department=change.department,
        post=change.post,
        employment=change.employment,
        posts=change.posts,
        filled=here,
        vacant=change.posts - here,
        position=change.position,
    )
