from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.increments import advance, measure_with_state
from agent.analytics.measures import Measures, PanelArrays, measure
from agent.analytics.scan_state import ScanState

NAN = np.nan
ASSETS = 8
IDS = np.arange(ASSETS) * 7 + 3


def ragged(seed: int, days: int, missing: float) -> PanelArrays:
    """Late listings, delistings, short and long gaps, sampled prices, unknown volumes, a price that stands still."""
    rng = np.random.default_rng(seed)
    shape = (days, ASSETS)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.04, shape), axis=0))
    close[:, 1] = 5.0
    up, down = np.exp(np.abs(rng.normal(0.0, 0.02, (2, *shape))))
    up[:, 1] = down[:, 1] = 1.0
    row = np.arange(days)[:, np.newaxis]
    hidden = (rng.random(shape) < missing * rng.random(ASSETS)) | (row < rng.integers(-2 * days, days, ASSETS))
    hidden |= row >= days + rng.integers(-9, 40, ASSETS)
    start = days - rng.integers(0, 120, ASSETS)
    hidden |= (row >= start) & (row < start + rng.integers(0, 7, ASSETS))
    sampled = rng.random(shape) < 0.02 * rng.integers(0, 2, ASSETS)
    high, low = (np.where(hidden | sampled, NAN, values) for values in (close * up, close / down))
    volume = np.where(hidden | (rng.random(shape) < 0.02), NAN, rng.lognormal(10.0, 1.0, shape))
    return PanelArrays(high, low, np.where(hidden, NAN, close), volume)


def part(panel: PanelArrays, days: slice) -> PanelArrays:
    return PanelArrays(*(getattr(panel, field.name)[days].copy() for field in fields(panel)))


def columns_of(panel: PanelArrays, columns: list[int]) -> PanelArrays:
    return PanelArrays(*(getattr(panel, field.name)[:, columns] for field in fields(panel)))


def on(state: ScanState, panel: PanelArrays, day: int) -> tuple[Measures, ScanState] | None:
    """Advance to the day with this index, on as few rows as the state asks for."""
    days = slice(day + 1)
    return advance(state, part(panel, slice(max(0, day + 1 - state.tail_days), day + 1)), IDS, panel.close[days])


def assert_same(found: Measures, expected: Measures) -> None:
    for field in fields(Measures):
        ours, theirs = getattr(found, field.name), getattr(expected, field.name)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=field.name)


@settings(max_examples=12)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.9]), st.sampled_from([30, 100, 380]))
def test_ten_days_one_by_one_are_what_full_scans_give(seed: int, missing: float, days: int) -> None:
    panel = ragged(seed, days + 10, missing)
    _, state = measure_with_state(part(panel, slice(days)), IDS)
    for day in range(days, days + 10):
        advanced = on(ScanState.from_bytes(state.to_bytes()), panel, day)
        assert advanced is not None
        measures, state = advanced
        assert_same(measures, measure(part(panel, slice(day + 1))))


def test_a_state_carried_forward_is_that_of_a_full_scan() -> None:
    panel = ragged(5, 300, 0.1)
    _, state = measure_with_state(part(panel, slice(299)), IDS)
    measures, full = measure_with_state(panel, IDS)
    advanced = on(state, panel, 299)
    assert advanced is not None
    assert advanced[1].to_bytes() == full.to_bytes()
    assert_same(measures, measure(panel))


def test_history_may_begin_with_the_increments() -> None:
    panel = ragged(6, 80, 0.1)
    _, state = measure_with_state(part(panel, slice(1)), IDS)
    for day in range(1, 80):
        advanced = on(state, panel, day)
        assert advanced is not None
        measures, state = advanced
    assert_same(measures, measure(panel))


def test_the_first_bars_may_stand_still_or_lie_within_each_other() -> None:
    panel = ragged(12, 60, 0.0)
    for asset, still in enumerate((14, 20, 27, 40)):
        for columns in (asset, asset + 4):
            for values, level in ((panel.high, 11.0), (panel.low, 9.0), (panel.close, 10.0)):
                values[:, columns] = np.random.default_rng(columns).lognormal(2.3, 0.02, 60) * level / 10.0
                values[:still, columns] = level if columns < 4 else 10.0
    _, state = measure_with_state(part(panel, slice(10)), IDS)
    for day in range(10, 60):
        advanced = on(state, panel, day)
        assert advanced is not None
        measures, state = advanced
        assert_same(measures, measure(part(panel, slice(day + 1))))


def test_assets_join_leave_and_change_places() -> None:
    panel = ragged(7, 300, 0.1)
    before = part(panel, slice(299))
    for field in fields(before):
        getattr(before, field.name)[:, 2] = NAN  # listed today
        getattr(panel, field.name)[:299, 2] = NAN
    kept, order = [0, 1, 3, 4, 5, 6, 7], [7, 2, 5, 4, 3, 1]
    _, state = measure_with_state(columns_of(before, kept), IDS[kept])
    today = columns_of(panel, order)
    advanced = advance(state, today, IDS[order])
    assert advanced is not None
    assert advanced[1].asset_ids.tolist() == IDS[order].tolist()
    assert_same(advanced[0], measure(today))


def test_a_state_is_not_used_for_another_history() -> None:
    panel = ragged(8, 300, 0.0)
    panel.close[250:] = np.abs(np.sin(np.arange(50 * ASSETS))).reshape(50, ASSETS) + 1.0
    _, state = measure_with_state(part(panel, slice(298)), IDS)
    assert on(state, panel, 298) is not None
    assert on(state, panel, 299) is None  # a day was left out
    assert on(state, part(panel, slice(1, None)), 297) is None  # another anchor
    short = part(panel, slice(299 - state.tail_days + 1, 299))
    assert advance(state, short, IDS, panel.close[:299]) is None
    corrected = part(panel, slice(None))
    corrected.close[260, 3] *= 1.0 + 1e-12
    assert on(state, corrected, 298) is None
    moved = part(panel, slice(None))
    moved.close[[260, 261], 3] = moved.close[[261, 260], 3]
    assert on(state, moved, 298) is None
    backfilled = advance(state, part(panel, slice(299)), np.append(IDS[:-1], 1), panel.close[:299])
    assert backfilled is None  # an unknown asset that has a history


def test_advancing_changes_nothing_it_was_given() -> None:
    panel = ragged(9, 200, 0.1)
    _, state = measure_with_state(part(panel, slice(199)), IDS)
    packed, closes = state.to_bytes(), panel.close.copy()
    on(state, panel, 199)
    assert state.to_bytes() == packed
    np.testing.assert_array_equal(panel.close, closes)


def test_the_tail_is_short_and_never_longer_than_gaps_can_make_it() -> None:
    days = np.ones((300, ASSETS))
    assert measure_with_state(PanelArrays(days, days, days, days), IDS)[1].tail_days == 56
    days = np.full((300, ASSETS), NAN)
    days[::-4] = 1.0
    assert measure_with_state(PanelArrays(days, days, days, days), IDS)[1].tail_days <= 4 * 55 + 1


def test_bytes_of_something_else_are_refused() -> None:
    packed = measure_with_state(ragged(10, 40, 0.1), IDS)[1].to_bytes()
    for wrong in (b"", b"coinbrief scan 0" + packed[16:], packed[:20]):
        with pytest.raises(AnalyticsError, match="no scan state of version"):
            ScanState.from_bytes(wrong)
    for wrong in (packed[:-1], packed + b"0"):
        with pytest.raises(AnalyticsError, match=r"has \d+ bytes, got"):
            ScanState.from_bytes(wrong)


def test_ids_and_columns_that_do_not_fit_are_refused() -> None:
    panel = ragged(11, 40, 0.1)
    _, state = measure_with_state(panel, IDS)
    for ids in (IDS[1:], np.zeros(ASSETS, dtype=int)):
        with pytest.raises(AnalyticsError, match="one id for each column"):
            measure_with_state(panel, ids)
        with pytest.raises(AnalyticsError, match="one id for each column"):
            advance(state, panel, ids)
    with pytest.raises(AnalyticsError, match="same columns"):
        advance(state, columns_of(panel, [0, 1, 2]), IDS, panel.close)


def test_a_market_without_assets_goes_on() -> None:
    nothing = PanelArrays(*(np.empty((3, 0)),) * 4)
    none = np.empty(0, dtype=np.int64)
    _, state = measure_with_state(part(nothing, slice(2)), none)
    advanced = advance(ScanState.from_bytes(state.to_bytes()), nothing, none)
    assert advanced is not None
    assert advanced[0].close.shape == (0,)
