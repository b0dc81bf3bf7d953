"""Real history replayed: a CSV folder seen as a market at any past time."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from datasources.sandbox.blocks import Ints
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
    SentimentIndex,
    Snapshot,
    TmGrade,
    Token,
    TraderGrade,
    TradingSignal,
    last_final_day,
)
from datasources.sandbox.csv_history import (
    BarSeries,
    HistoryError,
    onchain_spans,
    read_bars,
    read_onchain,
    read_sentiment,
)
from datasources.sandbox.grid import grid_rows
from datasources.sandbox.identity import token_ids_of
from datasources.sandbox.roster import KNOWN
from datasources.sandbox.tickers import PROPER_NAMES, proper_name

_RANKING_DAYS = 30
_OTHER_NAMES = {known.symbol: (known.name, known.slug) for known in KNOWN}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A token and its bars."""

    token: Token
    series: BarSeries

    def row(self, ordinal: int) -> int | None:
        """The position of the bar of a day, if there is one."""
        place = int(np.searchsorted(self.series.days, ordinal))
        found = place < len(self.series.days) and self.series.days[place] == ordinal
        return place if found else None


class ReplayMarket:
    """The market that a CSV folder records; see `csv_history` for its form and README of the data for its meaning.

    It knows daily bars (volume = turnover in US dollars), on-chain metrics and the fear and greed index. Grades,
    signals, market metrics, levels, return statistics, correlations and hourly bars are not in the files, so there
    are none. Market caps are not either: tokens are ranked by mean turnover over the last 30 visible days.
    The price at any time is the last final close, so there is no unfinished bar; supplies, decentralised finance and
    block heights are not in the files. Raises HistoryError for a folder or file it cannot use.
    """

    def __init__(self, root: Path) -> None:
        series = read_bars(root)
        self._onchain = read_onchain(root)
        self._sentiment = read_sentiment(root)
        if not series and not self._onchain and not self._sentiment:
            raise HistoryError(root, "holds no daily-ohlcv/*.csv, on-chain/*.csv or fear-and-greed.csv")
        try:
            ids = token_ids_of(item.symbol for item in series)
        except ValueError as error:
            raise HistoryError(root / "daily-ohlcv", str(error)) from error
        replayed = [Replayed(_token(ids[item.symbol], item), item) for item in series]
        self._replayed = sorted(replayed, key=lambda item: item.token.token_id)
        self._slugs = {item.token.slug: item.token for item in reversed(self._replayed)}
        self._spans = {asset: onchain_spans(rows) for asset, rows in self._onchain.items()}
        self._position = {item.token.token_id: place for place, item in enumerate(self._replayed)}

    def tokens(self, now: datetime) -> Sequence[Token]:
        """Every token whose first bar is final at `now`."""
        last = last_final_day(now)
        return [item.token for item in self._replayed if item.token.listed_on <= last]

    def top_tokens(self, now: datetime) -> Sequence[Token]:
        """The tokens with a bar among the last 30 days that have any, by mean turnover over those days."""
        bound = last_final_day(now).toordinal()
        newest = max((_last_bar(item.series, bound) for item in self._replayed), default=0)
        turnovers = [(_mean_turnover(item.series, newest), item.token) for item in self._replayed]
        ranked = sorted(turnovers, key=lambda pair: (-pair[0], pair[1].token_id))
        return [token for turnover, token in ranked if turnover >= 0]

    def token(self, token_id: int) -> Token | None:
        """The token with this id."""
        place = self._position.get(token_id)
        return None if place is None else self._replayed[place].token

    def prices(self, now: datetime, ids: Sequence[int]) -> Sequence[Price]:
        """The last final close of each token."""
        last = last_final_day(now).toordinal()
        found = []
        for place in self._places(ids):
            item = self._replayed[place]
            seen = int(np.searchsorted(item.series.days, last, side="right"))
            if seen:
                found.append(Price(item.token.token_id, float(item.series.values[seen - 1, 3])))
        return found

    def daily_bars(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[MarketBar]:
        """Final daily bars, newest day first; a day the file lacks is not there."""
        last = min(end, last_final_day(now)).toordinal()
        days = np.arange(last, start.toordinal() - 1, -1)
        columns = self._places(ids)
        present = np.zeros((len(days), len(columns)), dtype=np.bool_)
        for column, place in enumerate(columns.tolist()):
            present[:, column] = np.isin(days, self._replayed[place].series.days)
        return grid_rows(days, columns, present, self._bars_of)

    def hourly_bars(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[MarketHour]:
        """Nothing: the files are daily."""
        return _nothing(now, ids, start, end)

    def tm_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TmGrade]:
        """Nothing: the files hold no grades."""
        return _nothing(now, ids, start, end)

    def trader_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TraderGrade]:
        """Nothing: the files hold no grades."""
        return _nothing(now, ids, start, end)

    def investor_grades(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[InvestorGrade]:
        """Nothing: the files hold no grades."""
        return _nothing(now, ids, start, end)

    def trading_signals(self, now: datetime, ids: Ids, start: date, end: date) -> Sequence[TradingSignal]:
        """Nothing: the files hold no signals."""
        return _nothing(now, ids, start, end)

    def market_metrics(self, now: datetime, start: date, end: date) -> Sequence[MarketMetrics]:
        """Nothing: the files hold no market caps."""
        return _nothing(now, start, end)

    def levels(self, now: datetime, ids: Ids) -> Sequence[Levels]:
        """Nothing: the files hold no levels."""
        return _nothing(now, ids)

    def quant_metrics(self, now: datetime, ids: Ids) -> Sequence[QuantMetrics]:
        """Nothing: the files hold no return statistics."""
        return _nothing(now, ids)

    def correlations(self, now: datetime, ids: Ids) -> Sequence[Correlations]:
        """Nothing: the files hold no correlations."""
        return _nothing(now, ids)

    def sentiment(self, now: datetime) -> Sequence[SentimentIndex]:
        """The index up to the day of `now`, newest first."""
        today = now.astimezone(UTC).date()
        return [row for row in reversed(self._sentiment) if row.day <= today]

    def onchain(self, now: datetime, asset: str) -> Sequence[OnchainRow]:
        """The asset's metrics of the days that are over at `now`, oldest first."""
        last = last_final_day(now)
        return [row for row in self._onchain.get(asset, ()) if row.day <= last]

    def onchain_assets(self) -> Sequence[str]:
        """The assets that have on-chain metrics, sorted."""
        return sorted(self._onchain)

    def onchain_days(self, now: datetime, asset: str, start: date, end: date) -> Sequence[OnchainRow]:
        """The asset's metrics of some days that are over at `now`, oldest first."""
        rows = self._onchain.get(asset, ())
        first = bisect_left(rows, start, key=lambda row: row.day)
        return rows[first : bisect_right(rows, min(end, last_final_day(now)), key=lambda row: row.day)]

    def onchain_coverage(self, now: datetime) -> Sequence[OnchainCoverage]:
        """What the files hold of each asset up to the last final day."""
        last = last_final_day(now)
        found = []
        for asset in self.onchain_assets():
            spans = tuple((name, first, min(end, last)) for name, first, end in self._spans[asset] if first <= last)
            name, slug = _asset_name(asset)
            if spans:
                found.append(OnchainCoverage(asset, slug, name, spans))
        return found

    def find_token(self, slug: str) -> Token | None:
        """The token with this slug."""
        return self._slugs.get(slug)

    def token_at(self, chain: str, address: str) -> Token | None:
        """Nothing: the files hold no contracts."""
        del chain, address
        return None

    def pair_tokens(self) -> Mapping[str, Token]:
        """Every token by its symbol: a folder holds a symbol once."""
        return {item.token.symbol: item.token for item in self._replayed}

    def token_bars(self, now: datetime, token_id: int, start: date, end: date) -> Sequence[MarketBar]:
        """Final daily bars of one token, oldest first."""
        place = self._position.get(token_id)
        if place is None:
            return ()
        item, rows = self._replayed[place], self._rows(place, now, start, end)
        days = item.series.days[rows].tolist()
        values = item.series.values[rows].tolist()
        return [MarketBar(token_id, date.fromordinal(day), *bar) for day, bar in zip(days, values, strict=True)]

    def daily_points(self, now: datetime, token_id: int, start: date, end: date) -> Sequence[DailyPoint]:
        """Final closes and turnovers of one token, oldest first."""
        bars = self.token_bars(now, token_id, start, end)
        return [DailyPoint(bar.day, bar.close_usd, bar.volume_usd) for bar in bars]

    def open_bar(self, now: datetime, token_id: int) -> MarketBar | None:
        """Nothing: the files hold no part of a day."""
        del now, token_id
        return None

    def open_hour(self, now: datetime, token_id: int) -> MarketHour | None:
        """Nothing: the files are daily."""
        del now, token_id
        return None

    def snapshots(self, now: datetime, ids: Ids) -> Sequence[Snapshot]:
        """Each token at its last final bar, which is all the 24 hours before there are."""
        last = last_final_day(now).toordinal()
        found = (_snapshot(self._replayed[place], last) for place in self._places(ids).tolist())
        return [snapshot for snapshot in found if snapshot is not None]

    def supply(self, token_id: int) -> float | None:
        """Nothing: the files hold no supplies of traded tokens."""
        del token_id
        return None

    def defi(self, now: datetime) -> Defi | None:
        """Nothing: the files hold no decentralised finance."""
        del now
        return None

    def block_height(self, now: datetime) -> int | None:
        """Nothing: the files hold no blocks."""
        del now
        return None

    def _rows(self, place: int, now: datetime, start: date, end: date) -> slice:
        days, last = self._replayed[place].series.days, min(end, last_final_day(now))
        first = int(np.searchsorted(days, start.toordinal()))
        return slice(first, int(np.searchsorted(days, last.toordinal(), side="right")))

    def _places(self, ids: Ids) -> Ints:
        if ids is None:
            return np.arange(len(self._replayed))
        places = dict.fromkeys(self._position[token_id] for token_id in ids if token_id in self._position)
        return np.array(list(places), dtype=np.int64)

    def _bars_of(self, ordinal: int, columns: Ints) -> list[MarketBar]:
        bars = []
        for place in columns.tolist():
            item = self._replayed[place]
            row = item.row(ordinal)
            if row is not None:
                values = (float(value) for value in item.series.values[row])
                bars.append(MarketBar(item.token.token_id, date.fromordinal(ordinal), *values))
        return bars


def _token(token_id: int, series: BarSeries) -> Token:
    name, slug = proper_name(series.symbol)
    listed_on = date.fromordinal(int(series.days[0]))
    return Token(token_id, series.symbol, name, slug, None, (), (), listed_on)


def _last_bar(series: BarSeries, bound: int) -> int:
    seen = int(np.searchsorted(series.days, bound, side="right"))
    return int(series.days[seen - 1]) if seen else 0


def _mean_turnover(series: BarSeries, newest: int) -> float:
    """Over the bars of the 30 days up to `newest`; -1 where there is none."""
    first, end = np.searchsorted(series.days, (newest - _RANKING_DAYS, newest), side="right")
    recent = series.values[first:end, 4]
    return float(recent.mean()) if len(recent) else -1.0


def _snapshot(item: Replayed, last: int) -> Snapshot | None:
    series = item.series
    seen = int(np.searchsorted(series.days, last, side="right"))
    if not seen:
        return None
    _, high, low, close, turnover = series.values[seen - 1].tolist()
    before = seen > 1 and series.days[seen - 2] == series.days[seen - 1] - 1
    closes = series.values[:seen, 3]
    extremes = [(int(series.days[row]), float(closes[row])) for row in (closes.argmax(), closes.argmin())]
    highest, lowest = ((date.fromordinal(day), value) for day, value in extremes)
    earlier = float(closes[seen - 2]) if before else None
    return Snapshot(item.token.token_id, close, None, turnover, high, low, earlier, highest, lowest)


def _asset_name(asset: str) -> tuple[str, str]:
    """Name and slug of an on-chain asset; its ticker where neither is known."""
    ticker = asset.upper()
    return PROPER_NAMES.get(ticker) or _OTHER_NAMES.get(ticker) or (ticker, asset)


def _nothing(*_asked: object) -> tuple[()]:
    return ()
