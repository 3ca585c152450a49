"""Which fields of a fact are personal data, and about whom: said once, by the types of the fields."""

from functools import cache
from typing import cast

import msgspec
from msgspec import inspect

from domain.facts.base import TOKEN, Fact
from domain.refusals import BadField


@cache
def personal_fields(kind: type[Fact]) -> tuple[str, ...]:
    """The fields of `kind` whose text tells something about a person."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType), "a fact is a struct"
    return tuple(field.name for field in told.fields if _is_personal(field.type))


def subject_of(fact: Fact) -> str | None:
    """Whose personal data `fact` holds: `customer:C1` or `employee:E1`; None if it names neither.

    What is said about a client belongs to the client, whoever says it: a name, a note on a visit. All else
    belongs to the employee that the fact names.
    """
    customer = getattr(fact, "customer", None)
    if customer is not None:
        return f"customer:{customer}"
    employee = getattr(fact, "employee", None)
    return None if employee is None else f"employee:{employee}"


def personal_texts(fact: Fact) -> dict[str, str]:
    """The personal data of `fact`, plain or encrypted, by field; what is absent is left out."""
    texts: dict[str, str] = {}
    for name in personal_fields(type(fact)):
        text = getattr(fact, name)
        if text is not None:
            texts[name] = text
    return texts


@cache
def _digits(kind: type[Fact]) -> dict[str, int]:
    """The confidential numbers of `kind`, and to how many digits each is filled up."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType), "a fact is a struct"
    widths = ((field.name, _said_of(field.type).get("x-digits")) for field in told.fields)
    return {name: width for name, width in widths if isinstance(width, int)}


def of_one_length(fact: Fact, texts: dict[str, str]) -> dict[str, str]:
    """`texts` of `fact` as they are encrypted: a confidential number has as many digits as any other."""
    widths = _digits(type(fact))
    return {name: text.zfill(widths.get(name, 0)) for name, text in texts.items()}


def as_sent(kind: type[Fact], field: str, text: str) -> str:
    """`text` of a field, decrypted, as it was sent."""
    return (text.lstrip("0") or "0") if field in _digits(kind) else text


def is_token(text: str) -> bool:
    """Whether `text` is encrypted."""
    return text.startswith(TOKEN)


def with_texts(fact: Fact, texts: dict[str, str]) -> Fact:
    """`fact` with other texts in these fields."""
    return msgspec.structs.replace(fact, **texts)


def require_plain(texts: dict[str, str]) -> None:
    """Checks that nobody sends text that looks encrypted, which nobody could ever read.

    Raises: BadField.
    """
    for name, text in texts.items():
        if is_token(text):
            raise BadField(
                field=f"data.{name}",
                detail=f"The text begins with {TOKEN}, which marks encrypted text.",
                remedy="Send plain text; the ledger encrypts it.",
            )


def _is_personal(kind: inspect.Type) -> bool:
    return "x-personal" in _said_of(kind)


def _said_of(kind: inspect.Type) -> dict[str, object]:
    """What the schema of `kind`, or of what it may be, says beyond its type."""
    if isinstance(kind, inspect.UnionType):
        return {name: said for option in kind.types for name, said in _said_of(option).items()}
    return cast("dict[str, object] | None", getattr(kind, "extra_json_schema", None)) or {}
