"""What can be wrong between the modules that a plan has people learn."""

from collections.abc import Iterator, Mapping

from domain.plan.components.base import Fault
from domain.plan.document import Module
from domain.plan.fields import Level


def curriculum_faults(modules: tuple[Module, ...]) -> Iterator[Fault]:
    """What is wrong between the modules of a plan."""
    by_id = {module.id: module for module in modules}
    for index, module in enumerate(modules):
        path = f"curriculum[{index}]"
        if module.remedial is not None and module.pass_score is None:
            yield Fault(f"{path}.remedial", "Without a test no score can push it.", "Add `pass_score`.")
        if module.remedial == module.id:
            yield Fault(f"{path}.remedial", "It would push itself.", "Name another module.")
        if module.remedial_score is not None and module.remedial is None:
            yield Fault(f"{path}.remedial_score", "No course is pushed.", "Add `remedial: its_course`.")
        if None not in (module.pass_score, module.remedial_score) and _above(
            module.remedial_score, module.pass_score
        ):
            yield Fault(
                f"{path}.remedial_score",
                "Whoever passes would be pushed to the extra course.",
                "Write the pass score or less.",
            )
        for place, name in enumerate(module.requires):
            if name in by_id and by_id[name].pushed_only:
                yield Fault(
                    f"{path}.requires[{place}]",
                    f"Only those who are pushed take `{name}`.",
                    "Name a module that everybody takes.",
                )
        if _waits_for_itself(module.id, by_id):
            yield Fault(f"{path}.requires", "It waits for itself.", "Break the circle.")


def _above(one: Level | None, other: Level | None) -> bool:
    return one is not None and other is not None and one > other


def _waits_for_itself(start: str, by_id: Mapping[str, Module]) -> bool:
    waiting, seen = list(by_id[start].requires), set[str]()
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        if name in by_id and name not in seen:
            seen.add(name)
            waiting += by_id[name].requires
    return False
