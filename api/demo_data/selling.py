"""What the sellers of Huikang did in 2025, month by month: clients won, followed up, visited, and deals."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from api.demo_data.dice import Dice
from api.demo_data.sheets import Row
from api.demo_data.staff import Person
from api.demo_data.working_days import month_bounds, working_days

_SEASON = (85, 70, 110, 100, 100, 115, 90, 90, 105, 90, 110, 60)
"""How busy each month is, in percent; December is half over."""

_EXACT = {
    ("HK035", 3): (10, 15, 3),
    ("HK038", 6): (25, 5, 4),
    ("HK042", 8): (8, 12, 3),
    ("HK046", 3): (20, 6, 2),
}
"""Months that come out even: new clients, old ones followed up, deals. 3 of 10 + 15 clients are 12 %."""

_FIRST_VISITS = {
    "HK046": (1, 3, 7, 8, 10, 14, 16, 21, 24, 30),
    "HK048": (1, 3, 8, 10, 15, 17, 22, 38, 39, 43),
    "HK049": (1, 2, 4, 8, 10, 15, 17),
}
"""Days after the hire on which a newcomer was in a hospital for the first time; day 30 still counts."""
_FIRST_TRIALS = {"HK046": 52}

_CHANNELS = (("抖音", 30), ("转介绍", 25), ("微信", 15), ("官网", 10), ("展会", 10), ("电话", 10))
_ONLINE = (("抖音", 55), ("微信", 30), ("官网", 15))
_KINDS = (("医院", 6), ("诊所", 3), ("经销商", 1))
_PRODUCTS = (
    ("膝关节假体", 680_000, 3),
    ("髋关节假体", 860_000, 2),
    ("接骨板", 128_000, 14),
    ("脊柱螺钉", 98_000, 18),
    ("骨水泥", 46_000, 30),
    ("康复支具", 32_000, 40),
)
_DEPARTMENTS = ("骨科", "关节外科", "脊柱外科", "运动医学科", "康复科", "设备科")
_WAYS = (("电话", 45), ("微信", 35), ("邮件", 10), ("会议", 10))


@dataclass
class Month:
    """What the systems hold about one month: a list of rows for each."""

    clients: list[Row] = field(default_factory=list[Row])
    follow_ups: list[Row] = field(default_factory=list[Row])
    visits: list[Row] = field(default_factory=list[Row])
    orders: list[Row] = field(default_factory=list[Row])
    service: list[Row] = field(default_factory=list[Row])


@dataclass
class _Book:
    """What a seller knows: clients, and who has bought."""

    clients: list[str]
    bought: set[str] = field(default_factory=set[str])


class Sales:
    """The year of all sellers, told month after month."""

    def __init__(self, people: list[Person]) -> None:
        self._sellers = [person for person in people if person.skill]
        self._clients: defaultdict[str, int] = defaultdict(int)
        self._books: dict[str, _Book] = {}

    def month(self, number: int) -> Month:
        """The next month; months are told in order."""
        told = Month()
        first, last = month_bounds(number)
        for person in self._sellers:
            days = [day for day in working_days(first, last) if person.sells_on(day)]
            if days:
                self._work(person, number, days, told)
        for row_number, row in enumerate(sorted(told.orders, key=_order_of), 1):
            told.orders[row_number - 1] = {
                "流水号": f"LS25{number:02}{row_number:04}",
                "订单号": f"SO25{number:02}-{row_number:04}",
                **row,
            }
        return told

    def _work(self, person: Person, number: int, days: list[dt.date], told: Month) -> None:
        dice = Dice(person.id, number)
        branch = person.branch_on(days[0])
        book = self._books.setdefault(
            person.id, _Book([self._client(branch) for _ in range(20 if number == 1 else 6)])
        )
        new, old, deals = _EXACT.get((person.id, number)) or _usual(person, number, dice)
        fresh = [self._client(branch) for _ in range(new)]
        followed = fresh + dice.some(book.clients, old)
        book.clients += fresh
        told.clients += [_registered(client, person, days, dice) for client in fresh]
        told.follow_ups += [row for client in followed for row in _followed_up(client, person, days, dice)]
        told.visits += _visits(person, days, book, dice)
        told.orders += [_ordered(client, person, days, book, dice) for client in dice.some(followed, deals)]
        told.service += _answers(person, number, days, followed, dice)

    def _client(self, branch: str) -> str:
        self._clients[branch] += 1
        return f"{branch}-{self._clients[branch]:04}"


def _usual(person: Person, number: int, dice: Dice) -> tuple[int, int, int]:
    pace = person.skill * _SEASON[number - 1]
    new = max(3, 15 * pace // 10_000 + dice.between(-4, 4))
    old = 14 * pace // 10_000 + dice.between(0, 10)
    return new, old, (new + old) * dice.between(7, 18) // 100


def _order_of(row: Row) -> tuple[str, str]:
    return str(row["业务日期"]), str(row["业务员工号"])


def _at(day: dt.date, dice: Dice) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, dice.between(8, 17), dice.between(0, 59))  # noqa: DTZ001


def _registered(client: str, person: Person, days: list[dt.date], dice: Dice) -> Row:
    channels = _ONLINE if person.is_new_on(days[0]) and not dice.hits(0.1) else _CHANNELS
    return {
        "客户编码": client,
        "登记日期": dice.pick(days),
        "归属业务员": person.id,
        "类型": dice.weighted(_KINDS),
        "来源渠道": dice.weighted(channels),
    }


def _followed_up(client: str, person: Person, days: list[dt.date], dice: Dice) -> list[Row]:
    return [
        {
            "跟进时间": _at(dice.pick(days), dice),
            "工号": person.id,
            "客户编码": client,
            "方式": dice.weighted(_WAYS),
            "时长(分钟)": dice.between(1, 9) * 5,
        }
        for _ in range(dice.between(1, 3))
    ]


def _visits(person: Person, days: list[dt.date], book: _Book, dice: Dice) -> list[Row]:
    first_days = _FIRST_VISITS.get(person.id, ())
    told: list[Row] = []
    for place, after in enumerate(first_days):
        day = person.hired_on + dt.timedelta(days=after)
        if day in days:
            told.append(_visit(book.clients[place % len(book.clients)], person, day, dice))
            if dice.hits(0.4):
                told.append(_visit(book.clients[0], person, day, dice))
    settled = [day for day in days if not first_days or (day - person.hired_on).days > max(*first_days, 60)]
    for day in settled:
        if dice.hits(0.7):
            told.append(_visit(dice.pick(book.clients), person, day, dice))
    trial = _FIRST_TRIALS.get(person.id)
    for row in told:
        day = row["拜访日期"]
        if isinstance(day, dt.date) and (day in settled and dice.hits(0.08)):
            told[told.index(row)] = {**row, "试用产品": dice.pick(_PRODUCTS)[0]}
    if trial is not None and (day := person.hired_on + dt.timedelta(days=trial)) in days:
        told.append({**_visit(book.clients[0], person, day, dice), "试用产品": "接骨板"})
    return told


def _visit(client: str, person: Person, day: dt.date, dice: Dice) -> Row:
    return {
        "拜访日期": day,
        "到访时间": f"{dice.between(8, 16)}:{dice.between(0, 11) * 5:02}",
        "工号": person.id,
        "姓名": person.name,
        "客户编码": client,
        "科室": dice.pick(_DEPARTMENTS),
        "时长(小时)": dice.between(2, 10) / 4,
    }


def _ordered(client: str, person: Person, days: list[dt.date], book: _Book, dice: Dice) -> Row:
    product, price_minor, usual = dice.pick(_PRODUCTS)
    quantity = max(1, usual * dice.between(50, 150) // 100)
    again = client in book.bought
    book.bought.add(client)
    return {
        "业务日期": dice.pick(days),
        "业务员工号": person.id,
        "客户编码": client,
        "产品": product,
        "数量": quantity,
        "合同金额": price_minor * quantity * dice.between(88, 100) // 100,
        "渠道": dice.weighted(_CHANNELS),
        "订单类型": "复购" if again else "新单",
        "状态": "已签约",
    }


def _answers(person: Person, number: int, days: list[dt.date], clients: list[str], dice: Dice) -> list[Row]:
    told: list[Row] = []
    for place, client in enumerate(dice.some(clients, dice.between(2, 5))):
        score = dice.between(15, 20) * 5 if dice.hits(0.9) else dice.between(8, 14) * 5
        told.append(
            {
                "id": f"MY-{number:02}-{person.id}-{place}",
                "type": "satisfaction",
                "at": f"{_at(dice.pick(days), dice).isoformat()}+08:00",
                "employee": person.id,
                "client": {"id": client},
                "score": score / 10,
            }
        )
    if dice.hits(0.2):
        told.append(
            {
                "id": f"TS-{number:02}-{person.id}",
                "type": "complaint",
                "at": f"{_at(dice.pick(days), dice).isoformat()}+08:00",
                "employee": person.id,
                "client": {"id": dice.pick(clients)},
                "category": dice.pick(("交货延迟", "票据错误", "售后响应慢")),
            }
        )
    return told
