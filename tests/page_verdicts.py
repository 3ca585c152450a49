"""Which role reads which page: a second opinion beside the `opt` of each page.

A page about a person is read by these roles about whom they reach; any other by these roles as it is.
"""

from collections.abc import Mapping

from api.roles import ROLES, Role

ALL = frozenset(ROLES)
PAY = ALL - {"integration"}
RUN = frozenset[Role]({"payroll", "hr_head", "auditor", "administrator"})
ANSWERING = frozenset[Role]({"manager", "hr", "payroll", "hr_head", "administrator"})
PEOPLE = ALL - {"integration"}
AUDIT = frozenset[Role]({"auditor", "hr_head", "administrator"})
READ_PLANS = ALL - {"integration"}
ADOPTING = frozenset[Role]({"hr_head", "administrator"})
DRAFTING = ADOPTING | {"hr"}
ADMIN = frozenset[Role]({"administrator"})
SELF = frozenset[Role]({"employee"})
"""Filled in by the person themselves: the one employee of the table, and nobody for them."""

CARE = frozenset[Role]({"manager", "hr", "hr_head", "auditor", "administrator"})
"""Who looks after people: a manager after those they reach."""
CARE_FOR_ALL = CARE - {"manager"}
ROSTERING = frozenset[Role]({"manager", "hr", "hr_head", "administrator"})
HIRING = frozenset[Role]({"hr", "hr_head", "administrator"})
STAFFING = HIRING | {"manager"}
"""Who records something about where people work; a manager the review of a probation."""
CREDENTIALS = frozenset[Role]({"hr_head"})

PAGES: Mapping[str, frozenset[Role]] = {
    "GET /": ALL,
    "GET /employees/{employee}/today": PAY,
    "GET /proposals": PAY,
    "POST /proposals": ANSWERING,
    "GET /account": ALL,
    "POST /account/password": ALL,
    "POST /account/second-factor": ALL,
    "POST /account/sessions/end": ALL,
    "GET /employees/{employee}/pay": PAY,
    "GET /employees/{employee}/pay/{period}": PAY,
    "GET /employees/{employee}/pay/{period}/evidence": PAY,
    "GET /employees/{employee}/pay/{period}/dispute": SELF,
    "POST /employees/{employee}/pay/{period}/dispute": SELF,
    "GET /employees/{employee}/visit": SELF,
    "POST /employees/{employee}/visit": SELF,
    "GET /employees/{employee}/learning": PEOPLE,
    "POST /employees/{employee}/learning/tests": SELF,
    "GET /employees/{employee}/learning/tests/{test}": PEOPLE,
    "POST /employees/{employee}/learning/tests/{test}": SELF,
    "GET /employees/{employee}/me": PEOPLE,
    "GET /employees/{employee}/milestones": PEOPLE,
    "GET /employees/{employee}/shifts": PEOPLE,
    "GET /employees/{employee}/credentials": PEOPLE,
    "GET /employees/{employee}/boards": PEOPLE,
    "GET /employees/{employee}/survey": PEOPLE,
    "POST /employees/{employee}/survey": SELF,
    "GET /team": CARE,
    "GET /employees/{employee}": PEOPLE,
    "GET /employees/{employee}/care": CARE,
    "POST /employees/{employee}/care": frozenset[Role]({"manager", "hr", "hr_head", "administrator"}),
    "GET /employees/{employee}/targets": PAY,
    "POST /employees/{employee}/targets": frozenset[Role]({"manager", "hr_head", "administrator"}),
    "GET /team/newcomers": CARE,
    "GET /team/swaps": PEOPLE,
    "POST /team/swaps": ROSTERING,
    "GET /team/waiting": CARE,
    "POST /team/waiting": CARE - {"auditor"},
    "GET /team/pairs": CARE,
    "GET /people": PEOPLE,
    "GET /plans": READ_PLANS,
    "GET /plans/{plan}": READ_PLANS,
    "GET /plans/{plan}/versions": READ_PLANS,
    "GET /plans/{plan}/numbers": READ_PLANS,
    "GET /plans/{plan}/readers": READ_PLANS,
    "POST /plans/{plan}/readers": DRAFTING | SELF,
    "POST /plans/{plan}/end": ADOPTING,
    "GET /plan-drafts/{draft}": READ_PLANS,
    "POST /plan-drafts/{draft}/comments": DRAFTING | SELF | {"manager"},
    "POST /plan-drafts/{draft}/proposal": DRAFTING,
    "POST /plan-drafts/{draft}/adoption": ADOPTING,
    "GET /plan-editor": DRAFTING,
    "POST /plan-editor": DRAFTING,
    "GET /plan-examples": READ_PLANS,
    "GET /plan-examples/{example}": READ_PLANS,
    "GET /what-if": frozenset[Role]({"payroll", "hr_head", "auditor", "administrator"}),
    "GET /payroll": RUN,
    "GET /payroll/{period}": RUN,
    "GET /payroll/{period}/components": RUN,
    "GET /payroll/{period}/changes": RUN,
    "GET /payroll/{period}/late": RUN,
    "GET /payroll/{period}/files": RUN,
    "GET /payroll/{period}/close": RUN,
    "POST /payroll/{period}/close": RUN - {"auditor"},
    "GET /payroll/{period}/without-plan": RUN,
    "GET /payroll/{period}/unconfirmed": RUN,
    "GET /payroll/{period}/people/{employee}": RUN,
    "GET /payroll/{period}/payments": RUN,
    "POST /payroll/{period}/payments": RUN - {"auditor"},
    "GET /payroll/holds": RUN,
    "POST /payroll/holds": RUN - {"auditor"},
    "POST /payroll/holds/{hold}/release": RUN - {"auditor"},
    "GET /payroll/inquiries": RUN,
    "GET /payroll/inquiries/{inquiry}": RUN,
    "POST /payroll/inquiries/{inquiry}": RUN - {"auditor"},
    "GET /payroll/balances": RUN,
    "POST /payroll/balances": RUN - {"auditor"},
    "GET /boards": ALL,
    "GET /boards/{board}": ALL,
    "GET /audit": AUDIT,
    "GET /audit/reads": AUDIT,
    "GET /audit/facts/{position}": AUDIT,
    "GET /audit/statements": AUDIT | {"payroll"},
    "GET /audit/statements/{employee}/{period}": AUDIT | {"payroll"},
    "GET /audit/seal": AUDIT,
    "GET /audit/exports": AUDIT,
    "GET /hr": CARE_FOR_ALL,
    "GET /hr/credentials": CARE,
    "GET /hr/credentials/flagged-work": CARE,
    "GET /hr/people/{employee}/credentials": CARE,
    "POST /hr/people/{employee}/credentials": CREDENTIALS,
    "GET /hr/rosters": CARE,
    "POST /hr/rosters/search": ROSTERING,
    "POST /hr/rosters/adopt": ROSTERING,
    "GET /hr/people/{employee}": CARE,
    "POST /hr/people/{employee}": STAFFING,
    "GET /hr/hire": HIRING,
    "POST /hr/hire": HIRING,
    "GET /hr/alerts": CARE,
    "GET /hr/alerts/{plan}/{alert}": CARE_FOR_ALL,
    "GET /hr/plans": CARE,
    "POST /hr/plans": HIRING,
    "GET /hr/posts": CARE_FOR_ALL,
    "GET /hr/posts/forecast": CARE_FOR_ALL,
    "GET /hr/titles": CARE_FOR_ALL,
    "POST /hr/titles": HIRING,
    "GET /hr/pay": CARE_FOR_ALL | {"payroll"},
    "GET /admin": ADMIN,
    "GET /set-up": ADMIN,
    "POST /set-up/branches": ADMIN,
    "POST /set-up/people": ADMIN,
    "GET /admin/imports": ADMIN,
    "POST /admin/imports": ADMIN,
    "GET /admin/imports/{id}": ADMIN,
    "POST /admin/imports/{id}/confirm": ADMIN,
    "GET /admin/connectors": ADMIN,
    "GET /admin/quarantine/{entry}": ADMIN | {"hr_head"},
    "POST /admin/quarantine/{entry}": ADMIN | {"hr_head"},
    "GET /admin/webhooks": ADMIN,
    "GET /admin/webhooks/{webhook}": ADMIN,
    "POST /admin/webhooks/{webhook}": ADMIN,
    "GET /admin/tokens": ADMIN,
    "POST /admin/tokens": ADMIN,
    "POST /admin/tokens/revoke": ADMIN,
    "GET /admin/accounts": ADMIN,
    "POST /admin/accounts": ADMIN,
    "POST /admin/accounts/changes": ADMIN,
    "POST /admin/sessions/end": ADMIN,
}
