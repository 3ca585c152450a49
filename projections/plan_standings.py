"""How each plan stands on a day: in force or not, since when, for whom, and which drafts are open."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from domain.people.roster import Posting
from domain.plan.amendment_words import say_whom
from domain.plan.document import Plan
from domain.plan.fields import Called, Title
from domain.plan.parse import parse_plan
from domain.plan.population import belongs
from projections import plan_life, policy, roster
from projections.plan_life import Draft
from projections.policy import PlanEnd, PlanVersion
from projections.spans import Cursor
from projections.titles import titles

PlanState = Literal["in_force", "upcoming", "ended", "drafted"]


class PlanStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A plan on a day. position: of the version in force, else of the next, else of the last.

    effective_until: the last day, by the document or by an end; None for none. participants: whom that
    version pays on the day, or on its first day if that comes later. versions: how many were adopted; none
    of a plan that is only drafted. next_from: first day of the version after it, if there is one. drafts:
    those that are open, each with who proposed it, if somebody did.
    """

    plan: str
    title: Title
    state: PlanState
    position: int | None
    effective_from: dt.date
    effective_until: dt.date | None
    whom: Title
    participants: int
    versions: int
    next_from: dt.date | None
    drafts: tuple[Draft, ...]


def plan_standings(cursor: Cursor, day: dt.date, known_at: int | None = None) -> list[PlanStanding]:
    """Every plan that was adopted or drafted, by its id."""
    held = {each.plan: each for each in policy.plans_in_force(cursor, day, known_at)}
    versions = policy.plan_versions(cursor, known_at)
    drafts = plan_life.drafts(cursor, None, known_at)
    ends = policy.plan_ends(cursor, known_at)
    called = titles(cursor).of
    here: dict[dt.date, Mapping[str, Posting]] = {}
    found: list[PlanStanding] = []
    for plan in sorted({each.plan for each in versions} | {each.plan for each in drafts}):
        own = [each for each in versions if each.plan == plan]
        opened = tuple(each for each in drafts if each.plan == plan and each.state == "open")
        if own:
            version, state = _told_of(own, held.get(plan), day)
            on = max(day, version.effective_from)
            if on not in here:
                here[on] = roster.here(cursor, on, known_at=known_at)
            found.append(_standing(version, state, own, ends, opened, here[on], on, called))
        elif opened:
            document = plan_life.draft_document(cursor, opened[-1].draft, known_at)
            found.append(_drafted(parse_plan(document, file=plan), opened, called))
    return found


def _told_of(
    own: Sequence[PlanVersion], held: PlanVersion | None, day: dt.date
) -> tuple[PlanVersion, PlanState]:
    if held is not None:
        return held, "in_force"
    later = next((each for each in own if each.effective_from > day), None)
    return (later, "upcoming") if later is not None else (own[-1], "ended")


def _standing(
    version: PlanVersion,
    state: PlanState,
    own: Sequence[PlanVersion],
    ends: Sequence[PlanEnd],
    drafts: tuple[Draft, ...],
    people: Mapping[str, Posting],
    on: dt.date,
    called: Called,
) -> PlanStanding:
    plan = version.parsed()
    ended = [
        each.ended_on
        for each in ends
        if each.plan == version.plan and each.ended_on >= version.effective_from
    ]
    last = min((day for day in (*ended, version.effective_until) if day is not None), default=None)
    paid = sum(belongs(plan.population, here, on) for here in people.values()) if state != "ended" else 0
    return PlanStanding(
        plan=version.plan,
        title=plan.title,
        state=state,
        position=version.position,
        effective_from=version.effective_from,
        effective_until=last,
        whom=say_whom(plan.population, called),
        participants=paid,
        versions=len(own),
        next_from=min(
            (each.effective_from for each in own if each.effective_from > version.effective_from),
            default=None,
        ),
        drafts=drafts,
    )


def _drafted(plan: Plan, drafts: tuple[Draft, ...], called: Called) -> PlanStanding:
    """A plan of which there are drafts only, as the last of them has it."""
    return PlanStanding(
        plan=plan.plan,
        title=plan.title,
        state="drafted",
        position=None,
        effective_from=plan.effective_from,
        effective_until=plan.effective_until,
        whom=say_whom(plan.population, called),
        participants=0,
        versions=0,
        next_from=None,
        drafts=drafts,
    )
