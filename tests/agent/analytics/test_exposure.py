import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.exposure import cap_tier, exposure

NAN = np.nan


def test_shares_of_one_label_are_added_up_and_the_largest_group_comes_first() -> None:
    found = exposure(np.array([0.2, 0.5, 0.3]), ["layer 1", "meme", "layer 1"])
    # 0.2 + 0.3 = 0.5 ties with meme; equal shares stand by label
    assert [(group.label, group.share.value, group.members) for group in found.groups] == [
        ("layer 1", 0.5, (0, 2)),
        ("meme", 0.5, (1,)),
    ]
    assert found.unknown.share.value == 0
    assert found.unknown.members == ()


def test_what_is_not_known_is_named_as_unknown_and_is_no_group() -> None:
    found = exposure(np.array([0.6, 0.4]), [None, "defi"])
    assert [group.label for group in found.groups] == ["defi"]
    assert (found.unknown.label, found.unknown.share.value, found.unknown.members) == ("unknown", 0.6, (0,))


def test_a_holding_of_no_share_is_in_no_group() -> None:
    found = exposure(np.array([1.0, 0.0, 0.0]), ["defi", "meme", None])
    assert [group.label for group in found.groups] == ["defi"]
    assert found.unknown.members == ()


def test_a_share_that_is_not_known_is_a_reason_in_its_own_group_only() -> None:
    found = exposure(np.array([0.4, NAN, 0.1]), ["defi", "defi", "meme"])
    assert [(group.label, group.share.value) for group in found.groups] == [("meme", 0.1), ("defi", None)]
    assert found.groups[1].share.reason == "the share of 1 of 2 holdings is not known"


def test_no_holdings_give_no_groups() -> None:
    assert exposure(np.array([]), []).groups == ()


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["a", "b", "c", None])), max_size=30))
def test_groups_and_unknown_add_up_to_what_was_given(holdings: list[tuple[float, str | None]]) -> None:
    shares = np.array([share for share, _ in holdings], dtype=np.float64)
    found = exposure(shares, [label for _, label in holdings])
    parts = [*found.groups, found.unknown]
    assert sum(part.share.value or 0 for part in parts) == pytest.approx(shares.sum(), abs=1e-12)
    assert sorted(index for part in parts for index in part.members) == np.flatnonzero(shares).tolist()
    sizes = [group.share.value or 0 for group in found.groups]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("shares", "labels", "message"),
    [
        ([0.5, 0.5], ["a"], "one label per holding, got 1"),
        ([-0.1, 1.1], ["a", "b"], "short positions"),
        ([np.inf], ["a"], "finite"),
        ([1.0], ["unknown"], "give None where it is not known"),
        ([1.0], [""], "give None where it is not known"),
    ],
)
def test_what_cannot_be_grouped_is_refused(shares: list[float], labels: list[str], message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        exposure(np.array(shares), labels)


@pytest.mark.parametrize(
    ("rank", "tier"),
    [
        (1, "top 10"),
        (10, "top 10"),
        (11, "11 to 50"),
        (50, "11 to 50"),
        (51, "51 to 100"),
        (100, "51 to 100"),
        (101, "101 to 250"),
        (250, "101 to 250"),
        (251, "beyond 250"),
        (None, None),
    ],
)
def test_the_tiers_of_market_value_and_their_edges(rank: int | None, tier: str | None) -> None:
    assert cap_tier(rank) == tier


def test_a_rank_below_one_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="starts at 1, got 0"):
        cap_tier(0)
