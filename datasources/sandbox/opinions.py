"""What the invented provider thinks of tokens: technology and fundamental grades, hourly signals, moods.

All of it follows from the market, so a past day or hour never changes:
technology score  = a tenth of the technology grade, up to 1.5 more or less by token and score
hourly signal     = 1 or -1 if the hour's price moved by 0.3 % or more, else 0
hourly position   = the signal, or where that is 0 the daily trend of the day before
mood of a medium  = the fear and greed index, up to 15 more or less by day and medium
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from datasources.sandbox.contract import (
    ONE_DAY,
    InvestorGrade,
    MarketData,
    MarketHour,
    SentimentIndex,
    Token,
    last_final_day,
)
from datasources.sandbox.owners import Endpoint, Params, owned_rows, share
from datasources.sandbox.paging import MAXIMUM_DAYS, BadQuery, parse_days, parse_ids, parse_page
from datasources.sandbox.wire import Row, day_text, identity, number, time_text

_HOURLY_MOVE = 0.003
_CLASSES = ((80.0, "storeOfValue"), (65.0, "blueChip"), (50.0, "emerging"), (35.0, "speculative"))
_MOODS = ((20.0, "very negative"), (40.0, "negative"), (60.0, "neutral"), (80.0, "positive"))


def technology_grade(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """The latest technology grades."""
    return owned_rows(market, _latest(market, now, params), _technology_row)


def technology_grade_history(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Technology grades by day, newest first."""
    return owned_rows(market, _history(market, now, params), _technology_row)


def fundamental_grade(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """The latest fundamental grades; these rows have no date."""
    return owned_rows(market, _latest(market, now, params), _fundamental_row)


def fundamental_grade_history(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Fundamental grades by day, newest first."""
    rows = _history(market, now, params)
    return owned_rows(market, rows, lambda token, grade: _fundamental_row(token, grade) | {"DATE": day_text(grade.day)})


def hourly_trading_signals(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Signals of the last 30 days by hour, newest first; `token_id` is required."""
    ids = parse_ids(params, market, now)
    if ids is None or "token_id" not in params:
        raise BadQuery("token_id is required")
    last = last_final_day(now) + ONE_DAY
    hours = parse_page(params).cut(market.hourly_bars(now, ids, last - (MAXIMUM_DAYS - 1) * ONE_DAY, last))
    if not hours:
        return []
    days = [hour.opened_at.date() - ONE_DAY for hour in hours]
    known = market.trading_signals(now, ids, min(days), max(days))
    trends = {(signal.token_id, signal.day): signal.trend for signal in known}
    return owned_rows(
        market,
        hours,
        lambda token, hour: _hour_row(token, hour, trends.get((token.token_id, hour.opened_at.date() - ONE_DAY), 0)),
    )


def sentiments(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Moods of the media by day, newest first; deprecated at the provider, but it still answers."""
    return [_mood_row(index) for index in parse_page(params).cut(market.sentiment(now))]


ENDPOINTS: Mapping[str, Endpoint] = {
    "technology-grade": technology_grade,
    "technology-grade-history": technology_grade_history,
    "fundamental-grade": fundamental_grade,
    "fundamental-grade-history": fundamental_grade_history,
    "hourly-trading-signals": hourly_trading_signals,
    "sentiments": sentiments,
}


def _latest(market: MarketData, now: datetime, params: Params) -> Sequence[InvestorGrade]:
    last = last_final_day(now)
    return parse_page(params).cut(market.investor_grades(now, parse_ids(params, market, now), last, last))


def _history(market: MarketData, now: datetime, params: Params) -> Sequence[InvestorGrade]:
    found = market.investor_grades(now, parse_ids(params, market, now), *parse_days(params, now))
    return parse_page(params).cut(found)


def _technology_row(token: Token, grade: InvestorGrade) -> Row:
    return identity(token) | {
        "DATE": day_text(grade.day),
        "TECHNOLOGY_GRADE": number(grade.technology_grade),
        "ACTIVITY_SCORE": _score(token, grade.technology_grade, "activity"),
        "SECURITY_SCORE": _score(token, grade.technology_grade, "security", known=0.4),
        "REPOSITORY_SCORE": _score(token, grade.technology_grade, "repository"),
        "COLLABORATION_SCORE": _score(token, grade.technology_grade, "collaboration"),
        "DEFI_SCANNER_SCORE": _score(token, grade.technology_grade, "defi scanner", known=0.3),
    }


def _fundamental_row(token: Token, grade: InvestorGrade) -> Row:
    value = grade.fundamental_grade
    return identity(token) | {
        "FUNDAMENTAL_GRADE": number(value),
        "FUNDAMENTAL_GRADE_CLASS": next((word for bound, word in _CLASSES if value >= bound), "highRisk"),
        "COMMUNITY_SCORE": _score(token, value, "community"),
        "EXCHANGE_SCORE": min(10, len(token.exchanges)),
        "VC_SCORE": _score(token, value, "vc", known=0.5),
        "TOKENOMICS_SCORE": _score(token, value, "tokenomics", known=0.7),
        "DEFI_SCANNER_SCORE": _score(token, value, "defi scanner", known=0.3),
    }


def _score(token: Token, grade: float, name: str, known: float = 1.0) -> float | int | None:
    """A part of 0 to 10 of a grade; None for the tokens beyond the `known` share."""
    if share("known", token.token_id, name) >= known:
        return None
    return number(round(min(10.0, max(0.0, grade / 10 + 3 * share(token.token_id, name) - 1.5)), 2))


def _hour_row(token: Token, hour: MarketHour, trend: int) -> Row:
    move = hour.close_usd / hour.open_usd - 1
    signal = 0 if abs(move) < _HOURLY_MOVE else 1 if move > 0 else -1
    return {
        "TIMESTAMP": time_text(hour.opened_at),
        **identity(token),
        "CLOSE": number(hour.close_usd),
        "SIGNAL": str(signal),
        "POSITION": str(signal or trend),
    }


def _mood_row(index: SentimentIndex) -> Row:
    row: Row = {"DATETIME": day_text(index.day)} | _mood("MARKET", float(index.value))
    for medium in ("NEWS", "REDDIT", "TWITTER"):
        grade = index.value + 30 * share(index.day, medium) - 15
        row |= _mood(medium, round(min(100.0, max(0.0, grade)), 2))
        row[f"{medium}_SUMMARY"] = f"Invented by the sandbox: the mood on {medium.title()} is {index.label.lower()}."
    return row


def _mood(medium: str, grade: float) -> Row:
    label = next((word for bound, word in _MOODS if grade < bound), "very positive")
    return {f"{medium}_SENTIMENT_GRADE": number(grade), f"{medium}_SENTIMENT_LABEL": label}
