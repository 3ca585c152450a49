"""Every fact type by its tag, and the two directions between a fact and its bytes."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from domain.facts import (
    accounts,
    activity,
    approvals,
    assisting,
    changes,
    clinical,
    connecting,
    credentials,
    currencies,
    directory,
    erasure,
    establishment,
    governance,
    inquiries,
    interventions,
    market,
    mood,
    notices,
    overtime,
    people,
    plans,
    practices,
    probation,
    question_banks,
    rostering,
    runs,
    selling,
    shifts,
    titles,
    trail,
    training,
)
from domain.facts.base import Fact
from domain.facts.credits import CreditPart
from domain.facts.upcasts import UPCASTS, read_as_now
from domain.refusals import BadField, UnknownFactType

SUBJECTS = (
    people,
    directory,
    establishment,
    selling,
    practices,
    activity,
    assisting,
    clinical,
    overtime,
    shifts,
    rostering,
    training,
    question_banks,
    mood,
    interventions,
    notices,
    probation,
    approvals,
    market,
    credentials,
    governance,
    titles,
    plans,
    currencies,
    runs,
    accounts,
    inquiries,
    trail,
    connecting,
    erasure,
    changes,
)
"""The modules that facts are in, one a subject."""

FACT_TYPES: Mapping[str, type[Fact]] = MappingProxyType(
    {
        kind.TYPE: kind
        for module in SUBJECTS
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
    }
)
"""Tag to struct. A tag stays for ever; a changed meaning is a new tag and an upcast."""

CREDITED: frozenset[str] = frozenset(
    kind.TYPE
    for module in (selling, activity, assisting, clinical, overtime)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
)
"""Performance facts: each is credited to the person it names."""

TAG_FIELDS = tuple(
    "employee colleague customer deal credential plan draft period branch position quotation inquiry hold "
    "intervention swap rulebook approval lead contract bank practice connector proposal".split()
)
"""Fields, or what a fact makes of them, by which it is found again."""

_TAG = {"position": "fact", "colleague": "employee"}
"""The tag of a field, where it is another word than the field: `position` becomes the tag `fact:N`."""

_DECODERS = {tag: msgspec.json.Decoder(kind) for tag, kind in FACT_TYPES.items()}
_TAGGED = {
    kind: tuple((_TAG.get(name, name), name) for name in TAG_FIELDS if hasattr(kind, name))
    for kind in FACT_TYPES.values()
}


def fact_type(tag: str) -> type[Fact]:
    """The struct of `tag`.

    Raises: UnknownFactType.
    """
    try:
        return FACT_TYPES[tag]
    except KeyError:
        known = ", ".join(sorted(FACT_TYPES))
        raise UnknownFactType(
            field="type", detail=f"{tag!r} is not a type of fact.", remedy=f"Use one of: {known}."
        ) from None


def decode(tag: str, data: bytes | str) -> Fact:
    """The fact that the JSON `data` of type `tag`, or of a former tag, describes.

    Raises: UnknownFactType; BadField naming the field.
    """
    if tag in UPCASTS:
        tag, data = read_as_now(tag, data)
    fact_type(tag)
    try:
        return _DECODERS[tag].decode(data)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_field(tag, error) from None


def from_builtins(tag: str, data: Mapping[str, object]) -> Fact:
    """The fact that decoded JSON `data` of type `tag` describes.

    Raises: UnknownFactType; BadField naming the field.
    """
    try:
        return msgspec.convert(data, fact_type(tag))
    except msgspec.ValidationError as error:
        raise bad_field(tag, error) from None


def bad_field(tag: str, error: Exception) -> BadField:
    """The refusal that says which field of a `tag` the decoder stumbled over."""
    message, _, path = str(error).partition(" - at `$")
    field = "data" + path.rstrip("`")
    if "field `" in message:
        field = f"{field}.{message.split('field `')[1].split('`')[0]}"
    fields = ", ".join(FACT_TYPES[tag].__struct_fields__)
    return BadField(
        field=field, detail=f"{message}.", remedy=f"Fields of {tag}: {fields}; see docs/facts/{tag}.json."
    )


def tags_of(fact: Fact) -> tuple[str, ...]:
    """The tags under which `fact` is found: `employee:E1`, `deal:D7`, `fact:17` …

    Whoever has a part in it finds it too.
    """
    tagged = _TAGGED[type(fact)]
    tags = [f"{tag}:{value}" for tag, name in tagged if (value := getattr(fact, name)) is not None]
    parts: list[CreditPart] | None = getattr(fact, "credits", None)
    if parts is None:
        return tuple(tags)
    return tuple(dict.fromkeys((*tags, *(f"employee:{part.employee}" for part in parts))))
