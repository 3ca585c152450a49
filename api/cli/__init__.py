"""The command line `meritbook`."""

import os
import sys
from collections.abc import Callable

import typer

from api.cli import (
    accounts,
    alerts,
    assistants,
    audit,
    backups,
    balances,
    banks,
    branches,
    changes,
    closing,
    cold,
    connectors,
    doctor,
    facts,
    inquiries,
    ledgers,
    pay,
    paying,
    plans,
    practices,
    privacy,
    proofs,
    quarantine,
    rates,
    recompute,
    roster,
    seal,
    service,
    tokens,
    webhooks,
)
from api.cli.terminal import expected_failure, language, say_failure, take_language
from api.garbage import collect_seldom

app = typer.Typer(
    name="meritbook",
    help="The book of merits: facts nobody can alter, and pay, rankings and progress computed from them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for commands in (
    service.app,
    facts.app,
    plans.app,
    closing.app,
    pay.app,
    paying.app,
    seal.app,
    proofs.app,
    audit.app,
    recompute.app,
    backups.app,
    doctor.app,
):
    app.add_typer(commands)
app.add_typer(tokens.app)
app.add_typer(accounts.app, name="account", help="Who may sign in to the pages with a password.")
app.add_typer(privacy.app)
app.add_typer(
    changes.proposal, name="proposal", help="Changes that one person proposes and another approves."
)
app.add_typer(alerts.app)
app.add_typer(assistants.app)
app.add_typer(assistants.pairing, name="pairing", help="Assistants and the sellers whom they serve.")
app.add_typer(rates.app)
app.add_typer(branches.app)
app.add_typer(balances.app)
app.add_typer(banks.app)
app.add_typer(connectors.app, name="connector")
app.add_typer(connectors.folder)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(practices.app)
app.add_typer(roster.app, name="roster", help="Who works when: search for rosters, show and publish them.")
app.add_typer(ledgers.app, name="ledger", help="The ledgers of a database, one for each legal entity.")
app.add_typer(ledgers.group, name="group", help="Boards and exports over several ledgers.")
app.add_typer(cold.app, name="cold", help="Old partitions of the journal in files, out of the database.")
app.add_typer(webhooks.app, name="webhook", help="Events that other systems and group chats are sent.")
app.add_typer(inquiries.app, name="inquiry", help="What people ask and dispute about their pay.")


def spoken() -> Callable[[], object]:
    """The commands, with their help in the language of the reader."""
    if language() == "en":
        return app
    from api.cli.chinese_help import in_chinese

    return in_chinese(typer.main.get_command(app))


def main() -> None:
    """Runs the command that was typed. Exit status 0: done; 1: refused or failed; 2: wrongly called."""
    collect_seldom()
    take_language(os.environ)
    try:
        spoken()()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        told = expected_failure(error)
        if told is None:
            raise
        detail, remedy, status = told
        say_failure(detail, remedy)
        sys.exit(status)
