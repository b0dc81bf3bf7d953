import numpy as np
import pytest

from agent.analytics.bars import Runs, as_columns, recent_bars, required_days
from agent.analytics.errors import AnalyticsError

NAN = np.nan


@pytest.mark.parametrize(("window", "needed"), [(1, 1), (7, 7), (20, 18), (30, 27), (90, 81), (365, 329)])
def test_nine_tenths_of_a_window_must_be_there(window: int, needed: int) -> None:
    assert required_days(window) == needed


def test_a_window_of_no_days_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="at least 1 day"):
        required_days(0)


def test_a_cube_is_refused() -> None:
    with pytest.raises(AnalyticsError, match=r"\(1, 2, 3\)"):
        as_columns(np.zeros((1, 2, 3)))


def run_values(column: list[float]) -> list[list[float]]:
    values = np.array([column, [1.0] * len(column)]).T  # a second, complete asset follows
    panel = Runs.of(np.isfinite(values))
    laid = panel.lay(values)
    runs = [laid[start:end].tolist() for start, end in zip(panel.starts, panel.ends, strict=True)]
    assert runs.pop() == [1.0] * len(column)
    np.testing.assert_array_equal(panel.restore(laid), values)
    return runs


def test_three_missing_days_do_not_end_a_run() -> None:
    assert run_values([NAN, 1, 2, NAN, NAN, NAN, 3]) == [[1, 2, 3]]


def test_four_missing_days_end_a_run() -> None:
    assert run_values([1, 2, NAN, NAN, NAN, NAN, 3, NAN]) == [[1, 2], [3]]


def test_an_asset_without_bars_has_no_run() -> None:
    assert run_values([NAN, NAN]) == []


def test_a_complete_panel_has_one_run_per_asset() -> None:
    panel = Runs.of(np.ones((3, 2), dtype=bool))
    assert panel.starts.tolist() == [0, 3]
    assert panel.ends.tolist() == [3, 6]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_an_empty_panel_has_no_bars(shape: tuple[int, int]) -> None:
    panel = Runs.of(np.ones(shape, dtype=bool))
    assert all(start == end for start, end in zip(panel.starts, panel.ends, strict=True))
    assert recent_bars(np.ones(shape), 2, np.ones(shape, dtype=bool)).shape == (2, shape[1])


def test_recent_bars_skip_short_gaps_and_stop_at_long_ones() -> None:
    values = np.array(
        [
            [1, 1, 1, 1, NAN, 1],
            [2, NAN, 2, 2, NAN, NAN],
            [3, NAN, NAN, 3, NAN, NAN],
            [4, NAN, NAN, 4, NAN, NAN],
            [5, 5, NAN, 5, NAN, NAN],
            [6, 6, NAN, NAN, NAN, NAN],
            [7, 7, 7, NAN, 7, 7],
        ],
        dtype=float,
    )
    np.testing.assert_array_equal(
        recent_bars(values, 3, np.isfinite(values)),
        [[5, 5, NAN, NAN, NAN, NAN], [6, 6, NAN, NAN, NAN, NAN], [7, 7, 7, NAN, 7, 7]],
    )


def test_recent_bars_reach_back_over_many_short_gaps() -> None:
    values = np.full((41, 1), NAN)
    values[::4, 0] = np.arange(11)
    assert recent_bars(values, 11, np.isfinite(values))[:, 0].tolist() == list(range(11))
