"""The parts of the auditor's pages, as far as the reader may open them."""

from api.pages.page import Page
from api.roles import Action

_TABS: tuple[tuple[str, str, Action], ...] = (
    ("journal", "/audit", "read_trail"),
    ("statements", "/audit/statements", "run_payroll"),
    ("seal", "/audit/seal", "read_facts"),
    ("exports", "/audit/exports", "read_facts"),
    ("reads", "/audit/reads", "read_trail"),
)


def tabs(page: Page) -> list[tuple[str, str]]:
    """The name and the address of each."""
    return [(name, address) for name, address, action in _TABS if page.may(action)]
