"""The payroll run of a month, as JSON or as the file that payroll imports."""

from typing import Annotated

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.names import named_run
from api.ops import ENGINE
from api.payroll_files import FORMATS, MEDIA_TYPES, Format, file_name, payroll_file
from api.people import Asked
from api.problems import NotAcceptable
from api.reading import PeriodInPath, View, month
from api.watching import shows
from domain.journal.vault import Vault
from projections import payroll
from projections.payroll import PayrollRun


@get(
    "/payroll/runs/{period:str}",
    summary="Everything that is paid with a month",
    tags=["pay"],
    opt={"action": "run_payroll", "personal": "people"},
)
async def read_payroll_run(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    period: PeriodInPath,
    format: Annotated[
        Format | None, QueryParameter(description="Or ask by Accept; JSON if neither says.")
    ] = None,
) -> Response[PayrollRun]:
    """Final once the month is closed; until then as it stands. One row per line of a statement.

    A read of everybody's pay is meant for payroll; the files have the rows, JSON also the totals.
    """
    form = format or _accepted(request)
    asked = month(period)

    def question(cursor: payroll.Cursor, known_at: int | None) -> tuple[PayrollRun, bytes]:
        run = named_run(cursor, vault, payroll.run(cursor, asked, known_at, engine=ENGINE))
        return run, payroll_file(run, form)

    run, content = await view.ask(question)
    shows(request, (each.employee for each in run.totals))
    headers = {"ETag": f'"{run.statements_digest}-{form}"', "Vary": "Accept"}
    if form != "json":
        headers["Content-Disposition"] = f'attachment; filename="{file_name(run, form)}"'
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)  # type: ignore[arg-type]


def _accepted(request: Request) -> Format:  # type: ignore[type-arg]
    """The form that Accept asks for."""
    accepted = request.headers.get("accept", "*/*")
    for choice in accepted.split(","):
        media_type = choice.partition(";")[0].strip().lower()
        if media_type in ("*/*", "application/*"):
            return "json"
        for form in FORMATS:
            if media_type == MEDIA_TYPES[form]:
                return form
    raise NotAcceptable(
        field="Accept",
        detail=f"{accepted[:100]!r} names no form of a payroll run.",
        remedy=f"Ask for one of {', '.join(MEDIA_TYPES.values())}, or with ?format=.",
    )
