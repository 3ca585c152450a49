"""Who works at the hospital: 2,000 people, most of them nurses in wards, and who came and left meanwhile.

Names are drawn from lists; whoever bears one of them is not meant.
"""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from api.demo_data.dice import Dice
from api.demo_data.hospital.units import NURSES_OF_A_UNIT, OFFICES, UNITS, Unit

DIRECTOR, HR_HEAD, MATRON, MEDICAL_HEAD = "LJ0001", "LJ0002", "LJ0003", "LJ0004"

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程"
_FIRST = "文思雅静晓海玉建志永春明嘉子俊欣雨佳慧丽国振秀一"
_SECOND = "芳敏娜婷雪梅兰萍洁琳瑶颖怡涛强伟军磊峰鹏宁辉凯斌杰航"
_NURSES = ("合同",) * 18 + ("在编",) * 9 + ("派遣",) * 3
_NURSE_GRADES = (("护士", 35), ("护师", 40), ("主管护师", 22), ("副主任护师", 3))
_DOCTOR_GRADES = (("住院医师", 30), ("主治医师", 38), ("副主任医师", 22), ("主任医师", 10))
_CAUSES = ("家庭原因", "工作压力", "薪酬原因", "发展空间")
_LEAVER_EVERY, _NEW_EVERY = 113, 75


class Person(NamedTuple):
    """A line of the HR master. unit: whose shifts they work. place: which of its nurses, from 0."""

    id: str
    name: str
    campus: str
    department: str
    post: str
    employment: str
    hired_on: dt.date
    manager: str
    grade: str = ""
    unit: Unit | None = None
    place: int = 0
    left: tuple[dt.date, str] | None = None

    def here_on(self, day: dt.date) -> bool:
        """Whether this person works here on `day`."""
        return self.hired_on <= day and (self.left is None or day <= self.left[0])


class _Desk:
    """Gives ids, names and days of hire in their order."""

    def __init__(self) -> None:
        self._dice = Dice("hospital", "people")
        self.people: list[Person] = []

    def hire(self, where: tuple[str, str], post: str, manager: str, **more: object) -> Person:
        """The next person, whose campus and department are `where`."""
        dice = self._dice
        name = dice.pick(_SURNAMES) + dice.pick(_FIRST) + (dice.pick(_SECOND) if dice.hits(0.85) else "")
        since = dt.date(dice.between(2009, 2024), dice.between(1, 12), dice.between(1, 28))
        held = {"employment": "合同", "hired_on": since} | more
        person = Person(f"LJ{len(self.people) + 1:04}", name, *where, post=post, manager=manager, **held)  # type: ignore[arg-type]
        self.people.append(person)
        return person

    def grade(self, grades: tuple[tuple[str, int], ...]) -> str:
        """A professional grade."""
        return self._dice.weighted(grades)


def people(units: Sequence[Unit] = UNITS) -> list[Person]:
    """Everybody who works at the hospital at some time, in order of id; those who left were replaced.

    units: of the whole hospital, or some of them for a smaller one.
    """
    desk = _Desk()
    for post, department in (
        ("院长", "院办"),
        ("人事处长", "人事处"),
        ("护理部主任", "护理部"),
        ("医务处长", "医务处"),
    ):
        desk.hire(("ZB", department), post, "" if post == "院长" else DIRECTOR, employment="在编")
    for unit in units:
        _staff_unit(desk, unit)
    for department, post, number in OFFICES:
        for _ in range(number):
            desk.hire(("ZB", department), post, HR_HEAD)
    return _with_leavers(desk)


def _staff_unit(desk: _Desk, unit: Unit) -> None:
    where = (unit.campus, unit.department)
    head = desk.hire(where, "护士长", MATRON, employment="在编", grade="主管护师", unit=unit)
    for place in range(NURSES_OF_A_UNIT):
        fresh = {"hired_on": dt.date(2025, 9, 1)} if len(desk.people) % _NEW_EVERY == 0 else {}
        employment = "合同" if fresh else _NURSES[place]
        grade = "护士" if fresh else desk.grade(_NURSE_GRADES)
        desk.hire(where, "护士", head.id, employment=employment, grade=grade, unit=unit, place=place, **fresh)
    posts = (("外科医师", unit.surgeons), ("手术助理", unit.assistants), ("内科医师", unit.physicians))
    for post, number in posts:
        for _ in range(number):
            grade = "" if post == "手术助理" else desk.grade(_DOCTOR_GRADES)
            desk.hire(where, post, MEDICAL_HEAD, grade=grade)


def _with_leavers(desk: _Desk) -> list[Person]:
    """Every so many nurses one leaves in October; somebody new takes the place in the unit from then on."""
    nurses = [person for person in desk.people if person.post == "护士"]
    for number, person in enumerate(nurses[50::_LEAVER_EVERY]):
        last = dt.date(2025, 10, 8 + 2 * number)
        gone = person._replace(left=(last, _CAUSES[number % len(_CAUSES)]))
        desk.people[desk.people.index(person)] = gone
        where = (person.campus, person.department)
        since = {"hired_on": last + dt.timedelta(days=1), "grade": "护士"}
        desk.hire(where, "护士", person.manager, unit=person.unit, place=person.place, **since)
    return desk.people
