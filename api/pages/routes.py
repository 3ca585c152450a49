"""Every page there is, and what they are put together from."""

from litestar import Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from api.intake import Intake
from api.pages import boards, changes, first_run
from api.pages.admin import access, imports, intake, running, webhooks
from api.pages.assets import static_file
from api.pages.audit import exports, journal, sealing, statements
from api.pages.employee import learning, own, pay, today, visiting
from api.pages.entry import account, issuer, signing_in
from api.pages.home import home
from api.pages.hr import alerts, credentials, dossier, overview, posts, reading_plans, rosters, titles
from api.pages.hr import pay as pay_ranges
from api.pages.interface import interface_page
from api.pages.languages import choose_language
from api.pages.live import follow_page
from api.pages.navigation import Navigation, page_path
from api.pages.page import Site, page
from api.pages.payroll import asking, balancing, closing, holding, in_run, months, payments, run
from api.pages.people import people_page
from api.pages.plans import drafts, editing, examples, listing, reading, trying
from api.pages.serving import Serving
from api.pages.team import care, newcomers, now, pairs, person, swaps, targets, waiting

PAGES: list[HTTPRouteHandler] = [
    home,
    today.today_page,
    account.account_page,
    account.change_password,
    account.renew_second_factor,
    account.end_one,
    pay.months_page,
    pay.pay_page,
    pay.evidence_page,
    pay.dispute_page,
    pay.open_dispute,
    visiting.visit_page,
    visiting.check_in,
    learning.learning_page,
    learning.begin_test,
    learning.test_page,
    learning.hand_in,
    own.me_page,
    own.milestones_page,
    own.shifts_page,
    own.credentials_page,
    own.boards_page,
    own.survey_page,
    own.answer_survey,
    now.team_page,
    person.person_page,
    care.care_page,
    care.take_care,
    targets.targets_page,
    targets.change_target,
    newcomers.newcomers_page,
    swaps.swaps_page,
    swaps.settle_swap,
    waiting.waiting_page,
    waiting.settle,
    pairs.pairs_page,
    people_page,
    boards.boards_page,
    boards.board_page,
    changes.proposals_page,
    changes.answer_proposal,
    journal.journal_page,
    journal.reads_page,
    journal.fact_page,
    statements.choose_page,
    statements.statement_page,
    sealing.seal_page,
    exports.exports_page,
    overview.overview_page,
    credentials.credentials_page,
    credentials.flagged_page,
    credentials.own_page,
    credentials.decide,
    rosters.roster_page,
    rosters.search,
    rosters.adopt,
    listing.plans_page,
    reading.plan_page,
    reading.versions_page,
    reading.numbers_page,
    reading.readers_page,
    reading.acknowledge,
    reading.end_plan,
    drafts.draft_page,
    drafts.comment,
    drafts.propose,
    drafts.adopt,
    editing.editor_page,
    editing.edit,
    examples.examples_page,
    examples.example_page,
    trying.what_if_page,
    months.months_page,
    run.people_page,
    run.components_page,
    run.changes_page,
    run.late_page,
    run.files_page,
    closing.close_page,
    closing.take_next_step,
    closing.without_plan_page,
    closing.unconfirmed_page,
    in_run.person_page,
    holding.holds_page,
    holding.hold_pay,
    holding.let_go,
    asking.inquiries_page,
    asking.inquiry_page,
    asking.follow_up,
    balancing.balances_page,
    balancing.write_off,
    payments.payments_page,
    payments.confirm_payments,
    dossier.dossier_page,
    dossier.decide,
    dossier.hire_page,
    dossier.hire,
    alerts.alerts_page,
    alerts.backtest_page,
    reading_plans.plans_page,
    reading_plans.acknowledge,
    posts.posts_page,
    posts.forecast_page,
    titles.titles_page,
    titles.set_title,
    pay_ranges.pay_page,
    running.overview_page,
    first_run.steps_page,
    first_run.open_branch,
    first_run.hire,
    imports.imports_page,
    imports.try_file,
    imports.import_page,
    imports.confirm,
    intake.connectors_page,
    intake.entry_page,
    intake.settle_entry,
    webhooks.webhooks_page,
    webhooks.webhook_page,
    webhooks.change_webhook,
    access.tokens_page,
    access.make_token,
    access.revoke_token,
    access.accounts_page,
    access.make_account,
    access.change_account,
    access.end_session,
]
"""Those for whoever is signed in, and may."""

OPEN: list[HTTPRouteHandler] = [
    static_file,
    choose_language,
    interface_page,
    signing_in.sign_in_page,
    signing_in.sign_in,
    signing_in.password_page,
    signing_in.choose_password,
    signing_in.code_page,
    signing_in.give_code,
    signing_in.enrol_page,
    signing_in.enrol,
    signing_in.signed_out_page,
    issuer.to_issuer,
    issuer.from_issuer,
]
"""For whoever asks, signed in or not."""


def site_of(intake: Intake) -> Site:
    """What all pages of a service share."""
    followed = {page_path(page): page for page in PAGES if "follows" in page.opt}
    return Site(intake, Navigation(PAGES), followed, Serving())


def page_router(site: Site) -> Router:
    """The pages, at the addresses that people see."""
    provided = {"site": Provide(lambda: site, sync_to_thread=False), "page": Provide(page)}
    return Router(
        "/", route_handlers=[*OPEN, *PAGES, follow_page], dependencies=provided, include_in_schema=False
    )
