"""Facts about how broad the market's moves are: shares of coins above their means and at extremes, and the regime."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.signals.ground import day_of
from agent.analytics.signals.market import MARKET_DAYS, MarketFigures, measure_market
from agent.analytics.signals.market_figures import LONG_DAYS, SEASON_DAYS
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import bar_range, derivation, values_sha256
from agent.briefing.trait_columns import TraitColumns
from agent.claims.book import FactBook
from agent.claims.fact import MARKET, Metric, RowRange, Unit


@dataclass(frozen=True, slots=True)
class CoinShare:
    """A share of the coins: its name in `MarketFigures`, and how many days before the last one it compares with."""

    metric: Metric
    name: str
    formula: str
    compared_days: int = 0


SHARES = (
    CoinShare(
        Metric.ABOVE_50D_SHARE,
        "above_sma_50",
        "coins with a close above the mean of 50 days / coins with both x 100, of coins that are neither stablecoins "
        "nor other forms of coins",
    ),
    CoinShare(
        Metric.ABOVE_200D_SHARE,
        "above_sma_200",
        "coins with a close above the mean of 200 days / coins with both x 100, of coins that are neither stablecoins "
        "nor other forms of coins",
    ),
    CoinShare(
        Metric.BEAT_BITCOIN_SHARE,
        "altcoin_share",
        "coins with a 90-day change above Bitcoin's / coins with such a change x 100, of the 50 largest by market "
        "value without Bitcoin",
        SEASON_DAYS,
    ),
    CoinShare(
        Metric.HIGHS_SHARE,
        "new_highs",
        "coins with a close above all of the 20 days before / coins with such days x 100, of coins that are neither "
        "stablecoins nor other forms of coins",
    ),
    CoinShare(
        Metric.LOWS_SHARE,
        "new_lows",
        "coins with a close below all of the 20 days before / coins with such days x 100, of coins that are neither "
        "stablecoins nor other forms of coins",
    ),
)
REGIME_WORDS: Mapping[float, str] = {1.0: "risk on", 0.0: "mixed", -1.0: "risk off"}
REGIME_FORMULA = (
    "risk on with Bitcoin above its mean of 200 days and most coins above theirs of 50 days, risk off with both below, "
    "else mixed"
)
REGIME_DAYS = LONG_DAYS


def measure_breadth(close: Floats, columns: TraitColumns) -> MarketFigures:
    """Measure the last day of closes, days x assets in USD, as a scan does, without what sources report."""
    recent = close[-MARKET_DAYS:]
    found = measure_market(recent, {}, columns.bitcoin, columns.largest, counted=columns.coins, last_day=True)
    return day_of(found, -1)


def regime_word(figures: MarketFigures) -> str | None:
    """The regime of a day in words; None if it is not known."""
    return REGIME_WORDS.get(float(figures.regime[0]))


def own_columns(snapshot: Snapshot) -> TraitColumns:
    """What the columns of the snapshot's own closes are; of those that only other sources have, nothing is known."""
    elsewhere = {int(snapshot.prices.asset_ids[column]) for column in snapshot.prices.elsewhere}
    traits = {key: row for key, row in snapshot.assets.items() if key not in elsewhere}
    return TraitColumns.of(snapshot.prices.asset_ids, traits)


def add_breadth_facts(book: FactBook, snapshot: Snapshot) -> None:
    """Draft the shares of coins and the regime of the market; nothing of fewer than twenty coins."""
    columns = own_columns(snapshot)
    figures = measure_breadth(snapshot.prices.market_close, columns)
    today = closes_of_day(snapshot, -1)
    for share in SHARES:
        value = float(getattr(figures, share.name)[0])
        if np.isfinite(value):
            before = (closes_of_day(snapshot, -1 - share.compared_days),) if share.compared_days else ()
            origin = derivation("share", share.formula, today, *before)
            book.add(f"market/{share.metric}", MARKET, share.metric, Unit.PCT, value * 100, origin)
    word = regime_word(figures)
    if word is not None and columns.bitcoin is not None:
        bitcoin = bar_range(snapshot, int(snapshot.prices.asset_ids[columns.bitcoin]), REGIME_DAYS)
        origin = derivation("regime", REGIME_FORMULA, bitcoin, today)
        book.add(f"market/{Metric.REGIME}", MARKET, Metric.REGIME, Unit.TEXT, None, origin, label=word)


def closes_of_day(snapshot: Snapshot, row: int) -> RowRange:
    """The stored closes of all assets of the market's source on the day of a row, by asset."""
    values = snapshot.prices.market_close[row][np.argsort(snapshot.prices.asset_ids)]
    known = values[np.isfinite(values)]
    day = snapshot.prices.day(row).isoformat()
    key = (("source", snapshot.source),)
    return RowRange("bar_daily", key, "close_usd", day, day, int(known.size), values_sha256(known))
