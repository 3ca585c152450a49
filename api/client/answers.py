"""The forms of what is answered.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AccountChange(TypedDict):
    before_minor: int
    after_minor: int
    difference_minor: int
    plan: str
    account: str
    title: Title


class AccountDone(TypedDict):
    account: AccountShown
    code: str | None


class AccountMove(TypedDict):
    period: str | None
    position: int
    amount_minor: int
    balance_minor: int


class AccountShown(TypedDict):
    name: str
    role: Literal[
        "employee", "manager", "hr", "hr_head", "payroll", "auditor", "integration", "administrator"
    ]
    scope: Literal["self", "team", "branch", "all"]
    employee: str | None
    branches: list[str]
    state: Literal["open", "locked", "removed"]
    waits: bool
    has_second_factor: bool
    made_at: str
    signed_in_at: str | None


class Acknowledgement(TypedDict):
    position: int
    adopted_at: int
    employee: str
    signature: str | None
    actor: str
    occurred_at: str


class Acknowledgements(TypedDict):
    plan: str
    day: str
    versions: list[Readers]


class Advice(TypedDict):
    plan: str
    advice: str
    title: Title
    does: list[Title]
    why: list[Title]


class AdvisedLead(TypedDict):
    position: int
    lead: str
    employee: str
    customer: str
    day: str
    at: str
    amount_minor: int | None
    currency: str | None
    industry: str | None
    decision_chain: list[str]
    channel: str | None
    advice: list[Advice]
    within_hours: int | None
    due_at: str | None
    state: Literal["open", "answered", "late"]
    answered_at: int | None
    minutes: int | None


class AlertBacktest(TypedDict):
    plan: str
    alert: str
    first: str
    last: str
    within_days: int
    watched: Title
    form: Literal["number", "percent", "money"]
    people: int
    left: int
    trials: list[Trial]
    note: str


Amendment = TypedDict(
    "Amendment",
    {
        "plan": "str",
        "from": "str",
        "to": "str",
        "whom": "Title",
        "differences": "list[Difference]",
    },
)


class AmountNode(TypedDict):
    kind: Literal["earned", "part", "rounding"]
    name: str
    amount_minor: str
    sentence: NotRequired[Sentence | None]


class Answer(TypedDict):
    position: int
    inquiry: str
    employee: str
    note: str | None
    actor: str
    recorded_at: str


class ApprovalTimes(TypedDict):
    period: str
    asked: int
    decided: int
    approved: int
    refused: int
    withdrawn: int
    open: int
    out_of_order: int
    median_minutes: str | None
    mean_minutes: str | None
    longest_minutes: str | None


class ApprovalsCompared(TypedDict):
    kind: str
    first: ApprovalTimes
    second: ApprovalTimes
    median_change: str | None
    mean_change: str | None


class AskedChoice(TypedDict):
    choice: str
    text: Title


class AskedQuestion(TypedDict):
    question: str
    topic: str
    text: Title
    choose: Literal["one", "several"]
    choices: list[AskedChoice]
    chosen: list[str] | None
    is_right: bool | None


class AtRisk(TypedDict):
    employee: str
    branch: str | None
    reasons: list[Warning]


class Attainment(TypedDict):
    employee: str
    day: str
    period: str
    days_left: int
    targets: list[TargetProgress]
    earned_minor: dict[str, int]
    currency: str | None


class Awaited(TypedDict):
    employee: str
    plan: str
    measure: str
    title: Title
    role: str
    fact: CountedFact


class BalancesBalance(TypedDict):
    employee: str
    plan: str
    account: str
    title: Title
    balance_minor: int
    currency: str
    since: str
    left_on: str | None


class BankInUse(TypedDict):
    bank: str
    title: Title
    module: str
    draws: int
    questions: int
    minutes: int | None
    topics: list[Title]
    position: int
    document_hash: str


class BatchReceipt(TypedDict):
    stored: int
    hits: int
    refused: int
    outcomes: list[Item]


class Bin(TypedDict):
    from_minor: int
    until_minor: int
    people: int


class BoardPlace(TypedDict):
    place: int | None
    employee: str
    branch: str | None
    team: str | None
    value: str | None
    tied: bool
    reached_at: str | None
    before: NotRequired[int | None]
    movement: NotRequired[Literal["up", "down", "same", "new"] | None]
    anonymous: NotRequired[bool]


class BranchChange(TypedDict):
    before_minor: int
    after_minor: int
    difference_minor: int
    branch: str | None


class BranchUnits(TypedDict):
    branch: str
    title: str
    people: int
    departments: list[Department]


class Burden(TypedDict):
    employee: str
    shifts: int
    minutes: int
    nights: int
    weekends: int


class Cause(TypedDict):
    watched: str
    title: Title
    form: Literal["number", "percent", "money"]
    value: str
    test: str
    level: str
    before: NotRequired[list[str]]


class CausePeriod(TypedDict):
    period: str
    causes: list[Cause]


class CausingFact(TypedDict):
    position: int
    type: str
    source: str
    key: str
    recorded_at: str
    effect: Literal["counted", "left_out", "voided", "confirmed", "closed"]
    about_position: int | None
    day: str | None
    measures: list[str]
    said: Title


class ChangedPerson(TypedDict):
    employee: str
    name: str | None
    branch: str | None
    amount_minor: int
    amount: str
    currency: str
    statement_digest: str
    held_minor: int
    payable_minor: int
    payable: str
    previous_minor: int | None
    difference_minor: int | None
    retro_minor: int
    retro_lines: int
    changes: list[RunChangesLineChange]


class ChangedTarget(TypedDict):
    position: int
    employee: str
    target: str
    value: str
    within_days: int | None
    effective_from: str
    effective_until: str | None
    reason: str
    approver: str
    actor: str
    recorded_at: str
    voided_at: int | None


class CheckItem(TypedDict):
    item: Literal[
        "month_over",
        "months_before",
        "counting",
        "imports",
        "quarantine",
        "unconfirmed",
        "without_plan",
        "inquiries",
        "holds",
        "drafts",
        "runs_before",
        "seal",
    ]
    count: int | None
    blocks: NotRequired[bool]
    address: NotRequired[str | None]


class CheckedIn(TypedDict):
    position: int
    has_place: bool


class Checklist(TypedDict):
    period: str
    state: Literal["open", "proposed", "closed"]
    known_at: int
    may_close: bool
    items: list[CheckItem]
    proposal: ProposalMade | None


class CloseStep(TypedDict):
    period: str
    step: str
    position: int
    known_at: int
    statements: int
    statements_digest: str
    closed_by: NotRequired[str | None]
    proposed_by: NotRequired[str | None]


class Comment(TypedDict):
    position: int
    draft: str
    employee: str
    path: str | None
    note: str | None
    recorded_at: str


class Compared(TypedDict):
    plan: str
    measure: str
    title: Title
    form: Literal["number", "percent", "money"]
    before: Restated
    after: Restated
    change: str | None
    relative: str | None


class Competence(TypedDict):
    employee: str
    plan: str
    candidate: bool
    first_day: str
    last_day: str
    score: str | None
    measured: int
    of: int
    modules: list[ModuleStanding]


class Complaint(TypedDict):
    position: int
    day: str
    customer: str | None
    kind: str | None


class ComponentChange(TypedDict):
    before_minor: int
    after_minor: int
    difference_minor: int
    plan: str
    component: str
    title: Title


class Condition(TypedDict):
    column: str
    test: Literal["one_of", "at_least", "more_than", "at_most", "less_than"]
    words: NotRequired[list[str]]
    number: NotRequired[Any]


class Conflict(TypedDict):
    kind: str
    detail: str
    positions: list[int]
    needed: bool


class ConnectorInUse(TypedDict):
    connector: str
    source: str
    format: str
    note: str
    facts: list[str]
    quarantine: str
    position: int
    document_hash: str
    set_by: str
    document: dict[str, Any]


class ConnectorReceipt(TypedDict):
    connector: str
    mapping_position: int
    dry_run: bool
    records: int
    stored: int
    hits: int
    refused: int
    passed_over: int
    quarantined: int
    outcomes: list[RecordOutcome]


class ConnectorReport(TypedDict):
    connector: str
    quarantine: dict[str, int]
    statements: dict[str, int]
    not_mapped: list[NotMapped]


class Consistency(TypedDict):
    old: int
    new: int
    hashes: list[str]


class Contract(TypedDict):
    contract: str
    employee: str
    assistant: str | None
    customer: str | None
    deal: str | None
    state: Literal["with_legal", "with_finance", "passed", "told", "returned"]
    said: Title
    done: int
    of: int
    due: list[
        Literal["uploaded", "legal_passed", "legal_returned", "finance_passed", "finance_returned", "told"]
    ]
    since: str
    first_review_error: bool
    minutes: int
    steps: list[ContractStep]


class ContractStep(TypedDict):
    position: int
    step: Literal["uploaded", "legal_passed", "legal_returned", "finance_passed", "finance_returned", "told"]
    at: str
    minutes: int | None
    reviewer: str | None
    reason: str | None


class CountedFact(TypedDict):
    position: int
    type: str
    source: str
    key: str
    occurred_at: str
    recorded_at: str
    day: str
    customer: str | None
    deal: str | None
    employee: str
    role: str
    share: str
    value: str | None
    adds: str | None
    is_flagged: NotRequired[bool]


class Course(TypedDict):
    id: str
    title: Title


class Credential(TypedDict):
    credential: str
    employee: str
    kind: str
    number: str | None
    issued_by: str | None
    granted_on: str
    expires_on: str | None
    remind_on: str | None
    state: Literal["valid", "expiring", "expired", "suspended", "revoked"]
    since: str
    reason: str | None
    positions: list[int]


class CurvePoint(TypedDict):
    value: str
    total_minor: int
    difference_minor: int


class Customer(TypedDict):
    customer: str
    owner: str | None
    kind: str | None
    stage: Literal["contact", "needs", "demo", "objections", "close"] | None
    reached_at: str | None
    position: int | None


class DealMargin(TypedDict):
    deal: str
    employee: str
    currency: str
    amount_minor: int
    reversed_minor: int
    position: NotRequired[int | None]
    cost_minor: NotRequired[int | None]
    margin_minor: NotRequired[int | None]
    margin_rate: NotRequired[str | None]
    counted_minor: NotRequired[int | None]
    kind: NotRequired[str | None]


class DecisionMaker(TypedDict):
    position: int
    customer: str
    employee: str
    step: Literal["department_request", "equipment_review", "presidents_approval"]
    role: str
    name: str | None
    contact: str | None
    note: str | None


class Delivery(TypedDict):
    number: int
    message: str
    type: str
    position: int | None
    state: Literal["waiting", "delivered", "dead"]
    tries: int
    next_at: str | None
    made_at: str
    settled_at: str | None
    log: list[Tried]


class DeliveryPage(TypedDict):
    deliveries: list[Delivery]
    next_after: int | None


class Delta(TypedDict):
    about_period: str
    plan: str
    component: str
    title: Title
    is_clawback: bool
    settled: str
    recomputed: str
    amount_minor: int
    currency: str


class Department(TypedDict):
    department: str
    people: int


class Difference(TypedDict):
    part: str
    kind: Literal["added", "removed", "changed"]
    path: str
    clause: str
    before: Title | None
    after: Title | None
    said: Title


class Done(TypedDict):
    lever: str
    title: Title
    times: int


class Dossier(TypedDict):
    employee: str
    day: str
    posting: Posting
    day_number: int
    training: list[Training]
    tests: list[TakenTest]
    milestones: list[MilestoneProgress]
    moods: list[GrowthMood]
    probation: Probation | None
    reviews: list[Review]


class Draft(TypedDict):
    position: int
    plan: str
    draft: str
    state: Literal["open", "adopted", "replaced"]
    effective_from: str
    document_hash: str
    reason: str | None
    replaces: str | None
    actor: str
    recorded_at: str
    closed_at: int | None
    comments: int
    proposal: PlanLifeProposal | None


class DraftDetail(TypedDict):
    draft: Draft
    document: dict[str, Any]
    comments: list[Comment]
    text: str
    clauses: list[ToldClause]
    amendment: Amendment | None


class Effect(TypedDict):
    first_day: str
    last_day: str
    score: str | None
    measured: int
    of: int
    indicators: list[IndicatorStanding]


class Ended(TypedDict):
    ended: int


class Entry(TypedDict):
    entry: str
    connector: str
    key: str
    kind: str
    field: str
    times: int
    first_at: str
    last_at: str
    mended: bool
    state: Literal["held", "released", "corrected", "discarded"]
    positions: list[int]
    settled_position: int | None


class Evidence(TypedDict):
    plan: str
    measure: str
    period: str
    first_day: str
    last_day: str
    total: int
    facts: list[CountedFact]
    milestone: NotRequired[str | None]
    board: NotRequired[str | None]
    licence: NotRequired[list[LicenceFact]]


class Exchange(TypedDict):
    paid: NotRequired[RateUsed | None]
    measured: NotRequired[dict[str, list[RateUsed]]]
    missed: NotRequired[list[RateMissed]]


class ExplainedLine(TypedDict):
    explanation: Explanation
    said: Title
    parts: NotRequired[list[Title]]
    rates: NotRequired[list[SaidRate]]
    missed: NotRequired[list[Title]]
    late: NotRequired[list[LateFact]]
    late_total: NotRequired[int]
    milestones: NotRequired[list[str]]
    boards: NotRequired[list[str]]
    moves: NotRequired[list[AccountMove]]


class ExplainedPayslip(TypedDict):
    payslip: Payslip
    lines: list[ExplainedLine]
    evidence: list[Evidence]


class Explanation(TypedDict):
    line: Line
    amounts: list[AmountNode]
    measures: list[MeasureNode]
    parameters: dict[str, Source]


class Export(TypedDict):
    period: str
    known_at: int
    state: Literal["open", "closed"]
    engine: str
    format: Literal["ndjson", "csv", "parquet"]
    files: list[ExportFile]


class ExportFile(TypedDict):
    name: str
    address: str
    rows: int
    bytes: int
    sha256: str


class FactMeasure(TypedDict):
    title: Title
    form: NotRequired[Literal["number", "percent", "money"]]
    unit: NotRequired[Noun | None]
    kind: Literal["count", "sum", "distinct", "average", "last", "best", "streak", "each"]
    fact: str
    of: NotRequired[str | None]
    by: NotRequired[str | None]
    worth: NotRequired[Worth | None]
    where: NotRequired[list[Condition]]
    less: NotRequired[str | None]
    counted: NotRequired[Literal["when_reversed", "when_closed"]]
    within_months: NotRequired[int | None]
    confirmed_by: NotRequired[str | None]
    credited: NotRequired[
        Literal["own", "reports", "direct_reports", "mentees", "assisted", "team", "branch"]
    ]
    with_own: NotRequired[bool]
    licensed: NotRequired[str | None]
    unlicensed: NotRequired[Literal["flagged", "earns_nothing"]]
    window: NotRequired[Window]
    currency: NotRequired[str | None]
    convert_at: NotRequired[Literal["day", "month_end"] | None]
    scale: NotRequired[int]
    type: Literal["fact"]


class FactOfRecord(TypedDict):
    type: str
    key: str
    occurred_at: str
    position: NotRequired[int | None]
    hit: NotRequired[bool | None]
    data: NotRequired[dict[str, Any] | None]
    refers_to: NotRequired[list[Any] | None]


class FactPage(TypedDict):
    facts: list[FactRecord]
    next_after: int | None


class FactProposed(TypedDict):
    type: str
    source: str
    key: str
    occurred_at: str
    data: ShiftGiven


class FactRecord(TypedDict):
    actor: str
    data: dict[str, Any]
    key: str
    occurred_at: str
    position: int
    recorded_at: str
    source: str
    tags: list[str]
    type: str
    causation: NotRequired[int | None]


class Fairness(TypedDict):
    people: int
    shifts: PeopleRosterQualitySpread
    nights: PeopleRosterQualitySpread
    weekends: PeopleRosterQualitySpread


class Fault(TypedDict):
    file: str
    line: int
    kind: str
    detail: str
    remedy: str
    column: NotRequired[str]
    field: NotRequired[str]
    value: NotRequired[str]


class FileReport(TypedDict):
    file: str
    mapping: str
    source: str
    sha256: str
    encoding: NotRequired[str]
    rows_read: NotRequired[int]
    rows_passed_over: NotRequired[int]
    rows_refused: NotRequired[int]
    facts_made: NotRequired[int]
    stored: NotRequired[int]
    hits: NotRequired[int]
    repeated: NotRequired[int]
    refused: NotRequired[int]
    contradictions: NotRequired[int]
    balances: NotRequired[list[ImportingReportBalance]]
    digest_source: NotRequired[str]
    digest_ledger: NotRequired[str]
    reconciled: NotRequired[bool | None]
    broke_off: NotRequired[str]
    unused_columns: NotRequired[list[str]]
    faults: NotRequired[list[Fault]]
    faults_left_out: NotRequired[int]


class FlaggedPage(TypedDict):
    period: str
    total: int
    work: list[FlaggedWork]


class FlaggedWork(TypedDict):
    position: int
    type: str
    employee: str
    day: str
    plan: str
    measure: str
    title: Title
    credential: str
    state: Literal["expired", "suspended", "revoked", "none"]
    since: str | None
    is_paid: bool


class Forecast(TypedDict):
    day: str
    leaving: list[StaffingRate]
    confirmed: StaffingRate
    posts: list[StaffingOfPosts]
    assumptions: list[Title]


class GoalPart(TypedDict):
    goal: str
    title: Title
    heads: int
    total: str


class GoalSum(TypedDict):
    goal: str
    title: Title
    unit: Noun
    value: str
    parts: list[GoalPart]
    total: str
    over: str


class Grade(TypedDict):
    position: int
    skill: str
    day: str
    score: str
    grader: str
    graded_as: str


class Group(TypedDict):
    people: int
    mean: str | None
    pooled: str | None
    interval: Range | None
    above_mean: str | None


class GrowthBoard(TypedDict):
    period: str
    day: str
    rows: list[GrowthRow]


class GrowthMood(TypedDict):
    position: int
    period: str
    day: str
    stress: str
    training_satisfaction: str
    belonging: str


class GrowthRow(TypedDict):
    employee: str
    branch: str | None
    mentor: str | None
    hired_on: str
    day_number: int
    training: list[Training]
    milestones: list[MilestoneProgress]
    mood: GrowthMood | None
    mood_before: GrowthMood | None


class Hold(TypedDict):
    position: int
    hold: str
    employee: str
    scope: Literal["person", "deal", "line"]
    reason: str
    period: str | None
    deal: str | None
    plan: str | None
    component: str | None
    approver: str | None
    actor: str
    recorded_at: str
    released_at: int | None
    released_because: str | None


class HoldInRun(TypedDict):
    hold: str
    employee: str
    scope: str
    reason: str
    position: int
    rows: int
    held_minor: int


class Honour(TypedDict):
    position: int
    employee: str
    plan: str
    board: str
    period: str
    place: int
    value: str
    evidence: list[int]
    measure: str | None


class HonourAwarded(TypedDict):
    employee: str
    plan: str
    board: str
    period: str
    place: int
    value: str
    evidence: list[int]
    measure: NotRequired[str | None]


class HonoursProposal(TypedDict):
    honour: HonourAwarded
    position: int | None


class ImportRun(TypedDict):
    id: str
    file: str
    sha256: str
    actor: str
    tried_at: str
    stored_at: str | None
    state: Literal["tried", "stored"]
    report: FileReport


class ImportingReportBalance(TypedDict):
    type: str
    currency: str
    source: NotRequired[Sum]
    refused: NotRequired[Sum]
    repeated: NotRequired[Sum]
    ledger: NotRequired[Sum]


class IndicatorStanding(TypedDict):
    indicator: str
    title: Title
    form: Literal["number", "percent", "money"]
    value: str | None
    test: str
    bar: str
    attained: str | None
    met: bool | None


class InputChange(TypedDict):
    measure: str
    title: Title
    form: Literal["number", "percent", "money"]
    unit: Noun | None
    previous: str | None
    now: str | None


class Inquiry(TypedDict):
    inquiry: str
    employee: str
    period: str
    state: Literal["open", "answered", "resolved"]
    kind: Literal[
        "question", "missing_credit", "wrong_credit", "wrong_target", "wrong_amount", "held_pay", "other"
    ]
    note: str | None
    plan: str | None
    component: str | None
    expected_minor: int | None
    expected_count: str | None
    position: int
    actor: str
    recorded_at: str
    answers: list[Answer]
    resolution: Resolution | None


class InsightMood(TypedDict):
    answers: int
    stress: str | None
    training_satisfaction: str | None
    belonging: str | None


class Intervention(TypedDict):
    position: int
    intervention: str
    employee: str
    owner: str
    actions: list[str]
    due_on: str
    plan: str | None
    alert: str | None
    period: str | None
    state: Literal["open", "overdue", "closed"]
    outcome: str | None
    closed_at: int | None


class Item(TypedDict):
    position: NotRequired[int | None]
    hit: NotRequired[bool | None]
    recorded_at: NotRequired[str | None]
    problem: NotRequired[ProblemsProblem | None]


class KeptCheckpoint(TypedDict):
    number: int
    size: int
    root: str
    signed_at: str
    hands_over: bool
    is_witnessed: bool
    signed_by: list[str]
    note: str


class KeptLine(TypedDict):
    holds: list[str]
    held_minor: int


class LargestChange(TypedDict):
    employee: str
    period: str
    line: SaidLine
    measures: list[MeasureFacts]


class LateFact(TypedDict):
    position: int
    type: str
    source: str
    key: str
    day: str
    void_position: int | None


class LateMonth(TypedDict):
    about_period: str
    deltas: list[Delta]
    late: list[LateFact]
    late_total: int


class LatePerson(TypedDict):
    employee: str
    name: str | None
    branch: str | None
    amount_minor: int
    amount: str
    currency: str
    statement_digest: str
    held_minor: int
    payable_minor: int
    payable: str
    previous_minor: int | None
    difference_minor: int | None
    retro_minor: int
    retro_lines: int
    months: list[LateMonth]


class Leave(TypedDict):
    position: int
    employee: str
    kind: str
    from_on: str
    until_on: str
    minutes: NotRequired[int | None]


class Leavers(TypedDict):
    period: str
    heads: int
    left: int
    attrition: str | None
    causes: dict[str, int]
    shares: dict[str, str]


class Level(TypedDict):
    plan: str
    measure: str
    title: Title
    form: Literal["number", "percent", "money"]
    unit: Noun | None
    value: str | None
    previous: str | None
    change: str | None


class LicenceFact(TypedDict):
    position: int
    credential: str
    kind: str
    effective_on: str
    expires_on: str | None


class Line(TypedDict):
    plan: str
    component: str
    kind: str
    clause: str
    title: Title
    inputs: dict[str, str | None]
    targets: dict[str, LineTarget]
    parameters: dict[str, Source]
    rule: Sentence
    parts: NotRequired[list[LinePart]]
    exact: str
    rounding: Literal["half_up", "half_even", "down"]
    amount_minor: int
    currency: str
    about: NotRequired[str | None]
    exchange: NotRequired[Exchange]
    placements: NotRequired[list[LinePlacement]]


class LinePart(TypedDict):
    name: str
    amount: str
    words: dict[str, str]
    rule: NotRequired[str]


class LinePlacement(TypedDict):
    name: str
    branch: str | None
    team: str | None
    days: list[str]
    inputs: dict[str, str | None]
    targets: dict[str, LineTarget]
    parameters: dict[str, Source]
    exact: str


class LineTarget(TypedDict):
    value: str
    asked: Source
    leave_days: int
    spread: NotRequired[str]
    ramp: NotRequired[str]
    stayed: NotRequired[str]


class MeasureFacts(TypedDict):
    measure: str
    total: int
    facts: list[CountedFact]


class MeasureNode(TypedDict):
    name: str
    value: str | None
    counted: NotRequired[FactMeasure | None]
    parts: NotRequired[list[MeasureNode]]


class MilestoneProgress(TypedDict):
    employee: str
    branch: str | None
    plan: str
    milestone: str
    title: Title
    form: Literal["number", "percent", "money"]
    unit: Noun | None
    hired_on: str
    needed: str
    done: str | None
    gap: str
    last_day: str
    days_left: int
    state: Literal["open", "attained", "missed"]
    attained_on: str | None
    pace: str
    standard_pace: str | None


class ModuleProgress(TypedDict):
    module: str
    title: Title
    state: Literal["closed", "open", "begun", "tried", "remedial", "passed"]
    completion: str
    pass_score: str | None
    attempts: int
    best: str | None
    last: str | None
    passed_on: str | None
    waits_for: list[str]
    pushes: str | None
    positions: list[int]


class ModuleStanding(TypedDict):
    module: str
    title: Title
    score: str | None
    course: str | None
    indicators: list[IndicatorStanding]


class Moment(TypedDict):
    position: int
    recorded_at: str
    kind: Literal["closed", "rules", "people", "work", "voided"]
    facts: int
    types: list[str]
    period: NotRequired[str | None]


class MonthChange(TypedDict):
    before_minor: int
    after_minor: int
    difference_minor: int
    period: str
    paid: SimulatedChange


class MonthStanding(TypedDict):
    period: str
    state: Literal["proposed"] | Literal["open", "closed", "approved", "released", "paid"]
    people: int | None
    total_minor: int | None
    currency: str | None
    closed_by: str | None
    proposed_by: str | None
    holds: int
    inquiries: int


class NextAction(TypedDict):
    customer: Customer
    stage: Literal["contact", "needs", "demo", "objections", "close"] | None
    action: Title | None
    practices: list[Practice]
    process: list[Practice]


class NextStep(TypedDict):
    plan: str
    kind: Literal["do", "reach", "await", "obstacle"]
    said: Title
    days_left: int
    lever: NotRequired[str | None]
    title: Title
    times: NotRequired[int]
    also: NotRequired[list[Done]]
    measure: NotRequired[str | None]
    value: NotRequired[str | None]
    level: NotRequired[str | None]
    board: NotRequired[str | None]
    now_minor: int
    currency: str
    held: StepOutcome
    recomputed: StepOutcome
    rises: list[str]
    beside: NotRequired[Title | None]


class NotMapped(TypedDict):
    statement: str
    stored_at: str
    verb: str
    activity: str


class Notice(TypedDict):
    notice: str
    kind: Literal["warning", "onboarding", "probation_review", "credential_expiry"]
    employee: str
    branch: str | None
    to: Literal["employee", "mentor", "manager", "hr", "hr_head"]
    person: str | None
    raised_at: str
    due_at: str
    step: int
    title: NotRequired[Title | None]
    plan: NotRequired[str | None]
    alert: NotRequired[str | None]
    period: NotRequired[str | None]
    about: NotRequired[str | None]
    due_on: NotRequired[str | None]


class Noun(TypedDict):
    en: str
    zh: str
    one: NotRequired[str | None]


class OpenedTest(TypedDict):
    employee: str
    test: str
    bank: str
    module: str
    attempt: int
    state: Literal["open", "handed_in", "over"]
    begun_at: str
    due_at: str | None
    handed_in_at: str | None
    of: int
    right: int | None
    score: str | None
    topics: list[TopicResult]
    weak_topics: list[TopicResult]
    position: int
    handed_in_position: int | None
    questions: list[AskedQuestion]


class Outcomes(TypedDict):
    first: Leavers
    second: Leavers
    first_mood: InsightMood
    second_mood: InsightMood


class Outstanding(TypedDict):
    period: str
    employee: str
    name: NotRequired[str | None]
    branch: NotRequired[str | None]
    currency: str
    payable_minor: int
    paid_minor: int
    outstanding_minor: int


class Override(TypedDict):
    position: int
    plan: str
    parameter: str
    level: Literal["branch", "team", "person"]
    scope: str
    value: str
    effective_from: str
    effective_until: NotRequired[str | None]


class OvertimeDay(TypedDict):
    day: str
    minutes: int
    assigned_minutes: int | None
    worked_minutes: int | None
    reasons: NotRequired[list[str]]


class OvertimeRun(TypedDict):
    employee: str
    from_on: str
    until_on: str
    minutes: int
    days: list[OvertimeDay]


class Overview(TypedDict):
    employee: str
    day: str
    posting: Posting | None
    work: list[Work]
    complaints: list[Complaint]
    training: list[Training]
    milestones: list[MilestoneProgress]
    moods: list[GrowthMood]
    credentials: list[Credential]
    shifts: Shifts
    reminders: list[Reminder]
    honours: list[Honour]
    support: Support | None
    pay: Pay | None


class OverviewSettled(TypedDict):
    period: str
    currency: str
    total_minor: int
    position: int


class PaidSlip(TypedDict):
    statement: Statement
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    plans: list[PlanUsed]
    engine: str
    digest: str
    accounts_as_of: NotRequired[str | None]
    run: RunStanding
    payable_minor: int
    holds: list[Hold]
    held_lines: dict[str, KeptLine]
    inquiries: list[Inquiry]


class PaidSum(TypedDict):
    currency: str
    people: int
    settled_minor: int
    held_minor: int
    payable_minor: int
    paid_minor: int
    difference_minor: int
    differing: int


class Pairing(TypedDict):
    plan: str
    assistant: str
    seller: str
    branch: str | None
    since: str
    before: Effect
    after: Effect
    verdict: Literal["high_synergy", "to_change"] | None
    why: list[Title]


class Pattern(TypedDict):
    position: int
    pattern: str
    title: str
    spans: list[ShiftSpan]
    effective_on: str
    night: bool
    credentials: NotRequired[list[str]]
    skills: NotRequired[list[SkillNeeded]]


class Pay(TypedDict):
    progress: Progress | None
    settled: list[OverviewSettled]


class PayRange(TypedDict):
    employee: str
    branch: str | None
    post: str | None
    peers: int
    results: str | None
    results_percentile: str | None
    pay_percentile: str | None
    gap: str | None
    paid_minor: int | None
    currency: str | None
    low_minor: int | None
    high_minor: int | None
    survey: int | None
    reasons: list[Title]


class Payment(TypedDict):
    position: int
    period: str
    employee: str
    amount_minor: int
    currency: str
    paid_on: str
    reference: str


class PayrollRow(TypedDict):
    period: str
    employee: str
    name: str | None
    branch: str | None
    plan: str
    component: str
    clause: str
    about_period: str
    amount_minor: int
    amount: str
    currency: str
    statement_digest: str
    state: Literal["open", "closed"]
    plan_hash: str | None
    known_at: int
    closed_position: int | None
    engine: str
    line: int
    run_state: Literal["open", "closed", "approved", "released", "paid"]
    held: bool
    hold_ids: str
    payable_minor: int
    payable: str


class PayrollRun(TypedDict):
    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str
    engine: str
    run: RunStanding
    plans: list[PlanUsed]
    sums: list[RunSum]
    holds: list[HoldInRun]
    totals: list[PayrollTotal]
    rows: list[PayrollRow]


class PayrollTotal(TypedDict):
    employee: str
    name: str | None
    branch: str | None
    amount_minor: int
    amount: str
    currency: str
    statement_digest: str
    held_minor: int
    payable_minor: int
    payable: str
    previous_minor: int | None
    difference_minor: int | None


class Payslip(TypedDict):
    statement: Statement
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    plans: list[PlanUsed]
    engine: str
    digest: str
    accounts_as_of: NotRequired[str | None]


class PeoplePerson(TypedDict):
    employee: str
    day: str
    erased: bool
    posting: Posting | None
    changes: list[RosterChange]
    leave: list[Leave]


class PeopleRosterQualitySpread(TypedDict):
    least: int
    most: int


class PersonChange(TypedDict):
    before_minor: int
    after_minor: int
    difference_minor: int
    employee: str
    branch: str | None


class PersonInRun(TypedDict):
    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str | None
    run: RunStanding
    previous_period: str | None
    total: int
    offset: int
    person: RunPerson
    changes: list[RunChangesLineChange]
    months: list[LateMonth]
    payments: list[Payment]


class PersonListed(TypedDict):
    employee: str
    name: str | None
    status: Literal["working", "left", "coming"]
    branch: str | None
    department: str | None
    team: str | None
    post: str | None
    manager: str | None
    hired_on: str
    left_on: str | None


class PersonPaid(TypedDict):
    employee: str
    name: NotRequired[str | None]
    currency: str
    settled_minor: int
    held_minor: int
    payable_minor: int
    paid_minor: int
    difference_minor: int
    payments: int
    result: Literal["equal", "unpaid", "short", "over", "not_in_run"]


class PersonalText(TypedDict):
    position: int
    type: str
    subject: str
    erased: bool
    texts: dict[str, str | None]


class PlaceLine(TypedDict):
    plan: str
    component: str
    period: str


class PlanCheck(TypedDict):
    problems: list[PlanProblemsProblem]
    plan: NotRequired[str | None]
    title: NotRequired[Title | None]
    effective_from: NotRequired[str | None]
    document: NotRequired[dict[str, Any] | None]
    document_hash: NotRequired[str | None]
    clauses: NotRequired[list[ToldClause]]
    amendment: NotRequired[Amendment | None]


class PlanDetail(TypedDict):
    plan: str
    day: str
    versions: list[PlanRow]
    document: dict[str, Any] | None


class PlanDifferencesChange(TypedDict):
    ground: Literal[
        "plan",
        "measure",
        "target",
        "parameter",
        "placement",
        "milestone",
        "settled",
        "account",
        "rate",
        "rounding",
        "rule",
    ]
    name: str
    before: str | None
    after: str | None
    before_position: NotRequired[int | None]
    after_position: NotRequired[int | None]


class PlanDifferencesLineChange(TypedDict):
    plan: str
    component: str
    clause: str
    title: Title
    about: str
    kind: Literal["added", "removed", "changed"]
    before_minor: int
    after_minor: int
    difference_minor: int
    currency: str
    changes: list[PlanDifferencesChange]


class PlanExample(TypedDict):
    example: str
    plan: str
    title: Title
    whom: Title
    currency: str
    components: list[Title]


class PlanExampleDetail(TypedDict):
    example: str
    plan: str
    title: Title
    whom: Title
    currency: str
    components: list[Title]
    clauses: list[ToldClause]
    text: str


class PlanExchangeRate(TypedDict):
    position: int
    base: str
    quote: str
    rate: str
    effective_on: str
    quoted_by: NotRequired[str | None]


class PlanLifeProposal(TypedDict):
    position: int
    actor: str
    recorded_at: str


class PlanProblemsProblem(TypedDict):
    path: str
    message: str
    remedy: str
    line: NotRequired[int | None]


class PlanRow(TypedDict):
    plan: str
    position: int
    effective_from: str
    effective_until: str | None
    document_hash: str


class PlanStanding(TypedDict):
    plan: str
    title: Title
    state: Literal["in_force", "upcoming", "ended", "drafted"]
    position: int | None
    effective_from: str
    effective_until: str | None
    whom: Title
    participants: int
    versions: int
    next_from: str | None
    drafts: list[Draft]


class PlanTold(TypedDict):
    plan: str
    position: int
    title: Title
    currency: str
    effective_from: str
    effective_until: str | None
    document_hash: str
    clauses: list[ToldClause]
    overrides: list[Override]
    text: str


class PlanUsed(TypedDict):
    period: str
    plan: str
    adopted_at: int
    document_hash: str


class Posting(TypedDict):
    employee: str
    name: str | None
    branch: str | None
    department: str | None
    team: str | None
    post: str | None
    employment: str | None
    manager: str | None
    mentor: str | None
    assistant: NotRequired[str | None]
    hired_on: str
    left_on: str | None


class Posts(TypedDict):
    branch: str
    department: str | None
    post: str | None
    employment: str
    posts: int
    filled: int
    vacant: int
    position: int


class Practice(TypedDict):
    position: int
    practice: str
    employee: str
    title: str
    text: str
    stage: Literal["contact", "needs", "demo", "objections", "close"] | None
    step: Literal["department_request", "equipment_review", "presidents_approval"] | None
    kind: str | None
    customer: str | None
    results: list[Result]


class Probation(TypedDict):
    employee: str
    ends_on: str
    agreed_at: int
    reviewed_at: NotRequired[int | None]
    outcome: NotRequired[str | None]


class ProblemKind(TypedDict):
    type: str
    title: str
    status: int


class ProblemsProblem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    field: NotRequired[str]
    remedy: NotRequired[str]
    request_id: NotRequired[str]


class Progress(TypedDict):
    employee: str
    day: str
    period: str
    days_left: int
    targets: list[TargetProgress]
    levels: list[Level]
    earned_minor: dict[str, int]
    currency: str | None


class ProposalMade(TypedDict):
    position: int
    proposed_by: str
    proposed_at: str
    known_at: int
    statements: int
    statements_digest: str
    facts_since: int


class ProposalsProposal(TypedDict):
    plan: str
    branch: str | None
    day: str
    best: str
    today: str
    gain: str
    assumed: int
    pairs: list[ProposedPair]
    unserved: list[str]
    free: list[str]
    rule: Title


class ProposedChange(TypedDict):
    position: int
    changes: Literal["target_changed", "override_set", "balance_written_off", "subject_erased"]
    change: dict[str, Any]
    employee: str | None
    customer: str | None
    branch: str | None
    state: Literal["open", "approved", "refused", "withdrawn", "lapsed"]
    actor: str
    recorded_at: str
    lapses_on: str
    answered_at: int | None
    answered_by: str | None
    answered_on: str | None
    reason: str | None


class ProposedPair(TypedDict):
    seller: str
    assistant: str
    move: Literal["keep", "change", "begin"]
    score: str
    basis: Literal["measured", "both", "assistant", "seller", "everybody", "nothing"]
    days: int
    of_assistant: str | None
    of_seller: str | None
    indicators: list[IndicatorStanding]
    today: str | None
    today_score: str | None
    reason: Title


class ProvenRecord(TypedDict):
    position: int
    line: str | None
    leaf: str | None
    why: str | None
    proof: list[str]


class Provenance(TypedDict):
    fact: TrailEntry
    key: str
    leaf: str
    content_hash: str
    causation: TrailEntry | None
    about: TrailEntry | None
    said_of_it: list[TrailEntry]
    replaces: TrailEntry | None
    replaced_by: TrailEntry | None
    settled: list[ProvenanceSettled]


class ProvenanceSettled(TypedDict):
    employee: str
    about: str
    how: Literal["counted", "taken_back"]
    period: str | None
    closed_position: int | None


class QuarantinePage(TypedDict):
    entries: list[Entry]
    next: str | None


class Range(TypedDict):
    low: str
    high: str


class Ranked(TypedDict):
    plan: str
    measure: str
    title: Title
    form: Literal["number", "percent", "money"]
    unit: Noun | None
    period: str
    first: str
    known_at: int
    people: int
    places: list[BoardPlace]


class RateMissed(TypedDict):
    base: str
    quote: str
    day: str
    amounts: int


class RateUsed(TypedDict):
    base: str
    quote: str
    rate: str
    effective_on: str
    position: int
    amount: str
    worth: str
    is_inverted: NotRequired[bool]


class ReadEntry(TypedDict):
    entry: Entry
    form: str
    record: Any
    problems: list[WrongInRecord]
    about: list[str]


class Readers(TypedDict):
    position: int
    effective_from: str
    document_hash: str
    state: Literal["upcoming", "in_force", "past"]
    participants: int
    acknowledged: list[Acknowledgement]
    missing: list[str]


class Receipt(TypedDict):
    position: int
    hit: bool
    recorded_at: str


class Reconciliation(TypedDict):
    period: str
    run: RunStanding
    sums: list[PaidSum]
    people: list[PersonPaid]
    next: NotRequired[str | None]


class Record(TypedDict):
    plan: str
    alert: str
    title: Title
    warned: int
    right: int
    left: int
    precision: str | None
    interval: Range | None
    recall: str | None
    lead_days: str | None


class RecordOutcome(TypedDict):
    record: int
    facts: NotRequired[list[FactOfRecord]]
    problems: NotRequired[list[WrongInRecord]]
    passed_over: NotRequired[bool]
    quarantine: NotRequired[str | None]
    settled_as: NotRequired[str | None]


class Reminder(TypedDict):
    kind: Literal["onboarding", "probation_review", "credential_expiry"]
    employee: str
    branch: str | None
    manager: str | None
    due_on: str
    since: str
    days_left: int
    overdue: bool
    to: list[Literal["employee", "manager", "hr", "hr_head"]]
    told_on: dict[str, str]
    about: NotRequired[str | None]
    kind_of_it: NotRequired[str | None]


class Replayed(TypedDict):
    replayed: int


class Resolution(TypedDict):
    position: int
    inquiry: str
    employee: str
    outcome: Literal["upheld", "rejected", "withdrawn"]
    corrections: list[int]
    note: str | None
    signature: str | None
    actor: str
    recorded_at: str


class ResolvedNumbers(TypedDict):
    plan: str
    adopted_at: int
    effective_from: str
    document_hash: str
    values: list[SourcedValue]
    placement: NotRequired[str | None]


class Restated(TypedDict):
    period: str
    value: str | None
    people: int
    interval: Range | None


class Result(TypedDict):
    branch: str
    plan: str
    measure: str
    title: NotRequired[Title | None]
    form: NotRequired[Literal["number", "percent", "money"] | None]
    before: NotRequired[Restated | None]
    after: NotRequired[Restated | None]
    change: NotRequired[str | None]
    relative: NotRequired[str | None]


class Review(TypedDict):
    position: int
    employee: str
    reviewer: str
    outcome: str
    evidence: list[int]


class Risks(TypedDict):
    day: str
    people: list[AtRisk]
    since: str | None
    within_days: int
    records: list[Record]
    note: str


class Roster(TypedDict):
    branch: str
    department: str | None
    from_on: str
    until_on: str
    people: list[str]
    shifts: list[RosterShift]
    needs: list[RosterNeed]
    faults: list[RosterFault]


class RosterChange(TypedDict):
    position: int
    employee: str
    kind: Literal["hired", "transferred", "promoted", "named", "mentored", "assisted", "left"]
    effective_on: str
    name: NotRequired[str | None]
    branch: NotRequired[str | None]
    department: NotRequired[str | None]
    team: NotRequired[str | None]
    post: NotRequired[str | None]
    employment: NotRequired[str | None]
    manager: NotRequired[str | None]
    mentor: NotRequired[str | None]
    assistant: NotRequired[str | None]
    cause: NotRequired[str | None]
    cleared: NotRequired[list[str] | None]


class RosterFault(TypedDict):
    kind: Literal["need", "mix", "hours", "place", "double", "leave", "credential", "skill", "rule"]
    on: str
    employee: str | None
    detail: str


class RosterNeed(TypedDict):
    on: str
    pattern: str
    needed: int
    assigned: int
    position: int


class RosterShift(TypedDict):
    employee: str
    on: str
    pattern: str
    position: int
    swap: str | None


class RosteringProposalProposal(TypedDict):
    proposal: str
    branch: str
    department: str | None
    from_on: str
    until_on: str
    known_at: int
    search: Search
    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    stopped_by: Literal["proof", "effort", "time"]
    loss: int | None
    bound: int | None
    gap: str | None
    wishes: WishesMet | None
    fairness: Fairness | None
    burdens: list[Burden]
    conflicts: list[Conflict]
    facts: list[FactProposed]
    first_seconds: float | None
    seconds: float


class RowsPage(TypedDict):
    period: str
    run_state: Literal["open", "closed", "approved", "released", "paid"]
    known_at: int
    rows: list[PayrollRow]
    next: NotRequired[str | None]


class RulesInForce(TypedDict):
    patterns: list[Pattern]
    rules: list[UnitRules]


class RunChanges(TypedDict):
    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str | None
    run: RunStanding
    previous_period: str | None
    total: int
    offset: int
    people: list[ChangedPerson]


class RunChangesLineChange(TypedDict):
    plan: str
    component: str
    title: Title
    about_period: str | None
    why: Literal["component_new", "component_gone", "retro", "account", "amount"]
    previous_minor: int
    amount_minor: int
    difference_minor: int
    inputs: list[InputChange]


class RunDeltas(TypedDict):
    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str | None
    run: RunStanding
    previous_period: str | None
    total: int
    offset: int
    people: list[LatePerson]


class RunPart(TypedDict):
    plan: str
    component: str
    kind: str
    title: Title
    is_late: bool
    currency: str
    people: int
    amount_minor: int
    previous_minor: int | None


class RunParts(TypedDict):
    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str | None
    run: RunStanding
    previous_period: str | None
    total: int
    offset: int
    parts: list[RunPart]


class RunPeople(TypedDict):
    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str | None
    run: RunStanding
    previous_period: str | None
    total: int
    offset: int
    sums: list[RunSum]
    branches: dict[str, int]
    people: list[RunPerson]


class RunPerson(TypedDict):
    employee: str
    name: str | None
    branch: str | None
    amount_minor: int
    amount: str
    currency: str
    statement_digest: str
    held_minor: int
    payable_minor: int
    payable: str
    previous_minor: int | None
    difference_minor: int | None
    retro_minor: int
    retro_lines: int


class RunStanding(TypedDict):
    state: Literal["open", "closed", "approved", "released", "paid"]
    approval: NotRequired[RunStep | None]
    release: NotRequired[RunStep | None]


class RunStep(TypedDict):
    position: int
    period: str
    step: str
    statements_digest: str
    approver: str | None
    actor: str
    recorded_at: str


class RunSum(TypedDict):
    currency: str
    people: int
    amount_minor: int
    held_minor: int
    payable_minor: int
    previous_minor: int | None
    difference_minor: int | None
    gone: list[str]


class RunSummary(TypedDict):
    period: str
    closed_position: int
    closed_by: str
    proposed_by: str | None
    currency: str
    total_minor: int
    engine: str
    run: RunStanding


class SaidChange(TypedDict):
    change: PlanDifferencesChange
    said: Title


class SaidLine(TypedDict):
    line: PlanDifferencesLineChange
    said: Title
    grounds: list[SaidChange]


class SaidRate(TypedDict):
    measure: str | None
    used: RateUsed
    said: Title


class Search(TypedDict):
    effort: NotRequired[int]
    seconds: NotRequired[int]
    seed: NotRequired[int]


class SeenTest(TypedDict):
    test: OpenedTest
    standing: ModuleProgress | None


class Sentence(TypedDict):
    key: str
    words: dict[str, str]


class SessionShown(TypedDict):
    session: str
    name: str
    role: Literal[
        "employee", "manager", "hr", "hr_head", "payroll", "auditor", "integration", "administrator"
    ]
    employee: str | None
    device: str
    method: str
    begun_at: str
    seen_at: str
    ends_at: str


class Settlement(TypedDict):
    entry: str
    settled_as: Literal["released", "corrected", "discarded"]
    positions: list[int]
    position: int


class Share(TypedDict):
    held: int
    valid: int
    expiring: int
    suspended: int
    expired: int
    share: str | None
    percent: str | None


class ShiftDay(TypedDict):
    day: str
    pattern: str | None
    title: str | None
    spans: list[ShiftSpan]
    night: bool
    minutes: int | None
    position: int | None
    swap: str | None
    worked_minutes: int | None
    overtime_minutes: int | None
    attendance: Literal["shifts", "projects", "visits"] | None
    uncounted_minutes: int


class ShiftGiven(TypedDict):
    employee: str
    on: str
    pattern: str


class ShiftSpan(TypedDict):
    from_time: str
    until_time: str
    activity: str


class Shifts(TypedDict):
    employee: str
    from_on: str
    until_on: str
    days: list[ShiftDay]
    nights: int
    assigned_minutes: int
    worked_minutes: int
    overtime_minutes: int


class Side(TypedDict):
    known_at: int
    counted_upto: int
    state: Literal["open", "closed", "none"]
    closed_position: int | None
    total_minor: int
    plans: list[PlanUsed]
    engine: str | None
    digest: str | None


class SimulatedChange(TypedDict):
    before_minor: int
    after_minor: int
    difference_minor: int


class SimulatedSpread(TypedDict):
    winners: int
    losers: int
    unchanged: int
    most_gained: PersonChange | None
    most_lost: PersonChange | None
    bins: list[Bin]


class Simulation(TypedDict):
    before_minor: int
    after_minor: int
    difference_minor: int
    plan: str | None
    document_hash: str | None
    without: list[str]
    first: str
    last: str
    known_at: int
    currency: str
    basis: Title
    paid: SimulatedChange
    accounts: list[AccountChange]
    months: list[MonthChange]
    branches: list[BranchChange]
    components: list[ComponentChange]
    distribution: SimulatedSpread
    largest: list[LargestChange]
    varied: str | None
    curve: list[CurvePoint]
    people: list[PersonChange]


class SkillNeeded(TypedDict):
    kind: str
    score: str


class Source(TypedDict):
    value: str
    level: Literal["national", "branch", "team", "person"]
    position: int | None
    path: str


class SourcedValue(TypedDict):
    path: str
    title: Title
    value: str
    said: str
    level: Literal["national", "branch", "team", "person"]
    position: int
    source: str
    holds: NotRequired[str | None]


class Split(TypedDict):
    plan: str
    measure: str
    title: Title
    form: Literal["number", "percent", "money"]
    by: str
    test: str
    level: str
    period: str
    meeting: Group
    others: Group
    ratio: str | None
    correlation: str | None
    warning: Title


class StaffingMonth(TypedDict):
    on: str
    posts: int
    announced: int
    probations: int
    expected: str
    range: Range
    missing: str
    to_hire: int
    to_hire_at_least: int
    to_hire_at_most: int


class StaffingOfPosts(TypedDict):
    branch: str
    department: str | None
    post: str | None
    employment: str
    filled: int
    months: list[StaffingMonth]


class StaffingRate(TypedDict):
    branch: str | None
    part: int
    whole: int
    share: str | None
    interval: Range | None


class Statement(TypedDict):
    employee: str
    period: str
    currency: str
    total_minor: int
    lines: list[Line]


class StatementDiff(TypedDict):
    employee: str
    period: str
    currency: str
    before: Side
    after: Side
    difference_minor: int
    lines: list[SaidLine]
    facts: list[CausingFact]
    facts_total: int


class StatementReceipt(TypedDict):
    format: NotRequired[str]
    origin: str
    keys: list[str]
    employee: str
    period: str
    closed_position: int
    digest: str
    statement: Statement
    statement_index: int
    statement_proof: list[str]
    plans: list[PlanUsed]
    places: list[PlaceLine]
    checkpoint: str
    records: list[ProvenRecord]


class StepOutcome(TypedDict):
    total_minor: int
    gain_minor: int
    assumption: Title
    net_gain_minor: NotRequired[int | None]


class Storage(TypedDict):
    ledger_bytes: int
    database_bytes: int
    free_bytes: int
    is_embedded: bool
    tables: list[TableSize]


class StreamTicket(TypedDict):
    ticket: str
    address: str
    seconds: int


class Sum(TypedDict):
    facts: NotRequired[int]
    amount_minor: NotRequired[int]


class Summary(TypedDict):
    day: str
    total: Share
    kinds: dict[str, Share]


class Support(TypedDict):
    warnings: list[Warning]
    interventions: list[Intervention]


class Swap(TypedDict):
    position: int
    swap: str
    employee: str
    day: str
    pattern: str
    colleague: str
    colleague_day: str
    colleague_pattern: str
    state: Literal["asked", "consented", "approved", "refused"]
    step_position: int
    approver: str | None
    reason: str | None


class SwapCheck(TypedDict):
    swap: str
    problem: ProblemsProblem | None


class TableSize(TypedDict):
    table: str
    bytes: int
    rows: int


class TakenTest(TypedDict):
    employee: str
    test: str
    bank: str
    module: str
    attempt: int
    state: Literal["open", "handed_in", "over"]
    begun_at: str
    due_at: str | None
    handed_in_at: str | None
    of: int
    right: int | None
    score: str | None
    topics: list[TopicResult]
    weak_topics: list[TopicResult]
    position: int
    handed_in_position: int | None


class TargetProgress(TypedDict):
    plan: str
    target: str
    title: Title
    measure: str
    form: Literal["number", "percent", "money"]
    unit: Noun | None
    done: str | None
    needed: str
    left: str
    attained: str
    is_met: bool
    left_a_day: str | None
    asked: Source
    leave_days: int
    per: NotRequired[Literal["day"] | None]
    overtime_days: NotRequired[int]


class TestSent(TypedDict):
    message: str


class Title(TypedDict):
    en: str
    zh: str


class Titled(TypedDict):
    kind: str
    id: str
    title: Title | None
    position: int | None
    lacks: list[Literal["en", "zh"]]


class TokenGiven(TypedDict):
    token: TokenShown
    secret: str


class TokenShown(TypedDict):
    name: str
    role: Literal[
        "employee", "manager", "hr", "hr_head", "payroll", "auditor", "integration", "administrator"
    ]
    scope: Literal["self", "team", "branch", "all"]
    employee: str | None
    branches: list[str]
    made_at: str | None
    expires_at: str | None
    revoked_at: str | None
    state: Literal["counts", "expired", "revoked"]


class ToldClause(TypedDict):
    part: str
    path: str
    clause: str
    title: Title
    sentences: list[Title]
    parameters: list[str]


class TopicResult(TypedDict):
    topic: str
    title: Title
    right: int
    of: int
    score: str
    remedial_score: str
    weak: bool
    course: Course | None


class TrailEntry(TypedDict):
    position: int
    recorded_at: str
    occurred_at: str
    actor: str
    type: str
    source: str
    subjects: list[str]
    line: str
    voided_at: int | None


class TrailPage(TypedDict):
    entries: list[TrailEntry]
    next_after: int | None
    next_upto: NotRequired[int | None]


class Training(TypedDict):
    employee: str
    plan: str
    day: str
    completion: str | None
    passed: int
    of: int
    modules: list[ModuleProgress]
    grades: list[Grade]


class Trial(TypedDict):
    level: str
    fired: int
    warned: int
    right: int
    missed: int
    precision: str | None
    recall: str | None
    lead_days: str | None


class Tried(TypedDict):
    tried_at: str
    status: int | None
    ms: int
    error: str | None
    answer: str


class Unconfirmed(TypedDict):
    position: int
    type: str
    employee: str
    name: NotRequired[str | None]
    day: str
    plan: str
    measure: str
    title: Title
    by: str


class UnitRules(TypedDict):
    position: int
    branch: str | None
    department: str | None
    effective_on: str
    nights_in_a_row: NotRequired[int | None]
    rest_minutes: NotRequired[int | None]
    week_minutes: NotRequired[int | None]
    credentials: NotRequired[list[str] | None]
    skills: NotRequired[list[SkillNeeded] | None]
    attendance: NotRequired[Literal["shifts", "projects", "visits"] | None]


class Warning(TypedDict):
    employee: str
    branch: str | None
    plan: str
    alert: str
    title: Title
    first: str
    raised: str
    periods: int
    state: Literal["open", "acknowledged", "in_hand"]
    in_care_of: Literal["manager", "mentor", "hr"]
    owner: str | None
    acknowledged_at: int | None
    intervention: str | None
    suggests: list[Title]
    course: list[CausePeriod]
    at_once: NotRequired[bool]


class WebhookMade(TypedDict):
    webhook: WebhookShown
    secret: str | None


class WebhookShown(TypedDict):
    webhook: str
    name: str
    form: Literal["standard", "wecom", "dingtalk"]
    host: str
    events: list[str]
    people: list[str]
    branches: list[str]
    language: Literal["en", "zh"]
    state: Literal["active", "paused", "disabled"]
    because: str | None
    maker: str
    role: Literal[
        "employee", "manager", "hr", "hr_head", "payroll", "auditor", "integration", "administrator"
    ]
    scope: Literal["self", "team", "branch", "all"]
    made_at: str
    told_position: int
    waiting: int
    failing_since: str | None
    public_key: str | None
    etag: NotRequired[str]


class WhoAsks(TypedDict):
    name: str
    role: Literal[
        "employee", "manager", "hr", "hr_head", "payroll", "auditor", "integration", "administrator"
    ]
    scope: Literal["self", "team", "branch", "all"]
    employee: NotRequired[str | None]
    branches: NotRequired[list[str]]
    csrf_token: NotRequired[str | None]
    ends_at: NotRequired[str | None]


class Window(TypedDict):
    kind: NotRequired[Literal["period", "quarter", "year", "ever", "last_periods", "days_since_hire"]]
    n: NotRequired[int]
    ends_before: NotRequired[bool]


class Wish(TypedDict):
    position: int
    employee: str
    on: str
    pattern: str | None
    weight: int


class WishesMet(TypedDict):
    wishes: int
    met: int
    weight: int
    met_weight: int
    share: str | None
    unmet: list[Wish]


class WithoutPlan(TypedDict):
    employee: str
    name: str | None
    branch: str | None
    post: str | None
    hired_on: str
    left_on: str | None


class Work(TypedDict):
    fact: str
    currency: str | None
    times: int
    times_before: int
    minutes: int | None
    minutes_before: int | None
    amount_minor: int | None
    amount_before_minor: int | None


class Worth(TypedDict):
    by: str
    words: dict[str, Any]
    others: NotRequired[Any]


class WrongInRecord(TypedDict):
    kind: str
    detail: str
    remedy: str
    path: NotRequired[str]
    field: NotRequired[str]
    value: NotRequired[str]
