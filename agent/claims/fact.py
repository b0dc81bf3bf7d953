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
    TARGET_WEIGHT = "target_weight"  # the share that a holding is meant to have, pct
    TARGET_GAP = "target_gap"  # WEIGHT less TARGET_WEIGHT, pp
    TARGET_DISTANCE = "target_distance"  # of a portfolio: the part that would change hands to be at its targets, pct
    TARGET_TRADE = "target_trade"  # what would bring a holding to its target, usd; label: sale | purchase
    REWEIGHTED = "reweighted"  # a metric (`qualifier`) with the holdings weighted as `label` says, in its own unit
    MIX_SHARPE = "mix_sharpe"  # of today's weights held constant over `window`; SHARPE is of today's amounts, ratio
    EXCESS_VOLATILITY = "excess_volatility"  # volatility that other weights of no less return did without, pp
    FORGONE_RETURN = "forgone_return"  # yearly return that other weights of no more volatility had on top, pp
    STRESS_CHANGE = (
        "stress_change"  # of today's weights on the past day `start`; label: what it is known for, pct or usd
    )
    STRESS_SHARE = "stress_share"  # of a portfolio, what had a price on the past day `start`, pct
    STRESS_DAYS = "stress_days"  # how many of the worst days of `other` over `window` were looked at, count
    STRESS_CORRELATION = "stress_correlation"  # AVERAGE_CORRELATION on those days, ratio
    DEEPEST_FALL = "deepest_fall"  # of `window`: from the peak on `start` to the trough on `as_of`, pct, negative
    TRAIT_SHARE = "trait_share"  # of a portfolio with the trait `qualifier` of the value `label`, pct
    END_SHARE = "end_share"  # of a portfolio that an asset is, other forms of it included, pct
    CASH_SHARE = "cash_share"  # of a portfolio in stablecoins of the currency `label`, pct
    HELD_AGAIN = "held_again"  # of a portfolio in other forms of what it holds already, pct
    END_NUMBER = "end_number"  # EFFECTIVE_NUMBER with every form counted as what it stands for, ratio
    ENOUGH_HOLDINGS = "enough_holdings"  # how few of the universe reach 95 % of its risk reduction, count
    ALIKE_GROUPS = "alike_groups"  # of the universe: groups that move alike, count
    WEIGHTED_CORRELATION = "weighted_correlation"  # AVERAGE_CORRELATION with pairs weighted by value, ratio
    MARKET_CORRELATION = "market_correlation"  # with the average coin, ratio
    MARKET_BETA = "market_beta"  # to the average coin, ratio
    TORSION_BETS = "torsion_bets"  # INDEPENDENT_BETS by minimum torsion, ratio
    COMPONENT_BETS = "component_bets"  # INDEPENDENT_BETS by principal components, ratio
    DOWNSIDE_VOLATILITY = "downside_volatility"  # annualised, of the days that fell, pct
    ADX = "adx"  # 14 days, score
    DAILY_RANGE = "daily_range"  # average true range of 14 days over the close, pct
    MEAN_PRICE = "mean_price"  # of the closes over `window`, usd
    NVT = "nvt"  # market value in days of on-chain transfers, ratio
    ISSUANCE = "issuance"  # of a year, over the market value, pct
    ABOVE_200D_SHARE = "above_200d_share"  # of coins above their 200-day mean, pct
    HIGHS_SHARE = "highs_share"  # of coins above all closes of the 20 days before, pct
    LOWS_SHARE = "lows_share"  # of coins below all closes of the 20 days before, pct
    REGIME = "regime"  # of the market; label: risk on | risk off | mixed
    SECTOR_CHANGE = "sector_change"  # of the median coin of a sector over `window`, pct
    INDEX_LEVEL = "index_level"  # of an index of our own, 100 at its start, ratio
    HIT_RATE = "hit_rate"  # of a signal (`qualifier`): how often `label` (rise | fall) followed over `window`, pct
    BASE_RATE = "base_rate"  # the same at all times, pct
    FIRINGS = "firings"  # of a signal (`qualifier`): past cases whose `window` is over, count
    EXCESS_RETURN = "excess_return"  # after a signal (`qualifier`), over holding for as long, mean over `window`, pp
    GRADE_CORRELATION = "grade_correlation"  # mean rank correlation of a grade (`qualifier`) and what followed, ratio
    GRADE_SPREAD = "grade_spread"  # return after a grade (`qualifier`): highest fifth less lowest, mean, pp
    GRADE_HIT_RATE = "grade_hit_rate"  # on how many days the highest fifth did better, pct
    GRADE_DAYS = "grade_days"  # how many past days GRADE_CORRELATION is the mean of, count
    SPLIT_DAYS = "split_days"  # how many past days GRADE_SPREAD and GRADE_HIT_RATE are of, count


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

    `subject` is `asset:<id>`, `portfolio:<id>`, `source:<name>`, `sector:<name>`, `index:<name>` or `market`; `as_of`
    the UTC day at whose close the value is true; `window` one of 1d, 7d, 30d, 90d, 365d or since (then `start` says
    since when); `rank` counts from 1 at the largest value in the named `universe` of `universe_size` members, or from
    1 at the smallest if `rank_from_bottom`.
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
