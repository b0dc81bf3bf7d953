from dataclasses import fields, replace

import numpy as np
import pytest
import talib

from agent.analytics.errors import AnalyticsError
from agent.analytics.measures import Measures, PanelArrays, measure
from agent.analytics.signals.ground import Ground
from agent.analytics.signals.registry import signal_named
from agent.analytics.signals.scan import ScanResult, scan
from agent.analytics.signals.technical import TECHNICAL_SIGNALS

NAN = np.nan


def panel_of(close: np.ndarray, volume: np.ndarray | None = None) -> PanelArrays:
    close = np.asarray(close, dtype=float).reshape(len(close), -1)
    volumes = np.ones(close.shape) if volume is None else np.asarray(volume, dtype=float).reshape(close.shape)
    return PanelArrays(high=close * 1.01, low=close * 0.99, close=close, volume=volumes)


def random_panel(days: int, assets: int, seed: int) -> PanelArrays:
    rng = np.random.default_rng(seed)
    close = np.exp(np.cumsum(rng.normal(0.0, 0.05, (days, assets)), axis=0))
    spread = np.exp(np.abs(rng.normal(0.0, 0.01, close.shape)))
    return PanelArrays(close * spread, close / spread, close, rng.lognormal(10.0, 1.0, close.shape))


def last(panel: PanelArrays, days: int) -> PanelArrays:
    return PanelArrays(panel.high[:days], panel.low[:days], panel.close[:days], panel.volume[:days])


def averages(now: tuple[float, float], before: tuple[float, float]) -> dict[str, float]:
    keys = ("sma_50", "sma_200", "sma_50_previous", "sma_200_previous")
    return dict(zip(keys, (*now, *before), strict=True))


def scan_panel(panel: PanelArrays) -> ScanResult:
    return scan(Ground(measure(panel)), TECHNICAL_SIGNALS)


def names(result: ScanResult, asset: int = 0) -> list[str]:
    return [hit.name for hit in result.hits if hit.column == asset]


def test_a_breakout_up_is_found_with_its_evidence() -> None:
    close = [10.0] * 30 + [10.2]
    hit = next(hit for hit in scan_panel(panel_of(close)).hits if hit.name == "breakout_up")
    assert (hit.column, hit.direction) == (0, 1)
    assert hit.value == pytest.approx(10.1)  # 10 * 1.01
    assert dict(hit.evidence) == pytest.approx({"close_usd": 10.2, "previous_high_usd": 10.1})


def test_a_breakout_down_is_found_once_below_the_previous_low() -> None:
    assert "breakout_down" in names(scan_panel(panel_of([10.0] * 30 + [9.8])))
    assert "breakout_down" not in names(scan_panel(panel_of([10.0] * 30 + [9.95])))


def test_rsi_signals_fire_on_the_day_the_level_is_entered_and_not_after() -> None:
    # 3-point rises and falls keep the RSI near 50; then it only falls
    close = np.array([100.0 + 3 * (day % 2) for day in range(40)] + [100.0 - 4 * day for day in range(1, 8)])
    rsi = talib.RSI(close)
    entered = next(day for day in range(40, 47) if rsi[day] < 30)
    panel = panel_of(close)
    for day in range(36, 47):
        assert ("rsi_oversold" in names(scan_panel(last(panel, day + 1)))) is (day == entered)
    hit = next(hit for hit in scan_panel(last(panel, entered + 1)).hits if hit.name == "rsi_oversold")
    assert hit.value == pytest.approx(rsi[entered])
    assert dict(hit.evidence) == pytest.approx({"rsi": rsi[entered], "rsi_previous": rsi[entered - 1]})


def test_macd_crosses_are_those_of_the_library() -> None:
    panel = random_panel(90, 40, 1)
    found = {(hit.column, hit.direction) for hit in scan_panel(panel).hits if hit.name.startswith("macd")}
    expected = set()
    for asset in range(40):
        before, now = talib.MACD(np.ascontiguousarray(panel.close[:, asset]))[2][-2:]
        if np.sign(before) != np.sign(now):
            expected.add((asset, int(np.sign(now))))
    assert found == expected
    assert expected


def test_golden_and_death_crosses_are_those_of_plain_averages() -> None:
    close = np.concatenate(
        [np.linspace(200.0, 100.0, 260), np.linspace(100.0, 300.0, 200), np.linspace(300.0, 50.0, 200)]
    )
    gap = np.array(
        [close[max(day - 50, 0) : day].mean() - close[max(day - 200, 0) : day].mean() for day in range(1, 661)]
    )
    golden, death = (
        next(day for day in range(260, 660) if np.sign(gap[day]) == side and np.sign(gap[day - 1]) == -side)
        for side in (1, -1)
    )
    panel = panel_of(close)
    fired = [
        (day, name)
        for day in (golden - 1, golden, golden + 1, death - 1, death, death + 1)
        for name in names(scan_panel(last(panel, day + 1)))
        if name.endswith("cross") and "macd" not in name
    ]
    assert fired == [(golden, "golden_cross"), (death, "death_cross")]


def test_volume_that_halves_at_a_steady_price_is_drying_up() -> None:
    # 5 days at 10 after 20 days at 20 are half of them; the price is 2.9 % from that of 5 days before, then 3.1 %
    volume = [20.0] * 20 + [10.0] * 5
    close = [100.0] * 20 + [101.0, 102.0, 102.0, 102.0, 102.9]
    hit = next(hit for hit in scan_panel(panel_of(close, volume)).hits if hit.name == "volume_drying_up")
    assert dict(hit.evidence) == pytest.approx({"volume_ratio": 0.5, "held_change": 0.029, "close_usd": 102.9})
    assert "volume_drying_up" not in names(scan_panel(panel_of([*close[:-1], 103.1], volume)))
    assert "volume_drying_up" not in names(scan_panel(panel_of(close, [20.0] * 20 + [10.2] * 5)))


def test_a_volume_spike_needs_three_deviations() -> None:
    # before: ten times 9 and ten times 11, mean 10, deviation sqrt(20 / 19) = 1.026; 13.1 is 3.02 of them, 13 is 2.92
    volume = [9.0, 11.0] * 10
    close = [10.0] * 21
    assert names(scan_panel(panel_of(close, [*volume, 13.1]))) == ["volume_spike"]
    assert names(scan_panel(panel_of(close, [*volume, 13.0]))) == []


def test_a_deep_drawdown_fires_when_it_is_entered() -> None:
    close = np.array([100.0] * 360 + [51.0, 50.0, 49.0])
    panel = panel_of(close)
    assert "drawdown_deep" not in names(scan_panel(last(panel, 361)))
    hit = next(hit for hit in scan_panel(last(panel, 362)).hits if hit.name == "drawdown_deep")
    assert hit.value == -0.5
    assert dict(hit.evidence)["drawdown_previous"] == pytest.approx(-0.49)
    assert "drawdown_deep" not in names(scan_panel(panel))


def test_the_drawdown_before_is_taken_over_a_short_gap_only() -> None:
    close = np.full((363, 3), 100.0)
    close[-1] = 40.0
    close[-4:-1, 1] = NAN
    close[-5:-1, 2] = NAN
    previous = measure(panel_of(close)).drawdown_previous
    np.testing.assert_array_equal(previous, [0.0, 0.0, NAN])


def test_what_cannot_be_read_is_not_counted_as_known() -> None:
    close = np.full((60, 4), NAN)
    close[:, 0] = 10.0 + np.arange(60) % 3
    close[-3:, 1] = 10.0  # three rows
    close[:-1, 2] = 10.0 + np.arange(59) % 3  # no bar today; asset 3 has none at all
    known = dict(scan_panel(panel_of(close)).known)
    expected = {
        "rsi_oversold": 1,
        "rsi_overbought": 1,
        "macd_bullish_cross": 1,
        "macd_bearish_cross": 1,
        "breakout_up": 1,
        "breakout_down": 1,
        "volume_spike": 0,  # the volume never changes
        "volume_drying_up": 1,
        "breakout_up_55": 1,
        "breakdown_55": 1,
        "bullish_divergence": 0,  # 60 of 66 bars
        "bearish_divergence": 0,
        "golden_cross": 0,  # 60 of 201 bars
        "death_cross": 0,
        "drawdown_correction": 0,  # 60 of 365 days
        "drawdown_deep": 0,
        "drawdown_severe": 0,
        "recovered": 0,
        "new_high_365": 0,
    }
    assert known == expected
    assert {hit.column for hit in scan_panel(panel_of(close)).hits} <= {0}


def test_sampled_prices_give_every_figure_that_needs_only_closes() -> None:
    full = random_panel(400, 30, 5)
    nothing = np.full(full.close.shape, NAN)
    sampled, measured = measure(PanelArrays(nothing, nothing, full.close, nothing)), measure(full)
    needs_more = {"previous_high", "previous_low", "previous_high_55", "previous_low_55", "breakout", "volume"}
    needs_more |= {"volume_z", "volume_ratio", "obv_balance", "atr", "adx", "plus_di", "minus_di"}
    for field in fields(Measures):
        found, expected = getattr(sampled, field.name), getattr(measured, field.name)
        np.testing.assert_array_equal(found, nothing[0] if field.name in needs_more else expected)
    result = scan_panel(PanelArrays(nothing, nothing, full.close, nothing))
    silent = {"breakout_up", "breakout_down", "breakout_up_55", "breakdown_55", "volume_spike", "volume_drying_up"}
    assert {name for name, count in result.known if count == 0} == silent
    assert {hit.name for hit in result.hits} <= {signal.name for signal in TECHNICAL_SIGNALS} - silent


def test_a_sampled_asset_changes_nothing_for_the_others() -> None:
    panel = random_panel(60, 6, 8)
    high, low, volume = (array.copy() for array in (panel.high, panel.low, panel.volume))
    for array in (high, low, volume):
        array[:, 2] = NAN
    mixed = scan_panel(PanelArrays(high, low, panel.close, volume)).hits
    assert [hit for hit in mixed if hit.column != 2] == [hit for hit in scan_panel(panel).hits if hit.column != 2]


def test_a_price_that_never_moves_gives_no_signal() -> None:
    assert scan_panel(panel_of([1e-12] * 400)).hits == ()


@pytest.mark.parametrize(
    ("name", "levels", "fired"),
    [
        ("rsi_oversold", {"rsi": 29.9, "rsi_previous": 30.0}, [True]),
        ("rsi_oversold", {"rsi": 30.0, "rsi_previous": 31.0}, [False]),
        ("rsi_oversold", {"rsi": 29.0, "rsi_previous": 29.9}, [False]),
        ("rsi_oversold", {"rsi": 29.0, "rsi_previous": NAN}, [False]),
        ("rsi_overbought", {"rsi": 70.1, "rsi_previous": 70.0}, [True]),
        ("rsi_overbought", {"rsi": 70.0, "rsi_previous": 69.0}, [False]),
        ("rsi_overbought", {"rsi": 71.0, "rsi_previous": 70.1}, [False]),
        ("volume_spike", {"volume_z": 3.0}, [True]),
        ("volume_spike", {"volume_z": 2.999}, [False]),
        ("volume_spike", {"volume_z": NAN}, [False]),
        ("drawdown_deep", {"drawdown": -0.5, "drawdown_previous": -0.499}, [True]),
        ("drawdown_deep", {"drawdown": -0.6, "drawdown_previous": -0.5}, [False]),
        ("drawdown_deep", {"drawdown": -0.499, "drawdown_previous": -0.1}, [False]),
        ("macd_bullish_cross", {"macd_cross": 1.0}, [True]),
        ("macd_bearish_cross", {"macd_cross": 1.0}, [False]),
        ("macd_bearish_cross", {"macd_cross": -1.0}, [True]),
        ("breakout_up", {"breakout": 1.0}, [True]),
        ("breakout_down", {"breakout": 1.0}, [False]),
        ("breakout_down", {"breakout": NAN}, [False]),
        ("breakout_up_55", {"close": 10.1, "previous_high_55": 10.0}, [True]),
        ("breakout_up_55", {"close": 10.0, "previous_high_55": 10.0}, [False]),
        ("breakout_up_55", {"close": 10.0, "previous_high_55": NAN}, [False]),
        ("breakdown_55", {"close": 9.9, "previous_low_55": 10.0}, [True]),
        ("breakdown_55", {"close": 10.0, "previous_low_55": 10.0}, [False]),
        ("golden_cross", averages((3.1, 3.0), (2.9, 3.0)), [True]),
        ("golden_cross", averages((3.1, 3.0), (3.0, 3.0)), [True]),
        ("golden_cross", averages((3.0, 3.0), (2.9, 3.0)), [False]),
        ("golden_cross", averages((3.0 + 1e-13, 3.0), (3.0, 3.0)), [False]),  # rounding
        ("golden_cross", averages((3.1, 3.0), (3.1, 3.0)), [False]),
        ("golden_cross", averages((3.1, 3.0), (2.9, NAN)), [False]),
        ("death_cross", averages((2.9, 3.0), (3.1, 3.0)), [True]),
        ("death_cross", averages((2.9, 3.0), (3.0, 3.0)), [True]),
        ("death_cross", averages((3.1, 3.0), (2.9, 3.0)), [False]),
        ("bullish_divergence", {"divergence": 1.0}, [True]),
        ("bullish_divergence", {"divergence": -1.0}, [False]),
        ("bearish_divergence", {"divergence": -1.0}, [True]),
        ("bearish_divergence", {"divergence": NAN}, [False]),
        ("volume_drying_up", {"volume_ratio": 0.5, "held_change": -0.03}, [True]),
        ("volume_drying_up", {"volume_ratio": 0.51, "held_change": 0.0}, [False]),
        ("volume_drying_up", {"volume_ratio": 0.5, "held_change": 0.031}, [False]),
        ("volume_drying_up", {"volume_ratio": 0.5, "held_change": -0.031}, [False]),
        ("volume_drying_up", {"volume_ratio": 0.5, "held_change": NAN}, [False]),
        ("drawdown_correction", {"drawdown": -0.2, "drawdown_previous": -0.19}, [True]),
        ("drawdown_correction", {"drawdown": -0.3, "drawdown_previous": -0.2}, [False]),
        ("drawdown_severe", {"drawdown": -0.8, "drawdown_previous": -0.79}, [True]),
        ("drawdown_severe", {"drawdown": -0.79, "drawdown_previous": -0.5}, [False]),
        ("recovered", {"drawdown": -0.19, "drawdown_previous": -0.2}, [True]),
        ("recovered", {"drawdown": -0.2, "drawdown_previous": -0.3}, [False]),
        ("recovered", {"drawdown": -0.1, "drawdown_previous": -0.19}, [False]),
        ("new_high_365", {"drawdown": 0.0, "drawdown_previous": -0.01}, [True]),
        ("new_high_365", {"drawdown": 0.0, "drawdown_previous": 0.0}, [False]),
        ("new_high_365", {"drawdown": -0.01, "drawdown_previous": -0.02}, [False]),
        ("new_high_365", {"drawdown": 0.0, "drawdown_previous": NAN}, [False]),
    ],
)
def test_thresholds_are_met_as_defined(name: str, levels: dict[str, float], fired: list[bool]) -> None:
    nothing = {field.name: np.array([NAN]) for field in fields(Measures)}
    measures = Measures(**nothing | {key: np.array([value]) for key, value in levels.items()})
    reading = signal_named(name).read(Ground(measures))
    assert reading.fired.tolist() == fired
    assert reading.known.tolist() == [not np.isnan(list(levels.values())).any()]


def test_hits_are_ordered_by_asset_then_as_registered() -> None:
    order = {signal.name: place for place, signal in enumerate(TECHNICAL_SIGNALS)}
    hits = [(hit.column, order[hit.name]) for hit in scan_panel(random_panel(400, 300, 2)).hits]
    assert hits == sorted(hits)
    assert len({name for _, name in hits}) >= 7


def test_every_hit_has_finite_evidence() -> None:
    panel = random_panel(400, 300, 4)
    holes = np.random.default_rng(0).random(panel.close.shape) < 0.05
    ragged = PanelArrays(*(np.where(holes, NAN, getattr(panel, field.name)) for field in fields(panel)))
    for hit in scan_panel(ragged).hits:
        assert np.isfinite([hit.value, *(value for _, value in hit.evidence)]).all()


def test_an_asset_is_measured_alike_alone_and_among_others() -> None:
    panel = random_panel(400, 8, 5)
    panel.close[100:103, 2] = NAN
    panel.close[200:210, 3] = NAN
    together = measure(panel)
    for asset in range(8):
        one = slice(asset, asset + 1)
        alone = measure(PanelArrays(panel.high[:, one], panel.low[:, one], panel.close[:, one], panel.volume[:, one]))
        for field in fields(Measures):
            expected = getattr(together, field.name)[one]
            np.testing.assert_allclose(getattr(alone, field.name), expected, rtol=1e-12, err_msg=field.name)


def test_a_scan_does_not_change_its_panel() -> None:
    panel = random_panel(60, 3, 6)
    copies = replace(panel, **{field.name: getattr(panel, field.name).copy() for field in fields(panel)})
    scan_panel(panel)
    for field in fields(panel):
        np.testing.assert_array_equal(getattr(panel, field.name), getattr(copies, field.name))


def test_panels_that_cannot_be_measured_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="one shape"):
        PanelArrays(np.ones((2, 2)), np.ones((2, 2)), np.ones((2, 2)), np.ones((2, 1)))
    with pytest.raises(AnalyticsError, match="days x assets"):
        PanelArrays(np.ones(2), np.ones(2), np.ones(2), np.ones(2))
    with pytest.raises(AnalyticsError, match="at least one day"):
        scan_panel(PanelArrays(*(np.empty((0, 2)),) * 4))


def test_a_panel_without_assets_has_no_hits() -> None:
    result = scan_panel(PanelArrays(*(np.empty((40, 0)),) * 4))
    assert result.hits == ()
    assert {count for _, count in result.known} == {0}
