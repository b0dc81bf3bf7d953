"""Tokens at a moment: price, the 24 hours before, and the extremes of all closes so far."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from datasources.sandbox.blocks import BLOCK_DAYS, BlockChain, Flags, Floats, Ints, Recent, day_index, day_of
from datasources.sandbox.contract import MarketBar, MarketHour, Snapshot, last_final_day
from datasources.sandbox.intraday import HOURS, DayPath, price_within
from datasources.sandbox.majors import shown, traded
from datasources.sandbox.prices import Prices
from datasources.sandbox.universe import Universe


@dataclass(frozen=True, slots=True)
class Extremes:
    """The highest and lowest close of every token before a block with their day indices, each (N,); logs."""

    high: Floats
    high_day: Ints
    low: Floats
    low_day: Ints


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as the day it falls on (an index), and the seconds into it."""

    day: int
    seconds: float

    @property
    def hour(self) -> int:
        """The hour of the day that is not over."""
        return int(self.seconds // 3600.0)


def moment_of(now: datetime) -> Moment:
    """The moment of an aware time."""
    at = now.astimezone(UTC)
    return Moment(day_index(last_final_day(now)) + 1, at.hour * 3600.0 + at.minute * 60.0 + at.second)


class Snapshots:
    """What tokens look like within a day; every method takes positions of tokens that trade then."""

    def __init__(self, universe: Universe, prices: Prices, paths: Recent[DayPath]) -> None:
        self._universe = universe
        self._prices = prices
        self._paths = paths
        count = len(universe.tokens)
        never = np.full(count, -1, dtype=np.int64)
        first = Extremes(np.full(count, -np.inf), never, np.full(count, np.inf), never)
        self._extremes: BlockChain[Extremes, Extremes] = BlockChain(first, self._advance, keep=4)

    def trading(self, moment: Moment) -> Flags:
        """Which tokens trade at a moment: those with a bar that day and the day before."""
        flags: Flags = self._universe.active(moment.day - 1) & self._universe.active(moment.day)
        return flags

    def rows(self, moment: Moment, columns: Ints) -> list[Snapshot]:
        """Snapshots of some tokens, in their order."""
        today, before = self._paths.get(moment.day), self._paths.get(moment.day - 1)
        price = price_within(today, moment.seconds)[columns]
        earlier = price_within(before, moment.seconds)[columns]
        hour = moment.hour
        highs = np.concatenate([before.highs[hour:, columns], today.highs[:hour, columns]]).max(axis=0)
        lows = np.concatenate([before.lows[hour:, columns], today.lows[:hour, columns]]).min(axis=0)
        volumes = before.volumes[hour:, columns].sum(axis=0) + today.volumes[:hour, columns].sum(axis=0)
        values = (price, np.maximum(highs, price), np.minimum(lows, price), earlier, volumes)
        extremes = self._until(moment.day - 1, columns)
        return [
            self._row(int(place), moment.day, tuple(row), extreme)
            for place, row, extreme in zip(columns, np.stack(values, axis=1).tolist(), extremes, strict=True)
        ]

    def bar(self, moment: Moment, place: int) -> MarketBar:
        """The bar of a moment's day, as far as it got."""
        path = self._paths.get(moment.day)
        price = float(price_within(path, moment.seconds)[place])
        opened, hour = float(path.points[0, place]), moment.hour
        reached = [opened, price, *path.points[: hour + 1, place].tolist()]
        high = max(*reached, *path.highs[:hour, place].tolist())
        low = min(*reached, *path.lows[:hour, place].tolist())
        volume = float(path.volumes[:hour, place].sum()) + self._volume_of_hour(path, moment, place)
        candle = shown(opened), shown(high), shown(low), shown(price), traded(volume)
        return MarketBar(self._universe.tokens[place].token_id, day_of(moment.day), *candle)

    def hour(self, moment: Moment, place: int) -> MarketHour:
        """The hourly bar of a moment's hour, as far as it got."""
        path = self._paths.get(moment.day)
        opened, price = float(path.points[moment.hour, place]), float(price_within(path, moment.seconds)[place])
        at = datetime.combine(day_of(moment.day), datetime.min.time(), UTC).replace(hour=moment.hour)
        candle = shown(opened), shown(max(opened, price)), shown(min(opened, price)), shown(price)
        volume = traded(self._volume_of_hour(path, moment, place))
        return MarketHour(self._universe.tokens[place].token_id, at, *candle, volume)

    def _volume_of_hour(self, path: DayPath, moment: Moment, place: int) -> float:
        share = (moment.seconds - 3600.0 * moment.hour) / 3600.0
        return float(path.volumes[moment.hour, place]) * share if moment.hour < HOURS else 0.0

    def _row(
        self, place: int, today: int, values: tuple[float, ...], extreme: tuple[float, int, float, int]
    ) -> Snapshot:
        price, high, low, earlier, volume = values
        highest, high_day, lowest, low_day = extreme
        return Snapshot(
            self._universe.tokens[place].token_id,
            shown(price),
            float(f"{self._universe.supply[place]:.12g}"),
            traded(volume),
            shown(high),
            shown(low),
            shown(earlier),
            (day_of(today), shown(price)) if price > highest else (day_of(high_day), shown(highest)),
            (day_of(today), shown(price)) if price < lowest else (day_of(low_day), shown(lowest)),
        )

    def _until(self, day: int, columns: Ints) -> list[tuple[float, int, float, int]]:
        """Highest and lowest closes up to and with a day, with their days."""
        index = day // BLOCK_DAYS
        found = self._merged(self._extremes.block(index), index, day, columns)
        rows = zip(np.exp(found.high), found.high_day, np.exp(found.low), found.low_day, strict=True)
        return [(float(high), int(at), float(low), int(below)) for high, at, low, below in rows]

    def _advance(self, index: int, before: Extremes) -> tuple[Extremes, Extremes]:
        everything = np.arange(len(self._universe.tokens))
        return before, self._merged(before, index, (index + 1) * BLOCK_DAYS - 1, everything)

    def _merged(self, before: Extremes, index: int, last: int, columns: Ints) -> Extremes:
        first = index * BLOCK_DAYS
        closes = self._prices.log_closes(first, last, columns)
        upper, lower = np.where(np.isnan(closes), -np.inf, closes), np.where(np.isnan(closes), np.inf, closes)
        places, high_row, low_row = np.arange(len(columns)), upper.argmax(axis=0), lower.argmin(axis=0)
        high, low = upper[high_row, places], lower[low_row, places]
        higher, lower_still = high > before.high[columns], low < before.low[columns]
        return Extremes(
            np.where(higher, high, before.high[columns]),
            np.where(higher, first + high_row, before.high_day[columns]),
            np.where(lower_still, low, before.low[columns]),
            np.where(lower_still, first + low_row, before.low_day[columns]),
        )
