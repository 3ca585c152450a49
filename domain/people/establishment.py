"""Establishment: which posts there are on a day, and how many of them are filled.

A person fills a post of their own branch, department, work and kind of employment; a contract person never
fills an established post. Where posts are counted both for a work and for all work of a unit, a person counts
in both.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

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


class Place(NamedTuple):
    """Where somebody works, as posts are told apart."""

    branch: str | None
    department: str | None
    post: str | None
    employment: str | None


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
    held: dict[tuple[str, str | None, str | None, str], PostsChange] = {}
    for change in sorted(changes, key=lambda change: (change.effective_on, change.position)):
        if change.effective_on <= day:
            held[change.branch, change.department, change.post, change.employment] = change
    places = Counter(place_of(posting) for posting in here.values())
    found = (_posts(change, places) for change in held.values() if change.posts)
    return tuple(sorted(found, key=lambda p: (p.branch, p.department or "", p.post or "", p.employment)))


def place_of(posting: Posting) -> Place:
    """What of a posting says which posts it fills."""
    return Place(posting.branch, posting.department, posting.post, posting.employment)


def fills(change: PostsChange, place: Place) -> bool:
    """Whether somebody who works there fills a post of this kind."""
    return (
        (place.branch, place.employment) == (change.branch, change.employment)
        and change.department in (None, place.department)
        and change.post in (None, place.post)
    )


def filling(change: PostsChange, places: Mapping[Place, int]) -> int:
    """How many posts of this kind those who work at `places`, so many at each, fill."""
    return sum(number for place, number in places.items() if fills(change, place))


def _posts(change: PostsChange, places: Mapping[Place, int]) -> Posts:
    filled = filling(change, places)
    return Posts(
        branch=change.branch,
        department=change.department,
        post=change.post,
        employment=change.employment,
        posts=change.posts,
        filled=filled,
        vacant=change.posts - filled,
        position=change.position,
    )
