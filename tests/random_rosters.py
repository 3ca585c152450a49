"""Random rosters of a few people, and where they are on each day."""

import datetime as dt
from collections.abc import Callable, Iterable

from hypothesis import strategies as st

from domain.people.roster import Posting, RosterChange, posting

FIRST = dt.date(2025, 3, 1)
PEOPLE = ("A", "B", "C", "D")
DAYS = [FIRST + dt.timedelta(days=number) for number in range(20)]

people = st.sampled_from(PEOPLE)
somebody = st.none() | people
places = st.sampled_from((None, "north", "south"))


@st.composite
def histories(draw: st.DrawFn) -> list[RosterChange]:
    """Hires, moves, promotions, mentors, assistants and leavings in twenty days; circles of managers, too."""
    found: list[RosterChange] = []
    for position in range(1, draw(st.integers(4, 14)) + 1):
        kind = draw(
            st.sampled_from(("hired", "hired", "transferred", "promoted", "mentored", "assisted", "left"))
        )
        said: dict[str, str | None] = {}
        if kind in ("hired", "transferred"):
            said = {"manager": draw(somebody), "team": draw(places), "branch": draw(places)}
        elif kind == "mentored":
            said = {"mentor": draw(people)}
        elif kind == "assisted":
            said = {"assistant": draw(somebody)}
        found.append(
            RosterChange(
                position=position,
                employee=draw(people),
                kind=kind,
                effective_on=draw(st.sampled_from(DAYS)),
                cause="pay" if kind == "left" else None,
                **said,
            )
        )
    return found


def posted(changes: Iterable[RosterChange], day: dt.date) -> Callable[[str], Posting | None]:
    """Where people are on `day`, each by their own changes."""
    told = list(changes)
    return lambda employee: posting([c for c in told if c.employee == employee], day)
