"""How a portfolio is spread over labels: sectors, chains, kinds of consensus, regions, tiers of market value."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure

UNKNOWN = "unknown"

# The last rank of each tier, by market value.
CAP_TIERS = ((10, "top 10"), (50, "11 to 50"), (100, "51 to 100"), (250, "101 to 250"))
BEYOND_CAP_TIERS = "beyond 250"


@dataclass(frozen=True, slots=True)
class ExposureGroup:
    """The holdings with one label: their share of the portfolio, a fraction, and their positions in the input."""

    label: str
    share: Figure
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Groups with a known label, largest first; `unknown` are the holdings of which the label is not known.

    The shares of all groups and of `unknown` sum to 1 where the shares given do.
    """

    groups: tuple[ExposureGroup, ...]
    unknown: ExposureGroup


def exposure(shares: Floats, labels: Sequence[str | None]) -> Exposure:
    """Add up the shares of the holdings with the same label; None is an unknown label.

    One share (fraction) and one label per holding. Holdings of no share are left out. A group with a member whose
    share is NaN has a reason in place of its share and stands behind the others; equal shares stand by label. Raises
    AnalyticsError for lengths that do not fit, a negative or infinite share and a label that is empty or "unknown".
    """
    shares = np.asarray(shares, dtype=np.float64)
    if shares.shape != (len(labels),):
        raise AnalyticsError(f"expected one label per holding, got {len(labels)} for shares of shape {shares.shape}")
    if (shares < 0).any() or np.isinf(shares).any():
        raise AnalyticsError("shares must be zero or more and finite; short positions are not supported")
    members: dict[str, list[int]] = {UNKNOWN: []}
    for position, (share, label) in enumerate(zip(shares, labels, strict=True)):
        if label in {"", UNKNOWN}:
            raise AnalyticsError(f"a label cannot be {label!r}; give None where it is not known")
        if share != 0:
            members.setdefault(label or UNKNOWN, []).append(position)
    unknown = _group(UNKNOWN, members.pop(UNKNOWN), shares)
    groups = [_group(label, positions, shares) for label, positions in members.items()]
    return Exposure(tuple(sorted(groups, key=_order)), unknown)


def _group(label: str, positions: Sequence[int], shares: Floats) -> ExposureGroup:
    own = shares[list(positions)]
    missing = int(np.isnan(own).sum())
    reason = f"the share of {missing} of {len(own)} holdings is not known"
    return ExposureGroup(label, Figure.of(float(own.sum()), reason), tuple(positions))


def _order(group: ExposureGroup) -> tuple[float, str]:
    return (1.0 if group.share.value is None else -group.share.value, group.label)


def cap_tier(rank: int | None) -> str | None:
    """Name the tier of a rank by market value, 1 the largest: top 10, 11 to 50, 51 to 100, 101 to 250, beyond 250.

    None if the rank is not known. Raises AnalyticsError for a rank below 1.
    """
    if rank is None:
        return None
    if rank < 1:
        raise AnalyticsError(f"a rank by market value starts at 1, got {rank}")
    return next((tier for last, tier in CAP_TIERS if rank <= last), BEYOND_CAP_TIERS)
