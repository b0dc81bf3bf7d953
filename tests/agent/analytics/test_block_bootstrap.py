import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.block_bootstrap import circular_blocks


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 5))
def test_a_draw_has_as_many_rows_as_there_are_and_goes_on_by_one_within_a_block(
    count: int, block: int, seed: int
) -> None:
    rows = circular_blocks(count, block, 6, np.random.default_rng(seed))
    assert rows.shape == (6, count)
    places = np.arange(count)
    starts = rows[:, places - places % block]  # of the block that each row stands in
    np.testing.assert_array_equal(rows, (starts + places % block) % count)


def test_every_row_is_equally_likely_also_the_first_and_the_last() -> None:
    rows = circular_blocks(12, 5, 6000, np.random.default_rng(3))
    shares = np.bincount(rows.ravel(), minlength=12) / rows.size
    # of 6000 draws of about 12 / 5 independent blocks: four standard errors of a share of 1 / 12
    assert shares == pytest.approx(np.full(12, 1 / 12), abs=4 * np.sqrt(11 / 144 / (6000 * 12 / 5)))


def test_the_seed_alone_decides() -> None:
    first, again, other = (circular_blocks(30, 7, 4, np.random.default_rng(seed)) for seed in (8, 8, 9))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
