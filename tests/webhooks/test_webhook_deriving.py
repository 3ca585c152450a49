"""From facts and days to deliveries: each told once, to whom it may be told, in one transaction."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from announced import require_announced
from book import NOW, SHANGHAI, Book
from given import LEDGER

from api.caller import Caller
from api.roles import Role
from api.webhooks import deriving, keeping, queue, standing, subscriptions
from api.webhooks.events import EVENTS, MILESTONE, NEEDED_BY_TYPE, REMINDER, STATEMENT, WARNING, needs
from api.webhooks.guard import Guard
from api.webhooks.keeping import WebhookAsked
from api.webhooks.posting import Answer
from api.webhooks.queue import Due, Outcome
from api.webhooks.schedule import verdict
from api.webhooks.subscriptions import Webhook
from domain.facts.mood import SurveyAnswered
from domain.facts.people import EmployeeLeft, EmployeePromoted
from domain.facts.registry import FACT_TYPES
from domain.facts.titles import TitleSet
from domain.journal.append import Journal
from domain.journal.master import InMemory
from domain.journal.vault import Vault
from projections.registry import PROJECTIONS
from projections.runner import position

PLAN = """
milestones: [{id: two, title: Two, measure: clients, reaches: 2, within_days: 400}]
alerts: [{id: stressed, title: Stressed, when: [{signal: stress, at_least: 8}], at_once: true}]
components: [{id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}]
"""
TODAY = dt.date(2025, 3, 20)
AT = dt.datetime(2025, 3, 20, 9, tzinfo=SHANGHAI)


class Firm:
    """A ledger whose events are derived by hand."""

    def __init__(self, book: Book) -> None:
        self.book, self.vault = book, Vault(LEDGER, InMemory())
        book.hire("M1", post="head")
        book.hire("E1", manager="M1")
        book.hire("E2")
        book.adopt(PLAN)

    def make(self, *events: str, role: Role = "hr_head", **asked: Any) -> Webhook:
        """A webhook of somebody in this role."""
        with self.book.cursor() as cursor:
            made, _ = keeping.make(
                cursor,
                self.vault,
                Guard(),
                Caller(name=role, role=role, scope="all"),
                WebhookAsked(name="x", url="https://hooks.example/x", events=events, **asked),
                TODAY,
                NOW,
            )
            cursor.connection.commit()
        return made

    def derived(self, webhook: Webhook) -> list[dict[str, Any]]:
        """What its deliveries say once everything is derived, in their order."""
        with self.book.cursor() as cursor:
            upto = position(cursor, PROJECTIONS)
            while deriving.derive(cursor, webhook.webhook, upto, TODAY, NOW):
                pass
            kept = subscriptions.webhook(cursor, webhook.webhook)
            found = standing.standing(cursor, [kept or webhook], TODAY, AT)
            standing.tell(cursor, webhook.webhook, found, TODAY, NOW)
            cursor.connection.commit()
            told = [msgspec.json.decode(each.body) for each in self.due(cursor, webhook)]
        for each in told:
            require_announced(each["type"], each)
        return told

    def due(self, cursor: Any, webhook: Webhook) -> Sequence[Due]:
        """What waits."""
        return queue.due(cursor, webhook.webhook, NOW, 100)


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str) -> Firm:
    """Two sellers, one of them led by M1, with a milestone and a warning in their plan."""
    return Firm(Book(journal, ledger_dsn, LEDGER))


def test_what_comes_with_the_day_is_told_once_and_only_what_is_new(firm: Firm) -> None:
    """E1 had reached the milestone before the webhook was made; E2 reaches it afterwards."""
    firm.book.register("A", "B", employee="E1")
    webhook = firm.make(MILESTONE, WARNING)
    assert firm.derived(webhook) == []
    firm.book.register("C", "D", employee="E2", on=18)
    firm.book.tell(SurveyAnswered(employee="E1", stress="9", training_satisfaction="7", belonging="6"), 19)
    told = firm.derived(webhook)
    assert [(each["type"], each["data"]["employee"]) for each in told] == [
        (MILESTONE, "E2"),
        (WARNING, "E1"),
    ]
    assert told[0]["data"]["attained_on"] == "2025-03-18" and told[1]["data"]["person"] == "M1"
    assert len(firm.derived(webhook)) == 2, "not again, however often is looked"


def test_the_line_of_a_robot_names_a_post_as_people_call_it(firm: Firm) -> None:
    """People stay their ids: a group reads it."""
    firm.book.tell(TitleSet(kind="post", id="seller", en="Sales representative", zh="销售代表"))
    webhook = firm.make("fact.employee_promoted")
    firm.book.tell(
        EmployeePromoted(employee="E2", post="seller", effective_on=dt.date(2025, 3, 10)),
        dt.date(2025, 3, 10),
    )
    firm.derived(webhook)
    with firm.book.cursor() as cursor:
        assert [each.line for each in firm.due(cursor, webhook)] == [
            "E2 is Sales representative from 2025-03-10"
        ]


def test_events_that_are_added_later_begin_then(firm: Firm) -> None:
    webhook = firm.make("fact.deal_closed", role="administrator")
    firm.book.register("A", "B", employee="E1")
    caller = webhook.caller()
    asked = keeping.WebhookChange(events=(MILESTONE,))
    with firm.book.cursor() as cursor:
        changed = keeping.change(cursor, firm.vault, Guard(), caller, webhook.webhook, asked, TODAY, NOW)
    assert changed.events == (MILESTONE,)
    assert firm.derived(webhook) == [], "the milestone of E1 stood before"
    firm.book.register("C", "D", employee="E2", on=18)
    assert [each["data"]["employee"] for each in firm.derived(webhook)] == ["E2"]


def test_a_ledger_has_so_many_webhooks_and_no_more(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_WEBHOOKS", 1)
    firm.make("fact.deal_closed")
    with pytest.raises(keeping.TooManyWebhooks):
        firm.make("fact.deal_closed")


def test_a_close_tells_each_statement_to_those_who_may_read_pay(firm: Firm) -> None:
    webhook, narrow = firm.make(STATEMENT, role="payroll"), firm.make(STATEMENT, people=("E2",))
    firm.book.register("A", "B", employee="E2")
    firm.book.close()
    told = [each["data"] for each in firm.derived(webhook)]
    assert [(each["employee"], each["period"], each["total_minor"]) for each in told] == [
        ("E1", "2025-03", 0),
        ("E2", "2025-03", 10_000),
        ("M1", "2025-03", 0),
    ]
    assert [each["data"]["employee"] for each in firm.derived(narrow)] == ["E2"]


def test_the_position_and_the_deliveries_are_undone_together(firm: Firm) -> None:
    """A crash between the two is a transaction that ends without its commit."""
    webhook = firm.make("fact.deal_closed")
    firm.book.sell("D1")
    with firm.book.cursor() as cursor:
        with cursor.connection.transaction(force_rollback=True):
            deriving.derive(cursor, webhook.webhook, position(cursor, PROJECTIONS), TODAY, NOW)
            assert len(firm.due(cursor, webhook)) == 1
        assert firm.due(cursor, webhook) == []
    first = firm.derived(webhook)
    assert [each["data"]["fact"]["deal"] for each in first] == ["D1"]
    assert firm.derived(webhook) == first, "derived again, it is the same delivery"


def test_a_queue_that_is_full_goes_no_further_and_loses_nothing(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deriving, "MOST_WAITING", 2)
    monkeypatch.setattr(deriving, "STRETCH_FACTS", 1)
    webhook = firm.make("fact.deal_closed")
    for number in range(5):
        firm.book.sell(f"D{number}")
    told: list[str] = []
    for expected in (["D0", "D1"], ["D2", "D3"], ["D4"], []):
        assert [each["data"]["fact"]["deal"] for each in firm.derived(webhook)] == expected
        told += expected
        with firm.book.cursor() as cursor:
            done = [Outcome(each, Answer(200, 1), "delivered") for each in firm.due(cursor, webhook)]
            queue.settle(cursor, webhook.webhook, done, NOW)
            cursor.connection.commit()
    assert told == [f"D{number}" for number in range(5)]


def test_an_endpoint_that_fails_for_five_days_is_stopped_and_the_last_try_leaves_a_dead_letter(
    firm: Firm,
) -> None:
    webhook = firm.make("fact.deal_closed")
    firm.book.sell("D1")
    firm.derived(webhook)
    at, tries = NOW, 0
    with firm.book.cursor() as cursor:
        while due := queue.due(cursor, webhook.webhook, at, 1):
            refused = Answer(503, 5, None)
            because = queue.settle(cursor, webhook.webhook, [Outcome(due[0], refused, verdict(503))], at)
            tries += 1
            assert because is None
            at += dt.timedelta(days=1, hours=3)
            if tries == 4:
                break
        late = NOW + dt.timedelta(days=5)
        due = queue.due(cursor, webhook.webhook, late, 1)
        said = queue.settle(cursor, webhook.webhook, [Outcome(due[0], Answer(None, 5, "no"), "again")], late)
        assert said is not None and "taken nothing since" in said
        for _ in range(5):
            late += dt.timedelta(days=2)
            [one] = queue.due(cursor, webhook.webhook, late, 1)
            queue.settle(cursor, webhook.webhook, [Outcome(one, Answer(None, 5, "no"), "again")], late)
        [dead] = queue.deliveries(cursor, webhook.webhook, "dead", 0, 10)
        assert (dead.tries, dead.next_at, dead.settled_at) == (10, None, late)
        assert queue.figures(cursor)[:2] == (0, 1)
        assert queue.forget(cursor, late + dt.timedelta(days=89)) == 0
        assert queue.forget(cursor, late + dt.timedelta(days=91)) == 1


def test_whoever_left_is_noticed(firm: Firm) -> None:
    webhook = msgspec.structs.replace(firm.make("fact.deal_closed"), employee="E1")
    firm.book.tell(EmployeeLeft(employee="E1", left_on=dt.date(2025, 3, 19), cause="family"), 19)
    with firm.book.cursor() as cursor:
        assert not deriving.is_over(cursor, webhook, dt.date(2025, 3, 19))
        assert deriving.is_over(cursor, webhook, TODAY)
        assert not deriving.is_over(cursor, firm.make("fact.deal_closed"), TODAY)


def test_whose_account_is_locked_or_changed_is_told_nothing_more(firm: Firm) -> None:
    webhook = msgspec.structs.replace(firm.make("fact.deal_closed"), maker="account:wang")
    with firm.book.cursor() as cursor:
        assert deriving.is_over(cursor, webhook, TODAY), "there is no such account"
        cursor.execute(
            "insert into account (name, role, scope, made_at) values ('wang', 'hr_head', 'all', now())"
        )
        assert not deriving.is_over(cursor, webhook, TODAY)
        for change in (
            "locked_at = now()",
            "locked_at = null, role = 'hr'",
            "role = 'hr_head', removed_at = now()",
        ):
            cursor.execute(f"update account set {change}")  # type: ignore[arg-type]
            assert deriving.is_over(cursor, webhook, TODAY), change


def test_secrets_survive_in_the_database_only_under_the_key_of_the_vault(firm: Firm) -> None:
    webhook = firm.make("fact.deal_closed")
    with firm.book.cursor() as cursor:
        assert subscriptions.unsealed(cursor, firm.vault, webhook.webhook).url == "https://hooks.example/x"
        cursor.execute("update webhook set sealed_url = sealed_secrets")
        with pytest.raises(subscriptions.KeysUnavailable, match="cannot be read"):
            subscriptions.unsealed(cursor, firm.vault, webhook.webhook)


def test_every_right_is_of_a_fact_that_there_is_and_what_is_unknown_takes_the_most() -> None:
    assert set(FACT_TYPES) >= NEEDED_BY_TYPE.keys()
    assert needs("fact.subject_erased") == needs("fact.deal_costed") == "read_facts"
    assert {STATEMENT, MILESTONE, WARNING, REMINDER} < set(EVENTS)
