"""Who should be served by whom: the best assignment of assistants to sellers, and the reason of each pair."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from domain.people.pairing import POINTS, Basis, Pair, Worth, worth
from domain.plan.exact import shown
from domain.plan.fields import Title
from domain.plan.pairing import pair_score
from projections.closing import head
from projections.competence import IndicatorStanding
from projections.pairing import Paired, Together, history, paired, standings
from projections.spans import Cursor

Move = Literal["keep", "change", "begin"]

Cheapest = Callable[[Sequence[Sequence[int]]], Sequence[int]]
"""Finds the column of each row of square costs: at the least cost in all, and of such the first in order."""

RULE = Title(
    en="The pairs with the most points in all, a point being a millionth of all bars attained; of several "
    "such assignments the one that keeps most of today's pairs, then the first by the ids of sellers and "
    "assistants. A pair without a history is assumed to be worth the mean of what both showed with others.",
    zh="总分最高的配对方案，达到全部标准为一百万分；总分相同时优先保留现有搭档较多者，再按销售与助理编号先后。"
    "没有共事记录的搭档，按双方与他人合作表现的平均值估计。",
)


class ProposedPair(msgspec.Struct, frozen=True, kw_only=True):
    """An assistant proposed for a seller. today: who serves the seller now, with that pair's score.

    score: exact, in millionths. basis: `measured` over `days` days together, or whose means stand in.
    of_assistant, of_seller: these means. indicators: of what was measured.
    """

    seller: str
    assistant: str
    move: Move
    score: str
    basis: Basis
    days: int
    of_assistant: str | None
    of_seller: str | None
    indicators: tuple[IndicatorStanding, ...]
    today: str | None
    today_score: str | None
    reason: Title


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """The best assignment for a plan of assistants, in one branch or in the whole firm.

    best, today: the scores of all pairs together, then and now; gain: how much more, exact. assumed: how many
    of the proposed pairs have no history. unserved, free: sellers and assistants for whom nobody is left.
    """

    plan: str
    branch: str | None
    day: dt.date
    best: str
    today: str
    gain: str
    assumed: int
    pairs: tuple[ProposedPair, ...]
    unserved: tuple[str, ...]
    free: tuple[str, ...]
    rule: Title


class _Room(NamedTuple):
    """The people of one branch, or of the firm. slots: each assistant as often as they can serve somebody."""

    branch: str | None
    sellers: tuple[str, ...]
    slots: tuple[str, ...]


def proposals(
    cursor: Cursor, day: dt.date, cheapest: Cheapest, plan: str | None = None, known_at: int | None = None
) -> list[Proposal]:
    """The best assignment of `day` for each plan that judges pairs, by plan and branch; of `plan` alone.

    cheapest: the search, which is no matter of read models.
    """
    known_at = head(cursor) if known_at is None else known_at
    found: list[Proposal] = []
    for group in paired(cursor, day, known_at):
        if plan in (None, group.plan.plan):
            together = history(cursor, group, day, known_at)
            scores = {pair: pair_score(group.rules, each.values).value for pair, each in together.items()}
            known = {pair: score for pair, score in scores.items() if score is not None}
            found += [_proposal(group, room, day, together, known, cheapest) for room in _rooms(group)]
    return found


def best_pairs(
    sellers: Sequence[str],
    slots: Sequence[str],
    worths: Mapping[Pair, Worth],
    today: Collection[Pair],
    cheapest: Cheapest,
) -> list[Pair]:
    """The pairs with the most points in all, by seller; whoever is not among them is left over.

    slots: assistants, each as often as they can serve somebody. Ties: see `domain.people.pairing`.
    """
    size = max(len(sellers), len(slots))
    costs = [[0] * size for _ in range(size)]
    for row, seller in enumerate(sellers):
        for column, assistant in enumerate(slots):
            pair = assistant, seller
            # All pairs kept together weigh less than one point.
            costs[row][column] = -(worths[pair].points * (size + 1) + (pair in today))
    mates = cheapest(costs)
    return [(slots[mates[row]], seller) for row, seller in enumerate(sellers) if mates[row] < len(slots)]


def _rooms(group: Paired) -> Iterator[_Room]:
    """The people among whom pairs are made, apart from one another.

    Within branches, a seller who is served from another branch is left as they are.
    """
    if group.rules.within == "firm":
        if group.sellers:
            yield _room(group, None, group.assistants, group.sellers)
        return
    for branch in sorted({branch for branch in group.branches.values() if branch is not None}):
        assistants = [each for each in group.assistants if group.branches[each] == branch]
        own = (each for each in group.sellers if group.branches[each] == branch)
        sellers = [each for each in own if group.today.get(each) in (None, *assistants)]
        if sellers:
            yield _room(group, branch, assistants, sellers)


def _room(group: Paired, branch: str | None, assistants: Sequence[str], sellers: Sequence[str]) -> _Room:
    """Each assistant can serve as many as the plan says, or as today if these are more."""
    load = Counter(group.today.values())
    inside = Counter(group.today[seller] for seller in sellers if seller in group.today)
    slots = [
        assistant
        for assistant in assistants
        for _ in range(max(group.rules.sellers_each - load[assistant] + inside[assistant], inside[assistant]))
    ]
    return _Room(branch, tuple(sellers), tuple(slots))


def _proposal(
    group: Paired,
    room: _Room,
    day: dt.date,
    together: Mapping[Pair, Together],
    known: Mapping[Pair, Fraction],
    cheapest: Cheapest,
) -> Proposal:
    now = {(group.today[seller], seller) for seller in room.sellers if seller in group.today}
    pairs = {(assistant, seller) for assistant in room.slots for seller in room.sellers} | now
    worths = {pair: worth(pair, known) for pair in sorted(pairs)}
    best = best_pairs(room.sellers, room.slots, worths, now, cheapest)
    then, total = (sum(worths[pair].points for pair in chosen) for chosen in (now, best))
    served, serving = {seller for _, seller in best}, {assistant for assistant, _ in best}
    return Proposal(
        plan=group.plan.plan,
        branch=room.branch,
        day=day,
        best=_share(total),
        today=_share(then),
        gain=_share(total - then),
        assumed=sum(worths[pair].basis != "measured" for pair in best),
        pairs=tuple(_pair(group, pair, worths, together) for pair in best),
        unserved=tuple(seller for seller in room.sellers if seller not in served),
        free=tuple(dict.fromkeys(each for each in room.slots if each not in serving)),
        rule=RULE,
    )


def _pair(
    group: Paired, pair: Pair, worths: Mapping[Pair, Worth], together: Mapping[Pair, Together]
) -> ProposedPair:
    assistant, seller = pair
    now, found = group.today.get(seller), worths[pair]
    measured = together[pair] if found.basis == "measured" else None
    move: Move = "begin" if now is None else "keep" if now == assistant else "change"
    days = sum((run.last - run.first).days + 1 for run in measured.days) if measured else 0
    before = worths[(now, seller)] if now is not None else None
    return ProposedPair(
        seller=seller,
        assistant=assistant,
        move=move,
        score=_share(found.points),
        basis=found.basis,
        days=days,
        of_assistant=_text(found.of_assistant),
        of_seller=_text(found.of_seller),
        indicators=standings(group, measured.values) if measured else (),
        today=now,
        today_score=_share(before.points) if before is not None else None,
        reason=_reason(pair, found, days, now, before),
    )


def _reason(pair: Pair, found: Worth, days: int, now: str | None, before: Worth | None) -> Title:
    """Why this pair: on what its worth rests, and how that compares with today's."""
    assistant, seller = pair
    rests = _rests(pair, found, days)
    score = shown(found.score, "percent")
    en, zh = f"{assistant} for {seller}: {score}, {rests.en}", f"{seller} 由 {assistant}：{score}，{rests.zh}"
    if before is None or now == assistant:
        return Title(en, zh)
    then, was = _rests((now or "", seller), before, 0), shown(before.score, "percent")
    how = f" ({then.en})" if before.basis != "measured" else ""
    how_zh = f"（{then.zh}）" if before.basis != "measured" else ""
    return Title(f"{en}; with {now} it is {was}{how}", f"{zh}；现由 {now}：{was}{how_zh}")


def _rests(pair: Pair, found: Worth, days: int) -> Title:
    """On what the worth of a pair rests."""
    assistant, seller = pair
    gives = shown(found.of_assistant or Fraction(0), "percent")
    takes = shown(found.of_seller or Fraction(0), "percent")
    match found.basis:
        case "measured":
            return Title(f"measured over {days} days together", f"按共事 {days} 天实际测得")
        case "both":
            return Title(
                f"assumed from what {assistant} shows with others ({gives}) and {seller} has from others "
                f"({takes})",
                f"按 {assistant} 与他人合作（{gives}）及 {seller} 与他人合作（{takes}）的平均估计",
            )
        case "assistant":
            return Title(
                f"assumed from what {assistant} shows with others ({gives})",
                f"按 {assistant} 与他人合作（{gives}）估计",
            )
        case "seller":
            return Title(
                f"assumed from what {seller} has from others ({takes})",
                f"按 {seller} 与他人合作（{takes}）估计",
            )
        case "everybody":
            return Title("assumed from the mean of all pairs", "按全部搭档的平均值估计")
        case "nothing":
            return Title("nothing is known of any pair", "尚无任何搭档的数据")


def _share(points: int) -> str:
    return str(Fraction(points, POINTS))


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
