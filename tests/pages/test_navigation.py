"""What stands in the navigation of whom, where that follows from their work."""

import yaml
from given_plan import adoption
from paged_firm import HIRED, PLAN
from served import Service, fact

HTML = {"Accept": "text/html"}
WARD = """
plan: ward
title: {en: Ward, zh: 病区}
currency: CNY
effective_from: 2025-01-01
population: {post: [nurse]}
measures: {care: {sum: nursing_recorded, of: quantity}}
"""


def test_who_works_without_clients_is_not_offered_the_check_in(firm: Service) -> None:
    """Offered while the nurse has the sellers' plan; gone with her own, also from a page that refuses."""
    head = firm.client("hr_head")
    said = {"employee": "N1", "hired_on": "2024-06-03", "branch": "SH", "post": "nurse", "name": "田静"}
    assert head.post("/v1/facts", json=fact("employee_hired", said, **HIRED)).status_code == 201
    firm.get("/v1/plans")
    offered = {employee: f'href="/employees/{employee}/visit"' for employee in ("E1", "N1")}
    own = {employee: firm.client("employee", employee) for employee in offered}

    def shown(employee: str, path: str = "me") -> bool:
        return offered[employee] in own[employee].get(f"/employees/{employee}/{path}", headers=HTML).text

    assert shown("E1") and shown("N1")
    sellers = yaml.safe_load(PLAN) | {"population": {"post": ["seller"]}, "effective_from": "2025-02-01"}
    for document in (sellers, yaml.safe_load(WARD)):
        firm.adopt(adoption(document))
    firm.get("/v1/plans")
    assert shown("E1") and not shown("N1") and not shown("N1", "pay/2025-13")
    form = own["N1"].get("/employees/N1/visit", headers=HTML)
    assert form.status_code == 200  # whoever has the address may still check in
