import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from agent.analytics.ranks import mid_ranks, percentile_ranks

NAN = np.nan


@given(
    arrays(
        np.float64, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.sampled_from([NAN, -1, 0, 0.5, 7])
    )
)
def test_ranks_are_those_of_scipy_over_the_known_values_of_each_row(values: np.ndarray) -> None:
    expected = stats.rankdata(values, method="average", axis=1, nan_policy="omit")
    np.testing.assert_array_equal(mid_ranks(values), expected)


def test_equal_values_share_the_middle_of_their_places_and_the_unknown_have_none() -> None:
    np.testing.assert_array_equal(mid_ranks(np.array([5.0, NAN, 2.0, 5.0, 1.0, np.inf])), [3.5, NAN, 2, 3.5, 1, NAN])


def test_a_percentile_is_the_middle_of_its_place() -> None:
    # ranks 3, 1, 2 and 4 of four: the first is half a place above 2 of 4
    np.testing.assert_allclose(percentile_ranks(np.array([3.0, 1.0, NAN, 2.0, 9.0]), 4), [62.5, 12.5, NAN, 37.5, 87.5])


def test_rows_with_too_few_known_values_have_no_percentiles() -> None:
    ranked = percentile_ranks(np.array([[1.0, 2.0, NAN], [1.0, 2.0, 3.0]]), 3)
    assert np.isnan(ranked).tolist() == [[True] * 3, [False] * 3]


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 0), (3, 1)])
def test_nothing_to_rank_is_no_error(shape: tuple[int, ...]) -> None:
    empty = np.full(shape, NAN)
    assert mid_ranks(empty).shape == percentile_ranks(empty, 1).shape == shape
    assert np.isnan(percentile_ranks(empty, 1)).all()
