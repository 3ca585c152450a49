"""A payroll run as files: the same rows in every form, the same bytes every time, no formula smuggled in."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import msgspec
import pyarrow.parquet as parquet
import pytest
from openpyxl import load_workbook
from served import Service, open_shanghai

from api.payroll_files import COLUMNS, FORMATS, MEDIA_TYPES, Format, file_name, payroll_file
from projections.payroll import PayrollRow, PayrollRun
from projections.reconciling import RunStanding

RUN = PayrollRun(
    period="2025-03",
    state="closed",
    known_at=7,
    closed_position=8,
    statements_digest="00" * 32,
    engine="meritbook 1",
    run=RunStanding(state="released"),
    plans=(),
    sums=(),
    holds=(),
    totals=(),
    rows=tuple(
        PayrollRow(
            period="2025-03",
            employee=employee,
            name=name,
            branch=None,
            plan="selling",
            component="per_deal",
            clause="3.1",
            about_period="2025-02",
            amount_minor=amount,
            amount=f"{amount / 100:.2f}",
            currency="CNY",
            statement_digest="11" * 32,
            state="closed",
            plan_hash=None,
            known_at=7,
            closed_position=8,
            engine="meritbook 1",
            line=1,
            run_state="released",
            held=amount < 0,
            hold_ids="H1 H2" if amount < 0 else "",
            payable_minor=max(amount, 0),
            payable=f"{max(amount, 0) / 100:.2f}",
        )
        for employee, name, amount in (("E1", "王芳", 60_050), ("E2", "=HYPERLINK(1)", -10_000))
    ),
)
EXPECTED = [msgspec.structs.asdict(row) for row in RUN.rows]


def test_csv_opens_in_a_spreadsheet_as_it_is() -> None:
    content = payroll_file(RUN, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    first, second = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert list(first) == list(COLUMNS)
    assert (first["name"], first["amount"], first["amount_minor"]) == ("王芳", "600.50", "60050")
    assert (first["held"], second["held"], second["hold_ids"]) == ("false", "true", "H1 H2")
    assert (second["name"], second["amount"]) == ("'=HYPERLINK(1)", "-100.00")


def test_xlsx_has_numbers_as_numbers_and_no_formula() -> None:
    sheet = load_workbook(io.BytesIO(payroll_file(RUN, "xlsx")))["2025-03"]
    header, first, second = sheet.iter_rows(values_only=True)
    assert header == COLUMNS
    assert first[COLUMNS.index("amount_minor")] == 60_050
    assert second[COLUMNS.index("name")] == "'=HYPERLINK(1)"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_parquet_and_json_have_the_values_as_they_are() -> None:
    assert parquet.read_table(io.BytesIO(payroll_file(RUN, "parquet"))).to_pylist() == EXPECTED
    assert msgspec.json.decode(payroll_file(RUN, "json"))["rows"] == EXPECTED


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_run_gives_the_same_bytes(form: Format) -> None:
    assert payroll_file(RUN, form) == payroll_file(RUN, form)


def test_an_open_month_says_so_in_its_name() -> None:
    assert file_name(RUN, "csv") == "payroll-2025-03.csv"
    assert file_name(msgspec.structs.replace(RUN, state="open"), "csv") == "payroll-2025-03-open.csv"


@pytest.mark.parametrize("form", FORMATS)
def test_the_service_gives_each_form_by_query_or_accept(service: Service, form: Format) -> None:
    path = "/v1/payroll/runs/2025-03"
    asked: list[dict[str, Any]] = [{"params": {"format": form}}, {"headers": {"Accept": MEDIA_TYPES[form]}}]
    by_query, by_accept = (service.http.get(path, **how) for how in asked)
    assert by_query.status_code == by_accept.status_code == 200
    assert by_query.headers["Content-Type"].startswith(MEDIA_TYPES[form])
    assert by_query.headers["ETag"] == by_accept.headers["ETag"]


def test_another_form_or_another_role_is_refused(serve: Callable[..., Service]) -> None:
    service = serve()
    open_shanghai(service)
    path = "/v1/payroll/runs/2025-03"
    page = service.http.get(path, headers={"Accept": "image/png"})
    assert (page.status_code, page.json()["type"]) == (406, "/v1/problems/not-acceptable")
    assert service.http.get(path, params={"format": "pdf"}).status_code == 400
    assert service.client("manager").get(path).status_code == 403
    assert service.client("payroll").get(path).status_code == 200


def test_a_workbook_does_not_tell_when_it_was_saved() -> None:
    archive = zipfile.ZipFile(io.BytesIO(payroll_file(RUN, "xlsx")))
    years = re.findall(rb"\d{4}-\d\d-\d\dT", archive.read("docProps/core.xml"))
    assert set(years) == {b"2000-01-01T"}
