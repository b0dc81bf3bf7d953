import numpy as np
import pytest
from scipy.cluster.hierarchy import average

from agent.analytics.clusters import Cluster, look_alikes

NAN = np.nan


def test_false_diversification_by_hand() -> None:
    # 0 and 1 correlate 0.9; 2 goes its own way: weights 0.3 + 0.3 and 0.4
    matrix = np.array([[1.0, 0.9, 0.1], [0.9, 1.0, 0.1], [0.1, 0.1, 1.0]])
    found = look_alikes(matrix, np.array([0.3, 0.3, 0.4]))
    assert found.clusters == (Cluster((0, 1), 0.6), Cluster((2,), 0.4))
    assert found.count.value == 2
    assert found.effective_number.value == pytest.approx(1 / 0.52)  # 0.36 + 0.16


@pytest.mark.parametrize(("rho", "count"), [(0.8, 1), (0.7999, 2)])
def test_the_threshold_itself_counts_as_alike(rho: float, count: int) -> None:
    found = look_alikes(np.array([[1.0, rho], [rho, 1.0]]), np.array([0.5, 0.5]))
    assert found.count.value == count


def test_groups_join_by_their_mean_distance() -> None:
    # 0 and 1 join at 0; the mean distance of 2 to them is (sqrt(0.05) + sqrt(0.15)) / 2 = 0.3054 <= sqrt(0.1) = 0.3162
    matrix = np.array([[1.0, 1.0, 0.9], [1.0, 1.0, 0.7], [0.9, 0.7, 1.0]])
    assert look_alikes(matrix, np.full(3, 1 / 3)).count.value == 1
    # with 0.6 in place of 0.7 it is (sqrt(0.05) + sqrt(0.2)) / 2 = 0.3354
    matrix[1, 2] = matrix[2, 1] = 0.6
    assert look_alikes(matrix, np.full(3, 1 / 3)).count.value == 2


def test_the_number_of_clusters_agrees_with_the_heights_of_the_tree() -> None:
    rng = np.random.default_rng(4)
    returns = rng.normal(size=(90, 4))[:, rng.integers(0, 4, 20)] + rng.normal(0.0, 0.4, (90, 20))
    matrix = np.corrcoef(returns.T)
    distances = np.sqrt((1.0 - matrix[np.triu_indices(20, k=1)]) / 2.0)
    expected = 20 - (average(distances)[:, 2] <= np.sqrt(0.1)).sum()
    found = look_alikes(matrix, np.full(20, 0.05))
    assert found.count.value == expected
    assert sorted(member for cluster in found.clusters for member in cluster.members) == list(range(20))


def test_within_a_cluster_the_largest_weight_comes_first() -> None:
    (cluster,) = look_alikes(np.ones((3, 3)), np.array([0.2, 0.5, 0.3])).clusters
    assert cluster.members == (1, 2, 0)


def test_holdings_that_do_not_move_are_alike() -> None:
    matrix = np.full((4, 4), NAN)
    matrix[:2, :2] = [[1.0, 0.1], [0.1, 1.0]]
    found = look_alikes(matrix, np.array([0.1, 0.2, 0.3, 0.4]))
    assert [cluster.members for cluster in found.clusters] == [(3, 2), (1,), (0,)]


def test_one_holding_is_one_cluster_and_none_are_none() -> None:
    assert look_alikes(np.ones((1, 1)), np.ones(1)).effective_number.value == 1.0
    nothing = look_alikes(np.ones((0, 0)), np.ones(0))
    assert nothing.count.reason == "there are no holdings to compare"
    assert nothing.clusters == ()


def test_an_unknown_correlation_of_moving_holdings_is_a_reason() -> None:
    found = look_alikes(np.array([[1.0, NAN], [NAN, 1.0]]), np.array([0.5, 0.5]))
    assert found.count.reason == found.effective_number.reason
    assert found.clusters == ()
