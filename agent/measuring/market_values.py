"""The market value of assets as the sources last told it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from agent.analytics.figure import Figure
from agent.briefing.wanted import Wanted
from agent.measuring.study import StudiedAsset
from agent.store.metrics import metrics_on

NAMES = ("asset.market_cap_usd", "onchain.market_cap_usd")
SEEN_DAYS = 7


@dataclass(frozen=True, slots=True)
class MarketValue:
    """What all units of an asset are worth in US dollars, of which day, who says so, and under which name."""

    asset_id: int
    value_usd: Figure
    day: date | None
    source: str | None
    name: str | None = None


def read_market_values(session: Session, wanted: Wanted, assets: Sequence[StudiedAsset]) -> tuple[MarketValue, ...]:
    """Read the last market value of each asset, none older than seven days; of several sources the first counts."""
    last, found = wanted.first_open_day, dict[int, MarketValue]()
    missing = {asset.asset_id for asset in assets}
    for source in (wanted.source, *wanted.other_sources):
        for name in NAMES:
            rows = metrics_on(session, source, name, last, since=last - timedelta(days=SEEN_DAYS)) if missing else {}
            new = {key: row for key, row in rows.items() if key in missing and row.value > 0}
            found |= {key: MarketValue(key, Figure(row.value, None), row.day, source, name) for key, row in new.items()}
            missing -= new.keys()
    reason = f"no source told its market value in the last {SEEN_DAYS} days"
    unknown = {key: MarketValue(key, Figure.missing(reason), None, None) for key in missing}
    return tuple({**found, **unknown}[asset.asset_id] for asset in assets)
