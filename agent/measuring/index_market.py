"""What an index of our own is tracked on: closes, market values as they were known, kinds and categories.

Market values count if they were learned within two days of their own, and for seven days. The largest assets of a day
are those by market value where enough of the universe have one, otherwise by mean volume.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Flags, Floats
from agent.analytics.index_records import IndexMarket
from agent.analytics.index_rules import IndexRule, Largest, Listed, Weighting
from agent.analytics.index_selection import VOLATILITY_DAYS
from agent.analytics.signals.windows import window_mean
from agent.measuring.compared import bitcoin_id
from agent.measuring.figures import joined_metrics
from agent.measuring.ground import Scope
from agent.measuring.history import LEARNED_WITHIN_DAYS
from agent.store.figure_panels import Ids
from agent.store.panel import load_panel
from agent.store.traits import Traits, asset_traits

MARKET_VALUE = "asset.market_cap_usd"
VALUE_DAYS = 7  # how long a market value counts
VOLUME_DAYS = 30
BY_MARKET_VALUE, BY_VOLUME = "market value", "volume"

_WEIGHED_BY_VALUE = frozenset({Weighting.CAP, Weighting.SQRT_CAP})


@dataclass(frozen=True, slots=True)
class IndexGround:
    """A market to track an index on, and Bitcoin's closes on the same days, None without any.

    `by_value` flags the days on which enough of the universe have a market value; `first_values` is the first such day,
    the one after the last close included, None if there is none.
    """

    market: IndexMarket
    bitcoin: Floats | None
    by_value: Flags
    first_values: date | None

    def ordered_by(self, day: date) -> str:
        """What the largest assets of a day are found by."""
        row = int((np.datetime64(day, "D") - self.market.days[0].astype("datetime64[D]")).astype(int))
        return BY_MARKET_VALUE if self.by_value[row] else BY_VOLUME


def read_index_ground(session: Session, scope: Scope, rule: IndexRule) -> IndexGround:
    """Read what a rule needs, from 90 days before its start up to the close of the scope's day."""
    first = rule.start - timedelta(days=VOLATILITY_DAYS + 1)
    listed = list(rule.universe.asset_ids) if isinstance(rule.universe, Listed) else None
    panel = load_panel(session, scope.source, first, scope.day, ("close", "volume"), listed)
    close, ids = panel.values["close"], panel.asset_ids
    traits = asset_traits(session, scope.source)
    kinds, categories = _kinds(traits, ids), _categories(traits, ids)
    values = _market_values(session, scope, first, ids)
    by_value = _enough(rule, values, close, kinds, categories)
    weighed = rule.weighting in _WEIGHED_BY_VALUE
    known = values[:-1]
    order = np.where(by_value[:-1, np.newaxis], known, window_mean(panel.values["volume"], VOLUME_DAYS))
    days = np.flatnonzero(by_value & (np.arange(len(by_value)) >= VOLATILITY_DAYS + 1))
    return IndexGround(
        market=IndexMarket(
            days=panel.days,
            asset_ids=ids.tolist(),
            close=close,
            market_values_usd=np.where(by_value[:-1, np.newaxis], known, np.nan) if weighed else None,
            ranks=np.where(order > 0, -order, np.nan),  # the order is all that ranks are read for: the largest first
            kinds=kinds,
            categories=categories,
        ),
        bitcoin=_bitcoin(session, scope, traits, first),
        by_value=by_value[:-1],
        first_values=first + timedelta(days=int(days[0])) if days.size else None,
    )


def _kinds(traits: Mapping[int, Traits], ids: Ids) -> list[str]:
    return [traits[key].kind if key in traits else "coin" for key in ids.tolist()]


def _categories(traits: Mapping[int, Traits], ids: Ids) -> list[tuple[str, ...]]:
    return [traits[key].categories if key in traits else () for key in ids.tolist()]


def _market_values(session: Session, scope: Scope, first: date, ids: Ids) -> Floats:
    """Days x assets, with one day more than the closes: what was known on it is of no use yet, but worth telling."""
    last = scope.day + timedelta(days=1)
    wide = np.full(((last - first).days + 1, len(ids)), np.nan)
    joined = joined_metrics(session, scope.sources, (MARKET_VALUE,), first, last, LEARNED_WITHIN_DAYS)
    if joined is None or not len(ids):
        return wide
    assets, series = joined
    ascending = np.argsort(ids, kind="stable")
    place = np.minimum(np.searchsorted(ids[ascending], assets), len(ids) - 1)
    wanted = ids[ascending][place] == assets
    wide[:, ascending[place[wanted]]] = series[MARKET_VALUE][:, wanted]
    return _carried(np.where(wide > 0, wide, np.nan))


def _carried(values: Floats) -> Floats:
    found = values.copy()
    for days in range(1, min(VALUE_DAYS, len(values))):
        found[days:] = np.where(np.isnan(found[days:]), values[:-days], found[days:])
    return found


def _enough(
    rule: IndexRule, values: Floats, close: Floats, kinds: Sequence[str], categories: Sequence[Sequence[str]]
) -> Flags:
    """Whether as many assets of the universe have a market value on a day as the index is to hold, or as there are."""
    universe = rule.universe
    known = np.isfinite(values)
    if not isinstance(universe, Largest):
        return np.asarray(known.any(axis=1))
    flags = [
        kind not in universe.excluded_kinds and (universe.category is None or universe.category in own)
        for kind, own in zip(kinds, categories, strict=True)
    ]
    admitted = np.array(flags, dtype=np.bool_)
    tradable = np.vstack((close > 0, close[-1:] > 0)) & admitted
    needed = np.minimum(tradable.sum(axis=1), universe.count)
    return np.asarray(((known & tradable).sum(axis=1) >= needed) & (needed > 0))


def _bitcoin(session: Session, scope: Scope, traits: Mapping[int, Traits], first: date) -> Floats | None:
    asset_id = bitcoin_id(traits)
    if asset_id is None:
        return None
    closes = load_panel(session, scope.source, first, scope.day, ("close",), [asset_id]).values["close"][:, 0]
    return closes if np.isfinite(closes).any() else None
