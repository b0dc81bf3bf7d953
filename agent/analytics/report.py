"""Everything a briefing states of a portfolio, each figure a value or the reason why there is none."""

from dataclasses import dataclass

import numpy as np

from agent.analytics import correlation, diversification, portfolio, risk
from agent.analytics.bars import Flags, Floats, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.returns import change_pct, simple_returns

RISK_DAYS = 90
HISTORY_DAYS = 365

_STILL = "the portfolio did not move in the last {days} days"


@dataclass(frozen=True, slots=True)
class PortfolioReport:
    """The figures of one portfolio on the last day of its closes.

    Names ending in _pct are per cent, in _usd US dollars; all others are fractions or ratios. `contributions_1d_usd`
    and `weights` have one figure per holding, in the order of the amounts; `holding_count` counts those with an
    amount. `unpriced` are the holdings without a close on the last day; `limiting_90d` and `limiting_365d` are the
    holding with the fewest closes in that window, if any lacks one. The 90-day figures are of the mix (today's
    weights), the 365-day ones of the history (today's amounts).
    """

    value_usd: Figure
    change_1d_pct: Figure
    change_1d_usd: Figure
    contributions_1d_usd: tuple[Figure, ...]
    weights: tuple[Figure, ...]
    holding_count: int
    hhi: Figure
    effective_number: Figure
    volatility_90d: Figure
    weighted_volatility_90d: Figure
    diversification_ratio: Figure
    average_correlation_90d: Figure
    correlation_to_benchmark_90d: Figure
    beta_90d: Figure
    sharpe_365d: Figure
    maximum_drawdown_365d: Figure
    unpriced: tuple[int, ...]
    limiting_90d: int | None
    limiting_365d: int | None


@dataclass(frozen=True, slots=True)
class _Mix:
    """The 90-day figures."""

    volatility: Figure
    weighted_volatility: Figure
    diversification_ratio: Figure
    average_correlation: Figure
    correlation: Figure
    beta: Figure


def portfolio_report(amounts: Floats, closes: Floats, benchmark: Floats | None = None) -> PortfolioReport:
    """Measure a portfolio of today's amounts on days x holdings closes; the benchmark is one series of closes.

    Needs 91 rows for the 90-day figures and 366 for the 365-day ones; nine tenths of the daily returns must be there.
    Raises AnalyticsError for shapes that do not fit and for negative amounts.
    """
    amounts, closes = np.asarray(amounts, dtype=np.float64), np.asarray(closes, dtype=np.float64)
    closes = np.where(np.isfinite(closes), closes, np.nan)
    if benchmark is not None and np.shape(benchmark) != (len(closes),):
        raise AnalyticsError(f"the benchmark must cover the same {len(closes)} days, got {np.shape(benchmark)}")
    values, shares = portfolio.portfolio_values(amounts, closes), portfolio.weights(amounts, closes)
    owned = portfolio.held(amounts)
    today = _unknown_today(owned, values, closes)
    mix = _mix_figures(shares[owned], closes[:, owned], benchmark, today)
    sharpe, fall = _history_figures(values, today)
    change_usd, change = _change_figures(values, today)
    contributions = portfolio.contributions_usd(amounts, closes)
    return PortfolioReport(
        value_usd=Figure.missing(today) if today else Figure.of(values[-1], today),
        change_1d_pct=change,
        change_1d_usd=change_usd,
        contributions_1d_usd=tuple(
            Figure.of(usd, "a close is missing on the last day or the day before") for usd in contributions
        ),
        weights=tuple(Figure.of(share, today) for share in shares),
        holding_count=int(owned.sum()),
        hhi=Figure.of(diversification.herfindahl_index(shares), today),
        effective_number=Figure.of(diversification.effective_number(shares), today),
        volatility_90d=mix.volatility,
        weighted_volatility_90d=mix.weighted_volatility,
        diversification_ratio=mix.diversification_ratio,
        average_correlation_90d=mix.average_correlation,
        correlation_to_benchmark_90d=mix.correlation,
        beta_90d=mix.beta,
        sharpe_365d=sharpe,
        maximum_drawdown_365d=fall,
        unpriced=tuple(np.flatnonzero(np.isnan(closes[-1]) & owned).tolist()),
        limiting_90d=portfolio.limiting_holding(amounts, closes, RISK_DAYS + 1),
        limiting_365d=portfolio.limiting_holding(amounts, closes, HISTORY_DAYS + 1),
    )


def _unknown_today(owned: Flags, values: Floats, closes: Floats) -> str:
    """Why the portfolio cannot be measured on the last day; empty if it can."""
    if not owned.any():
        return "the portfolio holds nothing"
    unpriced, count = int(np.isnan(closes[-1, owned]).sum()), int(owned.sum())
    if unpriced:
        return f"{unpriced} of {count} holdings {'has' if unpriced == 1 else 'have'} no close on the last day"
    return "" if values[-1] > 0 else "the portfolio is worth nothing"


def _too_few(known: int, window: int, what: str = "daily returns") -> str:
    """Why a window is not covered well enough; empty if it is."""
    needed = required_days(window)
    return "" if known >= needed else f"needs {needed} {what} in the last {window} days, has {known}"


def _change_figures(values: Floats, today: str) -> tuple[Figure, Figure]:
    """Change of value on the day before, in USD and in per cent."""
    if today:
        return Figure.missing(today), Figure.missing(today)
    before = values[-2] if len(values) > 1 else np.nan
    reason = "a holding has no close on the day before"
    return Figure.of(values[-1] - before, reason), Figure.of(float(change_pct(values, 1)), reason)


def _history_figures(values: Floats, today: str) -> tuple[Figure, Figure]:
    """Sharpe ratio and maximum drawdown of the history."""
    returns = simple_returns(values)[-HISTORY_DAYS:]
    reason = today or _too_few(int(np.isfinite(returns).sum()), HISTORY_DAYS)
    if reason:
        return Figure.missing(reason), Figure.missing(reason)
    sharpe, fall = risk.sharpe_ratio(returns), risk.maximum_drawdown(values[-HISTORY_DAYS - 1 :])
    still = _STILL.format(days=HISTORY_DAYS)
    return Figure.of(float(sharpe), still), Figure.of(float(fall), still)


def _mix_figures(shares: Floats, closes: Floats, benchmark: Floats | None, today: str) -> _Mix:
    """Figures of the mix over the last 90 returns; shares and closes are of the holdings with an amount only."""
    returns = simple_returns(closes)[-RISK_DAYS:]
    complete = np.asarray(np.isfinite(returns).all(axis=1))
    reason = today or _too_few(int(complete.sum()), RISK_DAYS)
    if reason:
        missing = Figure.missing(reason)
        return _Mix(missing, missing, missing, missing, missing, missing)
    returns = returns[complete]
    mix = portfolio.mix_returns(shares, returns)
    volatility = float(risk.realized_volatility(mix, RISK_DAYS))
    weighted = diversification.weighted_volatility(shares, risk.realized_volatility(returns, RISK_DAYS))
    ratio = diversification.diversification_ratio(weighted, volatility) if volatility > risk.NOISE else np.nan
    still = _STILL.format(days=RISK_DAYS)
    link, slope = _benchmark_figures(mix, complete, benchmark)
    return _Mix(
        volatility=Figure.of(volatility, still),
        weighted_volatility=Figure.of(weighted, still),
        diversification_ratio=Figure.of(ratio, still),
        average_correlation=_average_correlation(returns),
        correlation=link,
        beta=slope,
    )


def _average_correlation(returns: Floats) -> Figure:
    """Mean correlation between pairs of holdings."""
    count = returns.shape[1]
    if count < 2:
        return Figure.missing(f"needs 2 holdings, has {count}")
    matrix = correlation.correlation_matrix(returns, required_days(RISK_DAYS))
    still = int(np.isnan(np.diagonal(matrix)).sum())
    reason = f"{still} of {count} holdings did not move in the last {RISK_DAYS} days"
    return Figure.of(correlation.average_correlation(matrix), reason)


def _benchmark_figures(mix: Floats, complete: Flags, benchmark: Floats | None) -> tuple[Figure, Figure]:
    """Correlation and beta of the mix to the benchmark, on the days that both have."""
    if benchmark is None:
        return Figure.missing("no benchmark was given"), Figure.missing("no benchmark was given")
    other = simple_returns(benchmark)[-RISK_DAYS:][complete]
    reason = _too_few(int(np.isfinite(other).sum()), RISK_DAYS, "daily returns in common with the benchmark")
    if reason:
        return Figure.missing(reason), Figure.missing(reason)
    minimum = required_days(RISK_DAYS)
    link, slope = float(correlation.correlation(mix, other, minimum)), float(correlation.beta(mix, other, minimum))
    flat = f"the benchmark did not move in the last {RISK_DAYS} days"
    still = flat if np.isnan(slope) else _STILL.format(days=RISK_DAYS)
    return Figure.of(link, still), Figure.of(slope, flat)
