"""What each tool of a question takes: the same shapes for a model's calls and for the question grammar's.

Every tool is typed and read-only. A metric is one of a closed list; windows, ends, universes and operators are too.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_ROWS = 10
MOST_ASSETS = 6

Window = Literal["1d", "7d", "30d", "90d", "365d"]
End = Literal["top", "bottom"]
UniverseName = Literal["tracked", "holdings"]
AssetText = Annotated[str, Field(min_length=1, max_length=60)]
Count = Annotated[int, Field(ge=1, le=MOST_ROWS)]


class AskMetric(StrEnum):
    """What can be ranked, screened, compared, followed over time and computed with."""

    PRICE = "price"
    CHANGE = "change"  # over a window
    VOLUME = "volume"  # in US dollars on the day
    MARKET_VALUE = "market_value"
    VOLATILITY = "volatility"  # annualised, over 30 or 90 days
    DRAWDOWN = "drawdown"  # below the 365-day high
    RSI = "rsi"
    DISTANCE_50D = "distance_50d"  # of the close from its 50-day mean
    DISTANCE_200D = "distance_200d"
    TM_GRADE = "tm_grade"
    TRADER_GRADE = "trader_grade"
    INVESTOR_GRADE = "investor_grade"
    SHORT_TERM_GRADE = "short_term_grade"  # coinbrief's own
    LONG_TERM_GRADE = "long_term_grade"
    CORRELATION_BITCOIN = "correlation_bitcoin"  # over 90 days
    BETA_BITCOIN = "beta_bitcoin"  # over 90 days
    WEIGHT = "weight"  # in the portfolio
    VALUE = "value"  # of a holding
    ACTIVE_ADDRESSES = "active_addresses"
    TRANSFER_VALUE = "transfer_value"
    FEES = "fees"
    EXCHANGE_NET_FLOW = "exchange_net_flow"
    MVRV = "mvrv"
    HASH_RATE = "hash_rate"
    VALUE_LOCKED = "value_locked"
    NVT = "nvt"
    ISSUANCE = "issuance"
    DOMINANCE = "dominance"  # share of the total market value
    SHARPE = "sharpe"  # over 365 days
    SORTINO = "sortino"  # over 365 days
    MAX_DRAWDOWN = "max_drawdown"  # over 365 days
    WORST_DAYS = "worst_days"  # mean loss on the worst twentieth of 365 days
    DOWNSIDE_VOLATILITY = "downside_volatility"  # over 90 days
    ADX = "adx"
    DAILY_RANGE = "daily_range"  # average true range over the close


class Arguments(BaseModel):
    """The base of all: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ResolveAsset(Arguments):
    """Which assets a text may mean."""

    asset: AssetText


class PriceOf(Arguments):
    """The close of an asset, its changes and where it stands; `day` None for the last close."""

    asset: AssetText
    day: date | None = Field(default=None, strict=False)


class History(Arguments):
    """How a metric of an asset went between two days, or over a window up to the last close."""

    asset: AssetText
    metric: AskMetric
    window: Window | None = None
    start: date | None = Field(default=None, strict=False)
    end: date | None = Field(default=None, strict=False)


class Grades(Arguments):
    """Grades of one asset (the provider's and coinbrief's own), or the most telling of all."""

    asset: AssetText | None = None


class Signals(Arguments):
    """Signals of an asset, of a family, of the holdings, or of all; `live` takes those still in force."""

    asset: AssetText | None = None
    family: str | None = Field(default=None, max_length=20)
    name: str | None = Field(default=None, max_length=40)
    held: bool = False
    live: bool = False


class Rank(Arguments):
    """The first or last by a metric."""

    metric: AskMetric
    window: Window | None = None
    end: End = "top"
    count: Count = 3
    universe: UniverseName = "tracked"


class Filter(Arguments):
    """One condition of a screen, in the metric's shown unit (per cent for changes, US dollars for prices)."""

    metric: AskMetric
    window: Window | None = None
    side: Literal["above", "below"]
    bound: float


class Screen(Arguments):
    """The assets that meet every condition: how many of all there are, and the first of them."""

    filters: tuple[Filter, ...] = Field(min_length=1, max_length=4, strict=False)
    count: Count = 5
    universe: UniverseName = "tracked"


class Compare(Arguments):
    """Assets side by side in a metric; without one in price, change, volatility and grades."""

    assets: tuple[AssetText, ...] = Field(min_length=2, max_length=MOST_ASSETS, strict=False)
    metric: AskMetric | None = None
    window: Window | None = None


class Correlation(Arguments):
    """How alike assets move; none given means the holdings."""

    assets: tuple[AssetText, ...] = Field(default=(), max_length=MOST_ASSETS, strict=False)
    days: Literal[30, 90, 365] = 90


class Portfolio(Arguments):
    """The reader's own portfolio from one side; `day` is a past one for `stress`, `sector` one for `exposure`."""

    view: Literal[
        "overview", "holdings", "changes", "diversification", "risk", "exposure", "targets", "weights", "stress"
    ] = "overview"
    window: Window | None = None
    day: date | None = Field(default=None, strict=False)
    sector: str | None = Field(default=None, max_length=40)


class WhatIf(Arguments):
    """What a change of the holdings would do to them; each entry as the command line takes it (`Solana=5%`)."""

    add: tuple[str, ...] = Field(default=(), max_length=3, strict=False)
    drop: tuple[str, ...] = Field(default=(), max_length=3, strict=False)
    resize: tuple[str, ...] = Field(default=(), max_length=3, strict=False)


class Market(Arguments):
    """The market as a whole; `day` None for the last close."""

    window: Window | None = None


class Sectors(Arguments):
    """Sectors by the return of their median coin; `sector` None for the first and the last of all."""

    sector: str | None = Field(default=None, max_length=60)
    window: Literal["7d", "30d"] = "30d"
    end: End = "top"
    count: Count = 3


class Index(Arguments):
    """Indices of the reader's own; `name` None for all."""

    name: str | None = Field(default=None, max_length=40)


class TrackRecord(Arguments):
    """How signals and grades did before; neither given: the best proven signals, and every grade."""

    signal: str | None = Field(default=None, max_length=40)
    grade: Literal["tm", "trader", "investor", "short_term", "long_term"] | None = None
    days: Literal[1, 7, 30] | None = None


class Onchain(Arguments):
    """On-chain figures of an asset."""

    asset: AssetText


class Recall(Arguments):
    """Earlier briefings, reports and notes about something, as quotations."""

    query: str = Field(min_length=1, max_length=200)
    start: date | None = Field(default=None, strict=False)
    end: date | None = Field(default=None, strict=False)


class DataHealth(Arguments):
    """What is fresh, late, missing or disputed, of all data or of one asset."""

    asset: AssetText | None = None


class Compute(Arguments):
    """A calculation with figures already found: `left` and `right` are ids of facts of this question."""

    operation: Literal["difference", "ratio", "sum", "average"]
    facts: tuple[str, ...] = Field(min_length=2, max_length=MOST_ROWS, strict=False)


class Help(Arguments):
    """What can be asked."""


TOOLS: dict[str, type[Arguments]] = {
    "resolve_asset": ResolveAsset,
    "price": PriceOf,
    "history": History,
    "grades": Grades,
    "signals": Signals,
    "rank": Rank,
    "screen": Screen,
    "compare": Compare,
    "correlation": Correlation,
    "portfolio": Portfolio,
    "what_if": WhatIf,
    "market": Market,
    "sectors": Sectors,
    "index": Index,
    "track_record": TrackRecord,
    "onchain": Onchain,
    "recall": Recall,
    "data_health": DataHealth,
    "compute": Compute,
}
