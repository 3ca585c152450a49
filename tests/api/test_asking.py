"""What is asked is heard as it is said, or refused by name."""

import pytest
from served import Service


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/facts?limit=5&limit=9", "limit"),
        ("/v1/employees/E1?day=null", "day"),
        ("/v1/insight/staffing?at_least=0.0", "at_least"),
        ("/v1/notices?as_of=0001-01-01T00:00:00-02:00", "as_of"),
        ("/v1/alerts?state=null", "state"),
        ("/v1/plans?at_least=999999999", "at_least"),
        ("/v1/growth?week=", "week"),
        ("/v1/honours?period=", "period"),
        ("/v1/employees/E1/statements/２０２５-03", "period"),
        ("/v1/employees/E1/statements/0001-01", "period"),
        ("/v1/boards/best?period=9999-W52", "period"),
    ],
)
def test_nothing_is_taken_for_what_was_not_asked(service: Service, path: str, field: str) -> None:
    answer = service.http.get(path)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert answer.json()["remedy"]


def test_a_list_may_be_asked_for_twice_and_somebody_may_be_called_null(service: Service) -> None:
    answer = service.http.get("/v1/milestones?employee=null&employee=E1")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/v1/facts", "GET, OPTIONS, POST"), ("/v1/alerts", "GET, OPTIONS"), ("/health/live", "GET, OPTIONS")],
)
def test_options_tells_every_method_and_needs_no_token(service: Service, path: str, methods: str) -> None:
    answer = service.http.options(path, headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["Allow"]) == (204, methods)


def test_the_document_says_where_no_token_is_needed(service: Service) -> None:
    paths = service.http.get("/schema/openapi.json").json()["paths"]
    assert paths["/health/live"]["get"]["security"] == []
    assert "security" not in paths["/v1/alerts"]["get"]
