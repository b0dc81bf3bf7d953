from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.index_records import IndexMarket, IndexTrack
from agent.analytics.index_rules import IndexRule, Largest, Listed, Schedule, Weighting
from agent.analytics.index_track import index_performance, track_index

NAN = np.nan
START = date(2024, 1, 30)
ANY = frozenset[str]()
EVERYTHING = Largest(3, ANY)


def market(close: np.ndarray | list[list[float]], **facts: object) -> IndexMarket:
    days = np.datetime64(START) + np.arange(len(close))
    close = np.array(close, dtype=np.float64)
    return IndexMarket(days, list(range(1, close.shape[1] + 1)), close, **facts)  # type: ignore[arg-type]  # as named


def pair(**changes: object) -> IndexRule:
    rule = IndexRule("Pair", Listed((1, 2)), START, Weighting.EQUAL, Schedule.MONTHLY)
    return replace(rule, **changes)  # type: ignore[arg-type]  # fields as named


def test_a_level_by_hand_over_a_rebalance_with_costs() -> None:
    # 30 and 31 January, 1 February (rebalance), 2 February
    track = track_index(pair(cost_bps=50.0), market([[1.0, 10.0], [2.0, 10.0], [3.0, 10.0], [3.0, 20.0]]))
    # 50 units of the first, 5 of the second: 100, 150, 200; weights 0.75 and 0.25 go to a half each, so half of the
    # sum of the changes is 0.25 and 0.5 of the level is traded: 200 * (1 - 0.5 * 0.005) = 199.5
    assert track.level.tolist() == pytest.approx([100.0, 150.0, 199.5, 199.5 * 1.5])
    first, second = track.rebalances
    assert (first.turnover, first.cost, first.weights) == (0.0, 0.0, (0.5, 0.5))
    assert second.day == date(2024, 2, 1)
    assert (second.turnover, second.cost) == pytest.approx((0.25, 0.0025))
    assert (track.without_level, track.postponed, track.exits) == ((), (), ())


def test_buying_and_holding_is_the_mean_of_the_price_relatives() -> None:
    close = np.exp(np.random.default_rng(1).normal(0, 0.05, (80, 2)).cumsum(axis=0))
    track = track_index(pair(rebalance=Schedule.BUY_AND_HOLD), market(close))
    assert track.level == pytest.approx(100 * (close / close[0]).mean(axis=1), rel=1e-12)
    assert len(track.rebalances) == 1


def test_a_monthly_index_is_the_chain_of_its_months() -> None:
    close = np.exp(np.random.default_rng(2).normal(0, 0.05, (200, 2)).cumsum(axis=0))
    days = pd.date_range(START, periods=200)
    expected = [100.0]
    base, level = close[0], 100.0
    for day, row in zip(days[1:], close[1:], strict=True):
        expected.append(level * (row / base).mean())
        if day.day == 1:
            base, level = row, expected[-1]
    assert track_index(pair(), market(close)).level == pytest.approx(np.array(expected), rel=1e-12)


def test_constituents_change_with_the_market_values_of_the_rebalance() -> None:
    values = np.array([[5.0, 3.0, 1.0], [5.0, 3.0, 1.0], [1.0, 3.0, 6.0], [9.0, 9.0, 9.0]])
    rule = IndexRule("Two", Largest(2, ANY), START, Weighting.CAP, Schedule.MONTHLY)
    track = track_index(rule, market(np.ones((4, 3)), market_values_usd=values))
    assert [each.asset_ids for each in track.rebalances] == [(1, 2), (3, 2)]
    assert track.rebalances[0].weights == pytest.approx((5 / 8, 3 / 8))
    assert track.rebalances[1].weights == pytest.approx((6 / 9, 3 / 9))
    # from 5/8, 3/8, 0 to 0, 3/9, 6/9
    assert track.rebalances[1].turnover == pytest.approx((5 / 8 + (3 / 8 - 3 / 9) + 6 / 9) / 2)
    assert track.level.tolist() == pytest.approx([100.0] * 4)


def test_a_gap_of_three_days_keeps_the_last_close_and_a_longer_one_leaves_no_level() -> None:
    gap = [[1.0, 1.0], *[[2.0, NAN]] * 4, [2.0, 3.0]]
    track = track_index(pair(rebalance=Schedule.BUY_AND_HOLD), market(gap))
    np.testing.assert_allclose(track.level, [100, 150, 150, 150, NAN, 250])
    (blank,) = track.without_level
    assert (blank.day, blank.asset_ids) == (date(2024, 2, 3), (2,))
    assert blank.reason == "a constituent has had no close for more than 3 days"
    assert track.exits == ()


def test_an_asset_whose_price_ends_is_sold_at_its_last_close() -> None:
    close = [[1.0, 1.0], [1.0, 2.0], *[[1.0, NAN]] * 8, [2.0, NAN]]
    track = track_index(pair(rebalance=Schedule.BUY_AND_HOLD, cost_bps=100.0), market(close))
    # worth 50 + 100 until the eighth day without a close; 100 is sold and bought again for 1 % each time
    np.testing.assert_allclose(track.level, [100, 150, 150, 150, 150, NAN, NAN, NAN, NAN, 148, 296])
    (exit_,) = track.exits
    assert (exit_.day, exit_.asset_id, exit_.last_close_usd) == (date(2024, 2, 8), 2, 2.0)
    assert exit_.weight == pytest.approx(2 / 3)
    assert [each.asset_id for each in track.state.constituents] == [1]


def test_days_on_which_nothing_has_a_close_end_no_price() -> None:
    close = np.ones((14, 2))
    close[1:12] = NAN
    track = track_index(pair(rebalance=Schedule.BUY_AND_HOLD), market(close))
    assert track.exits == ()
    assert track.level[[0, 3, 12]].tolist() == [100.0] * 3
    assert np.isnan(track.level[4:12]).all()


def test_a_rebalance_on_a_day_without_a_level_is_made_up_for() -> None:
    close = np.ones((40, 2))
    close[24:32, 1] = NAN  # from 23 February; 1 March is row 31
    track = track_index(pair(), market(close))
    assert [str(each.day) for each in track.rebalances] == ["2024-01-30", "2024-02-01", "2024-03-01"]
    close[31, 0] = NAN  # nobody has a close on 1 March, so the second asset is not sold before it is back
    track = track_index(pair(), market(close))
    assert [str(each.day) for each in track.rebalances] == ["2024-01-30", "2024-02-01", "2024-03-02"]
    assert [str(each.day) for each in track.postponed] == ["2024-03-01"]
    assert track.exits == ()


def test_an_index_starts_on_the_first_day_on_which_it_can() -> None:
    track = track_index(pair(max_weight=0.5), market([[NAN, NAN], [1.0, NAN], [1.0, 4.0], [2.0, 4.0]]))
    np.testing.assert_allclose(track.level, [NAN, NAN, 100, 150])
    assert [each.reason for each in track.without_level] == [
        "no asset of the universe can be held with the weighting equal",
        "of 1 assets, none may weigh more than 0.5, so they do not add up to 1",
    ]
    assert track.postponed == track.without_level


def test_an_index_that_is_worth_nothing_stays_there() -> None:
    track = track_index(pair(universe=Listed((1,))), market([[1.0], [0.0], [0.0], [5.0]]))
    assert track.level.tolist() == [100.0, 0.0, 0.0, 500.0]
    assert [each.reason for each in track.postponed] == [
        "no asset of the universe can be held with the weighting equal"
    ]
    assert [str(each.day) for each in track.rebalances] == ["2024-01-30", "2024-02-02"]


def test_nothing_can_be_bought_with_nothing() -> None:
    track = track_index(pair(), market([[1.0, NAN], [0.0, NAN], [0.0, 1.0], [0.0, 2.0]]))
    assert track.level.tolist() == [100.0, 0.0, 0.0, 0.0]
    assert [each.reason for each in track.postponed] == ["the index is worth nothing"] * 2


def test_an_index_that_has_not_started_has_no_days() -> None:
    track = track_index(pair(start=date(2024, 3, 1)), market(np.ones((3, 2))))
    assert (track.days.size, track.level.size, track.state.constituents) == (0, 0, ())


def test_a_market_of_no_days_and_one_of_no_assets_give_no_level() -> None:
    assert track_index(pair(), market(np.ones((0, 2)))).level.size == 0
    assert np.isnan(track_index(pair(), market(np.ones((2, 0)))).level).all()


def test_a_market_that_begins_after_the_start_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="begins on 2024-01-30, it must begin on 2024-01-29 or before"):
        track_index(pair(start=date(2024, 1, 29)), market(np.ones((3, 2))))


def until(day: int, on: IndexMarket, first: int = 0) -> IndexMarket:
    def cut(array: np.ndarray | None) -> np.ndarray | None:
        return None if array is None else array[first:day]

    return replace(
        on,
        days=on.days[first:day],
        close=on.close[first:day],
        market_values_usd=cut(on.market_values_usd),
        ranks=cut(on.ranks),
    )


def told(*tracks: IndexTrack) -> tuple[object, ...]:
    """Everything tracks say one after the other; levels bit for bit."""
    return (
        np.concatenate([track.level for track in tracks]).tobytes(),
        [each for track in tracks for each in track.rebalances],
        [each for track in tracks for each in track.exits],
        [each for track in tracks for each in track.without_level],
        [each for track in tracks for each in track.postponed],
        tracks[-1].state,
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[IndexRule, IndexMarket, int]:
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    close = np.exp(rng.normal(0, 0.1, (160, 6)).cumsum(axis=0))
    close[rng.random(close.shape) < draw(st.sampled_from([0.0, 0.1, 0.6]))] = NAN
    close[draw(st.integers(0, 160)) :, 0] = NAN
    rule = IndexRule(
        "Any",
        draw(st.sampled_from([EVERYTHING, Listed((1, 3, 4))])),
        START,
        draw(st.sampled_from(Weighting)),
        draw(st.sampled_from(Schedule)),
        draw(st.sampled_from([None, 0.5, 0.4])),
        draw(st.sampled_from([0.0, 30.0])),
    )
    return rule, market(close, market_values_usd=close * rng.uniform(1, 9, 6)), draw(st.integers(0, 160))


@given(histories())
def test_going_on_from_a_state_gives_the_same_as_tracking_all_days_at_once(
    history: tuple[IndexRule, IndexMarket, int],
) -> None:
    rule, on, day = history
    before = track_index(rule, until(day, on))
    after = track_index(rule, until(160, on, first=max(0, day - 90)), before.state)
    assert told(before, after) == told(track_index(rule, on))


@given(histories())
def test_nothing_of_a_day_changes_with_later_days(history: tuple[IndexRule, IndexMarket, int]) -> None:
    rule, on, day = history
    whole, cut = track_index(rule, on), track_index(rule, until(day, on))
    assert whole.level[:day].tobytes() == cut.level.tobytes()
    assert whole.rebalances[: len(cut.rebalances)] == cut.rebalances
    assert whole.exits[: len(cut.exits)] == cut.exits


@given(histories())
def test_weights_sum_to_one_caps_hold_and_each_day_has_a_level_or_a_reason(
    history: tuple[IndexRule, IndexMarket, int],
) -> None:
    rule, on, _ = history
    track = track_index(rule, on)
    for rebalance in track.rebalances:
        assert sum(rebalance.weights) == pytest.approx(1)
        assert max(rebalance.weights) <= (rule.max_weight or 1) + 1e-12
        assert 0 <= rebalance.turnover <= 1 + 1e-12
        assert rebalance.cost == pytest.approx(2 * rebalance.turnover * rule.cost_bps / 10_000)
        assert not set(rebalance.left_out) & set(rebalance.asset_ids)
    assert [blank.day for blank in track.without_level] == track.days[np.isnan(track.level)].tolist()
    assert (track.level[np.isfinite(track.level)] > 0).all()


def test_an_asset_that_the_market_no_longer_knows_counts_as_one_without_a_close() -> None:
    first = track_index(pair(rebalance=Schedule.BUY_AND_HOLD), market([[1.0, 1.0]]))
    later = IndexMarket(np.datetime64("2024-01-31") + np.arange(8), [1], np.full((8, 1), 2.0))
    track = track_index(pair(rebalance=Schedule.BUY_AND_HOLD), later, first.state)
    np.testing.assert_allclose(track.level, [150, 150, 150, NAN, NAN, NAN, NAN, 150])
    assert [each.asset_id for each in track.exits] == [2]


def test_performance_by_hand() -> None:
    level = np.linspace(100, 200, 366)
    found = index_performance(level)
    assert found.change_365d_pct.value == pytest.approx(100)
    assert found.change_1d_pct.value == pytest.approx((level[-1] / level[-2] - 1) * 100)
    assert found.change_7d_pct.value == pytest.approx((level[-1] / level[-8] - 1) * 100)
    assert found.change_30d_pct.value == pytest.approx((level[-1] / level[-31] - 1) * 100)
    assert found.volatility_90d.value == pytest.approx(
        pd.Series(level).pct_change().tail(90).std() * np.sqrt(365), rel=1e-9
    )
    assert found.maximum_drawdown_365d.value == 0
    halved = np.append(level, 50.0)
    assert index_performance(halved).maximum_drawdown_365d.value == pytest.approx(-0.75)


def test_a_short_index_has_reasons_in_place_of_figures() -> None:
    found = index_performance(np.array([100.0, NAN, 110.0]))
    assert found.change_1d_pct.reason == "there is no level on the last day or 1 days before it"
    assert found.volatility_90d.reason == "needs 81 daily returns in the last 90 days"
    assert found.maximum_drawdown_365d.reason == "needs 330 levels in the last 366 days, has 2"
    assert index_performance(np.array([])).change_1d_pct.value is None
