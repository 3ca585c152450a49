"""The HTTP service, put together: the composition root of everything under /v1."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide

from api import (
    alerts,
    assistants,
    audit,
    balances,
    boards,
    changes,
    checklists,
    checkpoints,
    clients,
    closes,
    confirmations,
    credentials,
    diffs,
    establishment,
    exchange_rates,
    facts,
    growth,
    health,
    honours,
    inquiries,
    insight,
    margins,
    module_tests,
    ops,
    overview,
    pairings,
    payroll,
    payslips,
    people,
    personal,
    plan_diff,
    plan_examples,
    plan_life,
    plan_words,
    plans,
    practices,
    printing,
    problem_kinds,
    provenance,
    receipts,
    reminders,
    rosters,
    run_person,
    run_sheets,
    run_slips,
    seal,
    shifts,
    signed_in,
    simulating,
    storage,
    stream,
    stream_tickets,
    targets,
    titles,
    token_desk,
    trail_pages,
    units,
    visits,
    workforce,
)
from api.accounts import desk as account_desk
from api.asyncapi import read_asyncapi
from api.bulk import addresses as bulk
from api.bulk.building import Building
from api.connectors import http as connectors
from api.connectors import quarantine_http
from api.connectors.drop import Drop
from api.connectors.dropping import Dropping
from api.connectors.facts_kept import FactsKept
from api.connectors.learning_requests import LearningRequests
from api.connectors.quarantine import Quarantine
from api.connectors.xapi import xapi_router
from api.documented import complete
from api.duties import DUTIES, Duty
from api.entrance import entrance
from api.figures import figures
from api.follower import Follower
from api.importing import desk as import_desk
from api.kept_findings import KeptFindings
from api.kept_sheets import KeptSheets
from api.kept_slips import KeptSlips
from api.leading import Leading, Work
from api.limits import ALONE, Shared
from api.moving import Mover
from api.name_search import NameSearch
from api.openapi import OPENAPI
from api.ops import Ledger
from api.pages.page import Site
from api.pages.problem_pages import as_pages
from api.pages.routes import page_router, site_of
from api.paging import pages
from api.problem_answers import EXCEPTION_HANDLERS
from api.providing import given
from api.questions import Question, questions
from api.reading import Reading, view
from api.requests import Surround
from api.scim.people import People
from api.scim.routes import scim_router
from api.streaming.hub import Hub
from api.traces import TracesKept
from api.tracing import also_told, spans_of
from api.trail import Trail
from api.webhooks import addresses
from api.webhooks.courier import Courier
from api.webhooks.service import webhooks_of
from api.writing import Writing
from domain.journal.group_commit import GroupCommit

THREADS = 24
"""More than there are connections to read with, so that questions never keep a write waiting."""

HANDLERS = [
    facts.record_fact,
    facts.record_facts,
    connectors.read_connectors,
    connectors.take_records,
    connectors.read_report,
    *quarantine_http.HANDLERS,
    audit.read_facts,
    audit.read_fact,
    provenance.read_provenance,
    personal.read_personal,
    plans.read_plans,
    plans.read_plan,
    plan_words.read_standings,
    plan_words.read_words,
    plan_words.check_text,
    plan_examples.read_examples,
    plan_examples.read_example,
    simulating.simulate_plan,
    changes.read_proposals,
    changes.approve_change,
    changes.refuse_change,
    plan_life.read_drafts,
    plan_life.read_draft,
    plan_life.read_acknowledgements,
    plan_diff.read_plan_diff,
    plan_diff.read_resolved,
    workforce.read_people,
    workforce.read_attainments,
    people.read_person,
    overview.read_overview,
    payslips.read_statement,
    printing.print_statement,
    people.explain_statement,
    people.read_evidence,
    receipts.read_receipt,
    people.read_progress,
    people.read_hints,
    stream.follow,
    stream_tickets.make_ticket,
    boards.read_board,
    honours.read_honours,
    honours.read_proposals,
    boards.read_milestones,
    boards.read_goals,
    growth.read_dossier,
    growth.read_growth,
    clients.read_clients,
    practices.read_practices,
    practices.read_next,
    practices.read_decision_makers,
    margins.read_margins,
    module_tests.read_banks,
    module_tests.read_tests,
    module_tests.begin_test,
    module_tests.read_test,
    module_tests.hand_in,
    visits.check_in,
    alerts.read_alerts,
    alerts.read_interventions,
    alerts.read_backtest,
    payroll.read_payroll_runs,
    closes.close_month,
    *checklists.HANDLERS,
    reminders.read_reminders,
    reminders.read_notices,
    establishment.read_establishment,
    units.read_units,
    titles.read_titles,
    assistants.read_competence,
    assistants.read_leads,
    assistants.read_contracts,
    assistants.read_contract,
    pairings.read_pairings,
    pairings.read_proposals,
    insight.read_leavers,
    insight.read_outcomes,
    insight.read_compared,
    insight.read_split,
    insight.read_risks,
    insight.read_staffing,
    insight.read_approval_times,
    insight.read_pay_ranges,
    payroll.read_payroll_run,
    payroll.read_payroll_rows,
    *run_sheets.HANDLERS,
    run_person.read_run_person,
    run_slips.print_slips,
    payroll.read_reconciliation,
    payroll.read_outstanding,
    payroll.read_holds,
    inquiries.read_inquiries,
    inquiries.read_inquiry,
    diffs.read_diff,
    diffs.read_moments,
    trail_pages.read_trail,
    credentials.read_credentials,
    credentials.read_summary,
    credentials.read_flagged_work,
    credentials.read_own,
    balances.read_balances,
    balances.read_balances_of,
    exchange_rates.read_exchange_rates,
    shifts.read_shifts,
    shifts.check_swap,
    targets.read_target_changes,
    confirmations.read_awaited,
    shifts.read_overtime,
    shifts.read_swaps,
    shifts.read_rules,
    rosters.read_roster,
    rosters.propose_roster,
    rosters.read_calendar,
    seal.read_checkpoint,
    checkpoints.read_checkpoints,
    checkpoints.read_consistency,
    seal.read_tile,
    seal.read_proof,
    signed_in.read_session,
    signed_in.end_session,
    signed_in.end_all_sessions,
    *addresses.HANDLERS,
    *bulk.HANDLERS,
    *token_desk.HANDLERS,
    *account_desk.HANDLERS,
    *import_desk.HANDLERS,
    storage.read_storage,
    problem_kinds.problem_kind,
]

_WRITTEN_OUT: dict[Any, Callable[[Any], Any]] = {Fraction: str, Decimal: str}

HEALTH: list[Any] = [health.live, health.ready, health.metrics]

BESIDE = [signed_in.sign_out, read_asyncapi, *HEALTH]
"""What does not stand under /v1."""


def build_app(ledger: Ledger, duties: Collection[Duty] = DUTIES, shared: Shared = ALONE) -> Surround:
    """The service over `ledger` as a process with these duties; without `api` it still says how it fares."""
    reading = Reading(ledger.pool, ledger.today, ledger.settings.wait_seconds)
    hub, traces = Hub(ledger.dsn, ledger.schema, reading), TracesKept(rings=shared.rings)
    sealing, spans = seal.sealing(ledger), spans_of(ledger.settings)
    metrics = figures(reading, hub, sealing)
    desk, courier = webhooks_of(ledger, reading, metrics, traces, spans)
    quarantine = Quarantine(ledger.vault, ledger.settings.quarantine_days, metrics.quarantined)
    asked = dict[str, Question]()
    way_in = entrance(ledger, reading, asked, lambda: app.state.trail, shared.limits)
    site, kept_slips = site_of(ledger.intake), KeptSlips(reading)
    kept_sheets = KeptSheets(reading, kept_slips)
    services: dict[str, Any] = {**way_in.given(), "ledger": ledger, "reading": reading, "hub": hub}
    services |= {"kept_slips": kept_slips, "kept_sheets": kept_sheets, "quarantine": quarantine, "desk": desk}
    follower = Follower(ledger.runner(spans and spans.folding(traces)), metrics.folded)
    services |= {"follower": follower, "sealing": sealing, "metrics": metrics, "vault": ledger.vault}
    building = Building(reading.ask_here, ledger.settings.home)
    services |= {"findings": KeptFindings(kept_slips), "building": building, "names": NameSearch()}
    threads = [*([spans] if spans else []), *_threads(ledger, duties, services, courier)]
    on_commit = also_told(metrics.committed, spans)

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncGenerator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "service"))
        await asyncio.to_thread(ledger.intake.opened)
        for thread in threads:
            thread.start()
        async with (
            GroupCommit(ledger.journal, clock=ops.now, on_commit=on_commit) as commits,
            Trail(ledger.intake, commits, ops.now) as trail,
            metrics.published(),
        ):
            keep = FactsKept(reading, quarantine).note
            writing = Writing(ledger.intake, commits, ledger.settings, ops.now, metrics, traces, keep, spans)
            metrics.watch_writing(lambda: commits.queued, lambda: writing.waiting)
            app.state.trail, app.state.writing, app.state.kept_slips = trail, writing, kept_slips
            yield
        hub.close()
        for thread in reversed(threads):
            await asyncio.to_thread(thread.stop)

    app = Litestar(
        route_handlers=_routers(site, People(reading, ledger.vault)) if "api" in duties else HEALTH,
        middleware=[way_in.gate],
        dependencies={
            "writing": Provide(lambda: app.state.writing, sync_to_thread=False),
            "view": Provide(view),
            "pages": Provide(pages),
            **given(**services, services=services),
        },
        exception_handlers=as_pages(EXCEPTION_HANDLERS, site),
        lifespan=[running],
        openapi_config=OPENAPI,
        request_max_body_size=ledger.settings.batch_bytes,
        logging_config=None,
        type_encoders=_WRITTEN_OUT,
    )
    complete(app, ledger.settings.batch_facts)
    asked.update(questions(app.openapi_schema))
    return Surround(LearningRequests(app), metrics, hub.close, ledger.settings.has_tls, spans)


def _threads(
    ledger: Ledger, duties: Collection[Duty], services: dict[str, Any], courier: Courier
) -> list[Work]:
    """What a process with these duties does beside answering; what it leads is one more of `services`."""
    led: dict[Duty, Work] = {"follower": services["follower"], "sealer": services["sealing"]}
    leading = Leading(ledger.dsn, ledger.schema, {name: led[name] for name in led if name in duties})
    services["leading"] = leading
    mover = Mover(ledger.dsn, ledger.schema, services["reading"])
    dropping = Dropping(Drop(ledger, services["quarantine"]) if ledger.settings.drop else None)
    own: dict[Duty, list[Work]] = {"api": [services["hub"], mover], "webhooks": [courier], "drop": [dropping]}
    return [leading, *(work for duty in own if duty in duties for work in own[duty])]


def _routers(site: Site, people: People) -> list[Any]:
    """Our own addresses, those that standards name, the pages, and what stands beside them."""
    own = Router("/v1", route_handlers=HANDLERS)
    return [own, xapi_router(), scim_router(people), page_router(site), *BESIDE]
