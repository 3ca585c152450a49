"""What words are worth: a grade as a factor, kinds of operations or of journals as points.

worth: {by: kind, words: {associate chief physician: 150 %, chief physician: 180 %}, others: 100 %}
"""

from collections.abc import Collection, Mapping
from fractions import Fraction

import msgspec

from domain.plan.exact import Unit, exact
from domain.plan.fields import Level
from domain.plan.problems import did_you_mean
from domain.plan.reading import UNREADABLE, Reading, Unreadable, below, members

FIELDS = ("by", "words", "others")


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """The number that each word of the column `by` stands for; `others` for every other word and for none.

    `by` is one of the columns that hold words, or `attributes.<key>`.
    """

    by: str
    words: Mapping[str, Level]
    others: Level = Fraction(0)

    def of(self, word: object) -> Fraction:
        """What `word` is worth."""
        return self.others if word is None else self.words.get(str(word), self.others)


def read_worth(
    reading: Reading, found: object, columns: Collection[str], path: str
) -> tuple[Worth, Unit] | Unreadable:
    """The table at `path` of a document, and how its numbers are written. columns: that it may read."""
    written = members(found)
    for name in written:
        if name not in FIELDS:
            remedy = did_you_mean(str(name), FIELDS)
            return reading.fault(below(path, name), "There is no such field.", remedy)
    by, words = written.get("by"), members(written.get("words"))
    if not isinstance(by, str) or not (by in columns or by.removeprefix("attributes.") not in (by, "")):
        choices = (*columns, "attributes.<key>")
        return reading.fault(
            below(path, "by"), f"{by!r} is not a column of words.", did_you_mean(str(by), choices)
        )
    if not words:
        return reading.fault(
            below(path, "words"), "No word is worth anything.", "Write words with numbers: {chief: 150 %}."
        )
    numbers = {str(word): _number(reading, words[word], below(path, f"words.{word}")) for word in words}
    others = _number(reading, written.get("others", 0), below(path, "others"))
    readable = {word: number for word, number in numbers.items() if not isinstance(number, Unreadable)}
    if len(readable) < len(numbers) or isinstance(others, Unreadable):
        return UNREADABLE
    units: set[Unit] = {told.unit for told in map(exact, words.values()) if told is not None}
    if len(units) > 1:
        return reading.fault(
            below(path, "words"),
            "Some of its numbers are percentages and some are not.",
            "Write all of them with the sign %, or none.",
        )
    return Worth(by=by, words=readable, others=others), units.pop()


def digits(number: Fraction) -> str:
    """`number`, which an author wrote in digits, in digits again; none is lost."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    return f"{int(number * 10**places)}e-{places}"


def _number(reading: Reading, written: object, path: str) -> Fraction | Unreadable:
    if members(written):
        return reading.fault(path, "What a word is worth takes no parameter.", "Write the number itself.")
    return reading.number("level", written, path)
