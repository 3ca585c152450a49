"""Whom a fact names, and in which part: said once, by the types of its fields."""

from collections.abc import Callable, Container, Iterable
from functools import cache
from typing import NamedTuple, cast

from msgspec import inspect

from domain.facts.base import Fact


class Named(NamedTuple):
    """A person whom a fact names. field: where, such as `credits[1].employee`. decides: is only asked."""

    field: str
    person: str
    decides: bool


def people_in(fact: Fact) -> tuple[Named, ...]:
    """Everybody whom `fact` is about or asks, in the order of its fields; not who only approves it."""
    return tuple([found for reader in _readers(type(fact)) for found in reader(fact, "")])


def are_among(fact: Fact, people: Container[str]) -> bool:
    """Whether everybody of `people_in` is among `people`; asked of every fact, so it makes no list."""
    for reader in _readers(type(fact)):
        if isinstance(reader, _Field):
            person = getattr(fact, reader.name)
            if person is not None and person not in people:
                return False
        elif not all(person in people for _, person, _ in reader(fact, "")):
            return False
    return True


_Reader = Callable[[object, str], Iterable[Named]]


@cache
def _readers(kind: type) -> tuple[_Reader, ...]:
    """For each field of `kind` that can name people, how they are read from it."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType), "a fact, and each of its parts, is a struct"
    made = (_reader(field.name, field.type) for field in told.fields)
    return tuple(reader for reader in made if reader is not None)


def _reader(name: str, kind: inspect.Type) -> _Reader | None:
    for option in kind.types if isinstance(kind, inspect.UnionType) else (kind,):
        said = cast("dict[str, object] | None", getattr(option, "extra_json_schema", None))
        bare = option.type if isinstance(option, inspect.Metadata) else option
        if said and "x-person" in said:
            return _Field(name, said["x-person"] == "decides")
        if isinstance(bare, inspect.ListType):
            item = bare.item_type.type if isinstance(bare.item_type, inspect.Metadata) else bare.item_type
            if isinstance(item, inspect.StructType) and _readers(item.cls):
                return _each(name, _readers(item.cls))
    return None


class _Field(NamedTuple):
    """Reads the one person whom a field names."""

    name: str
    decides: bool

    def __call__(self, of: object, within: str) -> Iterable[Named]:
        person = getattr(of, self.name)
        return () if person is None else (Named(within + self.name, person, self.decides),)


def _each(name: str, readers: tuple[_Reader, ...]) -> _Reader:
    def read(of: object, within: str) -> Iterable[Named]:
        return [
            found
            for index, part in enumerate(getattr(of, name) or ())
            for reader in readers
            for found in reader(part, f"{within}{name}[{index}].")
        ]

    return read
