"""Numbers, money, days and instants as a reader of one language writes them."""

import datetime as dt
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from api.pages.words import LANGUAGES, TAGS, catalogue, told
from api.payslip_words import Lang
from api.problem_words import NOBODY
from api.problem_words import told as problem_told
from api.telling import UNTITLED
from domain.facts.titles import TitledKind
from domain.money import major_text, minor_per_major
from domain.plan.exact import Unit, shown
from domain.plan.fields import Noun, Title
from projections.titles import Titles

SYMBOLS: Mapping[str, str] = {"CNY": "¥", "HKD": "HK$", "USD": "US$", "EUR": "€", "GBP": "£"}
"""Signs before an amount; another currency is named by its code. Source: Unicode CLDR, zh."""

_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = {"en": "Mon Tue Wed Thu Fri Sat Sun".split(), "zh": "周一 周二 周三 周四 周五 周六 周日".split()}
_TYPE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_ID = re.compile(r"[\w./-]*\w")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z]{2}")
_IN_RULES: tuple[TitledKind, ...] = ("branch", "department", "team", "post", "credential", "skill")
"""What rules speak of by id."""
_MINUS = "−"
_JOINED = "\u2060"
"""Between a sign and its amount no line ends."""
_SIZES = ("B", "kB", "MB", "GB", "TB")
_ALONE = r"(?<![\w.,'/#:-])"
"""What is looked for is no part of an id, an address or something that is quoted."""
_AMOUNT = re.compile(
    rf"{_ALONE}(?P<sign>[-+]?)(?P<whole>\d+)(?P<rest>\.\d+)? (?P<code>{'|'.join(SYMBOLS)})\b"
)
_OF = re.compile(r"(?<=日) 的")
_SHARE = re.compile(r"(?<=\d) %")
_DAY = re.compile(rf"{_ALONE}(\d{{4}}-\d\d-\d\d)(?![\w'/:-])")
_MONTH = re.compile(rf"{_ALONE}(\d{{4}}-(?:0[1-9]|1[0-2]))(?![\w'/:.-])")
_RANGE = re.compile(rf"{_ALONE}(\d+(?:\.\d+)?)( (?:to|到) )(\d+(?:\.\d+)?)(?![\w'/:.-])")


class Wording(NamedTuple):
    """How things are said to one reader. zone: of the ledger, in which its days begin. titles: of its ids."""

    lang: Lang
    zone: ZoneInfo
    titles: Titles = UNTITLED

    @property
    def tag(self) -> str:
        """The language, as a page declares it."""
        return TAGS[self.lang]

    @property
    def others(self) -> list[tuple[Lang, str, str]]:
        """The languages one can change to: name, tag, and what it calls itself."""
        return [(each, TAGS[each], said) for each, said in LANGUAGES.items() if each != self.lang]

    def say(self, key: str, **values: Any) -> str:
        """The sentence of the catalogue."""
        return told(self.lang, key, values)

    def called(self, kind: TitledKind, id: str | None) -> str | None:
        """What an id is called; the id where it has no title, nothing where there is none."""
        return None if id is None else self.title(self.titles.of(kind, id))

    def id_called(self, kind: TitledKind, written: str) -> str:
        """The id that is called so, in either language; what was written where none is."""
        held = self.titles.held
        fits = (id for (of, id), title in held.items() if of == kind and written in (title.en, title.zh))
        return written if (kind, written) in held else next(fits, written)

    def problem(self, sentence: str, names: Mapping[str, str] = NOBODY) -> str:
        """What a rule says, with names for the ids of people, and what other ids are called."""
        said = problem_told(sentence, self.lang, {**self._titles_in(sentence), **names})
        return said.replace("） ", "）") if self.lang == "zh" else said

    def named(self, name: str, id: str) -> str:
        """A name with its id: Li Na (E17), 李娜（E17）."""
        return self.say("base.named", name=name, id=id)

    def actor(self, actor: str, names: Mapping[str, str] = NOBODY) -> str:
        """Who has written something: by name where it is known, else by their account, token or id."""
        if actor in names:
            return names[actor]
        kind, _, name = actor.partition(":")
        if kind == "os" and name:
            return self.say("base.at_the_command_line", name=name)
        return name if kind in ("account", "oidc") and name else actor

    def is_foreign(self, said: str) -> bool:
        """Whether what is said is not in the language of the page."""
        return self.lang == "zh" and _HAN.search(said) is None and _WORD.search(said) is not None

    def _titles_in(self, sentence: str) -> dict[str, str]:
        held, words = self.titles.held, dict.fromkeys(_ID.findall(sentence))
        found = {
            word: self.title(held[kind, word]) for word in words for kind in _IN_RULES if (kind, word) in held
        }
        return {word: self.named(title, word) for word, title in found.items() if title != word}

    def title(self, title: Title) -> str:
        """What a plan calls something."""
        return title.zh if self.lang == "zh" else title.en

    def money(self, minor: int, currency: str | None, *, signed: bool = False) -> str:
        """An amount with its currency: ¥1,234.50. signed: with a plus if it is one."""
        code = currency or ""
        amount = _grouped(major_text(abs(minor), code)) if code else str(abs(minor))
        sign = _MINUS if minor < 0 else "+" if signed and minor else ""
        return f"{sign}{_before(code)}{amount}"

    def number(self, exact: str, form: Unit = "number", currency: str | None = None) -> str:
        """A number that is exact text, to two places: 1,234.5, 11.5%, ¥600."""
        value = Fraction(exact)
        if form == "percent":
            return shown(value, "percent").replace(" %", "%").replace("≈ ", "")
        if form == "money" and currency:
            return self.money(round(value * minor_per_major(currency)), currency).removesuffix(".00")
        return _grouped(shown(value).replace("≈ ", "")).replace("-", _MINUS)

    def level(self, exact: str | None, form: Unit, unit: Noun | None, currency: str | None = None) -> str:
        """A measure's value with its unit; a dash where nothing was measured."""
        if exact is None:
            return "–"
        number = self.number(exact, form, currency)
        if unit is None or form != "number":
            return number
        return f"{number} {self.title(unit.of(Fraction(exact)))}"

    def gap(self, exact: str, form: Unit, unit: Noun | None, currency: str | None = None) -> str:
        """What lies between two levels; between two rates, percentage points: 0.32 points, 0.32 个百分点."""
        if form != "percent":
            return self.level(exact, form, unit, currency)
        return self.say("base.points", n=self.number(str(Fraction(exact) * 100)))

    def share(self, exact: str) -> int:
        """A share in whole percent, from 0 to 100, for a bar; what is not whole is not shown as 100."""
        return max(0, min(100, int(Fraction(exact) * 100)))

    def share_of(self, part: str, whole: str) -> int:
        """As `share`, of two exact numbers; all of nothing is all."""
        return self.share(str(Fraction(part) / Fraction(whole))) if Fraction(whole) else 100

    def fact(self, type: str) -> str:
        """What kind of fact it is, in a word or two; its tag where it has none."""
        key = f"facts.{type}"
        return self.say(key) if key in catalogue(self.lang) else type.replace("_", " ")

    def sentence(self, said: Title | str) -> str:
        """What a rule says, with its amounts, shares and days as they are written everywhere else."""
        told = said if isinstance(said, str) else self.title(said)
        told = _SHARE.sub("%", _AMOUNT.sub(self._amount, told))
        told = _RANGE.sub(lambda found: f"{_grouped(found[1])}{found[2]}{_grouped(found[3])}", told)
        told = _DAY.sub(self._written_day, told)
        return _MONTH.sub(lambda found: self.month(found[1]), _OF.sub("的", told))

    def _amount(self, found: re.Match[str]) -> str:
        amount = f"{int(found['whole']):,}{_padded(found['rest'] or '', found['code'])}"
        sign = f"{found['sign'].replace('-', _MINUS)}{_JOINED}" if found["sign"] else ""
        return f"{sign}{_before(found['code'])}{amount}"

    def _written_day(self, found: re.Match[str]) -> str:
        try:
            return self.date(dt.date.fromisoformat(found[1]))
        except ValueError:
            return found[1]

    def grounds(self, said: Title) -> str:
        """A sentence about facts, in which they are called by what they are and not by their types."""
        return _TYPE.sub(
            lambda found: self.fact(found[0]) if f"facts.{found[0]}" in catalogue(self.lang) else found[0],
            self.sentence(said),
        ).replace("的 ", "的")

    def day(self, day: dt.date, *, year: bool = False) -> str:
        """A day with its weekday: Sun 22 Nov, 11月22日 周日."""
        weekday = _WEEKDAYS[self.lang][day.weekday()]
        if self.lang == "zh":
            return f"{f'{day.year}年' if year else ''}{day.month}月{day.day}日 {weekday}"
        return f"{weekday} {day.day} {_MONTHS[day.month - 1][:3]}{f' {day.year}' if year else ''}"

    def weekday(self, day: dt.date) -> str:
        """The day of the week, short: Sun, 日."""
        return _WEEKDAYS[self.lang][day.weekday()].removeprefix("周")

    def date(self, day: dt.date) -> str:
        """A day of whichever year: 22 Nov 2026, 2026年11月22日."""
        if self.lang == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"

    def month(self, period: str) -> str:
        """A month: November 2026, 2026年11月; another kind of period as it is written."""
        year, _, month = period.partition("-")
        if not month.isdecimal():
            return period
        return f"{year}年{int(month)}月" if self.lang == "zh" else f"{_MONTHS[int(month) - 1]} {year}"

    def period(self, period: str) -> str:
        """A month, week, quarter or year: November 2026, 2026年第47周."""
        year, _, part = period.partition("-")
        if part[:1] in ("W", "Q"):
            return self.say(f"base.period.{part[0]}", year=year, number=int(part[1:]))
        return self.month(period)

    def instant(self, at: dt.datetime | str) -> str:
        """An instant on the ledger's clock: 22 Nov 2026, 14:05. at: as text, where a record says it."""
        at = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
        local = at.astimezone(self.zone)
        return f"{self.date(local.date())}{' ' if self.lang == 'zh' else ', '}{self.clock(at)}"

    def clock(self, at: dt.datetime) -> str:
        """The time of day on the ledger's clock: 14:05."""
        return at.astimezone(self.zone).strftime("%H:%M")

    def size(self, octets: int) -> str:
        """So many bytes: 512 B, 12.4 MB."""
        size, unit = octets * 10, 0
        while size >= 10_000 and unit + 1 < len(_SIZES):
            size, unit = size // 1_000, unit + 1
        return f"{size // 10}{f'.{size % 10}' if unit and size < 1_000 else ''} {_SIZES[unit]}"

    def hours(self, minutes: int) -> str:
        """A length of time: 7 h 30 min, 7小时30分."""
        whole, rest = divmod(minutes, 60)
        if self.lang == "zh":
            return f"{whole}小时{f'{rest}分' if rest else ''}"
        return f"{whole} h{f' {rest} min' if rest else ''}"


def _padded(rest: str, code: str) -> str:
    """The digits after the point, all of them; none where none were written."""
    digits = len(str(minor_per_major(code))) - 1
    return f"{rest:0<{digits + 1}}" if rest else ""


def _before(code: str) -> str:
    return SYMBOLS.get(code, f"{code}\u00a0" if code else "")


def _grouped(number: str) -> str:
    """`number` with commas between thousands."""
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-").isdecimal() else number
