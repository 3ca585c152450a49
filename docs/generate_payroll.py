"""The page on the columns of a payroll file, out of the row's own fields."""

from typing import get_args, get_type_hints

from msgspec import Meta

from api.payroll_files import parquet_kind
from projections.payroll import PayrollRow


def payroll_page(notice: str) -> str:
    """The columns in their order, with what each says."""
    return "\n".join(
        [
            notice,
            "# Columns of a payroll file\n",
            "One row per line of a statement, in order of employee and line. CSV, XLSX, Parquet and the",
            "`rows` of JSON have the same columns in this order; new ones come at the end. CSV is UTF-8 with",
            "a byte order mark and CRLF; yes and no are `true` and `false`, null is empty.",
            "[How a month is paid](../howto/payroll.md).\n",
            "| Column | In Parquet | Says |",
            "|---|---|---|",
            *(
                f"| `{name}` | {parquet_kind(name)} | {_description(hint)} |"
                for name, hint in get_type_hints(PayrollRow, include_extras=True).items()
            ),
            "",
        ]
    )


def _description(hint: object) -> str:
    [meta] = [each for each in get_args(hint) if isinstance(each, Meta)]
    return meta.description or ""
