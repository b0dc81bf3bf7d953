"""Which endpoint gives which kind of data, what it takes, and what it costs."""

from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from datasources.base import Capability
from datasources.records import DataKind

ROWS_PER_PAGE: Final = 100
DAYS_PER_WINDOW: Final = 29  # the provider's own clients never ask for more at once
PRESENT_ONLY: Final = 1
_IDS_PER_CALL: Final = 100  # keeps the URL near 1 kB
_HOURS: Final = 24


class Paging(Enum):
    """How an endpoint is paged; pages count from 1."""

    NONE = auto()
    LIMIT = auto()  # limit, page
    TOP_K = auto()  # top_k, page


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the API.

    `window_days` is how many days one call asks for, 0 if the endpoint takes no days; `rows_per_day` how many rows an
    asset has for one. `current` endpoints know the present only. `needs_ids` is the provider's demand for prices,
    grades and indices, and ours for bars: without ids a month of bars is 2,000 credits. Endpoints that take no days
    though their rows have some are walked `back` page by page until the days asked for are passed. `variants` are
    parameters of which each is a call of its own. Rows that are not about assets are not `by_asset`: a limit of
    assets means nothing to them. Each row of an endpoint that `lists_assets` is one.
    """

    path: str
    paging: Paging = Paging.LIMIT
    takes_ids: bool = True
    needs_ids: bool = False
    window_days: int = 0
    rows_per_day: int = 1
    current: bool = False
    ids_per_call: int = _IDS_PER_CALL
    id_name: str = "token_id"
    back: bool = False
    variants: tuple[tuple[str, str], ...] = ()
    by_asset: bool = True
    lists_assets: bool = False
    history_days: int | None = None

    @property
    def rows_per_request(self) -> int:
        """How many rows one answer holds at most, as far as is known."""
        unpaged = self.paging is Paging.NONE and self.by_asset
        return min(ROWS_PER_PAGE, self.ids_per_call) if unpaged else ROWS_PER_PAGE


def _latest(path: str) -> Endpoint:
    """Make an endpoint of the newest rows; it takes no limit, so no more ids than rows come without one."""
    return Endpoint(path, Paging.NONE, needs_ids=True, current=True, ids_per_call=50, history_days=PRESENT_ONLY)


def _history(path: str, *, needs_ids: bool = True) -> Endpoint:
    return Endpoint(path, needs_ids=needs_ids, window_days=DAYS_PER_WINDOW)


def _snapshot(path: str) -> Endpoint:
    """Make an endpoint that has one row for each asset, all of them without ids."""
    return Endpoint(path, history_days=PRESENT_ONLY)


ENDPOINTS: Final = MappingProxyType(
    {
        DataKind.ASSETS: Endpoint("/tokens", lists_assets=True),
        DataKind.TOP_ASSETS: Endpoint("/top-market-cap-tokens", Paging.TOP_K, takes_ids=False, lists_assets=True),
        DataKind.QUOTES: Endpoint("/price", Paging.NONE, needs_ids=True, current=True, history_days=PRESENT_ONLY),
        DataKind.DAILY_BARS: _history("/daily-ohlcv"),
        # Four days of hours are one page.
        DataKind.HOURLY_BARS: Endpoint("/hourly-ohlcv", needs_ids=True, window_days=4, rows_per_day=_HOURS),
        DataKind.GRADES: _latest("/tm-grade"),
        DataKind.GRADE_HISTORY: _history("/tm-grade-history"),
        DataKind.TECHNOLOGY_GRADES: _latest("/technology-grade"),
        DataKind.TECHNOLOGY_GRADE_HISTORY: _history("/technology-grade-history"),
        DataKind.FUNDAMENTAL_GRADES: _latest("/fundamental-grade"),
        DataKind.FUNDAMENTAL_GRADE_HISTORY: _history("/fundamental-grade-history"),
        DataKind.TRADER_GRADES: _history("/trader-grades", needs_ids=False),
        DataKind.INVESTOR_GRADES: _history("/investor-grades", needs_ids=False),
        DataKind.TRADING_SIGNALS: _history("/trading-signals", needs_ids=False),
        # One asset a call: nothing says that the rows of several come by time and not asset by asset.
        DataKind.HOURLY_SIGNALS: Endpoint(
            "/hourly-trading-signals", needs_ids=True, rows_per_day=_HOURS, ids_per_call=1, back=True
        ),
        DataKind.MARKET_METRICS: Endpoint(
            "/market-metrics", takes_ids=False, window_days=DAYS_PER_WINDOW, by_asset=False
        ),
        DataKind.SENTIMENT: Endpoint("/sentiments", takes_ids=False, rows_per_day=_HOURS, back=True, by_asset=False),
        DataKind.LEVELS: _snapshot("/resistance-support"),
        DataKind.QUANT_METRICS: _snapshot("/quantmetrics"),
        DataKind.CORRELATIONS: _snapshot("/correlation"),
        DataKind.SCENARIOS: _snapshot("/scenario-analysis"),
        DataKind.PREDICTIONS: _snapshot("/price-prediction"),
        DataKind.REPORTS: _snapshot("/ai-reports"),
        DataKind.INVESTORS: Endpoint("/crypto-investors", takes_ids=False, by_asset=False, history_days=PRESENT_ONLY),
        DataKind.INDICES: Endpoint(
            "/indices",
            takes_ids=False,
            current=True,
            variants=(("indicesType", "active"), ("indicesType", "passive")),
            by_asset=False,
            history_days=PRESENT_ONLY,
        ),
        DataKind.INDEX_HOLDINGS: Endpoint(
            "/indices-holdings",
            Paging.NONE,
            needs_ids=True,
            current=True,
            ids_per_call=1,
            id_name="id",
            by_asset=False,
            history_days=PRESENT_ONLY,
        ),
        DataKind.INDEX_PERFORMANCE: Endpoint(
            "/indices-performance", needs_ids=True, window_days=DAYS_PER_WINDOW, ids_per_call=1, id_name="id"
        ),
        DataKind.MOONSHOTS: Endpoint(
            "/moonshot-tokens",
            takes_ids=False,
            current=True,
            variants=(("type", "active"), ("type", "past")),
            by_asset=False,
        ),
    }
)

# How deep a history goes depends on the plan behind the key, so none is stated where there is one.
CAPABILITIES: Final = MappingProxyType(
    {
        kind: Capability(
            credits_per_request=1,
            rows_per_request=endpoint.rows_per_request,
            history_days=endpoint.history_days,
            needs_ids=endpoint.needs_ids,
        )
        for kind, endpoint in ENDPOINTS.items()
    }
)
