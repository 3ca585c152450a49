"""What is wrong with a plan document, said so that its author can mend it, and all of it at once."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import msgspec

from domain.refusals import PlanRefused, Refusal


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fault. path: where in the document, such as `components[2].rate`; empty for the document itself.

    line: of the file that the document was read from, where that is known.
    """

    path: str
    message: str
    remedy: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.message} {self.remedy}" if self.path else f"{self.message} {self.remedy}"


class FaultyDocument(Refusal):
    """A document has faults. problems: every one of them, in the order of the document."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        first, rest = problems[0], len(problems) - 1
        more = f" ({rest} more)" if rest else ""
        place = file if first.line is None else f"{file}:{first.line}"
        super().__init__(field=first.path, detail=f"{place}: {first.message}{more}", remedy=first.remedy)
        self.file = file
        self.problems = tuple(problems)


class PlanInvalid(FaultyDocument, PlanRefused):
    """The plan document has faults. problems: every one of them, in the order of the document."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy for a `word` that is not among the `known` ones: the one that was meant, or what there is."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"There are: {', '.join(names)}." if names else "There are none in this document."
