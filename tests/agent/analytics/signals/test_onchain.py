from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.measures import Measures
from agent.analytics.signals.ground import Ground, day_of
from agent.analytics.signals.onchain import ONCHAIN_DAYS, ONCHAIN_SIGNALS, OnchainFigures, measure_onchain

NAN = np.nan
NAMES = (
    "onchain.active_addresses",
    "onchain.adjusted_transfer_value_usd",
    "onchain.exchange_inflow_usd",
    "onchain.exchange_outflow_usd",
    "onchain.mvrv",
    "onchain.market_cap_usd",
    "onchain.supply",
    "onchain.hash_rate_ths",
    "onchain.fees_usd",
    "onchain.fees",
    "onchain.issuance_usd",
    "defi.protocol_tvl_usd",
    "defi.chain_tvl_usd",
)
SIGNALS = {signal.name: signal for signal in ONCHAIN_SIGNALS}


def random_series(seed: int, days: int = 230, assets: int = 3, missing: float = 0.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    series = {}
    for name in NAMES:
        values = 1e7 * np.exp(np.cumsum(rng.normal(0.0, 0.08, (days, assets)), axis=0))
        values[rng.random(values.shape) < missing] = NAN
        series[name] = values
    return series


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, np.newaxis]


def fired(name: str, series: dict[str, np.ndarray]) -> list[int]:
    """The days on which a signal fired for the first asset."""
    figures = measure_onchain(series)
    nothing = np.full(figures.mvrv.shape, NAN)
    measures = Measures(**{field.name: nothing for field in fields(Measures)})
    return np.flatnonzero(SIGNALS[name].read(Ground(measures, onchain=figures)).fired[:, 0]).tolist()


def swinging(days: int, around: float = 1000.0) -> list[float]:
    """Logarithms of 1 above and below in turn: over 90 days their mean is that of `around`, their deviation 1.0056."""
    return [around * np.e ** (1 if day % 2 else -1) for day in range(days)]


def test_the_registry_holds_sentences_and_both_sides() -> None:
    assert len(SIGNALS) == len(ONCHAIN_SIGNALS) == 19
    assert all(signal.definition[0].isupper() and signal.definition.endswith(".") for signal in ONCHAIN_SIGNALS)
    assert {signal.direction for signal in ONCHAIN_SIGNALS} == {1, -1}
    assert {name for name, signal in SIGNALS.items() if signal.restated} == {
        "exchange_net_inflow",
        "exchange_net_outflow",
    }


def test_activity_is_the_mean_logarithm_of_a_week_against_the_90_days_before() -> None:
    week = [1000.0 * np.e**2] * 6 + [1000.0 * np.e**9]  # mean of the logarithms 3 above
    figures = measure_onchain({"onchain.active_addresses": column(*swinging(90), *week)})
    # 90 deviations of 1: the square root of 90 / 89
    assert figures.active_addresses_z[-1, 0] == pytest.approx(3.0 / np.sqrt(90 / 89))
    assert figures.active_addresses_7d[-1, 0] == pytest.approx(np.mean(week))
    assert figures.active_addresses_90d[-1, 0] == pytest.approx(1000.0 * np.cosh(1.0))


@pytest.mark.parametrize(
    ("series", "surge", "drop"),
    [
        ("onchain.active_addresses", "active_addresses_surge", "active_addresses_drop"),
        ("onchain.adjusted_transfer_value_usd", "transfer_value_surge", "transfer_value_drop"),
        ("onchain.fees_usd", "fees_surge", None),
    ],
)
def test_a_surge_and_a_drop_fire_once_at_two_deviations(series: str, surge: str, drop: str | None) -> None:
    # in a week at e^2.1 times the usual the mean passes 2 * 1.0056 on its seventh day and stays there for the eighth
    for sign, name in ((1, surge), (-1, drop)):
        if name is not None:
            values = column(*swinging(96), *[1000.0 * np.e ** (sign * 2.1)] * 8)
            assert fired(name, {series: values}) == [102]
            values = column(*swinging(96), *[1000.0 * np.e ** (sign * 2.0)] * 8)
            assert fired(name, {series: values}) == []


def test_a_day_without_activity_has_no_logarithm_and_counts_as_missing() -> None:
    values = column(*swinging(110))
    values[100] = 0.0
    z = measure_onchain({"onchain.active_addresses": values}).active_addresses_z[:, 0]
    assert np.isfinite(z[99])
    assert np.isnan(z[100:107]).all()
    assert np.isfinite(z[107])


def test_activity_that_never_changes_has_no_score() -> None:
    figures = measure_onchain({"onchain.active_addresses": np.full((120, 1), 0.1)})
    assert np.isnan(figures.active_addresses_z).all()


def test_fees_in_the_assets_own_unit_are_valued_at_its_price() -> None:
    usd = column(*swinging(100))
    native = {
        "onchain.fees": usd / 20.0,
        "onchain.market_cap_usd": np.full(usd.shape, 1e9),
        "onchain.supply": np.full(usd.shape, 5e7),
    }
    valued, given_ = measure_onchain(native), measure_onchain({"onchain.fees_usd": usd})
    np.testing.assert_allclose(valued.fees_z, given_.fees_z, rtol=1e-9)
    np.testing.assert_allclose(valued.fees_7d_usd, given_.fees_7d_usd, rtol=1e-12)
    nothing = measure_onchain({"onchain.fees": usd / 20.0})
    assert np.isnan(nothing.fees_z).all()


def test_net_flow_is_scored_without_logarithms_and_needs_both_flows() -> None:
    net = np.array([1.0 if day % 2 else -1.0 for day in range(97)] + [1.2] * 8)
    flows = {
        "onchain.exchange_inflow_usd": 50.0 + net[:, np.newaxis],
        "onchain.exchange_outflow_usd": np.full((105, 1), 50.0),
    }
    figures = measure_onchain(flows)
    baseline = net[7:97]  # of the seventh day of inflow
    expected = (1.2 - baseline.mean()) / baseline.std(ddof=1)
    assert figures.net_flow_z[103, 0] == pytest.approx(expected)
    assert figures.net_flow_7d_usd[103, 0] == pytest.approx(1.2)
    assert fired("exchange_net_inflow", flows) == [103]
    turned = {
        "onchain.exchange_inflow_usd": flows["onchain.exchange_outflow_usd"],
        "onchain.exchange_outflow_usd": flows["onchain.exchange_inflow_usd"],
    }
    assert fired("exchange_net_outflow", turned) == [103]
    assert np.isnan(measure_onchain({name: flows[name] for name in list(flows)[:1]}).net_flow_z).all()


def test_mvrv_signals_fire_when_their_zone_is_entered_over_a_short_gap_too() -> None:
    mvrv = column(3.4, 3.5, 3.6, 3.4, NAN, NAN, NAN, 3.5, 2.0, 1.0, 0.99, NAN, NAN, NAN, NAN, 3.5)
    assert fired("mvrv_hot", {"onchain.mvrv": mvrv}) == [1, 7]
    assert fired("mvrv_cold", {"onchain.mvrv": mvrv}) == [10]


def test_the_nvt_proxy_is_market_cap_over_the_mean_transfer_value_of_90_days() -> None:
    series = random_series(4, assets=1)
    figures = measure_onchain(series)
    cap = series["onchain.market_cap_usd"][:, 0]
    value = series["onchain.adjusted_transfer_value_usd"][:, 0]
    proxy = np.array([cap[day] / value[day - 89 : day + 1].mean() for day in range(89, 230)])
    np.testing.assert_allclose(figures.nvt_proxy[89:, 0], proxy, rtol=1e-12)
    logs = np.log(proxy)
    expected = (logs[-1] - logs[-91:-1].mean()) / logs[-91:-1].std(ddof=1)
    assert figures.nvt_proxy_z[-1, 0] == pytest.approx(expected)
    without = measure_onchain({name: series[name] for name in series if "transfer" not in name})
    assert np.isnan(without.nvt_proxy).all()


def test_nvt_signals_fire_at_three_deviations() -> None:
    days = 190
    for sign, name in ((1, "nvt_proxy_high"), (-1, "nvt_proxy_low")):
        cap = column(*swinging(days))
        cap[-2:] = 1000.0 * np.exp(sign * 3.1)
        series = {"onchain.market_cap_usd": cap, "onchain.adjusted_transfer_value_usd": np.full((days, 1), 10.0)}
        assert fired(name, series) == [188]
        cap[-2:] = 1000.0 * np.exp(sign * 2.9)
        assert fired(name, series) == []


def test_the_hash_rate_capitulates_and_recovers_where_its_means_cross() -> None:
    rate = column(*[100.0] * 100, *[50.0] * 40, *[200.0] * 40)
    series = pd.Series(rate[:, 0])
    sides = np.sign(series.rolling(30).mean() - series.rolling(60).mean()).to_numpy()
    changes = [day for day in range(60, 180) if sides[day] != sides[day - 1]]
    down, up = (day for day in changes if sides[day] != 0)
    assert fired("hash_rate_capitulation", {"onchain.hash_rate_ths": rate}) == [down] == [100]
    assert fired("hash_rate_recovery", {"onchain.hash_rate_ths": rate}) == [up]


def test_a_hash_rate_that_never_changes_does_not_cross() -> None:
    series = {"onchain.hash_rate_ths": np.full((200, 1), 0.1)}
    assert fired("hash_rate_recovery", series) == fired("hash_rate_capitulation", series) == []


@pytest.mark.parametrize(
    ("coins_then", "change", "name", "day"),
    [
        (400.0, -5 / 9, "issuance_down", 135),  # each day at 400 takes 1/54 off the mean of 30: 10 % on the sixth
        (1900.0, 10 / 9, "issuance_up", 132),  # each day at 1900 adds 1/27: 10 % on the third
    ],
)
def test_issuance_is_relative_to_the_market_cap_so_that_the_price_cancels_out(
    coins_then: float, change: float, name: str, day: int
) -> None:
    price = np.exp(np.cumsum(np.random.default_rng(1).normal(0.0, 0.1, 160)))
    coins = np.array([900.0] * 130 + [coins_then] * 30)
    series = {"onchain.issuance_usd": column(*coins * price), "onchain.market_cap_usd": column(*1e6 * price)}
    figures = measure_onchain(series)
    assert figures.issuance_90d[-1, 0] == pytest.approx(0.3285)  # 900 / 1e6 * 365
    assert figures.issuance_30d[-1, 0] == pytest.approx(coins_then / 1e6 * 365)
    assert figures.issuance_change[-1, 0] == pytest.approx(change)
    assert fired(name, series) == [day]


@pytest.mark.parametrize("kind", ["protocol", "chain"])
def test_value_locked_moves_by_15_pct_in_a_week_from_a_million_on(kind: str) -> None:
    name = f"defi.{kind}_tvl_usd"
    grown = column(*[1e6] * 8, 1.149e6, 1.151e6, 1.16e6)
    assert fired(f"{kind}_tvl_up", {name: grown}) == [9]
    assert fired(f"{kind}_tvl_up", {name: grown * 0.99}) == []
    assert fired(f"{kind}_tvl_down", {name: column(*[2e6] * 8, 1.701e6, 1.699e6, 0.1)}) == [9]


def test_every_field_has_the_shape_of_the_series() -> None:
    figures = measure_onchain(random_series(2))
    assert {getattr(figures, field.name).shape for field in fields(OnchainFigures)} == {(230, 3)}
    assert all(np.isfinite(getattr(figures, field.name)[-1]).all() for field in fields(OnchainFigures))


def test_a_day_needs_the_rows_that_are_named_and_no_fewer() -> None:
    series = random_series(3, 260)
    series["onchain.market_cap_usd"][-4:-1] = NAN  # the figure before is four days back
    whole, enough, fewer = (
        day_of(measure_onchain({name: values[-days:] for name, values in series.items()}), -1)
        for days in (260, ONCHAIN_DAYS, ONCHAIN_DAYS - 1)
    )
    for field in fields(OnchainFigures):
        np.testing.assert_array_equal(getattr(enough, field.name), getattr(whole, field.name))
    assert (fewer.nvt_proxy_z_previous != whole.nvt_proxy_z_previous).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from([100, 150, 200, 229]))
def test_no_day_looks_ahead(seed: int, day: int) -> None:
    series = random_series(seed, missing=0.01)
    whole = measure_onchain(series)
    cut = measure_onchain({name: values[:day] for name, values in series.items()})
    for field in fields(OnchainFigures):
        np.testing.assert_array_equal(getattr(cut, field.name), getattr(whole, field.name)[:day])


def test_an_asset_is_measured_alike_alone_and_among_others_that_know_nothing() -> None:
    series = random_series(6, missing=0.01)
    sparse = {name: np.full((230, 5), NAN) for name in series}
    for name, values in series.items():
        sparse[name][:, [0, 2, 4]] = values
    together, alone = measure_onchain(sparse), measure_onchain(series)
    for field in fields(OnchainFigures):
        np.testing.assert_array_equal(getattr(together, field.name)[:, [0, 2, 4]], getattr(alone, field.name))
        assert np.isnan(getattr(together, field.name)[:, [1, 3]]).all()


@pytest.mark.parametrize("shape", [(0, 2), (1, 2), (200, 0), (200, 2)])
def test_series_without_values_give_unknown_figures(shape: tuple[int, int]) -> None:
    figures = measure_onchain({"onchain.mvrv": np.full(shape, NAN)})
    for field in fields(OnchainFigures):
        assert getattr(figures, field.name).shape == shape
        assert np.isnan(getattr(figures, field.name)).all()


def test_series_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="one shape"):
        measure_onchain({"onchain.mvrv": np.ones((3, 1)), "onchain.supply": np.ones((3, 2))})
    with pytest.raises(AnalyticsError, match="at least one series"):
        measure_onchain({})
