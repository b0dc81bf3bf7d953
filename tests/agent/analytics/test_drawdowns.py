from itertools import pairwise

import empyrical
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.drawdowns import Drawdown, deepest_drawdowns, named_stretches
from agent.analytics.errors import AnalyticsError

NAN = np.nan


def test_the_deepest_falls_by_hand() -> None:
    #                  0      1     2     3      4     5      6     7
    values = np.array([100.0, 90.0, 95.0, 110.0, 55.0, 110.0, 99.0, 104.5])
    assert deepest_drawdowns(values) == (
        Drawdown(pytest.approx(-0.5), peak=3, trough=4, recovery=5),
        Drawdown(pytest.approx(-0.1), peak=0, trough=1, recovery=3),
        Drawdown(pytest.approx(-0.1), peak=5, trough=6, recovery=None),
    )
    assert len(deepest_drawdowns(values, count=1)) == 1


def test_the_peak_is_the_last_day_at_it() -> None:
    (fall,) = deepest_drawdowns(np.array([1.0, 2.0, 2.0, 1.0]))
    assert fall == Drawdown(-0.5, peak=2, trough=3, recovery=None)


def test_missing_days_are_skipped_and_rows_are_those_of_the_series() -> None:
    (fall,) = deepest_drawdowns(np.array([NAN, 10.0, NAN, 5.0, NAN, 10.0, NAN]))
    assert fall == Drawdown(-0.5, peak=1, trough=3, recovery=5)


def test_a_fall_to_nothing_is_whole() -> None:
    (fall,) = deepest_drawdowns(np.array([10.0, 0.0, 0.0]))
    assert fall == Drawdown(-1.0, peak=0, trough=1, recovery=None)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 1.0], [1.0, 2.0], [NAN, NAN], [0.0, 0.0]])
def test_what_never_fell_has_no_falls(values: list[float]) -> None:
    assert deepest_drawdowns(np.array(values)) == ()


@given(st.integers(2, 120), st.integers(0, 2**32 - 1))
def test_the_deepest_fall_is_the_maximum_drawdown_and_falls_do_not_overlap(days: int, seed: int) -> None:
    returns = np.random.default_rng(seed).normal(0.0, 0.05, days)
    falls = deepest_drawdowns(np.concatenate(([1.0], np.cumprod(1.0 + returns))), count=days)
    deepest = falls[0].depth if falls else 0.0
    assert deepest == pytest.approx(empyrical.max_drawdown(returns), rel=1e-9)
    assert [fall.depth for fall in falls] == sorted(fall.depth for fall in falls)
    in_time = sorted(falls, key=lambda fall: fall.peak)
    for earlier, later in pairwise(in_time):
        assert earlier.recovery is not None
        assert earlier.peak < earlier.trough < earlier.recovery <= later.peak


def test_a_named_stretch_by_hand() -> None:
    values = np.array([100.0, 80.0, 120.0, 90.0, 60.0])
    crash, whole = named_stretches(values, {"the crash": (2, 4), "all of it": (0, 4)})
    assert (crash.name, crash.change_pct.value, crash.maximum_drawdown.value) == ("the crash", -50.0, -0.5)
    assert (whole.change_pct.value, whole.maximum_drawdown.value) == (pytest.approx(-40.0), -0.5)


def test_a_stretch_without_its_ends_or_with_too_few_days_says_so() -> None:
    values = np.arange(1.0, 31.0)
    values[[0, 15, 16, 17, 18]] = NAN
    no_end, holes = named_stretches(values, {"spring": (0, 9), "summer": (10, 29)})
    assert no_end.change_pct.reason == "the portfolio has no value on the first or the last day of spring"
    assert holes.maximum_drawdown.reason == "needs 18 values in the 20 days of summer, has 16"


def test_a_stretch_that_began_with_nothing_says_so() -> None:
    (stretch,) = named_stretches(np.zeros(3), {"nothing": (0, 2)})
    assert stretch.change_pct.reason == "the portfolio was worth nothing at the start of nothing"


@pytest.mark.parametrize("rows", [(-1, 2), (2, 2), (3, 2), (0, 5)])
def test_rows_outside_the_series_or_out_of_order_are_refused(rows: tuple[int, int]) -> None:
    with pytest.raises(AnalyticsError, match="two rows in order"):
        named_stretches(np.ones(5), {"wrong": rows})


def test_a_panel_or_no_count_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="one series"):
        deepest_drawdowns(np.ones((3, 2)))
    with pytest.raises(AnalyticsError, match="at least 1"):
        deepest_drawdowns(np.ones(3), 0)
