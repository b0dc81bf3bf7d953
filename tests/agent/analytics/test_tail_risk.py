import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skfolio.measures import cvar
from skfolio.measures import value_at_risk as skfolio_value_at_risk

from agent.analytics.errors import AnalyticsError
from agent.analytics.tail_risk import conditional_value_at_risk, value_at_risk


def test_the_tail_of_a_hundred_days_by_hand() -> None:
    returns = np.arange(-50, 50) / 100.0
    # the worst five lose 50, 49, 48, 47 and 46 %; the sixth 45 %
    assert conditional_value_at_risk(returns) == pytest.approx(0.48)
    assert value_at_risk(returns) == pytest.approx(0.45)


def test_a_tail_that_is_no_whole_number_of_days_takes_part_of_the_next() -> None:
    returns = np.array([-0.10, -0.04, *([0.01] * 28)])
    # 5 % of 30 days are 1.5: the worst in full and half of the next, (0.10 + 0.5 * 0.04) / 1.5
    assert conditional_value_at_risk(returns) == pytest.approx(0.08)
    assert value_at_risk(returns) == pytest.approx(0.04)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
@given(count=st.integers(1, 400), seed=st.integers(0, 2**32 - 1))
def test_the_tail_agrees_with_skfolio(level: float, count: int, seed: int) -> None:
    returns = np.random.default_rng(seed).standard_t(3, count) * 0.03
    assert conditional_value_at_risk(returns, level) == pytest.approx(cvar(returns, level), rel=1e-9, abs=1e-12)
    assert value_at_risk(returns, level) == pytest.approx(skfolio_value_at_risk(returns, level), rel=1e-9)


def test_unknown_days_are_left_out_and_none_is_unknown() -> None:
    returns = np.array([np.nan, -0.1, 0.02, np.nan])
    assert conditional_value_at_risk(returns) == value_at_risk(returns) == pytest.approx(0.1)
    for nothing in (np.array([]), np.full(3, np.nan)):
        assert np.isnan(conditional_value_at_risk(nothing))
        assert np.isnan(value_at_risk(nothing))


@pytest.mark.parametrize("level", [0.0, 1.0, np.nan])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(AnalyticsError, match="between 0 and 1"):
        value_at_risk(np.zeros(3), level)
