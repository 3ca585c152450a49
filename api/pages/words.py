"""The words of the pages: every sentence in English and Chinese, side by side in `web/words`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from api.payslip_words import Lang

LANGUAGES: Mapping[Lang, str] = {"zh": "中文", "en": "English"}
"""What each language calls itself."""

TAGS: Mapping[Lang, str] = {"zh": "zh-CN", "en": "en"}
"""How a page says in which language it is (BCP 47)."""


@cache
def catalogue(lang: Lang) -> Mapping[str, str]:
    """Each key, `file.section.name`, with its sentence."""
    return {key: said[lang] for key, said in _sentences()}


@cache
def _sentences() -> list[tuple[str, Mapping[str, str]]]:
    """What all files say, in both languages."""
    found: list[tuple[str, Mapping[str, str]]] = []
    for file in sorted(files("api").joinpath("web", "words").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yaml"):
            read = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)
            found += _flat(file.name.removesuffix(".yaml"), read)
    return found


def told(lang: Lang, key: str, values: Mapping[str, Any]) -> str:
    """The sentence of `key` with its `values`; of one thing, where `n` is 1 and `key` has a `.one`.

    Raises: KeyError for a key that no file has, or a value that is not given.
    """
    sentences = catalogue(lang)
    one = sentences.get(f"{key}.one") if values.get("n") in (1, "1") else None
    return (one or sentences[key]).format_map(values) if values else sentences[key]


def _flat(prefix: str, tree: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    """The leaves of a file, each under its whole key; a leaf is `{en: …, zh: …}`, perhaps with `one`."""
    leaves: list[tuple[str, Mapping[str, str]]] = []
    for name, value in tree.items():
        key = f"{prefix}.{name}"
        if "en" in value and "zh" in value:
            leaves.append((key, value))
            if "one" in value:
                leaves.append((f"{key}.one", {"en": value["one"], "zh": value["zh"]}))
        else:
            leaves.extend(_flat(key, value))
    return leaves
