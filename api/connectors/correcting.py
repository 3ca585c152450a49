"""Corrections of what stands under a key: void it and write anew in one step, under the next of its line.

The first fact of a record has its key, `0061-7781#deal_closed`; what somebody released in its place has
`0061-7781#deal_closed~2`, and so on. A void that names the record means the last of the line.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import count
from typing import Any

from msgspec.structs import replace
from psycopg import Cursor

from api.intake import Submission
from domain.journal.lookup import stored_keys

LONGEST_LINE = 20
"""Corrections of one fact; whoever needs more voids it by hand."""

Key = tuple[str, str]


def last_of_line(cursor: Cursor[Any], keys: Sequence[Key]) -> dict[Key, Key]:
    """The last key of each line that has begun; those of which nothing is stored are left out."""
    numbered = {
        (source, _numbered(key, number)): (source, key) for source, key in keys for number in _NUMBERS
    }
    stored = stored_keys(cursor, list(numbered))
    found: dict[Key, Key] = {}
    for first in dict.fromkeys(keys):
        for number in count(1):
            each = first[0], _numbered(first[1], number)
            if each not in stored:
                break
            found[first] = each
    return found


def aimed(cursor: Cursor[Any], submissions: Sequence[Submission]) -> list[Submission]:
    """`submissions`, of which those that speak of another fact speak of the last of its line."""
    wanted = [each.refers_to for each in submissions if each.refers_to is not None]
    if not wanted:
        return list(submissions)
    last = last_of_line(cursor, wanted)
    return [
        replace(each, refers_to=last.get(each.refers_to, each.refers_to)) if each.refers_to else each
        for each in submissions
    ]


def at_end_of_line(cursor: Cursor[Any], submissions: Sequence[Submission]) -> list[Submission]:
    """`submissions` under the last keys of their lines, so that what was corrected before is recognised."""
    last = last_of_line(cursor, [(each.source, each.key) for each in submissions])
    return [
        replace(each, key=last[each.source, each.key][1]) if (each.source, each.key) in last else each
        for each in aimed(cursor, submissions)
    ]


def corrections(
    cursor: Cursor[Any], submissions: Sequence[Submission], reason: str, now: dt.datetime
) -> list[Submission]:
    """What voids the facts that stand under the keys of `submissions`, and writes these in their place.

    All are of one group, so that they stand or fall together. What does not stand yet is written as it is.
    """
    last = last_of_line(cursor, [(each.source, each.key) for each in submissions])
    voids: list[Submission] = []
    anew: list[Submission] = []
    for each in submissions:
        before = last.get((each.source, each.key))
        if before is None:
            anew.append(replace(each, group=0))
            continue
        number = _number_of(before[1], each.key) + 1
        voids.append(
            Submission(
                type="fact_voided",
                source=each.source,
                key=f"{before[1]}#voided",
                occurred_at=now,
                data={"reason": reason},
                refers_to=before,
                group=0,
                reach=each.reach,
                people=each.people,
            )
        )
        anew.append(replace(each, key=_numbered(each.key, number), group=0))
    return [*voids, *anew]


def beside(source: str, key: str) -> tuple[Key | None, Key]:
    """The keys of what stands before and after a fact in its line; None before the first."""
    first, mark, number = key.rpartition("~")
    if mark and number.isascii() and number.isdecimal() and 1 < (at := int(number[:3])) <= LONGEST_LINE:
        return (source, _numbered(first, at - 1)), (source, _numbered(first, at + 1))
    return None, (source, _numbered(key, 2))


def _numbered(key: str, number: int) -> str:
    return key if number == 1 else f"{key}~{number}"


def _number_of(key: str, first: str) -> int:
    return 1 if key == first else int(key.removeprefix(f"{first}~"))


_NUMBERS = range(1, LONGEST_LINE + 1)
