"""Which role reads which page: a second opinion beside the `opt` of each page.

A page about a person is read by these roles about whom they reach; any other by these roles as it is.
"""

from collections.abc import Mapping

from api.roles import ROLES, Role

ALL = frozenset(ROLES)
PAY = ALL - {"integration"}
PEOPLE = ALL - {"integration"}
TAKERS = ALL - {"auditor"}

PAGES: Mapping[str, frozenset[Role]] = {
    "GET /": ALL,
    "GET /employees/{employee}/today": PAY,
    "GET /account": ALL,
    "POST /account/password": ALL,
    "POST /account/second-factor": ALL,
    "POST /account/sessions/end": ALL,
}
