"""Which endpoint gives which kind of data, what it takes, and what it costs."""

from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from datasources.base import Capability
from datasources.records import DataKind

ROWS_PER_PAGE: Final = 100
DAYS_PER_WINDOW: Final = 29  # the provider's own clients never ask for more at once
_IDS_PER_CALL: Final = 100  # keeps the URL near 1 kB


class Paging(Enum):
    """How an endpoint is paged; pages count from 1."""

    NONE = auto()
    LIMIT = auto()  # limit, page
    TOP_K = auto()  # top_k, page


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the API.

    `window_days` is how many days one call asks for, 0 if the endpoint takes no days; `rows_per_day` how many rows an
    asset has for one. `current` endpoints know the present only. `needs_ids` is the provider's demand for prices and
    grades, and ours for bars: without ids a month of bars is 2,000 credits.
    """

    path: str
    paging: Paging = Paging.LIMIT
    takes_ids: bool = True
    needs_ids: bool = False
    window_days: int = 0
    rows_per_day: int = 1
    current: bool = False
    ids_per_call: int = _IDS_PER_CALL


ENDPOINTS: Final = MappingProxyType(
    {
        DataKind.ASSETS: Endpoint("/tokens"),
        DataKind.TOP_ASSETS: Endpoint("/top-market-cap-tokens", Paging.TOP_K, takes_ids=False),
        DataKind.QUOTES: Endpoint("/price", Paging.NONE, needs_ids=True, current=True),
        DataKind.DAILY_BARS: Endpoint("/daily-ohlcv", needs_ids=True, window_days=DAYS_PER_WINDOW),
        # Four days of hours are one page.
        DataKind.HOURLY_BARS: Endpoint("/hourly-ohlcv", needs_ids=True, window_days=4, rows_per_day=24),
        # It takes no limit, so no more is asked for than the rows that come without one.
        DataKind.GRADES: Endpoint("/tm-grade", Paging.NONE, needs_ids=True, current=True, ids_per_call=50),
        DataKind.GRADE_HISTORY: Endpoint("/tm-grade-history", needs_ids=True, window_days=DAYS_PER_WINDOW),
        DataKind.TRADER_GRADES: Endpoint("/trader-grades", window_days=DAYS_PER_WINDOW),
        DataKind.INVESTOR_GRADES: Endpoint("/investor-grades", window_days=DAYS_PER_WINDOW),
        DataKind.TRADING_SIGNALS: Endpoint("/trading-signals", window_days=DAYS_PER_WINDOW),
        DataKind.MARKET_METRICS: Endpoint("/market-metrics", takes_ids=False, window_days=DAYS_PER_WINDOW),
        DataKind.LEVELS: Endpoint("/resistance-support"),
        DataKind.QUANT_METRICS: Endpoint("/quantmetrics"),
        DataKind.CORRELATIONS: Endpoint("/correlation"),
    }
)

CAPABILITIES: Final = MappingProxyType(
    {
        kind: Capability(
            credits_per_request=1,
            rows_per_request=min(ROWS_PER_PAGE, endpoint.ids_per_call),
            needs_ids=endpoint.needs_ids,
        )
        for kind, endpoint in ENDPOINTS.items()
    }
)
