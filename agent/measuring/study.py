"""A portfolio as arrays: what is held, at which closes, beside Bitcoin and the market.

Prices are those of the briefing: the market's source, and for a holding it has no bar of, one other source from end to
end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats
from agent.analytics.returns import simple_returns
from agent.briefing.gather import last_day_with_bars
from agent.briefing.prices import PANEL_DAYS, newest_held_day
from agent.briefing.snapshot import BITCOIN_SLUGS, TRACKED_DAYS
from agent.briefing.wanted import Wanted
from agent.measuring.assets import display_names
from agent.measuring.errors import NoPrices, NothingHeld
from agent.measuring.history import equal_weight_index
from agent.store import portfolios
from agent.store.assets import AssetRow, find_assets, get_assets
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
    those that follow another asset, None if it was not asked for.
    """

    portfolio: str
    source: str
    as_of: date
    days: np.ndarray
    assets: tuple[StudiedAsset, ...]
    amounts: tuple[Decimal, ...]
    closes: Floats
    bitcoin: Floats | None
    market: Floats | None
    targets: tuple[float, ...] | None

    @property
    def names(self) -> tuple[str, ...]:
        """The printable names, in the order of the columns."""
        return tuple(asset.name for asset in self.assets)

    @property
    def quantities(self) -> Floats:
        """The amounts as floats."""
        return np.array([float(amount) for amount in self.amounts])


@dataclass(frozen=True, slots=True)
class _Closes:
    """Closes, days x assets, by the assets' ids, and the source of each."""

    days: np.ndarray
    values: Floats
    sources: Mapping[int, str]

    def of(self, ids: Sequence[int]) -> Floats:
        """The closes of some of the assets, in the order given."""
        places = {asset_id: place for place, asset_id in enumerate(self.sources)}
        closes = np.empty((len(self.days), len(ids)))
        for column, asset_id in enumerate(ids):
            closes[:, column] = self.values[:, places[asset_id]]
        return closes


def read_study(session: Session, wanted: Wanted, more: Sequence[int] = (), *, market: bool = True) -> Study:
    """Read a portfolio and, with an amount of 0, the assets of `more` that it does not hold.

    The market is all that is stored of every asset: without it, a small part is read. Raises UnknownRow for the
    portfolio's name, NothingHeld, and NoPrices without a single bar.
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
    as_of, bitcoins = _last_day(session, wanted, tuple(amounts)), bitcoin_ids(session, wanted.source)
    closes = _read_closes(session, wanted, as_of, tuple(amounts), bitcoins)
    ids = _by_rank(session, amounts)
    names = display_names(ids.values())
    assets = tuple(StudiedAsset(row, names[key], closes.sources[key]) for key, row in ids.items())
    return Study(
        portfolio=portfolio.name,
        source=wanted.source,
        as_of=as_of,
        days=closes.days,
        assets=assets,
        amounts=tuple(amounts[asset.asset_id] for asset in assets),
        closes=closes.of([asset.asset_id for asset in assets]),
        bitcoin=_first_known(closes.of(bitcoins)),
        market=market_index(session, wanted.source, as_of) if market else None,
        targets=tuple(targets.get(asset.asset_id, 0.0) for asset in assets) if targets else None,
    )


def bitcoin_ids(session: Session, source: str) -> tuple[int, ...]:
    """The assets of a source that are Bitcoin by their slug, ascending; a symbol would not do."""
    rows = [row for slug in sorted(BITCOIN_SLUGS) for row in find_assets(session, slug)]
    return tuple(sorted({row.asset_id for row in rows if row.slug in BITCOIN_SLUGS and source in row.refs}))


def market_index(session: Session, source: str, as_of: date) -> Floats:
    """Read all closes of a source and make the index of equal weight of a study's days out of them."""
    panel = load_panel(session, source, as_of - timedelta(days=PANEL_DAYS - 1), as_of)
    own, traits = panel.values["close"], asset_traits(session, source)
    recent = np.isfinite(own[-TRACKED_DAYS:]).any(axis=0)
    counted = [
        column
        for column in np.flatnonzero(recent).tolist()
        if (item := traits.get(int(panel.asset_ids[column]))) is None or item.kind == "coin"
    ]
    return equal_weight_index(simple_returns(own[:, counted]))


def read_long_closes(session: Session, study: Study, days: int = LONG_DAYS) -> Floats:
    """Read the closes of a study's assets over more days, up to its own last day: days x assets."""
    start = study.as_of - timedelta(days=days - 1)
    closes = np.full((days, len(study.assets)), np.nan)
    for source in dict.fromkeys(asset.price_source for asset in study.assets):
        places = [place for place, asset in enumerate(study.assets) if asset.price_source == source]
        ids = [study.assets[place].asset_id for place in places]
        closes[:, places] = load_panel(session, source, start, study.as_of, ("close",), ids).values["close"]
    return closes


def _last_day(session: Session, wanted: Wanted, ids: tuple[int, ...]) -> date:
    as_of = last_day_with_bars(session, wanted.source, wanted.first_open_day)
    if as_of is None:
        raise NoPrices("there are no prices yet: run `coinbrief collect` first")
    return newest_held_day(session, wanted, ids, as_of)


def _read_closes(session: Session, wanted: Wanted, as_of: date, ids: Sequence[int], besides: Sequence[int]) -> _Closes:
    """Closes up to a day; those of `ids` that have none on it come from the first other source that has one."""
    every, start = tuple(dict.fromkeys((*ids, *besides))), as_of - timedelta(days=PANEL_DAYS - 1)
    panel = load_panel(session, wanted.source, start, as_of, ("close",), every)
    closes, sources = panel.values["close"], dict.fromkeys(every, wanted.source)
    for source in wanted.price_chain:
        lacking = [place for place in range(len(ids)) if not np.isfinite(closes[-1, place])]
        if not lacking or source == wanted.source:
            continue
        lacking_ids = [every[place] for place in lacking]
        found = load_panel(session, source, start, as_of, ("close",), lacking_ids).values["close"]
        for place, series in zip(lacking, found.T, strict=True):
            if np.isfinite(series[-1]):
                closes[:, place] = series
                sources[every[place]] = source
    return _Closes(panel.days, closes, sources)


def _by_rank(session: Session, amounts: dict[int, Decimal]) -> dict[int, AssetRow]:
    rows = get_assets(session, amounts)
    order = sorted(rows.values(), key=lambda row: (row.rank is None, row.rank or 0, row.asset_id))
    return {row.asset_id: row for row in order}


def _first_known(closes: Floats) -> Floats | None:
    """The first column that has a close, if any does."""
    known = np.flatnonzero(np.isfinite(closes).any(axis=0))
    return closes[:, known[0]] if len(known) else None
