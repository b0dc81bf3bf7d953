from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]  # SciPy publishes no types

from agent.briefing import remembered
from agent.measuring.errors import WrongArgument
from agent.measuring.stress import ASKED, WORST, stress_analysis
from agent.store.engine import Store
from tests.agent.measuring.held_market import YOUNG, closes, held_market, wanted
from tests.agent.measuring.market import DAYS, LAST

AMOUNTS = np.array([0.5, 2.0, 1.25, 4.0])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


def returns(*numbers: int) -> np.ndarray:
    """Daily returns; row r is of the day LAST - (DAYS - 2 - r)."""
    prices = closes(*numbers)
    return np.asarray(prices[1:] / prices[:-1] - 1)


def shares() -> np.ndarray:
    values = closes(1, 2, 3, 4)[-1] * AMOUNTS
    return np.asarray(values / values.sum())


def test_a_fall_of_bitcoin_moves_each_holding_by_its_beta(store: Store) -> None:
    found = stress_analysis(store, wanted(), -20.0)
    recent = returns(1, 2, 3, 4)[-365:]
    lines = [stats.linregress(recent[:, 0], recent[:, column]) for column in range(4)]
    betas = np.array([line.slope for line in lines])
    mix = stats.linregress(recent[:, 0], recent @ shares())
    residuals = recent @ shares() - mix.intercept - mix.slope * recent[:, 0]
    noise = np.sqrt((residuals**2).sum() / (365 - 2))
    value = float(closes(1, 2, 3, 4)[-1] @ AMOUNTS)
    assert [each.value for each in found.shock.betas] == pytest.approx(betas.tolist())
    assert found.shock.change_pct.value == pytest.approx(-20 * betas @ shares())
    assert found.shock_usd.value == pytest.approx(-0.2 * betas @ shares() * value)
    assert found.low_usd.value == pytest.approx((-0.2 * betas @ shares() - noise) * value)


def test_the_five_worst_days_of_bitcoin_are_those_of_the_whole_store(store: Store) -> None:
    found = stress_analysis(store, wanted())
    bitcoin = returns(1)[:, 0]
    rows = np.argsort(bitcoin)[:5]
    expected = sorted(LAST - timedelta(days=int(DAYS - 2 - row)) for row in rows)
    assert [each.day for each in found.days] == expected
    assert {each.why for each in found.days} == {(WORST,)}
    assert sorted(each.bitcoin_pct.value or 0 for each in found.days) == pytest.approx(sorted(100 * bitcoin[rows]))
    assert found.history_from == LAST - timedelta(days=DAYS - 1)


def test_a_day_is_put_on_todays_weights(store: Store) -> None:
    day = LAST - timedelta(days=3)
    (found,) = [each for each in stress_analysis(store, wanted(), days=[day]).days if each.day == day]
    change = float(returns(1, 2, 3, 4)[-4] @ shares())
    assert found.why[0] == ASKED
    assert found.change_pct.value == pytest.approx(100 * change)
    assert found.change_usd.value == pytest.approx(change * float(closes(1, 2, 3, 4)[-1] @ AMOUNTS))
    assert found.covered_share.value == pytest.approx(1.0)


def test_what_was_not_priced_then_is_named_and_its_weight_not_counted(store: Store) -> None:
    day = LAST - timedelta(days=100)
    (found,) = [each for each in stress_analysis(store, wanted("young"), days=[day]).days if each.day == day]
    values = closes(1, 2, YOUNG)[-1]
    assert found.uncovered == (f"C{YOUNG}",)
    assert found.covered_share.value == pytest.approx(values[:2].sum() / values.sum())
    assert found.change_pct.value == pytest.approx(100 * returns(1, 2)[-101] @ values[:2] / values[:2].sum())


def test_bitcoin_need_not_be_held(store: Store) -> None:
    found = stress_analysis(store, wanted("single"))
    assert [each.asset_id for each in found.holdings] == [2]
    assert len(found.days) == 5
    assert found.days[0].bitcoin_pct.value is not None


def test_days_are_remembered_in_the_real_market_only(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert date(2025, 4, 6) not in [each.day for each in stress_analysis(store, wanted()).days]
    monkeypatch.setattr(remembered, "_INVENTED", "another market")
    found = {each.day: each.why for each in stress_analysis(store, wanted()).days}
    assert found[date(2025, 4, 6)][0] == "US tariffs"
    assert date(2022, 11, 9) not in found


def test_without_a_close_today_there_is_a_reason(store: Store) -> None:
    found = stress_analysis(store, wanted("unpriced"))
    assert found.shock.change_pct.reason == found.shock_usd.reason == "no close on 2025-10-10 of Gone"
    assert {each.change_pct.reason for each in found.days} == {"no close on 2025-10-10 of Gone"}


@pytest.mark.parametrize("shock", [0.0, 30.0, -101.0, float("nan")])
def test_a_shock_that_is_no_fall_is_refused(store: Store, shock: float) -> None:
    with pytest.raises(WrongArgument, match="--shock must be a fall"):
        stress_analysis(store, wanted(), shock)


@pytest.mark.parametrize("day", [LAST + timedelta(days=1), LAST - timedelta(days=DAYS - 1), date(1999, 1, 1)])
def test_a_day_outside_the_history_is_refused_with_the_days_there_are(store: Store, day: date) -> None:
    first = LAST - timedelta(days=DAYS - 2)
    with pytest.raises(WrongArgument, match=f"{day} is not in .* from {first} to {LAST}"):
        stress_analysis(store, wanted(), days=[day])
