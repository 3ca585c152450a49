"""Commands about question banks: check one, publish it, list those in use, and how people did."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import (
    FAILED,
    Json,
    Language,
    in_language,
    output,
    print_json,
    rows,
    settings,
    tell_faults,
)
from api.cli.tracing import traced_cursor

bank = typer.Typer(help="Question banks, from which tests of modules are drawn.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(bank, name="bank")

File = Annotated[Path, typer.Argument(help="The question bank, YAML.")]


@bank.command(epilog="Example: meritbook bank check examples/banks/implant-basics.yaml")
def check(file: File, lang: Language = "en", json: Json = False) -> None:
    """Say everything that is wrong with a question bank; no ledger is needed."""
    from api.banks import check_bank
    from domain.learning.bank import BankInvalid

    try:
        found = check_bank(file)
    except BankInvalid as invalid:
        tell_faults(file, invalid, json, lang)
        raise typer.Exit(FAILED) from None
    if json:
        print_json({"file": str(file), "bank": found.bank, "module": found.module, "problems": []})
        return
    output().print(
        f"{file} is sound: bank {found.bank} for module {found.module}, "
        f"{found.draws} of {len(found.questions)} questions a test."
    )


@bank.command(epilog="Example: meritbook bank publish implant-basics.yaml --by wang.hr")
def publish(
    file: File,
    by: Annotated[str, typer.Option(help="Who publishes it.")],
    json: Json = False,
) -> None:
    """Let tests be drawn from a question bank; those that were begun go on with the version before."""
    from api.banks import publish_bank
    from api.ops import open_ledger
    from projections.module_tests import BankVersion

    with open_ledger(settings()) as ledger:
        ledger.opened()
        found, stored = publish_bank(ledger, file, actor=by)
    is_in_use = isinstance(stored, BankVersion)
    if json:
        print_json({"bank": found.bank, "position": stored.position, "hit": is_in_use})
        return
    how = "was in use before" if is_in_use else "is in use"
    output().print(f"The bank {found.bank} for module {found.module} {how} (position {stored.position}).")


@bank.command("list", epilog="Example: meritbook bank list")
def list_(json: Json = False) -> None:
    """List the question banks in use, without their questions."""
    from api.module_tests import in_use
    from api.ops import counted
    from projections.module_tests import banks_in_use

    with counted(settings()) as (_, cursor):
        found = [in_use(each) for each in banks_in_use(cursor)]
    if json:
        print_json(found)
    elif found:
        rows(
            {"Bank": "", "Module": "", "Drawn": "", "Of": "", "Minutes": "", "Title": "", "Position": ""},
            [
                [
                    bank.bank,
                    bank.module,
                    bank.draws,
                    bank.questions,
                    bank.minutes or "–",
                    in_language(bank.title),
                    at,
                ]
                for bank in found
                for at in [bank.position]
            ],
        )
    else:
        output().print("No question bank is in use.")


@bank.command(epilog="Example: meritbook bank results E1007")
def results(employee: Annotated[str, typer.Argument(help="Id of a person.")], json: Json = False) -> None:
    """Show how somebody did in their tests, with the topics in which they are weak."""
    from api.ops import now
    from projections.taken_tests import tests

    with traced_cursor() as (cursor, trace):
        found = tests(cursor, now(), [employee])
        trace("bank results", employee=employee)
    if json:
        print_json(found)
        return
    if not found:
        output().print(f"{employee} has begun no test.")
    for each in found:
        score = f"{each.right} of {each.of} right, {each.score}" if each.score else each.state
        output().print(f"{each.module}, attempt {each.attempt}, begun {each.begun_at:%Y-%m-%d}: {score}")
        for weak in each.weak_topics:
            course = f"; course {weak.course.id}: {in_language(weak.course.title)}" if weak.course else ""
            output().print(
                f"  weak in {in_language(weak.title)}: {weak.right} of {weak.of} right{course}", markup=False
            )
