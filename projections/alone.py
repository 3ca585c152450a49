"""Whether what a person is due rests on that person's work alone."""

from domain.plan.measures import FactMeasure
from projections import policy
from projections.places import ranks_people
from projections.spans import Cursor


def work_alone(cursor: Cursor, known_at: int | None) -> bool:
    """Whether no plan, as known at a position, pays by place or counts what others are credited with."""
    return not ranks_people(cursor, known_at) and all(
        measure.credited == "own"
        for version in policy.plan_versions(cursor, known_at)
        for measure in version.parsed().measures.values()
        if isinstance(measure, FactMeasure)
    )
