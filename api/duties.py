"""What one process does of all that a service does; several processes share it out."""

from collections.abc import Collection
from typing import Literal, get_args

Duty = Literal["api", "follower", "sealer", "webhooks", "drop"]

DUTIES: tuple[Duty, ...] = get_args(Duty)
"""api: answers requests and streams, in any number of processes. follower, sealer, webhooks: fold facts into
read models, sign checkpoints, deliver webhooks; of each, one leads. drop: brings in the files of a folder.
"""


def duties_of(names: Collection[str] | None) -> list[Duty]:
    """The duties that are named; all of them where none is asked for."""
    return [duty for duty in DUTIES if names is None or str(duty) in names]
