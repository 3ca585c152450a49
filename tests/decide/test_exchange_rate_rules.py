"""Which exchange rates are taken: of two currencies that exist, one for a pair and day."""

import datetime as dt

import msgspec
import pytest

from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.facts.currencies import ExchangeRateSet
from domain.facts.governance import FactVoided
from domain.facts.registry import decode, tags_of
from domain.refusals import BadField, RateExists

NOW = dt.datetime(2025, 4, 1, 9, tzinfo=dt.UTC)
DOLLAR = ExchangeRateSet(base="USD", quote="CNY", rate="7.1234", effective_on=dt.date(2025, 3, 31))


def take(fact: ExchangeRateSet, *before: object) -> None:
    known = Known()
    told = [(at, each, tags_of(each)) for at, each in enumerate(before, start=1)]  # type: ignore[arg-type]
    known.fold(told)  # type: ignore[arg-type]
    decide(fact, NOW, known, Asked("payroll", NOW, NOW.date()))


def test_a_pair_has_one_rate_a_day_until_it_is_voided() -> None:
    take(DOLLAR)
    take(msgspec.structs.replace(DOLLAR, effective_on=dt.date(2025, 4, 1)), DOLLAR)
    take(msgspec.structs.replace(DOLLAR, base="CNY", quote="USD", rate="0.14"), DOLLAR)
    with pytest.raises(RateExists, match="USD/CNY from 2025-03-31 stands at position 1"):
        take(msgspec.structs.replace(DOLLAR, rate="7.2"), DOLLAR)
    take(msgspec.structs.replace(DOLLAR, rate="7.2"), DOLLAR, FactVoided(position=1, reason="typed wrong"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"base": "USX"}, "data.base"), ({"quote": "XXX"}, "data.quote"), ({"quote": "USD"}, "data.quote")],
)
def test_currencies_must_be_two_that_exist(changes: dict[str, str], field: str) -> None:
    with pytest.raises(BadField) as refused:
        take(msgspec.structs.replace(DOLLAR, **changes))
    assert refused.value.field == field


@pytest.mark.parametrize("rate", ["0", "0.000", "-7", "7,1", "7.", "1e3", "", ".5", "NaN"])
def test_a_rate_is_a_decimal_above_nothing(rate: str) -> None:
    said = msgspec.json.encode({"base": "USD", "quote": "CNY", "rate": rate, "effective_on": "2025-03-31"})
    with pytest.raises(BadField) as refused:
        decode("exchange_rate_set", said)
    assert refused.value.field == "data.rate"


def test_a_rate_is_found_by_its_pair_and_day() -> None:
    assert tags_of(DOLLAR) == ("quotation:USD/CNY@2025-03-31",)
