"""What a plan says: who it is for, what it measures, what it aims at and what it pays.

`domain.plan.parse.parse_plan` makes these structs of a document and refuses one that has faults.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.facts.governance import Level as OverrideLevel
from domain.facts.people import LeaveKind
from domain.money import Rounding
from domain.period import PeriodKind
from domain.plan.account_terms import Draw, Holdback, NegativeBalance
from domain.plan.alert import Alert
from domain.plan.competence import CompetenceModel
from domain.plan.components.component import Component
from domain.plan.exact import Unit
from domain.plan.exchange import RateDay
from domain.plan.fields import (
    DERIVED,
    GoalName,
    Identifier,
    Level,
    MeasureName,
    ModuleName,
    Months,
    Noun,
    Prorate,
    Share,
    Title,
    WholeNumber,
)
from domain.plan.leads import LeadRules
from domain.plan.measures import Measure, Unlicensed
from domain.plan.pairing import PairingRules


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """Whom something is for: whoever matches every list given. An absent list matches everybody."""

    post: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    employment: tuple[Literal["established", "contract", "agency", "intern"], ...] = ()
    tenure_months: Months | None = None


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Who may override a parameter, and within which bounds; both bounds are allowed values."""

    to: tuple[OverrideLevel, ...]
    min: Level | None = None
    max: Level | None = None


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A number with a name, set for the whole firm; closed to overrides unless `open` says otherwise.

    Overrides of a percentage are percentages, those of a number are numbers.
    """

    value: Level
    form: Annotated[Unit, DERIVED] = "number"
    title: Title | None = None
    unit: Noun | None = None
    open: Opening | None = None


class LeaveRelief(msgspec.Struct, frozen=True, kw_only=True):
    """How much each whole day of leave takes off a target. kinds: of leave that count; all when absent."""

    per_day: Level
    kinds: tuple[LeaveKind, ...] = ()


class OvertimeRelief(msgspec.Struct, frozen=True, kw_only=True):
    """How much the target of a day falls after overtime for one of `reasons`.

    It falls when each of so many `days` before it had more than so many minutes of such overtime.
    """

    lower_by: Share
    reasons: tuple[Literal["visit_count", "client_demand", "other"], ...] = ("visit_count",)
    more_than_minutes: int = 0
    days: int = 1


class Relief(msgspec.Struct, frozen=True, kw_only=True):
    """What lowers a target, never below 0."""

    leave: LeaveRelief | None = None
    overtime: OvertimeRelief | None = None


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The target is the quota of a quarter or year, of which each month has its share.

    weights: of its months, in their order; all alike when absent. cumulative: the share of the month and of
    those before it, for a measure whose window is as long as the quota's.
    """

    over: Literal["quarter", "year"]
    weights: tuple[Level, ...] = ()
    cumulative: bool = False


class RampStep(Months, frozen=True, kw_only=True):
    """The share of the target that is asked for in some months since the hire."""

    share: Share


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a measure should reach in each period; reaching it exactly is enough.

    spread, ramp and prorate each take a share of the value, in this order; then relief lowers it. ramp: for
    newcomers; all of the target is asked for outside its steps. prorate: by the days of the period on which
    the person belongs to the plan, `employed`, or is not on leave either, `present`. Days are calendar days;
    both end days count, and a tenure that the plan asks for does not matter. rounding: of a target that
    relief has lowered, to a whole number. per: `day` for what is asked for every single day; progress shows
    it, and no component looks at it, as pay is of months.
    """

    measure: MeasureName
    value: Level
    title: Title | None = None
    relief: Relief | None = None
    spread: Spread | None = None
    ramp: tuple[RampStep, ...] = ()
    prorate: Prorate | None = None
    rounding: Rounding = "half_up"
    per: Literal["day"] | None = None


class Milestone(msgspec.Struct, frozen=True, kw_only=True):
    """A level to reach once, within so many days of the hire; the hire day is day 0, the last day counts."""

    id: Identifier
    title: Title
    measure: MeasureName
    reaches: Level
    within_days: WholeNumber


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the training.

    population: whom it is for; everybody of the plan when absent. requires: modules to pass before it.
    pass_score: passes its test; without one the module is passed when all of it is done. A last score below
    remedial_score, the pass score when absent, pushes the course `remedial`, which is another module.
    pushed_only: an extra course, which only those take who are pushed to it.
    """

    id: Identifier
    title: Title
    population: Population = Population()
    requires: tuple[ModuleName, ...] = ()
    pass_score: Level | None = None
    remedial_score: Level | None = None
    remedial: ModuleName | None = None
    pushed_only: bool = False


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking of people by a measure. size: how many places are shown; all when absent."""

    id: Identifier
    title: Title
    measure: MeasureName
    period: PeriodKind = "month"
    first: Literal["highest", "lowest"] = "highest"
    population: Population = Population()
    size: int | None = None


MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""How many months a goal is for."""


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What the firm, a department or each of some people should bring in a period.

    within: the goal that this one is part of. each: the value holds for every person of this population.
    """

    id: Identifier
    title: Title
    value: Level
    unit: Noun
    period: Literal["month", "quarter", "year"] = "year"
    within: GoalName | None = None
    each: Population | None = None


class Lever(msgspec.Struct, frozen=True, kw_only=True):
    """A thing a person can do once more, and how far that moves the measures."""

    id: Identifier
    title: Noun
    adds: Mapping[MeasureName, Level]


class HintSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What hints may propose. up_to: how often one lever is tried."""

    levers: tuple[Lever, ...] = ()
    up_to: int = 30


PlanName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9\-]{0,63}\Z", extra={"is": "plan"})]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a plan, for whole months from `effective_from` until the next version or its last day.

    effective_from: first day of a month. effective_until: last day of a month; absent for no end.
    transfers: whoever belongs to the plan for a part of the month is paid by it for the whole month or not at
    all, as their last day says, `by_last_day`; or for the days on which they belong to it, `by_days`, and by
    the numbers of each branch and team for the days there.
    unlicensed: what comes of work that a measure calls `licensed` on a day without the credential: it is
    flagged, and counts or not.
    currency: of its amounts. pay_currency: what people are paid in, each line at the rate of the period's
    last day; that of the plan when absent. convert_at: of which day the rate is by which its measures convert
    what came in other currencies; without it they leave such amounts out.
    negative_balance: whether a total below 0 is `paid` as it is, or `carried` into the next statement.
    account_order: the draw, the holdbacks and `negative_balance`, by who takes first of what is earned.
    competence, pairing, leads: what assistants should be able to do, with whom they work well, and how new
    leads are followed up.
    """

    plan: PlanName
    title: Title
    currency: str
    pay_currency: str | None = None
    convert_at: RateDay | None = None
    effective_from: dt.date
    effective_until: dt.date | None = None
    rounding: Rounding = "half_up"
    population: Population = Population()
    transfers: Literal["by_last_day", "by_days"] = "by_last_day"
    unlicensed: Unlicensed | None = None
    parameters: Mapping[Identifier, Parameter] = msgspec.field(default_factory=dict[str, Parameter])
    measures: Mapping[Identifier, Measure] = msgspec.field(default_factory=dict[str, Measure])
    targets: Mapping[Identifier, Target] = msgspec.field(default_factory=dict[str, Target])
    components: tuple[Component, ...] = ()
    draw: Draw | None = None
    holdbacks: tuple[Holdback, ...] = ()
    negative_balance: NegativeBalance = "paid"
    account_order: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    curriculum: tuple[Module, ...] = ()
    alerts: tuple[Alert, ...] = ()
    competence: CompetenceModel | None = None
    pairing: PairingRules | None = None
    leads: LeadRules | None = None
    boards: tuple[Board, ...] = ()
    cascade: tuple[Goal, ...] = ()
    hints: HintSettings = HintSettings()

    @property
    def pays_in(self) -> str:
        """The currency of its lines."""
        return self.pay_currency or self.currency
