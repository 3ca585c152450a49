"""Every page there is, and what they are put together from."""

from litestar import Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from api.intake import Intake
from api.pages.assets import static_file
from api.pages.employee import today
from api.pages.home import home
from api.pages.languages import choose_language
from api.pages.navigation import Navigation
from api.pages.page import Site, page

PAGES: list[HTTPRouteHandler] = [
    home,
    today.today_page,
]
"""Those for whoever is signed in, and may."""

OPEN: list[HTTPRouteHandler] = [static_file, choose_language]
"""For whoever asks, signed in or not."""


def site_of(intake: Intake) -> Site:
    """What all pages of a service share."""
    return Site(intake, Navigation(PAGES))


def page_router(site: Site) -> Router:
    """The pages, at the addresses that people see."""
    provided = {"site": Provide(lambda: site, sync_to_thread=False), "page": Provide(page)}
    return Router("/", route_handlers=[*OPEN, *PAGES], dependencies=provided, include_in_schema=False)
