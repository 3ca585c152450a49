"""Credentials by expiry, the work that was done without one, and what HR decides about them."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import credentials
from api.credentials import FlaggedPage, StateAsked
from api.pages.employee.person import person_shown
from api.pages.hr.shown import filled_in, kept, of_person, shown, told
from api.pages.leaves import Offset, part_of
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import EmployeeInPath, OnDay
from domain.facts.base import Fact
from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialRevoked,
    CredentialSuspended,
)
from domain.people.credentials import Credential
from domain.period import Period
from domain.refusals import NotAllowed, Refusal
from projections.credentials import Summary

STATES = ("expired", "suspended", "expiring", "valid")
"""In the order in which somebody should look at them."""

DECISIONS: Mapping[str, type[Fact]] = {
    "grant": CredentialGranted,
    "renew": CredentialRenewed,
    "suspend": CredentialSuspended,
    "reinstate": CredentialReinstated,
    "revoke": CredentialRevoked,
}


@get(
    "/hr/credentials",
    opt=page_opt(
        "read_care",
        "hr",
        asks=["kind", "state", "day", "offset"],
        personal="people",
        reach="rows",
        follows="all_but_work",
    ),
)
async def credentials_page(
    page: NamedDependency[Page],
    kind: Annotated[str | None, QueryParameter(description="Of this kind only.")] = None,
    state_: StateAsked = None,
    offset: Offset = 0,
    day: OnDay = None,
) -> Response[str]:
    """Every credential by the day on which it ends, with what share has expired."""
    summary: Summary = await page.ask(credentials.read_summary, day=day)
    part = await part_of(
        page, credentials.read_credentials, offset, kind=kind or None, state_=state_, order="expiry", day=day
    )
    return await shown(
        page,
        "credentials",
        "credentials",
        day=day,
        people={each.employee for each in part.rows},
        summary=summary,
        kind=kind or None,
        state=state_,
        states=STATES,
        part=part,
    )


@get(
    "/hr/credentials/flagged-work",
    opt=page_opt(
        "read_care",
        "hr",
        asks=["period", "day", "offset"],
        personal="people",
        reach="rows",
        follows="all_facts",
    ),
)
async def flagged_page(
    page: NamedDependency[Page],
    period: Annotated[str | None, QueryParameter(description="A month; this one if absent.")] = None,
    offset: Offset = 0,
    day: OnDay = None,
) -> Response[str]:
    """What was done in a month by whoever lacked the licence for it that day, and whether it is paid."""
    asked = period or str(Period.containing(day or page.reading.today()))
    found: FlaggedPage = await page.ask(credentials.read_flagged_work, period=asked, offset=offset, limit=100)
    return await shown(
        page,
        "flagged",
        "credentials",
        day=day,
        people={each.employee for each in found.work},
        found=found,
        month=Period.parse(found.period),
        offset=offset,
    )


@get(
    "/hr/people/{employee:str}/credentials",
    opt=page_opt("read_care", "hr", asks=["day", "done"], personal="person", follows="all_but_work"),
)
async def own_page(
    page: NamedDependency[Page],
    employee: EmployeeInPath,
    done: Annotated[str | None, QueryParameter(description="What was decided just now.")] = None,
    day: OnDay = None,
) -> Response[str]:
    """A person's credentials, each with what may be decided about it."""
    return await _own(page, employee, day, done=done if done in DECISIONS else None)


@post("/hr/people/{employee:str}/credentials", opt=page_opt("record", "hr", asks=["day"], personal="person"))
async def decide(page: NamedDependency[Page], employee: EmployeeInPath, day: OnDay = None) -> Response[str]:
    """Grants, renews, suspends, reinstates or revokes a credential."""
    form = await filled_in(page)
    what = form.pop("what", "")
    kind = DECISIONS.get(what, CredentialGranted)
    said = {name: form[name] for name in kind.__struct_fields__ if name in form}
    try:
        await told(page, kind, said | {"employee": employee})
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _own(page, employee, day, refusal, {"what": what, **form})
    return page.gone_to(kept(f"{of_person(employee)}/credentials", day, {"done": what}))


async def _own(
    page: Page,
    employee: str,
    day: dt.date | None,
    refusal: Refusal | None = None,
    said: Mapping[str, str] | None = None,
    done: str | None = None,
) -> Response[str]:
    today = day or page.reading.today()
    held: list[Credential] = await page.ask(credentials.read_own, employee=employee, day=today)
    return await shown(
        page,
        "own_credentials",
        "credentials",
        day=day,
        refusal=refusal,
        who=await person_shown(page, employee, today),
        held=sorted(held, key=lambda each: (each.state == "revoked", each.expires_on or dt.date.max)),
        said=said or {},
        done=done,
        action=f"{of_person(employee)}/credentials{f'?day={quote(str(day))}' if day else ''}",
    )
