from datetime import date, timedelta

import numpy as np
import pytest

from agent.measuring.errors import NothingHeld
from agent.measuring.portfolio import portfolio_analysis
from agent.store.engine import Store
from tests.agent.measuring.held_market import PORTFOLIOS, UNPRICED, YOUNG, closes, held_market, wanted
from tests.agent.measuring.market import LAST, STABLECOIN

AMOUNTS = np.array([0.5, 2.0, 1.25, 4.0])
FIRST_READ = LAST - timedelta(days=399)  # a study reads 400 days


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


def test_value_shares_and_volatility_are_those_of_the_closes(store: Store) -> None:
    found = portfolio_analysis(store, wanted())
    values = closes(1, 2, 3, 4)[-1] * AMOUNTS
    shares = values / values.sum()
    returns = closes(1, 2, 3, 4)[-91:]
    mix = (returns[1:] / returns[:-1] - 1) @ shares
    assert (found.portfolio, found.as_of, found.source) == ("plain", LAST, "sandbox")
    assert found.report.portfolio.value_usd.value == pytest.approx(values.sum())
    assert [each.share.value for each in found.holdings] == pytest.approx(shares.tolist())
    assert found.report.portfolio.volatility_90d.value == pytest.approx(mix.std(ddof=1) * np.sqrt(365))


def test_a_target_that_is_not_held_is_no_holding(store: Store) -> None:
    found = portfolio_analysis(store, wanted())
    assert [each.asset_id for each in found.holdings] == [1, 2, 3, 4]
    assert len(found.report.risk_contributions_90d) == len(found.tails) == len(found.classified) == 4


def test_the_tail_of_a_holding_is_the_mean_of_its_own_worst_twentieth(store: Store) -> None:
    found = portfolio_analysis(store, wanted())
    prices = closes(2)[-366:, 0]
    losses = np.sort(1 - prices[1:] / prices[:-1])[::-1]
    mean = (losses[:18].sum() + 0.25 * losses[18]) / 18.25
    assert found.tails[1].loss_pct.value == pytest.approx(100 * mean)
    assert found.tails[1].loss_usd.value == pytest.approx(mean * 2 * prices[-1])


def test_the_deepest_fall_has_the_days_of_its_peak_and_trough(store: Store) -> None:
    found = portfolio_analysis(store, wanted())
    values = closes(1, 2, 3, 4)[-400:] @ AMOUNTS
    falls = values / np.maximum.accumulate(values) - 1
    trough = int(falls.argmin())
    peak = int(values[: trough + 1].argmax())
    deepest = found.deepest[0]
    assert deepest.depth == pytest.approx(falls.min())
    assert (deepest.peak, deepest.trough) == (FIRST_READ + timedelta(days=peak), FIRST_READ + timedelta(days=trough))
    assert found.first_day == FIRST_READ
    back = np.flatnonzero(values[trough:] >= values[peak])
    expected = FIRST_READ + timedelta(days=trough + int(back[0])) if len(back) else None
    assert deepest.recovered == expected


def test_a_young_holding_leaves_figures_out_with_a_reason(store: Store) -> None:
    found = portfolio_analysis(store, wanted("young"))
    place = [each.asset_id for each in found.holdings].index(YOUNG)
    assert found.tails[place].loss_pct.reason == "needs 329 daily returns in the last 365 days, has 13"
    assert found.report.young_90d == (place,)
    assert found.report.portfolio.value_usd.value is not None
    assert found.first_day == LAST - timedelta(days=13)


def test_a_holding_without_a_close_leaves_every_share_unknown_and_is_named(store: Store) -> None:
    found = portfolio_analysis(store, wanted("unpriced"))
    assert {each.share.reason for each in found.holdings} == {"no close on 2025-10-10 of Gone"}
    assert [each.value_usd.value is None for each in found.holdings] == [
        each.asset_id == UNPRICED for each in found.holdings
    ]
    assert found.deepest == ()
    assert all(
        group.share.reason
        for spread in found.spreads
        for group in (*spread.exposure.groups, spread.exposure.unknown)
        if group.members
    )


def test_an_empty_portfolio_says_how_to_fill_it(store: Store) -> None:
    with pytest.raises(NothingHeld, match="portfolio import"):
        portfolio_analysis(store, wanted("empty"))


@pytest.mark.parametrize("name", [name for name, held in PORTFOLIOS.items() if held])
def test_every_portfolio_is_measured(store: Store, name: str) -> None:
    found = portfolio_analysis(store, wanted(name))
    assert {each.asset_id for each in found.holdings} == set(PORTFOLIOS[name])
    assert isinstance(found.first_day, date)


def test_a_pegged_coin_is_cash_and_a_wrapped_one_what_it_stands_for(store: Store) -> None:
    found = portfolio_analysis(store, wanted("mixed")).seen_through
    bitcoin, second = closes(1, 2)[-1]
    values = np.array([bitcoin * (1 + 0.5 * 0.999), second, 40.0])
    shares = {each.name: each.share.value for each in found.in_the_end}
    assert shares == pytest.approx(dict(zip(("Bitcoin", "C2", "Cash (US dollar)"), values / values.sum(), strict=True)))
    assert found.figures.held_again.value == pytest.approx(0.4995 * bitcoin / values.sum())
    assert STABLECOIN in PORTFOLIOS["mixed"]
