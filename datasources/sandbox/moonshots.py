"""Invented speculative picks: two small tokens each Monday at 09:00 UTC, ended after 28 days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from datasources.sandbox.baskets import last_closes
from datasources.sandbox.contract import ONE_DAY, MarketData, Token, last_final_day
from datasources.sandbox.owners import Endpoint, Params, is_invented, share
from datasources.sandbox.paging import BadQuery, parse_page
from datasources.sandbox.wire import Row, day_text, number, time_text

_PER_WEEK = 2
_LASTS = timedelta(days=28)
_WEEKS_SHOWN = 26
_AT = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class Pick:
    """A token and when it was picked; its first price is the last close before."""

    token: Token
    picked_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.picked_at + _LASTS


def moonshot_tokens(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """The running picks, or with `type=past` those that ended within half a year; newest first."""
    kind = params.get("type", "active")
    if kind not in {"active", "past"}:
        raise BadQuery("type is active or past")
    page = parse_page(params)
    picks = [pick for pick in _picks(market, now) if (pick.ends_at <= now) == (kind == "past")]
    return [row for pick in page.cut(picks) if (row := _row(market, now, pick)) is not None]


ENDPOINTS: Mapping[str, Endpoint] = {"moonshot-tokens": moonshot_tokens}


def _picks(market: MarketData, now: datetime) -> list[Pick]:
    if not is_invented(market, now):
        return []
    today = now.astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=back) for back in range(_WEEKS_SHOWN)]
    return [pick for week in weeks for pick in _picks_of(market, week) if pick.picked_at <= now]


def _picks_of(market: MarketData, monday: date) -> list[Pick]:
    midnight = datetime.combine(monday, datetime.min.time(), UTC)
    ranked = market.top_tokens(midnight)
    small = ranked[len(ranked) // 2 :]
    chosen = sorted(small, key=lambda token: share("moonshot", monday, token.token_id))[:_PER_WEEK]
    return [Pick(token, midnight + _AT) for token in chosen]


def _row(market: MarketData, now: datetime, pick: Pick) -> Row | None:
    """The row of a pick; None where the market lacks its first or last close."""
    last = min(last_final_day(now), pick.ends_at.date() - ONE_DAY)
    closes = [_close(market, now, pick.token, day) for day in (pick.picked_at.date() - ONE_DAY, last)]
    first_usd, last_usd = closes
    if first_usd is None or last_usd is None:
        return None
    ids = [pick.token.token_id]
    grade = next(iter(market.trader_grades(now, ids, last, last)), None)
    volumes: Sequence[float] = [bar.volume_usd for bar in market.daily_bars(now, ids, last, last)]
    week_before = _close(market, now, pick.token, last - timedelta(days=7))
    supply = market.supply(pick.token.token_id)
    return {
        "TOKEN_NAME": pick.token.name,
        "TOKEN_SYMBOL": pick.token.symbol,
        "LAST_TRADING_SIGNAL_TIME": day_text(last),
        "TM_TRADER_GRADE": _text(None if grade is None else grade.trader_grade),
        "TM_TRADER_GRADE_24H_PCT_CHANGE": _text(None if grade is None else grade.change_pct),
        "PRICE_CHANGE_PERCENTAGE_7D_IN_CURRENCY": _text(week_before and round(100 * (last_usd / week_before - 1), 4)),
        "MARKET_CAP": _text(None if supply is None else last_usd * supply),
        "VOLUME_24H": _text(volumes[0] if volumes else None),
        "MOONSHOT_AT": time_text(pick.picked_at),
        "MOONSHOT_END_AT": time_text(pick.ends_at) if pick.ends_at <= now else None,
        "MOONSHOT_ROI": number(round(last_usd / first_usd - 1, 6)),
    }


def _close(market: MarketData, now: datetime, token: Token, day: date) -> float | None:
    return last_closes(market, now, [token], day).get(token.token_id)


def _text(value: float | None) -> str | None:
    return None if value is None else str(number(value))
