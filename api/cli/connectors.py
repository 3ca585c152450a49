"""Commands about connectors: check a mapping, try it, put it into use, list and remove what is in use."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import FAILED, Failed, Json, notes, output, print_json, rows, settings

if TYPE_CHECKING:
    from api.connectors.drop import Dropped
    from api.connectors.receipts import ConnectorReceipt

app = typer.Typer(
    help="Connectors: mappings by which the records of other systems become facts.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="Name of the connector, such as crm.")]
MappingFile = Annotated[Path, typer.Argument(help="The mapping, YAML.")]
By = Annotated[str, typer.Option(help="Who does it.")]
Reason = Annotated[str | None, typer.Option(help="Why, for the trail.")]


@app.command(epilog="Example: meritbook connector check examples/connectors/northwind-crm.yaml")
def check(file: MappingFile, json: Json = False) -> None:
    """Say everything that is wrong with a mapping; no ledger is needed."""
    from api.connectors.documents import check_connector
    from api.importing.mapping import MappingInvalid

    try:
        _, found = check_connector(file)
    except MappingInvalid as invalid:
        if not json:
            raise
        print_json({"file": str(file), "problems": [each._asdict() for each in invalid.problems]})
        raise typer.Exit(FAILED) from None
    facts = sorted({maker.type for maker in found.makers})
    if json:
        print_json({"file": str(file), "source": found.mapping.source, "facts": facts, "problems": []})
        return
    output().print(
        f"{file} is sound: records of {found.mapping.source} become {', '.join(facts) or 'facts'}."
    )


@app.command(epilog="Example: meritbook connector add crm northwind-crm.yaml --by wang.it")
def add(name: Name, file: MappingFile, by: By, reason: Reason = None, json: Json = False) -> None:
    """Put a mapping into use under a name, or its next version; what was translated before stays."""
    from api.connectors.documents import set_connector
    from api.ops import open_ledger
    from projections.connectors import Version

    with open_ledger(settings()) as ledger:
        ledger.opened()
        _, stored = set_connector(ledger, name, file, actor=by, reason=reason)
    was_in_use = isinstance(stored, Version)
    if json:
        print_json({"connector": name, "position": stored.position, "hit": was_in_use})
        return
    how = "was in use before" if was_in_use else "is in use"
    output().print(f"The connector {name} {how} (position {stored.position}).")


@app.command("list", epilog="Example: meritbook connector list")
def list_(json: Json = False) -> None:
    """List the connectors in use."""
    from api.connectors.http import in_use
    from api.ops import counted
    from projections import connectors as read_model

    with counted(settings()) as (_, cursor):
        found = [in_use(each) for each in read_model.in_use(cursor)]
    if json:
        print_json(found)
    elif found:
        rows(
            {"Connector": "", "Source": "", "Format": "", "Facts": "", "Quarantine": "", "Position": ""},
            [
                [
                    each.connector,
                    each.source,
                    each.format,
                    ", ".join(each.facts),
                    each.quarantine,
                    each.position,
                ]
                for each in found
            ],
        )
    else:
        output().print("No connector is in use.")


@app.command("try", epilog="Example: meritbook connector try northwind-crm.yaml orders.json")
def try_(
    mapping: MappingFile,
    file: Annotated[Path, typer.Argument(help="A file of records, as the other system sends them.")],
    json: Json = False,
) -> None:
    """Show which facts the records of a file would give and what is wrong with them; nothing is stored."""
    from api.connectors.trying import try_file
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        ledger.opened()
        found = try_file(ledger, mapping, file)
    if json:
        print_json(found)
    else:
        _show(found)
    raise typer.Exit(FAILED if found.refused else 0)


@app.command(epilog="Example: meritbook connector remove crm --by wang.it --reason 'replaced by another'")
def remove(name: Name, by: By, reason: Reason = None, json: Json = False) -> None:
    """Let a connector take no more records; the facts that it brought stay."""
    from api.connectors.documents import remove_connector
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        ledger.opened()
        stored = remove_connector(ledger, name, actor=by, reason=reason)
    if json:
        print_json({"connector": name, "position": stored.position})
    else:
        output().print(f"The connector {name} is removed (position {stored.position}).")


def _show(found: "ConnectorReceipt") -> None:
    from rich.markup import escape

    for outcome in found.outcomes:
        for fact in outcome.facts:
            said = ", ".join(f"{name}={value}" for name, value in (fact.data or {}).items())
            output().print(f"record {outcome.record}: {fact.type} {fact.key}: {said}", markup=False)
        if outcome.passed_over:
            output().print(f"record {outcome.record}: passed over")
        for wrong in outcome.problems:
            at = ", ".join(filter(None, (wrong.path, wrong.field))) or "the record"
            value = f" ({wrong.value})" if wrong.value else ""
            notes().print(
                escape(f"record {outcome.record}, {at}{value}: {wrong.detail} {wrong.remedy}"), soft_wrap=True
            )
    output().print(
        f"{found.records} records: {found.records - found.refused - found.passed_over} would be taken, "
        f"{found.passed_over} passed over, {found.refused} refused. Nothing is stored."
    )


folder = typer.Typer()


@folder.command(epilog="Example: MERITBOOK_DROP=/srv/drop meritbook drop --once")
def drop(
    once: Annotated[bool, typer.Option("--once", help="Take what is there, and end.")] = False,
    json: Json = False,
) -> None:
    """Bring in the files of the drop folder; a running service with MERITBOOK_DROP set does so by itself."""
    import time

    from api.connectors.drop import SETTLE_SECONDS, Drop
    from api.connectors.quarantine import Quarantine
    from api.logs import configure_logs
    from api.ops import open_ledger

    chosen = settings()
    configure_logs(chosen.log, chosen.log_level)
    if chosen.drop is None:
        raise Failed(
            "There is no drop folder.", "Set MERITBOOK_DROP to one, with a folder for each connector."
        )
    with open_ledger(chosen) as ledger:
        ledger.opened()
        ledger.runner().catch_up()
        found = Drop(ledger, Quarantine(ledger.vault, chosen.quarantine_days))
        taken = found.look()
        while not once or found.waits():
            time.sleep(SETTLE_SECONDS)
            ledger.runner().catch_up()
            taken += found.look()
            if not once:
                _tell_dropped(taken, json)
                taken = []
    _tell_dropped(taken, json)
    raise typer.Exit(FAILED if any(each.state != "done" for each in taken) else 0)


def _tell_dropped(taken: "list[Dropped]", json: bool) -> None:
    if json:
        print_json(taken)
        return
    for each in taken:
        counts = f", {each.report.stored} stored, {each.report.rows_refused} refused" if each.report else ""
        why = f": {each.why}" if each.why else ""
        output().print(f"{each.connector}/{each.file} {each.state}{counts}{why}", markup=False)
