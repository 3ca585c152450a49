"""What the pages of payroll share: who reads them, how many people stand on one, amounts as typed."""

from typing import Any

from api.pages.navigation import page_opt
from domain.money import CURRENCIES, minor_per_major
from domain.refusals import BadField

PEOPLE = 50
"""So many people stand on one page."""


def desk_opt(*, personal: str = "people", **said: Any) -> dict[str, Any]:
    """The `opt` of a page of payroll: about everybody at once, for whoever runs it."""
    return page_opt("run_payroll", "payroll", personal=personal, reach="all", **said)


def typed_minor(text: str, currency: str, field: str) -> int:
    """Money as somebody writes it, in minor units; below 0 for what came back.

    Raises: BadField.
    """
    if currency not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        raise BadField(
            field="currency",
            detail=f"{currency[:10]!r} is not a currency that is known here.",
            remedy=f"Use one of {known}.",
        )
    written = text.strip().replace(",", "").replace("，", "").lstrip("¥￥").replace("−", "-")
    sign = -1 if written.startswith("-") else 1
    whole, _, rest = written.removeprefix("-").partition(".")
    per_major = minor_per_major(currency)
    digits = len(str(per_major)) - 1
    fits = whole.isascii() and whole.isdecimal() and len(whole) <= 12 and len(rest) <= digits
    if not fits or (rest and not (rest.isascii() and rest.isdecimal())):
        raise BadField(
            field=field, detail=f"{text[:40]!r} is not an amount of money.", remedy="Write it as 1234.50."
        )
    return sign * (int(whole) * per_major + int((rest + "0" * digits)[:digits] or "0"))
