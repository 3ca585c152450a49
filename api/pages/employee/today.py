"""The first page of the day: what is asked, what is done, what is left, and what more would earn."""

import asyncio
import datetime as dt

from litestar import Response, get
from litestar.di import NamedDependency

from api import boards, people, reminders, shifts
from api.pages.employee.person import person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import EmployeeInPath, OnDay

STEPS = 3
"""So many of the next steps stand here; the rest has a page of its own."""

MILESTONES = 3
SHIFT_DAYS = 3
"""The shifts of so many days stand here, today's first."""


@get(
    "/employees/{employee:str}/today",
    opt=page_opt("read_pay", "today", nav=10, asks=["day"], personal="person", follows="all_facts"),
)
async def today_page(
    page: NamedDependency[Page], employee: EmployeeInPath, day: OnDay = None
) -> Response[str]:
    """The next shifts, targets, what is earned so far, the next steps, open milestones, what is due; live."""
    on = day or page.reading.today()
    who = await person_shown(page, employee, on)
    until = on + dt.timedelta(days=SHIFT_DAYS - 1)
    progress, steps, reached, due, roster = await asyncio.gather(
        page.ask_if_any(people.read_progress, employee=employee, day=on),
        page.ask(people.read_hints, employee=employee, day=on),
        page.ask(boards.read_milestones, employee=[employee], day=on),
        page.ask(reminders.read_reminders, employee=[employee], day=on),
        page.ask(shifts.read_shifts, employee=employee, from_=on, to=until),
    )
    return await page.rendered(
        "employee/today.html",
        who=who,
        on=on,
        progress=progress,
        steps=[step for step in steps if step.kind != "obstacle"][:STEPS],
        obstacles=[step for step in steps if step.kind == "obstacle"],
        more_steps=len(steps) > STEPS,
        milestones=[each for each in reached if each.state == "open"][:MILESTONES],
        due=due,
        shifts=[each for each in roster.days if each.pattern],
    )
