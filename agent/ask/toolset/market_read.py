"""What the tools of one question read: each thing once, in short sessions, and only when it is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from agent.analytics.bars import Floats
from agent.ask.toolset.names import Names
from agent.briefing.gather import last_day_with_bars
from agent.briefing.prices import newest_held_day
from agent.briefing.snapshot import BITCOIN_SLUGS, TRACKED_DAYS, HeldAsset
from agent.briefing.wanted import Wanted
from agent.claims.fact import Entity
from agent.measuring.errors import NoPrices
from agent.store import portfolios
from agent.store.assets import find_assets
from agent.store.bars import daily_bar, daily_bars, learned_at
from agent.store.bulk import raw_connection
from agent.store.disputes import Dispute, price_disputes
from agent.store.engine import Store
from agent.store.figure_panels import Ids, Span, grade_panel
from agent.store.panel import load_panel
from agent.store.sources import stored_source_id
from datasources.records import GradeKind

PANEL_DAYS = 400  # of an asset's closes: 365 days of change, and room for its indicators to settle
_FEW = 3  # assets whose bars are read one by one faster than whole days are


@dataclass(frozen=True, slots=True)
class Closes:
    """Closes of some assets of one source up to `last`: days x assets in USD, NaN where there is no bar."""

    source: str
    last: date
    asset_ids: Ids
    close: Floats

    def column(self, asset_id: int) -> int:
        """The asset's column; raises ValueError if it has none."""
        ids: list[int] = self.asset_ids.tolist()
        return ids.index(asset_id)

    def day(self, row: int) -> date:
        """The day of a row; negative rows count from the last."""
        return self.last - timedelta(days=len(self.close) - 1 - (row % len(self.close)))

    def row(self, day: date) -> int | None:
        """The row of a day, None if it is not among them."""
        back = (self.last - day).days
        return len(self.close) - 1 - back if 0 <= back < len(self.close) else None


@dataclass(frozen=True, slots=True)
class Held:
    """The reader's portfolio: its id, 0 if there is none of that name, and what is held."""

    portfolio_id: int
    holdings: tuple[HeldAsset, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """The assets of which something is held."""
        return tuple(item.asset_id for item in self.holdings if item.amount)


class MarketRead:
    """The stored market as the tools of one question see it; raises NoPrices without a single bar.

    `as_of` is the day of a portfolio's prices, as in a briefing; `market_day` the last day of the market's own source,
    which may be late.
    """

    def __init__(self, store: Store, wanted: Wanted) -> None:
        self.store = store
        self.wanted = wanted
        with store.reader() as session:
            day = last_day_with_bars(session, wanted.source, wanted.first_open_day)
            if day is None:
                raise NoPrices("there are no prices yet: run `coinbrief collect` first")
            found = portfolios.get(session, wanted.portfolio)
            rows = () if found is None else portfolios.holdings(session, found.portfolio_id)
            held = tuple(HeldAsset(row.asset_id, row.amount) for row in rows)
            self.held = Held(0 if found is None else found.portfolio_id, held)
            self.market_day = day
            self.as_of = newest_held_day(session, wanted, self.held.ids, day)
            self.fetched_at: datetime = learned_at(session, wanted.source, day)
        self._series: dict[tuple[int, date], Closes] = {}
        self._market: dict[date, Closes] = {}
        self._grades: dict[tuple[GradeKind, date, int | None], Floats] = {}

    @property
    def source(self) -> str:
        """The market's own source."""
        return self.wanted.source

    @property
    def sources(self) -> tuple[str, ...]:
        """All sources of figures, the market's own first."""
        return tuple(dict.fromkeys((self.source, *self.wanted.other_sources)))

    @property
    def price_chain(self) -> tuple[str, ...]:
        """The sources of daily prices, the market's own first."""
        return tuple(dict.fromkeys((self.source, *self.wanted.price_chain)))

    def market(self, day: date, days: int) -> Closes:
        """The closes of every asset of the source in the `days` days up to a day."""
        known = self._market.get(day)
        if known is None or len(known.close) < days:
            with self.store.reader() as session:
                panel = load_panel(session, self.source, day - timedelta(days=days - 1), day)
            known = self._market[day] = Closes(self.source, day, panel.asset_ids, panel.values["close"])
        return Closes(known.source, day, known.asset_ids, known.close[-days:])

    def series(self, asset_id: int, day: date) -> Closes:
        """The closes of one asset up to a day, from the first source of the chain that has a bar of that day."""
        return self.several([asset_id], day)[0]

    def several(self, asset_ids: Sequence[int], day: date, days: int = PANEL_DAYS) -> tuple[Closes, ...]:
        """The closes of assets, one record for each source that they are from, together all of them."""
        known = [self._series.get((asset_id, day)) for asset_id in asset_ids]
        if all(known) and days <= PANEL_DAYS:
            return tuple(replace(item, close=item.close[-days:]) for item in known if item is not None)
        with self.store.reader() as session:
            by_source: dict[str, list[int]] = {}
            for asset_id in dict.fromkeys(asset_ids):
                having = (name for name in self.price_chain if daily_bar(session, name, asset_id, day) is not None)
                by_source.setdefault(next(having, self.source), []).append(asset_id)
            first = day - timedelta(days=days - 1)
            found = []
            for source, ids in by_source.items():
                close = np.full((days, len(ids)), np.nan)
                if len(ids) > _FEW:
                    close = load_panel(session, source, first, day, ("close",), ids).values["close"]
                else:
                    for place, asset_id in enumerate(ids):
                        for bar in daily_bars(session, source, asset_id, first, day):
                            close[(bar.day - first).days, place] = bar.close_usd
                found.append(Closes(source, day, np.array(ids, dtype=np.int64), close))
        if days == PANEL_DAYS:
            for part in found:
                for place, asset_id in enumerate(part.asset_ids.tolist()):
                    column = slice(place, place + 1)
                    self._series[asset_id, day] = replace(
                        part, asset_ids=part.asset_ids[column], close=part.close[:, column]
                    )
        return tuple(found)

    def grades(self, kind: GradeKind, day: date, asset_id: int | None = None) -> Floats:
        """A provider's grades of exactly this day, of one asset or of all `members`; NaN where there is none."""
        key = (kind, day, asset_id)
        if key not in self._grades:
            ids = self.members if asset_id is None else np.array([asset_id], dtype=np.int64)
            with self.store.reader() as session:
                self._grades[key] = grade_panel(session, self.source, kind, Span(day, day, ids))[0]
        return self._grades[key]

    @cached_property
    def members(self) -> Ids:
        """The tracked assets and the holdings, ascending."""
        return np.array(sorted({*self.tracked, *self.held.ids}), dtype=np.int64)

    @cached_property
    def disputes(self) -> Mapping[int, Dispute]:
        """The assets of whose close of the last day sources disagree, by id."""
        if len(self.price_chain) < 2:
            return {}
        with self.store.reader() as session:
            found = price_disputes(session, self.price_chain, self.market_day, self.wanted.tolerance_pct)
        return {item.asset_id: item for item in found}

    @cached_property
    def tracked(self) -> frozenset[int]:
        """The assets of which the source has a bar in the last thirty days."""
        closes = self.market(self.market_day, TRACKED_DAYS)
        return frozenset(closes.asset_ids[np.isfinite(closes.close).any(axis=0)].tolist())

    @cached_property
    def bitcoin(self) -> int | None:
        """Bitcoin's asset id by its slug; a symbol would not do."""
        with self.store.reader() as session:
            rows = [row for slug in BITCOIN_SLUGS for row in find_assets(session, slug)]
        own = (row.asset_id for row in rows if row.slug in BITCOIN_SLUGS and self.source in row.refs)
        return min(own, default=None)

    @cached_property
    def names(self) -> Names:
        """What the source's assets and the holdings are called."""
        query = (
            "SELECT asset_id, name, symbol FROM asset WHERE asset_id IN "
            "(SELECT asset_id FROM asset_ref WHERE source_id = ?)"
        )
        with self.store.reader() as session:
            rows = raw_connection(session).execute(query, (stored_source_id(session, self.source),)).fetchall()
        return Names(rows)

    def entities(self, subjects: Iterable[str]) -> Mapping[str, Entity]:
        """What these subjects are called; those that are no assets and no sectors have no name of their own."""
        return self.names.entities(subjects)
