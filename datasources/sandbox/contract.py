"""What the sandbox server needs of a market: the `MarketData` protocol and its frozen records.

Every method takes `now` (aware UTC) and never shows a row that is not final at `now`: a daily row of day d is there
from 00:00 UTC of d + 1, an hourly bar from the end of its hour, the sentiment index of day d from 00:00 UTC of d (it
is published then). What a past day shows never depends on `now`, but for exchange flows of the last seven days,
which providers restate.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, Protocol, TypeVar, overload

T = TypeVar("T")

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Category:
    """A category as the provider lists it."""

    category_id: int
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A trading venue as the provider lists it."""

    exchange_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the market; only `token_id` identifies it. `delisted_on` is the first day without a bar."""

    token_id: int
    symbol: str
    name: str
    slug: str
    categories: tuple[Category, ...] | None
    exchanges: tuple[Exchange, ...]
    contract_addresses: tuple[tuple[str, str], ...]  # (chain, address)
    listed_on: date
    delisted_on: date | None = None


@dataclass(frozen=True, slots=True)
class MarketBar:
    """One UTC day of trading, labelled by the day it opens."""

    token_id: int
    day: date
    open_usd: float
    high_usd: float
    low_usd: float
    close_usd: float
    volume_usd: float


@dataclass(frozen=True, slots=True)
class MarketHour:
    """One hour of trading, labelled by the UTC hour it opens."""

    token_id: int
    opened_at: datetime
    open_usd: float
    high_usd: float
    low_usd: float
    close_usd: float
    volume_usd: float


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a token at `now`."""

    token_id: int
    price_usd: float


@dataclass(frozen=True, slots=True)
class TmGrade:
    """The overall grade, 0 to 100; changes are in percent against the day before, None where there was none."""

    token_id: int
    day: date
    tm_grade: float
    tm_grade_change_pct: float | None
    trader_grade_change_pct: float | None
    quant_grade: float
    signal: str  # Strong Buy, Buy, Neutral, Sell, Strong Sell
    momentum: str
    trading_signal: int


@dataclass(frozen=True, slots=True)
class TraderGrade:
    """The short-term grade, 0 to 100, with its two parts; the change is against the day before."""

    token_id: int
    day: date
    technical_grade: float
    quant_grade: float
    trader_grade: float
    change_pct: float | None


@dataclass(frozen=True, slots=True)
class InvestorGrade:
    """The long-term grade, 0 to 100, with its three parts; the change is against seven days before."""

    token_id: int
    day: date
    investor_grade: float
    change_pct: float | None
    fundamental_grade: float
    technology_grade: float
    valuation_grade: float


@dataclass(frozen=True, slots=True)
class TradingSignal:
    """The trend signal of a day; returns are fractions since the token's first signal."""

    token_id: int
    day: date
    signal: int  # -1, 0 or 1
    trend: int  # the last signal that was not 0
    strategy_return: float | None
    holding_return: float | None
    trader_grade: float | None
    investor_grade: float | None


@dataclass(frozen=True, slots=True)
class MarketMetrics:
    """The whole market on a day."""

    day: date
    total_market_cap_usd: float
    high_grade_share_pct: float
    signal: int  # -1, 0 or 1
    last_signal: int  # the last signal that was not 0; 0 where there was none


@dataclass(frozen=True, slots=True)
class Levels:
    """Past turning points of a token as (day, price), oldest first; None where the history is too short."""

    token_id: int
    day: date
    levels: tuple[tuple[date, float], ...] | None


@dataclass(frozen=True, slots=True)
class QuantMetrics:
    """Return statistics of a token, fractions not percent, in the order of `quant.QUANT_FIELDS`; None if too short."""

    token_id: int
    day: date
    values: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Correlations:
    """The most correlated other tokens by name, unsorted; None where the history is too short."""

    token_id: int
    day: date
    top: tuple[tuple[str, float], ...] | None


@dataclass(frozen=True, slots=True)
class SentimentIndex:
    """The fear and greed index published at 00:00 UTC of `day`."""

    day: date
    value: int
    label: str


@dataclass(frozen=True, slots=True)
class OnchainRow:
    """A day's on-chain metrics of an asset, exact decimal strings; None = not available that day."""

    asset: str
    day: date
    values: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class OnchainCoverage:
    """Which on-chain metrics an asset has, each with its first and last day."""

    asset: str
    slug: str
    name: str
    metrics: tuple[tuple[str, date, date], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A token at `now`, with the 24 hours before; extremes are those of the daily closes and of `now`.

    What depends on the supply is None where it is not known, what lies 24 hours back where there was no price.
    """

    token_id: int
    price_usd: float
    supply: float | None
    volume_24h_usd: float
    high_24h_usd: float
    low_24h_usd: float
    price_24h_ago_usd: float | None
    highest: tuple[date, float]
    lowest: tuple[date, float]


@dataclass(frozen=True, slots=True)
class DailyPoint:
    """The close and volume of a UTC day."""

    day: date
    close_usd: float
    volume_usd: float


@dataclass(frozen=True, slots=True)
class DefiLine:
    """A chain, protocol or stablecoin with one value for each day from `Defi.first_day` on, US dollars, oldest first.

    `gecko_id` is the slug of its token, if it has one. A stablecoin's values count pegged units, not dollars.
    """

    name: str
    symbol: str | None
    gecko_id: str | None
    values: tuple[float, ...]
    chain_id: int | str | None = None
    peg: str = "peggedUSD"


@dataclass(frozen=True, slots=True)
class Defi:
    """Decentralised finance up to the last final day; volumes and fees are of a day, the rest stands at its end."""

    first_day: date
    chains: tuple[DefiLine, ...]
    protocols: tuple[DefiLine, ...]
    stablecoins: tuple[DefiLine, ...]
    volumes: tuple[DefiLine, ...]
    fees: tuple[DefiLine, ...]


class Rows(Sequence[T], Generic[T]):
    """A sequence of `count` rows that builds only what is asked for; `build` gets a range of positions."""

    def __init__(self, count: int, build: Callable[[range], list[T]]) -> None:
        self._count = count
        self._build = build

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return self._build(range(self._count)[index])
        position = range(self._count)[index]
        return self._build(range(position, position + 1))[0]

    def __iter__(self) -> Iterator[T]:
        for start in range(0, self._count, 1000):
            yield from self._build(range(start, min(start + 1000, self._count)))


Ids = Sequence[int] | None
"""Which tokens are asked for, in the order to answer; None = all."""


class MarketData(Protocol):
    """A market the sandbox can serve; results may be lazy, so slice before reading.

    `start` and `end` are inclusive days. Rows of several days come newest day first, unless said otherwise. Ids the
    market does not know are ignored.
    """

    def tokens(self, now: datetime) -> Sequence[Token]:
        """Every token that has been listed by `now`, delisted ones included, by ascending id."""

    def top_tokens(self, now: datetime) -> Sequence[Token]:
        """The tokens that trade at `now`, largest first."""

    def token(self, token_id: int) -> Token | None:
        """The token with this id, listed yet or not."""

    def prices(self, now: datetime, ids: Sequence[int]) -> Sequence[Price]:
        """Prices at `now`; a token that does not trade is left out."""

    def daily_bars(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[MarketBar]:
        """Final daily bars."""

    def hourly_bars(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[MarketHour]:
        """Final hourly bars."""

    def tm_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TmGrade]:
        """Overall grades."""

    def trader_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TraderGrade]:
        """Short-term grades."""

    def investor_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[InvestorGrade]:
        """Long-term grades."""

    def trading_signals(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TradingSignal]:
        """Trend signals."""

    def market_metrics(self, now: datetime, start: date, end: date) -> Sequence[MarketMetrics]:
        """Figures of the whole market."""

    def levels(self, now: datetime, ids: Ids) -> Sequence[Levels]:
        """Resistance and support as of the last final day."""

    def quant_metrics(self, now: datetime, ids: Ids) -> Sequence[QuantMetrics]:
        """Return statistics as of the last final day."""

    def correlations(self, now: datetime, ids: Ids) -> Sequence[Correlations]:
        """Correlations as of the last final day."""

    def sentiment(self, now: datetime) -> Sequence[SentimentIndex]:
        """The fear and greed index, newest first."""

    def onchain(self, now: datetime, asset: str) -> Sequence[OnchainRow]:
        """On-chain metrics of an asset (lower-case ticker), oldest first."""

    def onchain_assets(self) -> Sequence[str]:
        """The assets that have on-chain metrics, sorted."""

    def onchain_days(self, now: datetime, asset: str, start: date, end: date) -> Sequence[OnchainRow]:
        """On-chain metrics of some days, oldest first."""

    def onchain_coverage(self, now: datetime) -> Sequence[OnchainCoverage]:
        """What is known of the assets that have on-chain metrics at `now`, by ticker."""

    def find_token(self, slug: str) -> Token | None:
        """The token with this slug, listed yet or not."""

    def token_at(self, chain: str, address: str) -> Token | None:
        """The token with this contract on this chain, listed yet or not."""

    def pair_tokens(self) -> Mapping[str, Token]:
        """The tokens an exchange trades by symbol, each symbol a single token's; the same at any time."""

    def token_bars(self, now: datetime, token_id: int, start: date, end: date) -> Sequence[MarketBar]:
        """Final daily bars of one token, oldest first."""

    def daily_points(self, now: datetime, token_id: int, start: date, end: date) -> Sequence[DailyPoint]:
        """Final closes and volumes of one token, oldest first."""

    def open_bar(self, now: datetime, token_id: int) -> MarketBar | None:
        """The daily bar that is not over at `now`, as far as it got."""

    def open_hour(self, now: datetime, token_id: int) -> MarketHour | None:
        """The hourly bar that is not over at `now`, as far as it got."""

    def snapshots(self, now: datetime, ids: Ids) -> Sequence[Snapshot]:
        """The tokens that trade at `now`, in the order asked."""

    def supply(self, token_id: int) -> float | None:
        """How many units of a token there are; None where nobody knows."""

    def defi(self, now: datetime) -> Defi | None:
        """Decentralised finance up to the last final day; None where nothing is known of it."""

    def block_height(self, now: datetime) -> int | None:
        """The height of the first token's chain at `now`; None where nothing is known of it."""


def last_final_day(now: datetime) -> date:
    """The newest UTC day that is over at `now`; raises ValueError for a time without a zone."""
    if now.tzinfo is None:
        raise ValueError(f"the sandbox needs an aware time, got {now.isoformat()}; give it a UTC offset")
    return now.astimezone(UTC).date() - ONE_DAY
