"""What rules say of a faulty plan, file, roster or form, in the reader's language and with names for ids.

A rule says it once, in English, with ids, words and numbers in its places: that sentence with its places open
is the kind of the problem. `web/problems` has each kind with its Chinese words, in which the same places are.
So what was said is known again by its kind wherever it comes from: a check, a kept report, an answer of ours.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import NamedTuple

import yaml

from api.payslip_words import Lang

_SENTENCE_ENDS = re.compile(r"(?<=[.?!]) ")
_WORDS = re.compile(r"(?<![a-z`'\"])[a-z]+ [a-z]+ [a-z]")
"""Words in a row, which an id, a number or a list of names has not."""
_SURE = 16
"""A kind with as many letters of its own is known whatever stands in its places."""

NOBODY: Mapping[str, str] = {}


class _Kind(NamedTuple):
    """A sentence with its places open. heard: how to know it again. weight: how many letters are its own.

    mark: the longest of what stands between its places: without it, it is another sentence.
    """

    mark: str
    heard: re.Pattern[str]
    said: Mapping[Lang, str]
    weight: int


@cache
def kinds() -> Mapping[str, str]:
    """The English sentences with their places open, and the same in Chinese."""
    found: dict[str, str] = {}
    for file in sorted(files("api").joinpath("web", "problems").iterdir(), key=lambda each: each.name):
        found |= yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)
    return found


def told(sentence: str, lang: Lang, names: Mapping[str, str] = NOBODY) -> str:
    """`sentence` in a language, with names of people for their ids; as it is where its kind is not known."""
    return _told(sentence, lang, names) or sentence


def is_known(sentence: str) -> bool:
    """Whether there are words for what `sentence` says, or for each of the sentences that it is made of."""
    return _told(sentence, "zh", NOBODY) is not None


def is_general(sentence: str) -> bool:
    """Whether `sentence` names nothing: no id, word or number, so that another may stand for all of it."""
    return sentence in _plain()


def _told(sentence: str, lang: Lang, names: Mapping[str, str]) -> str | None:
    plain = _plain().get(sentence)
    if plain is not None:
        return sentence if lang == "en" else plain
    for end in _SENTENCE_ENDS.finditer(sentence):
        first = _told(sentence[: end.start()], lang, names)
        rest = None if first is None else _told(sentence[end.end() :], lang, names)
        if rest is not None:
            return f"{first}{rest}" if lang == "zh" else f"{first} {rest}"
    for kind in _open() if " " in sentence else ():
        heard = kind.heard.fullmatch(sentence) if kind.mark in sentence else None
        if heard is None:
            continue
        places = {
            place: names.get(word.strip("'")) or _told(word, lang, names)
            for place, word in heard.groupdict().items()
        }
        if kind.weight < _SURE and any(
            said is None and _WORDS.search(heard[place]) for place, said in places.items()
        ):
            continue
        return kind.said[lang].format_map({place: said or heard[place] for place, said in places.items()})
    return None


@cache
def _plain() -> Mapping[str, str]:
    """The sentences without places, as they are said."""
    return {sentence.format(): said.format() for sentence, said in kinds().items() if not _places(sentence)}


@cache
def _open() -> list[_Kind]:
    """The sentences with places; the one with most letters of its own, which is known the surest, first."""
    found = [_kind(sentence, said) for sentence, said in kinds().items() if _places(sentence)]
    return sorted(found, key=lambda kind: -kind.weight)


def _kind(sentence: str, said: str) -> _Kind:
    pattern, seen, literals = "", set[str](), list[str]()
    for literal, place, _, _ in Formatter().parse(sentence):
        pattern += re.escape(literal)
        literals.append(literal)
        if place is not None:
            pattern += f"(?P={place})" if place in seen else f"(?P<{place}>.+?)"
            seen.add(place)
    return _Kind(
        mark=max(literals, key=len),
        heard=re.compile(pattern, re.DOTALL),
        said={"en": sentence, "zh": said},
        weight=sum(map(len, literals)),
    )


def _places(sentence: str) -> list[str]:
    return [place for _, place, _, _ in Formatter().parse(sentence) if place is not None]
