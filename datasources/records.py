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


class GradeKind(StrEnum):
    """The provider's grades, each on a scale of 0 to 100."""

    TM = "tm"
    TRADER = "trader"
    INVESTOR = "investor"


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


@dataclass(frozen=True, slots=True)
class DailyBar:
    """One UTC day of trading, labelled by the day it opens; final once that day is over."""

    provider_id: str
    day: date
    open_usd: float
    high_usd: float
    low_usd: float
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
    name: str  # dotted, e.g. "market.total_market_cap_usd", "quant.sharpe", "onchain.active_addresses"
    unit: str  # usd, pct, fraction, ratio, count, score, signal, ...
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


Record = AssetListing | DailyBar | HourlyBar | Quote | Grade | TradingSignal | Level | Metric | Correlation
