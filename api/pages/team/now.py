"""The team now: how far everybody is, who needs help and why, and what waits for whoever leads them."""

import asyncio
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency

from api import alerts, inquiries, shifts, workforce
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import OnDay
from api.roles import Role
from api.workforce import PersonListed
from projections.alerts import Warning
from projections.progress import Attainment
from projections.rows import by_employee

LEADS: frozenset[Role] = frozenset({"manager"})
"""In whose navigation the team stands; others find people elsewhere."""

SHOWN = 60
"""So many people stand on the page; whoever reaches more looks them up."""


class Member(NamedTuple):
    """Somebody of the team. far: their targets and earnings; warnings: that stand about them."""

    person: PersonListed
    far: Attainment | None
    warnings: list[Warning]

    @property
    def is_measured(self) -> bool:
        """Whether a plan sets targets for them, or pays them."""
        return self.far is not None and bool(self.far.targets or self.far.currency)

    @property
    def attained(self) -> Fraction:
        """The mean share of their targets that is attained, each counting as met at most."""
        shares = [min(Fraction(each.attained), Fraction(1)) for each in self.far.targets] if self.far else []
        return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(2)


class Waiting(NamedTuple):
    """How much waits for whoever leads the team."""

    swaps: int
    inquiries: int


@get(
    "/team",
    opt=page_opt(
        "read_care",
        "team",
        nav=5,
        roles=LEADS,
        asks=["day"],
        personal="people",
        reach="rows",
        follows="all_facts",
    ),
)
async def team_page(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """Everybody with targets, gap, days left and earnings; warnings with their numbers first; live."""
    on = day or page.reading.today()
    people: list[PersonListed] = await page.ask(workforce.read_people, status="working", day=on)
    own = page.caller.employee
    shown = [each for each in people if each.employee != own][:SHOWN]
    ids = [each.employee for each in shown]
    far, warnings, waiting = await asyncio.gather(
        _far(page, ids, on), _warnings(page, ids, on), _waiting(page)
    )
    members = [Member(each, far.get(each.employee), warnings.get(each.employee, [])) for each in shown]
    return await page.rendered(
        "team/now.html",
        on=on,
        members=sorted(members, key=lambda each: (each.attained, each.person.employee)),
        names={each.employee: each.name for each in people},
        in_need=[each for each in members if each.warnings],
        days_left=next((each.days_left for each in far.values()), None),
        more=max(0, len(people) - len(shown) - (own is not None)),
        waiting=waiting,
    )


async def _far(page: Page, ids: list[str], on: OnDay) -> Mapping[str, Attainment]:
    if not ids or not page.may("read_pay"):
        return {}
    found: list[Attainment] = await page.ask(workforce.read_attainments, employee=ids, day=on)
    return {each.employee: each for each in found}


async def _warnings(page: Page, ids: list[str], on: OnDay) -> Mapping[str, list[Warning]]:
    found: Iterable[Warning] = await page.ask(alerts.read_alerts, employee=ids, day=on) if ids else ()
    return by_employee(found)


async def _waiting(page: Page) -> Waiting:
    consented = await page.ask(shifts.read_swaps, state_="consented")
    asked = await page.ask(inquiries.read_inquiries, state_="open") if page.may("read_pay") else []
    return Waiting(len(consented), len(asked))
