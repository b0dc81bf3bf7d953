"""Where each kind of record is stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlmodel import Session

from agent.identity.delisting import mark_missing
from agent.identity.listings import store_listings
from agent.identity.overrides import NO_OVERRIDES, Overrides
from agent.store.assets import set_ranks
from agent.store.bars import upsert_daily_bars, upsert_hourly_bars
from agent.store.bulk import Written
from agent.store.correlations import upsert_correlations
from agent.store.grades import upsert_grades
from agent.store.hourly_signals import upsert_hourly_signals
from agent.store.indices import upsert_index_holdings, upsert_index_values, upsert_indices
from agent.store.investors import upsert_investors
from agent.store.levels import upsert_levels
from agent.store.metrics import upsert_metrics
from agent.store.moonshots import upsert_moonshots
from agent.store.predictions import upsert_predictions
from agent.store.quotes import upsert_quotes
from agent.store.reports import upsert_reports
from agent.store.trading_signals import upsert_trading_signals
from datasources.records import AssetListing, DataKind

# Each sink takes the records of its own kind; a source gives a kind nothing else.
Sink = Callable[[Session, str, Sequence[Any], datetime], Written]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose listings name the assets, and what a person says about which asset is which."""

    source: str
    overrides: Overrides = NO_OVERRIDES


class ListingSink:
    """Stores what a source lists; `listed` are the keys so far, `refused` the corrections that cannot be followed."""

    def __init__(self, owner: Owner, *, ranked: bool) -> None:
        self.listed: set[str] = set()
        self.refused: list[str] = []
        self._owner = owner
        self._ranked = ranked
        self._ranks: dict[str, int] = {}

    def __call__(
        self, session: Session, source: str, listings: Sequence[AssetListing], fetched_at: datetime
    ) -> Written:
        """Store a batch; ranks count once the whole list came and is found good."""
        owner = self._owner
        stored = store_listings(session, source, listings, fetched_at, owner.overrides, owner=owner.source)
        self.listed.update(item.provider_id for item in listings)
        self.refused.extend(stored.refused)
        if self._ranked:
            ranked = (item for item in listings if item.market_cap_rank is not None)
            self._ranks |= {item.provider_id: item.market_cap_rank or 0 for item in ranked}
        return stored.written

    def settle_ranks(self, session: Session, source: str) -> None:
        """After a good list of the largest: these are the ranks now, and nothing else has one."""
        if min(self._ranks.values(), default=0) == 1:
            set_ranks(session, source, self._ranks)

    def settle_missing(self, session: Session, source: str, at: datetime) -> None:
        """After a complete list: what is not on it any more is no longer traded."""
        mark_missing(session, source, self.listed, at, owner=self._owner.source)


def sink_of(kind: DataKind, owner: Owner) -> Sink:
    """Where a kind goes."""
    if kind in {DataKind.ASSETS, DataKind.TOP_ASSETS}:
        return ListingSink(owner, ranked=kind is DataKind.TOP_ASSETS)
    return SINKS[kind]


SINKS: Final[Mapping[DataKind, Sink]] = MappingProxyType(
    {
        DataKind.QUOTES: upsert_quotes,
        DataKind.DAILY_BARS: upsert_daily_bars,
        DataKind.HOURLY_BARS: upsert_hourly_bars,
        DataKind.GRADES: upsert_grades,
        DataKind.GRADE_HISTORY: upsert_grades,
        DataKind.TRADER_GRADES: upsert_grades,
        DataKind.INVESTOR_GRADES: upsert_grades,
        DataKind.TECHNOLOGY_GRADES: upsert_grades,
        DataKind.TECHNOLOGY_GRADE_HISTORY: upsert_grades,
        DataKind.FUNDAMENTAL_GRADES: upsert_grades,
        DataKind.FUNDAMENTAL_GRADE_HISTORY: upsert_grades,
        DataKind.TRADING_SIGNALS: upsert_trading_signals,
        DataKind.HOURLY_SIGNALS: upsert_hourly_signals,
        DataKind.MARKET_METRICS: upsert_metrics,
        DataKind.MARKET_CAPS: upsert_metrics,
        DataKind.LEVELS: upsert_levels,
        DataKind.QUANT_METRICS: upsert_metrics,
        DataKind.CORRELATIONS: upsert_correlations,
        DataKind.ONCHAIN_METRICS: upsert_metrics,
        DataKind.SENTIMENT: upsert_metrics,
        DataKind.DEFI_METRICS: upsert_metrics,
        DataKind.NETWORK_METRICS: upsert_metrics,
        DataKind.SCENARIOS: upsert_predictions,
        DataKind.PREDICTIONS: upsert_predictions,
        DataKind.REPORTS: upsert_reports,
        DataKind.INVESTORS: upsert_investors,
        DataKind.INDICES: upsert_indices,
        DataKind.INDEX_HOLDINGS: upsert_index_holdings,
        DataKind.INDEX_PERFORMANCE: upsert_index_values,
        DataKind.MOONSHOTS: upsert_moonshots,
    }
)
