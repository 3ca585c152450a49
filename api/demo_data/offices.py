"""What the other offices of Huikang export: HR master, decisions, leave, scores and confirmations."""

import datetime as dt

from api.demo_data.dice import Dice
from api.demo_data.sheets import Row
from api.demo_data.staff import BRANCHES, Person
from api.demo_data.working_days import month_bounds, working_days

MASTER = (
    "工号 姓名 入职日期 入职分公司 部门 入职岗位 用工性质 直属上级 "
    "调动日期 调入分公司 晋升日期 晋升岗位 离职日期 离职原因"
).split()
DECISIONS = "决定号 类别 方案 项目 层级 对象 数值 期限(天) 生效日期 原因 批准人".split()
LEAVE = "单号 工号 姓名 类别 开始日期 结束日期".split()
SCORES = "考核编号 考核日期 工号 项目 得分".split()
CONFIRMATIONS = "确认单号 确认日期 考核编号 项目 确认部门".split()

_UNCONFIRMED = {("HK043", 7, "合规"), ("HK039", 9, "团队协作"), ("HK036", 11, "合规")}
_LEAVE = (("年假", 6), ("病假", 3), ("事假", 2), ("婚假", 1))


def master(people: list[Person], number: int) -> list[Row]:
    """The HR master at the end of a month: everybody who ever came, with what has changed since."""
    _, last = month_bounds(number)
    rows: list[Row] = []
    for person in people:
        if person.hired_on > last:
            continue
        moved, risen, left = (
            change if change and change[0] <= last else None
            for change in (person.moved, person.promoted, person.left)
        )
        rows.append(
            {
                "工号": person.id,
                "姓名": person.name,
                "入职日期": person.hired_on,
                "入职分公司": BRANCHES[person.branch],
                "部门": person.department,
                "入职岗位": person.post,
                "用工性质": person.employment,
                "直属上级": person.manager,
                "调动日期": moved[0] if moved else "",
                "调入分公司": BRANCHES[moved[1]] if moved else "",
                "晋升日期": risen[0] if risen else "",
                "晋升岗位": risen[1] if risen else "",
                "离职日期": left[0] if left else "",
                "离职原因": left[1] if left else "",
            }
        )
    return rows


def decisions(number: int) -> list[Row]:
    """What the firm decided about plans and persons in a month; one asks for what the plan does not allow."""
    common = {"批准人": "HK001"}
    match number:
        case 1:
            seller = {
                **common,
                "类别": "方案参数",
                "方案": "huikang-seller",
                "层级": "分公司",
                "生效日期": "2025-01-01",
            }
            given = (
                ("close_rate_target", "BJ", "10 %", "北京以大客户为主，周期长"),
                ("clients_target", "SH", "30", "上海线上获客多"),
                ("close_rate_target", "GZ", "15 %", "广州老客户转介绍多"),
                ("client_bonus", "GZ", "80", "广州申请提高新客户奖"),
            )
            return [
                {
                    **seller,
                    "决定号": f"JD2501-{place}",
                    "项目": name,
                    "对象": branch,
                    "数值": value,
                    "原因": why,
                }
                for place, (name, branch, value, why) in enumerate(given, 1)
            ]
        case 9:
            why = "压力自评 8.5，里程碑改为 20 天 8 家"
            changed = {"项目": "ten_hospitals", "对象": "HK048", "数值": "8", "期限(天)": "20", "原因": why}
            return [{**common, "决定号": "JD2509-1", "类别": "个人目标", "生效日期": "2025-09-01", **changed}]
        case _:
            return []


def leave(people: list[Person], number: int) -> list[Row]:
    """Who was away in a month."""
    dice = Dice("leave", number)
    days = working_days(*month_bounds(number))
    rows: list[Row] = []
    for person in people:
        here = [day for day in days if day > person.hired_on and (not person.left or day < person.left[0])]
        if here and dice.hits(0.25):
            start = dice.between(0, len(here) - 1)
            until = here[min(start + dice.between(0, 3), len(here) - 1)]
            rows.append(
                {
                    "单号": f"QJ25{number:02}{len(rows) + 1:03}",
                    "工号": person.id,
                    "姓名": person.name,
                    "类别": dice.weighted(_LEAVE),
                    "开始日期": here[start].strftime("%Y/%m/%d"),
                    "结束日期": until.strftime("%Y/%m/%d"),
                }
            )
    return rows


def scores(people: list[Person], number: int) -> list[Row]:
    """How the sellers were scored at the end of a month."""
    _, last = month_bounds(number)
    rows: list[Row] = []
    for person in people:
        if person.sells_on(last):
            dice = Dice("scores", person.id, number)
            for item, least in (("合规", 94), ("团队协作", 88)):
                score = 100 if dice.hits(0.5) else dice.between(least, 99)
                number_of = f"KH25{number:02}-{person.id[2:]}-{'H' if item == '合规' else 'X'}"
                rows.append(
                    {"考核编号": number_of, "考核日期": last, "工号": person.id, "项目": item, "得分": score}
                )
    return rows


def confirmations(scored: list[Row], number: int) -> list[Row]:
    """What production and the managers confirmed of the scores, some days later; a few they forgot."""
    day = month_bounds(number)[1] + dt.timedelta(days=2)
    return [
        {
            "确认单号": f"QR{str(row['考核编号'])[2:]}",
            "确认日期": day,
            "考核编号": row["考核编号"],
            "项目": row["项目"],
            "确认部门": "生产部" if row["项目"] == "合规" else "直属经理",
        }
        for row in scored
        if (row["工号"], number, row["项目"]) not in _UNCONFIRMED
    ]
