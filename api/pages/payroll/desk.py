"""What the pages of payroll share: who reads them, and how many people stand on one."""

from typing import Any

from api.pages.navigation import page_opt

PEOPLE = 50
"""So many people stand on one page."""


def desk_opt(*, personal: str = "people", **said: Any) -> dict[str, Any]:
    """The `opt` of a page of payroll: about everybody at once, for whoever runs it."""
    return page_opt("run_payroll", "payroll", personal=personal, reach="all", **said)
