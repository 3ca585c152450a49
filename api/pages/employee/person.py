"""Whom an employee's page is about, as its head says."""

import datetime as dt
from typing import NamedTuple
from urllib.parse import quote

from api import people
from api.pages.page import Page
from api.people import Person
from api.reading import View


class Who(NamedTuple):
    """A person as a page names them. root: of their pages' addresses. is_self: they read it themselves."""

    employee: str
    name: str
    root: str
    is_self: bool

    @property
    def id_below(self) -> str | None:
        """The id, below the name; None where it is all the name there is."""
        return self.employee if self.name != self.employee else None


async def person_shown(page: Page, employee: str, on: dt.date, view: View | None = None) -> Who:
    """The person, by name where it is known; by all that the page is asked for, or that `view` knows.

    Raises: NotFound for somebody who was never hired.
    """
    found: Person = await page.ask(people.read_person, employee=employee, day=on, view=view or page.view)
    said = found.posting.name if found.posting else None
    root = f"/employees/{quote(employee, safe='')}"
    return Who(employee, said or employee, root, page.caller.employee == employee)
