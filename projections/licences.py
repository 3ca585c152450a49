"""Licences: on which days people hold the credentials that plans ask for, and the work done without them."""

from collections.abc import Collection, Iterable, Mapping

from domain.people.credentials import Held, days_held
from domain.plan.measures import FactMeasure
from projections import credentials
from projections.spans import Cursor

Licences = Mapping[str, Mapping[str, str]]
"""The days on which people hold a credential, as a datemultirange: by kind, and by employee."""

NONE: Licences = {}


def licences(
    cursor: Cursor, measures: Iterable[FactMeasure], employees: Collection[str], known_at: int | None
) -> Licences:
    """The days on which each of `employees` holds what `measures` ask for; asked only if one of them does."""
    kinds = {measure.licensed for measure in measures if measure.licensed is not None}
    if not kinds:
        return NONE
    found: dict[str, dict[str, str]] = {kind: {} for kind in sorted(kinds)}
    for (employee, kind), days in days_held(credentials.changes(cursor, list(employees), known_at)).items():
        if kind in found:
            found[kind][employee] = f"{{{','.join(map(_range, days))}}}"
    return found


def _range(held: Held) -> str:
    return f"[{held.first},{'' if held.last is None else held.last}]"
