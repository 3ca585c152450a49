"""What the hospital's offices export: HR master, posts, leave, checks of quality and who confirmed them."""

import datetime as dt
from collections import Counter

from api.demo_data.dice import Dice
from api.demo_data.hospital.calendar import MONTHS, away, days_of
from api.demo_data.hospital.people import DIRECTOR, Person
from api.demo_data.hospital.units import CAMPUSES
from api.demo_data.sheets import Row

MASTER = "工号 姓名 入职日期 院区 科室 岗位 用工性质 直属上级 职称 职称日期 离职日期 离职原因".split()
POSTS = "院区 科室 岗位 用工性质 编制数 生效日期".split()
LEAVE = "单号 工号 类别 开始日期 结束日期".split()
SCORES = "考核编号 考核日期 工号 项目 得分".split()
CONFIRMATIONS = "确认单号 确认日期 考核编号 项目 确认人".split()
DECISIONS = "决定号 方案 项目 院区 数值 生效日期 原因 批准人".split()

_SINCE = dt.date(2025, 8, 1)
_UNCONFIRMED_EVERY = 97
_CHECKS = {"外科医师": ("知情告知", "医务处"), "手术助理": ("带教评分", "带教主管")}
_VACANT_EVERY = 11


def master(people: list[Person], month: int) -> list[Row]:
    """The HR master: everybody in the first month, later the lines that are new or have changed."""
    last = days_of(month)[-1]
    rows: list[Row] = []
    for person in people:
        left = person.left if person.left and person.left[0] <= last else None
        changed = {day.month for day in (person.hired_on, left and left[0]) if day and day.year == 2025}
        if person.hired_on <= last and (month == MONTHS[0] or month in changed):
            rows.append(
                {
                    "工号": person.id,
                    "姓名": person.name,
                    "入职日期": person.hired_on,
                    "院区": CAMPUSES[person.campus],
                    "科室": person.department,
                    "岗位": person.post,
                    "用工性质": person.employment,
                    "直属上级": person.manager,
                    "职称": person.grade,
                    "职称日期": max(person.hired_on, dt.date(2022, 1, 1)) if person.grade else "",
                    "离职日期": left[0] if left else "",
                    "离职原因": left[1] if left else "",
                }
            )
    return rows


def posts(people: list[Person]) -> list[Row]:
    """The establishment: posts of nurses by unit and kind of employment; some units want one more."""
    filled = Counter(
        (person.campus, person.department, person.employment)
        for person in people
        if person.post == "护士" and person.here_on(_SINCE)
    )
    return [
        {
            "院区": CAMPUSES[campus],
            "科室": department,
            "岗位": "护士",
            "用工性质": employment,
            "编制数": number + (place % _VACANT_EVERY == 0),
            "生效日期": _SINCE,
        }
        for place, ((campus, department, employment), number) in enumerate(filled.items())
    ]


def leave(people: list[Person], month: int) -> list[Row]:
    """Who was away in a month."""
    found = [(person.id, off) for person in people if (off := away(person, month)) is not None]
    return [
        {
            "单号": f"QJ25{month:02}{number:04}",
            "工号": employee,
            "类别": kind,
            "开始日期": first.strftime("%Y/%m/%d"),
            "结束日期": last.strftime("%Y/%m/%d"),
        }
        for number, (employee, (kind, first, last)) in enumerate(found, 1)
    ]


def scores(people: list[Person], month: int) -> list[Row]:
    """Checks at the end of a month: standards of care, disclosure to patients, the mentor's score."""
    day = days_of(month)[-1]
    rows: list[Row] = []
    for person in people:
        item = "护理规范" if (person.post, person.employment) == ("护士", "合同") else _checked(person)
        if item and person.here_on(day):
            dice = Dice("hospital", "scores", person.id, month)
            score = 100 if dice.hits(0.4) else dice.between(87, 99)
            number = f"KH25{month:02}-{person.id[2:]}"
            rows.append({"考核编号": number, "考核日期": day, "工号": person.id, "项目": item, "得分": score})
    return rows


def confirmations(scored: list[Row], month: int) -> list[Row]:
    """What was confirmed of the checks two days later; a few were forgotten."""
    day = days_of(month)[-1] + dt.timedelta(days=2)
    by = dict(_CHECKS.values()) | {"护理规范": "护士长"}
    return [
        {
            "确认单号": f"QR{str(row['考核编号'])[2:]}",
            "确认日期": day,
            "考核编号": row["考核编号"],
            "项目": row["项目"],
            "确认人": by[str(row["项目"])],
        }
        for number, row in enumerate(scored, 1)
        if number % _UNCONFIRMED_EVERY
    ]


def decisions() -> list[Row]:
    """What a campus set for itself."""
    why = "东院区床位少，护理时长目标下调"
    told = ("JD2509-1", "hospital-nurse", "minutes", "东院区", "5400", "2025-09-01", why, DIRECTOR)
    return [dict(zip(DECISIONS, told, strict=True))]


def _checked(person: Person) -> str:
    return _CHECKS.get(person.post, ("", ""))[0]
