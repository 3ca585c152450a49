"""How Huikang's newcomers learn and feel: mentors, modules, tests, graded skills, weekly surveys."""

import datetime as dt
from typing import NamedTuple

from api.demo_data.dice import Dice
from api.demo_data.sheets import Row
from api.demo_data.working_days import month_bounds

LEARNING = "流水号 日期 工号 课程 进度 考试 成绩".split()
SKILLS = "评分单号 日期 工号 技能 分数 评分人 身份 评语".split()
SURVEYS = "问卷编号 提交日期 工号 压力 培训满意度 归属感 备注".split()
MENTORS = "工号 导师 生效日期 试用期至".split()

_WEEKS = 13
_TRAINER = "HK006"


class _Newcomer(NamedTuple):
    """A newcomer's first months. learned: days after the hire, module, done in percent, score or None.

    shown: days after the hire, skill, score and who graded. felt: stress of each week.
    """

    id: str
    hired_on: dt.date
    mentor: str
    learned: tuple[tuple[int, str, int, int | None], ...]
    shown: tuple[tuple[int, str, str, str], ...]
    felt: tuple[str, ...]
    notes: dict[int, str]


_NEWCOMERS = (
    _Newcomer(
        "HK046", dt.date(2025, 3, 3), "HK034",
        (
            (2, "产品基础", 60, None), (8, "产品基础", 100, 62), (11, "产品基础补课", 100, None),
            (15, "产品基础", 100, 84), (17, "合规", 100, 92), (25, "大客户销售", 50, None),
            (36, "大客户销售", 100, 88), (44, "商务谈判", 70, None),
            (57, "商务谈判", 100, 81),
        ),
        (
            (22, "产品演示", "78", "导师"), (43, "产品演示", "86", "导师"),
            (64, "客户异议处理", "82", "培训经理"),
        ),
        ("4", "5", "5.5", "5", "4", "4", "3.5", "4", "3", "3", "3.5", "3", "3"),
        {},
    ),
    _Newcomer(
        "HK048", dt.date(2025, 9, 1), "HK042",
        (
            (3, "产品基础", 40, None), (10, "产品基础", 70, None), (17, "产品基础", 100, 64),
            (31, "产品基础补课", 60, None), (45, "产品基础补课", 100, None), (50, "产品基础", 100, 80),
            (71, "合规", 50, None),
        ),
        ((29, "产品演示", "61", "导师"), (64, "产品演示", "72", "导师")),
        ("6", "8.5", "8", "8.5", "", "8", "7.5", "7", "7", "6.5", "6", "6", "5.5"),
        {1: "客户都不接电话，不知道怎么开口", 3: "周末也在补客户资料"},
    ),
    _Newcomer(
        "HK049", dt.date(2025, 12, 1), "HK038",
        (
            (2, "产品基础", 50, None), (8, "产品基础", 100, 86), (10, "电商销售", 30, None),
            (16, "合规", 40, None),
        ),
        ((15, "产品演示", "80", "导师"),),
        ("4", "4.5", "4"),
        {},
    ),
)  # fmt: skip


def files(number: int) -> dict[str, list[Row]]:
    """What is told of newcomers in a month, by table; a table without rows is left out."""
    first, last = month_bounds(number)
    told: dict[str, list[Row]] = {"mentors": [], "learning": [], "skills": [], "surveys": []}
    for each in _NEWCOMERS:
        if first <= each.hired_on <= last:
            until = each.hired_on + dt.timedelta(days=91)
            row: Row = {"工号": each.id, "导师": each.mentor, "生效日期": each.hired_on, "试用期至": until}
            told["mentors"].append(row)
        for name, found in (("learning", _learned(each)), ("skills", _shown(each)), ("surveys", _felt(each))):
            told[name] += [row for day, row in found if first <= day <= last]
    return {name: rows for name, rows in told.items() if rows}


def _learned(each: _Newcomer) -> list[tuple[dt.date, Row]]:
    """Where a module was gone through; its test, if it was taken, on the same day."""
    found: list[tuple[dt.date, Row]] = []
    for place, (after, module, done, score) in enumerate(each.learned, 1):
        day = each.hired_on + dt.timedelta(days=after)
        number = f"XX{each.id[2:]}-{place:02}"
        row: Row = {"流水号": number, "日期": day, "工号": each.id, "课程": module, "进度": f"{done}%"}
        found.append((day, {**row, "考试": f"{module}考试", "成绩": score} if score is not None else row))
    return found


def _shown(each: _Newcomer) -> list[tuple[dt.date, Row]]:
    graders = {"导师": each.mentor, "培训经理": _TRAINER}
    found: list[tuple[dt.date, Row]] = []
    for place, (after, skill, score, graded_as) in enumerate(each.shown, 1):
        day = each.hired_on + dt.timedelta(days=after)
        row: Row = {"评分单号": f"PF{each.id[2:]}-{place}", "日期": day, "工号": each.id, "技能": skill}
        found.append((day, {**row, "分数": score, "评分人": graders[graded_as], "身份": graded_as}))
    return found


def _felt(each: _Newcomer) -> list[tuple[dt.date, Row]]:
    """The survey of each Friday; one was not answered."""
    dice = Dice("surveys", each.id)
    friday = each.hired_on + dt.timedelta(days=4 - each.hired_on.weekday())
    found: list[tuple[dt.date, Row]] = []
    for week, stress in enumerate(each.felt[:_WEEKS]):
        content, belonging = dice.between(11, 18), dice.between(10, 18)
        day = friday + dt.timedelta(weeks=week)
        row: Row = {
            "问卷编号": f"WJ{each.id[2:]}-{week + 1:02}",
            "提交日期": day,
            "工号": each.id,
            "压力": stress,
        }
        scored = {"培训满意度": f"{content / 2:g}", "归属感": f"{belonging / 2:g}"}
        if stress:
            found.append((day, {**row, **scored, "备注": each.notes.get(week, "")}))
    return found
