"""Pay for each deal by its own size, told in as many parts as there are ways of paying one."""

from collections.abc import Callable
from fractions import Fraction

from domain.plan.components.base import Earned, Part, Words, total
from domain.plan.sizes import Each


def each_by_itself(measure: str, sizes: Each, worth: Callable[[Fraction], Earned]) -> Earned:
    """The sum of what the sizes are worth; one that was taken back takes back what it would be worth.

    Parts: sizes that are paid alike come together, with how many they are.
    """
    alike: dict[tuple[object, ...], Part] = {}
    for size in sizes.sizes:
        sign = 1 if size > 0 else -1
        earned = worth(abs(size))
        for part in earned.parts or (Part("", earned.amount, earned.words, f"each_{earned.rule}"),):
            key = (part.rule, part.name, *(word for name, word in part.words.items() if name != "value"))
            alike[key] = _with_one_more(alike.get(key), part, sign)
    parts = tuple(
        part._replace(name=part.name or f"alike {number}")
        for number, part in enumerate(alike.values(), start=1)
        if part.amount or part.words["times"]
    )
    words: Words = {"measure": measure, "value": Fraction(sizes), "times": Fraction(len(sizes.sizes))}
    return Earned(total(parts), "each", words, parts)


def _with_one_more(found: Part | None, part: Part, sign: int) -> Part:
    """`part` beside those that are paid alike; what was taken back counts against them."""
    value = part.words["value"]
    assert not isinstance(value, str)
    if sign < 0:
        part, value = part._replace(amount=-part.amount), -value
    if found is None:
        return part._replace(words=part.words | {"value": value, "times": Fraction(sign)})
    before, times = found.words["value"], found.words["times"]
    assert not isinstance(before, str) and not isinstance(times, str)
    words: Words = part.words | {"value": before + value, "times": times + sign}
    return part._replace(amount=found.amount + part.amount, words=words)
