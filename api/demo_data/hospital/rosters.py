"""Rosters of the nurses: who has which shift, who swapped, and how long they worked."""

import datetime as dt
from collections.abc import Iterator

from api.demo_data.dice import Dice
from api.demo_data.hospital.calendar import LAST_DAY, Away, away, days_of
from api.demo_data.hospital.people import Person
from api.demo_data.sheets import Row

PATTERNS = "班次 名称 时段 夜班 启用日期".split()
RULES = "编号 院区 科室 连续夜班 班间休息(小时) 每周工时(小时) 启用日期 说明".split()
ROSTER = "工号 日期 班次".split()
CLOCK = "工号 日期 班次 工时(小时)".split()
OVERTIME = "单号 日期 工号 时长(小时) 事由".split()
NEEDS = "编号 院区 科室 班次 人数 启用日期 适用星期 说明".split()
WISHES = "单号 登记日期 工号 日期 班次 权重".split()
SWAPS = (
    "单号 申请日期 申请人 原日期 原班次 对方 对方日期 对方班次 同意日期 签字存档 审批日期 审批人 结果 说明"
).split()

_HOURS = {"A": 16, "P": 16, "N": 16, "D": 23, "M": 23}
"""Half hours of work of each shift."""
_PAST_MIDNIGHT = ("P", "N", "M")
_SECOND_DAY, _FIRST_EVENING, _FIRST_DAY, _FIRST_NIGHT = 1, 2, 0, 4
"""Places in the cycle of three shifts: swapping the first two keeps the rules, the others' do not."""

Shifts = dict[tuple[str, dt.date], str]


def patterns() -> list[Row]:
    """The shifts that there are."""
    told = (
        ("A", "白班", "08:00-12:00 病房护理, 12:30-16:30 病房护理", ""),
        ("P", "小夜班", "16:00-20:00 病房护理, 20:30-00:30 病房护理", ""),
        ("N", "大夜班", "23:30-04:00 病房护理, 04:30-08:00 病房护理", "是"),
        ("D", "长白班", "08:00-14:00 重症监护, 14:30-20:00 重症监护", ""),
        ("M", "长夜班", "20:00-02:00 重症监护, 02:30-08:00 重症监护", "是"),
    )
    return [dict(zip(PATTERNS, (*each, "2025-08-01"), strict=True)) for each in told]


def unit_rules() -> list[Row]:
    """What rosters must keep: the hospital's rules, and a stricter one for intensive care."""
    told = (
        ("GZ-1", "", "", 3, 11, 48, "2025-08-01", "全院排班规则"),
        ("GZ-2", "本部", "重症医学科", 2, "", "", "2025-08-01", "重症监护连续夜班不超过两个"),
    )
    return [dict(zip(RULES, each, strict=True)) for each in told]


def needs() -> list[Row]:
    """How many nurses orthopaedics of the main campus needs, in the weeks that are still to be planned."""
    told = (
        ("XQ-1", "A", 7, "1、2、3、4、5", "工作日手术多"),
        ("XQ-2", "A", 5, "6、7", ""),
        ("XQ-3", "P", 5, "", ""),
        ("XQ-4", "N", 4, "", ""),
    )
    return [
        dict(zip(NEEDS, (id, "本部", "骨科", shift, count, "2025-11-10", days, why), strict=True))
        for id, shift, count, days, why in told
    ]


def wishes(people: list[Person]) -> list[Row]:
    """What the nurses of orthopaedics wish for in the two weeks that are still to be planned."""
    dice = Dice("hospital", "wishes")
    nurses = [person for person in people if (person.campus, person.department) == ("ZB", "骨科")]
    nurses = [person for person in nurses if person.post == "护士" and person.here_on(LAST_DAY)]
    return [
        {
            "单号": f"YW2511-{number:02}",
            "登记日期": dt.date(2025, 11, dice.between(3, 7)),
            "工号": person.id,
            "日期": dt.date(2025, 11, dice.between(10, 23)),
            "班次": dice.weighted((("", 3), ("A", 2), ("N", 1))),
            "权重": dice.weighted((("", 3), ("2", 1))),
        }
        for number, person in enumerate(dice.some(nurses, 18), 1)
    ]


class Month:
    """The roster of a month. shifts: as they were worked, swaps included."""

    def __init__(self, people: list[Person], month: int) -> None:
        self._month = month
        self._nurses = [person for person in people if person.unit is not None]
        self._away = {person.id: away(person, month) for person in self._nurses}
        self._planned = dict(self._assigned())
        self.shifts: Shifts = dict(self._planned)
        self.swaps = list(self._swapped())

    def roster(self) -> list[Row]:
        """The roster as it was planned before the month began."""
        return [
            {"工号": employee, "日期": day, "班次": pattern}
            for (employee, day), pattern in self._planned.items()
        ]

    def clock(self) -> list[Row]:
        """What the time clock says of each shift; a few are missing, some took longer."""
        dice = Dice("hospital", "clock", self._month)
        rows: list[Row] = []
        for (employee, day), pattern in self.shifts.items():
            over = dice.between(1, 4) if dice.hits(0.05) else 0
            if not dice.hits(0.005):
                hours = (_HOURS[pattern] + over) / 2
                rows.append({"工号": employee, "日期": day, "班次": pattern, "工时(小时)": f"{hours:g}"})
        return rows

    def overtime(self) -> list[Row]:
        """Overtime that was asked for beforehand."""
        dice = Dice("hospital", "overtime", self._month)
        return [
            {
                "单号": f"JB25{self._month:02}-{number:03}",
                "日期": day,
                "工号": employee,
                "时长(小时)": dice.pick(("1", "1.5", "2")),
                "事由": dice.pick(("批量入院", "抢救", "顶岗")),
            }
            for number, (employee, day) in enumerate(dice.some(list(self.shifts)[::37], 40), 1)
        ]

    def _assigned(self) -> Iterator[tuple[tuple[str, dt.date], str]]:
        for person in self._nurses:
            off = self._away[person.id]
            for day in days_of(self._month):
                pattern = _shift(person, day)
                ends_on = day + dt.timedelta(days=pattern in _PAST_MIDNIGHT)
                if pattern != "-" and person.here_on(day) and not _is_away(off, day, ends_on):
                    yield (person.id, day), pattern

    def _swapped(self) -> Iterator[Row]:
        """Swaps of a ward and a day: most are approved, some turned down, and one breaks a rule."""
        dice = Dice("hospital", "swaps", self._month)
        wards: dict[tuple[str, str], list[Person]] = {}
        for person in self._nurses:
            if person.post == "护士" and person.unit and len(person.unit.cycle) == 8:
                wards.setdefault((person.campus, person.department), []).append(person)
        for number, nurses in enumerate(wards.values(), 1):
            day = dice.pick(days_of(self._month)[4:])
            breaks = (number, self._month) == (1, 10)
            mine, yours = (_FIRST_DAY, _FIRST_NIGHT) if breaks else (_SECOND_DAY, _FIRST_EVENING)
            asks, other = self._at(nurses, day, mine), self._at(nurses, day, yours)
            if asks is None or other is None:
                continue
            outcome = "驳回" if number % 9 == 2 else "同意"
            yield self._swap(number, day, asks, other, outcome)
            if outcome == "同意" and not breaks:
                given, taken = (asks.id, day), (other.id, day)
                self.shifts[given], self.shifts[taken] = self.shifts[taken], self.shifts[given]

    def _swap(self, number: int, day: dt.date, asks: Person, other: Person, outcome: str) -> Row:
        refused = outcome == "驳回"
        return {
            "单号": f"HB25{self._month:02}-{number:02}",
            "申请日期": day - dt.timedelta(days=4),
            "申请人": asks.id,
            "原日期": day,
            "原班次": self.shifts[asks.id, day],
            "对方": other.id,
            "对方日期": day,
            "对方班次": self.shifts[other.id, day],
            "同意日期": day - dt.timedelta(days=3),
            "签字存档": f"护理部调班登记 2025-{self._month:02} 第{number}页",
            "审批日期": day - dt.timedelta(days=2),
            "审批人": "" if refused else asks.manager,
            "结果": outcome,
            "说明": "当日已有人请假，不宜再调" if refused else "",
        }

    def _at(self, nurses: list[Person], day: dt.date, place: int) -> Person | None:
        """The first nurse at a place of the cycle who works on `day` and on the days beside it as planned."""
        near = [day + dt.timedelta(days=step) for step in (-1, 1)]
        for person in nurses:
            works = (person.id, day) in self._planned and _place(person, day) == place
            if works and not any(_is_away(self._away[person.id], each) for each in near):
                return person
        return None


def _shift(person: Person, day: dt.date) -> str:
    if person.unit is None or person.post == "护士长":
        return "A" if day.weekday() < 5 else "-"
    return person.unit.cycle[_place(person, day)]


def _place(person: Person, day: dt.date) -> int:
    return (day.toordinal() + person.place) % len(person.unit.cycle) if person.unit else 0


def _is_away(off: Away | None, first: dt.date, last: dt.date | None = None) -> bool:
    """Whether somebody is away on one of the days from `first` to `last`."""
    return off is not None and off[1] <= (last or first) and first <= off[2]
