"""What matters to the reader: weight, noise and rarity, each by hand and each only ever upwards."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.briefing.salience import Weighing, noise_units, rarity_of, salience

SHARES = st.floats(0.0, 1.0)


@given(SHARES, SHARES, st.floats(0.0, 1e6), SHARES)
def test_salience_lies_between_its_base_and_one(base: float, weight: float, noise: float, rarity: float) -> None:
    assert base <= salience(base, weight, noise, rarity) <= 1.0


@given(SHARES, SHARES, st.floats(0.0, 50.0), SHARES, SHARES)
def test_more_weight_noise_or_rarity_never_makes_a_claim_matter_less(
    base: float, weight: float, noise: float, rarity: float, more: float
) -> None:
    plain = salience(base, weight, noise, rarity)
    grown = (salience(base, min(1.0, weight + more), noise, rarity), salience(base, weight, noise + more, rarity))
    assert min(*grown, salience(base, weight, noise, min(1.0, rarity + more))) >= plain - 1e-12


def test_the_formula_by_hand() -> None:
    # 0.4 + 0.6 * (0.5 * sqrt(0.25) + 0.3 * 2 / 4 + 0.2 * 0.5) = 0.4 + 0.6 * 0.5
    assert salience(0.4, weight=0.25, noise=2.0, rarity=0.5) == pytest.approx(0.7)
    assert salience(0.4) == 0.4
    assert salience(0.0, noise=math.inf) == pytest.approx(0.3)


def test_rarity_falls_by_powers_of_the_number_that_fired() -> None:
    assert rarity_of(1, 10_000) == 1.0
    assert rarity_of(100, 10_000) == pytest.approx(0.5)
    assert rarity_of(10_000, 10_000) == 0.0
    assert rarity_of(1, 1) == rarity_of(0, 50) == 0.0


def closes(last: float, days: int = 40) -> list[float]:
    """A price that alternates by one per cent, and its last move."""
    values = [100.0]
    for day in range(days - 2):
        values.append(values[-1] * (1.01 if day % 2 else 0.99))
    return [*values, values[-1] * (1 + last)]


def test_a_move_is_measured_by_the_noise_of_the_days_before_it() -> None:
    # thirty returns of +-0.01 have the deviation 0.01 * sqrt(30 / 29)
    found = noise_units(np.array([closes(-0.05), closes(0.02)]).T)
    assert found == pytest.approx([5 * math.sqrt(29 / 30), 2 * math.sqrt(29 / 30)], rel=1e-9)


def test_a_price_without_noise_or_history_has_no_measure() -> None:
    still, short, gap = [5.0] * 39 + [6.0], [np.nan] * 30 + closes(0.05, 10), [*closes(0.05)[:-1], np.nan]
    assert np.isnan(noise_units(np.array([still, short, gap]).T)).all()
    assert noise_units(np.empty((400, 0))).shape == (0,)
    assert np.isnan(noise_units(np.array([[5.0]]))).all()


def test_holdings_beyond_three_deviations_are_named_heaviest_first() -> None:
    weighing = Weighing({1: 0.2, 2: 0.5, 3: 0.3}, {1: 3.0, 2: 9.0, 3: 2.9}, {}, 100)
    assert list(weighing.beyond_noise()) == [2, 1]


def test_a_claim_of_a_holding_matters_more_than_the_same_of_another_coin() -> None:
    weighing = Weighing({1: 0.2}, {}, {"golden_cross": 1, "rsi_oversold": 60}, 100)
    assert weighing.of_asset(0.4, 1) > weighing.of_asset(0.4, 2) == 0.4
    assert weighing.of_asset(0.4, 2, "golden_cross") > weighing.of_asset(0.4, 2, "rsi_oversold") > 0.4
