"""Look-alikes: holdings that move so much alike that they are one, and how many different ones are left."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from agent.analytics.bars import Floats, Indices
from agent.analytics.diversification import effective_number
from agent.analytics.figure import Figure

LOOK_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Cluster:
    """Holdings that move alike: their columns, largest weight first, and the sum of their weights as a fraction."""

    members: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Clusters:
    """All clusters, largest first; how many there are, and how many equal ones would be as concentrated.

    A diversification is false where `count` is far below the number of holdings. `clusters` is empty where the figures
    are reasons.
    """

    clusters: tuple[Cluster, ...]
    count: Figure
    effective_number: Figure

    @classmethod
    def missing(cls, reason: str) -> Self:
        """No clusters, for this reason."""
        return cls((), Figure.missing(reason), Figure.missing(reason))


def look_alikes(matrix: Floats, shares: Floats, threshold: float = LOOK_ALIKE) -> Clusters:
    """Group holdings whose correlation is `threshold` or more, by average linkage on the distance sqrt((1 - rho) / 2).

    Assets x assets and one weight per asset in; columns are those of the matrix. Two groups join while the mean
    distance between their members is at most that of the threshold, so within a group a single pair may correlate
    less. A holding that does not vary (NaN on the diagonal) has no correlations: all such form one cluster, for they
    move alike, by not moving. States a reason if another pair is unknown. Source: Mantegna (1999) for the distance,
    Sokal and Michener (1958) for the linkage.
    """
    moving = np.flatnonzero(~np.isnan(np.diagonal(matrix)))
    still = np.flatnonzero(np.isnan(np.diagonal(matrix)))
    correlations = matrix[np.ix_(moving, moving)]
    if np.isnan(correlations).any() or np.isnan(shares).any():
        return Clusters.missing("a correlation between two holdings or a weight is not known")
    labels = _labels(np.sqrt((1.0 - correlations) / 2.0), float(np.sqrt((1.0 - threshold) / 2.0)))
    groups = [moving[labels == label] for label in np.unique(labels)] + ([still] if still.size else [])
    found = sorted((_cluster(group, shares) for group in groups), key=lambda each: (-each.share, each.members))
    nothing = "there are no holdings to compare"
    return Clusters(
        clusters=tuple(found),
        count=Figure.of(len(found) or np.nan, nothing),
        effective_number=Figure.of(effective_number(np.array([each.share for each in found])), nothing),
    )


def _cluster(group: Indices, shares: Floats) -> Cluster:
    order = group[np.argsort(-shares[group], kind="stable")]
    return Cluster(tuple(order.tolist()), float(shares[group].sum()))


def _labels(distances: Floats, cut: float) -> Indices:
    """Cluster number of each holding."""
    if len(distances) < 2:
        return np.zeros(len(distances), dtype=np.intp)
    from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]  # no types  # noqa: PLC0415 - slow

    upper = distances[np.triu_indices(len(distances), k=1)]
    # the threshold itself counts as alike, whatever rounding made of it
    return np.asarray(fcluster(linkage(upper, "average"), cut + 1e-9, "distance"), dtype=np.intp)
