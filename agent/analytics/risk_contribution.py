"""Whose risk it is: the sample covariance of the holdings, and the part of the variance that each one brings."""

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.risk import NOISE


def covariance_matrix(returns: Floats) -> Floats:
    """Sample covariance (ddof=1) of daily returns: assets x assets, fractions squared per day.

    Days x assets in, every day complete. A missing return makes what it touches NaN; all NaN with fewer than two days.
    Raises AnalyticsError for other shapes.
    """
    returns = np.asarray(returns, dtype=np.float64)
    if returns.ndim != 2:
        raise AnalyticsError(f"a covariance matrix needs days x assets, got shape {returns.shape}")
    days, assets = returns.shape
    if days < 2:
        return np.full((assets, assets), np.nan)
    centred = returns - returns.mean(axis=0)
    return np.asarray(centred.T @ centred / (days - 1))


def risk_contributions(shares: Floats, covariance: Floats) -> Floats:
    """Split the variance of the mix by holding, w_i (C w)_i / (w' C w): fractions that sum to 1.

    One weight per asset and assets x assets in, one fraction per asset out; negative for a holding that hedges the
    others. All NaN if the mix does not vary or if a weight or a covariance is missing. Source: Euler's theorem for the
    volatility, which is homogeneous of degree one; D. Tasche (1999).
    """
    parts = shares * (covariance @ shares)
    variance = parts.sum()
    return parts / variance if variance > NOISE**2 else np.full(len(shares), np.nan)
