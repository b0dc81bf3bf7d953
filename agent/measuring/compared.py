"""The closes of a few assets as arrays, to see how they move together: those of a portfolio, or assets by name.

An asset's prices are the market's own, or, if that has none of the last day, those of the first other source that has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats
from agent.analytics.returns import simple_returns
from agent.briefing.gather import last_day_with_bars
from agent.briefing.prices import newest_held_day
from agent.briefing.snapshot import BITCOIN_SLUGS
from agent.briefing.wanted import Wanted
from agent.measuring.assets import display_names, require_asset
from agent.measuring.errors import NoPrices, NothingHeld, WrongArgument
from agent.measuring.study import StudiedAsset
from agent.store import portfolios
from agent.store.assets import get_assets
from agent.store.bars import daily_bar
from agent.store.panel import load_panel
from agent.store.traits import Traits, asset_traits


@dataclass(frozen=True, slots=True)
class Compared:
    """Assets and their daily returns up to `as_of`: days x assets in the order of `assets`, NaN where there is none.

    `shares` are each asset's part of the portfolio's value, NaN where unknown; None for assets that were named.
    `bitcoin` are its returns, None without prices of it.
    """

    source: str
    portfolio: str | None
    as_of: date
    assets: tuple[StudiedAsset, ...]
    returns: Floats
    bitcoin: Floats | None
    shares: Floats | None

    @property
    def names(self) -> tuple[str, ...]:
        """The printable names, in the order of the columns."""
        return tuple(asset.name for asset in self.assets)


def read_compared(session: Session, wanted: Wanted, texts: Sequence[str], days: int) -> Compared:
    """Read the last `days` returns of the assets that the texts mean, or, without any, of what is held.

    Raises AssetNotFound, WrongArgument for an asset that is named twice, UnknownRow for the portfolio, NothingHeld and
    NoPrices.
    """
    amounts = None if texts else _amounts(session, wanted.portfolio)
    ids = tuple(_named(session, wanted.source, texts) if amounts is None else amounts)
    as_of = last_day_with_bars(session, wanted.source, wanted.first_open_day)
    if as_of is None:
        raise NoPrices("there are no prices yet: run `coinbrief collect` first")
    as_of = newest_held_day(session, wanted, ids, as_of)
    rows = get_assets(session, ids)
    if amounts is not None:
        ids = tuple(sorted(ids, key=lambda key: (rows[key].rank is None, rows[key].rank or 0, key)))
    names = display_names(rows.values())
    assets = tuple(StudiedAsset(rows[key], names[key], _price_source(session, wanted, key, as_of)) for key in ids)
    closes = _closes(session, assets, as_of, days + 1)
    return Compared(
        source=wanted.source,
        portfolio=None if amounts is None else wanted.portfolio,
        as_of=as_of,
        assets=assets,
        returns=simple_returns(closes)[1:],
        bitcoin=_bitcoin(session, wanted.source, as_of, days + 1),
        shares=None if amounts is None else _shares(closes[-1], [amounts[key] for key in ids]),
    )


def bitcoin_id(traits: Mapping[int, Traits]) -> int | None:
    """The asset that is Bitcoin, None if the source does not list it."""
    return min((key for key, item in traits.items() if item.slug in BITCOIN_SLUGS), default=None)


def _amounts(session: Session, name: str) -> dict[int, float]:
    portfolio = portfolios.require(session, name)
    held = {row.asset_id: float(row.amount) for row in portfolios.holdings(session, portfolio.portfolio_id)}
    if not held:
        raise NothingHeld(
            f"portfolio {name!r} is empty: fill it with `coinbrief portfolio import FILE.csv` or `add`, or name assets"
        )
    return held


def _named(session: Session, source: str, texts: Sequence[str]) -> list[int]:
    found: dict[int, str] = {}
    for text in texts:
        asset_id = require_asset(session, source, text).asset_id
        if asset_id in found:
            raise WrongArgument(f"{text!r} and {found[asset_id]!r} are the same asset: name it once")
        found[asset_id] = text
    return list(found)


def _price_source(session: Session, wanted: Wanted, asset_id: int, as_of: date) -> str:
    chain = dict.fromkeys((wanted.source, *wanted.price_chain))
    having = (source for source in chain if daily_bar(session, source, asset_id, as_of) is not None)
    return next(having, wanted.source)


def _closes(session: Session, assets: Sequence[StudiedAsset], as_of: date, days: int) -> Floats:
    start = as_of - timedelta(days=days - 1)
    closes = np.full((days, len(assets)), np.nan)
    for source in dict.fromkeys(asset.price_source for asset in assets):
        places = [place for place, asset in enumerate(assets) if asset.price_source == source]
        ids = [assets[place].asset_id for place in places]
        closes[:, places] = load_panel(session, source, start, as_of, ("close",), ids).values["close"]
    return closes


def _bitcoin(session: Session, source: str, as_of: date, days: int) -> Floats | None:
    asset_id = bitcoin_id(asset_traits(session, source))
    if asset_id is None:
        return None
    start = as_of - timedelta(days=days - 1)
    closes = load_panel(session, source, start, as_of, ("close",), [asset_id]).values["close"][:, 0]
    return simple_returns(closes)[1:] if np.isfinite(closes).any() else None


def _shares(closes: Floats, amounts: Sequence[float]) -> Floats:
    values = closes * np.array(amounts)
    return np.asarray(values / values.sum())
