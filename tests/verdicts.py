"""What every address is declared to be: under which action, and whom its answer is about.

reach: `person` is about the person in the address, `rows` about those whom the token reaches, `any` about
nobody, `all` about everybody at once, `open` for whoever asks. A second opinion beside the `opt` of each
handler: whoever adds an address writes it down in both places, on purpose.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from api.roles import Action


class Verdict(NamedTuple):
    """action, reach: as the module says. asks: what the query must hold. by: its filter of people, if any."""

    action: Action
    reach: Literal["person", "rows", "any", "all"]
    asks: Mapping[str, str] = MappingProxyType({})
    by: str | None = None


AGENT = '{"mbox": "mailto:a@x.example"}'
MONTH = {"period": "2025-03"}

VERDICTS: dict[str, Verdict | Literal["open"]] = {
    "GET /v1/checkpoint": "open",
    "GET /v1/problems/{kind}": "open",
    "GET /health/live": "open",
    "GET /health/ready": "open",
    "GET /metrics": "open",
    "GET /v1/session": Verdict("use_account", "any"),
    "POST /v1/session/end": Verdict("use_account", "any"),
    "POST /v1/session/end-all": Verdict("use_account", "any"),
    "POST /v1/facts": Verdict("record", "rows"),
    "POST /v1/facts:batch": Verdict("record", "rows"),
    "GET /v1/connectors": Verdict("read_facts", "all"),
    "POST /v1/connectors/{name}": Verdict("record", "rows"),
    "GET /v1/connectors/{name}/report": Verdict("read_facts", "all"),
    "GET /xapi/about": "open",
    "GET /xapi/statements": Verdict("record", "all", {"statementId": "7d1f3a52-5b0e-4c8e-9a51-0a0f6d0c1b11"}),
    "POST /xapi/statements": Verdict("record", "rows"),
    "PUT /xapi/statements": Verdict(
        "record", "rows", {"statementId": "7d1f3a52-5b0e-4c8e-9a51-0a0f6d0c1b11"}
    ),
    **{
        f"{method} /xapi/{path}": Verdict("record", "all" if method == "GET" else "rows", asks)
        for path, asks in {
            "activities/state": {"activityId": "http://x/1", "agent": AGENT, "stateId": "s"},
            "activities/profile": {"activityId": "http://x/1", "profileId": "p"},
            "agents/profile": {"agent": AGENT, "profileId": "p"},
        }.items()
        for method in ("GET", "PUT", "POST", "DELETE")
    },
    "GET /xapi/agents": Verdict("record", "all", {"agent": AGENT}),
    "GET /xapi/activities": Verdict("record", "all", {"activityId": "http://x/1"}),
    "GET /v1/quarantine": Verdict("read_facts", "all"),
    "GET /v1/quarantine/{entry}": Verdict("mend", "all"),
    "POST /v1/quarantine/{entry}/release": Verdict("mend", "all"),
    "POST /v1/quarantine/{entry}/discard": Verdict("mend", "all"),
    "POST /v1/plans/simulations": Verdict("run_payroll", "all"),
    "GET /v1/facts": Verdict("read_facts", "all"),
    "GET /v1/facts/{position}": Verdict("read_facts", "all"),
    "GET /v1/facts/{position}/proof": Verdict("read_facts", "all"),
    "GET /v1/facts/{position}/provenance": Verdict("read_trail", "all"),
    "GET /v1/checkpoints": Verdict("read_facts", "all"),
    "GET /v1/checkpoints/consistency": Verdict("read_facts", "all", {"old": "1", "new": "1"}),
    "GET /v1/facts/{position}/personal": Verdict("read_people", "rows"),
    "GET /v1/tile/{path}": Verdict("read_facts", "all"),
    "GET /v1/audit/trail": Verdict("read_trail", "all"),
    "GET /v1/audit/statements/{employee}/{period}/diff": Verdict(
        "run_payroll", "person", {"from": "1", "to": "2"}
    ),
    "GET /v1/audit/statements/{employee}/{period}/moments": Verdict("run_payroll", "person"),
    "GET /v1/plans": Verdict("read_plans", "any"),
    "GET /v1/plan-standings": Verdict("read_plans", "any"),
    "GET /v1/plan-examples": Verdict("read_plans", "any"),
    "GET /v1/plan-examples/{example}": Verdict("read_plans", "any"),
    "GET /v1/plans/{plan}/words": Verdict("read_plans", "rows"),
    "POST /v1/plans/checks": Verdict("read_plans", "any"),
    "GET /v1/proposals": Verdict("read_pay", "rows"),
    "POST /v1/proposals/{proposal}/approval": Verdict("record", "rows"),
    "POST /v1/proposals/{proposal}/refusal": Verdict("record", "rows"),
    "GET /v1/plans/drafts": Verdict("read_plans", "any"),
    "GET /v1/plans/drafts/{draft}": Verdict("read_plans", "rows"),
    "GET /v1/plans/{plan}": Verdict("read_plans", "any"),
    "GET /v1/plans/{plan}/acknowledgements": Verdict("read_people", "rows"),
    "GET /v1/plans/{plan}/alerts/{alert}/backtest": Verdict("read_care", "all"),
    "GET /v1/plans/{plan}/diff": Verdict("read_plans", "any", {"from": "1"}),
    "GET /v1/goals": Verdict("read_plans", "any"),
    "GET /v1/exchange-rates": Verdict("read_plans", "any"),
    "GET /v1/shifts/rules": Verdict("read_plans", "any"),
    "GET /v1/question-banks": Verdict("read_plans", "any"),
    "GET /v1/employees/{employee}/tests": Verdict("read_people", "person"),
    "GET /v1/employees/{employee}/tests/{test}": Verdict("read_people", "person"),
    "POST /v1/employees/{employee}/tests": Verdict("record", "person"),
    "POST /v1/employees/{employee}/tests/{test}/answers": Verdict("record", "person"),
    "POST /v1/employees/{employee}/visits": Verdict("record", "person"),
    "GET /v1/people": Verdict("read_people", "rows", by="employee"),
    "GET /v1/progress": Verdict("read_pay", "rows", by="employee"),
    "GET /v1/employees/{employee}": Verdict("read_people", "person"),
    "GET /v1/employees/{employee}/balances": Verdict("read_pay", "person"),
    "GET /v1/employees/{employee}/credentials": Verdict("read_people", "person"),
    "GET /v1/employees/{employee}/dossier": Verdict("read_people", "person"),
    "GET /v1/employees/{employee}/overview": Verdict("read_people", "person"),
    "GET /v1/honours": Verdict("read_boards", "any"),
    "GET /v1/boards/{board}/honours": Verdict("read_care", "all", MONTH),
    "GET /v1/practices": Verdict("read_boards", "any"),
    "GET /v1/customers": Verdict("read_clients", "rows"),
    "GET /v1/customers/{customer}/next": Verdict("read_boards", "rows"),
    "GET /v1/customers/{customer}/decision-makers": Verdict("read_people", "rows"),
    "GET /v1/customers/{customer}/margins": Verdict("read_people", "rows"),
    "GET /v1/employees/{employee}/hints": Verdict("read_pay", "person"),
    "GET /v1/employees/{employee}/plans/{period}": Verdict("read_pay", "person"),
    "GET /v1/employees/{employee}/progress": Verdict("read_pay", "person"),
    "GET /v1/employees/{employee}/shifts": Verdict("read_people", "person"),
    "GET /v1/employees/{employee}/shifts.ics": Verdict("read_people", "person"),
    "GET /v1/employees/{employee}/statements/{period}": Verdict("read_pay", "person"),
    "GET /v1/employees/{employee}/statements/{period}/evidence": Verdict(
        "read_pay", "person", {"plan": "selling", "measure": "clients"}
    ),
    "GET /v1/employees/{employee}/statements/{period}/explain": Verdict("read_pay", "person"),
    "GET /v1/employees/{employee}/statements/{period}/print": Verdict("read_pay", "person"),
    "GET /v1/employees/{employee}/statements/{period}/receipt": Verdict("read_pay", "person"),
    "GET /v1/boards/{board}": Verdict("read_boards", "rows", MONTH),
    "POST /v1/stream/tickets": Verdict("read_boards", "any"),
    "GET /v1/stream": Verdict("read_boards", "rows", MONTH, by="employee"),
    "GET /v1/milestones": Verdict("read_people", "rows", by="employee"),
    "GET /v1/growth": Verdict("read_people", "rows"),
    "GET /v1/reminders": Verdict("read_people", "rows", by="employee"),
    "GET /v1/notices": Verdict("read_care", "rows", {"as_of": "2025-03-05T04:00:00Z"}, by="employee"),
    "GET /v1/alerts": Verdict("read_care", "rows", by="employee"),
    "GET /v1/confirmations": Verdict("read_care", "rows", by="employee"),
    "GET /v1/interventions": Verdict("read_care", "rows", by="employee"),
    "GET /v1/credentials": Verdict("read_people", "rows", by="employee"),
    "GET /v1/credentials/summary": Verdict("read_people", "rows"),
    "GET /v1/credentials/flagged-work": Verdict("read_people", "rows", MONTH, by="employee"),
    "GET /v1/shifts/overtime": Verdict("read_people", "rows", {"days": "1"}, by="employee"),
    "GET /v1/shifts/swaps": Verdict("read_people", "rows", by="employee"),
    "GET /v1/shifts/swaps/{swap}/check": Verdict("read_people", "rows"),
    "GET /v1/employees/{employee}/target-changes": Verdict("read_pay", "person"),
    "GET /v1/rosters": Verdict(
        "read_people", "rows", {"branch": "BJ", "from": "2025-03-03", "to": "2025-03-09"}
    ),
    "POST /v1/rosters": Verdict("read_people", "rows"),
    "GET /v1/inquiries": Verdict("read_pay", "rows", by="employee"),
    "GET /v1/inquiries/{inquiry}": Verdict("read_pay", "rows"),
    "GET /v1/payroll/holds": Verdict("read_pay", "rows", by="employee"),
    "POST /v1/payroll/runs": Verdict("close_periods", "all"),
    "GET /v1/payroll/runs": Verdict("run_payroll", "all"),
    "GET /v1/payroll/runs/{period}": Verdict("run_payroll", "all"),
    "GET /v1/payroll/runs/{period}/people": Verdict("run_payroll", "all"),
    "GET /v1/payroll/runs/{period}/people/{employee}": Verdict("run_payroll", "all"),
    "GET /v1/payroll/runs/{period}/print": Verdict("run_payroll", "all", {"branch": "SH"}),
    "GET /v1/payroll/runs/{period}/components": Verdict("run_payroll", "all"),
    "GET /v1/payroll/runs/{period}/changes": Verdict("run_payroll", "all"),
    "GET /v1/payroll/runs/{period}/deltas": Verdict("run_payroll", "all"),
    "GET /v1/closes": Verdict("run_payroll", "all"),
    "GET /v1/closes/{period}/checklist": Verdict("run_payroll", "all"),
    "GET /v1/closes/{period}/unconfirmed": Verdict("run_payroll", "all"),
    "GET /v1/closes/{period}/without-plan": Verdict("run_payroll", "all"),
    "GET /v1/payroll/runs/{period}/rows": Verdict("run_payroll", "all"),
    "GET /v1/payroll/runs/{period}/reconciliation": Verdict("run_payroll", "all"),
    "GET /v1/exports/{period}": Verdict("read_facts", "all"),
    "GET /v1/exports/{period}/facts": Verdict("read_facts", "all"),
    "GET /v1/exports/{period}/results": Verdict("run_payroll", "all"),
    "GET /v1/payroll/outstanding": Verdict("run_payroll", "all"),
    "GET /v1/balances": Verdict("run_payroll", "all"),
    "GET /v1/establishment": Verdict("read_care", "all"),
    "GET /v1/units": Verdict("read_people", "rows"),
    "GET /v1/titles": Verdict("read_people", "any"),
    "GET /v1/competence": Verdict("read_people", "rows", by="employee"),
    "GET /v1/assistants/{employee}/leads": Verdict("read_people", "person"),
    "GET /v1/assistants/{employee}/contracts": Verdict("read_people", "person"),
    "GET /v1/contracts/{contract}": Verdict("read_people", "rows"),
    "GET /v1/pairings": Verdict("read_care", "rows", by="employee"),
    "GET /v1/pairings/proposals": Verdict("read_care", "all"),
    "GET /v1/insight/leavers": Verdict("read_care", "all", MONTH),
    "GET /v1/insight/outcomes": Verdict("read_care", "all"),
    "GET /v1/insight/compare": Verdict("read_care", "all"),
    "GET /v1/insight/risks": Verdict("read_care", "rows", by="employee"),
    "GET /v1/insight/staffing": Verdict("read_care", "all"),
    "GET /v1/insight/approvals": Verdict("read_care", "all"),
    "GET /v1/insight/pay-ranges": Verdict("read_pay_ranges", "all"),
    "GET /v1/insight/split": Verdict("read_care", "all"),
    "GET /v1/tokens": Verdict("administer", "all"),
    "POST /v1/tokens": Verdict("administer", "all"),
    "POST /v1/tokens/{name}/revoke": Verdict("administer", "all"),
    "GET /v1/accounts": Verdict("administer", "all"),
    "POST /v1/accounts": Verdict("administer", "all"),
    "POST /v1/accounts/{name}/changes": Verdict("administer", "all"),
    "GET /v1/sessions": Verdict("administer", "all"),
    "POST /v1/sessions/{session}/end": Verdict("administer", "all"),
    "GET /v1/imports": Verdict("administer", "all"),
    "GET /v1/imports/{id}": Verdict("administer", "all"),
    "POST /v1/imports": Verdict("administer", "all"),
    "POST /v1/imports/{id}/confirm": Verdict("administer", "all"),
    "GET /v1/storage": Verdict("administer", "all"),
    "GET /v1/webhooks": Verdict("make_webhooks", "rows"),
    "POST /v1/webhooks": Verdict("make_webhooks", "rows"),
    "GET /v1/webhooks/{webhook}": Verdict("make_webhooks", "rows"),
    "PATCH /v1/webhooks/{webhook}": Verdict("make_webhooks", "rows"),
    "DELETE /v1/webhooks/{webhook}": Verdict("make_webhooks", "rows"),
    "POST /v1/webhooks/{webhook}/secret": Verdict("make_webhooks", "rows"),
    "POST /v1/webhooks/{webhook}/test": Verdict("make_webhooks", "rows"),
    "POST /v1/webhooks/{webhook}/replays": Verdict("make_webhooks", "rows"),
    "GET /v1/webhooks/{webhook}/deliveries": Verdict("make_webhooks", "rows"),
    "GET /v1/webhooks/{webhook}/deliveries/{message}": Verdict("make_webhooks", "rows"),
}


def missing(described: dict[str, Any]) -> str:
    """What to do about the addresses of an OpenAPI document that have no verdict; empty when all have one."""
    found = {f"{method.upper()} {path}" for path, item in described["paths"].items() for method in item}
    lacking = sorted(name for name in found - VERDICTS.keys() if not name.endswith("/openapi.json"))
    gone = sorted(VERDICTS.keys() - found)
    told = [
        f'{name}: add "{name}": Verdict(ACTION, REACH) to tests/verdicts.py, and to the opt of its handler '
        '"reach": "person" (the one in the address), "rows" (it passes request.auth.people(…) to what it '
        'reads), "any" (about nobody) or "all" (about everybody); see api/reach.py'
        for name in lacking
    ]
    return "\n".join([*told, *(f"{name}: take it out of tests/verdicts.py" for name in gone)])
