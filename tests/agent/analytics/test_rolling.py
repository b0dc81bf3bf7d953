import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.bars import Runs, days_of_recent_bars, recent_bars, recent_bars_of
from agent.analytics.rolling import at_every_bar, at_every_day, at_last_bar, at_last_day

NAN = np.nan


def ragged(seed: int, missing: float, shape: tuple[int, int] = (60, 4)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.lognormal(0.0, 1.0, shape)
    values[rng.random(shape) < missing] = NAN
    return values


def last_bars(column: np.ndarray, count: int) -> list[float]:
    """The last bars of the run that reaches the last day, the rule spelled out day by day."""
    days = np.flatnonzero(np.isfinite(column)).tolist()
    if not days or days[-1] != len(column) - 1:
        return [NAN] * count
    run = [days.pop()]
    while days and run[-1] - days[-1] <= 4:
        run.append(days.pop())
    bars = column[run[:count]].tolist()[::-1]
    return [NAN] * (count - len(bars)) + bars


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.7), st.integers(1, 20))
def test_a_function_sees_the_last_bars_of_the_run(seed: int, missing: float, count: int) -> None:
    values = ragged(seed, missing)
    has_bar = np.isfinite(values)
    expected = np.column_stack([last_bars(column, count) for column in values.T])
    (oldest, newest) = at_last_bar(lambda bars: (bars[0], bars[-1]), count, has_bar, values)
    np.testing.assert_array_equal(recent_bars(values, count, has_bar), expected)
    np.testing.assert_array_equal((oldest, newest), expected[[0, -1]])


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.7), st.integers(1, 20))
def test_every_bar_is_the_last_one_of_the_rows_up_to_it(seed: int, missing: float, count: int) -> None:
    values = ragged(seed, missing)
    has_bar = np.isfinite(values)
    (history,) = at_every_bar(lambda bars: (bars[0],), count, has_bar, values)
    for day in range(len(values)):
        (expected,) = at_last_bar(lambda bars: (bars[0],), count, has_bar[: day + 1], values[: day + 1])
        np.testing.assert_array_equal(history[day], expected)


def test_values_may_be_unknown_where_there_is_a_bar() -> None:
    has_bar = np.array([[True], [False], [True], [True]])
    values = np.array([[1.0], [2.0], [NAN], [4.0]])
    np.testing.assert_array_equal(recent_bars_of(3, has_bar, values)[0][:, 0], [1.0, NAN, 4.0])


def test_days_are_counted_whether_or_not_there_is_a_bar() -> None:
    values = np.array([[1.0], [NAN], [3.0]])
    np.testing.assert_array_equal(at_last_day(lambda days: (days[0],), 2, values)[0], [NAN])
    np.testing.assert_array_equal(at_last_day(lambda days: (days[1],), 4, values)[0], [1.0])
    np.testing.assert_array_equal(at_every_day(lambda days: (days[0],), 3, values)[0][:, 0], [NAN, NAN, 1.0])


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.7), st.integers(1, 12))
def test_the_days_of_recent_bars_are_the_fewest_that_do(seed: int, missing: float, count: int) -> None:
    values = ragged(seed, missing)
    days = days_of_recent_bars(np.isfinite(values), count)
    tomorrow = np.vstack((values, np.ones((1, 4))))

    def bars(rows: np.ndarray) -> np.ndarray:
        return recent_bars(rows, count + 1, np.isfinite(rows))

    np.testing.assert_array_equal(bars(tomorrow[-1 - days :]), bars(tomorrow))
    if days > count:
        assert not np.array_equal(bars(tomorrow[-days:]), bars(tomorrow), equal_nan=True)


def test_runs_are_split_at_bars_that_cannot_be_used() -> None:
    runs = Runs.of(np.ones((5, 2), dtype=bool))
    split = runs.within(np.array([1, 1, 0, 1, 1, 0, 0, 1, 1, 0], dtype=bool))
    assert list(zip(split.starts.tolist(), split.ends.tolist(), strict=True)) == [(0, 2), (3, 5), (7, 9)]
    assert [part.tolist() for part in split.current()] == [[0], [3], [5]]
