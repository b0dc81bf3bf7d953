"""Which calls a query takes: ids in chunks, days in windows that do not overlap, most of them one page long. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from datasources.base import CallPlan, Query
from datasources.token_metrics.endpoints import DAYS_PER_WINDOW, ROWS_PER_PAGE, Endpoint, Paging

Params = dict[str, str | int]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of a query in order, the ids they ask for, the size of their pages, and the first and last day.

    The days are None where the endpoint knows no days, or none were asked for.
    """

    calls: tuple[Params, ...]
    ids: tuple[str, ...]
    page_size: int
    first_day: date | None
    last_day: date | None = None


def plan_calls(endpoint: Endpoint, query: Query, today: date, *, last_final_day: date) -> Plan:
    """Split a query into calls.

    Without an end it ends today, without a start it covers 29 days; a day after `last_final_day` is not asked for.
    Full histories come window by window, the oldest days first, each in the order of the ids.
    """
    ids = tuple(dict.fromkeys(query.provider_ids))[: query.limit] if endpoint.takes_ids else ()
    size = _page_size(endpoint, query, ids)
    past_only = endpoint.current and query.end is not None and query.end < today
    if past_only or (query.limit is not None and query.limit < 1):
        return Plan((), ids, size, None)
    if not endpoint.window_days and not endpoint.back:
        return Plan(tuple(_plain_calls(endpoint, ids)), ids, size, None)
    last = min(query.end or today, last_final_day)
    first = query.start or last - (DAYS_PER_WINDOW - 1) * _DAY
    if not endpoint.back:
        return Plan(tuple(_window_calls(endpoint, ids, first, last)), ids, size, first, last)
    calls = _plain_calls(endpoint, ids) if first <= last else ()
    return Plan(tuple(calls), ids, size, first, last)


def plan_cost(endpoint: Endpoint, query: Query, plan: Plan, today: date) -> CallPlan:
    """Count the requests of a plan; where the pages are only known later it is an estimate, marked as not exact."""
    calls = len(plan.calls)
    if endpoint.back and plan.first_day is not None:
        rows = endpoint.rows_per_day * ((today - plan.first_day).days + 1)
        return CallPlan(calls * (rows // plan.page_size + 1), exact=not calls)
    market_days = bool(endpoint.window_days) and not endpoint.takes_ids
    if not calls or plan.ids or endpoint.paging is Paging.NONE or market_days:
        return CallPlan(calls)
    if query.limit is None or endpoint.window_days or not endpoint.by_asset:
        return CallPlan(calls, exact=False)
    return CallPlan(-(-query.limit // plan.page_size), exact=endpoint.lists_assets)


def page_params(endpoint: Endpoint, page: int, page_size: int) -> Params:
    """Give the parameters that ask for one page."""
    if endpoint.paging is Paging.NONE:
        return {}
    return {"limit" if endpoint.paging is Paging.LIMIT else "top_k": page_size, "page": page}


def split_days(first: date, last: date, window_days: int) -> Iterator[tuple[date, date]]:
    """Split the days from first to last, both included, into windows of at most so many days, oldest first."""
    while first <= last:
        end = min(first + (window_days - 1) * _DAY, last)
        yield first, end
        first = end + _DAY


def _page_size(endpoint: Endpoint, query: Query, ids: Sequence[str]) -> int:
    whole = ids or endpoint.window_days or not endpoint.by_asset or query.limit is None
    return ROWS_PER_PAGE if whole else min(ROWS_PER_PAGE, query.limit or ROWS_PER_PAGE)


def _plain_calls(endpoint: Endpoint, ids: Sequence[str]) -> Iterator[Params]:
    variants: list[Params] = [{name: value} for name, value in endpoint.variants] or [{}]
    for chunk in _chunks(ids, _ids_per_call(endpoint, 1)):
        for variant in variants:
            yield variant | _id_params(endpoint, chunk)


def _window_calls(endpoint: Endpoint, ids: Sequence[str], first: date, last: date) -> Iterator[Params]:
    # Without ids a day alone has as many rows as the provider has assets.
    window_days = endpoint.window_days if ids or not endpoint.takes_ids else 1
    windows = list(split_days(first, last, window_days))
    longest = min(window_days, max((last - first).days + 1, 1))
    chunks = _chunks(ids, _ids_per_call(endpoint, longest * endpoint.rows_per_day))
    # Days of all the ids together are what both ends have in one place: a server its blocks, the store its days.
    for window in windows:
        for chunk in chunks:
            yield _id_params(endpoint, chunk) | _day_params(*window)


def _ids_per_call(endpoint: Endpoint, rows_per_id: int) -> int:
    """How many ids fit one page with a row to spare: a page that is short needs no second call to prove the end."""
    if endpoint.paging is Paging.NONE:
        return endpoint.ids_per_call
    return min(endpoint.ids_per_call, max(1, (ROWS_PER_PAGE - 1) // rows_per_id))


def _chunks(ids: Sequence[str], size: int) -> Sequence[Sequence[str]]:
    """Cut ids into chunks; no ids at all is one chunk without any."""
    return [ids[at : at + size] for at in range(0, len(ids), size)] or [()]


def _id_params(endpoint: Endpoint, ids: Sequence[str]) -> Params:
    return {endpoint.id_name: ",".join(ids)} if ids else {}


def _day_params(start: date, end: date) -> Params:
    return {"startDate": start.isoformat(), "endDate": end.isoformat()}
