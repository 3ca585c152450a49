"""Who works at Huikang: 45 people, 12 of them sellers, and who came, moved, rose and left in 2025."""

import datetime as dt
from typing import NamedTuple

from api.demo_data.dice import Dice

BRANCHES = {"BJ": "北京", "SH": "上海", "GZ": "广州"}
NEWCOMER_DAYS = 92


class Person(NamedTuple):
    """A line of the HR master. skill: how much of the usual month this seller does, in percent."""

    id: str
    name: str
    branch: str
    department: str
    post: str
    employment: str
    hired_on: dt.date
    manager: str
    skill: int = 0
    moved: tuple[dt.date, str] | None = None
    promoted: tuple[dt.date, str] | None = None
    left: tuple[dt.date, str] | None = None

    def sells_on(self, day: dt.date) -> bool:
        """Whether selling is this person's work on `day`."""
        if not self.skill or day < self.hired_on or (self.promoted and day >= self.promoted[0]):
            return False
        return self.left is None or day <= self.left[0]

    def branch_on(self, day: dt.date) -> str:
        """Where this person works on `day`."""
        return self.moved[1] if self.moved and day >= self.moved[0] else self.branch

    def is_new_on(self, day: dt.date) -> bool:
        """Whether this person was hired less than three months before `day`."""
        return (day - self.hired_on).days < NEWCOMER_DAYS


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


_MANAGERS = {"BJ": "HK002", "SH": "HK003", "GZ": "HK004"}

_LEADERS = (
    ("HK001", "周振华", "BJ", "总经办", "总经理", ""),
    ("HK002", "孙立新", "BJ", "销售部", "分公司经理", "HK001"),
    ("HK003", "钱玉梅", "SH", "销售部", "分公司经理", "HK001"),
    ("HK004", "郑国强", "GZ", "销售部", "分公司经理", "HK001"),
    ("HK005", "吴晓燕", "BJ", "人力资源部", "人事经理", "HK001"),
    ("HK006", "何静", "BJ", "人力资源部", "人事专员", "HK005"),
    ("HK007", "许建军", "BJ", "财务部", "财务经理", "HK001"),
    ("HK008", "马丽", "BJ", "财务部", "会计", "HK007"),
)
_TEAMS = (
    ("生产部", "质检员", 8),
    ("研发部", "工程师", 5),
    ("仓储部", "仓管员", 5),
    ("客服部", "客服专员", 4),
    ("信息部", "运维工程师", 1),
    ("行政部", "行政专员", 2),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_GIVEN = ("志强", "秀英", "建国", "桂兰", "海燕", "晓东", "文静", "俊杰", "雪梅", "永刚", "佳怡", "天宇")

_SELLERS = (
    ("HK034", "刘洋", "BJ", "2019-04-08", 125),
    ("HK035", "王芳", "BJ", "2022-07-04", 100),
    ("HK036", "张伟", "BJ", "2021-03-15", 110),
    ("HK037", "杨帆", "BJ", "2023-02-13", 95),
    ("HK038", "李娜", "SH", "2020-09-01", 120),
    ("HK039", "黄磊", "SH", "2022-11-07", 95),
    ("HK040", "徐敏", "SH", "2021-06-21", 105),
    ("HK041", "朱琳", "SH", "2023-08-14", 75),
    ("HK042", "林峰", "GZ", "2020-05-18", 105),
    ("HK043", "何平", "GZ", "2022-03-28", 90),
    ("HK044", "罗丹", "GZ", "2021-10-11", 115),
    ("HK045", "梁宇", "GZ", "2024-02-26", 70),
)
_NEWCOMERS = (
    ("HK046", "陈晨", "BJ", "2025-03-03", 90),
    ("HK048", "赵磊", "GZ", "2025-09-01", 75),
    ("HK049", "宋佳", "SH", "2025-12-01", 95),
)


def staff() -> list[Person]:
    """Everybody who works at Huikang at some time of the year, in order of id."""
    dice = Dice("staff")
    people = [
        Person(id, name, branch, department, post, "正式", _founding(dice), manager)
        for id, name, branch, department, post, manager in _LEADERS
    ]
    for department, post, number in _TEAMS:
        for _ in range(number):
            name = dice.pick(_SURNAMES) + dice.pick(_GIVEN)
            kind = dice.weighted((("合同", 8), ("劳务派遣", 2)))
            people.append(
                Person(
                    f"HK{len(people) + 1:03}", name, "BJ", department, post, kind, _founding(dice), "HK001"
                )
            )
    for id, name, branch, hired, skill in (*_SELLERS, *_NEWCOMERS):
        person = Person(id, name, branch, "销售部", "销售代表", "合同", _day(hired), _MANAGERS[branch], skill)
        people.append(person)
    packer = Person("HK047", "蒋文静", "BJ", "仓储部", "仓管员", "合同", _day("2025-04-14"), "HK001")
    return sorted((_changed(person) for person in (*people, packer)), key=lambda person: person.id)


def _founding(dice: Dice) -> dt.date:
    return dt.date(dice.between(2012, 2023), dice.between(1, 12), dice.between(1, 28))


def _changed(person: Person) -> Person:
    match person.id:
        case "HK034":
            return person._replace(promoted=(_day("2025-10-01"), "销售主管"))
        case "HK037":
            return person._replace(moved=(_day("2025-07-01"), "SH"))
        case "HK026":
            return person._replace(left=(_day("2025-03-31"), "家庭原因"))
        case "HK033":
            return person._replace(left=(_day("2025-09-30"), "退休"))
        case "HK041":
            return person._replace(left=(_day("2025-08-29"), "业绩压力"))
        case "HK045":
            return person._replace(left=(_day("2025-06-30"), "薪酬原因"))
        case _:
            return person
