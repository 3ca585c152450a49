"""What a reader may do about plans, as the pages offer it."""

from typing import NamedTuple

from api.caller import Caller
from api.roles import MAY, MAY_RECORD


class PlanRights(NamedTuple):
    """Each is a fact that the role of the reader writes; tries: asks what a draft would have paid."""

    drafts: bool
    proposes: bool
    comments: bool
    adopts: bool
    ends: bool
    withdraws: bool
    tries: bool
    acknowledges: bool
    reads_people: bool

    @classmethod
    def of(cls, caller: Caller) -> "PlanRights":
        """Those of `caller`."""
        writes = MAY_RECORD.get(caller.role, frozenset[str]())
        may = MAY[caller.role]
        return cls(
            drafts="plan_drafted" in writes,
            proposes="adoption_proposed" in writes,
            comments="plan_commented" in writes,
            adopts="plan_adopted" in writes,
            ends="plan_ended" in writes,
            withdraws="fact_voided" in writes,
            tries="run_payroll" in may and caller.scope == "all",
            acknowledges="plan_acknowledged" in writes and caller.employee is not None,
            reads_people="read_people" in may,
        )
