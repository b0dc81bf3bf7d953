"""Version 3 of the Token Metrics format as a layer over version 2: other parameter names, keys in lower case.

A key is the version 2 key in snake case with its digits split off (`24H_VOLUME` becomes `24_h_volume`), save those
that the provider renamed or spells against its own rule.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from datasources.sandbox.contract import MarketData, last_final_day
from datasources.sandbox.paging import BadQuery
from datasources.sandbox.wire import Row

_PARAMS = {"start_date": "startDate", "end_date": "endDate", "indices_type": "indicesType"}
_RENAMED = {"tm_link": "slug", "TM_LINK": "app_link"}
_HISTORY_CHANGE = "TM_GRADE_24h_PCT_CHANGE"  # the documents of `tm-grade-history` spell it `tm_grade_24h_pct_change`
_WORD = re.compile(r"[A-Z]+|[a-z]+|[0-9]+")
_SIGNAL_WORDS = {-1: ("bearish", "down"), 0: ("neutral", "sideways"), 1: ("bullish", "up")}
_LISTS = ("EXCHANGE_LIST", "CATEGORY_LIST")
_SHORT_LIST = 3
_NOBODY = "0"


def version_2_params(params: Mapping[str, str], market: MarketData, now: datetime) -> dict[str, str]:
    """The parameters as version 2 names them; `slug` becomes ids. Raises BadQuery for a version 2 spelling."""
    if set(params) & set(_PARAMS.values()):
        raise BadQuery("version 3 spells its parameters in snake case")
    named = {_PARAMS.get(name, name): value for name, value in params.items()}
    slugs = named.pop("slug", None)
    if slugs is not None:
        wanted = {slug.strip() for slug in slugs.split(",")}
        ids = {str(token.token_id) for token in market.tokens(now) if token.slug in wanted}
        also = {part.strip() for part in named["token_id"].split(",")} if "token_id" in named else ids
        named["token_id"] = ",".join(sorted(ids & also)) or _NOBODY
    return named


def version_3_rows(
    endpoint: str, rows: Sequence[Row], params: Mapping[str, str], market: MarketData, now: datetime
) -> list[Row]:
    """Rows of version 2 as version 3 sends them."""
    if endpoint == "trading-signals":
        rows = _signals(rows, market, now)
    expanded = params.get("expand", "").split(",")
    return [_row(endpoint, row, expanded, market) for row in rows]


@lru_cache(maxsize=512)
def snake_case(key: str) -> str:
    """A key by the provider's rule."""
    return "_".join(word.lower() for word in _WORD.findall(key))


def _row(endpoint: str, row: Row, expanded: Sequence[str], market: MarketData) -> Row:
    found = {_key(endpoint, key): _short(key, value, expanded) for key, value in row.items()}
    token = market.token(int(str(row["TOKEN_ID"]))) if "TOKEN_ID" in row else None
    return found if token is None else found | {"slug": token.slug}


def _key(endpoint: str, key: str) -> str:
    if endpoint == "tm-grade-history" and key == _HISTORY_CHANGE:
        return key.lower()
    return _RENAMED.get(key) or snake_case(key)


def _short(key: str, value: object, expanded: Sequence[str]) -> object:
    """Lists of a listing are short unless they are asked to be expanded."""
    if key in _LISTS and isinstance(value, list) and snake_case(key) not in expanded:
        return value[:_SHORT_LIST]
    return value


def _signals(rows: Sequence[Row], market: MarketData, now: datetime) -> list[Row]:
    """Signals get words and the grades of the day in place of the trader and investor grade."""
    if not rows:
        return []
    ids = list(dict.fromkeys(int(str(row["TOKEN_ID"])) for row in rows))
    days = [datetime.fromisoformat(str(row["DATE"])).date() for row in rows]
    last = min(max(days), last_final_day(now))
    overall = {(grade.token_id, grade.day): grade.tm_grade for grade in market.tm_grades(now, ids, min(days), last)}
    deep = {
        (grade.token_id, grade.day): grade.fundamental_grade
        for grade in market.investor_grades(now, ids, min(days), last)
    }
    found = []
    for row, day in zip(rows, days, strict=True):
        key = int(str(row["TOKEN_ID"])), day
        kept = {name: value for name, value in row.items() if name not in {"TM_TRADER_GRADE", "TM_INVESTOR_GRADE"}}
        words = {
            "TOKEN_SIGNAL_STR": _SIGNAL_WORDS[int(str(row["TRADING_SIGNAL"]))][0],
            "TOKEN_TREND_STR": _SIGNAL_WORDS[int(str(row["TOKEN_TREND"]))][1],
        }
        found.append(kept | words | {"TM_GRADE": overall.get(key), "FUNDAMENTAL_GRADE": deep.get(key)})
    return found
