from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.increments import NewRows, Scanned, advance, measure_with_state
from agent.analytics.measures import Measures, PanelArrays, measure
from agent.analytics.scan_state import ScanState
from agent.analytics.signals.levels import Levels, derived_levels

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


def on(state: ScanState, panel: PanelArrays, day: int) -> Scanned | None:
    """Advance to the day with this index, on as few rows as the state asks for."""
    return advance(state, NewRows.of(state, part(panel, slice(day + 1))), IDS)


def assert_equal_fields(found: Measures | Levels, expected: Measures | Levels) -> None:
    for field in fields(expected):
        ours, theirs = getattr(found, field.name), getattr(expected, field.name)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=field.name)


def assert_same(found: Scanned, panel: PanelArrays) -> None:
    """Expect what the whole panel gives."""
    assert_equal_fields(found.measures, measure(panel))
    assert_equal_fields(found.levels, derived_levels(panel.high, panel.low, panel.close, found.measures.atr))


def state_of(panel: PanelArrays, ids: np.ndarray = IDS) -> ScanState:
    return measure_with_state(panel, ids).state


def chained(panel: PanelArrays, first: int, *, every: int = 1) -> ScanState:
    """Advance over all days from the one with this index, and compare every so many of them with full scans."""
    state = state_of(part(panel, slice(first)))
    for day in range(first, len(panel.close)):
        advanced = on(ScanState.from_bytes(state.to_bytes()), panel, day)
        assert advanced is not None
        if (day - first) % every == every - 1:
            assert_same(advanced, part(panel, slice(day + 1)))
        state = advanced.state
    return state


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.9]), st.sampled_from([30, 130, 380]))
def test_ten_days_one_by_one_are_what_full_scans_give(seed: int, missing: float, days: int) -> None:
    chained(ragged(seed, days + 10, missing), days)


@pytest.mark.parametrize("missing", [0.0, 0.05])
def test_a_whole_month_goes_on_from_one_full_scan(missing: float) -> None:
    chained(ragged(4, 441, missing), 410, every=5)


def test_history_may_begin_with_the_increments() -> None:
    chained(ragged(6, 150, 0.02), 1, every=9)


def test_the_first_bars_may_stand_still_or_lie_within_each_other() -> None:
    panel = ragged(12, 60, 0.0)
    for asset, still in enumerate((14, 20, 27, 40)):
        for columns in (asset, asset + 4):
            for values, level in ((panel.high, 11.0), (panel.low, 9.0), (panel.close, 10.0)):
                values[:, columns] = np.random.default_rng(columns).lognormal(2.3, 0.02, 60) * level / 10.0
                values[:still, columns] = level if columns < 4 else 10.0
    chained(panel, 10)


def test_the_high_of_a_year_is_the_highest_of_365_days_until_its_day_is_past() -> None:
    days = np.full((420, ASSETS), 10.0)
    days[[40, 60, 400], [0, 1, 2]] = 20.0
    days[:100, 3] = NAN  # 320 closes are too few
    panel = PanelArrays(days, days, days, days)
    state, found = state_of(part(panel, slice(400))), []
    for day in range(400, 420):
        advanced = on(state, panel, day)
        assert advanced is not None
        found.append(advanced.measures.drawdown)
        state = advanced.state
    drawdowns = np.array(found)
    # row 40 is in the 365 days up to row 404
    np.testing.assert_array_equal(drawdowns[:, 0], [-0.5] * 5 + [0.0] * 15)
    np.testing.assert_array_equal(drawdowns[:, 1], [-0.5] * 20)
    np.testing.assert_array_equal(drawdowns[:, 2], [0.0] + [-0.5] * 19)
    np.testing.assert_array_equal(drawdowns[:, 3], [NAN] * 20)
    np.testing.assert_array_equal(
        on(state, PanelArrays(*(np.vstack((days, days[-1:])),) * 4), 420).measures.drawdown[3], NAN
    )


def test_after_a_month_the_day_is_to_be_measured_in_full() -> None:
    panel = ragged(3, 450, 0.0)
    panel.close[:] = np.exp(np.cumsum(np.random.default_rng(3).normal(0.0, 0.04, panel.close.shape), axis=0))
    state, days = state_of(part(panel, slice(400))), []
    for day in range(400, 450):
        advanced = on(state, panel, day)
        if advanced is None:
            break
        state = advanced.state
        days.append(day)
    assert days == list(range(400, 432))


def test_assets_join_leave_and_change_places() -> None:
    panel = ragged(7, 310, 0.02)
    for field in fields(panel):
        getattr(panel, field.name)[:299, 2] = NAN  # listed on the day
    kept, order = [0, 1, 3, 4, 5, 6, 7], [7, 2, 5, 4, 3, 1]
    state = state_of(columns_of(part(panel, slice(299)), kept), IDS[kept])
    columns = columns_of(panel, order)
    for day in range(299, 310):
        days = part(columns, slice(day + 1))
        advanced = advance(state, NewRows.of(state, days), IDS[order])
        assert advanced is not None
        assert advanced.state.asset_ids.tolist() == IDS[order].tolist()
        assert_same(advanced, days)
        state = advanced.state


def test_nothing_that_is_remembered_of_a_later_day_reaches_an_earlier_one() -> None:
    panel = ragged(13, 320, 0.05)
    changed = part(panel, slice(None))
    changed.close[310:] *= 3.0
    one, other = (on(state_of(part(rows, slice(300))), rows, 300) for rows in (panel, changed))
    assert one is not None
    assert other is not None
    assert one.state.to_bytes() == other.state.to_bytes()


def test_a_state_is_not_used_for_another_history() -> None:
    panel = ragged(8, 300, 0.0)
    panel.close[250:] = np.abs(np.sin(np.arange(50 * ASSETS))).reshape(50, ASSETS) + 1.0
    state = state_of(part(panel, slice(298)))
    assert on(state, panel, 298) is not None
    assert on(state, panel, 299) is None  # a day was left out
    assert on(state, part(panel, slice(1, None)), 297) is None  # another anchor
    corrected = part(panel, slice(None))
    corrected.close[297, 3] *= 1.0 + 1e-12
    assert on(state, corrected, 298) is None
    backfilled = NewRows.of(state, part(panel, slice(299)))
    assert advance(state, backfilled, np.append(IDS[:-1], 1)) is None  # an unknown asset that has a history


@pytest.mark.parametrize("fewer", ["tail", "closes", "old"])
def test_a_state_is_not_used_with_fewer_rows_than_it_asks_for(fewer: str) -> None:
    panel = ragged(8, 411, 0.0)
    state = state_of(part(panel, slice(410)))
    rows = NewRows.of(state, panel)
    assert advance(state, rows, IDS) is not None
    short = part(rows.tail, slice(1, None)) if fewer == "tail" else getattr(rows, fewer)[1:]
    assert advance(state, replace(rows, **{fewer: short}), IDS) is None


def test_advancing_changes_nothing_it_was_given() -> None:
    panel = ragged(9, 200, 0.1)
    state = state_of(part(panel, slice(199)))
    packed, closes = state.to_bytes(), panel.close.copy()
    on(state, panel, 199)
    assert state.to_bytes() == packed
    np.testing.assert_array_equal(panel.close, closes)


def test_the_rows_are_few_and_never_more_than_gaps_can_make_them() -> None:
    days = np.ones((430, ASSETS))
    state = state_of(PanelArrays(days, days, days, days))
    assert (state.tail_days, state.close_days) == (56, 201)
    days = np.full((300, ASSETS), NAN)
    days[::-4] = 1.0
    state = state_of(PanelArrays(days, days, days, days))
    assert state.tail_days <= 4 * 55 + 1
    assert state.close_days == 298  # from the first bar on, in row 3


def test_bytes_of_something_else_are_refused() -> None:
    packed = state_of(ragged(10, 240, 0.02)).to_bytes()
    for wrong in (b"", b"coinbrief scan 1" + packed[16:], packed[:20]):
        with pytest.raises(AnalyticsError, match="no scan state of version"):
            ScanState.from_bytes(wrong)
    for wrong in (packed[:-1], packed + b"0"):
        with pytest.raises(AnalyticsError, match=r"has \d+ bytes, got"):
            ScanState.from_bytes(wrong)


def test_ids_and_columns_that_do_not_fit_are_refused() -> None:
    panel = ragged(11, 40, 0.1)
    state = state_of(part(panel, slice(39)))
    rows = NewRows.of(state, panel)
    for ids in (IDS[1:], np.zeros(ASSETS, dtype=int)):
        with pytest.raises(AnalyticsError, match="one id for each column"):
            measure_with_state(panel, ids)
        with pytest.raises(AnalyticsError, match="one id for each column"):
            advance(state, rows, ids)
    with pytest.raises(AnalyticsError, match="same columns"):
        advance(state, replace(rows, tail=columns_of(panel, [0, 1, 2])), IDS)


def test_a_market_without_assets_goes_on() -> None:
    nothing = PanelArrays(*(np.empty((3, 0)),) * 4)
    none = np.empty(0, dtype=np.int64)
    state = ScanState.from_bytes(state_of(part(nothing, slice(2)), none).to_bytes())
    advanced = advance(state, NewRows.of(state, nothing), none)
    assert advanced is not None
    assert advanced.measures.close.shape == (0,)
