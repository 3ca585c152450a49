"""Alert rules, the dashboard and the runbook speak of figures that the service shows, and of each other."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.intake import Refused
from api.metrics import Lag, Metrics
from domain.refusals import BadField

ROOT = Path(__file__).parents[2]
RULES = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/monitoring/dashboard.json").read_text())
RUNBOOK = (ROOT / "docs/howto/alerts.md").read_text()
LAGS = {"credits": Lag(3, 1.5, False), "standings": Lag(0, 0.0, True)}
NAME = re.compile(r"\bmeritbook_[a-z_]+")


class NoSeal:
    """A seal that nobody runs."""

    thread = witness = None

    def delay_seconds(self, _: object) -> float:
        return 0.0


@pytest.fixture(scope="module")
def shown() -> dict[str, set[str]]:
    """The names of a running service's figures, by the figure that they belong to."""
    metrics = Metrics(lambda: 7)
    metrics.watch_stream(lambda: 0, lambda: 0)
    metrics.watch_writing(lambda: 0, lambda: 0)
    metrics.watch_webhooks(lambda: (0, 0, 0))("delivered")
    metrics.watch_seal(NoSeal(), lambda _: 0.0)  # type: ignore[arg-type]
    metrics.watch_read_models(lambda: LAGS)
    metrics.refused("not-allowed")
    metrics.folded(7, 0.01)
    metrics.appended("together", 3, 0.01)
    metrics.brought([Refused(BadField(field="x", detail="x", remedy="x"))])
    metrics.answered("GET", "/v1/plans", 200, 0.01)
    metrics.quarantined("crm", "kept")
    found = dict[str, set[str]]()
    for family in metrics.registry.collect():
        names = {sample.name for sample in family.samples} | {family.name}
        found[family.name] = {name for name in names if not name.endswith("_created")}
    return found


def asked(expression: str) -> set[str]:
    return set(NAME.findall(expression))


def test_no_rule_and_no_panel_asks_for_what_is_not_shown(shown: dict[str, set[str]]) -> None:
    known = set().union(*shown.values())
    expressions = [rule["expr"] for rule in RULES]
    expressions += [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    for expression in expressions:
        assert asked(expression) <= known, expression
        assert asked(expression) or expression.startswith("up{"), expression
        assert expression.count("(") == expression.count(")"), expression


def test_every_figure_stands_on_the_dashboard(shown: dict[str, set[str]]) -> None:
    drawn = set().union(*(asked(t["expr"]) for panel in DASHBOARD["panels"] for t in panel["targets"]))
    assert {name for name, samples in shown.items() if not samples & drawn} == set()
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids) and DASHBOARD["uid"] == "meritbook"


def test_every_alert_has_its_part_of_the_runbook_and_the_other_way_round() -> None:
    headings = re.findall(r"^## (\S+)$", RUNBOOK, re.M)
    assert headings == [rule["alert"] for rule in RULES]
    for rule in RULES:
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert rule["annotations"]["runbook"] == f"docs/howto/alerts.md#{rule['alert'].lower()}"
        assert rule["annotations"]["summary"] in RUNBOOK
        assert re.fullmatch(r"\d+[mh]", rule["for"])


def test_the_lag_of_each_read_model_is_shown() -> None:
    metrics = Metrics(lambda: 7)
    metrics.watch_read_models(lambda: LAGS)
    value = metrics.registry.get_sample_value
    assert value("meritbook_read_model_lag_facts", {"read_model": "credits"}) == 3
    assert value("meritbook_read_model_lag_seconds", {"read_model": "credits"}) == 1.5
    assert value("meritbook_read_model_stopped", {"read_model": "standings"}) == 1


def test_commits_and_refusals_are_counted_by_way_and_kind() -> None:
    metrics = Metrics(lambda: 7)
    metrics.appended("together", 3, 0.002)
    metrics.appended("together", 5, 0.002)
    refusal = Refused(BadField(field="x", detail="x", remedy="x"))
    metrics.brought([refusal, refusal])
    metrics.refused("not-allowed")
    value = metrics.registry.get_sample_value
    assert value("meritbook_appended_facts_total", {"way": "together"}) == 8
    assert value("meritbook_append_seconds_count", {"way": "together"}) == 2
    assert value("meritbook_append_seconds_bucket", {"way": "together", "le": "0.001"}) == 0
    assert value("meritbook_refused_facts_total", {"kind": BadField.kind}) == 2
    assert value("meritbook_refusals_total", {"kind": "not-allowed"}) == 1
