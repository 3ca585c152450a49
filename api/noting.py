"""What is done to the service itself, in the trail: facts that its own commands and addresses write."""

from uuid import uuid4

import msgspec

from api.intake import Submission
from api.ops import SOURCE, Ledger, now, submit_one
from domain.facts.base import Fact


def note(ledger: Ledger, fact: Fact, actor: str) -> None:
    """Writes, durably, that `actor` does what `fact` says.

    Raises: a Refusal, such as UnknownEmployee for a person whom nobody hired.
    """
    said = {name: value for name, value in msgspec.to_builtins(fact).items() if value is not None}
    key = f"{fact.TYPE.replace('_', '-')}/{uuid4().hex}"
    submit_one(
        ledger, Submission(type=fact.TYPE, source=SOURCE, key=key, occurred_at=now(), data=said), actor
    )
