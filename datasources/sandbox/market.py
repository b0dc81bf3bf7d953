"""The invented market as a whole: what can be seen of it at a given time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from datasources.sandbox.blocks import (
    EPOCH,
    Flags,
    Floats,
    Ints,
    Recent,
    day_index,
    day_of,
)
from datasources.sandbox.contract import (
    Correlations,
    DailyPoint,
    Defi,
    Ids,
    InvestorGrade,
    Levels,
    MarketBar,
    MarketHour,
    MarketMetrics,
    OnchainCoverage,
    OnchainRow,
    Price,
    QuantMetrics,
    Rows,
    SentimentIndex,
    Snapshot,
    T,
    TmGrade,
    Token,
    TraderGrade,
    TradingSignal,
    last_final_day,
)
from datasources.sandbox.defi import DefiSeries
from datasources.sandbox.factors import Factors
from datasources.sandbox.grid import grid_rows
from datasources.sandbox.intraday import HOURS, DayPath, day_path, price_within
from datasources.sandbox.majors import Histories, Majors, shown, traded
from datasources.sandbox.onchain import Onchain, block_height
from datasources.sandbox.prices import Prices
from datasources.sandbox.report import Report
from datasources.sandbox.score import Scores
from datasources.sandbox.sentiment import FIRST_DAY, index_label, index_values
from datasources.sandbox.snapshots import Snapshots, moment_of
from datasources.sandbox.trend import WARM_UP_DAYS
from datasources.sandbox.universe import build_universe

DEFAULT_TOKENS = 300
DEFAULT_SEED = 7


@dataclass(frozen=True, slots=True)
class BarPanel:
    """Daily bars as arrays: days (T,), token ids (N,), each value days x tokens, NaN = no bar, US dollars."""

    days: tuple[date, ...]
    token_ids: Ints
    open_usd: Floats
    high_usd: Floats
    low_usd: Floats
    close_usd: Floats
    volume_usd: Floats


class SandboxMarket:
    """A market of invented prices, the same in every process for the same number of tokens and seed.

    It starts on 1 January 2023. What a past day shows depends on nothing but `tokens`, `seed` and the day. Nothing in
    it is real but the names of its largest tokens. On-chain metrics exist for the first 40 tokens. Raises ValueError
    for a number of tokens outside 1 to 20,000 or a negative seed.
    """

    def __init__(self, tokens: int = DEFAULT_TOKENS, seed: int = DEFAULT_SEED) -> None:
        if not 0 <= seed < 2**63:
            raise ValueError(f"the sandbox's seed is 0 to 2**63 - 1, got {seed}; change sandbox.seed")
        self._seed = seed
        self._universe = build_universe(tokens, seed)
        self._factors = Factors(seed)
        self._prices = Prices(self._universe, self._factors, seed)
        self._scores = Scores(self._universe, self._prices)
        self._report = Report(self._universe, self._prices)
        ids = np.array([token.token_id for token in self._universe.tokens], dtype=np.int64)
        self._by_id = np.argsort(ids)
        self._position = {token.token_id: place for place, token in enumerate(self._universe.tokens)}
        self._paths: Recent[DayPath] = Recent(lambda day: day_path(seed, day, self._prices.day(day)), keep=8)
        self._majors = Majors(self._universe, self._prices)
        self._major_paths: Recent[DayPath] = Recent(self._cut_path, keep=400)
        self._histories = Histories(self._universe, self._prices)
        self._onchain = Onchain(self._universe, self._prices, self._majors, seed)
        self._snapshots = Snapshots(self._universe, self._prices, self._paths)
        self._defi: Recent[Defi] = Recent(DefiSeries(self._universe, self._majors, seed).until, keep=2)
        self._slugs = {token.slug: token for token in reversed(self._universe.tokens)}
        self._contracts = {pair: token for token in self._universe.tokens for pair in token.contract_addresses}
        self._listed: Recent[tuple[Token, ...]] = Recent(self._tokens_listed, keep=4)
        self._ranked: Recent[tuple[Token, ...]] = Recent(self._tokens_ranked, keep=4)

    def tokens(self, now: datetime) -> Sequence[Token]:
        """Every token whose first daily bar is final at `now`, delisted ones included, by ascending id."""
        return self._listed.get(_last(now))

    def top_tokens(self, now: datetime) -> Sequence[Token]:
        """The tokens that trade at `now`, by market cap at the last final close."""
        return self._ranked.get(_last(now))

    def token(self, token_id: int) -> Token | None:
        """The token with this id, listed yet or not."""
        place = self._position.get(token_id)
        return None if place is None else self._universe.tokens[place]

    def prices(self, now: datetime, ids: Sequence[int]) -> Sequence[Price]:
        """Prices at `now`, on the way that the day's candle will have recorded when it is over."""
        last = _last(now)
        if last < 0:
            return []
        moment = now.astimezone(UTC)
        seconds = moment.hour * 3600.0 + moment.minute * 60.0 + moment.second
        current = price_within(self._paths.get(last + 1), seconds)
        trading = self._universe.active(last) & self._universe.active(last + 1)
        places = [self._position[token_id] for token_id in ids if token_id in self._position]
        tokens = self._universe.tokens
        return [Price(tokens[place].token_id, shown(current[place])) for place in places if trading[place]]

    def daily_bars(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[MarketBar]:
        """Final daily bars, newest day first."""
        return self._grid(now, ids, (start, end), self._bars_of)

    def hourly_bars(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[MarketHour]:
        """Final hourly bars, newest first; they add up to the daily bar."""
        hours_over = int(
            (now.astimezone(UTC) - datetime.combine(EPOCH, datetime.min.time(), UTC)) // timedelta(hours=1)
        )
        first = max(0, day_index(start)) * HOURS
        times = np.arange(min((day_index(end) + 1) * HOURS, hours_over) - 1, first - 1, -1)
        columns = self._columns(ids)
        return grid_rows(times, columns, self._present(times // HOURS, columns), self._hours_of)

    def tm_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TmGrade]:
        """Overall grades, newest day first."""
        return self._grid(now, ids, (start, end), self._scores.tm_grades, WARM_UP_DAYS, self._universe.graded)

    def trader_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TraderGrade]:
        """Short-term grades, newest day first."""
        return self._grid(now, ids, (start, end), self._scores.trader_grades, WARM_UP_DAYS, self._universe.graded)

    def investor_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[InvestorGrade]:
        """Long-term grades, newest day first; weak fundamentals get none."""
        allowed = self._scores.investor_graded
        return self._grid(now, ids, (start, end), self._scores.investor_grades, WARM_UP_DAYS, allowed)

    def trading_signals(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TradingSignal]:
        """Trend signals, newest day first; tokens without grades have no returns either."""
        allowed = self._universe.signalled
        return self._grid(now, ids, (start, end), self._scores.trading_signals, WARM_UP_DAYS, allowed)

    def market_metrics(self, now: datetime, start: date, end: date) -> Sequence[MarketMetrics]:
        """Figures of the whole market, newest day first; they begin when grades do."""
        first = max(WARM_UP_DAYS, day_index(start))
        days = range(min(_last(now), day_index(end)), first - 1, -1)
        return Rows(len(days), lambda part: [self._scores.market_metrics(days[place]) for place in part])

    def levels(self, now: datetime, ids: Ids) -> Sequence[Levels]:
        """Turning points of the last year of closes."""
        return self._as_of(now, ids, self._report.levels)

    def quant_metrics(self, now: datetime, ids: Ids) -> Sequence[QuantMetrics]:
        """Return statistics of the last year of closes; see `quant.quant_metrics`."""
        return self._as_of(now, ids, self._report.quant_metrics)

    def correlations(self, now: datetime, ids: Ids) -> Sequence[Correlations]:
        """Correlations of 90 days of log returns with the 1,000 largest tokens."""
        return self._as_of(now, ids, self._report.correlations)

    def sentiment(self, now: datetime) -> Sequence[SentimentIndex]:
        """The index, newest first, from 31 days after the market's start; it is made of the market factor alone."""
        last = _last(now)
        if last + 1 < FIRST_DAY:
            return []
        values = index_values(self._factors.market_levels(last, last + 1))
        pairs = zip(range(last + 1, FIRST_DAY - 1, -1), reversed(values.tolist()), strict=True)
        return [SentimentIndex(day_of(day), value, index_label(value)) for day, value in pairs]

    def onchain(self, now: datetime, asset: str) -> Sequence[OnchainRow]:
        """Metrics of an asset, oldest first; flows of the last seven days are first estimates."""
        return self.onchain_days(now, asset, EPOCH, last_final_day(now))

    def onchain_assets(self) -> Sequence[str]:
        """The tickers of the first 40 tokens, sorted."""
        return sorted(self._onchain.assets)

    def onchain_days(self, now: datetime, asset: str, start: date, end: date) -> Sequence[OnchainRow]:
        """Metrics of some days, oldest first."""
        newest = _last(now)
        first, last = max(0, day_index(start)), min(newest, day_index(end))
        known = asset in self._onchain.assets and first <= last
        return self._onchain.rows(asset, first, last, newest) if known else ()

    def onchain_coverage(self, now: datetime) -> Sequence[OnchainCoverage]:
        """What is known of each asset, by ticker."""
        return self._onchain.coverage(_last(now))

    def find_token(self, slug: str) -> Token | None:
        """The token with this slug."""
        return self._slugs.get(slug)

    def token_at(self, chain: str, address: str) -> Token | None:
        """The token with this contract."""
        return self._contracts.get((chain, address))

    def pair_tokens(self) -> Mapping[str, Token]:
        """The first 60 tokens whose symbol is theirs alone, without the quote asset."""
        return self._majors.pairs

    def token_bars(self, now: datetime, token_id: int, start: date, end: date) -> Sequence[MarketBar]:
        """Final daily bars of one token, oldest first."""
        place = self._position.get(token_id)
        if place is None or not self._majors.covers(place):
            return self.daily_bars(now, [token_id], start, end)[::-1]
        return self._majors.bars(place, day_index(start), min(_last(now), day_index(end)))

    def daily_points(self, now: datetime, token_id: int, start: date, end: date) -> Sequence[DailyPoint]:
        """Final closes and volumes of one token, oldest first."""
        place = self._position.get(token_id)
        if place is None:
            return ()
        return self._histories.points(place, day_index(start), min(_last(now), day_index(end)))

    def open_bar(self, now: datetime, token_id: int) -> MarketBar | None:
        """Today's bar, on the way that the day's candle will have recorded when it is over."""
        place = self._trading_place(now, token_id)
        return None if place is None else self._snapshots.bar(moment_of(now), place)

    def open_hour(self, now: datetime, token_id: int) -> MarketHour | None:
        """The bar of the current hour, as far as it got."""
        place = self._trading_place(now, token_id)
        return None if place is None else self._snapshots.hour(moment_of(now), place)

    def snapshots(self, now: datetime, ids: Ids) -> Sequence[Snapshot]:
        """The tokens that trade at `now`, in the order asked."""
        moment = moment_of(now)
        if moment.day < 1:
            return ()
        columns = self._columns(ids)
        return self._snapshots.rows(moment, columns[self._snapshots.trading(moment)[columns]])

    def supply(self, token_id: int) -> float | None:
        """How many units of a token there are; it never changes."""
        place = self._position.get(token_id)
        return None if place is None else float(f"{self._universe.supply[place]:.12g}")

    def defi(self, now: datetime) -> Defi | None:
        """Decentralised finance, made of the covered tokens; None before the market's first day is over."""
        last = _last(now)
        return None if last < 0 else self._defi.get(last)

    def block_height(self, now: datetime) -> int | None:
        """The height of token 1's chain."""
        moment = moment_of(now)
        return block_height(moment.day, moment.seconds)

    def panel(self, now: datetime, start: date, end: date) -> BarPanel:
        """Final daily bars of all tokens as arrays, oldest first, tokens in the universe's order, not rounded."""
        days = range(max(0, day_index(start)), min(_last(now), day_index(end)) + 1)
        count = len(self._universe.tokens)
        arrays = [np.full((len(days), count), np.nan) for _ in range(5)]
        for row, index in enumerate(days):
            day, active = self._prices.day(index), self._universe.active(index)
            values = (day.open_usd, day.high_usd, day.low_usd, day.close_usd, day.volume_usd)
            for array, value in zip(arrays, values, strict=True):
                np.copyto(array[row], value, where=active)
        ids = np.array([token.token_id for token in self._universe.tokens], dtype=np.int64)
        return BarPanel(tuple(day_of(index) for index in days), ids, *arrays)

    def _grid(
        self,
        now: datetime,
        ids: Ids,
        span: tuple[date, date],
        build: Callable[[int, Ints], list[T]],
        age: int = 0,
        allowed: Flags | None = None,
    ) -> Rows[T]:
        first, last = max(0, day_index(span[0])), min(_last(now), day_index(span[1]))
        columns = self._columns(ids)
        if allowed is not None:
            columns = columns[allowed[columns]]
        days = np.arange(last, first - 1, -1)
        return grid_rows(days, columns, self._present(days, columns, age), build)

    def _as_of(self, now: datetime, ids: Ids, build: Callable[[int, Ints], list[T]]) -> Rows[T]:
        day = last_final_day(now)
        return self._grid(now, ids, (day, day), build)

    def _columns(self, ids: Ids) -> Ints:
        if ids is None:
            return self._by_id
        places = dict.fromkeys(self._position[token_id] for token_id in ids if token_id in self._position)
        return np.array(list(places), dtype=np.int64)

    def _trading_place(self, now: datetime, token_id: int) -> int | None:
        place, moment = self._position.get(token_id), moment_of(now)
        trades = place is not None and moment.day >= 1 and self._snapshots.trading(moment)[place]
        return place if trades else None

    def _present(self, days: Ints, columns: Ints, age: int = 0) -> Flags:
        listed, delisted = self._universe.listed[columns], self._universe.delisted[columns]
        present: Flags = (listed + age <= days[:, None]) & (days[:, None] < delisted)
        return present

    def _bars_of(self, index: int, columns: Ints) -> list[MarketBar]:
        day, label = self._prices.day(index), day_of(index)
        parts = (day.open_usd, day.high_usd, day.low_usd, day.close_usd, day.volume_usd)
        return [MarketBar(token_id, label, *candle) for token_id, candle in self._candles(columns, parts)]

    def _hours_of(self, time: int, columns: Ints) -> list[MarketHour]:
        index, hour = divmod(time, HOURS)
        path, places = self._path(index, columns)
        opened_at = datetime.combine(day_of(index), datetime.min.time(), UTC) + timedelta(hours=hour)
        parts = (path.points[hour], path.highs[hour], path.lows[hour], path.points[hour + 1], path.volumes[hour])
        return [MarketHour(token_id, opened_at, *candle) for token_id, candle in self._candles(columns, parts, places)]

    def _path(self, index: int, columns: Ints) -> tuple[DayPath, Ints]:
        """The path of a day and where the tokens are in it; that of covered tokens is kept for longer."""
        if len(columns) == 1 and self._majors.covers(int(columns[0])):
            return self._major_paths.get(index), np.array([self._majors.column(int(columns[0]))])
        return self._paths.get(index), columns

    def _candles(
        self, columns: Ints, parts: Sequence[Floats], places: Ints | None = None
    ) -> Iterator[tuple[int, tuple[float, float, float, float, float]]]:
        """Token ids with open, high, low, close and volume as they are shown."""
        values = (part[columns if places is None else places].tolist() for part in parts)
        for place, opened, high, low, close, volume in zip(columns.tolist(), *values, strict=True):
            candle = shown(opened), shown(high), shown(low), shown(close), traded(volume)
            yield self._universe.tokens[place].token_id, candle

    def _cut_path(self, index: int) -> DayPath:
        path, columns = self._paths.get(index), self._majors.columns
        return DayPath(*(part[:, columns] for part in (path.points, path.highs, path.lows, path.volumes)))

    def _tokens_listed(self, last: int) -> tuple[Token, ...]:
        listed = self._by_id[self._universe.listed[self._by_id] <= last]
        return tuple(self._universe.tokens[place] for place in listed)

    def _tokens_ranked(self, last: int) -> tuple[Token, ...]:
        if last < 0:
            return ()
        trading = np.flatnonzero(self._universe.active(last) & self._universe.active(last + 1))
        caps = self._prices.market_caps(last)[trading]
        return tuple(self._universe.tokens[place] for place in trading[np.argsort(-caps, kind="stable")])


def _last(now: datetime) -> int:
    return day_index(last_final_day(now))
