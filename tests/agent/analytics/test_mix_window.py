import numpy as np
import pytest
import scipy.stats

from agent.analytics.figure import Figure
from agent.analytics.mix_window import MixWindow

NAN = np.nan
RNG = np.random.default_rng(61)
RETURNS = RNG.normal(0.0, 0.03, (120, 1)) + RNG.normal(0.0, 0.03, (120, 3))
SHARES = np.array([0.7, 0.0, 0.3])
OWNED = SHARES > 0


def test_the_window_is_the_last_90_days_that_every_holding_has() -> None:
    returns = RETURNS.copy()
    returns[-5, 2], returns[-6, 1] = NAN, NAN  # the second is of a column without weight
    window = MixWindow.of(SHARES, OWNED, returns, "")
    np.testing.assert_array_equal(window.returns, np.delete(RETURNS[-90:, [0, 2]], 85, axis=0))
    np.testing.assert_allclose(window.covariance, np.cov(window.returns.T), rtol=1e-12)


def test_figures_per_holding_are_zero_for_a_column_without_weight() -> None:
    window = MixWindow.of(SHARES, OWNED, RETURNS, "")
    assert window.risk_contributions()[1] == Figure(0.0, None)
    assert window.over_diversification().volatility_changes[1] == Figure(0.0, None)
    assert {member for cluster in window.look_alikes().clusters for member in cluster.members} == {0, 2}


def test_links_to_a_market_agree_with_a_regression_on_the_common_days() -> None:
    market = RNG.normal(0.0, 0.03, 120) + RETURNS[:, 0]
    market[-9:] = NAN
    link, slope = MixWindow.of(SHARES, OWNED, RETURNS, "").links_to(market)
    line = scipy.stats.linregress(market[-90:-9], (RETURNS @ SHARES)[-90:-9])
    assert (link.value, slope.value) == (pytest.approx(line.rvalue), pytest.approx(line.slope))
    market[-10] = NAN
    assert "has 80" in (MixWindow.of(SHARES, OWNED, RETURNS, "").links_to(market)[0].reason or "")


def test_a_reason_is_repeated_by_every_figure() -> None:
    window = MixWindow.of(SHARES, OWNED, RETURNS, "because")
    figures = [
        window.weighted_average_correlation(),
        window.minimum_torsion_bets(),
        window.principal_component_bets(),
        *window.risk_contributions(),
        window.look_alikes().count,
        window.over_diversification().sufficient_count,
        *window.over_diversification().volatility_changes,
        *window.links_to(RETURNS[:, 0]),
    ]
    assert {figure.reason for figure in figures} == {"because"}
