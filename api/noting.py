"""What is done to the service itself, in the trail: facts that its own commands and addresses write."""

from uuid import uuid4

from api.intake import Submission
from api.ops import SOURCE, Ledger, now, submit_one
from domain.facts.base import Fact


def note(ledger: Ledger, fact: Fact, actor: str) -> None:
    """Writes, durably, that `actor` does what `fact` says.

    Raises: a Refusal, such as UnknownEmployee for a person whom nobody hired.
    """
    key = f"{fact.TYPE.replace('_', '-')}/{uuid4().hex}"
    submit_one(ledger, Submission.of(fact, source=SOURCE, key=key, occurred_at=now()), actor)
