"""All read models, in the order in which they fold a span."""

from projections import (
    approvals,
    confirmations,
    credentials,
    credits,
    erasures,
    establishment,
    exchange_rates,
    honours,
    inquiries,
    interventions,
    market,
    notice_rules,
    paying,
    plan_life,
    policy,
    reminders,
    roster,
    rostering,
    shifts,
    standings,
    statements,
    surveys,
    trail,
    training,
    write_offs,
)
from projections.spans import Projection

PROJECTIONS: tuple[Projection, ...] = (
    roster,
    policy,
    credits,
    confirmations,
    honours,
    credentials,
    plan_life,
    exchange_rates,
    training,
    surveys,
    write_offs,
    interventions,
    reminders,
    establishment,
    approvals,
    market,
    notice_rules,
    shifts,
    rostering,
    standings,  # adds up credits
    statements,  # settle by all that the others know
    paying,
    inquiries,
    trail,
    erasures,
)
"""Each may read the tables of those before it."""
