"""Whose credits a measure counts, in the words of a plan."""

from collections.abc import Mapping
from typing import Literal

from domain.plan.fields import Title
from domain.plan.reading import Reading, below

Credited = Literal["own", "reports", "direct_reports", "mentees", "assisted", "team", "branch"]
"""One's own credits, or those of the people whom one holds; `people.ties` says who that is."""

SAID: Mapping[Credited, Title] = {
    "own": Title("one's own", "本人"),
    "reports": Title("everybody below", "全部下级"),
    "direct_reports": Title("the next below", "直接下级"),
    "mentees": Title("the mentored", "所带新人"),
    "assisted": Title("the sellers assisted", "所协助的销售"),
    "team": Title("the whole team", "整个团队"),
    "branch": Title("the whole branch", "整个分公司"),
}
"""How it is said to people."""

OWN_COUNTS = frozenset({"own", "team", "branch"})
"""Where one's own work is among what counts."""


def credited_faults(reading: Reading, credited: Credited, with_own: bool | None, path: str) -> None:
    """Notes own work that would be asked for twice."""
    if with_own is not None and credited in OWN_COUNTS:
        reading.fault(
            below(path, "with_own"),
            f"Own work is among what is credited to `{credited}` anyway.",
            "Leave it out, or count the credits of reports, direct_reports, mentees or assisted.",
        )
