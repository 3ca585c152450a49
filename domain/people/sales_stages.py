"""The stages of a sale: contact, needs, demo, objections, close; and the way of a hospital's buying."""

from typing import get_args

from domain.facts.practices import ProcessStep
from domain.facts.selling import Stage

STAGES: tuple[Stage, ...] = get_args(Stage)
"""In the order in which a client goes through them."""

STEPS: tuple[ProcessStep, ...] = get_args(ProcessStep)
"""In the order in which a hospital takes them."""


def next_stage(reached: Stage | None) -> Stage | None:
    """The stage to bring a client to who has `reached` one, or none yet; None after the last."""
    place = 0 if reached is None else STAGES.index(reached) + 1
    return STAGES[place] if place < len(STAGES) else None
