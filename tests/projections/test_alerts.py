"""Warnings out of the journal: who gives cause, since when, what is done, and the rule on the past."""

import datetime as dt
from fractions import Fraction

import pytest
from book import Book
from given import LEDGER
from given_plan import document

from domain.facts.interventions import AlertAcknowledged, InterventionClosed, InterventionOpened
from domain.facts.mood import SurveyAnswered
from domain.facts.people import EmployeeLeft, LeaveTaken
from domain.facts.selling import TrialHeld
from domain.facts.training import ModuleStudied
from domain.plan.parse import parse_plan
from projections import alerts, replay
from projections.alerts import Warning
from projections.backtest import alert_backtest
from projections.interventions import interventions
from projections.risks import risks

PLAN = """
measures:
  trials: {count: trial_held}
  hospitals: {distinct: visit_recorded, of: customer, window: {days_since_hire: 30}}
curriculum: [{id: basics, title: Basics}]
milestones: [{id: ten, title: Ten hospitals, measure: hospitals, reaches: 10, within_days: 30}]
alerts:
  - {id: unready, title: Training lags, when: [{signal: training_completion, less_than: 70 %}]}
  - {id: late, title: Milestones missed, when: [{signal: milestones_missed, at_least: 1}], periods: 2}
  - id: stressed
    title: Stressed
    when: [{signal: stress, at_least: 8}]
    at_once: true
    owner: mentor
    suggests: [Mentoring by a senior, Communication course]
  - id: no_trial
    title: Trained but no trial
    when: [{signal: training_completion, at_least: 100 %}, {measure: trials, at_most: 0}]
    periods: 3
"""
HIRED = dt.date(2025, 3, 3)  # a Monday


@pytest.fixture
def firm(book: Book) -> Book:
    book.adopt(PLAN)
    book.hire("M1", hired_on=HIRED)
    book.hire("E1", hired_on=HIRED, manager="M1")
    return book


def learn(book: Book, percent: str, day: int = 4) -> int:
    return book.tell(ModuleStudied(employee="E1", module="basics", completion=f"{percent} %"), day)


def feel(book: Book, stress: str, day: int | dt.date = 5, employee: str = "E1") -> int:
    said = SurveyAnswered(employee=employee, stress=stress, training_satisfaction="7", belonging="6")
    return book.tell(said, day)


def standing(book: Book, name: str, day: dt.date, known_at: int | None = None) -> list[Warning]:
    """The warnings of one rule about E1 on a day."""
    with book.cursor() as cursor:
        found = alerts.alerts(cursor, day, ["E1"], known_at)
    return [each for each in found if each.alert == name]


@pytest.mark.rule("R6")
@pytest.mark.parametrize(("percent", "warns"), [("69.9", True), ("70", False)])
def test_training_below_70_percent_warns(firm: Book, percent: str, warns: bool) -> None:
    learn(firm, percent)
    assert bool(standing(firm, "unready", dt.date(2025, 3, 9))) == warns


@pytest.mark.rule("R7")
def test_milestones_missed_in_one_week_do_not_warn_and_two_running_do(firm: Book) -> None:
    """Ten hospitals in 30 days: none after one week, none after two."""
    assert standing(firm, "late", dt.date(2025, 3, 9)) == []
    [warning] = standing(firm, "late", dt.date(2025, 3, 16))
    assert (warning.first, warning.raised, warning.periods) == ("2025-W10", "2025-W11", 2)
    assert [each.period for each in warning.course] == ["2025-W11", "2025-W10"]
    firm.visit(*(f"H{number}" for number in range(7)), on=18)
    assert standing(firm, "late", dt.date(2025, 3, 23)) == [], "7 of 10 after 20 of 30 days keep the pace"


@pytest.mark.rule("R8")
@pytest.mark.parametrize(("stress", "warns"), [("7.9", False), ("8", True), ("8.5", True)])
def test_a_stress_of_8_warns_at_once(firm: Book, stress: str, warns: bool) -> None:
    feel(firm, stress)
    found = standing(firm, "stressed", dt.date(2025, 3, 5))
    assert bool(found) == warns
    assert not warns or found[0].course[0].causes[0].value == str(Fraction(stress))


@pytest.mark.rule("R9")
def test_a_warning_opens_a_case_with_owner_actions_and_outcome(firm: Book) -> None:
    """Seen, taken in hand, helped; what was known before is as it was."""
    told = feel(firm, "8.5")
    day = dt.date(2025, 3, 6)
    [first] = standing(firm, "stressed", day)
    about = {"employee": "E1", "plan": "selling", "alert": "stressed", "period": "2025-W10"}
    seen = firm.tell(AlertAcknowledged(**about), 6)
    opened = firm.tell(
        InterventionOpened(
            intervention="I1",
            owner="M1",
            actions=["senior mentoring", "communication course"],
            due_on=dt.date(2025, 3, 20),
            **about,
        ),
        6,
    )
    closed = firm.tell(InterventionClosed(intervention="I1", employee="E1", outcome="helped"), 7)
    states = [standing(firm, "stressed", day, at)[0].state for at in (told, seen, opened, closed)]
    assert states == ["open", "acknowledged", "in_hand", "acknowledged"]
    assert [title.en for title in first.suggests] == ["Mentoring by a senior", "Communication course"]
    with firm.cursor() as cursor:
        late = interventions(cursor, dt.date(2025, 3, 21), known_at=opened)
        [done] = interventions(cursor, dt.date(2025, 3, 21))
    assert [(each.state, each.owner) for each in late] == [("overdue", "M1")]
    assert (done.state, done.outcome, done.closed_at) == ("closed", "helped", closed)
    assert done.actions == ["senior mentoring", "communication course"]


@pytest.mark.rule("R11")
def test_three_weeks_trained_without_a_trial_open_a_case_and_a_trial_closes_it(firm: Book) -> None:
    learn(firm, "100")
    ends = [dt.date(2025, 3, 9) + dt.timedelta(weeks=number) for number in range(4)]
    assert [bool(standing(firm, "no_trial", day)) for day in ends[:3]] == [False, False, True]
    firm.tell(TrialHeld(employee="E1", customer="H1", product="stent"), 26)
    assert standing(firm, "no_trial", ends[3]) == []
    assert standing(firm, "no_trial", ends[2]), "it stood then"


def test_a_rule_is_tried_on_the_past_with_other_levels(firm: Book) -> None:
    """E1 stressed 26 days before leaving, E2 stressed and staying, E3 leaving out of the blue."""
    firm.hire("E2", hired_on=HIRED)
    firm.hire("E3", hired_on=HIRED)
    feel(firm, "8.5")
    feel(firm, "9", employee="E2")
    feel(firm, "7", employee="E3")
    for employee, day in (("E1", 31), ("E3", 28)):
        firm.tell(EmployeeLeft(employee=employee, left_on=dt.date(2025, 3, day), cause="stress"), day)
    rules = parse_plan(document(PLAN))
    rule = next(each for each in rules.alerts if each.id == "stressed")
    with firm.cursor() as cursor:
        found = alert_backtest(
            cursor,
            rules,
            rule,
            HIRED,
            dt.date(2025, 4, 30),
            within_days=60,
            levels=[Fraction(7), Fraction(9)],
        )
    told = {each.level: (each.warned, each.right, each.missed, each.precision) for each in found.trials}
    assert (found.people, found.left) == (4, 2)
    assert told == {"8": (2, 1, 1, "1/2"), "7": (3, 2, 0, "2/3"), "9": (1, 0, 2, "0")}
    assert found.trials[0].lead_days == "22", "from the end of the week of the survey to the last day"


def test_care_replays_to_the_same_rows(firm: Book, ledger_dsn: str) -> None:
    about = {"employee": "E1", "plan": "selling", "alert": "stressed", "period": "2025-W10"}
    firm.void(firm.tell(AlertAcknowledged(**about)))
    case = {"intervention": "I1", "employee": "E1"}
    firm.tell(InterventionOpened(owner="M1", actions=["talk"], due_on=HIRED, **case))
    firm.tell(InterventionClosed(outcome="left", **case))
    firm.runner.catch_up()
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared == (None, ())
    assert (found.rows["alert_seen"], found.rows["intervention"], found.rows["intervention_end"]) == (1, 1, 1)


RISKS = """
measures: {visits: {count: visit_recorded}}
alerts:
  - {id: fading, title: Three falling months, every: month, when: [{measure: visits, falling: 3}]}
  - {id: away, title: Often away, every: month, when: [{signal: leaves, at_least: 3}]}
"""


def fade(book: Book, employee: str, *visits: int) -> None:
    """So many visits a month from January on."""
    for month, number in enumerate(visits, start=1):
        day = dt.date(2025, month, 10)
        book.visit(*(f"{employee}-{month}-{count}" for count in range(number)), employee=employee, on=day)


@pytest.mark.rule("R34")
def test_three_falling_months_and_frequent_leave_are_reasons_and_tried_on_the_past(book: Book) -> None:
    """E1 falls 4, 3, 2, 1 and is away three times; E2 falls twice only; E3 fell so in autumn and left."""
    book.adopt(RISKS, effective_from="2024-01-01")
    for employee in ("E1", "E2", "E3"):
        book.hire(employee)
    for month, number in enumerate((4, 3, 2, 1), start=8):
        clients = (f"E3-{month}-{count}" for count in range(number))
        book.visit(*clients, employee="E3", on=dt.date(2024, month, 10))
    book.tell(EmployeeLeft(employee="E3", left_on=dt.date(2024, 12, 20), cause="no_sales"))
    fade(book, "E1", 4, 3, 2, 1)
    fade(book, "E2", 4, 4, 3, 2)
    for day, kind in ((7, "sick"), (14, "personal"), (22, "sick"), (28, "annual")):
        on = dt.date(2025, 4, day)
        book.tell(LeaveTaken(employee="E1", kind=kind, from_on=on, until_on=on))
    day = dt.date(2025, 4, 30)
    with book.cursor() as cursor:
        found = risks(cursor, day, since=dt.date(2024, 7, 1), within_days=60)
        before = risks(cursor, dt.date(2025, 4, 29), within_days=60)
    [person] = found.people
    assert (person.employee, [each.alert for each in person.reasons]) == ("E1", ["away", "fading"])
    [cause] = person.reasons[1].course[0].causes
    assert (cause.value, cause.before, cause.test, cause.level) == ("1", ("2", "3", "4"), "falling", "3")
    records = {each.alert: (each.warned, each.right, each.left, each.precision) for each in found.records}
    assert records == {"away": (1, 0, 1, "0"), "fading": (2, 1, 1, "1/2")}
    assert before.people == (), "the month was not over"
    with book.cursor() as cursor:
        rules = parse_plan(document(RISKS))
        tried = alert_backtest(
            cursor, rules, rules.alerts[0], dt.date(2024, 7, 1), day, within_days=60, levels=[Fraction(2)]
        )
    assert [(each.level, each.warned) for each in tried.trials] == [("3", 2), ("2", 3)]
