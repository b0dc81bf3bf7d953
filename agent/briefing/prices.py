"""The prices of a briefing: those of the market's source, with what other sources have to give in its place.

A series is of one source from end to end, so that volumes compare and every figure traces to one source's rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from agent.briefing.snapshot import CloseSeen, Floats, Prices
from agent.store.bars import daily_bar
from agent.store.disputes import price_disputes
from agent.store.panel import Panel, load_panel

if TYPE_CHECKING:
    from agent.briefing.wanted import Wanted

PANEL_DAYS = 400
FIELDS = ("close", "high", "low", "volume")


def newest_held_day(session: Session, wanted: "Wanted", held: Sequence[int], as_of: date) -> date:
    """The last full day, if the market's source is late with it but others have it of what is held.

    Something held must be priced on that day, and nothing may lose the price it has on `as_of`: a portfolio is worth
    a sum of one day.
    """
    expected = wanted.first_open_day - timedelta(days=1)
    if as_of >= expected:
        return as_of
    others = _others(wanted)
    found = {asset_id for asset_id in held if _has_bar(session, others, asset_id, expected)}
    sources = (wanted.source, *others)
    lost = any(_has_bar(session, sources, asset_id, as_of) for asset_id in held if asset_id not in found)
    return expected if found and not lost else as_of


def read_prices(session: Session, wanted: "Wanted", as_of: date, held: Sequence[int]) -> Prices:
    """Read the bars up to `as_of`; what is held and not there is taken from the first other source that has it."""
    start = as_of - timedelta(days=PANEL_DAYS - 1)
    panel = load_panel(session, wanted.source, start, as_of, FIELDS)
    prices = _own_prices(panel)
    for source in _others(wanted):
        lacking = [asset_id for asset_id in held if not _has_last(prices, asset_id)]
        if not lacking:
            break
        prices = _with(prices, load_panel(session, source, start, as_of, FIELDS, lacking), source)
    return prices


def read_disputes(
    session: Session, wanted: "Wanted", as_of: date, held: Sequence[int]
) -> tuple[tuple[CloseSeen, CloseSeen], ...]:
    """The lowest and the highest close of every held asset whose sources differ by more than the tolerance."""
    if len(wanted.price_chain) < 2 or not held:
        return ()
    found = price_disputes(session, wanted.price_chain, as_of, wanted.tolerance_pct, held)
    extremes = ((item.asset_id, min(item.closes, key=_close), max(item.closes, key=_close)) for item in found)
    return tuple((_seen(asset_id, low), _seen(asset_id, high)) for asset_id, low, high in extremes)


def _has_bar(session: Session, sources: Sequence[str], asset_id: int, day: date) -> bool:
    return any(daily_bar(session, source, asset_id, day) is not None for source in sources)


def _others(wanted: "Wanted") -> tuple[str, ...]:
    return tuple(source for source in wanted.price_chain if source != wanted.source)


def _own_prices(panel: Panel) -> Prices:
    values = panel.values
    return Prices(panel.days, panel.asset_ids, values["close"], values["high"], values["low"], values["volume"])


def _has_last(prices: Prices, asset_id: int) -> bool:
    column = prices.column(asset_id)
    return column is not None and bool(np.isfinite(prices.close[-1, column]))


def _with(prices: Prices, panel: Panel, source: str) -> Prices:
    """Put a source's columns in place of those that have no last bar; one without a last bar itself is left out."""
    taken = [place for place in range(len(panel.asset_ids)) if np.isfinite(panel.values["close"][-1, place])]
    if not taken:
        return prices
    ids = panel.asset_ids[taken]
    new = ids[~np.isin(ids, prices.asset_ids)]
    widened = _widened(prices, new)
    columns = {int(asset_id): int(np.flatnonzero(widened.asset_ids == asset_id)[0]) for asset_id in ids}
    arrays = {name: getattr(widened, name).copy() for name in FIELDS}
    for place in taken:
        for name, array in arrays.items():
            array[:, columns[int(panel.asset_ids[place])]] = panel.values[name][:, place]
    elsewhere = {**widened.elsewhere, **dict.fromkeys(columns.values(), source)}
    return _prices(widened.days, widened.asset_ids, arrays, elsewhere, widened.market_close)


def _widened(prices: Prices, new: NDArray[np.int64]) -> Prices:
    def wider(values: Floats) -> Floats:
        return np.hstack((values, np.full((len(prices.days), len(new)), np.nan)))

    if not len(new):
        return prices
    arrays = {name: wider(getattr(prices, name)) for name in FIELDS}
    ids = np.concatenate((prices.asset_ids, new))
    return _prices(prices.days, ids, arrays, prices.elsewhere, wider(prices.market_close))


def _prices(
    days: NDArray[np.datetime64],
    asset_ids: NDArray[np.int64],
    arrays: Mapping[str, Floats],
    elsewhere: Mapping[int, str],
    own_close: Floats,
) -> Prices:
    close, high, low, volume = (arrays[name] for name in FIELDS)
    return Prices(days, asset_ids, close, high, low, volume, elsewhere, own_close)


def _close(close: tuple[str, float, object]) -> float:
    return close[1]


def _seen(asset_id: int, close: tuple[str, float, datetime]) -> CloseSeen:
    source, close_usd, fetched_at = close
    return CloseSeen(asset_id, source, close_usd, fetched_at)
