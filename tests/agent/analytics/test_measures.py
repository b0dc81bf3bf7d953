from dataclasses import fields

import empyrical
import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.measures import Measures, PanelArrays, measure, measure_history

NAN = np.nan
NAMES = tuple(field.name for field in fields(Measures))


def market(seed: int, days: int, assets: int) -> PanelArrays:
    rng = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.04, (days, assets)), axis=0))
    up, down = np.exp(np.abs(rng.normal(0.0, 0.02, (2, days, assets))))
    return PanelArrays(close * up, close / down, close, rng.lognormal(10.0, 1.0, close.shape))


def ragged(seed: int, days: int, assets: int, missing: float) -> PanelArrays:
    """Late listings, delistings, scattered and long gaps, sampled prices, volumes that are not known or 0."""
    panel, rng = market(seed, days, assets), np.random.default_rng(seed + 1)
    hidden = rng.random((days, assets)) < missing * rng.random(assets)
    row = np.arange(days)[:, np.newaxis]
    hidden |= (row < rng.integers(-days, days, assets)) | (row >= days + rng.integers(-2, 20, assets))
    start = rng.integers(0, days, assets)
    hidden |= (row >= start) & (row < start + rng.integers(0, 7, assets))
    sampled = rng.random((days, assets)) < 0.02 * rng.integers(0, 2, assets)
    volume = np.where(rng.random((days, assets)) < 0.02, NAN, panel.volume)
    volume[:, 0] = 0.0
    high, low = (np.where(hidden | sampled, NAN, values) for values in (panel.high, panel.low))
    return PanelArrays(high, low, np.where(hidden, NAN, panel.close), np.where(hidden, NAN, volume))


def rows(panel: PanelArrays, days: slice) -> PanelArrays:
    return PanelArrays(*(getattr(panel, field.name)[days].copy() for field in fields(panel)))


def by_library(panel: PanelArrays, asset: int) -> dict[str, float]:
    """The figures of an asset without gaps, each by a library on its bare series."""
    high, low, close, volume = (getattr(panel, name)[:, asset].copy() for name in ("high", "low", "close", "volume"))
    prices = pd.Series(close)
    returns = prices.pct_change().to_numpy()
    line, signal, histogram = talib.MACD(close, 12, 26, 9)
    upper, _, lower = talib.BBANDS(close, 20, 2.0, 2.0)
    return {
        "close": close[-1],
        "close_previous": close[-2],
        "rsi": talib.RSI(close, 14)[-1],
        "rsi_previous": talib.RSI(close, 14)[-2],
        "macd": line[-1],
        "macd_signal": signal[-1],
        "macd_histogram": histogram[-1],
        "macd_cross": (np.sign(histogram[-1]) - np.sign(histogram[-2])) / 2,
        **{f"sma_{bars}": talib.SMA(close, bars)[-1] for bars in (20, 50, 200)},
        **{f"sma_{bars}_previous": talib.SMA(close, bars)[-2] for bars in (50, 200)},
        "bollinger_upper": upper[-1],
        "bollinger_lower": lower[-1],
        "atr": talib.ATR(high, low, close, 14)[-1],
        "adx": talib.ADX(high, low, close, 14)[-1],
        "plus_di": talib.PLUS_DI(high, low, close, 14)[-1],
        "minus_di": talib.MINUS_DI(high, low, close, 14)[-1],
        "previous_high": talib.MAX(high, 20)[-2],
        "previous_low": talib.MIN(low, 20)[-2],
        "previous_high_55": talib.MAX(high, 55)[-2],
        "previous_low_55": talib.MIN(low, 55)[-2],
        "volume": volume[-1],
        "volume_z": (volume[-1] - volume[-21:-1].mean()) / volume[-21:-1].std(ddof=1),
        "volume_ratio": volume[-5:].mean() / volume[-25:-5].mean(),
        "obv_balance": (talib.OBV(close, volume)[-1] - talib.OBV(close, volume)[-21]) / volume[-20:].sum(),
        "held_change": talib.ROCP(close, 5)[-1],
        **{f"momentum_{days}d": talib.ROCP(close, days)[-1] for days in (7, 30, 90, 365)},
        "volatility_30d": empyrical.annual_volatility(returns[-30:], annualization=365),
        "volatility_90d": empyrical.annual_volatility(returns[-90:], annualization=365),
        "downside_volatility_90d": empyrical.downside_risk(returns[-90:], annualization=365),
        "drawdown": close[-1] / talib.MAX(close, 365)[-1] - 1,
        "drawdown_previous": close[-2] / talib.MAX(close, 365)[-2] - 1,
    }


def test_every_figure_is_that_of_a_library() -> None:
    panel = market(1, 400, 4)
    measures = measure(panel)
    for asset in range(4):
        for name, expected in by_library(panel, asset).items():
            np.testing.assert_allclose(getattr(measures, name)[asset], expected, rtol=1e-9, err_msg=name)


def test_a_short_gap_is_skipped_by_bars_and_counted_by_days() -> None:
    whole = market(2, 420, 1)
    gapped = rows(whole, slice(None))
    for field in fields(gapped):
        getattr(gapped, field.name)[[300, 301, 302, 399, 410]] = NAN
    arrays = (getattr(whole, field.name) for field in fields(whole))
    bars = PanelArrays(*(np.delete(values, [300, 301, 302, 399, 410], axis=0) for values in arrays))
    of_bars, measures = by_library(bars, 0), measure(gapped)
    by_days = ("momentum", "volatility", "downside", "drawdown")
    for name in (name for name in of_bars if not name.startswith(by_days)):
        np.testing.assert_allclose(getattr(measures, name)[0], of_bars[name], rtol=1e-9, err_msg=name)
    assert measures.momentum_7d == pytest.approx(whole.close[-1] / whole.close[-8] - 1)
    assert measures.drawdown == pytest.approx(whole.close[-1] / np.nanmax(gapped.close[-365:]) - 1)


@settings(max_examples=6)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.8]))
def test_each_row_of_a_history_is_what_the_rows_up_to_it_give(seed: int, missing: float) -> None:
    panel = ragged(seed, 390, 6, missing)
    history = measure_history(panel)
    for day in (0, 3, 80, 230, int(seed % 390), 388, 389):
        measures = measure(rows(panel, slice(day + 1)))
        for name in NAMES:
            expected, found = getattr(measures, name), getattr(history, name)[day]
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=f"{name} on day {day}")


def test_nothing_of_a_day_changes_with_what_follows() -> None:
    panel = ragged(3, 300, 5, 0.1)
    short, long = measure_history(rows(panel, slice(250))), measure_history(panel)
    for name in NAMES:
        expected = getattr(long, name)[:250]
        np.testing.assert_allclose(getattr(short, name), expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_assets_are_measured_apart_from_each_other() -> None:
    panel = ragged(4, 300, 1030, 0.1)  # more than are laid out at a time
    together = measure(panel)
    for asset in (0, 500, 1023, 1024, 1029):
        alone = measure(PanelArrays(*(getattr(panel, field.name)[:, [asset]] for field in fields(panel))))
        for name in NAMES:
            np.testing.assert_allclose(getattr(alone, name)[0], getattr(together, name)[asset], rtol=1e-9, err_msg=name)


def test_a_sampled_price_leaves_unknown_only_what_needs_a_high_and_a_low() -> None:
    panel = market(5, 400, 1)
    panel.high[390], panel.low[390] = NAN, NAN
    unknown = {name for name in NAMES if np.isnan(getattr(measure(panel), name)[0])}
    unknown -= {"divergence_close", "divergence_rsi"}
    ranges = {"atr", "adx", "plus_di", "minus_di", "breakout"}
    assert unknown == ranges | {"previous_high", "previous_low", "previous_high_55", "previous_low_55"}


def test_a_coin_that_never_moved_is_neither_strong_nor_trending() -> None:
    still = np.full((400, 1), 7.0)
    measures = measure(PanelArrays(still, still, still, still))
    unknown = {name for name in NAMES if np.isnan(getattr(measures, name)[0])}
    directions = {"adx", "plus_di", "minus_di", "divergence", "divergence_close", "divergence_rsi"}
    assert unknown == directions | {"rsi", "rsi_previous", "volume_z"}
    for name in ("macd_cross", "volatility_30d", "downside_volatility_90d", "drawdown", "atr", "obv_balance"):
        assert getattr(measures, name) == 0.0


def test_a_coin_that_went_to_almost_nothing_is_measured() -> None:
    panel = market(6, 400, 1)
    crash = np.where(np.arange(400) < 370, 1.0, 1e-12)[:, np.newaxis]
    measures = measure(PanelArrays(panel.high * crash, panel.low * crash, panel.close * crash, panel.volume))
    assert measures.drawdown == pytest.approx(-1.0)
    assert 0.0 < measures.bollinger_upper < 1e-9
    assert all(np.isfinite(getattr(measures, name)[0]) for name in NAMES if not name.startswith("divergence_"))


@pytest.mark.parametrize("shape", [(1, 3), (40, 3), (400, 3), (40, 0)])
def test_nothing_gives_nothing(shape: tuple[int, int]) -> None:
    empty = PanelArrays(*(np.full(shape, NAN),) * 4)
    measures, history = measure(empty), measure_history(empty)
    for name in NAMES:
        assert np.isnan(getattr(measures, name)).tolist() == [True] * shape[1]
        assert getattr(history, name).shape == shape
        assert np.isnan(getattr(history, name)).all()


def test_a_panel_without_days_is_refused() -> None:
    for function in (measure, measure_history):
        with pytest.raises(AnalyticsError, match="at least one day"):
            function(PanelArrays(*(np.empty((0, 2)),) * 4))
