"""A portfolio as arrays: what is held, at which closes, beside Bitcoin and the market.

Prices are those of the briefing: the market's source, and for a holding it has no bar of, one other source from end to
end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats
from agent.analytics.returns import simple_returns
from agent.briefing.gather import Wanted, last_day_with_bars
from agent.briefing.prices import newest_held_day, read_prices
from agent.briefing.snapshot import BITCOIN_SLUGS, TRACKED_DAYS, Prices
from agent.measuring.assets import display_names
from agent.measuring.errors import NoPrices, NothingHeld
from agent.measuring.history import equal_weight_index
from agent.store import portfolios
from agent.store.assets import AssetRow, get_assets
from agent.store.panel import load_panel
from agent.store.traits import asset_traits

LONG_DAYS = 1100  # three years of returns, for what is judged out of sample


@dataclass(frozen=True, slots=True)
class StudiedAsset:
    """An asset of a study: its printable name, what it is, and which source its prices are from."""

    row: AssetRow
    name: str
    price_source: str

    @property
    def asset_id(self) -> int:
        """The asset's id."""
        return self.row.asset_id


@dataclass(frozen=True, slots=True)
class Study:
    """Assets over days; closes are days x assets in the order of `assets`, USD, NaN where there is no bar.

    `amounts` are what is held of each; `targets` the shares each is meant to have, None if none were set. `bitcoin`
    are its closes; `market` an index of equal weight, rebalanced daily, of all tracked assets but stablecoins and
    those that follow another asset.
    """

    portfolio: str
    source: str
    as_of: date
    days: np.ndarray
    assets: tuple[StudiedAsset, ...]
    amounts: tuple[Decimal, ...]
    closes: Floats
    bitcoin: Floats | None
    market: Floats
    targets: tuple[float, ...] | None

    @property
    def names(self) -> tuple[str, ...]:
        """The printable names, in the order of the columns."""
        return tuple(asset.name for asset in self.assets)

    @property
    def quantities(self) -> Floats:
        """The amounts as floats."""
        return np.array([float(amount) for amount in self.amounts])


def read_study(session: Session, wanted: Wanted, more: Sequence[int] = ()) -> Study:
    """Read a portfolio and, with an amount of 0, the assets of `more` that it does not hold.

    Raises UnknownRow for the portfolio's name, NothingHeld, and NoPrices without a single bar.
    """
    portfolio = portfolios.require(session, wanted.portfolio)
    held = {row.asset_id: row.amount for row in portfolios.holdings(session, portfolio.portfolio_id)}
    if not held:
        raise NothingHeld(
            f"portfolio {wanted.portfolio!r} is empty: fill it with `coinbrief portfolio import FILE.csv` or `add`"
        )
    amounts = held | {asset_id: Decimal(0) for asset_id in more if asset_id not in held}
    targets = portfolios.targets(session, portfolio.portfolio_id)
    amounts |= {asset_id: Decimal(0) for asset_id in targets if asset_id not in amounts}
    prices, as_of = _prices(session, wanted, tuple(amounts))
    ids = _by_rank(session, amounts)
    names = display_names(ids.values())
    assets = tuple(StudiedAsset(row, names[key], _price_source(prices, key, wanted.source)) for key, row in ids.items())
    return Study(
        portfolio=portfolio.name,
        source=wanted.source,
        as_of=as_of,
        days=prices.days,
        assets=assets,
        amounts=tuple(amounts[asset.asset_id] for asset in assets),
        closes=_closes(prices, [asset.asset_id for asset in assets]),
        bitcoin=_bitcoin(session, wanted.source, prices),
        market=_market(session, wanted.source, prices),
        targets=tuple(targets.get(asset.asset_id, 0.0) for asset in assets) if targets else None,
    )


def read_long_closes(session: Session, study: Study, days: int = LONG_DAYS) -> Floats:
    """Read the closes of a study's assets over more days, up to its own last day: days x assets."""
    start = study.as_of - timedelta(days=days - 1)
    closes = np.full((days, len(study.assets)), np.nan)
    for source in dict.fromkeys(asset.price_source for asset in study.assets):
        places = [place for place, asset in enumerate(study.assets) if asset.price_source == source]
        ids = [study.assets[place].asset_id for place in places]
        closes[:, places] = load_panel(session, source, start, study.as_of, ("close",), ids).values["close"]
    return closes


def _prices(session: Session, wanted: Wanted, ids: tuple[int, ...]) -> tuple[Prices, date]:
    as_of = last_day_with_bars(session, wanted.source, wanted.first_open_day)
    if as_of is None:
        raise NoPrices("there are no prices yet: run `coinbrief collect` first")
    as_of = newest_held_day(session, wanted, ids, as_of)
    return read_prices(session, wanted, as_of, ids), as_of


def _by_rank(session: Session, amounts: dict[int, Decimal]) -> dict[int, AssetRow]:
    rows = get_assets(session, amounts)
    order = sorted(rows.values(), key=lambda row: (row.rank is None, row.rank or 0, row.asset_id))
    return {row.asset_id: row for row in order}


def _price_source(prices: Prices, asset_id: int, source: str) -> str:
    column = prices.column(asset_id)
    return source if column is None else prices.elsewhere.get(column, source)


def _closes(prices: Prices, ids: Sequence[int]) -> Floats:
    closes = np.full((len(prices.days), len(ids)), np.nan)
    for place, asset_id in enumerate(ids):
        if (column := prices.column(asset_id)) is not None:
            closes[:, place] = prices.close[:, column]
    return closes


def _bitcoin(session: Session, source: str, prices: Prices) -> Floats | None:
    traits = asset_traits(session, source)
    for asset_id in sorted(key for key, item in traits.items() if item.slug in BITCOIN_SLUGS):
        if (column := prices.column(asset_id)) is not None:
            return np.asarray(prices.close[:, column])
    return None


def _market(session: Session, source: str, prices: Prices) -> Floats:
    traits = asset_traits(session, source)
    own = prices.market_close
    recent = np.isfinite(own[-TRACKED_DAYS:]).any(axis=0)
    counted = [
        column
        for column in np.flatnonzero(recent).tolist()
        if (item := traits.get(int(prices.asset_ids[column]))) is None or item.kind == "coin"
    ]
    return equal_weight_index(simple_returns(own[:, counted]))
