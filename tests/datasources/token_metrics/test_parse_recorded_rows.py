"""The provider's published and recorded example rows, and rows of the shapes its own clients declare.

The expected records were written by hand from them. Rows of version 3 follow the documented rule of its spelling.
"""

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
    HourlySignal,
    Index,
    IndexHolding,
    IndexValue,
    Investor,
    Level,
    Metric,
    Moonshot,
    Prediction,
    Quote,
    Record,
    Report,
    TradingSignal,
)
from datasources.token_metrics.answer import AnswerContext
from datasources.token_metrics.parse import PARSERS, parse_rows

FIXTURES = Path(__file__).parents[2] / "fixtures" / "token_metrics"
MORE_FIXTURES = Path(__file__).parent / "fixtures"
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

DAY = date(2025, 9, 1)
BITCOIN = AssetListing("3375", "BTC", "Bitcoin", "bitcoin", categories=("layer-1",), exchanges=("binance",))
SCENARIOS: list[tuple[str, float, float, float | None, float | None, float | None]] = [
    ("base", 210000.0, 8.0, 1.0, 4.0e12, 4.2e12),
    ("bear", 157500.5, 8.0, 0.5, 3.0e12, None),
    ("base", 13125.0, 0.5, -0.875, None, None),
]


def scenarios(day: date) -> list[Record]:
    return [
        Prediction("3375", day, "scenario", outcome, price, scenario, None, gain, cap, fdv)
        for outcome, price, scenario, gain, cap, fdv in SCENARIOS
    ]


FORECAST = [
    Prediction("14223", date(2024, 6, 12), "forecast", "expected", 3.1, None, 7, 0.05),
    Prediction("14223", date(2024, 6, 12), "forecast", "low", 2.0, None, 7),
]
INDEX = Index(
    provider_id="1",
    name="Token Metrics Global 100",
    ticker="TMG100",
    day=date(2025, 6, 10),
    active=True,
    price_usd=1.52,
    asset_count=100,
    change_1d_pct=-1.25,
    change_7d_pct=3.5,
    change_30d_pct=-10.0,
    change_all_time_pct=52.0,
    market_cap_usd=2.5e12,
    volume_usd=12345678.9,
    grade=61.5,
)
INDEX_VALUE = IndexValue("7", date(2025, 1, 15), 0.3853318362, 580194141.65945, 32676385.998644, 625247551.171164)
PEPE = Moonshot("Pepe", "PEPE", datetime(2025, 6, 1, 8, 30, tzinfo=UTC), None, 0.35, 82.5, 5000000.5, 250000.0)
HOURLY_SIGNAL = HourlySignal("3375", datetime(2025, 6, 9, 10, tzinfo=UTC), 1, 1, 105000.1)

EXPECTED_OF_MORE: dict[tuple[DataKind, str], list[Record]] = {
    (DataKind.HOURLY_SIGNALS, "hourly-trading-signals"): [HOURLY_SIGNAL],
    (DataKind.HOURLY_SIGNALS, "v3-hourly-trading-signals"): [HOURLY_SIGNAL],
    (DataKind.SENTIMENT, "sentiments"): [
        Metric(None, date(2025, 2, 21), "sentiment.tm_market", "score", 56.78),
        Metric(None, date(2025, 2, 21), "sentiment.tm_news", "score", 54.0),
        Metric(None, date(2025, 2, 21), "sentiment.tm_reddit", "score", 52.3),
        Metric(None, date(2025, 2, 21), "sentiment.tm_twitter", "score", 12.11),
        Metric(None, date(2023, 11, 8), "sentiment.tm_market", "score", 61.5),
    ],
    (DataKind.SCENARIOS, "scenario-analysis"): [
        Prediction("3375", date(2025, 5, 26), "scenario", "expected", 72094.99, 10.0)
    ],
    (DataKind.SCENARIOS, "scenario-prediction"): scenarios(date(2025, 6, 1)),
    (DataKind.PREDICTIONS, "price-prediction"): scenarios(DAY),
    (DataKind.PREDICTIONS, "v3-price-prediction"): scenarios(DAY),
    (DataKind.PREDICTIONS, "price-prediction-forecasts"): [
        Prediction("14223", date(2024, 6, 11), "forecast", "expected", 2.955, None, 1),
        Prediction("14223", date(2024, 6, 11), "forecast", "low", 2.151, None, 1),
        Prediction("14223", date(2024, 6, 11), "forecast", "high", 3.752, None, 1),
        *FORECAST,
    ],
    (DataKind.PREDICTIONS, "v3-price-prediction-forecasts"): [*FORECAST],
    (DataKind.INVESTORS, "crypto-investors"): [
        Investor("0x Labs", "https://0x.org/", "https://x.com/0xproject", 2, -0.79179406, -0.79179406),
        Investor("LYVC", score=10.0),
    ],
    (DataKind.REPORTS, "ai-reports"): [
        Report(
            "10430",
            "investment_analysis_pointer",
            "# Aavegotchi | GHST | Investment Analysis\n\n## Executive Summary\n- [a link](https://example.invalid)",
        ),
        Report("10430", "investment_analysis", "# Aavegotchi"),
    ],
    (DataKind.INDICES, "indices"): [INDEX],
    (DataKind.INDICES, "v3-indices"): [INDEX],
    (DataKind.INDEX_HOLDINGS, "indices-holdings"): [
        IndexHolding("7", "3375", date(2025, 6, 9), 45.5, 105000.5, 2.1e12, 0.125)
    ],
    (DataKind.INDEX_PERFORMANCE, "indices-performance"): [INDEX_VALUE],
    (DataKind.INDEX_PERFORMANCE, "v3-indices-performance"): [INDEX_VALUE],
    (DataKind.MOONSHOTS, "moonshot-tokens"): [
        PEPE,
        Moonshot("Wolf", "WOLF", datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 5, 8, tzinfo=UTC), -0.2),
    ],
    (DataKind.MOONSHOTS, "v3-moonshot-tokens"): [PEPE],
    (DataKind.FUNDAMENTAL_GRADES, "fundamental-grade"): [
        Grade(
            "3375",
            date(2025, 6, 10),
            GradeKind.FUNDAMENTAL,
            88.25,
            None,
            "storeOfValue",
            (("community_score", 9.5), ("exchange_score", 10.0), ("tokenomics_score", 8.1)),
        )
    ],
    (DataKind.FUNDAMENTAL_GRADE_HISTORY, "fundamental-grade-history"): [
        Grade(
            "3375",
            date(2025, 6, 8),
            GradeKind.FUNDAMENTAL,
            88.0,
            None,
            "blueChip",
            (("vc_score", 7.0), ("defi_scanner_score", 6.5)),
        )
    ],
    (DataKind.TECHNOLOGY_GRADES, "technology-grade"): [
        Grade(
            "3375",
            date(2025, 6, 9),
            GradeKind.TECHNOLOGY,
            75.5,
            None,
            None,
            (("activity_score", 8.5), ("repository_score", 9.1), ("collaboration_score", 7.0)),
        )
    ],
    (DataKind.TECHNOLOGY_GRADE_HISTORY, "technology-grade-history"): [
        Grade(
            "3375",
            date(2025, 6, 7),
            GradeKind.TECHNOLOGY,
            74.0,
            None,
            None,
            (("activity_score", 8.0), ("security_score", 6.0), ("defi_scanner_score", 5.0)),
        )
    ],
    (DataKind.MARKET_METRICS, "market-metrics-newer"): [
        Metric(None, DAY, f"market.{name}", unit, value)
        for name, unit, value in (
            ("total_market_cap_usd", "usd", 3.8e12),
            ("high_grade_share_pct", "pct", 40.5),
            ("grade_signal", "signal", 1),
            ("rect_signal", "signal", -1),
            ("alts_market_cap_usd", "usd", 1.6e12),
            ("btc_price_usd", "usd", 108250.5),
            ("btc_market_cap_usd", "usd", 2.15e12),
            ("above_moving_average_pct", "pct", 55.25),
            ("vol_index", "native", 43.2),
            ("vol_10", "native", 38.1),
            ("vol_90", "native", 95.0),
            ("alts_indicator", "native", 61.5),
        )
    ],
    (DataKind.ASSETS, "v3-tokens"): [BITCOIN],
    (DataKind.TRADING_SIGNALS, "v3-trading-signals"): [TradingSignal("3375", date(2025, 6, 8), -1, 1, 45098.7, 1.25)],
    (DataKind.GRADES, "v3-tm-grade"): [
        Grade("3375", date(2025, 6, 10), GradeKind.TM, 71.5, -1.25, "Buy", (("quant_grade", 64.0),))
    ],
    (DataKind.GRADE_HISTORY, "v3-tm-grade-history"): [
        Grade("3375", date(2025, 6, 8), GradeKind.TM, 70.0, 2.5, "Sell", (("quant_grade", 50.0),))
    ],
    (DataKind.DAILY_BARS, "v3-daily-ohlcv"): [
        DailyBar("3375", date(2025, 1, 23), 103821.0, 106063.0, 101225.0, 103966.0, 108720681775.491)
    ],
}


@pytest.mark.parametrize(("kind", "fixture"), list(EXPECTED), ids=[name for _, name in EXPECTED])
def test_a_recorded_row_becomes_the_record_that_was_read_from_it_by_hand(kind: DataKind, fixture: str) -> None:
    rows = json.loads((FIXTURES / f"{fixture}.json").read_text(encoding="utf-8"))["data"]
    parsed = parse_rows(kind, rows, AnswerContext(NOW))
    assert [item.fault for item in parsed] == [None] * len(rows)
    assert [record for item in parsed for record in item.records] == EXPECTED[(kind, fixture)]


@pytest.mark.parametrize(("kind", "fixture"), list(EXPECTED_OF_MORE), ids=[name for _, name in EXPECTED_OF_MORE])
def test_a_row_of_a_newer_endpoint_or_version_becomes_the_record_that_was_read_from_it_by_hand(
    kind: DataKind, fixture: str
) -> None:
    rows = json.loads((MORE_FIXTURES / f"{fixture}.json").read_text(encoding="utf-8"))["data"]
    # The latest of these rows are from September 2025; listings without a day are of the day of the answer.
    now = NOW if all("2025-09" not in json.dumps(row) for row in rows) else datetime(2025, 9, 2, tzinfo=UTC)
    parsed = parse_rows(kind, rows, AnswerContext(now, index_id="7" if "INDEX" in kind.name else None, active=True))
    assert [item.fault for item in parsed] == [None] * len(rows)
    assert [record for item in parsed for record in item.records] == EXPECTED_OF_MORE[(kind, fixture)]


def test_every_kind_has_a_row_that_was_checked_by_hand() -> None:
    assert {kind for kind, _ in (*EXPECTED, *EXPECTED_OF_MORE)} == set(PARSERS)


def test_the_summaries_of_sentiments_are_not_taken_over() -> None:
    rows = json.loads((MORE_FIXTURES / "sentiments.json").read_text(encoding="utf-8"))["data"]
    assert "script" in json.dumps(rows)
    assert "script" not in repr(parse_rows(DataKind.SENTIMENT, rows, AnswerContext(NOW))[0].records)
