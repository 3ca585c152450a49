"""What can be wrong between a true-up and the components, measures and targets that it names."""

from collections.abc import Iterator

from domain.plan.components.base import Fault
from domain.plan.components.component import Component
from domain.plan.components.true_up import TrueUp
from domain.plan.document import Plan
from domain.plan.measures import FactMeasure
from domain.plan.mentions import named_in, with_parts


def true_up_faults(plan: Plan) -> Iterator[Fault]:
    """Every fault of the true-ups of `plan`."""
    by_id = {component.id: component for component in plan.components}
    for index, component in enumerate(plan.components):
        if isinstance(component, TrueUp):
            yield from _named_faults(f"components[{index}]", component, by_id)
            yield from _window_faults(f"components[{index}].rule", component, plan)
            yield from _target_faults(f"components[{index}].rule", component, plan)


def _named_faults(path: str, true_up: TrueUp, by_id: dict[str, Component]) -> Iterator[Fault]:
    for number, name in enumerate(true_up.of):
        if isinstance(by_id.get(name), TrueUp) and name != true_up.id:
            yield Fault(
                f"{path}.of[{number}]", f"`{name}` is a true-up itself.", "Name what is paid every month."
            )


def _window_faults(path: str, true_up: TrueUp, plan: Plan) -> Iterator[Fault]:
    targets = (plan.targets.get(name) for name in named_in(true_up.rule, "targets"))
    counted = [target.measure for target in targets if target is not None]
    own: str | None = getattr(true_up.rule, "measure", None)
    for name in dict.fromkeys([*counted, own] if own else counted):
        parts = with_parts(plan.measures, (name,)) if name in plan.measures else ()
        leaves = (leaf for part in parts if isinstance(leaf := plan.measures.get(part), FactMeasure))
        if any(leaf.window.kind != true_up.over for leaf in leaves):
            yield Fault(
                path,
                f"`{name}` does not look at the {true_up.over}.",
                f"Name a measure with `window: {true_up.over}`.",
            )


def _target_faults(path: str, true_up: TrueUp, plan: Plan) -> Iterator[Fault]:
    for name in named_in(true_up.rule, "targets"):
        target = plan.targets.get(name)
        if target is None:
            continue
        spread = target.spread is not None and not (
            target.spread.cumulative and target.spread.over == true_up.over
        )
        if spread or target.ramp or target.prorate or target.relief:
            yield Fault(
                path,
                f"The target `{name}` is that of a month.",
                f"Give one for the {true_up.over}, or spread it with `cumulative: true`.",
            )
