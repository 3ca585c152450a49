"""What the bank says it paid, against what a run settled: entered, read from its list, and compared."""

import asyncio
import csv
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import payroll
from api.facts import within_rights
from api.intake import Refused, Stored, Submission
from api.ops import SOURCE, now
from api.pages.page import Page
from api.pages.payroll.desk import PEOPLE, desk_opt
from api.pages.submitted import converted, text_of, typed_minor
from api.problems import NotFinal
from api.reading import PeriodInPath, month
from domain.facts.runs import PaymentConfirmed
from domain.refusals import BadField, NotAllowed, Refusal

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "employee": ("employee", "工号"),
    "amount": ("amount", "金额"),
    "paid_on": ("paid_on", "date", "支付日期", "日期"),
    "reference": ("reference", "流水号"),
    "currency": ("currency", "币种"),
}
"""What the columns of a bank's list may be called; without a heading they come in this order."""

MOST_PAYMENTS = 20_000
WRONG_SHOWN = 20

_ASKS = ["differing", "after"]


class Line(NamedTuple):
    """A payment of a list. number: of its line, from 1 on."""

    number: int
    fact: PaymentConfirmed


class Wrong(NamedTuple):
    """A line of a list that cannot be recorded, and why."""

    line: int
    refusal: Refusal


@get(
    "/payroll/{period:str}/payments",
    opt=desk_opt(asks=_ASKS, follows="all_but_work"),
)
async def payments_page(
    page: NamedDependency[Page],
    period: PeriodInPath,
    differing: Annotated[bool, QueryParameter(description="Only who was paid something else.")] = False,
    after: Annotated[str | None, QueryParameter(description="Where to go on.")] = None,
) -> Response[str]:
    """Person by person: settled, held, payable, paid, and the difference."""
    return await _shown(page, period, differing, after)


@post("/payroll/{period:str}/payments", opt=desk_opt())
async def confirm_payments(page: NamedDependency[Page], period: PeriodInPath) -> Response[str]:
    """Records all payments of the list, or none of them; the same list again changes nothing."""
    page.caller.require_record(PaymentConfirmed.TYPE)
    form = await page.request.form()
    try:
        lines, wrong = _payments(form, str(month(period)), page.site.currency)
        wrong = wrong or await _record(page, lines)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, period, refusal=refusal, said=dict(form))
    if wrong:
        return await _shown(page, period, refusal=wrong[0].refusal, wrong=wrong, said=dict(form))
    return page.gone_to(f"/payroll/{period}/payments")


async def _record(page: Page, found: list[Line]) -> list[Wrong]:
    """Records `found` together; the lines that stand in the way, and then nothing is recorded."""
    sent = [within_rights(_submission(each.fact), page.caller) for each in found]
    outcomes = await asyncio.to_thread(page.writing.many, sent, page.caller.actor, atomic=True)
    refused = [
        Wrong(line.number, outcome.refusal)
        for line, outcome in zip(found, outcomes, strict=True)
        if isinstance(outcome, Refused)
    ]
    stored = [outcome.position for outcome in outcomes if isinstance(outcome, Stored)]
    if not refused and stored:
        await page.reading.after(max(stored), page.request)
    return [each for each in refused if each.refusal.kind != "withheld"] or refused


def _submission(fact: PaymentConfirmed) -> Submission:
    return Submission(
        type=fact.TYPE,
        source=SOURCE,
        key=f"payment/{fact.period}/{fact.employee}/{fact.reference}"[:200],
        occurred_at=now(),
        data=msgspec.to_builtins(fact),
    )


def _payments(form: FormMultiDict, period: str, currency: str) -> tuple[list[Line], list[Wrong]]:
    """The payments that a form says, its list or the one that its fields give; and lines that say none.

    currency: of the ledger, where nothing else is said. Raises: BadField.
    """
    rows = list(_rows(text_of(form, "list"))) or [(1, {name: text_of(form, name) for name in HEADINGS})]
    if len(rows) > MOST_PAYMENTS:
        detail = f"The list has {len(rows)} lines, more than {MOST_PAYMENTS}."
        raise BadField(field="list", detail=detail, remedy="Send it in parts.")
    lines: list[Line] = []
    wrong: list[Wrong] = []
    for number, row in rows:
        try:
            lines.append(Line(number, _payment(row, period, text_of(form, "currency") or currency)))
        except BadField as refusal:
            wrong.append(Wrong(number, refusal))
    return lines, wrong


def _payment(row: Mapping[str, str], period: str, currency: str) -> PaymentConfirmed:
    own = row.get("currency") or currency
    said = {
        "period": period,
        "employee": row.get("employee"),
        "amount_minor": typed_minor(row.get("amount") or "", own, "amount"),
        "currency": own,
        "paid_on": (row.get("paid_on") or "").replace("/", "-"),
        "reference": row.get("reference"),
    }
    return converted(PaymentConfirmed, said)


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The lines of a list with commas or tabs, each with its number, by what their columns say.

    Raises: BadField.
    """
    lines = [(n, line) for n, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1) if line.strip()]
    if not lines:
        return
    delimiter = "\t" if "\t" in lines[0][1] else ","
    cells = [(number, next(csv.reader([line], delimiter=delimiter))) for number, line in lines]
    known = {said: name for name, several in HEADINGS.items() for said in several}
    names = [known.get(cell.strip().lower(), "") for cell in cells[0][1]]
    if any(names):
        missing = [name for name in HEADINGS if name not in names and name != "currency"]
        if missing:
            raise BadField(
                field="list",
                detail=f"The list has no column {missing[0]}.",
                remedy=f"Call it {' or '.join(HEADINGS[missing[0]])}.",
            )
        cells = cells[1:]
    else:
        names = list(HEADINGS)
    for number, row in cells:
        yield number, {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}


async def _shown(
    page: Page,
    period: str,
    differing: bool = False,
    after: str | None = None,
    *,
    refusal: Refusal | None = None,
    wrong: list[Wrong] | None = None,
    said: dict[str, str] | None = None,
) -> Response[str]:
    found: Any = None
    try:
        asked = {"period": period, "differing": differing, "after": after, "limit": PEOPLE}
        found = await page.ask(payroll.read_reconciliation, **asked)
    except NotFinal:
        pass  # an open month has nothing to compare; the page says so
    return await page.answered(
        "payroll/payments.html",
        refusal,
        period=str(month(period)),
        tab="payments",
        query="",
        found=found,
        differing=differing,
        after=after,
        wrong=[(each.line, await page.told(each.refusal)) for each in (wrong or [])[:WRONG_SHOWN]],
        said=said or {},
        may_confirm=page.may("record") and found is not None and found.run.release is not None,
        today=page.reading.today(),
    )
