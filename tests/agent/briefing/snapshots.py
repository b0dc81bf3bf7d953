"""Small snapshots made by hand: closes are right-aligned to the last day, what is not given has no bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from agent.briefing.snapshot import (
    GradeSeen,
    HeldAsset,
    MetricSeen,
    NewSignal,
    PreviousBriefing,
    Prices,
    RunSeen,
    SignalSeen,
    Snapshot,
    TradingSignalSeen,
)
from agent.claims.naming import NamedAsset

AS_OF = date(2025, 10, 10)
DAY = AS_OF + timedelta(days=1)
DAYS = 400
FETCHED = datetime(2025, 10, 11, 0, 20, tzinfo=UTC)
BITCOIN, ETHEREUM, COSMOS, NEW_COIN, LATE_COIN = 1, 2, 3, 4, 5
NAMES = {
    BITCOIN: NamedAsset(BITCOIN, "Bitcoin", "BTC"),
    ETHEREUM: NamedAsset(ETHEREUM, "Ethereum", "ETH"),
    COSMOS: NamedAsset(COSMOS, "Cosmos", "ATOM"),
    NEW_COIN: NamedAsset(NEW_COIN, "1inch", "1INCH"),
    LATE_COIN: NamedAsset(LATE_COIN, "Pump.fun", "PUMP"),
}
NAN = float("nan")
Floats = NDArray[np.float64]


def steady(value: float, *last: float) -> list[float]:
    """A price that stood still until the last few days."""
    return [value] * (DAYS - len(last)) + list(last)


def walk(seed: int, drift: float = 0.0, days: int = DAYS) -> list[float]:
    """A random walk of a price."""
    steps = np.random.default_rng(seed).normal(drift, 0.03, days)
    values: list[float] = (100 * np.exp(np.cumsum(steps))).tolist()
    return values


@dataclass(frozen=True)
class Given:
    """What a snapshot is made from; all that is left out is empty."""

    closes: Mapping[int, Sequence[float]]
    holdings: Mapping[int, str] = field(default_factory=dict)
    volumes: Mapping[int, Sequence[float]] = field(default_factory=dict)
    slugs: Mapping[int, str] = field(default_factory=lambda: {BITCOIN: "bitcoin"})
    grades: tuple[GradeSeen, ...] = ()
    trading_signals: tuple[TradingSignalSeen, ...] = ()
    market: tuple[MetricSeen, ...] = ()
    signals: tuple[SignalSeen, ...] = ()
    runs: tuple[RunSeen, ...] = ()
    previous: PreviousBriefing | None = None
    new_signals: tuple[NewSignal, ...] | None = None
    late_days: int = 0
    names: Mapping[int, NamedAsset] = field(default_factory=lambda: NAMES)


def make_snapshot(given: Given) -> Snapshot:
    """The snapshot of a briefing for 11 October 2025 on 400 days of closes."""
    ids = sorted(given.closes)
    close = _columns([given.closes[asset_id] for asset_id in ids])
    volume = np.where(np.isfinite(close), 100.0, np.nan)
    for place, asset_id in enumerate(ids):
        if asset_id in given.volumes:
            volume[:, place] = _columns([given.volumes[asset_id]])[:, 0]
    days = np.arange(
        np.datetime64(AS_OF) - np.timedelta64(DAYS - 1, "D"), np.datetime64(AS_OF) + np.timedelta64(1, "D")
    )
    known = {*ids, *given.holdings}
    return Snapshot(
        portfolio_id=1,
        portfolio="main",
        holdings=tuple(HeldAsset(asset_id, Decimal(amount)) for asset_id, amount in sorted(given.holdings.items())),
        day=DAY + timedelta(days=given.late_days),
        edition="daily",
        as_of=AS_OF,
        expected_as_of=AS_OF + timedelta(days=given.late_days),
        source="sandbox",
        attributions={"sandbox": "Invented data."},
        fetched_at=FETCHED,
        names={asset_id: given.names[asset_id] for asset_id in sorted(known)},
        slugs={asset_id: given.slugs.get(asset_id) for asset_id in sorted(known)},
        prices=Prices(days, np.array(ids, dtype=np.int64), close, close * 1.01, close * 0.99, volume),
        grades=given.grades,
        trading_signals=given.trading_signals,
        market=given.market,
        signals=given.signals,
        runs=given.runs,
        previous=given.previous,
        new_signals=given.new_signals,
    )


def _columns(series: Sequence[Sequence[float]]) -> Floats:
    columns = np.full((DAYS, len(series)), np.nan)
    for place, values in enumerate(series):
        columns[DAYS - len(values) :, place] = values
    return columns


def graded(asset_id: int, kind: str, value: float, before: float | None = None, age: int = 0) -> GradeSeen:
    """A grade of some days ago, with the one of the day before it."""
    day = AS_OF - timedelta(days=age)
    seen = GradeSeen(asset_id, kind, day, value, FETCHED)
    return seen if before is None else replace(seen, previous_day=day - timedelta(days=1), previous_value=before)


def metric(name: str, value: float, age: int = 0, source: str = "sandbox") -> MetricSeen:
    """A figure of the market of some days ago."""
    return MetricSeen(name, source, AS_OF - timedelta(days=age), float(value), FETCHED)


def run(kind: str, error_class: str | None = None, received: int = 10, status: str = "ok") -> RunSeen:
    """How a collection ended."""
    return RunSeen("sandbox", kind, status if error_class is None else "failed", error_class, received, FETCHED)


MOOD = "sentiment.fear_greed_index"
TOTAL = "market.total_market_cap_usd"
SHARE = "market.high_grade_share_pct"


def everything() -> Given:
    """A snapshot that has something of everything."""
    quiet = [100.0 + (day % 2) for day in range(DAYS - 1)]
    return Given(
        closes={
            BITCOIN: walk(1),
            ETHEREUM: walk(2),
            COSMOS: [float("nan") if day % 90 == 0 else value for day, value in enumerate(walk(3), 1)],
            NEW_COIN: walk(4, days=6),
            LATE_COIN: [*walk(5, days=DAYS - 3), NAN, NAN, NAN],
        },
        holdings={BITCOIN: "0.5", ETHEREUM: "10", COSMOS: "25.5"},
        volumes={BITCOIN: [*quiet, 900.0]},
        grades=(
            graded(BITCOIN, "trader", 82.1, 64.0),
            graded(BITCOIN, "tm", 71.25),
            graded(ETHEREUM, "investor", 44.0, 43.0, age=4),
        ),
        trading_signals=(
            TradingSignalSeen(BITCOIN, AS_OF, 1, FETCHED, -1),
            TradingSignalSeen(ETHEREUM, AS_OF, 0, FETCHED, 0),
        ),
        market=(metric(TOTAL, 3.5151e12), metric(SHARE, 21.7), metric(MOOD, 27), metric(MOOD, 64, age=1)),
        signals=(SignalSeen(BITCOIN, "volume_spike", 1, 4.25), SignalSeen(ETHEREUM, "macd_bearish_cross", -1, -0.5)),
        runs=(run("daily_bars"), run("trader_grades", "RateLimited"), run("grades", received=0)),
        previous=PreviousBriefing(AS_OF - timedelta(days=1), AS_OF - timedelta(days=2)),
        new_signals=(NewSignal(AS_OF, BITCOIN, "volume_spike"),),
    )
