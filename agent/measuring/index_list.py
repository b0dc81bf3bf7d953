"""What indices there are, ours and providers', and a provider's index as it was received."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from agent.analytics.figure import Figure
from agent.analytics.index_rules import BASE_LEVEL
from agent.errors import UnknownRow
from agent.measuring.assets import display_names
from agent.measuring.ground import Scope
from agent.measuring.provider_words import provider_words
from agent.store.assets import get_assets
from agent.store.columns import JsonValue
from agent.store.indices import IndexRow, index_holdings_on, index_values_between, list_indices
from agent.store.own_indices import OWN_SOURCE, index_rules

CHANGES = (1, 7, 30)


@dataclass(frozen=True, slots=True)
class OwnListed:
    """An index of our own as it was last stored: level (100 at its start) and changes in per cent up to `day`."""

    name: str
    rule: Mapping[str, JsonValue]
    day: date | None
    level: Figure
    change_1d_pct: Figure
    change_7d_pct: Figure
    change_30d_pct: Figure


@dataclass(frozen=True, slots=True)
class ProvidedIndex:
    """A provider's index as it was received; changes are in per cent, names are the provider's, stripped."""

    source: str
    key: str
    name: str
    ticker: str | None
    day: date
    active: bool | None
    price_usd: float | None
    asset_count: int | None
    change_1d_pct: float | None
    change_7d_pct: float | None
    change_30d_pct: float | None
    change_all_time_pct: float | None


@dataclass(frozen=True, slots=True)
class ProvidedHolding:
    """What a provider's index held of an asset, as received."""

    asset_id: int
    name: str
    symbol: str
    weight_pct: float
    price_usd: float | None


@dataclass(frozen=True, slots=True)
class ProvidedIndexReport:
    """A provider's index with its holdings of `holdings_day`, and its return since its start by day, as received."""

    index: ProvidedIndex
    holdings_day: date | None
    holdings: tuple[ProvidedHolding, ...]
    values: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class IndexList:
    """All indices known on a day."""

    as_of: date
    own: tuple[OwnListed, ...]
    provided: tuple[ProvidedIndex, ...]


def list_all_indices(session: Session, scope: Scope) -> IndexList:
    """List our own indices, as stored, and those of the market's source and the others."""
    own = tuple(_own(session, row.name, row.rule, scope.day) for row in index_rules(session))
    provided = (_provided(source, row) for source in scope.sources for row in list_indices(session, source))
    return IndexList(scope.day, own, tuple(provided))


def provided_index_report(session: Session, scope: Scope, name: str) -> ProvidedIndexReport:
    """Read a provider's index by its key, name or ticker, in any case; raises UnknownRow."""
    found = [
        (source, row)
        for source in scope.sources
        for row in list_indices(session, source)
        if name.casefold() in {text.casefold() for text in (row.provider_id, row.name, row.ticker) if text}
    ]
    if len(found) != 1:
        raise UnknownRow(_not_one(session, scope, name, found))
    (source, row), day = found[0], scope.day + timedelta(days=1)
    held = index_holdings_on(session, source, row.provider_id, day)
    assets = get_assets(session, [each.asset_id for each in held])
    names = display_names(assets.values())
    values = index_values_between(session, source, row.provider_id, day - timedelta(days=366), day)
    return ProvidedIndexReport(
        index=_provided(source, row),
        holdings_day=held[0].day if held else None,
        holdings=tuple(
            ProvidedHolding(
                each.asset_id, names[each.asset_id], assets[each.asset_id].symbol, each.weight_pct, each.price_usd
            )
            for each in held
        ),
        values=tuple((each.day, each.cumulative_return) for each in values),
    )


def _not_one(session: Session, scope: Scope, name: str, found: Sequence[tuple[str, IndexRow]]) -> str:
    if found:
        keys = ", ".join(f"{provider_words(row.provider_id)!r} of {source}" for source, row in found)
        return f"{name!r} may mean several indices: name one by its key, {keys}"
    own = ", ".join(repr(row.name) for row in index_rules(session)) or "none"
    theirs = ", ".join(
        repr(provider_words(row.provider_id)) for source in scope.sources for row in list_indices(session, source)
    )
    return f"there is no index {name!r} (our own: {own}; keys of providers': {theirs or 'none'})"


def _own(session: Session, name: str, rule: Mapping[str, JsonValue], day: date) -> OwnListed:
    rows = index_values_between(session, OWN_SOURCE, name, day - timedelta(days=400), day)
    levels = {row.day: BASE_LEVEL * (1 + row.cumulative_return) for row in rows}
    last = max(levels, default=None)
    if last is None:
        none = Figure.missing(f"it has not been tracked to a level yet: see `coinbrief index show {name}`")
        return OwnListed(name, rule, None, none, none, none, none)
    changes = [_change(levels, last, days) for days in CHANGES]
    return OwnListed(name, rule, last, Figure.of(levels[last], ""), *changes)


def _change(levels: Mapping[date, float], last: date, days: int) -> Figure:
    before = levels.get(last - timedelta(days=days))
    if not before:
        return Figure.missing(f"there is no level {days} days before")
    return Figure.of((levels[last] / before - 1) * 100, "the level is not known")


def _provided(source: str, row: IndexRow) -> ProvidedIndex:
    return ProvidedIndex(
        source=source,
        key=provider_words(row.provider_id),
        name=provider_words(row.name),
        ticker=provider_words(row.ticker) if row.ticker else None,
        day=row.day,
        active=row.active,
        price_usd=row.price_usd,
        asset_count=row.asset_count,
        change_1d_pct=row.change_1d_pct,
        change_7d_pct=row.change_7d_pct,
        change_30d_pct=row.change_30d_pct,
        change_all_time_pct=row.change_all_time_pct,
    )
