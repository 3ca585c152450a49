"""A plan told in words: every clause as sentences in English and Chinese, with the parameters behind it."""

from collections.abc import Iterable, Iterator, Sequence
from string import Formatter
from typing import Literal, cast

import msgspec

from domain.facts.titles import titled_kind
from domain.plan.amendment import PARTS, Part
from domain.plan.amendment_words import say_field, say_group, say_whom
from domain.plan.document import Plan
from domain.plan.fields import Called, Title, by_id
from domain.plan.leaves import Taken, take_apart
from domain.plan.measures import Condition
from domain.plan.told_words import DULL, FACTS, PAYOUT, RULES, WORDS
from domain.plan.windows import Window

_TERMS = ("multipliers", "floor", "cap", "prorate", "gates")
_BANDS = ("bands", "payout")
_NAMED = frozenset(
    {"title", "clause", "unit", "kind", "plan", "effective_from", "effective_until", "currency"}
)
"""What is said elsewhere, or is the name of the clause."""

_POPULATION = ("post", "branch", "department", "team", "employment")

_Lang = Literal["en", "zh"]


class ToldClause(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a plan says. path: where in the document. clause: of the contract or policy.

    sentences: in order; parameters: those whose values are in them.
    """

    part: Part
    path: str
    clause: str
    title: Title
    sentences: tuple[Title, ...]
    parameters: tuple[str, ...]


def told(plan: Plan, called: Called = by_id) -> tuple[ToldClause, ...]:
    """Everything that `plan` says, clause by clause, in the order of PARTS. called: of the ids in it."""
    taken = take_apart(plan)
    whole = _Clause(plan, taken, "", called)
    general = ToldClause(
        part="population",
        path="population",
        clause="",
        title=Title("Whom it is for", "适用对象"),
        sentences=(say_whom(plan.population, called), *whole.general()),
        parameters=(),
    )
    tops = [path for path in taken.items if _is_clause(path, taken)]
    order = [*PARTS]
    tops.sort(key=lambda path: order.index(_space(path)) if _space(path) in order else len(order))
    return (general, *(_Clause(plan, taken, path, called).told() for path in tops))


def _space(path: str) -> str:
    return path.partition(".")[0]


def _is_clause(path: str, taken: Taken) -> bool:
    """Whether nothing else that has a name is around it."""
    return not any(path.startswith(f"{each}.") for each in taken.items)


class _Clause:
    """One clause as it is being told. used: the paths that some sentence has said."""

    def __init__(self, plan: Plan, taken: Taken, path: str, called: Called) -> None:
        self.plan, self.taken, self.path, self._called = plan, taken, path, called
        self.used: set[str] = set()

    def told(self) -> ToldClause:
        """All of it."""
        space = _space(self.path)
        sentences = [*self._rule(self.path), *self._terms(), *self._rest()]
        clause = self.taken.leaves.get(f"{self.path}.clause")
        numbers = self.taken.numbers.items()
        inside = (number for path, number in numbers if path.startswith(f"{self.path}."))
        return ToldClause(
            part=PARTS.get(space, "plan"),
            path=self.path,
            clause=str(clause.value) if clause is not None else "",
            title=self.taken.items[self.path],
            sentences=tuple(sentences),
            parameters=tuple(dict.fromkeys(each.parameter for each in inside if each.parameter)),
        )

    def general(self) -> Iterator[Title]:
        """What the plan says of itself."""
        for path, leaf in self.taken.leaves.items():
            if (
                "." not in path
                and path not in _NAMED
                and leaf.said is not None
                and not _is_dull(path, leaf.said)
            ):
                yield _sentence(path, _worded(leaf.said))

    def _rule(self, path: str) -> Iterator[Title]:
        """The sentence of the kind of the clause, its bands or parts, and that it is open to others."""
        kind = self.taken.leaves.get(f"{path}.kind")
        own = str(kind.value) if kind is not None else _space(path)
        if own == "measures":
            own = "ratio" if f"{path}.to" in self.taken.leaves else "days"
        yield from self._first(own, path)
        for space in ("parts", "ramp"):
            for item in self._items(space, path):
                yield from self._first(space, item)
        yield from self._bands(path)
        yield from self._first("open", path)
        if f"{path}.rule.kind" in self.taken.leaves:
            yield from self._rule(f"{path}.rule")

    def _terms(self) -> Iterator[Title]:
        for term in _TERMS:
            if term in ("multipliers", "gates"):
                for item in self._items(term, self.path):
                    bands = [*self._bands(item)]
                    yield from self._first(f"{term}_by_bands" if bands else term, item)
                    yield from bands
            else:
                yield from self._first(term, self.path)

    def _bands(self, path: str) -> Iterator[Title]:
        for space in _BANDS:
            items = self._items(space, path)
            if items and space == "payout":
                yield PAYOUT
            for item in items:
                pays = next(
                    name for name in ("pays", "rate", "times") if f"{item}.{name}" in self.taken.numbers
                )
                yield from self._first("band", item, pays)

    def _items(self, space: str, path: str) -> Sequence[str]:
        """The items of a list of the clause, in their order, without what lies in them."""
        known = [each for each in self.taken.items if each.startswith(f"{path}.{space}.")]
        return [each for each in known if not any(_lies_in(each, other) for other in known)]

    def _first(self, key: str, path: str, pays: str = "pays") -> Iterator[Title]:
        """The first sentence of `key` whose fields are all there. pays: what a band calls what it pays."""
        for sentence in RULES.get(key, ()):
            names = [name for _, name, _, _ in Formatter().parse(sentence.en) if name]
            places = [f"{path}.{pays if name == 'pays' and key == 'band' else name}" for name in names]
            said = [self._said(place) for place in places]
            if names and all(each is not None for each in said):
                self.used |= set(places)
                filled = {name: each for name, each in zip(names, said, strict=True) if each is not None}
                yield Title(_filled(sentence.en, filled, "en"), _filled(sentence.zh, filled, "zh"))
                return

    def _said(self, path: str) -> Title | None:
        """The value at `path` as people say it: a number, what something is called, a word."""
        leaf, number = self.taken.leaves.get(path), self.taken.numbers.get(path)
        if number is not None:
            said = _grouped(number.said) if _space(path) == "cascade" else number.said
            return Title(said, said)
        if leaf is None or leaf.said is None:
            return None
        name = path.rpartition(".")[2]
        if name == "fact" or name == "less":
            return FACTS.get(str(leaf.value), leaf.said)
        found = self._titles(name, leaf.value) or self._ids(name, leaf.value)
        return _worded(leaf.said) if found is None else found

    def _titles(self, name: str, value: object) -> Title | None:
        """What the plan calls that which the field `name` names."""
        plan = self.plan
        if name in ("of", "to", "measure") and isinstance(value, str) and value in plan.measures:
            return plan.measures[value].title
        if name == "of" and isinstance(value, tuple):
            titles = [each.title for each in plan.components if each.id in value]
            return Title(", ".join(each.en for each in titles), "、".join(each.zh for each in titles))
        if name == "target" and value in plan.targets:
            target = plan.targets[str(value)]
            return target.title or plan.measures[target.measure].title
        if name in ("requires", "remedial", "course"):
            modules = {each.id: each.title for each in plan.curriculum}
            ids = cast("tuple[str, ...]", value if isinstance(value, tuple) else (value,))
            named = [modules[each] for each in ids if each in modules]
            return _joined(named) if named else None
        listed = {"board": plan.boards, "milestone": plan.milestones, "within": plan.cascade}.get(name, ())
        return next((each.title for each in listed if each.id == value), None)

    def _ids(self, name: str, value: object) -> Title | None:
        """What the ids are called that the field `name` holds, or a condition on the fact of the measure."""
        match value:
            case Condition(column=column, words=words) if words:
                fact = self.taken.leaves.get(f"{self.path}.fact")
                kind = titled_kind(str(fact.value), column) if fact is not None else None
                return None if kind is None else _joined(self._called(kind, word) for word in words)
            case str() if name == "licensed":
                return self._called("credential", value)
            case str() if name == "confirmed_by":
                called = self._called("role", value)
                return None if called.en == value else called
            case Window(kind="days_since_hire", n=days):
                return Title(f"the first {days} days since the hire", f"入职后 {days} 天内")
            case Window(kind="last_periods", n=periods):
                return Title(f"the last {periods} periods", f"最近 {periods} 期")
            case tuple() if name in _POPULATION:
                return say_group(name, cast("tuple[str, ...]", value), self._called)
            case _:
                return None

    def _rest(self) -> Iterator[Title]:
        """What no sentence has said, field by field; what goes without saying is left out."""
        inside = f"{self.path}."
        for path, leaf in self.taken.leaves.items():
            field = path.removeprefix(inside)
            if not path.startswith(inside) or path in self.used or _is_named(field) or leaf.said is None:
                continue
            if not _is_dull(field, leaf.said) and (said := self._said(path)) is not None:
                name = self._titles("measure", field.removeprefix("adds.")) if "adds." in field else None
                yield _sentence(field, said) if name is None else _named(name, said)


def _lies_in(path: str, other: str) -> bool:
    """Whether `path` is below `other`; a band `from 1.3` is not below `from 1`."""
    return path.startswith(f"{other}.") and not path[len(other) + 1].isdigit()


def _is_named(field: str) -> bool:
    return field in _NAMED or field.rpartition(".")[2] in ("title", "kind", "clause")


def _is_dull(field: str, said: Title) -> bool:
    return said.en == "false" or (field.rpartition(".")[2], said.en) in DULL


def _sentence(field: str, said: Title) -> Title:
    return _named(say_field(field), said)


def _named(name: Title, said: Title) -> Title:
    return Title(f"{name.en[:1].upper()}{name.en[1:]}: {said.en}.", f"{name.zh}：{said.zh}。")


def _grouped(number: str) -> str:
    """`number` with commas between thousands: those of a whole firm are long."""
    return f"{int(number):,}" if number.isdecimal() else number


def _joined(said: Iterable[Title]) -> Title:
    each = [*said]
    return Title(", ".join(one.en for one in each), "、".join(one.zh for one in each))


def _worded(said: Title) -> Title:
    """The words of a document, each as people say it."""
    words = [WORDS.get(word, Title(word, word)) for word in said.en.split(", ")]
    if said.en != said.zh and all(word not in WORDS for word in said.en.split(", ")):
        return said
    return Title(", ".join(word.en for word in words), "、".join(word.zh for word in words))


def _filled(sentence: str, said: dict[str, Title], lang: _Lang) -> str:
    """`sentence` with its fields; names with points are no attributes."""
    parts: list[str] = []
    for text, name, _, _ in Formatter().parse(sentence):
        parts.append(text)
        if name:
            parts.append(getattr(said[name], lang))
    return "".join(parts)
