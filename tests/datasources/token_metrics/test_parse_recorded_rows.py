"""The provider's published and recorded example rows; the expected records were written by hand from them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from datasources.records import (
    AssetListing,
    Correlation,
    DailyBar,
    DataKind,
    Grade,
    GradeKind,
    HourlyBar,
    Level,
    Metric,
    Quote,
    Record,
    TradingSignal,
)
from datasources.token_metrics.context import Context
from datasources.token_metrics.parse import parse_rows

FIXTURES = Path(__file__).parents[2] / "fixtures" / "token_metrics"
NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)

EXPECTED: dict[tuple[DataKind, str], list[Record]] = {
    (DataKind.ASSETS, "tokens"): [
        AssetListing(
            provider_id="42001",
            symbol="ACOLYT",
            name="Acolyt",
            slug="acolyte-by-virtuals",
            categories=("solana-ecosystem",),
            exchanges=("mxc",),
            contract_addresses=(("base", "0x79dacb99a8698052a9898e81fdf883c29efb93cb"),),
        )
    ],
    (DataKind.TOP_ASSETS, "top-market-cap-tokens"): [
        AssetListing(provider_id="3379", symbol="USDT", name="Tether", market_cap_rank=1, exchanges=("binance",))
    ],
    (DataKind.QUOTES, "price"): [Quote("3306", Decimal("3334.65"), NOW)],
    (DataKind.DAILY_BARS, "daily-ohlcv"): [
        DailyBar("3375", date(2025, 1, 23), 103821.0, 106063.0, 101225.0, 103966.0, 108720681775.491)
    ],
    (DataKind.HOURLY_BARS, "hourly-ohlcv"): [
        HourlyBar("3375", datetime(2025, 3, 19, 23, tzinfo=UTC), 85816.0, 86537.0, 85816.0, 86255.0, 31258975021.50926),
        HourlyBar(
            "66",
            datetime(2025, 5, 26, 11, tzinfo=UTC),
            0.00139286,
            0.00139414,
            0.00139285,
            0.00139414,
            6.9021335,
        ),
    ],
    (DataKind.GRADES, "tm-grade"): [
        Grade("3375", date(2025, 6, 10), GradeKind.TM, 71.5, -1.25, "Buy", (("quant_grade", 64.0),))
    ],
    (DataKind.GRADE_HISTORY, "tm-grade-history"): [
        Grade("3375", date(2025, 6, 8), GradeKind.TM, 70.0, None, "Strong Buy", (("fundamental_grade", 80.5),)),
        Grade("3306", date(2025, 6, 8), GradeKind.TM, 55.5, 3.5, "Neutral", (("quant_grade", 50.0),)),
    ],
    (DataKind.TRADER_GRADES, "trader-grades"): [
        Grade(
            "43539",
            date(2025, 4, 16),
            GradeKind.TRADER,
            38.81,
            None,
            None,
            (("ta_grade", 37.82), ("quant_grade", 42.76)),
        )
    ],
    (DataKind.INVESTOR_GRADES, "investor-grades"): [
        Grade(
            "4239",
            date(2024, 4, 29),
            GradeKind.INVESTOR,
            60.09,
            -0.36,
            None,
            (
                ("fundamental_grade", 62.51),
                ("technology_grade", 64.99),
                ("valuation_grade", 52.16),
                ("community_score", 3.44),
                ("exchange_score", 10.0),
                ("activity_score", 6.71),
                ("repository_score", 6.91),
                ("collaboration_score", 6.47),
            ),
        )
    ],
    (DataKind.TRADING_SIGNALS, "trading-signals"): [
        TradingSignal("32561", date(2025, 4, 8), 0, -1, 2.168, 1.2074),
        TradingSignal("3315", date(2021, 9, 10), 1, 1, None, None),
    ],
    (DataKind.MARKET_METRICS, "market-metrics"): [
        Metric(None, date(2025, 4, 22), "market.total_market_cap_usd", "usd", 2869676331371.022),
        Metric(None, date(2025, 4, 22), "market.high_grade_share_pct", "pct", 21.666666666666668),
        Metric(None, date(2025, 4, 22), "market.grade_signal", "signal", 0),
        Metric(None, date(2025, 4, 22), "market.last_grade_signal", "signal", -1),
    ],
    (DataKind.LEVELS, "resistance-support"): [
        Level("3306", date(2025, 5, 26), 316.5, date(2017, 8, 9)),
        Level("10554", date(2023, 11, 8), 0.00066458),
        Level("10554", date(2023, 11, 8), 0.02637819),
    ],
    (DataKind.QUANT_METRICS, "quantmetrics"): [
        Metric("10554", date(2023, 11, 7), f"quant.{name}", unit, value)
        for name, unit, value in (
            ("volatility", "fraction", 0.51),
            ("all_time_return", "fraction", -0.28),
            ("cagr", "fraction", -0.08),
            ("sharpe", "ratio", 0.09),
            ("sortino", "ratio", 0.13),
            ("max_drawdown", "fraction", -0.77),
            ("skew", "ratio", -0.05),
            ("tail_ratio", "ratio", 0.98),
            ("risk_reward_ratio", "ratio", 0.159493395),
            ("profit_factor", "ratio", 1.02),
            ("kurtosis", "ratio", 3.1),
            ("daily_value_at_risk", "fraction", -0.05),
            ("daily_return_avg", "fraction", 0.005994726397),
            ("daily_return_std", "fraction", 0.1207045748),
        )
    ],
    (DataKind.CORRELATIONS, "correlation"): [
        Correlation("3338", date(2023, 11, 8), "Synthetix Network", 0.948),
        Correlation("3338", date(2023, 11, 8), "Kaspa", -0.699),
    ],
}


@pytest.mark.parametrize(("kind", "fixture"), list(EXPECTED), ids=[name for _, name in EXPECTED])
def test_a_recorded_row_becomes_the_record_that_was_read_from_it_by_hand(kind: DataKind, fixture: str) -> None:
    rows = json.loads((FIXTURES / f"{fixture}.json").read_text(encoding="utf-8"))["data"]
    parsed = parse_rows(kind, rows, Context(NOW))
    assert [item.fault for item in parsed] == [None] * len(rows)
    assert [record for item in parsed for record in item.records] == EXPECTED[(kind, fixture)]
