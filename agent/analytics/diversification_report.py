"""How diversified a portfolio is, all in one record, each figure a value or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from agent.analytics import diversification, portfolio, risk, tail_risk
from agent.analytics.bars import Flags, Floats, required_days
from agent.analytics.clusters import Clusters
from agent.analytics.correlation_trend import CorrelationTrend, correlation_trend
from agent.analytics.drawdowns import Drawdown, Stretch, deepest_drawdowns, named_stretches
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.mix_window import MixWindow
from agent.analytics.over_diversification import OverDiversification
from agent.analytics.report import HISTORY_DAYS, RISK_DAYS, PortfolioReport, portfolio_report
from agent.analytics.returns import simple_returns
from agent.analytics.stress import SHOCK, BitcoinShock, StressCorrelation, bitcoin_shock, stress_correlation


@dataclass(frozen=True, slots=True)
class DiversificationReport:
    """The diversification of one portfolio on the last day of its closes.

    `portfolio` holds value, weights, concentration, volatilities, diversification ratio, Sharpe ratio and maximum
    drawdown; its benchmark is Bitcoin. Names ending in _90d are of the mix (today's weights) over 90 days; the tail and
    the shock are of the mix over 365 days; Sortino ratio and drawdowns are of the history (today's amounts). Fractions
    and ratios, but per cent for _pct and US dollars for _usd; value at risk is positive for a loss. What is per holding
    is in the order of the amounts, and columns are theirs too. `deepest_365d` is the fall behind the maximum drawdown;
    `crises` are the deepest of all rows; their rows are those of the closes. `young_90d` and `young_365d` are the
    holdings that lack closes in that window and so may leave its figures unknown: without them there might be some.
    """

    portfolio: PortfolioReport
    sortino_365d: Figure
    top_1_share: Figure
    top_3_share: Figure
    top_5_share: Figure
    correlation_to_market_90d: Figure
    beta_to_market_90d: Figure
    weighted_average_correlation_90d: Figure
    correlation_trend: CorrelationTrend
    correlation_under_stress: StressCorrelation
    independent_factors_90d: Figure
    minimum_torsion_bets_90d: Figure
    principal_component_bets_90d: Figure
    risk_contributions_90d: tuple[Figure, ...]
    look_alikes_90d: Clusters
    over_diversification_90d: OverDiversification
    value_at_risk_1d_pct: Figure
    value_at_risk_1d_usd: Figure
    conditional_value_at_risk_1d_pct: Figure
    conditional_value_at_risk_1d_usd: Figure
    deepest_365d: Drawdown | None
    crises: tuple[Drawdown, ...]
    stretches: tuple[Stretch, ...]
    bitcoin_shock: BitcoinShock
    bitcoin_shock_usd: Figure
    young_90d: tuple[int, ...]
    young_365d: tuple[int, ...]


def diversification_report(
    amounts: Floats,
    closes: Floats,
    bitcoin: Floats | None = None,
    market: Floats | None = None,
    *,
    shock: float = SHOCK,
    crises: int = 5,
    stretches: Mapping[str, tuple[int, int]] | None = None,
) -> DiversificationReport:
    """Measure how diversified today's amounts are, on days x holdings closes.

    `bitcoin` is one series of closes of the same days; `market` is one too, or days x assets closes, whose known daily
    returns are then averaged with equal weights. `shock` is Bitcoin's fall as a fraction; `stretches` names rows (first
    and last, both included) of the closes. A 90-day figure needs 91 rows, a 365-day one 366; nine tenths of the days
    must have a return of every holding with an amount. Raises AnalyticsError for shapes that do not fit and for
    negative amounts.
    """
    amounts, closes = np.asarray(amounts, dtype=np.float64), np.asarray(closes, dtype=np.float64)
    closes = np.where(np.isfinite(closes), closes, np.nan)
    base = portfolio_report(amounts, closes, bitcoin)
    today = base.value_usd.reason or ""
    shares, owned = portfolio.weights(amounts, closes), portfolio.held(amounts)
    returns, values = simple_returns(closes), portfolio.portfolio_values(amounts, closes)
    mix = MixWindow.of(shares, owned, returns, base.volatility_90d.reason or "")
    bitcoin_returns = np.full(len(closes), np.nan) if bitcoin is None else simple_returns(bitcoin)
    if today:
        trend, together = CorrelationTrend.missing(today), StressCorrelation.missing(today)
        fall = BitcoinShock.missing(today, len(amounts), shock)
    else:
        trend = correlation_trend(returns[:, owned])
        together = stress_correlation(returns[:, owned], bitcoin_returns)
        fall = bitcoin_shock(shares, returns, bitcoin_returns, shock)
    link, slope = _market_figures(mix, market, len(closes))
    loss, mean_loss = _tail_figures(shares[owned], returns[-HISTORY_DAYS:, owned], today)
    return DiversificationReport(
        portfolio=base,
        sortino_365d=_sortino(values, base),
        top_1_share=Figure.of(diversification.top_share(shares, 1), today),
        top_3_share=Figure.of(diversification.top_share(shares, 3), today),
        top_5_share=Figure.of(diversification.top_share(shares, 5), today),
        correlation_to_market_90d=link,
        beta_to_market_90d=slope,
        weighted_average_correlation_90d=mix.weighted_average_correlation(),
        correlation_trend=trend,
        correlation_under_stress=together,
        independent_factors_90d=_squared(base.diversification_ratio),
        minimum_torsion_bets_90d=mix.minimum_torsion_bets(),
        principal_component_bets_90d=mix.principal_component_bets(),
        risk_contributions_90d=mix.risk_contributions(),
        look_alikes_90d=mix.look_alikes(),
        over_diversification_90d=mix.over_diversification(),
        value_at_risk_1d_pct=loss,
        value_at_risk_1d_usd=_in_usd(loss, base.value_usd),
        conditional_value_at_risk_1d_pct=mean_loss,
        conditional_value_at_risk_1d_usd=_in_usd(mean_loss, base.value_usd),
        deepest_365d=_deepest(values, base),
        crises=deepest_drawdowns(values, crises),
        stretches=named_stretches(values, stretches or {}),
        bitcoin_shock=fall,
        bitcoin_shock_usd=_in_usd(fall.change_pct, base.value_usd, fall.covered_share.value or 0.0),
        young_90d=_lacking(closes, owned, RISK_DAYS + 1),
        young_365d=_lacking(closes, owned, HISTORY_DAYS + 1),
    )


def _market_figures(mix: MixWindow, market: Floats | None, days: int) -> tuple[Figure, Figure]:
    """Correlation and beta to the market."""
    if market is None:
        return Figure.missing("no market was given"), Figure.missing("no market was given")
    market = np.asarray(market, dtype=np.float64)
    if market.ndim not in (1, 2) or len(market) != days:
        raise AnalyticsError(f"the market must be one series or a panel of the same {days} days, got {market.shape}")
    returns = simple_returns(market[-RISK_DAYS - 1 :])
    returns = returns[-min(days, RISK_DAYS) :]
    return mix.links_to(returns if returns.ndim == 1 else risk.moments(returns.T).mean)


def _tail_figures(shares: Floats, returns: Floats, today: str) -> tuple[Figure, Figure]:
    """Value at risk and conditional value at risk of the mix, per cent."""
    mix = portfolio.mix_returns(shares, returns)
    known, needed = int(np.isfinite(mix).sum()), required_days(HISTORY_DAYS)
    if today or known < needed:
        short = today or f"needs {needed} daily returns in the last {HISTORY_DAYS} days, has {known}"
        return Figure.missing(short), Figure.missing(short)
    loss, mean_loss = tail_risk.value_at_risk(mix), tail_risk.conditional_value_at_risk(mix)
    return Figure.of(loss * 100.0, ""), Figure.of(mean_loss * 100.0, "")


def _sortino(values: Floats, base: PortfolioReport) -> Figure:
    """Sortino ratio of the history."""
    if base.maximum_drawdown_365d.reason:
        return base.maximum_drawdown_365d
    ratio = float(risk.sortino_ratio(simple_returns(values)[-HISTORY_DAYS:]))
    return Figure.of(ratio, f"the portfolio did not fall on any of the last {HISTORY_DAYS} days")


def _deepest(values: Floats, base: PortfolioReport) -> Drawdown | None:
    """The fall behind the maximum drawdown, in rows of the closes; None if there is none."""
    found = () if base.maximum_drawdown_365d.reason else deepest_drawdowns(values[-HISTORY_DAYS - 1 :], 1)
    if not found:
        return None
    (fall,), before = found, max(len(values) - HISTORY_DAYS - 1, 0)
    back = None if fall.recovery is None else fall.recovery + before
    return replace(fall, peak=fall.peak + before, trough=fall.trough + before, recovery=back)


def _squared(ratio: Figure) -> Figure:
    return ratio if ratio.value is None else Figure.of(ratio.value**2, "")


def _in_usd(part_pct: Figure, value_usd: Figure, share: float = 1.0) -> Figure:
    """Per cent of a share of the value, in US dollars."""
    if part_pct.value is None or value_usd.value is None:
        return Figure.missing(part_pct.reason or value_usd.reason or "")
    return Figure.of(part_pct.value / 100.0 * share * value_usd.value, "")


def _lacking(closes: Floats, owned: Flags, days: int) -> tuple[int, ...]:
    """Holdings with an amount that lack a close in the last `days` rows."""
    return tuple(np.flatnonzero(owned & np.isnan(closes[-days:]).any(axis=0)).tolist())
