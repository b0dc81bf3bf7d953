import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from agent.evaluation.paired import FEWEST_CLUSTERS, clustered_shift, mcnemar_exact


def test_flips_are_counted_and_tested_as_worked_by_hand() -> None:
    pairs = [(True, True)] * 20 + [(True, False)] * 1 + [(False, True)] * 9 + [(False, False)] * 3
    found = mcnemar_exact(pairs)
    assert (found.both, found.only_first, found.only_second, found.neither) == (20, 1, 9, 3)
    # ten flips, one or fewer one way: 2 * (1 + 10) / 1024
    assert found.p_value == pytest.approx(22 / 1024)
    assert found.is_significant


def test_three_flips_all_one_way_are_not_significant() -> None:
    found = mcnemar_exact([(False, True)] * 3 + [(True, True)] * 100)
    assert found.p_value == pytest.approx(0.25)
    assert not found.is_significant


def test_no_flip_and_no_run_at_all_say_nothing() -> None:
    assert mcnemar_exact([(True, True)] * 5).p_value == 1.0
    assert mcnemar_exact([]).p_value == 1.0


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_exact_p_is_that_of_the_sign_test(one: int, other: int) -> None:
    found = mcnemar_exact([(True, False)] * one + [(False, True)] * other)
    expected = binomtest(one, one + other, 0.5).pvalue if one + other else 1.0
    assert found.p_value == pytest.approx(expected)


def test_the_shift_is_the_mean_difference_and_its_interval_is_that_of_whole_clusters() -> None:
    clusters = [name for name in "abcdef" for _ in range(10)]
    effect = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0, "e": 5.0, "f": 6.0}
    first = [0.0] * 60
    found = clustered_shift(first, [effect[name] for name in clusters], clusters)
    assert found.mean == pytest.approx(3.5)
    # the mean of six draws of 1 to 6 has a standard deviation of sqrt(35 / 12 / 6); runs within a cluster add nothing
    half = 1.96 * np.sqrt(35 / 12 / 6)
    assert found.low == pytest.approx(3.5 - half, abs=0.25)
    assert found.high == pytest.approx(3.5 + half, abs=0.25)
    assert (found.pairs, found.clusters, found.is_significant) == (60, 6, True)


def test_a_shift_that_differs_in_sign_between_markets_is_not_significant() -> None:
    clusters = list("abcdef")
    found = clustered_shift([0.0] * 6, [3.0, -3.0, 2.0, -2.0, 1.0, -0.5], clusters)
    assert found.low is not None
    assert found.low < 0
    assert not found.is_significant


def test_with_few_markets_there_is_no_interval_and_no_claim() -> None:
    clusters = ["a", "b"] * 50
    found = clustered_shift([0.0] * 100, [9.0] * 100, clusters)
    assert len(set(clusters)) < FEWEST_CLUSTERS
    assert (found.mean, found.low, found.high, found.is_significant) == (9.0, None, None, False)


def test_the_same_seed_gives_the_same_interval() -> None:
    arguments = ([0.0] * 6, [1.0, 4.0, 2.0, 8.0, 5.0, 7.0], list("abcdef"))
    assert clustered_shift(*arguments) == clustered_shift(*arguments)


@pytest.mark.parametrize(("first", "second"), [([], []), ([1.0], [1.0, 2.0])])
def test_figures_that_are_not_pairs_are_refused(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match="as many figures"):
        clustered_shift(first, second, ["a"] * len(first))
