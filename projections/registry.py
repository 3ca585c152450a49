"""All read models, in the order in which they fold a span."""

from projections import confirmations, credits, policy, roster, standings
from projections.spans import Projection

PROJECTIONS: tuple[Projection, ...] = (
    roster,
    policy,
    credits,
    confirmations,
    standings,  # adds up credits
)
"""Each may read the tables of those before it."""
