"""The units of the hospital: where nurses work in shifts, and how many doctors each has."""

from typing import NamedTuple

CAMPUSES = {"ZB": "本部", "DY": "东院区"}
NURSES_OF_A_UNIT = 30

_THREE_SHIFTS = "AAPPNN--"
"""Two days, two evenings, two nights, two days off."""
_TWELVE_HOURS = "DM--"
"""A long day, a long night, two days off."""


class Unit(NamedTuple):
    """A unit with nurses of its own. cycle: their shifts day by day, a dash for a day off."""

    campus: str
    department: str
    cycle: str = _THREE_SHIFTS
    surgeons: int = 0
    assistants: int = 0
    physicians: int = 0


def _medical(campus: str, *departments: str) -> list[Unit]:
    return [Unit(campus, department, physicians=18) for department in departments]


def _surgical(campus: str, *departments: str) -> list[Unit]:
    return [Unit(campus, department, surgeons=10, assistants=7) for department in departments]


UNITS: tuple[Unit, ...] = (
    *_medical("ZB", "心血管内科", "呼吸内科", "消化内科", "神经内科", "肾内科", "内分泌科", "血液科"),
    *_medical("ZB", "肿瘤科", "儿科", "急诊科", "中医科", "感染科"),
    *_surgical("ZB", "普通外科", "骨科", "神经外科", "泌尿外科", "胸外科", "心脏外科", "妇科", "产科"),
    Unit("ZB", "重症医学科", _TWELVE_HOURS, physicians=18),
    Unit("ZB", "新生儿科", _TWELVE_HOURS, physicians=18),
    *_medical("DY", "综合内科", "老年科", "康复科"),
    *_surgical("DY", "普通外科", "骨科", "妇产科", "眼耳鼻喉科"),
    Unit("DY", "重症医学科", _TWELVE_HOURS, physicians=18),
)

OFFICES = (
    ("检验科", "技师", 90),
    ("放射科", "技师", 80),
    ("超声科", "技师", 50),
    ("药学部", "药师", 96),
    ("门诊收费处", "收费员", 100),
    ("后勤保障部", "后勤职员", 70),
    ("行政办公室", "行政职员", 52),
)
"""Offices of the main campus that are not wards: department, post, people."""
