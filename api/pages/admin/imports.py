"""Imports: a file is sent with its mapping, tried, its report read, and confirmed."""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency

from api.importing import desk
from api.importing.desk import ImportInPath
from api.importing.runs import ImportRun
from api.pages.admin.running import TABS
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import text_of
from domain.refusals import BadField, Refusal

SHOWN_FAULTS = 200
_OPT: Mapping[str, Any] = page_opt("administer", "admin", personal="none", reach="all")


@get("/admin/imports", opt=_OPT)
async def imports_page(page: NamedDependency[Page]) -> Response[str]:
    """The form, and the last imports."""
    return await _shown(page, None)


@post("/admin/imports", opt=_OPT)
async def try_file(page: NamedDependency[Page]) -> Response[str]:
    """Tries the file; on to its report."""
    form = await page.request.form()
    try:
        sent = await file_sent(form, "file")
        mapping = await mapping_of(form)
        said = {"file": sent[0], "content": b64encode(sent[1]).decode(), "mapping": mapping}
        made: ImportRun = await page.send(desk.try_import, said)
    except Refusal as refusal:
        return await _shown(page, refusal)
    return page.gone_to(f"/admin/imports/{made.id}")


@get("/admin/imports/{id:str}", opt=_OPT)
async def import_page(page: NamedDependency[Page], id: ImportInPath) -> Response[str]:
    """The report of an import; with a button to confirm it, as long as it was only tried."""
    found: ImportRun = await page.ask(desk.read_import, id=id)
    return await page.rendered("admin/import.html", tabs=TABS, run=found, most=SHOWN_FAULTS)


@post("/admin/imports/{id:str}/confirm", opt=_OPT)
async def confirm(page: NamedDependency[Page], id: ImportInPath) -> Response[str]:
    """Imports the file; on to what came of it."""
    await page.ask(desk.confirm_import, id=id)
    return page.gone_to(f"/admin/imports/{id}")


async def _shown(page: Page, refusal: Refusal | None) -> Response[str]:
    runs: list[ImportRun] = await page.ask(desk.read_imports)
    return await page.answered(
        "admin/imports.html", refusal, tabs=TABS, runs=runs, examples=sorted(example_mappings())
    )


async def file_sent(form: FormMultiDict, name: str) -> tuple[str, bytes]:
    """The name and the bytes of a file in a form.

    Raises: BadField where none was chosen.
    """
    sent = form.get(name)
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise BadField(field=name, detail="No file was chosen.", remedy="Choose one.")
    return sent.filename, await sent.read()


async def mapping_of(form: FormMultiDict) -> str:
    """The mapping that a form sends as a file, or names among the examples.

    Raises: BadField.
    """
    sent = form.get("mapping")
    if isinstance(sent, UploadFile) and sent.filename:
        try:
            return (await sent.read()).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadField(
                field="mapping", detail="The mapping is not in UTF-8.", remedy="Save it as UTF-8."
            ) from None
    named = example_mappings().get(text_of(form, "example"))
    if named is None:
        raise BadField(
            field="mapping", detail="No mapping was chosen.", remedy="Choose a file or an example."
        )
    return named


@cache
def example_mappings() -> Mapping[str, str]:
    """The mappings that come with the program, by folder and name."""
    found: dict[str, str] = {}
    for folder in files("api").joinpath("..", "examples").iterdir():
        if folder.is_dir() and folder.name in ("people", "huikang", "hospital"):
            for file in folder.iterdir():
                if file.name.endswith(".mapping.yaml"):
                    name = f"{folder.name}/{file.name.removesuffix('.mapping.yaml')}"
                    found[name] = file.read_text("utf-8")
    return found
