"""All that is known of one asset, as of the last close: each figure, or the reason why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from agent.analytics.figure import Figure
from agent.analytics.own_grade import Horizon
from agent.briefing.gather import SEEN_DAYS
from agent.briefing.wanted import Wanted
from agent.claims.figures import day_text
from agent.measuring.assets import display_names, require_asset
from agent.measuring.days import day_with_bars
from agent.measuring.ground import Scope
from agent.measuring.own_grade_parts import OwnGrade, is_compared, own_grade
from agent.measuring.signal_list import ListedSignal, listed
from agent.measuring.token_onchain import OnchainFigure, read_onchain
from agent.measuring.token_opinions import (
    LevelsAround,
    TokenGrade,
    TradingSignalNow,
    read_levels,
    read_token_grades,
    read_trading_signal,
)
from agent.measuring.token_relations import Relations, read_relations
from agent.measuring.token_series import HEALTH_DAYS, TokenSeries, read_token_series
from agent.store.assets import AssetRow, get_assets
from agent.store.bars import daily_bar
from agent.store.disputes import price_disputes
from agent.store.metrics import metric_history
from agent.store.own_grades import own_grades_on
from agent.store.signals import live_signals

MARKET_CAP = "asset.market_cap_usd"


@dataclass(frozen=True, slots=True)
class TokenIdentity:
    """Which asset it is. `ids` are its keys by source; `stands_for` is the asset that it follows, if any."""

    asset_id: int
    asset: str
    symbol: str
    coingecko_id: str | None
    kind: str
    stands_for: str | None
    rank: int | None
    active: bool
    categories: tuple[str, ...]
    ids: Mapping[str, str]
    market_cap_usd: Figure
    market_cap_day: date | None
    market_cap_source: str | None


@dataclass(frozen=True, slots=True)
class TokenHealth:
    """How good the data is: bars in the last 30 days, the last one, when that was learned, and who disputes it.

    `closes` are those of every source that has the day, USD, if they differ by more than `tolerance_pct`.
    """

    bars: int
    days: int
    last_bar: date | None
    learned_at: datetime | None
    tolerance_pct: float
    compared_sources: tuple[str, ...]
    closes: Mapping[str, float]
    spread_pct: float | None


@dataclass(frozen=True, slots=True)
class TokenReport:
    """An asset as of the close of `as_of`, its prices from `source`; changes and volatilities are fractions."""

    identity: TokenIdentity
    as_of: date
    source: str
    price: Mapping[str, Figure]
    risk: Mapping[str, Figure]
    indicators: Mapping[str, Figure]
    averages: Mapping[str, Figure]
    levels: LevelsAround
    provider_grades: tuple[TokenGrade, ...]
    own_grades: tuple[OwnGrade, ...]
    trading_signal: TradingSignalNow
    signals: tuple[ListedSignal, ...]
    onchain: tuple[OnchainFigure, ...]
    relations: Relations
    health: TokenHealth


def read_token(session: Session, wanted: Wanted, text: str) -> TokenReport:
    """Read all that is known of the one asset that a text means. Raises AssetNotFound and NoPrices."""
    asset = require_asset(session, wanted.source, text)
    day = day_with_bars(session, wanted)
    scope = Scope(wanted.source, day, wanted.other_sources, wanted.price_chain, wanted.tolerance_pct)
    series = read_token_series(session, wanted, scope, asset.asset_id)
    own, compared = own_grades_on(session, wanted.source, day), is_compared(asset.kind)
    live = live_signals(session, wanted.source, asset.asset_id, day)
    return TokenReport(
        identity=_identity(session, asset, scope.sources, wanted.first_open_day),
        as_of=day,
        source=series.source,
        price=series.price(),
        risk=series.risk(),
        indicators=series.indicators(),
        averages=series.averages(),
        levels=read_levels(session, scope, series),
        provider_grades=read_token_grades(session, wanted.source, asset.asset_id, wanted.first_open_day),
        own_grades=tuple(own_grade(own, asset.asset_id, item, day, compared=compared) for item in Horizon),
        trading_signal=read_trading_signal(session, scope, series),
        signals=listed(session, wanted.source, live),
        onchain=read_onchain(session, scope.sources, asset.asset_id, day),
        relations=read_relations(session, scope, series),
        health=_health(session, scope, series),
    )


def _identity(session: Session, asset: AssetRow, sources: Sequence[str], until: date) -> TokenIdentity:
    rows = get_assets(session, [key for key in (asset.asset_id, asset.underlying_id) if key is not None])
    names = display_names(rows.values())
    day, source, value = _market_cap(session, asset.asset_id, sources, until)
    return TokenIdentity(
        asset_id=asset.asset_id,
        asset=names[asset.asset_id],
        symbol=asset.symbol,
        coingecko_id=asset.slug,
        kind=asset.kind,
        stands_for=None if asset.underlying_id is None else names.get(asset.underlying_id),
        rank=asset.rank,
        active=not asset.inactive,
        categories=asset.categories,
        ids=asset.refs,
        market_cap_usd=value,
        market_cap_day=day,
        market_cap_source=source,
    )


def _market_cap(
    session: Session, asset_id: int, sources: Sequence[str], until: date
) -> tuple[date | None, str | None, Figure]:
    """The market value of the first source that gave one in the last week."""
    for source in sources:
        rows = metric_history(session, source, MARKET_CAP, asset_id, until - timedelta(days=SEEN_DAYS), until)
        if rows:
            return rows[-1].day, source, Figure.of(rows[-1].value, "not a number")
    return None, None, Figure.missing(f"no source gave one for the {SEEN_DAYS} days up to {day_text(until)}")


def _health(session: Session, scope: Scope, series: TokenSeries) -> TokenHealth:
    last = series.last_bar
    bar = None if last is None else daily_bar(session, series.source, series.asset_id, last)
    compared = scope.price_chain if len(scope.price_chain) > 1 else ()
    disputes = (
        price_disputes(session, scope.price_chain, scope.day, scope.tolerance_pct, [series.asset_id])
        if compared
        else ()
    )
    closes = {source: close for item in disputes for source, close, _ in item.closes}
    return TokenHealth(
        bars=series.recent_bars,
        days=HEALTH_DAYS,
        last_bar=last,
        learned_at=None if bar is None else bar.fetched_at,
        tolerance_pct=scope.tolerance_pct,
        compared_sources=compared,
        closes=closes,
        spread_pct=disputes[0].spread_pct if disputes else None,
    )
