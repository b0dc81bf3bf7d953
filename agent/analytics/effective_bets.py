"""How many uncorrelated bets a portfolio makes: its variance split over uncorrelated factors, and their number.

No split is the only right one, so two are offered, and neither is to be read alone. *Minimum-torsion* bets are the
uncorrelated factors nearest to the holdings themselves. They tell how evenly the risk is spread over the holdings: for
equally weighted holdings of one volatility and one common correlation their number is n, however high the correlation.
*Principal components* are the uncorrelated factors that explain most: for the same holdings their number is 1, however
low the correlation. The square of the diversification ratio lies between the two there: n / (1 + (n - 1) rho).
"""

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.risk import NOISE

# Below this smallest eigenvalue of the correlation matrix the holdings count as linearly dependent: two of them from a
# correlation of 0.999999 on. The bets' scales are the less certain by rounding the smaller it is.
_SINGULAR = 1e-6

_CONVERGED = 1e-10
_PLAIN_ROUNDS = 2  # the published steps, which bring Newton's close enough
_MAX_ROUNDS = 50  # about ten are needed


def minimum_torsion_bets(shares: Floats, covariance: Floats) -> Floats:
    """Split the variance of the mix over its minimum-torsion bets: fractions that sum to 1, one per holding.

    One weight per asset and assets x assets in. With correlations C, v = weight * volatility and D = diag(d), the
    scale d of the bets solves d_i^2 = (D C D)^(1/2)_ii, and bet i has the share ((D C D)^(1/2) (v / d))_i^2 / (v' C v).
    Holdings that do not vary carry no bet (0). All NaN if the mix does not vary, a figure is missing, or the holdings
    are linearly dependent or nearly so (two identical ones; as many holdings as days): the bets are not defined then.
    Source: Meucci, Santangelo and Deguest (2015), whose exact solution this is, reached by Newton's method.
    """
    deviations = np.sqrt(np.diagonal(covariance))
    varied = deviations > NOISE
    bets = np.full(len(shares), np.nan)
    if not _varies(shares, covariance):
        return bets
    scale = deviations[varied]
    matrix = covariance[np.ix_(varied, varied)] / np.outer(scale, scale)
    variances, vectors = np.linalg.eigh(matrix)
    if variances[0] < _SINGULAR:
        return bets
    exposures = shares[varied] * scale
    lengths = np.ones(len(scale))
    for turn in range(_MAX_ROUNDS):
        roots = np.sqrt(np.maximum(variances, _SINGULAR**2))
        diagonal = (vectors * roots * vectors).sum(axis=1)
        if np.abs(diagonal / lengths**2 - 1.0).max() < _CONVERGED:
            amplitudes = (vectors * roots) @ (vectors.T @ (exposures / lengths))
            bets[~varied] = 0.0
            bets[varied] = amplitudes**2 / (amplitudes**2).sum()
            break
        if turn < _PLAIN_ROUNDS:
            lengths = diagonal / lengths
        else:
            step = _newton_step(lengths, roots, vectors, diagonal)
            lengths = lengths * np.exp(step * min(1.0, 0.5 / np.abs(step).max()))  # far steps are not to be trusted
        variances, vectors = np.linalg.eigh(matrix * np.outer(lengths, lengths))
    return bets


def _newton_step(lengths: Floats, roots: Floats, vectors: Floats, diagonal: Floats) -> Floats:
    """Change of log d that solves d_i^2 = (D C D)^(1/2)_ii to first order.

    In the eigenvectors of D C D, with roots s, the root changes by E_ab (s_a^2 + s_b^2) / (s_a + s_b), where E is the
    change of log d (Daleckii and Krein 1965). Look-alikes need it: the published steps take hundreds of rounds there.
    """
    gains = np.add.outer(roots**2, roots**2) / np.add.outer(roots, roots)
    slopes = np.stack([((row * vectors) @ gains * (row * vectors)).sum(axis=1) for row in vectors])
    return np.asarray(np.linalg.solve(2.0 * np.diag(lengths**2) - slopes, diagonal - lengths**2))


def principal_component_bets(shares: Floats, covariance: Floats) -> Floats:
    """Split the variance of the mix over the principal components of the covariance: fractions that sum to 1.

    One weight per asset and assets x assets in. With C = E diag(l) E', component k has the share
    (E' w)_k^2 l_k / (w' C w); the component of the largest variance comes first. All NaN if the mix does not vary or a
    figure is missing. Source: Meucci (2009).
    """
    if not _varies(shares, covariance):
        return np.full(len(shares), np.nan)
    variances, components = np.linalg.eigh(covariance)
    parts = (components.T @ shares) ** 2 * np.maximum(variances, 0.0)
    return np.asarray(parts[::-1] / parts.sum())


def effective_number_of_bets(bets: Floats) -> float:
    """Count the equal uncorrelated bets that would be as spread: exp(- sum p ln p), 1 to n.

    Fractions p that sum to 1 in; NaN if any is. Source: Meucci (2009).
    """
    if not bets.size or np.isnan(bets).any():
        return float("nan")
    counted = bets[bets > 0]
    return float(np.exp(-(counted * np.log(counted)).sum()))


def _varies(shares: Floats, covariance: Floats) -> bool:
    """Whether the mix has a known volatility above rounding."""
    return bool(shares @ covariance @ shares > NOISE**2)
