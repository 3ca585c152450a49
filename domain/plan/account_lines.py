"""The lines of accounts: amounts that say how they came about, as all others do."""

from collections.abc import Mapping
from fractions import Fraction

from domain.money import minor_per_major
from domain.plan.account_terms import Named
from domain.plan.document import Plan
from domain.plan.settings import settings_in
from domain.plan.statement import Line, Sentence
from domain.plan.targets import Sourced, source


def account_line(
    plan: Plan,
    settings: Mapping[str, Sourced],
    of: Named,
    kind: str,
    rule: str,
    amount_minor: int,
    said: Mapping[str, object],
) -> Line:
    """A line of the account `of`. said: amounts in minor units as integers, shares as fractions."""
    scale = minor_per_major(plan.pays_in)
    used = dict.fromkeys(setting.parameter for setting in settings_in(of)) if settings else {}
    return Line(
        plan=plan.plan,
        component=of.id,
        kind=kind,
        clause=of.clause,
        title=of.title,
        inputs={},
        targets={},
        parameters={name: source(settings[name]) for name in used},
        rule=Sentence(
            rule,
            {
                name: str(Fraction(value, scale)) if isinstance(value, int) else str(value)
                for name, value in said.items()
            },
        ),
        exact=str(Fraction(amount_minor, scale)),
        rounding=plan.rounding,
        amount_minor=amount_minor,
        currency=plan.pays_in,
    )
