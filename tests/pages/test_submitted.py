"""Money as people type it into forms."""

import pytest

from api.pages.submitted import typed_minor
from domain.refusals import BadField


@pytest.mark.parametrize("text", ["-5", "−5.00", "¥-5"])
def test_what_is_expected_is_not_below_nothing(text: str) -> None:
    """What came back may be."""
    assert typed_minor(text, "CNY", "amount") == -500
    with pytest.raises(BadField, match="not an amount of money"):
        typed_minor(text, "CNY", "expected", signed=False)


def test_an_amount_is_read_as_it_is_written() -> None:
    assert typed_minor("¥1,234.5", "CNY", "expected", signed=False) == 123_450
