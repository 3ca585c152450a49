"""Exchange rates out of finance's table, by the mapping of the example firm."""

from pathlib import Path

from firm import Firm

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "huikang" / "finance_rates.mapping.yaml"


def test_a_table_of_rates_becomes_facts_digit_by_digit(firm: Firm) -> None:
    firm.map(EXAMPLE.read_text("utf-8"), "finance_rates")
    file = firm.write(
        "finance_rates.csv",
        "外币,本币,生效日期,汇率,来源\nUSD,CNY,2025-03-31,7.1234,人民银行\nJPY,CNY,2025-03-31,0.0481,\n",
    )
    report = firm.take(file)
    assert report.exit_status == 0, report
    assert [data for _, data in firm.told("exchange_rate_set")] == [
        '{"base":"USD","effective_on":"2025-03-31","quote":"CNY","quoted_by":"人民银行","rate":"7.1234"}',
        '{"base":"JPY","effective_on":"2025-03-31","quote":"CNY","rate":"0.0481"}',
    ]
    twice = firm.write("finance_rates_2.csv", "外币,本币,生效日期,汇率,来源\nUSD,CNY,2025-03-31,7.2,\n")
    assert firm.take(twice).exit_status == 1, "the same pair and day, another rate"
