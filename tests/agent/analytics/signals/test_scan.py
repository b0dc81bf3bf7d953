"""The scan of a day, and the same signals read over a history."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.measures import Measures, PanelArrays, measure, measure_history
from agent.analytics.signals.events import event
from agent.analytics.signals.ground import Ground, day_of
from agent.analytics.signals.levels import LEVEL_DAYS, derived_level_history, derived_levels
from agent.analytics.signals.opinions import measure_opinions
from agent.analytics.signals.registry import SIGNALS
from agent.analytics.signals.scan import histories, scan
from agent.analytics.signals.signal import Family, Reading, Signal, Subject

NAN = np.nan
ASSET_SIGNALS = tuple(
    signal
    for signal in SIGNALS
    if signal.subject is Subject.ASSET and signal.family not in {Family.ONCHAIN, Family.DEFI}
)


def measures_of(**known: Floats) -> Measures:
    (shape,) = {np.shape(values) for values in known.values()}
    return Measures(**{field.name: known.get(field.name, np.full(shape, NAN)) for field in fields(Measures)})


def fixed(name: str, subject: Subject, fired: list[bool]) -> Signal:
    flags = np.array(fired)
    reading = Reading(flags, flags, flags.astype(float), ())
    return Signal(name, "As given.", 1, (), lambda _: reading, Family.TREND, subject)


ONE_DAY = Ground(measures_of(close=np.ones(3)))


def test_hits_are_ordered_by_kind_of_subject_then_column_then_as_registered() -> None:
    signals = (
        fixed("market", Subject.MARKET, [True]),
        fixed("second", Subject.ASSET, [True, False, True]),
        fixed("sector", Subject.SECTOR, [False, True]),
        fixed("third", Subject.ASSET, [True, True, False]),
    )
    hits = scan(ONE_DAY, signals).hits
    assert [(hit.subject, hit.column, hit.name) for hit in hits] == [
        (Subject.ASSET, 0, "second"),
        (Subject.ASSET, 0, "third"),
        (Subject.ASSET, 1, "third"),
        (Subject.ASSET, 2, "second"),
        (Subject.SECTOR, 1, "sector"),
        (Subject.MARKET, 0, "market"),
    ]


def test_evidence_that_is_not_known_is_left_out() -> None:
    figure, partly, never = np.array([1.0, 2.0]), np.array([NAN, 5.0]), np.full(2, NAN)

    def read(_: Ground) -> Reading:
        return event(figure > 0, figure, value=figure, figure=figure, partly=partly, never=never)

    signal = Signal("made_up", "As given.", -1, (), read, Family.TREND)
    hits = scan(Ground(measures_of(close=np.ones(2))), (signal,)).hits
    assert [hit.evidence for hit in hits] == [(("figure", 1.0),), (("figure", 2.0), ("partly", 5.0))]
    assert [(hit.direction, hit.value) for hit in hits] == [(-1, 1.0), (-1, 2.0)]


def test_a_part_that_is_not_there_is_known_for_nobody() -> None:
    result = scan(Ground(measures_of(close=np.ones(3), rsi=np.full(3, 50.0), rsi_previous=np.full(3, 50.0))))
    assert [name for name, _ in result.known] == [signal.name for signal in SIGNALS]
    assert {name: count for name, count in result.known if count} == {"rsi_oversold": 3, "rsi_overbought": 3}
    assert result.hits == ()


def test_a_history_cannot_be_scanned_and_a_day_has_no_history() -> None:
    with pytest.raises(AnalyticsError, match="one day"):
        scan(Ground(measures_of(close=np.ones((3, 2)))))
    with pytest.raises(AnalyticsError, match="days x assets"):
        histories(ONE_DAY)


def arrays_of(seed: int, days: int = 600, assets: int = 12) -> dict[str, Floats]:
    """Bars, grades and trading signals with holes, a late listing and a delisting; prices that fall and that rise."""
    rng = np.random.default_rng(seed)
    close = np.exp(np.cumsum(rng.normal(np.linspace(-0.008, 0.008, assets), 0.06, (days, assets)), axis=0))
    spread = np.exp(np.abs(rng.normal(0.0, 0.02, close.shape)))
    holes = rng.random(close.shape) < rng.choice([0.0, 0.02, 0.2], assets)
    holes[: days // 2, 0] = holes[days // 2 : days // 2 + 10, 1] = holes[-5:, 2] = True
    volume = rng.lognormal(10.0, 1.0, close.shape)
    bars = {"high": close * spread, "low": close / spread, "close": close, "volume": volume}
    grades = {
        kind: np.clip(55 + np.cumsum(rng.normal(0, 5, close.shape), 0), 0, 100) for kind in ("trader", "investor")
    }
    signals = {"trading_signal": rng.choice([-1.0, 0.0, 0.0, 0.0, 1.0, NAN], close.shape)}
    return {name: np.where(holes, NAN, values) for name, values in (bars | grades | signals).items()}


def history_of(arrays: dict[str, Floats]) -> Ground:
    panel = PanelArrays(**{name: arrays[name] for name in ("high", "low", "close", "volume")})
    measures = measure_history(panel)
    levels = derived_level_history(panel.high, panel.low, panel.close, measures.atr)
    opinions = measure_opinions(*(arrays[name] for name in ("trader", "investor", "trading_signal", "close")))
    return Ground(measures, opinions, levels)


def day_from(arrays: dict[str, Floats]) -> Ground:
    panel = PanelArrays(**{name: arrays[name] for name in ("high", "low", "close", "volume")})
    measures = measure(panel)
    tail = (values[-LEVEL_DAYS:] for values in (panel.high, panel.low, panel.close))
    opinions = measure_opinions(*(arrays[name] for name in ("trader", "investor", "trading_signal", "close")))
    return Ground(measures, day_of(opinions, -1), derived_levels(*tail, measures.atr))


HISTORY = histories(history_of(arrays_of(7)), ASSET_SIGNALS)


@given(st.integers(1, 600))
def test_every_row_of_a_history_is_the_reading_of_that_day_alone(days: int) -> None:
    ground = day_from({name: values[:days].copy() for name, values in arrays_of(7).items()})
    for signal in ASSET_SIGNALS:
        then, now = HISTORY[signal.name], signal.read(ground)
        np.testing.assert_array_equal(then.fired[days - 1], now.fired, err_msg=signal.name)
        np.testing.assert_array_equal(then.known[days - 1], now.known, err_msg=signal.name)
        fired = now.fired
        np.testing.assert_allclose(then.value[days - 1][fired], now.value[fired], rtol=1e-9, err_msg=signal.name)
        for (name, before), (_, figure) in zip(then.evidence, now.evidence, strict=True):
            np.testing.assert_allclose(before[days - 1][fired], figure[fired], rtol=1e-9, atol=1e-15, err_msg=name)


def test_in_a_long_history_every_signal_fires_and_none_often() -> None:
    shares = {name: reading.fired.sum() / reading.known.sum() for name, reading in HISTORY.items()}
    assert {name: share for name, share in shares.items() if not 0 < share < 0.2} == {}


@pytest.mark.parametrize("name", HISTORY)
def test_nothing_fires_where_it_is_not_known(name: str) -> None:
    assert not (HISTORY[name].fired & ~HISTORY[name].known).any()


def test_an_asset_has_the_same_hits_alone_and_among_others() -> None:
    arrays = arrays_of(9)
    together = scan(day_from(arrays))
    assert together.hits
    for column in range(12):
        alone = scan(day_from({name: np.ascontiguousarray(values[:, [column]]) for name, values in arrays.items()}))
        assert [hit.name for hit in alone.hits] == [hit.name for hit in together.hits if hit.column == column]


def test_a_scan_counts_what_is_known_and_lists_what_fired() -> None:
    ground = day_from(arrays_of(3))
    result = scan(ground, ASSET_SIGNALS)
    readings = {signal.name: signal.read(ground) for signal in ASSET_SIGNALS}
    assert dict(result.known) == {name: reading.known.sum() for name, reading in readings.items()}
    found = {(hit.name, hit.column) for hit in result.hits}
    assert found == {(name, column) for name, reading in readings.items() for column in np.flatnonzero(reading.fired)}


def test_no_assets_give_no_hits() -> None:
    measures = measures_of(close=np.empty(0))
    result = scan(Ground(measures))
    assert result.hits == ()
    assert result.known == tuple((signal.name, 0) for signal in SIGNALS)
    nobody = replace(measures, close=np.empty((0, 4)))
    assert histories(Ground(nobody), ASSET_SIGNALS[-1:])[ASSET_SIGNALS[-1].name].fired.shape == (0, 4)
