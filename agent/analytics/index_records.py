"""What a model index is tracked on, and what is said of it: holdings, rebalances, exits, days without a level."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.index_rules import Days


@dataclass(frozen=True, slots=True)
class IndexMarket:
    """What an index may be built from: days x assets, rows consecutive calendar days, NaN where nothing is known.

    Closes and market values are in USD, ranks by market value (1 the largest); market values and ranks are read in the
    rows of rebalances only. `kinds` and `categories` have one entry per asset. Raises AnalyticsError for shapes that
    do not fit, an asset that is given twice and days that are not consecutive.
    """

    days: Days
    asset_ids: Sequence[int]
    close: Floats
    market_values_usd: Floats | None = None
    ranks: Floats | None = None
    kinds: Sequence[str] | None = None
    categories: Sequence[Collection[str]] | None = None

    def __post_init__(self) -> None:
        shape = (len(self.days), len(self.asset_ids))
        for name in ("close", "market_values_usd", "ranks"):
            array = getattr(self, name)
            if array is not None and np.shape(array) != shape:
                raise AnalyticsError(f"{name} must be days x assets, {shape}, got {np.shape(array)}")
        for name in ("kinds", "categories"):
            entries = getattr(self, name)
            if entries is not None and len(entries) != shape[1]:
                raise AnalyticsError(f"{name} must have one entry for each of {shape[1]} assets, got {len(entries)}")
        if len(set(self.asset_ids)) < len(self.asset_ids):
            raise AnalyticsError("an asset is given twice; each may have one column only")
        if (np.diff(self.days.astype("datetime64[D]")) != np.timedelta64(1, "D")).any():
            raise AnalyticsError("the days of an index must be consecutive calendar days, oldest first")


@dataclass(frozen=True, slots=True)
class Constituent:
    """What an index holds of an asset: units, the last close known (USD) and how many days ago that was."""

    asset_id: int
    units: float
    price_usd: float
    missing_days: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """An index after the close of `day`: all that is needed to go on. `due` is set while a rebalance is outstanding."""

    day: date
    due: bool
    constituents: tuple[Constituent, ...]


@dataclass(frozen=True, slots=True)
class Rebalance:
    """What the index bought into at the close of `day`: assets and weights (fractions that sum to 1).

    `left_out` are assets that the universe names but that could not be weighted. `turnover` is half the sum of the
    absolute changes of weight, `cost` the fraction of the level that was paid; both are 0 on the start day.
    """

    day: date
    asset_ids: tuple[int, ...]
    weights: tuple[float, ...]
    left_out: tuple[int, ...]
    turnover: float
    cost: float


@dataclass(frozen=True, slots=True)
class Exit:
    """An asset that was sold at its last close because its price had ended; `weight` is what it was worth on `day`."""

    day: date
    asset_id: int
    last_close_usd: float
    weight: float


@dataclass(frozen=True, slots=True)
class Remark:
    """Why something could not be done on a day, and the assets it is about, if it is about any."""

    day: date
    reason: str
    asset_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexTrack:
    """An index over days: its level (NaN on the days named in `without_level`), its rebalances and its exits.

    `postponed` are the days on which a rebalance was due and could not be made. `state` is where it goes on from.
    """

    days: Days
    level: Floats
    without_level: tuple[Remark, ...]
    rebalances: tuple[Rebalance, ...]
    postponed: tuple[Remark, ...]
    exits: tuple[Exit, ...]
    state: IndexState
