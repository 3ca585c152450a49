"""What the firm's ids are called, those first that have no title, and the form that gives them one."""

from collections.abc import Mapping
from typing import Annotated, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import titles
from api.pages.hr.shown import filled_in, kept, shown, told, whole
from api.pages.leaves import Offset, part_of
from api.pages.navigation import page_opt
from api.pages.page import Page
from domain.facts.titles import TitledKind, TitleSet
from domain.refusals import NotAllowed, Refusal
from projections.titles import Titled

EVERY = "all"
KindAsked = Annotated[TitledKind | None, QueryParameter(description="Of this kind only.")]


@get(
    "/hr/titles",
    opt=page_opt("read_care", "hr", asks=["kind", "show", "offset", "done"], personal="none", reach="all"),
)
async def titles_page(
    page: NamedDependency[Page],
    kind: KindAsked = None,
    show: Annotated[str | None, QueryParameter(description="`all`: those too that have a title.")] = None,
    offset: Offset = 0,
    done: Annotated[str | None, QueryParameter(description="What was given a title just now.")] = None,
) -> Response[str]:
    """Every post, unit, kind of credential and other id that people read, and what it is called."""
    return await _shown(page, kind, show == EVERY, offset, done=done)


@post(
    "/hr/titles", opt=page_opt("record", "hr", asks=["kind", "show", "offset"], personal="none", reach="all")
)
async def set_title(
    page: NamedDependency[Page],
    kind: KindAsked = None,
    show: Annotated[str | None, QueryParameter(description="As of the page.")] = None,
    offset: Offset = 0,
) -> Response[str]:
    """Gives an id a title in both languages."""
    page.caller.require_record(TitleSet.TYPE)
    form = await filled_in(page)
    try:
        await told(page, TitleSet, {name: form[name] for name in TitleSet.__struct_fields__ if name in form})
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, kind, show == EVERY, offset, refusal, form)
    return page.gone_to(
        kept("/hr/titles", None, {"kind": kind, "show": show, "offset": offset or None, "done": form["id"]})
    )


async def _shown(
    page: Page,
    kind: TitledKind | None,
    every: bool,
    offset: int,
    refusal: Refusal | None = None,
    said: Mapping[str, str] | None = None,
    done: str | None = None,
) -> Response[str]:
    lang = page.wording.lang
    known: list[Titled] = await whole(page, titles.read_titles)
    lacking = [each for each in known if lang in each.lacks]
    listed = {each.kind for each in (known if every else lacking)}
    part = await part_of(
        page, titles.read_titles, offset, kind=[kind] if kind else None, lacks=None if every else lang
    )
    return await shown(
        page,
        "titles",
        "titles",
        refusal=refusal,
        part=part,
        lacking=len(lacking),
        kinds=[
            (each, sum(other.kind == each for other in lacking))
            for each in get_args(TitledKind)
            if each in listed or each == kind
        ],
        kind=kind,
        every=every,
        offset=offset,
        done=done,
        said=said or {},
    )
