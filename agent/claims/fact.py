"""A fact: one stored or computed value with everything needed to state it and to trace it.

Facts are what a briefing may say. They are built by code from stored rows, frozen, and stored with the text that
uses them. A value that could not be had is a fact too (`state` says why), so that its absence can be stated.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

MARKET = "market"


class State(StrEnum):
    """How far a fact can be relied on at the time of the text that uses it."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"
    RATE_LIMITED = "rate-limited"
    DISPUTED = "disputed"


class Unit(StrEnum):
    """The unit of a value; it decides how many digits are shown."""

    USD = "usd"
    PCT = "pct"  # per cent: 7.3 means 7.3 %
    RATIO = "ratio"
    SCORE = "score"  # 0 to 100
    COUNT = "count"
    SIGMA = "sigma"  # standard deviations
    PP = "pp"  # percentage points: the difference of two percentages
    EHS = "ehs"  # exahashes per second
    TEXT = "text"  # the value is a word, in `label`
    DATE = "date"  # the value is a day, in `label`, ISO format


class Metric(StrEnum):
    """What a fact measures."""

    CLOSE = "close"  # price at the close of `as_of`, usd
    SOURCE_CLOSE = "source_close"  # CLOSE as one source has it, where the sources disagree, usd
    CHANGE = "change"  # simple return over `window`, pct
    STREAK = "streak"  # signed number of days in a row with higher (+) or lower (-) closes, count
    RSI = "rsi"  # 14 days, Wilder, score
    MACD_CROSS = "macd_cross"  # label: bullish | bearish
    BREAKOUT = "breakout"  # the previous 20-day high or low that was passed, usd; label: above | below
    VOLUME_Z = "volume_z"  # volume against its 20-day mean, sigma
    DRAWDOWN = "drawdown"  # below the highest close of `window`, pct, negative or zero
    VOLATILITY = "volatility"  # annualised, pct
    GRADE = "grade"  # provider's grade; `qualifier`: tm | trader | investor, score
    GRADE_PREVIOUS = "grade_previous"  # the same grade on `start`, score
    TRADING_SIGNAL = "trading_signal"  # provider's signal; label: bullish | bearish | neutral
    VALUE = "value"  # of a portfolio, usd
    VALUE_CHANGE = "value_change"  # of a portfolio over `window`, usd
    CONTRIBUTION = "contribution"  # of a holding to VALUE_CHANGE over `window`, usd
    WEIGHT = "weight"  # of a holding in its portfolio, pct
    HOLDING_COUNT = "holding_count"
    HHI = "hhi"  # ratio
    EFFECTIVE_NUMBER = "effective_number"  # 1 / HHI, ratio
    WEIGHTED_VOLATILITY = "weighted_volatility"  # of the holdings, pct
    DIVERSIFICATION_RATIO = "diversification_ratio"  # WEIGHTED_VOLATILITY / VOLATILITY, ratio
    AVERAGE_CORRELATION = "average_correlation"  # between pairs of holdings, ratio
    CORRELATION = "correlation"  # with `other`, ratio
    BETA = "beta"  # to `other`, ratio
    SHARPE = "sharpe"  # ratio
    MAX_DRAWDOWN = "max_drawdown"  # over `window`, pct, negative or zero
    RISERS = "risers"  # how many of the universe rose over `window`
    FALLERS = "fallers"
    UNCHANGED = "unchanged"
    MEDIAN_CHANGE = "median_change"  # of the universe over `window`, pct
    TOTAL_MARKET_CAP = "total_market_cap"  # usd
    HIGH_GRADE_SHARE = "high_grade_share"  # share of coins with a high TM grade, pct
    FEAR_GREED = "fear_greed"  # 0 to 100, score; label: its class
    NEW_SIGNALS = "new_signals"  # since `start`, count
    COVERAGE = "coverage"  # how many of the universe have a bar for `as_of`, count
    AVAILABILITY = "availability"  # label: what is missing; used by missing-data claims
    VOLUME = "volume"  # traded on the day, usd
    MARKET_CAP = "market_cap"  # of one asset, usd
    DISTANCE = "distance"  # of the close from its mean over `window`, pct
    SUPPORT = "support"  # the nearest level at or below the close, usd
    RESISTANCE = "resistance"  # the nearest level at or above the close, usd
    OWN_GRADE = "own_grade"  # coinbrief's own; `qualifier`: short_term | long_term, score
    OWN_GRADE_PREVIOUS = "own_grade_previous"  # the same grade on `start`, score
    SORTINO = "sortino"  # ratio
    INDEPENDENT_BETS = "independent_bets"  # effective number of uncorrelated bets, ratio
    TOP_SHARE = "top_share"  # of the largest holdings; `qualifier`: 3 | 5, pct
    RISK_SHARE = "risk_share"  # of a holding in the portfolio's variance, pct
    VALUE_AT_RISK = "value_at_risk"  # loss of one day at 95 %, pct or usd
    EXPECTED_SHORTFALL = "expected_shortfall"  # mean loss of the worst twentieth of days, pct or usd
    SHOCK = "shock"  # an assumed fall of `other`, pct, negative
    SHOCK_CHANGE = "shock_change"  # what the beta to `other` makes of it for the portfolio, pct or usd
    WHAT_IF = "what_if"  # a metric (`qualifier`) of the portfolio after the change that `label` words, in its own unit
    ACTIVE_ADDRESSES = "active_addresses"  # on the day, count
    TRANSFER_VALUE = "transfer_value"  # on the day, adjusted, usd
    FEES = "fees"  # on the day, usd
    EXCHANGE_NET_FLOW = "exchange_net_flow"  # to exchanges over `window`, usd, negative when coins left
    MVRV = "mvrv"  # market value over realized value, ratio
    HASH_RATE = "hash_rate"  # ehs
    VALUE_LOCKED = "value_locked"  # `qualifier`: protocol | chain, usd
    DOMINANCE = "dominance"  # share of the total market value, pct
    STABLECOIN_SUPPLY = "stablecoin_supply"  # usd
    TOTAL_VALUE_LOCKED = "total_value_locked"  # on all chains, usd
    ABOVE_50D_SHARE = "above_50d_share"  # of coins above their 50-day mean, pct
    BEAT_BITCOIN_SHARE = "beat_bitcoin_share"  # of the largest coins over 90 days, pct
    SIGNAL = "signal"  # label: the registered name of a signal that fired
    SIGNAL_CONFIDENCE = "signal_confidence"  # qualifier: the signal's name; over `window`, pct
    SIGNAL_CASES = "signal_cases"  # qualifier: the signal's name; how many past firings that rests on, count
    MATCHES = "matches"  # how many of the universe meet the conditions of a screen, count
    HIGHEST_CLOSE = "highest_close"  # within `window`, on `as_of`, usd
    LOWEST_CLOSE = "lowest_close"  # the same, usd
    MEAN = "mean"  # of a metric (`qualifier`) over the universe, in its own unit
    DIFFERENCE = "difference"  # of a metric (`qualifier`) between subject and `other`, in its unit; pp of percentages
    TIMES = "times"  # a metric (`qualifier`) of subject over that of `other`, ratio
    SUM = "sum"  # of a metric (`qualifier`) over a universe, in its unit
    LAST_COLLECTED = "last_collected"  # the day on which a kind of data (`qualifier`) last came whole, DATE


@dataclass(frozen=True, slots=True)
class RowRef:
    """One stored row: its table, key and the column that was read, with the value it had."""

    table: str
    key: tuple[tuple[str, str], ...]
    column: str
    value: str | None


@dataclass(frozen=True, slots=True)
class RowRange:
    """A run of stored rows of one column, first to last, with their number and a digest of their values."""

    table: str
    key: tuple[tuple[str, str], ...]
    column: str
    first: str
    last: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FactRef:
    """Another fact of the same document."""

    fact_id: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a value came about: the operation, its formula in words, and its inputs in order."""

    operation: str
    formula: str
    inputs: tuple[RowRef | RowRange | FactRef, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One value that may be stated.

    `subject` is `asset:<id>`, `portfolio:<id>`, `source:<name>` or `market`; `as_of` the UTC day at whose close the
    value is true; `window` one of 1d, 7d, 30d, 90d, 365d or since (then `start` says since when); `rank` counts from
    1 at the largest value in the named `universe` of `universe_size` members, or from 1 at the smallest if
    `rank_from_bottom`.
    """

    fact_id: str
    subject: str
    metric: Metric
    unit: Unit
    value: Decimal | None
    as_of: date
    state: State
    source: str
    fetched_at: datetime
    derivation: Derivation
    label: str | None = None
    window: str | None = None
    start: date | None = None
    other: str | None = None
    qualifier: str | None = None
    threshold: Decimal | None = None
    universe: str | None = None
    universe_size: int | None = None
    rank: int | None = None
    rank_from_bottom: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """What a subject is called in text; `name` is safe to print (see `naming`) and unique within a document."""

    subject: str
    name: str
    symbol: str | None = None
