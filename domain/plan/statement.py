"""What one person earned in one period: lines that sum to the total, each with all that made it so."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.journal.canonical import canonical
from domain.money import Rounding, minor_per_major, rounded
from domain.period import Period
from domain.plan.components.base import Earned, Month, Part, Seen, Standing, Words
from domain.plan.components.by_placement import ByPlacement
from domain.plan.components.component import Component
from domain.plan.components.terms import left_over
from domain.plan.document import Plan
from domain.plan.exchange import UNCHANGED, Exchange, Exchanged, RateMissed, minor_worth, used
from domain.plan.fields import Title
from domain.plan.licence import Flagged, Freeze
from domain.plan.mentions import named_in, with_parts
from domain.plan.placements import Placement
from domain.plan.resolve import ResolvedPlan
from domain.plan.targets import LineTarget, Source

Values = Mapping[str, Fraction | None]


class Sentence(msgspec.Struct, frozen=True, gc=False):
    """A sentence of `domain.plan.words` and what fills it; numbers as exact texts such as "3/20"."""

    key: str
    words: dict[str, str]


class LinePart(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a part of a component adds, exact and in major units, and how. rule: key of its sentence."""

    name: str
    amount: str
    words: dict[str, str]
    rule: str = "score_part"


class LinePlacement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a line rests on for the days in one branch or team. days: runs from first to last, both counting.

    name: by which the parts of the line say that they are of it. exact: their sum.
    """

    name: str
    branch: str | None
    team: str | None
    days: tuple[str, ...]
    inputs: dict[str, str | None]
    targets: dict[str, LineTarget]
    parameters: dict[str, Source]
    exact: str


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An amount that says how it came about.

    inputs: each measure's value, and those that a ratio divides; None where nothing was measured.
    exact: in major units of the plan's currency, before rounding; of a retro delta in that of pay, which is
    `currency`. about: the period that the pay is for, if not the statement's own. exchange: if any currency
    was converted for it; of a retro delta, for what the period is recomputed to be. placements: where the
    numbers of each branch or team hold for its own days; targets and parameters are then those of the last
    day, inputs those of all days.
    """

    plan: str
    component: str
    kind: str
    clause: str
    title: Title
    inputs: dict[str, str | None]
    targets: dict[str, LineTarget]
    parameters: dict[str, Source]
    rule: Sentence
    parts: tuple[LinePart, ...] = ()
    exact: str
    rounding: Rounding
    amount_minor: int
    currency: str
    about: str | None = None
    exchange: Exchange | msgspec.UnsetType = msgspec.UNSET
    placements: tuple[LinePlacement, ...] | msgspec.UnsetType = msgspec.UNSET

    @property
    def missed(self) -> tuple[RateMissed, ...]:
        """The rates without which the line is not whole."""
        return self.exchange.missed if isinstance(self.exchange, Exchange) else ()

    @property
    def scale(self) -> Fraction:
        """What one unit of `exact` is paid as, in minor units; 0 for want of a rate."""
        scale = Fraction(minor_per_major(self.currency))
        if self.about is not None or not isinstance(self.exchange, Exchange):
            return scale
        if self.exchange.paid is not None:
            return self.exchange.paid.factor * scale
        return scale * all(each.amounts for each in self.exchange.missed)


class Statement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All lines of one person and period; the total is their sum."""

    employee: str
    period: str
    currency: str
    total_minor: int
    lines: tuple[Line, ...]

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hexadecimal."""
        return hashlib.sha256(canonical(self)).hexdigest()


class Entitlement(NamedTuple):
    """One plan that a person belongs to, with what was measured.

    values: of every measure of the plan. attained: the day each milestone was reached, if it was.
    under_way: how far each open milestone is; only hints need it. places: on the boards that pay. carried:
    what caps left over in the period before, in major units and by component. exchanged: by rates.
    flagged: work without its licence, by measure. frozen: the measures that count no work on the last day
    that was looked at, and why. months: what was earned in earlier ones, where something looks at them.
    is_last: whether the plan pays the person no more after this one. placements: the same for the days in
    each branch or team whose numbers differ. placement: which of them the last day that was looked at is in.
    """

    resolved: ResolvedPlan
    values: Values
    attained: Mapping[str, dt.date] = {}
    under_way: Mapping[str, Fraction] = {}
    places: Mapping[str, Standing] = {}
    carried: Mapping[str, Fraction] = {}
    exchanged: Exchanged = UNCHANGED
    flagged: Mapping[str, Flagged] = {}
    frozen: Mapping[str, Freeze] = {}
    months: tuple[Month, ...] = ()
    is_last: bool = False
    placements: "tuple[tuple[Placement, Entitlement], ...]" = ()
    placement: int = -1

    @property
    def now(self) -> "Entitlement":
        """Itself, or that of the placement which the last day that was looked at is in."""
        return self.placements[self.placement][1] if self.placements else self


def compute_statement(employee: str, entitlements: Iterable[Entitlement]) -> Statement:
    """The statement of `employee` over every plan that they belong to, all of one period and currency.

    Raises: ValueError when there is no plan, or when plans differ in period or currency.
    """
    ordered = sorted(entitlements, key=lambda entitlement: entitlement.resolved.plan.plan)
    kinds = {(str(e.resolved.period), e.resolved.plan.pays_in) for e in ordered}
    if len(kinds) != 1:
        raise ValueError(f"{employee}: one statement is of one period and currency, not of {sorted(kinds)}")
    ((period, currency),) = kinds
    lines = [line for entitlement in ordered for line in lines_of(entitlement)]
    return make_statement(employee, period, currency, lines)


def make_statement(employee: str, period: str, currency: str, lines: Iterable[Line]) -> Statement:
    """A statement of `lines`, with their sum."""
    held = tuple(lines)
    total = sum(line.amount_minor for line in held)
    return Statement(employee=employee, period=period, currency=currency, total_minor=total, lines=held)


def lines_of(entitlement: Entitlement) -> list[Line]:
    """A line for each component of one plan, in the plan's order; those that earn nothing say why."""
    resolved = entitlement.resolved
    measured = _measured(entitlement.values)
    plan = resolved.plan
    lines: list[Line] = []
    for number, (component, uses, grounds, (earned, amount_minor)) in enumerate(
        zip(plan.components, resolved.uses, resolved.grounds, earnings(entitlement), strict=True)
    ):
        lines.append(
            Line(
                plan=plan.plan,
                component=component.id,
                kind=component.kind,
                clause=component.clause,
                title=component.title,
                inputs={name: measured[name] for name in uses.measures},
                targets=grounds.targets,
                parameters=grounds.parameters,
                rule=Sentence(earned.rule, _texts(earned.words)),
                parts=tuple(
                    LinePart(p.name, str(p.amount), _texts(p.words), p.rule)
                    for p in _with_flags(earned, uses.measures, entitlement.flagged)
                ),
                exact=str(earned.amount),
                rounding=component.rounding or plan.rounding,
                amount_minor=amount_minor,
                currency=plan.pays_in,
                exchange=_exchange(entitlement, component, earned, uses.measures),
                placements=_placements(entitlement, number, earned),
            )
        )
    return lines


def _placements(
    entitlement: Entitlement, number: int, earned: Earned
) -> tuple[LinePlacement, ...] | msgspec.UnsetType:
    """What the component of that `number` rests on in each placement, if it pays by them."""
    if not isinstance(entitlement.resolved.plan.components[number], ByPlacement):
        return msgspec.UNSET
    found: list[LinePlacement] = []
    for placement, own in entitlement.placements:
        measures, grounds = own.resolved.uses[number].measures, own.resolved.grounds[number]
        parts = (part.amount for part in earned.parts if part.words.get("placement") == placement.name)
        found.append(
            LinePlacement(
                name=placement.name,
                branch=placement.posting.branch,
                team=placement.posting.team,
                days=tuple(f"{run.first}/{run.last}" for run in placement.days),
                inputs={name: _measured(own.values)[name] for name in measures},
                targets=grounds.targets,
                parameters=grounds.parameters,
                exact=str(sum(parts, Fraction(0))),
            )
        )
    return tuple(found)


def _measured(values: Values) -> dict[str, str | None]:
    return {name: None if value is None else str(value) for name, value in values.items()}


def earnings(entitlement: Entitlement) -> list[tuple[Earned, int]]:
    """What each component earns, exact and in minor units, without the paperwork."""
    plan, seen = entitlement.resolved.plan, seen_by(entitlement)
    scale = minor_worth(entitlement.exchanged, plan.currency, plan.pays_in)
    first = [part for part in plan.components if not part.AFTER_OTHERS]
    worth = _worth(first, plan, seen, scale)
    if len(first) == len(plan.components):
        return worth
    late = [part for part in plan.components if part.AFTER_OTHERS]
    minor = {part.id: amount for part, (_, amount) in zip(first, worth, strict=True)}
    worth += _worth(late, plan, after_others(seen, minor, scale), scale)
    by_id = {part.id: each for part, each in zip((*first, *late), worth, strict=True)}
    return [by_id[part.id] for part in plan.components]


def _worth(
    parts: Iterable[Component], plan: Plan, seen: Seen, scale: int | Fraction
) -> list[tuple[Earned, int]]:
    worth = [(part, part.pay(seen)) for part in parts]
    return [(earned, rounded(earned.amount, part.rounding or plan.rounding, scale)) for part, earned in worth]


def after_others(seen: Seen, minor: Mapping[str, int], scale: int | Fraction) -> Seen:
    """What components look at that come after the others. minor: what those earn, in minor units."""
    return seen._replace(earned={name: in_major(amount, scale) for name, amount in minor.items()})


def in_major(minor: int, scale: int | Fraction) -> Fraction:
    """What was earned in minor units of pay, in major ones of the plan; 0 where no rate is known."""
    return Fraction(minor) / scale if scale else Fraction(0)


def seen_by(entitlement: Entitlement) -> Seen:
    """What the components of one plan look at, and nothing else."""
    resolved = entitlement.resolved
    return Seen(
        entitlement.values,
        resolved.aims,
        entitlement.attained,
        resolved.period,
        entitlement.places,
        resolved.stay,
        entitlement.carried,
        entitlement.months,
        entitlement.is_last,
        placements=tuple(seen_by(own) for _, own in entitlement.placements),
        placement=entitlement.placement,
    )


def carried_into(entitlement: Entitlement, later: Period) -> dict[str, Fraction]:
    """What the caps of components left over and `later`, the next period, still pays."""
    resolved, seen = entitlement.resolved, seen_by(entitlement)
    worth = zip(resolved.plan.components, earnings(entitlement), strict=True)
    found = {
        component.id: left_over(earned.parts)
        for component, (earned, _) in worth
        for cap in [component.current(seen)[0].cap]
        if cap is not None and cap.carries_from(resolved.period, later)
    }
    return {component: left for component, left in found.items() if left}


def _exchange(
    entitlement: Entitlement, component: Component, earned: Earned, inputs: Iterable[str]
) -> Exchange | msgspec.UnsetType:
    """The rates behind a line of `component`, which looks at the measures `inputs`; nothing without any."""
    exchanged, plan = entitlement.exchanged, entitlement.resolved.plan
    if exchanged is UNCHANGED and plan.pays_in == plan.currency:
        return msgspec.UNSET
    names = [*inputs, *_behind(plan, component)] if exchanged.missed or exchanged.measured else []
    paid, missed = None, [each for name in names for each in exchanged.missed.get(name, ())]
    if plan.pays_in != plan.currency and exchanged.paid is not None:
        paid = used(exchanged.paid, plan.currency, plan.pays_in, earned.amount)
    elif plan.pays_in != plan.currency:
        day = entitlement.resolved.period.last_day
        missed.append(RateMissed(base=plan.currency, quote=plan.pays_in, day=day, amounts=0))
    measured = {name: exchanged.measured[name] for name in names if name in exchanged.measured}
    if paid is None and not measured and not missed:
        return msgspec.UNSET
    return Exchange(paid=paid, measured=measured, missed=tuple(missed))


def _with_flags(earned: Earned, names: Iterable[str], flagged: Mapping[str, Flagged]) -> tuple[Part, ...]:
    """The parts of `earned`, and one for each measure of which some work was done without its licence."""
    if not flagged:
        return earned.parts
    told = [flagged[name].part(name) for name in names if name in flagged]
    return (*earned.as_parts(), *told) if told else earned.parts


def _behind(plan: Plan, component: Component) -> Iterator[str]:
    """The measures behind the milestones and boards that `component` looks at."""
    for space, held in (("milestones", plan.milestones), ("boards", plan.boards)):
        named = named_in(component, space)
        yield from with_parts(plan.measures, tuple(each.measure for each in held if each.id in named))


def _texts(words: Words) -> dict[str, str]:
    return {name: word if type(word) is str else str(word) for name, word in words.items()}
