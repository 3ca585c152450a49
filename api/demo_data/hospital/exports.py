"""The files of the hospital, month by month, the same every time; a few rows are wrong on purpose."""

from collections.abc import Iterator, Sequence

from api.demo_data.hospital import care, offices, rosters
from api.demo_data.hospital.calendar import MONTHS
from api.demo_data.hospital.licences import LICENCES, licences
from api.demo_data.hospital.people import Person, people
from api.demo_data.hospital.rosters import Month
from api.demo_data.hospital.titles import titles
from api.demo_data.hospital.units import CAMPUSES, UNITS, Unit
from api.demo_data.sheets import Delivery, Row, csv_bytes, ndjson_bytes, xlsx_bytes

_CORRECTIONS = "更正单号 更正日期 原手术号 原因".split()
_LATE_REPORTS = 4

LAST_CONFIRMED = "QR2511-2008#standards"
"""Key of the last fact of the last file that is imported."""


def deliveries(units: Sequence[Unit] = UNITS) -> Iterator[Delivery]:
    """What had arrived at the end of September, of October, and early in November. units: as in `people`."""
    staff = people(units)
    late: list[Row] = []
    mended: list[Row] = []
    for month in MONTHS:
        roster, tag = Month(staff, month), f"2025-{month:02}"
        reports = care.nursing(staff, roster.shifts, month)
        arrived, late = [*late, *reports[:-_LATE_REPORTS]], reports[-_LATE_REPORTS:]
        performed = care.operations(staff, month)
        corrected = {f"his_corrections_{tag}.csv": _corrections(mended)} if mended else {}
        if month == MONTHS[0]:
            performed, mended = _mistaken(performed)
        else:
            performed, mended = [*performed, *mended], []
        checked = offices.scores(staff, month)
        confirmed = offices.confirmations(checked, month)
        yield Delivery(
            month,
            {
                **(_founding(staff) if month == MONTHS[0] else {}),
                **(_planned(staff) if month == MONTHS[-1] else {}),
                f"hr_master_{tag}.csv": csv_bytes(offices.MASTER, offices.master(staff, month), "gb18030"),
                f"hr_licences_{tag}.csv": csv_bytes(LICENCES, licences(staff, month), "utf-8-sig"),
                f"oa_leave_{tag}.csv": csv_bytes(offices.LEAVE, offices.leave(staff, month), "utf-8"),
                f"nursing_roster_{tag}.csv": csv_bytes(rosters.ROSTER, roster.roster(), "utf-8"),
                f"nursing_swaps_{tag}.csv": csv_bytes(rosters.SWAPS, roster.swaps, "utf-8-sig"),
                f"nursing_clock_{tag}.csv": _clock(roster, month),
                f"oa_overtime_{tag}.csv": csv_bytes(rosters.OVERTIME, roster.overtime(), "utf-8"),
                f"his_nursing_{tag}.csv": csv_bytes(care.NURSING, arrived, "gb18030"),
                f"his_procedures_{tag}.csv": csv_bytes(
                    care.PROCEDURES, care.procedures(staff, month), "gb18030"
                ),
                f"his_operations_{tag}.xlsx": _operations(performed, month),
                f"his_ratings_{tag}.ndjson": ndjson_bytes(care.ratings(staff, month)),
                f"research_papers_{tag}.csv": csv_bytes(care.PAPERS, care.papers(staff, month), "utf-8"),
                f"qc_scores_{tag}.csv": csv_bytes(offices.SCORES, checked, "utf-8"),
                f"qc_confirmations_{tag}.csv": csv_bytes(offices.CONFIRMATIONS, confirmed, "utf-8"),
                **corrected,
            },
        )


def _founding(staff: list[Person]) -> dict[str, bytes]:
    """What stands before the first month."""
    campuses: list[Row] = [
        {"编码": id, "院区": title, "启用日期": "2008-01-01"} for id, title in CAMPUSES.items()
    ]
    return {
        "org_campuses.csv": csv_bytes(("编码", "院区", "启用日期"), campuses, "utf-8-sig"),
        "org_posts.xlsx": xlsx_bytes("编制", ("护理人员编制表",), offices.POSTS, offices.posts(staff)),
        "hr_decisions_2025-09.csv": csv_bytes(offices.DECISIONS, offices.decisions(), "utf-8-sig"),
        "nursing_patterns.csv": csv_bytes(rosters.PATTERNS, rosters.patterns(), "utf-8-sig"),
        "nursing_rules.csv": csv_bytes(rosters.RULES, rosters.unit_rules(), "utf-8-sig"),
    }


def _planned(staff: list[Person]) -> dict[str, bytes]:
    """What the roster of the next two weeks is to meet, and what things are called."""
    return {
        "org_titles.csv": titles(),
        "nursing_needs.csv": csv_bytes(rosters.NEEDS, rosters.needs(), "utf-8-sig"),
        "nursing_wishes_2025-11.csv": csv_bytes(rosters.WISHES, rosters.wishes(staff), "utf-8-sig"),
    }


def _clock(roster: Month, month: int) -> bytes:
    """In September somebody's id has a digit too many, in October a day is none."""
    wrong = {9: ("LJ00123,2025-09-12,A,8",), 10: ("LJ0123,2025-10-32,A,8",)}
    return csv_bytes(rosters.CLOCK, roster.clock(), "utf-8", wrong.get(month, ()))


def _operations(rows: list[Row], month: int) -> bytes:
    return xlsx_bytes("手术登记", (f"手术登记 2025年{month}月",), care.OPERATIONS, rows)


def _mistaken(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """The schedule with an operation written down to another surgeon, and that operation as it should be."""
    right = next(row for row in rows if row["术式"] == "胃切除术" and row["助手"])
    other = next(row["主刀"] for row in rows if row["科室"] == right["科室"] and row["主刀"] != right["主刀"])
    number = right["手术号"]
    told = [{**row, "主刀": other} if row["手术号"] == number else row for row in rows]
    return told, [{**right, "手术号": f"{number}-G"}]


def _corrections(mended: list[Row]) -> bytes:
    rows: list[Row] = [
        {
            "更正单号": f"GZ2510-{number}",
            "更正日期": "2025-10-09",
            "原手术号": str(row["手术号"]).removesuffix("-G"),
            "原因": "主刀登记错误，重新录入",
        }
        for number, row in enumerate(mended, 1)
    ]
    return csv_bytes(_CORRECTIONS, rows, "utf-8-sig")
