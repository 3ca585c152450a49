"""A payslip to print: one HTML page in English or Chinese, that loads nothing and runs nothing."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from api.pages.wording import Wording
from api.payslip_words import KINDS, STATES, WORDS, Lang
from api.payslips import PaidSlip
from domain.facts.titles import TitledKind
from domain.people.roster import Posting
from domain.plan.account_terms import ACCOUNT, ALLOWANCE
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.statement import Line
from projections.evidence import Evidence
from projections.explain import ExplainedLine, ExplainedPayslip
from projections.inquiries import Inquiry
from projections.titles import Titles

FACTS_SHOWN = 6
"""So many positions are printed below a line; the link has them all."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
}

Plans = Mapping[tuple[str, str], Plan]
"""The plans behind the lines, by month and id."""


class Page(NamedTuple):
    """What is printed. posting: where the person works, if that is known. called: what ids are called now.

    prefix: of links to the service.
    """

    slip: PaidSlip
    found: ExplainedPayslip
    plans: Plans
    posting: Posting | None
    lang: Lang
    called: Titles
    prefix: str = ""

    @property
    def wording(self) -> Wording:
        """How its numbers and sentences are written; no instant stands on it, so any zone does."""
        return Wording(self.lang, ZoneInfo("UTC"), self.called)


def payslip_page(*pages: Page) -> str:
    """The whole page; of several statements, all in the language of the first, each begins a sheet."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(files("api").joinpath("web", "payslip.html").read_text("utf-8"))
    return template.render(
        language="zh-Hans" if pages[0].lang == "zh" else "en",
        words=WORDS[pages[0].lang],
        wording=pages[0].wording,
        style=Markup(_style()),
        slips=[slip_shown(page) for page in pages],
    )


def content_policy() -> str:
    """The Content-Security-Policy of the page: its own style sheet, by its hash, and nothing else."""
    digest = b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def language_of(lang: Lang | None, accepted: str) -> Lang:
    """`lang`, or the first of the two languages that Accept-Language names; English if neither."""
    if lang is not None:
        return lang
    for choice in accepted.split(","):
        tag = choice.partition(";")[0].strip().lower().partition("-")[0]
        if tag in WORDS:
            return tag  # type: ignore[return-value]
    return "en"


@cache
def _style() -> str:
    return files("api").joinpath("web", "payslip.css").read_text("utf-8")


def slip_shown(page: Page) -> dict[str, Any]:
    """The statement in the words of the reader, as templates show it."""
    slip, made, here, wording = page.slip, page.slip.statement, page.posting, page.wording
    held = made.total_minor - slip.payable_minor
    state = slip.run.state
    return {
        "employee": made.employee,
        "name": here.name if here else None,
        "where": list(_where(here, page)) if here else [],
        "period": made.period,
        "state": state,
        "total": wording.money(made.total_minor, made.currency),
        "held": wording.money(held, made.currency) if slip.held_lines else "",
        "taken": wording.money(-held, made.currency) if slip.held_lines else "",
        "payable": wording.money(slip.payable_minor, made.currency),
        "sections": list(_sections(page)),
        "holds": slip.holds,
        "inquiries": [_inquiry(each, page.lang) for each in slip.inquiries],
        "digest": slip.digest,
        "known_at": slip.known_at,
        "closed_position": slip.closed_position,
        "plans": slip.plans,
        "engine": slip.engine,
        "explain": f"{page.prefix}explain?{urlencode({'known_at': slip.known_at})}",
    }


def _where(here: Posting, page: Page) -> Iterator[str]:
    """The branch, department and post, each by what it is called."""
    kinds: tuple[TitledKind, ...] = ("branch", "department", "post")
    for kind in kinds:
        id = getattr(here, kind)
        if id is not None:
            yield _in(page.called.of(kind, id), page.lang)


def _sections(page: Page) -> Iterator[dict[str, Any]]:
    """What was earned, what is settled of earlier months, and accounts, each as far as there is any."""
    numbered = [*enumerate(zip(page.slip.statement.lines, page.found.lines, strict=True), start=1)]
    for kind in ("earned", "retro", "accounts"):
        own = [(number, line, told) for number, (line, told) in numbered if _section(line) == kind]
        if not own:
            continue
        groups = groupby(own, key=lambda each: each[1].plan)
        total = sum(line.amount_minor for _, line, _ in own)
        yield {
            "kind": kind,
            "total": page.wording.money(total, page.slip.statement.currency),
            "groups": [
                {"title": _plan_title(page, plan), "lines": [_line(page, *each) for each in lines]}
                for plan, lines in groups
            ],
        }


def _section(line: Line) -> str:
    if line.kind in (ACCOUNT, ALLOWANCE):
        return "accounts"
    return "earned" if line.about is None else "retro"


def _plan_title(page: Page, plan: str) -> str:
    found = next((each for (_, name), each in page.plans.items() if name == plan), None)
    return plan if found is None else _in(found.title, page.lang)


def _line(page: Page, number: int, line: Line, told: ExplainedLine) -> dict[str, Any]:
    plan = page.plans.get((line.about or page.slip.statement.period, line.plan))
    wording = page.wording
    amounts = told.explanation.amounts
    return {
        "title": _in(line.title, page.lang),
        "clause": line.clause,
        "about": line.about,
        "said": wording.sentence(told.said),
        "parts": [
            {"said": wording.sentence(said), "amount": _part(Fraction(amount.amount_minor), line, wording)}
            for amount, said in zip(amounts, told.parts, strict=False)
            if amount.kind == "part" and said.en
        ],
        "inputs": list(_inputs(line, plan, wording)),
        "targets": list(_targets(line, plan, wording)),
        "notes": [wording.sentence(said) for said in (*(rate.said for rate in told.rates), *told.missed)],
        "facts": list(_facts(page, line, told, plan)),
        **_held(page, number, line),
        "amount": wording.money(line.amount_minor, line.currency),
    }


def _held(page: Page, number: int, line: Line) -> dict[str, str]:
    """The holds on a line, and what they keep of it if not all."""
    held = page.slip.held_lines.get(number)
    if held is None:
        return {"holds": "", "kept": ""}
    is_part = held.held_minor != line.amount_minor
    return {
        "holds": " ".join(held.holds),
        "kept": page.wording.money(held.held_minor, line.currency) if is_part else "",
    }


def _part(minor: Fraction, line: Line, wording: Wording) -> str:
    """A part of a line, which need not be whole minor units."""
    amount = wording.money(round(minor), line.currency)
    return amount if minor.denominator == 1 else f"≈ {amount}"


def _inputs(line: Line, plan: Plan | None, wording: Wording) -> Iterator[dict[str, str]]:
    for name, value in line.inputs.items():
        measure = plan.measures.get(name) if plan else None
        title = name if measure is None else wording.title(measure.title)
        yield {"title": title, "value": _level(value, name, plan, wording)}


def _targets(line: Line, plan: Plan | None, wording: Wording) -> Iterator[dict[str, str]]:
    for name, target in line.targets.items():
        said = plan.targets.get(name) if plan else None
        title = (said.title or plan.measures[said.measure].title) if plan and said else None
        measure = said.measure if said else name
        level = _level(target.value, measure, plan, wording)
        yield {"title": wording.title(title) if title else name, "value": level}


def _facts(page: Page, line: Line, told: ExplainedLine, plan: Plan | None) -> Iterator[dict[str, Any]]:
    """The facts behind each measure of a line, and those that made it late."""
    about = line.about or page.slip.statement.period
    for each in page.found.evidence:
        looked = each.milestone in told.milestones if each.milestone else each.measure in line.inputs
        if (each.plan, each.period) == (line.plan, about) and each.board is None and looked and each.total:
            yield _evidence(page, each, plan)
    if told.late:
        late = [fact.void_position or fact.position for fact in told.late[:FACTS_SHOWN]]
        yield {
            "title": WORDS[page.lang]["late"],
            "page": False,
            "total": told.late_total,
            "href": f"{page.prefix}explain?{urlencode({'known_at': page.slip.known_at})}",
            "positions": late,
            "more": told.late_total > len(late),
        }


def _evidence(page: Page, each: Evidence, plan: Plan | None) -> dict[str, Any]:
    asked = {"plan": each.plan, "measure": each.measure, "known_at": page.slip.known_at}
    if each.milestone:
        asked["milestone"] = each.milestone
    measure = plan.measures.get(each.measure) if plan else None
    positions = [fact.position for fact in each.facts[:FACTS_SHOWN]]
    return {
        "title": each.measure if measure is None else _in(measure.title, page.lang),
        "page": True,
        "total": each.total,
        "href": f"{page.prefix}{'' if each.period == page.slip.statement.period else f'../{each.period}/'}"
        f"evidence?{urlencode(asked)}",
        "positions": positions,
        "more": each.total > len(positions),
    }


def _inquiry(inquiry: Inquiry, lang: Lang) -> dict[str, Any]:
    ended = inquiry.resolution.outcome if inquiry.resolution else inquiry.state
    return {
        "id": inquiry.inquiry,
        "kind": KINDS[inquiry.kind][lang],
        "state": STATES[ended][lang],
        "note": inquiry.note,
    }


def _level(value: str | None, measure: str, plan: Plan | None, wording: Wording) -> str:
    found = plan.measures.get(measure) if plan else None
    if plan is None or found is None:
        return wording.level(value, "number", None)
    return wording.level(value, found.form, found.unit, plan.currency)


def _in(title: Title, lang: Lang) -> str:
    return title.zh if lang == "zh" else title.en
