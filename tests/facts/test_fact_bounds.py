"""No field of a fact is without a bound: of each list the length, of each text the length or the form."""

from collections.abc import Iterator
from typing import Any

from api.fact_schemas import schema_of
from domain.facts.registry import FACT_TYPES

BY_THE_SIZE_OF_A_FACT = {
    "change_proposed.change",
    "connector_set.document",
    "plan_adopted.document",
    "plan_drafted.document",
    "question_bank_published.document",
}
OF_OUR_OWN_MAKING = {"ledger_opened.zone", "period_closed.engine", "period_closed.plans"}
BOUNDS = {
    "array": {"maxItems"},
    "object": {"maxProperties", "properties"},
    "string": {"maxLength", "enum", "format", "pattern", "const"},
}


def unbounded(schema: object, path: str) -> Iterator[str]:
    """Where a value may be as long as it likes."""
    if isinstance(schema, list):
        for each in schema:
            yield from unbounded(each, path)
    if not isinstance(schema, dict):
        return
    said: dict[str, Any] = schema
    if said.get("type") in BOUNDS and not BOUNDS[said["type"]] & set(said):
        yield path
    for name, member in said.items():
        if name == "properties":
            for field, inner in member.items():
                yield from unbounded(inner, f"{path}.{field}")
        else:
            yield from unbounded(member, path)


def test_every_list_and_text_of_a_fact_has_a_bound() -> None:
    found = {place for tag, kind in FACT_TYPES.items() for place in unbounded(schema_of(kind), tag)}
    assert found == BY_THE_SIZE_OF_A_FACT | OF_OUR_OWN_MAKING
