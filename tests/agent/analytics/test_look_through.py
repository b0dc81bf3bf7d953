import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.look_through import KINDS, Held, LookThrough, look_through

BITCOIN, WRAPPED_BITCOIN, ETHER, STAKED_ETHER, WRAPPED_STAKED_ETHER = 1, 2, 3, 4, 5
TETHER, DOLLAR_COIN, BRIDGED_TETHER, EURO_COIN = 6, 7, 8, 9


def combined(found: LookThrough) -> list[tuple[int | str | None, float | None, tuple[int, ...]]]:
    return [(part.currency or part.asset_id, part.share.value, part.members) for part in found.combined]


def test_wrapped_bitcoin_counts_as_bitcoin_and_the_concentration_says_so() -> None:
    found = look_through(
        [
            Held(BITCOIN, 500, "coin"),
            Held(ETHER, 250, "coin"),
            Held(WRAPPED_BITCOIN, 250, "wrapped", BITCOIN),
        ]
    )
    assert combined(found) == [(BITCOIN, 0.75, (0, 2)), (ETHER, 0.25, (1,))]
    assert found.hhi_before.value == 0.25 + 0.0625 + 0.0625
    assert found.hhi_after.value == 0.5625 + 0.0625
    assert found.effective_number_before.value == pytest.approx(1 / 0.375)
    assert found.effective_number_after.value == pytest.approx(1.6)
    assert found.held_again.value == 0.25
    assert found.unresolved == ()


def test_a_chain_is_followed_to_its_end() -> None:
    found = look_through(
        [
            Held(ETHER, 0, "coin"),
            Held(STAKED_ETHER, 40, "staked", ETHER),
            Held(WRAPPED_STAKED_ETHER, 60, "wrapped", STAKED_ETHER),
        ]
    )
    assert combined(found) == [(ETHER, 1.0, (1, 2))]
    assert found.held_again.value == pytest.approx(0.4)


def test_stablecoins_are_cash_in_their_currency_and_no_asset_held_again() -> None:
    found = look_through(
        [
            Held(TETHER, 50, "stablecoin"),
            Held(DOLLAR_COIN, 30, "stablecoin"),
            Held(EURO_COIN, 20, "stablecoin", currency="euro"),
        ]
    )
    assert combined(found) == [("US dollar", 0.8, (0, 1)), ("euro", 0.2, (2,))]
    assert found.held_again.value == 0


def test_a_bridged_stablecoin_is_cash_if_the_stablecoin_is_known() -> None:
    bridged = Held(BRIDGED_TETHER, 100, "bridged", TETHER)
    assert combined(look_through([bridged, Held(TETHER, 0, "stablecoin")])) == [("US dollar", 1.0, (0,))]
    assert combined(look_through([bridged])) == [(TETHER, 1.0, (0,))]


def test_what_stands_for_something_unknown_counts_as_far_as_it_can_be_followed() -> None:
    found = look_through(
        [Held(WRAPPED_STAKED_ETHER, 60, "wrapped", STAKED_ETHER), Held(STAKED_ETHER, 40, "staked", None)]
    )
    assert combined(found) == [(STAKED_ETHER, 1.0, (0, 1))]
    assert [(each.position, each.chain) for each in found.unresolved] == [
        (0, (WRAPPED_STAKED_ETHER, STAKED_ETHER)),
        (1, (STAKED_ETHER,)),
    ]
    assert found.unresolved[0].reason == "what a staked asset stands for is not known"


def test_a_circle_is_said_and_each_of_its_assets_counts_as_itself() -> None:
    found = look_through([Held(1, 30, "wrapped", 2), Held(2, 70, "bridged", 1), Held(3, 0, "wrapped", 3)])
    assert combined(found) == [(2, 0.7, (1,)), (1, 0.3, (0,))]
    assert {each.reason for each in found.unresolved} == {"what it stands for leads in a circle"}
    assert found.unresolved[0].chain == (1, 2, 1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([100.0, np.nan], "1 of 2 holdings has no value"),
        ([np.inf, np.nan], "2 of 2 holdings have no value"),
        ([0.0, 0.0], "the portfolio is worth nothing"),
    ],
)
def test_without_values_every_figure_is_a_reason(values: list[float], reason: str) -> None:
    found = look_through([Held(BITCOIN, values[0], "coin"), Held(WRAPPED_BITCOIN, values[1], "wrapped", BITCOIN)])
    assert {
        found.hhi_before.reason,
        found.hhi_after.reason,
        found.effective_number_before.reason,
        found.effective_number_after.reason,
        found.held_again.reason,
        *(part.share.reason for part in found.combined),
    } == {reason}


def test_nothing_held_is_nothing_worth() -> None:
    found = look_through([])
    assert found.combined == ()
    assert found.hhi_after.reason == "the portfolio is worth nothing"


@given(
    st.dictionaries(
        st.integers(1, 12),
        st.tuples(st.floats(0.01, 1e6), st.sampled_from(sorted(KINDS)), st.none() | st.integers(1, 15)),
        min_size=1,
    )
)
def test_looking_through_loses_nothing_and_never_spreads_a_portfolio(
    assets: dict[int, tuple[float, str, int | None]],
) -> None:
    found = look_through([Held(asset_id, *facts) for asset_id, facts in assets.items()])
    assert sum(part.share.value or 0 for part in found.combined) == pytest.approx(1)
    assert sorted(index for part in found.combined for index in part.members) == list(range(len(assets)))
    assert (found.hhi_after.value or 0) >= (found.hhi_before.value or 0) - 1e-12
    assert 0 <= (found.held_again.value or 0) < 1


def test_an_unknown_kind_an_asset_given_twice_and_a_negative_value_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="kind must be one of bridged, coin, stablecoin, staked, wrapped"):
        Held(1, 1.0, "token")
    with pytest.raises(AnalyticsError, match="given twice"):
        look_through([Held(1, 1.0, "coin"), Held(1, 2.0, "coin")])
    with pytest.raises(AnalyticsError, match="less than nothing"):
        look_through([Held(1, -1.0, "coin")])
