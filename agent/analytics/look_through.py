"""What is held in the end: wrapped, bridged and staked assets as what they stand for, stablecoins as cash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.diversification import effective_number, herfindahl_index, weights
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure

STANDS_FOR_ANOTHER = frozenset({"wrapped", "bridged", "staked"})
STABLECOIN = "stablecoin"
KINDS = frozenset({"coin", STABLECOIN, *STANDS_FOR_ANOTHER})
US_DOLLAR = "US dollar"


@dataclass(frozen=True, slots=True)
class Held:
    """A holding: its value (NaN if unknown), what kind of asset it is and what it stands for, if anything.

    `underlying_id` counts for wrapped, bridged and staked assets only, `currency` (what one unit is meant to be
    worth) for stablecoins only. Raises AnalyticsError for an unknown kind.
    """

    asset_id: int
    value_usd: float
    kind: str
    underlying_id: int | None = None
    currency: str = US_DOLLAR

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise AnalyticsError(f"kind must be one of {', '.join(sorted(KINDS))}, got {self.kind!r}")


@dataclass(frozen=True, slots=True)
class Combined:
    """What several holdings come to: an asset (`asset_id`) or cash in a `currency`; exactly one of the two is given.

    `share` is a fraction of the portfolio, `members` the positions of the holdings in the input.
    """

    asset_id: int | None
    currency: str | None
    share: Figure
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A holding that could not be followed to its end, and why; `position` in the input, `chain` the assets on its way.

    It counts as the last asset of the chain, or as itself if the chain is a circle.
    """

    position: int
    reason: str
    chain: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LookThrough:
    """A portfolio seen through: `combined`, largest first, and its concentration before and after.

    `held_again` is the share of the portfolio that is an asset already held in another form: of each asset, everything
    but its largest holding. Cash is left out of it, since two stablecoins have two issuers.
    """

    combined: tuple[Combined, ...]
    hhi_before: Figure
    hhi_after: Figure
    effective_number_before: Figure
    effective_number_after: Figure
    held_again: Figure
    unresolved: tuple[Unresolved, ...]


def look_through(holdings: Sequence[Held]) -> LookThrough:
    """Combine the holdings that are the same thing in the end.

    Links are followed from holding to holding until an asset that stands for nothing else; an underlying that is not
    among the holdings ends its chain. Pass such an underlying with a value of 0 where its kind matters (a bridged
    stablecoin is cash only if the stablecoin itself is known as one). Shares are fractions of the total; if any value
    is unknown or nothing is worth anything, every figure has a reason instead. Raises AnalyticsError for a negative
    value and for an asset that is given twice. Source of the concentration: Herfindahl (1950).
    """
    by_id = {holding.asset_id: holding for holding in holdings}
    if len(by_id) < len(holdings):
        raise AnalyticsError("an asset is given twice; add up its values first")
    values = np.array([holding.value_usd for holding in holdings], dtype=np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    shares, unknown = weights(values), _unknown(values)
    members: dict[int | str, list[int]] = {}
    unresolved = []
    for position, holding in enumerate(holdings):
        if values[position] == 0:
            continue
        key, reason, chain = _followed(holding, by_id)
        members.setdefault(key, []).append(position)
        if reason:
            unresolved.append(Unresolved(position, reason, chain))
    combined = np.array([shares[positions].sum() for positions in members.values()])
    again = sum(_beyond_largest(shares[positions]) for key, positions in members.items() if not isinstance(key, str))
    return LookThrough(
        combined=_largest_first(members, combined, unknown),
        hhi_before=Figure.of(herfindahl_index(shares), unknown),
        hhi_after=Figure.of(herfindahl_index(combined), unknown),
        effective_number_before=Figure.of(effective_number(shares), unknown),
        effective_number_after=Figure.of(effective_number(combined), unknown),
        held_again=Figure.missing(unknown) if unknown else Figure.of(float(again), unknown),
        unresolved=tuple(unresolved),
    )


def _unknown(values: Floats) -> str:
    """Why there are no shares; empty if there are."""
    missing = int(np.isnan(values).sum())
    if missing:
        return f"{missing} of {len(values)} holdings {'has' if missing == 1 else 'have'} no value"
    return "" if values.sum() > 0 else "the portfolio is worth nothing"


def _followed(holding: Held, by_id: Mapping[int, Held]) -> tuple[int | str, str, tuple[int, ...]]:
    """Give the asset id or the currency a holding is in the end, why its end is not known (if so), and its chain."""
    chain = [holding.asset_id]
    current = holding
    while current.kind in STANDS_FOR_ANOTHER:
        underlying = current.underlying_id
        if underlying is None:
            return current.asset_id, f"what a {current.kind} asset stands for is not known", tuple(chain)
        if underlying in chain:
            return holding.asset_id, "what it stands for leads in a circle", (*chain, underlying)
        chain.append(underlying)
        if underlying not in by_id:
            return underlying, "", tuple(chain)
        current = by_id[underlying]
    return (current.currency if current.kind == STABLECOIN else current.asset_id), "", tuple(chain)


def _beyond_largest(shares: Floats) -> float:
    return float(shares.sum() - shares.max())


def _largest_first(members: Mapping[int | str, Sequence[int]], shares: Floats, unknown: str) -> tuple[Combined, ...]:
    found = [
        Combined(
            asset_id=None if isinstance(key, str) else key,
            currency=key if isinstance(key, str) else None,
            share=Figure.of(share, unknown),
            members=tuple(positions),
        )
        for (key, positions), share in zip(members.items(), shares, strict=True)
    ]
    return tuple(sorted(found, key=lambda each: -(each.share.value or 0.0)))
