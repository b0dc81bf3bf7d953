"""Reading what figures of the whole market are set beside: the same of a month before, and Bitcoin's market value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlmodel import Session

from agent.briefing.snapshot import BITCOIN_SLUGS, MetricSeen, OnchainSeen
from agent.store.assets import AssetRow
from agent.store.metrics import metric_history

CHANGE_DAYS = 30  # over which what sources report of the market is compared
VALUE_DAYS = 10  # of Bitcoin's market value
MARKET_VALUES = ("asset.market_cap_usd", "onchain.market_cap_usd")
COMPARED = frozenset({"market.total_market_cap_usd", "stablecoin.supply_usd", "defi.total_tvl_usd"})


def read_month_before(session: Session, seen: Iterable[MetricSeen]) -> Iterator[MetricSeen]:
    """What each source reported thirty days before its last figure of each name that is compared."""
    latest = {(item.source, item.name): item.day for item in sorted(seen, key=lambda item: item.day)}
    for (source, name), day in latest.items():
        if name in COMPARED:
            before = day - timedelta(days=CHANGE_DAYS)
            for row in metric_history(session, source, name, None, before, before):
                yield MetricSeen(row.name, source, row.day, row.value, row.fetched_at)


def read_bitcoin_values(
    session: Session, sources: Sequence[str], day: date, assets: Mapping[int, AssetRow]
) -> Iterator[OnchainSeen]:
    """Bitcoin's market value of the last ten days by each name, of the first source that has any of it."""
    bitcoin = next((key for key, row in sorted(assets.items()) if row.slug in BITCOIN_SLUGS), None)
    if bitcoin is None:
        return
    first = day - timedelta(days=VALUE_DAYS - 1)
    for name in MARKET_VALUES:
        read = ((source, metric_history(session, source, name, bitcoin, first, day)) for source in sources)
        source, rows = next(((source, rows) for source, rows in read if rows), ("", ()))
        if rows:
            days, values = tuple(row.day for row in rows), tuple(row.value for row in rows)
            yield OnchainSeen(bitcoin, name, source, days, values, max(row.fetched_at for row in rows))
