from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.measures import Measures
from agent.analytics.signals.ground import Ground, day_of
from agent.analytics.signals.market import COUNTED_DAYS, MARKET_DAYS, MARKET_SIGNALS, MarketFigures, measure_market
from agent.analytics.signals.signal import Subject
from datasources.fear_greed import classify

NAN = np.nan
SIGNALS = {signal.name: signal for signal in MARKET_SIGNALS}
SERIES = (
    "sentiment.fear_greed_index",
    "market.total_market_cap_usd",
    "stablecoin.supply_usd",
    "defi.total_tvl_usd",
)


def prices(seed: int, days: int = 230, assets: int = 30, missing: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.normal(0.0, 0.03, (days, 1))
    close = np.exp(np.cumsum(common + rng.normal(0.0, 0.03, (days, assets)), axis=0))
    close[rng.random(close.shape) < missing] = NAN
    return close


def series_of(seed: int, days: int = 230) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    walks = {name: np.exp(np.cumsum(rng.normal(0.0, 0.05, days))) for name in SERIES}
    signals = {name: rng.integers(-1, 2, days).astype(float) for name in ("market.grade_signal",)}
    return walks | signals | {"market.last_grade_signal": np.ones(days)}


def of_days(**figures: list[float]) -> MarketFigures:
    """A history in which only these figures are known."""
    days = len(next(iter(figures.values())))
    known = {name: np.array(values, dtype=float)[:, np.newaxis] for name, values in figures.items()}
    return MarketFigures(**{field.name: np.full((days, 1), NAN) for field in fields(MarketFigures)} | known)


def fired(name: str, market: MarketFigures) -> list[int]:
    nothing = np.full((len(market.regime), 2), NAN)
    measures = Measures(**{field.name: nothing for field in fields(Measures)})
    return np.flatnonzero(SIGNALS[name].read(Ground(measures, market=market)).fired[:, 0]).tolist()


def with_series(name: str, *values: float) -> MarketFigures:
    return measure_market(np.full((len(values), 1), NAN), {name: np.array(values)})


def test_the_registry_holds_sentences_about_the_market() -> None:
    assert len(SIGNALS) == len(MARKET_SIGNALS) == 18
    assert all(signal.definition[0].isupper() and signal.definition.endswith(".") for signal in MARKET_SIGNALS)
    assert {signal.subject for signal in MARKET_SIGNALS} == {Subject.MARKET}
    assert {signal.direction for signal in MARKET_SIGNALS} == {1, -1}


def test_breadth_agrees_with_pandas_and_the_indicator_library() -> None:
    close = prices(1)
    market = measure_market(close, {})
    for window, share in ((50, market.above_sma_50), (200, market.above_sma_200)):
        means = np.column_stack([talib.SMA(np.ascontiguousarray(column), window) for column in close.T])
        np.testing.assert_allclose(share[199:, 0], (close > means)[199:].mean(axis=1), rtol=1e-12)
    before = pd.DataFrame(close).rolling(20).agg(["max", "min"]).shift(1)
    highest, lowest = (before.xs(side, axis=1, level=1).to_numpy() for side in ("max", "min"))
    np.testing.assert_allclose(market.new_highs[20:, 0], (close > highest)[20:].mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(market.new_lows[20:, 0], (close < lowest)[20:].mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(market.advancers[1:, 0], (close[1:] > close[:-1]).mean(axis=1), rtol=1e-12)
    means = pd.Series(market.advancers[:, 0]).rolling(10, min_periods=9).mean()
    np.testing.assert_allclose(market.advancers_10d[:, 0], means, rtol=1e-12)
    extremes = means.rolling(10, min_periods=9).agg(["min", "max"]).shift(1)
    np.testing.assert_allclose(market.advancers_10d_low[:, 0], extremes["min"], rtol=1e-12)
    np.testing.assert_allclose(market.advancers_10d_high[:, 0], extremes["max"], rtol=1e-12)


def test_breadth_counts_who_is_known_and_needs_20_of_them() -> None:
    close = prices(2)
    close[-60:, 20:] = NAN
    market = measure_market(close, {})
    assert market.breadth_assets[-1, 0] == 20
    assert np.isfinite(market.above_sma_50[-1, 0])
    close[-60:, 19] = NAN
    assert np.isnan(measure_market(close, {}).above_sma_50[-1, 0])


@pytest.mark.parametrize("last_day", [False, True])
def test_breadth_is_of_the_counted_assets_and_the_season_of_all_that_are_large(*, last_day: bool) -> None:
    close, large = prices(6, 230, 60), np.arange(60) < 40
    counted = np.arange(60) % 2 == 0
    market = day_of(measure_market(close, {}, 1, large, counted=counted, last_day=last_day), -1)
    alone = day_of(measure_market(close[:, counted], {}), -1)
    for name in ("breadth_assets", "above_sma_50", "above_sma_200", "new_highs", "new_lows", "advancers_10d"):
        assert getattr(market, name) == getattr(alone, name)
    assert market.altcoin_assets.item() == 39


def test_a_price_that_does_not_move_is_not_above_its_mean_and_neither_rises_nor_falls() -> None:
    close = np.full((230, 40), 0.1)
    market = measure_market(close, {})
    assert market.above_sma_50[-1, 0] == market.above_sma_200[-1, 0] == 0.0
    assert market.new_highs[-1, 0] == market.new_lows[-1, 0] == 0.0
    assert np.isnan(market.advancers).all()


def test_breadth_signals_fire_when_their_zone_is_entered() -> None:
    shares = [0.5, 0.1, 0.09, 0.05, 0.9, 0.91, 0.95]
    market = of_days(above_sma_50=shares, above_sma_50_previous=[NAN, *shares[:-1]])
    assert fired("breadth_washed_out", market) == [2]
    assert fired("breadth_broad", market) == [5]


def test_a_thrust_goes_from_weak_to_strong_within_ten_days() -> None:
    mean, before = [0.615, 0.62, 0.62, 0.62, 0.62], [0.6, 0.615, 0.62, 0.6, 0.6]
    market = of_days(advancers_10d=mean, advancers_10d_previous=before, advancers_10d_low=[0.3, 0.39, 0.39, 0.4, NAN])
    assert fired("breadth_thrust_up", market) == [1]
    mirrored = of_days(
        advancers_10d=[1 - share for share in mean],
        advancers_10d_previous=[1 - share for share in before],
        advancers_10d_high=[0.7, 0.61, 0.61, 0.6, NAN],
    )
    assert fired("breadth_thrust_down", mirrored) == [1]


def test_a_thrust_is_found_in_prices() -> None:
    # 25 % rise each day for 20 days, then all but one in 30: the mean of ten passes 61.5 % on the sixth day of these
    rng = np.random.default_rng(0)
    share = [0.25] * 20 + [29 / 30] * 10
    steps = np.array([rng.permutation(np.where(np.arange(60) < 60 * rising, 0.02, -0.02)) for rising in share])
    market = measure_market(np.exp(np.cumsum(steps, axis=0)), {})
    means = [np.mean(share[day - 9 : day + 1]) for day in range(19, 30)]
    passed = 19 + next(place for place, mean in enumerate(means) if mean > 0.615)
    assert fired("breadth_thrust_up", market) == [passed] == [25]


def season(beaten: int, members: int = 40) -> np.ndarray:
    """Bitcoin, in column 0, grew by half; so many of the others more, the rest not at all."""
    close = np.ones((91, members + 1))
    close[-1, 0] = 1.5
    close[-1, 1 : beaten + 1] = 1.6
    return close


def test_the_season_is_the_share_of_the_largest_that_beat_bitcoin() -> None:
    largest = np.ones(41, dtype=bool)
    market = measure_market(season(30), {}, bitcoin=0, largest=largest)
    assert (market.altcoin_share[-1, 0], market.altcoin_assets[-1, 0]) == (0.75, 40)
    assert market.bitcoin_change_90d[-1, 0] == pytest.approx(0.5)
    largest[25:] = False
    assert measure_market(season(12), {}, bitcoin=0, largest=largest).altcoin_share[-1, 0] == 0.5
    by_day = np.zeros((91, 41), dtype=bool)
    by_day[-1] = largest
    assert measure_market(season(12), {}, bitcoin=0, largest=by_day).altcoin_share[-1, 0] == 0.5


def test_the_season_needs_nine_tenths_of_the_largest_and_bitcoin() -> None:
    close, largest = season(30), np.ones(41, dtype=bool)
    close[0, -4:] = NAN
    assert measure_market(close, {}, 0, largest).altcoin_share[-1, 0] == pytest.approx(30 / 36)
    close[0, -5:] = NAN
    assert np.isnan(measure_market(close, {}, 0, largest).altcoin_share[-1, 0])
    close = season(30)
    close[0, 0] = NAN
    assert np.isnan(measure_market(close, {}, 0, largest).altcoin_share).all()
    assert np.isnan(measure_market(season(30), {}, None, largest).altcoin_share).all()
    assert np.isnan(measure_market(season(30), {}, 0, None).altcoin_share).all()


def test_seasons_turn_at_75_and_at_25_pct() -> None:
    shares = [0.74, 0.75, 0.8, 0.26, 0.25, 0.2]
    market = of_days(altcoin_share=shares, altcoin_share_previous=[NAN, *shares[:-1]])
    assert fired("altcoin_season", market) == [1]
    assert fired("bitcoin_season", market) == [4]


def test_extremes_of_the_index_are_entered_and_left_where_its_provider_draws_them() -> None:
    index = [26, 25, 10, 26, 75, 76, 90, 75, NAN, 25, NAN, NAN, NAN, NAN, 76]
    market = with_series("sentiment.fear_greed_index", *index)
    assert fired("extreme_fear", market) == [1, 9]
    assert fired("extreme_fear_left", market) == [3]
    assert fired("extreme_greed", market) == [5]
    assert fired("extreme_greed_left", market) == [7]
    assert [classify(value) for value in (25, 26, 75, 76)] == ["Extreme Fear", "Fear", "Greed", "Extreme Greed"]


def test_money_comes_and_goes() -> None:
    supply = [100.0] * 31 + [102.9, 103.1, 104.0] + [97.1, 96.9, 96.0]
    market = with_series("stablecoin.supply_usd", *supply)
    assert market.stablecoin_supply_change_30d[32, 0] == pytest.approx(0.031)
    assert fired("stablecoin_supply_growing", market) == [32]
    assert fired("stablecoin_supply_shrinking", market) == [35]
    market = with_series("defi.total_tvl_usd", *[100.0] * 8, 109.0, 111.0, 112.0, 91.0, 89.0)
    assert fired("total_tvl_up", market) == [9]
    assert fired("total_tvl_down", market) == [12]
    cap = with_series("market.total_market_cap_usd", *[100.0] * 30, 120.0)
    assert cap.total_market_cap_change_30d[-1, 0] == pytest.approx(0.2)
    assert np.isnan(cap.total_market_cap_change_30d[:-1]).all()


def test_the_providers_signal_stands_until_another_one_comes() -> None:
    # the day's signal, and the last one before it: 1 on day 1, then none until -1 on day 4
    day = np.array([0.0, 1.0, 0.0, 0.0, -1.0, 0.0, NAN, 1.0])
    last = np.array([-1.0, -1.0, 1.0, 1.0, 1.0, -1.0, -1.0, NAN])
    market = measure_market(np.full((8, 1), NAN), {"market.grade_signal": day, "market.last_grade_signal": last})
    assert market.provider_signal[:, 0].tolist() == [-1, 1, 1, 1, -1, -1, -1, 1]
    assert fired("market_signal_bullish", market) == [1, 7]
    assert fired("market_signal_bearish", market) == [4]
    assert with_series("market.grade_signal", *day).provider_signal[2, 0] == 0


def test_the_regime_is_on_or_off_where_bitcoin_and_breadth_agree() -> None:
    close = np.ones((205, 31))
    close[-4:] = [[1.1] * 31, [1.1] + [0.9] * 30, [0.9] * 31, [0.9] + [1.2] * 30]
    market = measure_market(close, {}, bitcoin=0)
    assert market.regime[-4:, 0].tolist() == [1, 0, -1, 0]
    assert market.bitcoin_sma_200_usd[-1, 0] == pytest.approx((196 + 2 * 1.1 + 2 * 0.9) / 200)
    # a day before, Bitcoin stood at its mean and nothing above its own
    assert fired("regime_risk_on", market) == [201]
    assert fired("regime_risk_off", market) == [203]


def test_every_field_has_one_column() -> None:
    market = measure_market(prices(3), series_of(3), 0, np.ones(30, dtype=bool))
    assert {getattr(market, field.name).shape for field in fields(MarketFigures)} == {(230, 1)}
    assert all(np.isfinite(getattr(market, field.name)[-1]).all() for field in fields(MarketFigures))


def test_a_day_needs_the_rows_that_are_named_and_no_fewer() -> None:
    close, series = prices(5, 260), series_of(5, 260)
    close[-204:-1] = 1.0
    close[-5] = 1.1  # all are above their means four days ago, but for
    close[-204, 0] = 100.0  # Bitcoin, because of the oldest day that is needed
    close[-4:-1] = NAN
    whole, enough, fewer = (
        day_of(measure_market(close[-days:], {name: values[-days:] for name, values in series.items()}, 0), -1)
        for days in (260, MARKET_DAYS, MARKET_DAYS - 1)
    )
    for field in fields(MarketFigures):
        np.testing.assert_array_equal(getattr(enough, field.name), getattr(whole, field.name), err_msg=field.name)
    assert (enough.regime_previous, fewer.regime_previous) == (0, 1)


@given(st.integers(0, 2**32 - 1), st.sampled_from([40, 120, 201, 229]))
def test_no_day_looks_ahead(seed: int, day: int) -> None:
    close, series, largest = prices(seed, missing=0.02), series_of(seed), np.ones(30, dtype=bool)
    whole = measure_market(close, series, 0, largest)
    cut = measure_market(close[:day], {name: values[:day] for name, values in series.items()}, 0, largest)
    for field in fields(MarketFigures):
        np.testing.assert_array_equal(getattr(cut, field.name), getattr(whole, field.name)[:day])


@given(seed=st.integers(0, 10_000), missing=st.sampled_from([0.0, 0.1, 0.5]), gap=st.sampled_from([0, 2, 3, 4]))
def test_the_last_day_needs_no_counts_of_long_ago(seed: int, missing: float, gap: int) -> None:
    close, series = prices(seed, missing=missing), series_of(seed)
    close[-1 - gap : -1] = NAN
    whole = day_of(measure_market(close, series, 0, np.ones(30, dtype=bool)), -1)
    lately = day_of(measure_market(close, series, 0, np.ones(30, dtype=bool), last_day=True), -1)
    for field in fields(MarketFigures):
        np.testing.assert_array_equal(getattr(lately, field.name), getattr(whole, field.name), err_msg=field.name)


@pytest.mark.parametrize("back", [COUNTED_DAYS - 1, COUNTED_DAYS])
def test_advancers_count_as_long_as_the_extremes_of_their_mean_reach(back: int) -> None:
    close = np.exp(np.cumsum(np.where(np.arange(30) % 2 == 0, 0.01, -0.01) * np.ones((230, 1)), axis=0))
    close[-1 - back :] *= 0.5  # on that day all fall, and the mean of ten days is lowest for it
    market = day_of(measure_market(close, {}, last_day=True), -1)
    assert market.advancers_10d_low.item() == pytest.approx(0.45 if back < COUNTED_DAYS else 0.5)


def test_a_block_of_assets_more_changes_nothing_but_the_counts() -> None:
    close = prices(7, 220, 150)
    one, two = measure_market(close, {}), measure_market(np.tile(close, 2), {})
    np.testing.assert_array_equal(two.breadth_assets, 2 * one.breadth_assets)
    np.testing.assert_array_equal(two.above_sma_50, one.above_sma_50)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (230, 0), (230, 25)])
def test_a_market_without_prices_is_unknown(shape: tuple[int, int]) -> None:
    market = measure_market(np.full(shape, NAN), {})
    for field in fields(MarketFigures):
        figures = getattr(market, field.name)
        assert figures.shape == (shape[0], 1)
        counted = field.name in {"breadth_assets", "altcoin_assets"}
        assert (figures == 0).all() if counted else np.isnan(figures).all()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(AnalyticsError, match=r"stablecoin.supply_usd has 4 values for a panel of 3 days"):
        measure_market(np.ones((3, 2)), {"stablecoin.supply_usd": np.ones(4)})
    with pytest.raises(AnalyticsError, match="days first"):
        measure_market(np.ones(3), {})
