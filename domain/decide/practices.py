"""Rules on practices: each fits somewhere, and its results can be read."""

from domain.facts.practices import PracticeShared
from domain.period import Period
from domain.refusals import BadField


def share(fact: PracticeShared) -> None:
    """A practice belongs to a stage or step; two periods of a result are of one kind, in their order.

    Raises: BadField.
    """
    if fact.stage is None and fact.step is None:
        raise BadField(
            field="data.stage",
            detail="It says neither at which stage it helps nor at which step.",
            remedy="Give stage (contact, needs, demo, objections, close) or step, or both.",
        )
    for index, result in enumerate(fact.results or ()):
        field = f"data.results[{index}]"
        after = Period.parse(result.after)
        if result.before is None:
            continue
        before = Period.parse(result.before)
        if before.kind != after.kind or before.last_day >= after.first_day:
            raise BadField(
                field=f"{field}.before",
                detail=f"{before} is not a {after.kind} before {after}.",
                remedy=f"Name a {after.kind} that is over when {after} begins.",
            )
