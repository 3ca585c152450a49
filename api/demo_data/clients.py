"""What Huikang knows of its clients beside their orders: leads as they come in, and who decides there."""

import datetime as dt

from api.demo_data.dice import Dice
from api.demo_data.sheets import Row

LEADS = "线索编号 登记时间 负责业务员 客户编码 预计金额 行业 决策链 来源渠道".split()
DECIDERS = "登记日期 登记人 客户编码 环节 职务 姓名 联系方式 备注".split()

_TRADES = {"医院": "公立医院", "诊所": "民营诊所", "经销商": "器械经销"}
_CHAINS = {
    "医院": "骨科主任、设备科长、分管院长",
    "诊所": "主诊医师；诊所负责人",
    "经销商": "总经理",
}
_STEPS = (
    ("科室申请", "骨科主任", "关注术后随访数据"),
    ("设备评审", "设备科长", "每季度末月上旬开评审会"),
    ("院长审批", "分管院长", ""),
)
_SURNAMES = "高程邓傅沈曾彭吕苏卢"
_GIVEN = ("国栋", "丽华", "明远", "慧敏", "振宇", "素云", "志远", "雅琴")


def leads(number: int, registered: list[Row]) -> list[Row]:
    """The leads of a month: three in five became a client some days after, the others nothing so far."""
    dice = Dice("leads", number)
    rows: list[Row] = []
    for client in registered:
        day = client["登记日期"]
        assert isinstance(day, dt.date)
        kind, code = str(client["类型"]), str(client["客户编码"])
        if not dice.hits(0.6) or not code[:2].isalpha():
            code = f"X{number:02}-{len(rows) + 1:03}"
        hour = dt.datetime(day.year, day.month, day.day, dice.between(8, 17), dice.between(0, 59))  # noqa: DTZ001
        rows.append(
            {
                "线索编号": f"XS25{number:02}-{len(rows) + 1:03}",
                "登记时间": hour.strftime("%Y-%m-%d %H:%M"),
                "负责业务员": client["归属业务员"],
                "客户编码": code,
                "预计金额": f"{dice.between(20, 900) * 1000}.00" if dice.hits(0.8) else "",
                "行业": _TRADES[kind],
                "决策链": _CHAINS[kind] if dice.hits(0.7) else "",
                "来源渠道": client["来源渠道"],
            }
        )
    return rows


def deciders(number: int, registered: list[Row]) -> list[Row]:
    """Who decides at the first hospitals registered in a month; a contact is missing now and then."""
    dice = Dice("deciders", number)
    rows: list[Row] = []
    for client in [row for row in registered if row["类型"] == "医院"][:3]:
        for step, role, note in _STEPS:
            rows.append(
                {
                    "登记日期": client["登记日期"],
                    "登记人": client["归属业务员"],
                    "客户编码": client["客户编码"],
                    "环节": step,
                    "职务": role,
                    "姓名": dice.pick(_SURNAMES) + dice.pick(_GIVEN),
                    "联系方式": f"1380000{dice.between(0, 9999):04}" if dice.hits(0.8) else "",
                    "备注": note,
                }
            )
    return rows
