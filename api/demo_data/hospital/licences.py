"""Licences of nurses and doctors: granted years ago, renewed in time or too late, one suspended."""

import datetime as dt
from collections.abc import Iterator

from api.demo_data.dice import Dice
from api.demo_data.hospital.calendar import LAST_DAY, MONTHS
from api.demo_data.hospital.people import Person
from api.demo_data.sheets import Row

LICENCES = "流水号 事项 证书编号 工号 证书种类 生效日期 有效期至 发证机关 证号 原因".split()

_KINDS = {
    "护士": ("护士执业证书", "HS"),
    "护士长": ("护士执业证书", "HS"),
    "外科医师": ("医师执业证书", "YS"),
    "内科医师": ("医师执业证书", "YS"),
    "手术助理": ("手术室准入证", "SS"),
}
_ISSUERS = {"HS": "澜江市卫生健康委员会", "YS": "澜江市卫生健康委员会", "SS": "本院医务处"}
_YEARS = 5
_RUNS_OUT_EVERY, _SUSPENDED = 41, 700
_LATE = 3
"""Of those that run out while the files tell, every third is renewed only some weeks later."""


def licences(people: list[Person], month: int) -> list[Row]:
    """What the licence desk wrote in a month: in the first one all that stands, later what was renewed."""
    return [row for hired_on, row in _steps(people) if _month(hired_on, row) == month]


def _month(hired_on: dt.date, row: Row) -> int:
    """When the desk wrote `row`: when it happened, but not before the person came and the first month."""
    day = max(dt.date.fromisoformat(str(row["生效日期"])), hired_on, dt.date(2025, MONTHS[0], 1))
    return day.month


def _steps(people: list[Person]) -> Iterator[tuple[dt.date, Row]]:
    """Each step of each licence, with the day on which its holder was hired."""
    holders = [person for person in people if person.post in _KINDS]
    for number, person in enumerate(holders):
        dice = Dice("hospital", "licence", person.id)
        name, code = _KINDS[person.post]
        runs_out = number % _RUNS_OUT_EVERY == 5
        until = dt.date(2025, 9, 3) + dt.timedelta(days=number * 7 % 110) if runs_out else _later(dice)
        since = max(until.replace(year=until.year - _YEARS), dt.date(2020, 9, 1))
        held: Row = {"证书编号": f"{code}-{person.id[2:]}", "工号": person.id, "证书种类": name}
        granted = {"生效日期": since, "有效期至": until, "发证机关": _ISSUERS[code]}
        number_of = f"{since.year}{code}{dice.between(0, 10**8 - 1):08}" if code != "SS" else ""
        steps: list[Row] = [
            {**held, **granted, "流水号": f"{code}{number:05}-1", "事项": "首次", "证号": number_of}
        ]
        if runs_out:
            steps += _renewed({**held, "流水号": f"{code}{number:05}-2", "事项": "延续"}, until, number)
        elif number == _SUSPENDED:
            why: Row = {"事项": "暂停", "生效日期": dt.date(2025, 10, 20), "原因": "继续教育学分不足"}
            steps.append({**held, **why, "流水号": f"{code}{number:05}-2"})
        yield from ((person.hired_on, step) for step in steps)


def _renewed(row: Row, until: dt.date, number: int) -> Iterator[Row]:
    """The renewal of a licence that ran out on `until`; none yet where it comes after the files end."""
    behind = number // _RUNS_OUT_EVERY % _LATE == 0
    day = until + dt.timedelta(days=12 + number % 9) if behind else until - dt.timedelta(days=10)
    if day <= LAST_DAY:
        yield {**row, "生效日期": day, "有效期至": dt.date(2030, until.month, min(until.day, 28))}


def _later(dice: Dice) -> dt.date:
    return dt.date(dice.between(2026, 2029), dice.between(1, 12), dice.between(1, 28))
