"""All that a briefing is made from, read once: what follows is arithmetic on these values and touches no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.analytics.scorecard.signal_score import SignalScore
from agent.claims.naming import NamedAsset
from agent.store.assets import AssetRow

Floats = NDArray[np.float64]

BITCOIN_SLUGS = frozenset({"bitcoin"})
TRACKED_DAYS = 30


@dataclass(frozen=True, slots=True)
class HeldAsset:
    """A holding: which asset and how much of it."""

    asset_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class GradeSeen:
    """A provider's grade as of the briefing's day, with the one of the day before if there is one."""

    asset_id: int
    kind: str
    day: date
    value: float
    fetched_at: datetime
    previous_day: date | None = None
    previous_value: float | None = None


@dataclass(frozen=True, slots=True)
class TradingSignalSeen:
    """A provider's trading signal, with the one of the day before."""

    asset_id: int
    day: date
    signal: int
    fetched_at: datetime
    previous: int | None = None


@dataclass(frozen=True, slots=True)
class MetricSeen:
    """A figure of the whole market and where it came from."""

    name: str
    source: str
    day: date
    value: float
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class SignalSeen:
    """A signal that a scan found on the briefing's day, of an asset or (`asset_id` 0) of a sector or the market.

    `confidence` is the probability that its direction is right over `horizon_days`, from `sample_size` past firings;
    only a `proven` one differed from chance.
    """

    asset_id: int
    name: str
    direction: int
    value: float | None
    sector: str = ""
    confidence: float | None = None
    sample_size: int = 0
    proven: bool = False
    horizon_days: int = 0


class NewSignal(NamedTuple):
    """A signal that fired after the previous briefing: `asset_id` is 0 for one of a sector or of the market."""

    day: date
    asset_id: int
    name: str
    sector: str = ""


@dataclass(frozen=True, slots=True)
class OwnGradeSeen:
    """One of our own grades of a holding, short_term or long_term, and that of the day before, if there are any."""

    asset_id: int
    horizon: str
    value: float | None
    previous_value: float | None
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class OnchainSeen:
    """Daily figures of a holding or Bitcoin, of one name and source, oldest first, without days that have none."""

    asset_id: int
    name: str
    source: str
    days: tuple[date, ...]
    values: tuple[float, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class LevelsSeen:
    """The support and resistance levels that the provider last listed of a holding, lowest first."""

    asset_id: int
    day: date
    levels_usd: tuple[float, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class IndexSeen:
    """An index of the reader's own as it was tracked: its return since its start (fractions) by day, oldest first.

    Days on which it had no level are left out.
    """

    name: str
    days: tuple[date, ...]
    returns: tuple[float, ...]
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class ScoreSeen:
    """How a signal did over its own horizon, from outcomes that were complete by the close of `day`."""

    day: date
    score: SignalScore
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class RunSeen:
    """How the latest collection of a kind of data ended; `received` is None if nothing was expected."""

    source: str
    kind: str
    status: str
    error_class: str | None
    received: int
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class CloseSeen:
    """The close of an asset as one source has it, where sources disagree."""

    asset_id: int
    source: str
    close_usd: float
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class PreviousBriefing:
    """The briefing before this one: the day it was for and the day its data reached."""

    day: date
    as_of: date


@dataclass(frozen=True, slots=True)
class Prices:
    """Daily bars of all tracked assets, days x assets, oldest day first, NaN where there is no bar.

    They are of one source, but for the columns in `elsewhere`, which another source gave from end to end: a series is
    never mixed. `market_close` are the closes of the one source, those columns included.
    """

    days: NDArray[np.datetime64]
    asset_ids: NDArray[np.int64]
    close: Floats
    high: Floats
    low: Floats
    volume: Floats
    elsewhere: Mapping[int, str] = field(default_factory=dict)
    own_close: Floats | None = None

    @property
    def market_close(self) -> Floats:
        """The closes as the market's own source has them."""
        return self.close if self.own_close is None else self.own_close

    def column(self, asset_id: int) -> int | None:
        """The asset's column, None if it is not among them."""
        found = np.flatnonzero(self.asset_ids == asset_id)
        return int(found[0]) if found.size else None

    def day(self, row: int) -> date:
        """The day of a row (negative rows count from the last)."""
        value = self.days[row].astype("datetime64[D]").item()
        assert isinstance(value, date)  # noqa: S101 - narrows NumPy's item() for the type checker
        return value


@dataclass(frozen=True)
class Snapshot:
    """Everything known for a portfolio's briefing for `day`, with prices up to the close of `as_of`.

    `expected_as_of` is the last full UTC day before the briefing; where `as_of` is earlier, the whole briefing is late
    and says so.
    """

    portfolio_id: int
    portfolio: str
    holdings: tuple[HeldAsset, ...]
    day: date
    edition: str
    as_of: date
    expected_as_of: date
    source: str
    attributions: Mapping[str, str]  # by source
    fetched_at: datetime
    names: Mapping[int, NamedAsset]
    slugs: Mapping[int, str | None]
    prices: Prices
    grades: tuple[GradeSeen, ...]
    trading_signals: tuple[TradingSignalSeen, ...]
    market: tuple[MetricSeen, ...]
    signals: tuple[SignalSeen, ...]
    runs: tuple[RunSeen, ...]
    previous: PreviousBriefing | None
    new_signals: tuple[NewSignal, ...] | None  # since the previous briefing's data
    disputes: tuple[tuple[CloseSeen, CloseSeen], ...] = ()  # the lowest and the highest, asset by asset
    wider_signals: tuple[SignalSeen, ...] = ()  # of sectors and of the market
    own_grades: tuple[OwnGradeSeen, ...] = ()
    onchain: tuple[OnchainSeen, ...] = ()
    levels: tuple[LevelsSeen, ...] = ()
    assets: Mapping[int, AssetRow] = field(default_factory=dict)  # tracked, held, and what the holdings stand for
    targets: Mapping[int, float] = field(default_factory=dict)  # fractions by asset; none were set if empty
    indices: tuple[IndexSeen, ...] = ()
    scores: Mapping[str, ScoreSeen] = field(default_factory=dict)  # of the proven signals of holdings, by name

    @property
    def day_before(self) -> date:
        """The day before the one whose close is used."""
        return self.as_of - timedelta(days=1)

    @cached_property
    def held_ids(self) -> frozenset[int]:
        """The assets that are held."""
        return frozenset(holding.asset_id for holding in self.holdings)

    @cached_property
    def tracked(self) -> tuple[int, ...]:
        """Columns of the assets of which the market's own source has a bar in the last thirty days."""
        recent = np.isfinite(self.prices.market_close[-TRACKED_DAYS:]).any(axis=0)
        return tuple(column for column in np.flatnonzero(recent).tolist() if column not in self.prices.elsewhere)

    @cached_property
    def disputed_ids(self) -> frozenset[int]:
        """The assets of which sources disagree about the close."""
        return frozenset(low.asset_id for low, _ in self.disputes)

    def price_source(self, asset_id: int) -> str:
        """Where the bars of an asset are from."""
        column = self.prices.column(asset_id)
        return self.source if column is None else self.prices.elsewhere.get(column, self.source)

    @cached_property
    def bitcoin(self) -> int | None:
        """Bitcoin's asset id by the provider's slug; a symbol would not do."""
        for asset_id, slug in sorted(self.slugs.items()):
            if slug in BITCOIN_SLUGS and self.prices.column(asset_id) is not None:
                return asset_id
        return None

    def market_metric(self, name: str, days_before: int = 0) -> MetricSeen | None:
        """The latest figure of this name, or that source's figure `days_before` days before that.

        Of several sources with the same day the first one counts, in the order in which they were read.
        """
        seen = [metric for metric in self.market if metric.name == name]
        if not seen:
            return None
        latest = max(seen, key=lambda metric: metric.day)
        wanted = latest.day - timedelta(days=days_before)
        return next((metric for metric in seen if metric.source == latest.source and metric.day == wanted), None)
