"""Webhooks from the command line, with no service running."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from commanded import ran
from conftest import new_database
from given import LEDGER
from receiving import Receiver, Reply, receiving
from standardwebhooks import Webhook

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def firm(
    postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Run, Receiver, str]]:
    """A ledger that was opened, a receiver beside it, and what runs a command."""
    with new_database(postgres, template) as dsn, receiving() as (receiver, url):
        home: Path = tmp_path_factory.mktemp("home")
        environment = {
            "MERITBOOK_HOME": str(home),
            "MERITBOOK_DATABASE_URL": dsn,
            "MERITBOOK_LEDGER": LEDGER,
            "MERITBOOK_WEBHOOK_HOSTS": "127.0.0.1",
            "ROBOT": "SEC" + "0a" * 32,
        }

        def run(*arguments: str) -> CompletedProcess[str]:
            return ran(environment, *(arguments if arguments[0] == "keys" else ("webhook", *arguments)))

        ran(environment, "migrate")
        assert ran(environment, "init", "--name", "firm").returncode == 0
        yield run, receiver, url


def test_a_webhook_from_its_making_to_its_end(firm: tuple[Run, Receiver, str]) -> None:
    run, receiver, url = firm
    answer = run("make", f"{url}/in", "--event", "fact.deal_closed", "--json")
    assert answer.returncode == 0, answer.stderr
    made = json.loads(answer.stdout)
    webhook = made["webhook"]
    tested = run("test", webhook)
    assert (tested.returncode, tested.stdout.split(" in ")[0]) == (0, "200"), tested.stderr
    [came] = receiver.at("/in")
    assert Webhook(made["secret"]).verify(came.body, came.headers)["type"] == "webhook.test"
    rotated = run("keys", "rotate")
    assert rotated.returncode == 0, rotated.stderr
    assert run("test", webhook).returncode == 0, "its secret went along with the master key"
    assert Webhook(made["secret"]).verify(receiver.came[-1].body, receiver.came[-1].headers)
    receiver.reply = lambda _: Reply(503, b"busy")
    failed = run("test", webhook)
    assert (failed.returncode, "503" in failed.stdout and "busy" in failed.stdout) == (1, True)
    receiver.reply = lambda _: Reply()
    assert came.message in run("deliveries", webhook, "--state", "delivered").stdout
    assert run("replay", webhook, "--message", came.message).stdout == "1 deliveries are sent again.\n"
    assert run("pause", webhook).returncode == 0
    [listed] = json.loads(run("list", "--json").stdout)
    assert (listed["state"], listed["waiting"], "in" in listed["host"]) == ("paused", 2, False)
    refused = run("test", webhook)
    assert (refused.returncode, "not active" in refused.stderr) == (1, True)
    assert run("resume", webhook, "--skip").returncode == 0
    assert run("remove", webhook).returncode == 0
    assert json.loads(run("list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("make", "http://hooks.example/x", "--event", "fact.deal_closed"), 1, "not encrypted"),
        (("make", "https://hooks.example/x", "--event", "deal_closed"), 1, "Did you mean fact.deal_closed?"),
        (("make", "https://hooks.example/x", "--event", "x", "--form", "slack"), 2, "form"),
        (("make", "https://hooks.example/x", "--event", "x", "--role", "boss"), 2, "no role"),
        (("replay", "wh_1"), 2, "what to send again"),
        (("remove", "wh_1"), 1, "There is no webhook"),
    ],
)
def test_what_cannot_be_is_refused(
    firm: tuple[Run, Receiver, str], arguments: tuple[str, ...], status: int, said: str
) -> None:
    answer = firm[0](*arguments)
    assert (answer.returncode, said in answer.stderr) == (status, True), answer.stderr
