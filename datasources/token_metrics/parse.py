"""Rows of an answer as records: one parser per kind of data, and what becomes of a row that none can read. Pure."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from datasources.answers import Json, row_text
from datasources.records import AssetListing, DataKind, QuarantinedRow, Record
from datasources.token_metrics.context import Context
from datasources.token_metrics.parse_assets import parse_asset, parse_quote
from datasources.token_metrics.parse_bars import parse_daily_bar, parse_hourly_bar
from datasources.token_metrics.parse_grades import parse_investor_grade, parse_tm_grade, parse_trader_grade
from datasources.token_metrics.parse_metrics import parse_market_metrics, parse_quant_metrics
from datasources.token_metrics.parse_signals import parse_correlations, parse_levels, parse_trading_signal
from datasources.token_metrics.values import Row, RowError

LONGEST_RAW: Final = 4_000

RowParser = Callable[[Row, Context], tuple[Record, ...]]

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
}


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """What one row gave: records (none if it says that it has nothing), or the fault that keeps it from giving any."""

    row: Json
    records: tuple[Record, ...] = ()
    fault: str | None = None


def parse_rows(kind: DataKind, rows: Sequence[Json], context: Context, first_rank: int = 1) -> list[ParsedRow]:
    """Read the rows of one page, all or nothing for each row; ranked listings count from `first_rank` by position."""
    parsed = [_parse_row(PARSERS[kind], row, context) for row in rows]
    if kind is not DataKind.TOP_ASSETS:
        return parsed
    return [replace(item, records=_ranked(item.records, rank)) for rank, item in enumerate(parsed, first_rank)]


def quarantine(kind: DataKind, reason: str, row: Json, secrets: Sequence[str] = ()) -> QuarantinedRow:
    """Keep a row that could not be used as ASCII JSON, without the secrets, at most 4,000 characters of it."""
    raw = row_text(row)
    for secret in secrets:
        for spelling in {secret, json.dumps(secret)[1:-1]} - {""}:
            raw = raw.replace(spelling, "***")
    return QuarantinedRow(kind, reason, raw[:LONGEST_RAW])


def _parse_row(parse: RowParser, row: Json, context: Context) -> ParsedRow:
    if not isinstance(row, dict):
        return ParsedRow(row, fault="not an object")
    try:
        return ParsedRow(row, parse(row, context))
    except RowError as error:
        return ParsedRow(row, fault=str(error))


def _ranked(records: tuple[Record, ...], rank: int) -> tuple[Record, ...]:
    return tuple(
        replace(record, market_cap_rank=rank) if isinstance(record, AssetListing) else record for record in records
    )
