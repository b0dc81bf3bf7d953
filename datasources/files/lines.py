"""Lines of the history files as records. Pure; a line that cannot be one raises `LineError`.

`provider_id` is the upper-case ticker of the file's name, for candles and on-chain files alike: `daily-ohlcv/BTC.csv`,
`on-chain/btc.csv` and `on-chain/btc-recent.csv` are all about the asset BTC. `1000BONK` is quoted per 1,000 units and
stays an asset of its own.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from datasources.candles import candle_fault
from datasources.files.onchain_columns import ONCHAIN_COLUMNS
from datasources.files.tables import LineError, parse_figure, require_figure
from datasources.records import DailyBar, Metric

BAR_COLUMNS: Final = ("date", "open", "high", "low", "close", "turnover_usd")
ONCHAIN_DAY: Final = "time"
SENTIMENT_COLUMNS: Final = ("date", "value")


def parse_ticker(path: Path) -> str:
    """Give the asset a file is about: `on-chain/btc-recent.csv` is BTC."""
    return path.stem.upper().removesuffix("-RECENT")


def parse_bar(ticker: str, day: date, cells: Mapping[str, str]) -> DailyBar:
    """Read a candle; its volume in US dollars is the turnover, not the volume in base units."""
    prices = tuple(require_figure(cells, column) for column in ("open", "high", "low", "close"))
    open_usd, high_usd, low_usd, close_usd = prices
    turnover_usd = parse_figure(cells, "turnover_usd")
    fault = candle_fault(open_usd, high_usd, low_usd, close_usd, turnover_usd)
    if fault is not None:
        raise LineError(fault)
    return DailyBar(ticker, day, open_usd, high_usd, low_usd, close_usd, turnover_usd)


def parse_onchain(ticker: str, day: date, cells: Mapping[str, str]) -> tuple[list[Metric], list[str]]:
    """Read the metrics of a day, and the faults of cells that cannot be read; an empty cell is not available."""
    metrics, faults = [], []
    for column, (name, unit) in ONCHAIN_COLUMNS.items():
        if column not in cells:
            continue
        try:
            value = parse_figure(cells, column, least=0.0)
        except LineError as error:
            faults.append(str(error))
            continue
        if value is not None:
            metrics.append(Metric(ticker, day, name, unit, value))
    return metrics, faults


def parse_sentiment(day: date, cells: Mapping[str, str]) -> Metric:
    """Read the fear and greed index of a day, 0 (fear) to 100 (greed)."""
    value = require_figure(cells, "value")
    if not 0 <= value <= 100:
        raise LineError("value is not from 0 to 100")
    return Metric(None, day, "sentiment.fear_greed_index", "score", value)
