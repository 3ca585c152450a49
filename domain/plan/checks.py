"""What can be wrong with a plan whose every field could be read: dates, sums, circles and bounds."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from domain.money import CURRENCIES
from domain.plan.account_checks import account_faults
from domain.plan.alert import alert_faults
from domain.plan.competence import competence_faults
from domain.plan.components.base import Fault
from domain.plan.components.component import Component
from domain.plan.components.graded import Counted
from domain.plan.components.rank import Rank
from domain.plan.components.rate_table import RateTable
from domain.plan.curriculum import curriculum_faults
from domain.plan.document import MONTHS, Goal, Parameter, Plan, Spread, Target
from domain.plan.exact import shown
from domain.plan.ids import repeated
from domain.plan.leads import lead_faults
from domain.plan.meant import currency_meant
from domain.plan.measures import DaysMeasure, FactMeasure, Measure, RatioMeasure
from domain.plan.mentions import with_parts
from domain.plan.pairing import pairing_faults
from domain.plan.running import looks_back
from domain.plan.true_ups import true_up_faults


def plan_faults(plan: Plan) -> Iterator[Fault]:
    """Every fault that lies between fields rather than in one of them."""
    if plan.currency not in CURRENCIES:
        yield Fault("currency", f"{plan.currency} is not known.", currency_meant(plan.currency, CURRENCIES))
    if plan.pay_currency is not None and plan.pay_currency not in CURRENCIES:
        remedy = currency_meant(plan.pay_currency, CURRENCIES)
        yield Fault("pay_currency", f"{plan.pay_currency} is not known.", remedy)
    yield from _day_faults(plan)
    for name, parameter in plan.parameters.items():
        yield from _bound_faults(f"parameters.{name}", parameter)
    yield from _ratio_circles(plan.measures)
    for name, target in plan.targets.items():
        yield from _target_faults(f"targets.{name}", target, plan.measures)
    yield from _rate_faults(plan)
    yield from _running_faults(plan)
    yield from _rank_faults(plan)
    yield from true_up_faults(plan)
    yield from _lever_faults(plan)
    lists = {
        "components": [component.id for component in plan.components],
        "milestones": [milestone.id for milestone in plan.milestones],
        "curriculum": [module.id for module in plan.curriculum],
        "alerts": [alert.id for alert in plan.alerts],
        "boards": [board.id for board in plan.boards],
        "cascade": [goal.id for goal in plan.cascade],
        "hints.levers": [lever.id for lever in plan.hints.levers],
    }
    for place, ids in lists.items():
        yield from repeated(place, ids)
    for index, milestone in enumerate(plan.milestones):
        if milestone.within_days < 1:
            yield Fault(f"milestones[{index}].within_days", "No day is left.", "Write 1 or more.")
        if milestone.reaches <= 0:
            yield Fault(f"milestones[{index}].reaches", "Nothing is to be reached.", "Write more than 0.")
    yield from curriculum_faults(plan.curriculum)
    yield from alert_faults(plan.alerts)
    yield from competence_faults(plan.competence, plan.alerts, plan.measures)
    yield from pairing_faults(plan.pairing, plan.measures)
    yield from lead_faults(plan.leads)
    yield from _goal_faults(plan.cascade)
    yield from _days_faults(plan)
    yield from _licence_faults(plan)
    yield from account_faults(plan)


def _days_faults(plan: Plan) -> Iterator[Fault]:
    """Milestones and boards that look at days of a period, which are no work."""
    places = [
        *((f"milestones[{index}].measure", each.measure) for index, each in enumerate(plan.milestones)),
        *((f"boards[{index}].measure", each.measure) for index, each in enumerate(plan.boards)),
    ]
    for place, name in places:
        parts = with_parts(plan.measures, (name,)) if name in plan.measures else ()
        if any(isinstance(plan.measures.get(part), DaysMeasure) for part in parts):
            yield Fault(place, f"`{name}` looks at days, not at work.", "Name a measure over facts.")


def _licence_faults(plan: Plan) -> Iterator[Fault]:
    """Measures that ask for a licence in a plan that does not say what comes of it."""
    licensed = [
        name for name, each in plan.measures.items() if isinstance(each, FactMeasure) and each.licensed
    ]
    if licensed and plan.unlicensed is None:
        yield Fault(
            "unlicensed",
            f"`{licensed[0]}` asks for a licence, and nothing says what work without it earns.",
            "Write `unlicensed: earns_nothing`, or `flagged` if it is paid all the same.",
        )


def _day_faults(plan: Plan) -> Iterator[Fault]:
    first, last = plan.effective_from, plan.effective_until
    if first.day != 1:
        yield Fault(
            "effective_from", f"{first} is not the first day of a month.", f"Write {first.replace(day=1)}."
        )
    if last is not None and (last + dt.timedelta(days=1)).day != 1:
        yield Fault("effective_until", f"{last} is not the last day of a month.", "Write the last day.")
    if last is not None and last < first:
        yield Fault("effective_until", "The plan would end before it begins.", "Write a later day.")


def _bound_faults(path: str, parameter: Parameter) -> Iterator[Fault]:
    if parameter.open is None:
        return
    low, high = parameter.open.min, parameter.open.max
    if not parameter.open.to:
        yield Fault(
            f"{path}.open.to", "It is open to nobody.", "Name branch, team or person, or leave `open` out."
        )
    if low is not None and high is not None and low > high:
        yield Fault(
            f"{path}.open.min", "No value lies between them: it is above `max`.", "Swap `min` and `max`."
        )
        return
    if low is not None and parameter.value < low:
        yield Fault(f"{path}.value", "The value lies below its own `min`.", "Change one of them.")
    if high is not None and parameter.value > high:
        yield Fault(f"{path}.value", "The value lies above its own `max`.", "Change one of them.")


def _ratio_circles(measures: Mapping[str, Measure]) -> Iterator[Fault]:
    def parts(name: str) -> tuple[str, ...]:
        measure = measures.get(name)
        return (measure.of, measure.to) if isinstance(measure, RatioMeasure) else ()

    for name in measures:
        circle = _circle(name, parts)
        if circle:
            yield Fault(
                f"measures.{name}", f"It rests on itself: {' → '.join(circle)}.", "Divide measures of facts."
            )


def _circle(start: str, parts: Callable[[str], Iterable[str]]) -> list[str]:
    """The way from `start` back to itself, or nothing."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop()
        for name in parts(way[-1]):
            if name == start:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _target_faults(path: str, target: Target, measures: Mapping[str, Measure]) -> Iterator[Fault]:
    measure = measures.get(target.measure)
    if target.spread is not None:
        yield from _spread_faults(f"{path}.spread", target, target.spread, measure)
    if target.prorate is not None and isinstance(measure, RatioMeasure):
        yield Fault(f"{path}.prorate", "A ratio does not grow with the days.", "Leave it out.")
    if target.prorate == "present" and target.relief is not None and target.relief.leave is not None:
        yield Fault(f"{path}.prorate", "Leave would lower the target twice.", "Write `employed`.")
    for index, step in enumerate(target.ramp):
        if step.until is not None and step.until <= step.from_:
            yield Fault(f"{path}.ramp[{index}].until", "The step has no month.", "Make `until` the greater.")
    for index, (before, after) in enumerate(pairwise(target.ramp), start=1):
        if before.until is None or after.from_ < before.until:
            yield Fault(
                f"{path}.ramp[{index}].from", "It overlaps the step before.", "Begin where that one ends."
            )
    if target.relief is not None and isinstance(measure, RatioMeasure):
        yield Fault(
            f"{path}.relief", "A ratio needs no relief: days off lower both its sides.", "Leave it out."
        )


def counted_measure(plan: Plan, component: Component) -> str | None:
    """The measure that a component counts, its own or that of its target; None where it has none."""
    target = plan.targets.get(getattr(component, "target", None) or "")
    return target.measure if target else getattr(component, "measure", None)


def running_measures(plan: Plan) -> list[str]:
    """The measures of which some component pays what the period added."""
    running = (part for part in plan.components if isinstance(part, Counted) and part.running)
    return [name for part in running if (name := counted_measure(plan, part)) is not None]


def _running_faults(plan: Plan) -> Iterator[Fault]:
    for index, component in enumerate(plan.components):
        if not isinstance(component, Counted) or not component.running:
            continue
        name = counted_measure(plan, component)
        if name is not None and name in plan.measures and not looks_back(plan.measures, name):
            yield Fault(
                f"components[{index}].running",
                f"`{name}` begins anew in each period, so nothing runs.",
                "Give the measure `window: year` or `window: quarter`.",
            )
        target = plan.targets.get(getattr(component, "target", None) or "")
        if target is not None and (target.spread or target.ramp or target.prorate or target.relief):
            yield Fault(
                f"components[{index}].running",
                f"The target `{getattr(component, 'target', '')}` is another one in each period.",
                "Give a target that holds for the whole quarter or year.",
            )


def _lever_faults(plan: Plan) -> Iterator[Fault]:
    for index, lever in enumerate(plan.hints.levers):
        for name in lever.adds:
            measure = plan.measures.get(name)
            if isinstance(measure, FactMeasure) and not measure.counts_own:
                yield Fault(
                    f"hints.levers[{index}].adds.{name}",
                    "It counts what others do, and nobody can do more of that alone.",
                    "Name a measure of own work.",
                )


def _rank_faults(plan: Plan) -> Iterator[Fault]:
    weekly = {board.id for board in plan.boards if board.period == "week"}
    for index, component in enumerate(plan.components):
        if isinstance(component, Rank) and component.board in weekly:
            yield Fault(
                f"components[{index}].board",
                f"`{component.board}` is a board of weeks, and pay is of months.",
                "Name a board of a month, quarter or year.",
            )


def _rate_faults(plan: Plan) -> Iterator[Fault]:
    """Rates of money that were written without their sign: 2 where 2 % is meant."""
    rules = [(f"components[{index}]", component) for index, component in enumerate(plan.components)]
    rules += [(f"{path}.rule", inner) for path, component in rules for inner in component.inner()]
    for path, component in rules:
        if not isinstance(component, RateTable):
            continue
        measure = plan.measures.get(counted_measure(plan, component) or "")
        for place, band in enumerate(component.bands):
            if measure is not None and measure.form == "money" and abs(band.rate) >= 1:
                yield Fault(
                    f"{path}.bands[{place}].rate",
                    "The rate is as much as the money itself, or more.",
                    f"Write {shown(band.rate)} % for a percentage.",
                )


def _spread_faults(path: str, target: Target, spread: Spread, measure: Measure | None) -> Iterator[Fault]:
    months = MONTHS[spread.over]
    if spread.weights and len(spread.weights) != months:
        yield Fault(
            f"{path}.weights", f"A {spread.over} has {months} months.", "Write one weight for each of them."
        )
    if any(weight < 0 for weight in spread.weights) or (spread.weights and not sum(spread.weights)):
        yield Fault(f"{path}.weights", "They share nothing out.", "Write weights of 0 or more, not all 0.")
    if isinstance(measure, RatioMeasure):
        yield Fault(path, "A ratio is the same in every month.", "Leave it out.")
    elif isinstance(measure, DaysMeasure):
        yield Fault(path, "Days are of one period.", "Leave it out.")
    elif measure is not None:
        window = spread.over if spread.cumulative else "period"
        if measure.window.kind != window:
            yield Fault(
                path,
                f"`{target.measure}` does not look at the days that its share of the quota is for.",
                f"Give the measure `window: {window}`, or change `cumulative`.",
            )
    if spread.cumulative and target.prorate is not None:
        yield Fault(f"{path}.cumulative", "The days of earlier months are not known.", "Leave `prorate` out.")


def _goal_faults(goals: tuple[Goal, ...]) -> Iterator[Fault]:
    by_id = {goal.id: goal for goal in goals}

    def parent(name: str) -> tuple[str, ...]:
        within = by_id[name].within if name in by_id else None
        return (within,) if within else ()

    for index, goal in enumerate(goals):
        above = by_id.get(goal.within or "")
        if above is None:
            continue
        if _circle(goal.id, parent):
            yield Fault(f"cascade[{index}].within", "It would be part of itself.", "Name a wider goal.")
        if goal.unit != above.unit:
            yield Fault(
                f"cascade[{index}].unit",
                f"`{above.id}` is in {above.unit.en}.",
                "Parts have the unit of the whole.",
            )
        if MONTHS[goal.period] > MONTHS[above.period]:
            yield Fault(
                f"cascade[{index}].period",
                f"It is longer than the {above.period} of `{above.id}`.",
                "Shorten it.",
            )
