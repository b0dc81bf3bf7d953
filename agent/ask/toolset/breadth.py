"""How broad the market's moves are: shares of coins above their means and at extremes, and the regime."""

from collections.abc import Iterator, Mapping

import numpy as np

from agent.analytics.signals.market import MARKET_DAYS
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.market_read import Closes, MarketRead
from agent.ask.toolset.rows import bar_range, cross_section
from agent.briefing.facts.breadth import REGIME_DAYS, REGIME_FORMULA, SHARES, measure_breadth, regime_word
from agent.briefing.tracing import derivation
from agent.briefing.trait_columns import TraitColumns
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import MARKET, Metric, Unit
from agent.store.traits import asset_traits

BREADTH_DAYS = MARKET_DAYS
_SECTION = SectionKey.MARKET
_SALIENCE: Mapping[Metric, float] = {
    Metric.ABOVE_50D_SHARE: 0.68,
    Metric.BEAT_BITCOIN_SHARE: 0.66,
    Metric.ABOVE_200D_SHARE: 0.61,
    Metric.HIGHS_SHARE: 0.5,
    Metric.LOWS_SHARE: 0.5,
}


def breadth_drafts(ledger: Ledger) -> Iterator[Draft]:
    """The shares of coins and the regime of the last day, as a scan of it reads them."""
    read = ledger.read
    closes = read.market(read.market_day, BREADTH_DAYS)
    columns = trait_columns(read, closes)
    figures = measure_breadth(closes.close, columns)
    today = cross_section(closes, -1)
    for share in SHARES:
        value = float(getattr(figures, share.name)[0])
        if np.isfinite(value):
            before = (cross_section(closes, -1 - share.compared_days),) if share.compared_days else ()
            origin = derivation("share", share.formula, today, *before)
            key = ledger.add(MARKET, share.metric, Unit.PCT, value * 100, origin, as_of=closes.last)
            yield Draft("figure", ClaimKind.LEVEL, _SECTION, (key,), _SALIENCE[share.metric])
    word = regime_word(figures)
    if word is not None and columns.bitcoin is not None:
        origin = derivation("regime", REGIME_FORMULA, bar_range(closes, columns.bitcoin, REGIME_DAYS), today)
        key = ledger.add(MARKET, Metric.REGIME, Unit.TEXT, None, origin, label=word, as_of=closes.last)
        yield Draft("regime", ClaimKind.LEVEL, _SECTION, (key,), 0.69)


def trait_columns(read: MarketRead, closes: Closes) -> TraitColumns:
    """What the columns of the market's closes are."""
    with read.store.reader() as session:
        return TraitColumns.of(closes.asset_ids, asset_traits(session, read.source))
