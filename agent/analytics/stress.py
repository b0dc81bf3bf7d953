"""A portfolio under stress: a fall of Bitcoin, a day that was, and correlations on Bitcoin's worst days."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from agent.analytics import correlation
from agent.analytics.bars import Flags, Floats, Indices, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.risk import NOISE
from agent.analytics.risk_contribution import covariance_matrix

SHOCK = -0.30
STRESS_DAYS = 365
MINIMUM_COMMON_DAYS = 90
WORST_PART = 10  # one day in ten


@dataclass(frozen=True, slots=True)
class BitcoinShock:
    """What a one-day fall of Bitcoin would be expected to do to the portfolio.

    `change_pct` is per cent of the part of the portfolio that has betas, `covered_share` that part as a fraction;
    `low_pct` and `high_pct` are one residual standard deviation below and above. `betas` has one figure per holding;
    `uncovered` are the columns of holdings with weight that have none.
    """

    shock_pct: float
    change_pct: Figure
    low_pct: Figure
    high_pct: Figure
    betas: tuple[Figure, ...]
    covered_share: Figure
    uncovered: tuple[int, ...]

    @classmethod
    def missing(cls, reason: str, holdings: int, shock: float = SHOCK) -> Self:
        """No expectation, for this reason."""
        none = Figure.missing(reason)
        return cls(shock * 100.0, none, none, none, (none,) * holdings, none, ())


@dataclass(frozen=True, slots=True)
class HistoricalDay:
    """What today's weights would have returned on a day that was, in per cent of the part that had a price then.

    `covered_share` is that part as a fraction; `uncovered` the columns of holdings with weight that had no return.
    """

    change_pct: Figure
    covered_share: Figure
    uncovered: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StressCorrelation:
    """Average pair correlation on Bitcoin's worst days, on all days, the difference, and how many days were the worst.

    `selection_alone` is what the worst days would show if nothing but their selection were at work.
    """

    worst_days: int
    average: Figure
    all_days: Figure
    difference: Figure
    selection_alone: Figure

    @classmethod
    def missing(cls, reason: str) -> Self:
        """No correlations, for this reason."""
        none = Figure.missing(reason)
        return cls(0, none, none, none, none)


def bitcoin_shock(shares: Floats, returns: Floats, bitcoin_returns: Floats, shock: float = SHOCK) -> BitcoinShock:
    """Expect each holding to move by its beta to Bitcoin times the shock: sum of weight * beta * shock.

    One weight per holding, days x holdings and one series of daily returns in; the shock is a fraction. Betas are of
    the last 365 days, on the days that both have; a holding with fewer than 90 is left out and named, never imputed.
    The band is the standard error of the regression (n - 2 in the denominator) of the covered part on Bitcoin, over the
    days that all of it have: one day's own noise, not the doubt about the betas or about a fall so far outside what
    they were measured on. Raises AnalyticsError for shapes that do not fit. *Check*: `scipy.stats.linregress`.
    """
    shares, returns = _fitting(shares, np.asarray(returns, dtype=np.float64)[-STRESS_DAYS:])
    bitcoin = np.asarray(bitcoin_returns, dtype=np.float64)[-STRESS_DAYS:]
    betas = np.asarray(correlation.beta(returns, bitcoin, MINIMUM_COMMON_DAYS))
    covered = (shares > 0) & np.isfinite(betas)
    share = float(shares[covered].sum())
    reason = f"no holding has {MINIMUM_COMMON_DAYS} daily returns in common with a Bitcoin that moved"
    change, noise = np.nan, np.nan
    if covered.any():
        inside = shares[covered] / share
        change = float(inside @ betas[covered]) * shock
        noise = _residual_deviation(returns[:, covered] @ inside, bitcoin)
    few = f"the covered holdings have fewer than {MINIMUM_COMMON_DAYS} days in common with Bitcoin"
    own = f"fewer than {MINIMUM_COMMON_DAYS} daily returns in common with Bitcoin, or Bitcoin did not move on them"
    return BitcoinShock(
        shock_pct=shock * 100.0,
        change_pct=Figure.of(change * 100.0, reason),
        low_pct=Figure.of((change - noise) * 100.0, few if covered.any() else reason),
        high_pct=Figure.of((change + noise) * 100.0, few if covered.any() else reason),
        betas=tuple(Figure.of(float(each), own) for each in betas),
        covered_share=Figure(share, None),
        uncovered=_columns((shares > 0) & ~covered),
    )


def _residual_deviation(mix: Floats, bitcoin: Floats) -> float:
    """Standard error of the regression of the mix on Bitcoin; NaN with too few common days."""
    both = np.isfinite(mix) & np.isfinite(bitcoin)
    if both.sum() < MINIMUM_COMMON_DAYS:
        return float("nan")
    mix, bitcoin = mix[both], bitcoin[both]
    residuals = mix - mix.mean() - correlation.beta(mix, bitcoin, MINIMUM_COMMON_DAYS) * (bitcoin - bitcoin.mean())
    return float(np.sqrt((residuals**2).sum() / (len(mix) - 2)))


def historical_day(shares: Floats, returns_on_that_day: Floats) -> HistoricalDay:
    """Apply the returns of a day that was to today's weights, over the holdings that had a return on it.

    One weight and one daily return per holding in, NaN for a holding without a price then: it is left out, named, and
    its weight not counted. Raises AnalyticsError for shapes that do not fit.
    """
    shares, day = _fitting(shares, np.asarray(returns_on_that_day, dtype=np.float64)[np.newaxis])
    covered = (shares > 0) & np.isfinite(day[0])
    share = float(shares[covered].sum())
    change = float(shares[covered] @ day[0, covered]) / share if share > 0 else np.nan
    return HistoricalDay(
        change_pct=Figure.of(change * 100.0, "no holding had a return on that day"),
        covered_share=Figure(share, None),
        uncovered=_columns((shares > 0) & ~covered),
    )


def stress_correlation(returns: Floats, bitcoin_returns: Floats) -> StressCorrelation:
    """Average the pair correlations over the worst tenth of Bitcoin's days in the last 365, against all of them.

    Days x holdings and one series of daily returns in. Days count if Bitcoin and every holding have a return; there
    must be nine tenths of 365. The floor(n / 10) days of Bitcoin's lowest returns are the worst, 32 at least.

    Choosing days by Bitcoin's return narrows its range, which by itself changes every correlation: usually it lowers
    them. `selection_alone` says by how much, with dependence unchanged: covariances C - (1 - k) b b' var(Bitcoin), b
    the betas and k the variance of Bitcoin on the worst days over that on all. Worse-than-usual dependence shows where
    the average is above that, not only where it is above all days. Source: Boyer, Gibson and Loretan (1999).
    """
    _, returns = _fitting(np.ones(np.shape(returns)[-1]), np.asarray(returns, dtype=np.float64)[-STRESS_DAYS:])
    bitcoin = np.asarray(bitcoin_returns, dtype=np.float64)[-STRESS_DAYS:]
    if bitcoin.shape != returns.shape[:1]:
        raise AnalyticsError(f"Bitcoin must cover the same {len(returns)} days, got {bitcoin.shape}")
    common = np.isfinite(bitcoin) & np.isfinite(returns).all(axis=1)
    count, needed, holdings = int(common.sum()), required_days(STRESS_DAYS), returns.shape[1]
    if count < needed or holdings < 2:
        short = f"needs {needed} daily returns in common with Bitcoin in the last {STRESS_DAYS} days, has {count}"
        return StressCorrelation.missing(short if holdings >= 2 else f"needs 2 holdings, has {holdings}")
    returns, bitcoin = returns[common], bitcoin[common]
    worst = np.argsort(bitcoin, kind="stable")[: count // WORST_PART]
    under, usual = _average(covariance_matrix(returns[worst])), _average(covariance_matrix(returns))
    alone = _average(_selected(returns, bitcoin, worst))
    still = "a holding did not move on these days"
    return StressCorrelation(
        worst_days=len(worst),
        average=Figure.of(under, still),
        all_days=Figure.of(usual, still),
        difference=Figure.of(under - usual, still),
        selection_alone=Figure.of(alone, "Bitcoin or a holding did not move on these days"),
    )


def _selected(returns: Floats, bitcoin: Floats, worst: Indices) -> Floats:
    """Covariances on the worst days if only Bitcoin's variance differed on them."""
    variance = bitcoin.var(ddof=1)
    betas = np.asarray(correlation.beta(returns, bitcoin, 2))
    lost = variance - bitcoin[worst].var(ddof=1)
    return np.asarray(covariance_matrix(returns) - np.outer(betas, betas) * lost)


def _average(covariance: Floats) -> float:
    """Average correlation of the pairs; NaN if one does not vary."""
    deviations = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    if not (deviations > NOISE).all():
        return float("nan")
    return correlation.average_correlation(covariance / np.outer(deviations, deviations))


def _fitting(shares: Floats, returns: Floats) -> tuple[Floats, Floats]:
    """Both as arrays. Raises AnalyticsError unless there is one weight, zero or more, for each column."""
    shares = np.asarray(shares, dtype=np.float64)
    if returns.ndim != 2 or shares.shape != returns.shape[1:] or not (shares >= 0).all():
        raise AnalyticsError(
            f"expected one known weight of zero or more for each of the holdings, got {shares.shape} weights for "
            f"returns {returns.shape}"
        )
    return shares, returns


def _columns(flags: Flags) -> tuple[int, ...]:
    return tuple(np.flatnonzero(flags).tolist())
