"""What changes between versions, and which numbers hold for a person, over HTTP and on the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml
from commanded import ran
from given import LEDGER
from given_plan import adoption, document
from served import Service, fact, open_shanghai

FIRST = """
parameters: {asked: {value: 25, open: {to: [branch], min: 20, max: 40}}}
targets: {clients: {measure: clients, value: {parameter: asked}}}
"""
APRIL = FIRST.replace("25", "27") + "effective_from: 2025-04-01\n"


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    service = serve()
    open_shanghai(service)
    return service


def adopt(firm: Service, more: str) -> int:
    data = adoption(document(more))
    return firm.adopt(data)


def override(firm: Service) -> int:
    said = {"plan": "selling", "parameter": "asked", "level": "branch", "scope": "SH", "value": "30"}
    more = {"effective_from": "2025-03-01", "reason": "a new site"}
    return firm.by_two(fact("override_set", said | more))


def test_two_versions_differ_in_words(firm: Service) -> None:
    first = adopt(firm, FIRST)
    later = adopt(firm, APRIL)
    found = firm.get("/v1/plans/selling/diff", **{"from": first})
    said = [each["said"]["en"] for each in found["differences"]]
    assert said == [
        "Plan: effective from 2025-01-01 → 2025-04-01",
        "Parameter asked: value 25 → 27 from 2025-04-01",
    ]
    assert firm.get("/v1/plans/selling/diff", **{"from": later, "to": later})["differences"] == []
    assert firm.http.get("/v1/plans/selling/diff", params={"from": 1}).json()["field"] == "from"
    assert firm.http.get("/v1/plans/none/diff", params={"from": 1}).status_code == 404
    assert firm.http.get("/v1/plans/selling/diff").status_code == 400


@pytest.mark.rule("R83", "R84")
def test_each_number_of_a_person_names_who_set_it(firm: Service) -> None:
    """The branch sets 30 where the firm asks for 25; as known before, 25 holds."""
    adopted = adopt(firm, FIRST)
    position = override(firm)

    def asked(period: str = "2025-03", **query: Any) -> tuple[str, str, int, str]:
        [held] = firm.get(f"/v1/employees/E1/plans/{period}", **query)
        assert held["adopted_at"] == adopted
        [number] = [each for each in held["values"] if each["path"] == "targets.clients.value"]
        return number["said"], number["level"], number["position"], number["source"]

    assert asked() == ("30", "branch", position, "branch SH")
    assert asked(known_at=adopted) == ("25", "national", adopted, "parameters.asked")
    assert asked("2025-02") == ("25", "national", adopted, "parameters.asked")
    assert firm.get("/v1/employees/E1/plans/2024-12") == []
    assert firm.http.get("/v1/employees/E9/plans/2025-03").status_code == 404
    assert firm.client("employee", "E2").get("/v1/employees/E1/plans/2025-03").status_code == 403


@pytest.mark.rule("R27", "R83")
def test_the_commands_say_the_same(firm: Service, ledger_dsn: str, tmp_path: Path) -> None:
    """Exit status 0 for the same, 1 for another; files, versions and drafts in any mixture."""
    first = adopt(firm, FIRST)
    position = override(firm)
    for name, more in (("same", FIRST), ("april", APRIL)):
        tmp_path.joinpath(f"{name}.yaml").write_text(yaml.safe_dump(document(more)), "utf-8")
    environment = {
        "MERITBOOK_HOME": str(firm.settings.home),
        "MERITBOOK_DATABASE_URL": ledger_dsn,
        "MERITBOOK_LEDGER": LEDGER,
    }

    def run(*arguments: str) -> CompletedProcess[str]:
        return ran(environment, "plan", *(each.replace("@/", f"{tmp_path}/") for each in arguments))

    for one in ("selling", f"selling@{first}", "@/same.yaml"):
        same = run("diff", one, "@/same.yaml")
        assert (same.returncode, same.stdout) == (0, ""), same.stderr
    other = run("diff", "@/same.yaml", "@/april.yaml", "--lang", "zh")
    assert other.returncode == 1
    assert "参数“asked”：数值 25 → 27，自 2025-04-01 起" in other.stdout
    assert len(json.loads(run("diff", "selling", "@/april.yaml", "--json").stdout)["differences"]) == 2
    assert run("diff", "selling@x", "@/april.yaml").returncode == 2
    assert "No version" in run("diff", "selling@1", "@/april.yaml").stderr
    found = json.loads(run("resolve", "selling", "E1", "2025-03", "--json").stdout)
    [number] = [each for each in found["values"] if each["path"] == "parameters.asked.value"]
    assert (number["said"], number["position"]) == ("30", position)
    shown = run("resolve", "selling", "E1", "2025-03").stdout
    assert "branch SH" in shown
    assert run("resolve", "selling", "E1", "2024-12").returncode == 1
