"""What signals are read from: figures of assets, of sectors and of the market, for one day or for a history.

Each part is a frozen record of float arrays that all have one shape: (subjects,) for a day, (days, subjects) for a
history. The subjects are assets in `measures`, `opinions`, `levels` and `onchain`, sectors in `sectors`, and the market
alone (an axis of length 1) in `market`. NaN is what is not known; a part that is not there is None, and the signals
that rest on it are then known for nobody.
"""

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from agent.analytics.measures import Measures
    from agent.analytics.signals.levels import Levels
    from agent.analytics.signals.market_figures import MarketFigures
    from agent.analytics.signals.onchain_figures import OnchainFigures
    from agent.analytics.signals.opinions import Opinions
    from agent.analytics.signals.sector_figures import SectorFigures

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a scan looks at; a part that is None has no data at all."""

    measures: "Measures"
    opinions: "Opinions | None" = None
    levels: "Levels | None" = None
    onchain: "OnchainFigures | None" = None
    sectors: "SectorFigures | None" = None
    market: "MarketFigures | None" = None


def day_of(part: Part, row: int) -> Part:
    """Take one day out of a part that is a history: its arrays lose their first axis."""
    return replace(part, **{field.name: getattr(part, field.name)[row] for field in fields(part)})  # type: ignore[type-var,arg-type]  # every part is a dataclass of arrays
