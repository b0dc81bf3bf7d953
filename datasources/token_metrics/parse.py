"""Rows of an answer as records: one parser per kind of data. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from datasources.answers import Json
from datasources.intake import ParsedRow, read_row
from datasources.records import AssetListing, DataKind, Record
from datasources.token_metrics.answer import AnswerContext
from datasources.token_metrics.parse_assets import parse_asset, parse_quote
from datasources.token_metrics.parse_bars import parse_daily_bar, parse_hourly_bar
from datasources.token_metrics.parse_grades import (
    parse_fundamental_grade,
    parse_investor_grade,
    parse_technology_grade,
    parse_tm_grade,
    parse_trader_grade,
)
from datasources.token_metrics.parse_indices import (
    parse_index,
    parse_index_holding,
    parse_index_value,
    parse_moonshot,
)
from datasources.token_metrics.parse_metrics import parse_market_metrics, parse_quant_metrics, parse_sentiment
from datasources.token_metrics.parse_predictions import parse_prediction
from datasources.token_metrics.parse_reports import parse_investor, parse_report
from datasources.token_metrics.parse_signals import (
    parse_correlations,
    parse_hourly_signal,
    parse_levels,
    parse_trading_signal,
)
from datasources.token_metrics.values import Row

RowParser = Callable[[Row, AnswerContext], tuple[Record, ...]]

PARSERS: Final[dict[DataKind, RowParser]] = {
    DataKind.ASSETS: parse_asset,
    DataKind.TOP_ASSETS: parse_asset,
    DataKind.QUOTES: parse_quote,
    DataKind.DAILY_BARS: parse_daily_bar,
    DataKind.HOURLY_BARS: parse_hourly_bar,
    DataKind.GRADES: parse_tm_grade,
    DataKind.GRADE_HISTORY: parse_tm_grade,
    DataKind.TRADER_GRADES: parse_trader_grade,
    DataKind.INVESTOR_GRADES: parse_investor_grade,
    DataKind.TRADING_SIGNALS: parse_trading_signal,
    DataKind.MARKET_METRICS: parse_market_metrics,
    DataKind.LEVELS: parse_levels,
    DataKind.QUANT_METRICS: parse_quant_metrics,
    DataKind.CORRELATIONS: parse_correlations,
    DataKind.HOURLY_SIGNALS: parse_hourly_signal,
    DataKind.TECHNOLOGY_GRADES: parse_technology_grade,
    DataKind.TECHNOLOGY_GRADE_HISTORY: parse_technology_grade,
    DataKind.FUNDAMENTAL_GRADES: parse_fundamental_grade,
    DataKind.FUNDAMENTAL_GRADE_HISTORY: parse_fundamental_grade,
    DataKind.SENTIMENT: parse_sentiment,
    DataKind.SCENARIOS: parse_prediction,
    DataKind.PREDICTIONS: parse_prediction,
    DataKind.REPORTS: parse_report,
    DataKind.INVESTORS: parse_investor,
    DataKind.INDICES: parse_index,
    DataKind.INDEX_HOLDINGS: parse_index_holding,
    DataKind.INDEX_PERFORMANCE: parse_index_value,
    DataKind.MOONSHOTS: parse_moonshot,
}


def parse_rows(kind: DataKind, rows: Sequence[Json], context: AnswerContext) -> list[ParsedRow]:
    """Read the rows of one page, all or nothing for each row; ranked listings count by position, broken rows too."""
    parse = PARSERS[kind]
    parsed = [read_row(row, lambda found: parse(found, context)) for row in rows]
    if kind is not DataKind.TOP_ASSETS:
        return parsed
    return [replace(item, records=_ranked(item.records, rank)) for rank, item in enumerate(parsed, context.first_rank)]


def _ranked(records: tuple[Record, ...], rank: int) -> tuple[Record, ...]:
    return tuple(
        replace(record, market_cap_rank=rank) if isinstance(record, AssetListing) else record for record in records
    )
