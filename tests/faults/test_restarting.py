"""After kill -9 of everything the service is ready soon, however many facts there are."""

from statistics import median

import pytest
from faults.campaign import Tell

from benchmarks.restarting import WANTED_SECONDS, loaded, restart

pytestmark = pytest.mark.faults

BUSY_SECONDS = 60.0
"""A machine that runs other tests too promises no more than that the service comes."""


@pytest.mark.parametrize(
    ("facts", "crashes", "seconds"),
    [
        pytest.param(50_000, 1, BUSY_SECONDS, id="few"),
        pytest.param(
            1_000_000, 5, WANTED_SECONDS, id="many", marks=[pytest.mark.soak, pytest.mark.timeout(1800)]
        ),
    ],
)
def test_ready_soon_after_everything_was_killed(facts: int, crashes: int, seconds: float, tell: Tell) -> None:
    """Neither the journal nor the read models are read through at the start."""
    with loaded(facts) as home:
        found = [restart(home, checkpointed=True) for _ in range(crashes)]
    ours, bare = median(each.ours for each in found), median(each.bare for each in found)
    tell(
        "restart after kill -9",
        rounds=crashes,
        faults=crashes,
        found="0 lost",
        facts=facts,
        ready_seconds=round(ours, 2),
        bare_recovery_seconds=round(bare, 2),
    )
    assert ours <= seconds
