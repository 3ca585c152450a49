"""What nurses and surgeons did: nursing reports, procedures, operations, and how patients rated them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from api.demo_data.dice import Dice
from api.demo_data.hospital.calendar import days_of
from api.demo_data.hospital.people import Person
from api.demo_data.hospital.rosters import Shifts
from api.demo_data.sheets import Row

NURSING = "工号 统计截止日 科室 输液(例) 直接护理(小时)".split()
PROCEDURES = "记录号 日期 工号 科室 操作 次数".split()
OPERATIONS = "手术号 手术日期 术式 科室 主刀 助手 时长(分钟)".split()
PAPERS = "登记号 见刊日期 工号 期刊级别 作者排序".split()

_TENTHS = (10, 20, 31)
"""Wards report their work every ten days, and at the end of the month."""
_NURSING_KINDS = (("伤口护理", 60), ("导尿", 30), ("PICC置管", 10))
_OPERATION_KINDS = (
    ("阑尾切除术", 28), ("疝修补术", 26), ("胆囊切除术", 24), ("清创缝合术", 10), ("胃切除术", 8),
    ("搭桥术", 4),
)  # fmt: skip
_PAPER_KINDS = (("中文核心", 5), ("SCI二区", 2), ("SCI一区", 1), ("普通期刊", 3))
_RATED_ABOUT = ("护理服务", "操作技术", "健康宣教")


def nursing(people: list[Person], shifts: Shifts, month: int) -> list[Row]:
    """Infusions and hours of direct nursing of each nurse in each ten days, as many as the shifts allow."""
    worked: dict[tuple[str, int], int] = defaultdict(int)
    for employee, day in shifts:
        worked[employee, next(place for place, end in enumerate(_TENTHS) if day.day <= end)] += 1
    days = days_of(month)
    rows: list[Row] = []
    for person in people:
        dice = Dice("hospital", "nursing", person.id, month)
        for place, end in enumerate(_TENTHS):
            number = worked[person.id, place]
            if number and person.post == "护士":
                rows.append(
                    {
                        "工号": person.id,
                        "统计截止日": min(days[0].replace(day=min(end, len(days))), days[-1]),
                        "科室": person.department,
                        "输液(例)": number * 9 + dice.between(-6, 10),
                        "直接护理(小时)": f"{(number * 9 + dice.between(-4, 6)) / 2:g}",
                    }
                )
    return rows


def procedures(people: list[Person], month: int) -> list[Row]:
    """Nursing procedures, written down by the ward."""
    rows: list[Row] = []
    for person in people:
        dice = Dice("hospital", "procedures", person.id, month)
        days = [day for day in days_of(month) if person.here_on(day)]
        for _ in range(dice.between(0, 3) if person.post == "护士" and days else 0):
            row: Row = {
                "记录号": f"CZ25{month:02}-{len(rows) + 1:05}",
                "日期": dice.pick(days),
                "工号": person.id,
            }
            kind = dice.weighted(_NURSING_KINDS)
            rows.append({**row, "科室": person.department, "操作": kind, "次数": dice.between(1, 3)})
    return rows


def operations(people: list[Person], month: int) -> list[Row]:
    """The operating schedule as it was carried out; assistants work for the surgeons of their own unit."""
    assistants: dict[tuple[str, str], list[str]] = defaultdict(list)
    for person in people:
        if person.post == "手术助理":
            assistants[person.campus, person.department].append(person.id)
    rows: list[Row] = []
    days = [day for day in days_of(month) if day.weekday() < 6]
    for person in people:
        dice = Dice("hospital", "operations", person.id, month)
        for _ in range(len(days) * dice.between(25, 60) // 100 if person.post == "外科医师" else 0):
            kind = dice.weighted(_OPERATION_KINDS)
            helper = dice.pick(assistants[person.campus, person.department])
            rows.append(
                {
                    "手术日期": dice.pick(days),
                    "术式": kind,
                    "科室": person.department,
                    "主刀": person.id,
                    "助手": "" if kind == "清创缝合术" else helper,
                    "时长(分钟)": dice.between(6, 40) * 5,
                }
            )
    rows.sort(key=lambda row: (str(row["手术日期"]), str(row["主刀"])))
    return [{"手术号": f"SS25{month:02}-{number:05}", **row} for number, row in enumerate(rows, 1)]


def ratings(people: list[Person], month: int) -> list[Row]:
    """What patients answered at the terminal in the ward; nobody asks who they are."""
    rows: list[Row] = []
    for person in people:
        dice = Dice("hospital", "ratings", person.id, month)
        days = [day for day in days_of(month) if person.here_on(day)]
        number = {"护士": 2, "外科医师": 3}.get(person.post, 0) if days else 0
        usual = dice.between(86, 97)
        for place in range(number):
            score = min(100, usual + dice.between(-6, 6))
            at = f"{dice.pick(days)}T{dice.between(9, 17):02}:{dice.between(0, 59):02}:00+08:00"
            about = dice.pick(_RATED_ABOUT) if person.post == "护士" else "诊疗"
            told: Row = {"id": f"PJ-{month:02}-{person.id}-{place}", "at": at, "staff": {"id": person.id}}
            rows.append({**told, "ward": person.department, "about": about, "score": score / 10})
    return rows


def papers(people: Sequence[Person], month: int) -> list[Row]:
    """Papers that came out, as the research office registers them."""
    dice = Dice("hospital", "papers", month)
    authors = dice.some([person.id for person in people if person.post == "外科医师"], 6)
    return [
        {
            "登记号": f"LW25{month:02}-{number:02}",
            "见刊日期": dt.date(2025, month, dice.between(1, 15)),
            "工号": author,
            "期刊级别": dice.weighted(_PAPER_KINDS),
            "作者排序": dice.pick(("第一作者", "通讯作者")),
        }
        for number, author in enumerate(authors, 1)
    ]
