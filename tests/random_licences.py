"""Random lives of credentials, and what a reference reads off them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg
from hypothesis import strategies as st

from domain.people.credentials import CredentialChange, credentials
from projections.rows import store

LICENCE = "nursing licence"


class Licence(NamedTuple):
    """Something that happened to a credential, and the position of its void."""

    change: CredentialChange
    void_position: int | None


@st.composite
def licensing(draw: st.DrawFn, days: st.SearchStrategy[dt.date]) -> list[Licence]:
    """Grants of two credentials and what became of them, in an order that need not make sense."""
    found: list[Licence] = []
    steps = st.sampled_from(("granted", "granted", "renewed", "suspended", "reinstated", "revoked"))
    for position in range(1_001, 1_001 + draw(st.integers(0, 7))):
        kind, on = draw(steps), draw(days)
        ends = draw(st.none() | st.integers(0, 40)) if kind in ("granted", "renewed") else None
        change = CredentialChange(
            position=position,
            credential=draw(st.sampled_from(("L1", "L2"))),
            employee=draw(st.sampled_from(("E1", "E1", "王"))),
            kind=kind,
            effective_on=on,
            expires_on=None if ends is None else on + dt.timedelta(days=ends),
            type=draw(st.sampled_from((LICENCE, "other"))) if kind == "granted" else None,
        )
        distance = draw(st.sampled_from((None, None, 2, 9)))
        void = None if distance is None else position + distance
        found.append(Licence(change, void))
    return found


def valid_kinds(changes: Iterable[CredentialChange], employee: str, day: dt.date) -> frozenset[str]:
    """The kinds of credential that somebody holds on a day."""
    held = (each for each in credentials(changes, day) if each.employee == employee)
    return frozenset(each.kind for each in held if each.state in ("valid", "expiring"))


def write_licences(cursor: psycopg.Cursor[Any], held: Iterable[Licence]) -> None:
    """Puts them into the table of credentials."""
    told = list(held)
    store(cursor, "credential_change", [change for change, _ in told])
    cursor.executemany(
        "update credential_change set void_position = %s where position = %s",
        [(void_position, change.position) for change, void_position in told],
    )
