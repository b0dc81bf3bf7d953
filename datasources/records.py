"""What a source gives: frozen records with units in their names.

A record is valid by construction of the parser that made it: finite numbers, no negative price or volume, aware UTC
times. `provider_id` is the provider's own key of an asset; a symbol identifies nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class DataKind(StrEnum):
    """Every kind of data a source may offer; also the name of its collection job."""

    ASSETS = "assets"
    TOP_ASSETS = "top_assets"
    QUOTES = "quotes"
    DAILY_BARS = "daily_bars"
    HOURLY_BARS = "hourly_bars"
    GRADES = "grades"
    GRADE_HISTORY = "grade_history"
    TRADER_GRADES = "trader_grades"
    INVESTOR_GRADES = "investor_grades"
    TRADING_SIGNALS = "trading_signals"
    MARKET_METRICS = "market_metrics"
    LEVELS = "levels"
    QUANT_METRICS = "quant_metrics"
    CORRELATIONS = "correlations"
    ONCHAIN_METRICS = "onchain_metrics"
    SENTIMENT = "sentiment"
    HOURLY_SIGNALS = "hourly_signals"
    TECHNOLOGY_GRADES = "technology_grades"
    TECHNOLOGY_GRADE_HISTORY = "technology_grade_history"
    FUNDAMENTAL_GRADES = "fundamental_grades"
    FUNDAMENTAL_GRADE_HISTORY = "fundamental_grade_history"
    SCENARIOS = "scenarios"
    PREDICTIONS = "predictions"
    REPORTS = "reports"
    INVESTORS = "investors"
    INDICES = "indices"
    INDEX_HOLDINGS = "index_holdings"
    INDEX_PERFORMANCE = "index_performance"
    MOONSHOTS = "moonshots"
    DEFI_METRICS = "defi_metrics"
    NETWORK_METRICS = "network_metrics"
    MARKET_CAPS = "market_caps"


class GradeKind(StrEnum):
    """The provider's grades, each on a scale of 0 to 100."""

    TM = "tm"
    TRADER = "trader"
    INVESTOR = "investor"
    FUNDAMENTAL = "fundamental"
    TECHNOLOGY = "technology"


@dataclass(frozen=True, slots=True)
class AssetListing:
    """An asset as one provider lists it."""

    provider_id: str
    symbol: str
    name: str
    slug: str | None = None
    market_cap_rank: int | None = None
    categories: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    contract_addresses: tuple[tuple[str, str], ...] = ()  # (chain, address)
    inactive: bool = False  # the provider says that it no longer trades


@dataclass(frozen=True, slots=True)
class DailyBar:
    """One UTC day of trading, labelled by the day it opens; final once that day is over.

    A provider that samples the price has no true open, high and low: they are None then, all three.
    """

    provider_id: str
    day: date
    open_usd: float | None
    high_usd: float | None
    low_usd: float | None
    close_usd: float
    volume_usd: float | None


@dataclass(frozen=True, slots=True)
class HourlyBar:
    """One hour of trading, labelled by the UTC hour it opens."""

    provider_id: str
    opened_at: datetime
    open_usd: float
    high_usd: float
    low_usd: float
    close_usd: float
    volume_usd: float | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A price now; providers that give no time of their own are stamped with the time of the answer."""

    provider_id: str
    price_usd: Decimal
    quoted_at: datetime


@dataclass(frozen=True, slots=True)
class Grade:
    """A provider's grade of an asset on a day, 0 to 100, with the parts it is made of."""

    provider_id: str
    day: date
    kind: GradeKind
    value: float
    change_pct: float | None = None  # against one day before (tm, trader) or seven (investor), in percent
    label: str | None = None
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class TradingSignal:
    """A provider's daily trading signal; returns are fractions since the provider's own start."""

    provider_id: str
    day: date
    signal: int  # -1, 0 or 1
    trend: int | None = None  # the last signal that was not 0
    strategy_return: float | None = None
    holding_return: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A historical support or resistance level; which of the two follows from the price."""

    provider_id: str
    day: date  # the day the provider listed it
    level_usd: float
    formed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A named daily figure of an asset, or of the whole market where `provider_id` is None."""

    provider_id: str | None
    day: date
    name: str  # dotted, e.g. "market.total_market_cap_usd", "asset.market_cap_usd", "onchain.active_addresses"
    unit: str  # usd, native (units of the asset itself), pct, fraction, ratio, count, score, signal, ...
    value: float


@dataclass(frozen=True, slots=True)
class Correlation:
    """The provider's correlation of an asset with another one that it names but does not identify."""

    provider_id: str
    day: date
    other_name: str
    correlation: float


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that could not become a record: why, and what came (redacted, at most 4 kB)."""

    kind: DataKind
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class HourlySignal:
    """A provider's trading signal of an hour, and the position that follows from it, each -1, 0 or 1."""

    provider_id: str
    signalled_at: datetime
    signal: int
    position: int | None = None
    close_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """A price a provider predicts; never stated as our own.

    `method` is "scenario" (the whole market worth `scenario` trillion dollars) or "forecast" (`horizon_days` ahead);
    `outcome` one of expected, low, high, base, bear, moon.
    """

    provider_id: str
    day: date
    method: str
    outcome: str
    price_usd: float
    scenario: float | None = None
    horizon_days: int | None = None
    return_fraction: float | None = None
    market_cap_usd: float | None = None
    fdv_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Text a provider wrote about an asset, as it came: hostile until shown as an escaped quotation."""

    provider_id: str
    name: str  # investment_analysis, deep_dive, code_review, ...
    text: str


@dataclass(frozen=True, slots=True)
class Investor:
    """An investor in crypto assets as a provider lists it; returns are fractions."""

    name: str
    website: str | None = None
    twitter: str | None = None
    round_count: int | None = None
    average_return: float | None = None
    median_return: float | None = None
    score: float | None = None  # 0 to 10


@dataclass(frozen=True, slots=True)
class Index:
    """A provider's index as it stands; `provider_id` is the index's own key, changes are in percent."""

    provider_id: str
    name: str
    ticker: str | None
    day: date
    active: bool | None = None
    price_usd: float | None = None
    asset_count: int | None = None
    change_1d_pct: float | None = None
    change_7d_pct: float | None = None
    change_30d_pct: float | None = None
    change_all_time_pct: float | None = None
    market_cap_usd: float | None = None
    volume_usd: float | None = None
    grade: float | None = None  # 0 to 100


@dataclass(frozen=True, slots=True)
class IndexHolding:
    """What an index (`index_id`) holds of an asset (`provider_id`) on a day."""

    index_id: str
    provider_id: str
    day: date
    weight_pct: float
    price_usd: float | None = None
    market_cap_usd: float | None = None
    return_fraction: float | None = None


@dataclass(frozen=True, slots=True)
class IndexValue:
    """The cumulative return of an index (`provider_id`) since its start, a fraction, on a day."""

    provider_id: str
    day: date
    cumulative_return: float
    market_cap_usd: float | None = None
    volume_usd: float | None = None
    fdv_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Moonshot:
    """A provider's speculative pick; it is named, not identified. Returns are fractions."""

    name: str
    symbol: str
    picked_at: datetime
    ended_at: datetime | None = None
    return_fraction: float | None = None
    trader_grade: float | None = None  # 0 to 100
    market_cap_usd: float | None = None
    volume_usd: float | None = None


Record = (
    AssetListing
    | DailyBar
    | HourlyBar
    | Quote
    | Grade
    | TradingSignal
    | HourlySignal
    | Level
    | Metric
    | Correlation
    | Prediction
    | Report
    | Investor
    | Index
    | IndexHolding
    | IndexValue
    | Moonshot
)
