"""The stored rows themselves, read by statements of their own, and figures computed from them with pandas.

Nothing here calls the code that is judged: no panel, no analytics, no fact. What both get wrong in the same way would
have to be wrong in two languages.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

_EPOCH: Final = date(1970, 1, 1)
_TRACKED_DAYS: Final = 30
_FLAT_PCT: Final = 0.05  # what is shown as 0.0 %


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset as it is stored."""

    asset_id: int
    name: str
    symbol: str


@dataclass(frozen=True)
class RawMarket:
    """Closes (days x assets, USD, NaN = no bar), amounts held, what assets are called, target weights (fractions)."""

    closes: "pd.DataFrame"
    held: dict[int, float]
    assets: dict[int, Asset]
    targets: dict[int, float] = field(default_factory=dict)

    def close(self, asset_id: int, day: date) -> float:
        """The close of an asset, NaN without a bar."""
        if asset_id not in self.closes.columns or day not in self.closes.index:
            return float("nan")
        return _number(self.closes[asset_id].loc[day])

    def change_pct(self, asset_id: int, day: date, days: int = 1) -> float:
        """The simple return of an asset over `days`, per cent."""
        before = self.close(asset_id, day - timedelta(days=days))
        return (self.close(asset_id, day) / before - 1) * 100

    def changes_pct(self, day: date) -> "pd.Series[float]":
        """The return on the day of every asset with a bar in the last thirty days and one on both days, per cent."""
        recent = self.closes.loc[day - timedelta(days=_TRACKED_DAYS - 1) : day]
        tracked = recent.columns[recent.notna().any()]
        both = self.closes.reindex([day - timedelta(days=1), day])[tracked]
        changes = (both.iloc[1] / both.iloc[0] - 1) * 100
        return changes.dropna()

    def breadth(self, day: date) -> tuple[int, int, int, int]:
        """How many assets were compared, rose, fell and did not move, as shown with one decimal."""
        changes = self.changes_pct(day)
        rose, fell = int((changes >= _FLAT_PCT).sum()), int((changes <= -_FLAT_PCT).sum())
        return len(changes), rose, fell, len(changes) - rose - fell

    def value_usd(self, day: date) -> float:
        """What the holdings were worth at a close; NaN if any has no price."""
        return sum(amount * self.close(asset_id, day) for asset_id, amount in self.held.items())

    def weight_pct(self, asset_id: int, day: date) -> float:
        """The share of a holding in the value, per cent."""
        return self.held.get(asset_id, 0.0) * self.close(asset_id, day) / self.value_usd(day) * 100

    def to_targets_pct(self, day: date) -> float:
        """The share of the value that must change hands for every weight to be its target, per cent."""
        gaps = [self.weight_pct(key, day) - self.targets.get(key, 0.0) * 100 for key in self.held | self.targets]
        return sum(map(abs, gaps)) / 2

    def below_high_pct(self, asset_id: int, day: date, days: int = 365) -> float:
        """How far the close is below the highest close of `days`, per cent, zero or more."""
        highest = self.closes[asset_id].loc[day - timedelta(days=days - 1) : day].max()
        return (1 - self.close(asset_id, day) / float(highest)) * 100

    def extreme_close(self, asset_id: int, day: date, days: int, *, highest: bool) -> float:
        """The highest or lowest close of the last `days`."""
        window = self.closes[asset_id].loc[day - timedelta(days=days - 1) : day]
        return float(window.max() if highest else window.min())

    def correlation(self, one: int, other: int, day: date, days: int = 90) -> float:
        """Pearson's correlation of daily simple returns over the last `days`."""
        start = day - timedelta(days=days)
        pair = self.closes[[one, other]].loc[start:day]
        return _number(pair.pct_change(fill_method=None).dropna().corr().iloc[0, 1])

    def average_correlation(self, ids: Sequence[int], day: date, days: int = 90) -> float:
        """The mean over all distinct pairs, on the days on which every one has a return."""
        returns = self.closes[list(ids)].loc[day - timedelta(days=days) : day].pct_change(fill_method=None).dropna()
        matrix = returns.corr()
        pairs = [_number(matrix.loc[one, other]) for one, other in combinations(ids, 2)]
        return sum(pairs) / len(pairs)


def _number(cell: object) -> float:
    """A cell of a frame as the number it is."""
    return float(str(cell))


def read_raw(path: Path, source: str, portfolio: str) -> RawMarket:
    """The rows of a database file; raises sqlite3.Error for one that has no such tables."""
    import pandas as pd  # noqa: PLC0415 - takes half a second to load

    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        bars = pd.read_sql_query(
            "SELECT day, asset_id, close_usd FROM bar_daily JOIN source USING (source_id) WHERE source.name = ?",
            connection,
            params=(source,),
        )
        held = connection.execute(
            "SELECT asset_id, amount FROM holding JOIN portfolio USING (portfolio_id) WHERE portfolio.name = ?",
            (portfolio,),
        ).fetchall()
        targets = connection.execute(
            "SELECT asset_id, weight FROM target_weight JOIN portfolio USING (portfolio_id) WHERE portfolio.name = ?",
            (portfolio,),
        ).fetchall()
        assets = connection.execute("SELECT asset_id, name, symbol FROM asset").fetchall()
    finally:
        connection.close()
    closes = bars.pivot_table(index="day", columns="asset_id", values="close_usd").sort_index()
    closes = closes.reindex(range(int(closes.index[0]), int(closes.index[-1]) + 1))
    closes.index = pd.Index([_EPOCH + timedelta(days=int(number)) for number in closes.index])
    return RawMarket(
        closes,
        {int(asset_id): float(amount) for asset_id, amount in held},
        {int(asset_id): Asset(int(asset_id), name, symbol) for asset_id, name, symbol in assets},
        {int(asset_id): float(weight) for asset_id, weight in targets},
    )
