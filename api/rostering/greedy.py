"""A roster made day by day without looking ahead: where a search begins, and what it is measured against."""

import datetime as dt
from collections.abc import Mapping

from domain.people.roster_check import Proposed
from domain.people.rostering import Candidate, Problem, Slot
from domain.people.shifts import Shift, breaches


def greedy(problem: Problem) -> list[Proposed]:
    """Who gets which shift if each goes to whoever has had the fewest, and wishes for it; it may be short."""
    had = {each.employee: 0 for each in problem.candidates}
    rosters = {each.employee: dict(each.held) for each in problem.candidates}
    wishes = {(each.employee, each.on): each for each in problem.unit.wishes}
    found: list[Proposed] = []

    def order(slot: Slot, candidate: Candidate) -> tuple[int, int, str]:
        wish = wishes.get((candidate.employee, slot.on))
        liking = 0 if wish is None else wish.weight if wish.pattern == slot.pattern else -wish.weight
        return -liking, had[candidate.employee], candidate.employee

    for slot, need in problem.demands.items():
        shift, covered = problem.shifts[slot], problem.covered(slot)
        chosen: list[Candidate] = []
        able = [
            each
            for each in sorted(problem.candidates, key=lambda each: order(slot, each))
            if _may(each, slot, shift, rosters[each.employee])
        ]
        for number, part in enumerate(need.mix):
            key = (need.position, number)
            having = [each for each in able if key in each.mix[slot.on] and each not in chosen]
            there = sum(key in each.mix[slot.on] for each in [*covered, *chosen])
            chosen += having[: max(part.count - there, 0)]
        others = [each for each in able if each not in chosen]
        chosen += others[: max(need.count - len(covered) - len(chosen), 0)]
        for each in chosen:
            rosters[each.employee][slot.on] = shift
            had[each.employee] += 1
            found.append(Proposed(each.employee, slot.on, slot.pattern))
    return found


def _may(candidate: Candidate, slot: Slot, shift: Shift, own: Mapping[dt.date, Shift]) -> bool:
    """Whether the person may have the shift beside what they have."""
    if slot.on in own or candidate.open.get(slot, ("not here",)):
        return False
    return not list(breaches({**own, slot.on: shift}, slot.on, candidate.limits[slot.on]))
