"""The whole market: value locked and stablecoins by day, exchange volume and fees of the last 24 hours. Pure.

Histories are stamped 00:00 UTC: the figure of a day is the one at its start. Volume and fees are of the 24 hours
before the answer and are labelled with its day.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from datasources.answers import Json
from datasources.context import Context
from datasources.defillama.rows import finite_sum, object_of
from datasources.intake import ParsedRow, read_row
from datasources.records import Metric
from datasources.values import Row, RowError, not_negative, parse_epoch, require_number

TOTAL_TVL: Final = "defi.total_tvl_usd"
STABLECOIN_SUPPLY: Final = "stablecoin.supply_usd"
DEX_VOLUME: Final = "defi.dex_volume_24h_usd"
FEES: Final = "defi.fees_24h_usd"

_INTRADAY: Final = timedelta(days=1)


def parse_total_tvl(rows: Sequence[Json], context: Context) -> list[ParsedRow]:
    """Read `/v2/historicalChainTvl`: without liquid staking and double counting; days not asked for are passed over."""
    return _parse_history(rows, context, TOTAL_TVL, lambda row: _amount(row.get("tvl"), "tvl"))


def parse_stablecoin_supply(rows: Sequence[Json], context: Context) -> list[ParsedRow]:
    """Read `/stablecoincharts/all`: the sum over all pegs; days not asked for are passed over."""
    return _parse_history(rows, context, STABLECOIN_SUPPLY, _supply_usd)


def parse_overview(answer: Json, context: Context, name: str) -> list[ParsedRow]:
    """Read the last 24 hours of `/overview/dexs` or `/overview/fees`; a null total gives nothing.

    Raises `RowError` for an answer without that total, so that a renamed key does not look like an empty market.
    """
    fields = object_of(answer)
    if "total24h" not in fields:
        raise RowError("total24h is missing")
    row: Json = {"total24h": fields["total24h"]}

    def parse(total: Row) -> tuple[Metric, ...]:
        value = not_negative(total["total24h"], "total24h")
        return () if value is None else (Metric(None, context.today, name, "usd", value),)

    return [read_row(row, parse)]


def _parse_history(
    rows: Sequence[Json], context: Context, name: str, value_of: Callable[[Row], float]
) -> list[ParsedRow]:
    def parse(row: Row) -> tuple[Metric, ...]:
        day = _day(row, context)
        return () if day is None else (Metric(None, day, name, "usd", value_of(row)),)

    return [read_row(row, parse) for row in rows]


def _day(row: Row, context: Context) -> date | None:
    """Give the day a point is the start of; None for a day not asked for and for the running day's own point."""
    moment = parse_epoch(row.get("date"), "date")
    context.check_formed(moment.date())
    if moment.timetz() != time(tzinfo=UTC):
        if moment > context.fetched_at - _INTRADAY:
            return None
        raise RowError("date is not the start of a day")
    return moment.date() if _is_wanted(moment, context) else None


def _is_wanted(moment: datetime, context: Context) -> bool:
    day, last = moment.date(), context.last_day or context.today
    return (context.first_day or day) <= day <= min(last, context.today)


def _supply_usd(row: Row) -> float:
    pegs = object_of(row.get("totalCirculatingUSD"), "totalCirculatingUSD")
    amounts = [not_negative(amount, "totalCirculatingUSD") for amount in pegs.values()]
    known = [amount for amount in amounts if amount is not None]
    if not known:
        raise RowError("totalCirculatingUSD is empty")
    return finite_sum(known, "totalCirculatingUSD")


def _amount(value: Json, name: str) -> float:
    amount = require_number(value, name)
    if amount < 0:
        raise RowError(f"{name} is negative")
    return amount
