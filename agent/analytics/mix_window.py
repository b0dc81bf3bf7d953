"""The mix of the last 90 days: today's weights on the days on which every holding has a return, and what follows."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from agent.analytics import correlation, portfolio
from agent.analytics.bars import Flags, Floats, Indices, required_days
from agent.analytics.clusters import Clusters, look_alikes
from agent.analytics.effective_bets import effective_number_of_bets, minimum_torsion_bets, principal_component_bets
from agent.analytics.figure import Figure
from agent.analytics.over_diversification import OverDiversification, over_diversification
from agent.analytics.report import RISK_DAYS
from agent.analytics.risk_contribution import covariance_matrix, risk_contributions

_STILL = f"the portfolio did not move in the last {RISK_DAYS} days"


@dataclass(frozen=True, slots=True)
class MixWindow:
    """Weights, returns, covariance and correlations of the holdings with an amount, whose columns are `columns`.

    `complete` tells which of the last 90 rows count. If `reason` says why there is no mix, every figure repeats it.
    """

    reason: str
    holdings: int
    columns: Indices
    complete: Flags
    shares: Floats
    returns: Floats
    covariance: Floats
    correlations: Floats

    @classmethod
    def of(cls, shares: Floats, owned: Flags, returns: Floats, reason: str) -> Self:
        """Cut the window out of days x all holdings of daily returns; `reason` is empty if it can be measured."""
        columns = np.flatnonzero(owned)
        recent = returns[-RISK_DAYS:, columns]
        complete = np.asarray(np.isfinite(recent).all(axis=1)) & (not reason)
        recent = recent[complete]
        return cls(
            reason=reason,
            holdings=len(owned),
            columns=columns,
            complete=complete,
            shares=shares[columns],
            returns=recent,
            covariance=covariance_matrix(recent),
            correlations=correlation.correlation_matrix(recent, required_days(RISK_DAYS)),
        )

    def weighted_average_correlation(self) -> Figure:
        """Average pair correlation, each pair counted by the product of its two weights."""
        if self.reason or len(self.shares) < 2:
            return Figure.missing(self.reason or f"needs 2 holdings, has {len(self.shares)}")
        still = int(np.isnan(np.diagonal(self.correlations)).sum())
        reason = f"{still} of {len(self.shares)} holdings did not move in the last {RISK_DAYS} days"
        return Figure.of(correlation.average_correlation(self.correlations, self.shares), reason)

    def minimum_torsion_bets(self) -> Figure:
        """Effective number of minimum-torsion bets."""
        reason = self.reason or (
            f"{_STILL}, or holdings are linearly dependent: two the same, or as many as the {len(self.returns)} days"
        )
        return Figure.of(effective_number_of_bets(minimum_torsion_bets(self.shares, self.covariance)), reason)

    def principal_component_bets(self) -> Figure:
        """Effective number of principal-component bets."""
        bets = principal_component_bets(self.shares, self.covariance)
        return Figure.of(effective_number_of_bets(bets), self.reason or _STILL)

    def risk_contributions(self) -> tuple[Figure, ...]:
        """Part of the variance that each holding brings."""
        parts = risk_contributions(self.shares, self.covariance).tolist()
        return self._per_holding(tuple(Figure.of(part, self.reason or _STILL) for part in parts))

    def look_alikes(self) -> Clusters:
        """Clusters of the holdings, in columns of all holdings."""
        if self.reason:
            return Clusters.missing(self.reason)
        found = look_alikes(self.correlations, self.shares)
        clusters = tuple(replace(each, members=self._columns(each.members)) for each in found.clusters)
        return replace(found, clusters=clusters)

    def over_diversification(self) -> OverDiversification:
        """Which holdings add nothing, in columns of all holdings."""
        if self.reason:
            return OverDiversification.missing(self.reason, self.holdings)
        found = over_diversification(self.shares, self.covariance)
        return OverDiversification(
            sufficient_count=found.sufficient_count,
            sufficient=self._columns(found.sufficient),
            volatility_changes=self._per_holding(found.volatility_changes),
            idle=self._columns(found.idle),
        )

    def links_to(self, market_returns: Floats) -> tuple[Figure, Figure]:
        """Correlation and beta of the mix to a market of the same days, on the days that both have."""
        if self.reason:
            return Figure.missing(self.reason), Figure.missing(self.reason)
        market, minimum = market_returns[-RISK_DAYS:][self.complete], required_days(RISK_DAYS)
        known = int(np.isfinite(market).sum())
        if known < minimum:
            short = f"needs {minimum} daily returns in common with the market in the last {RISK_DAYS} days, has {known}"
            return Figure.missing(short), Figure.missing(short)
        mix = portfolio.mix_returns(self.shares, self.returns)
        flat = f"the market did not move in the last {RISK_DAYS} days"
        slope = Figure.of(float(correlation.beta(mix, market, minimum)), flat)
        return Figure.of(float(correlation.correlation(mix, market, minimum)), slope.reason or _STILL), slope

    def _columns(self, held: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(self.columns[list(held)].tolist())

    def _per_holding(self, figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
        """One figure for each of all holdings, 0 for one without an amount (the reason, if there is no mix)."""
        none = Figure.missing(self.reason) if self.reason else Figure(0.0, None)
        every = [none] * self.holdings
        for column, figure in zip(self.columns.tolist(), figures, strict=True):
            every[column] = figure
        return tuple(every)
