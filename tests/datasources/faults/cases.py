"""What is asked of each provider in the matrix, and which damage no reader can see in an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from datasources.base import Query
from datasources.records import DataKind
from datasources.sandbox.faults import FaultKind
from tests.datasources.faults.bench import KEY, Case

TODAY: Final = date(2023, 10, 11)
LAST_DAY: Final = date(2023, 10, 10)
FIRST_DAY: Final = date(2023, 10, 6)
_BTC, _ETH = "3375", "3306"


def _history(kind: DataKind, at: str = "/v2") -> Case:
    return Case("token_metrics", kind, Query((_BTC, _ETH), FIRST_DAY, LAST_DAY), at, KEY)


def _present(kind: DataKind, *ids: str) -> Case:
    return Case("token_metrics", kind, Query(ids), "/v2", KEY)


def _last_day(kind: DataKind) -> Case:
    return Case("token_metrics", kind, Query((_BTC,), LAST_DAY, LAST_DAY), "/v2", KEY)


TOKEN_METRICS: Final = (
    _history(DataKind.DAILY_BARS),
    _history(DataKind.GRADE_HISTORY),
    _history(DataKind.TRADING_SIGNALS),
    _history(DataKind.TRADING_SIGNALS, "/v3"),
    _last_day(DataKind.HOURLY_BARS),
    _present(DataKind.QUOTES, _BTC, _ETH),
    _present(DataKind.QUANT_METRICS, _BTC, _ETH),
    _present(DataKind.PREDICTIONS, _BTC, _ETH),
    _present(DataKind.ASSETS),
    _present(DataKind.TOP_ASSETS),
    Case("token_metrics", DataKind.MARKET_METRICS, Query((), FIRST_DAY, LAST_DAY), "/v2", KEY),
)
MORE_OF_TOKEN_METRICS: Final = (
    _history(DataKind.INVESTOR_GRADES),
    _present(DataKind.GRADES, _BTC, _ETH),
    _present(DataKind.LEVELS, _BTC, _ETH),
    _present(DataKind.CORRELATIONS, _BTC, _ETH),
    Case("token_metrics", DataKind.INDEX_PERFORMANCE, Query(("1",), FIRST_DAY, LAST_DAY), "/v2", KEY),
    _history(DataKind.DAILY_BARS, "/v3"),
    _history(DataKind.GRADE_HISTORY, "/v3"),
    _history(DataKind.TRADER_GRADES),
    _history(DataKind.TECHNOLOGY_GRADE_HISTORY),
    _history(DataKind.FUNDAMENTAL_GRADE_HISTORY),
    _last_day(DataKind.HOURLY_SIGNALS),
    _present(DataKind.TECHNOLOGY_GRADES, _BTC, _ETH),
    _present(DataKind.FUNDAMENTAL_GRADES, _BTC, _ETH),
    _present(DataKind.SCENARIOS, _BTC, _ETH),
    _present(DataKind.REPORTS, _BTC, _ETH),
    _present(DataKind.INVESTORS),
    _present(DataKind.INDICES),
    _present(DataKind.INDEX_HOLDINGS, "1"),
    _present(DataKind.MOONSHOTS),
)
_LLAMA: Final = {"stablecoins_url": "/llama/stablecoins", "coins_url": "/llama/coins"}
_ASSETS: Final = {"assets": {"btc": ("bitcoin", "Bitcoin"), "eth": ("ethereum", "Ethereum")}}
_COINGECKO_AT: Final = "/coingecko/api/v3"
_DAYS: Final = Query((), FIRST_DAY, LAST_DAY)
OTHERS: Final = (
    Case("coingecko", DataKind.DAILY_BARS, Query(("bitcoin", "ethereum"), FIRST_DAY, LAST_DAY), _COINGECKO_AT),
    Case("coingecko", DataKind.QUOTES, Query(("bitcoin", "ethereum")), _COINGECKO_AT),
    Case("coingecko", DataKind.MARKET_CAPS, Query(("bitcoin", "ethereum")), _COINGECKO_AT),
    Case("coingecko", DataKind.ASSETS, Query(), _COINGECKO_AT),
    Case("coingecko", DataKind.TOP_ASSETS, Query(), _COINGECKO_AT),
    Case("coingecko", DataKind.MARKET_METRICS, Query(), _COINGECKO_AT),
    Case("coingecko", DataKind.DEFI_METRICS, Query(), _COINGECKO_AT),
    Case("binance", DataKind.DAILY_BARS, Query(("BTCUSDT", "ETHUSDT"), FIRST_DAY, LAST_DAY), "/binance"),
    Case("binance", DataKind.HOURLY_BARS, Query(("BTCUSDT",), LAST_DAY, LAST_DAY), "/binance"),
    Case("binance", DataKind.ASSETS, Query(), "/binance"),
    Case("coin_metrics", DataKind.ONCHAIN_METRICS, Query(("btc", "eth"), FIRST_DAY, LAST_DAY), "/v4", _ASSETS),
    Case("coin_metrics", DataKind.ASSETS, Query(), "/v4", _ASSETS),
    Case("defillama", DataKind.DEFI_METRICS, _DAYS, "/llama/api", _LLAMA),
    Case("defillama", DataKind.QUOTES, Query(("bitcoin", "ethereum")), "/llama/api", _LLAMA),
    Case("defillama", DataKind.ASSETS, Query(), "/llama/api", _LLAMA),
    Case("fear_greed", DataKind.SENTIMENT, _DAYS, ""),
    Case("mempool", DataKind.NETWORK_METRICS, Query(), "/mempool/api"),
)
CASES: Final = (*TOKEN_METRICS, *OTHERS)

_FIRST_ROW_FAULT: Final = list(FaultKind).index(FaultKind.REPEATED_PAGE)
ANSWER_FAULTS: Final = tuple(list(FaultKind)[:_FIRST_ROW_FAULT])
ROW_FAULTS: Final = tuple(list(FaultKind)[_FIRST_ROW_FAULT:])
SOME_ROW_FAULTS: Final = (
    FaultKind.NULLS,
    FaultKind.MISSING_KEYS,
    FaultKind.WORDS_FOR_NUMBERS,
    FaultKind.HUGE_NUMBERS,
    FaultKind.JUNK_ROWS,
    FaultKind.CONTRADICTING_ROWS,
)


@dataclass(frozen=True)
class Unseen:
    """Damage that cannot be told from a right answer, and why; `wrong` says that even records may differ."""

    reason: str
    wrong: bool = False


_SAYS_LESS: Final = Unseen(
    "in a row of many figures one that is absent or null is how the provider says: not available"
)
_KINDS_OF_MANY: Final = frozenset(
    {
        DataKind.QUANT_METRICS,
        DataKind.MARKET_METRICS,
        DataKind.REPORTS,
        DataKind.SCENARIOS,
        DataKind.PREDICTIONS,
        DataKind.LEVELS,
        DataKind.CORRELATIONS,
        DataKind.DEFI_METRICS,
        DataKind.NETWORK_METRICS,
        DataKind.MARKET_CAPS,
        DataKind.ONCHAIN_METRICS,
    }
)
_EVERYWHERE: Final[Mapping[FaultKind, Unseen]] = {
    FaultKind.EMPTY: Unseen("no rows is how a provider says that there are none"),
    FaultKind.CLOCK_AHEAD: Unseen("each row looks like the right row of the day after", wrong=True),
}
_CANDLES: Final = frozenset({DataKind.DAILY_BARS, DataKind.HOURLY_BARS})
_OF_A_DAY: Final = Unseen("only a candle is unfinished: a reading that is dated today is one of today", wrong=True)
_RANKS: Final = Unseen("a rank is a position in the list: rows in another order have other ranks", wrong=True)
_OTHER_RANK: Final = Unseen("without the plain rank there is the one that counts staked and wrapped tokens", wrong=True)
_HOLES: Final = frozenset({FaultKind.MISSING_KEYS, FaultKind.RENAMED_KEYS, FaultKind.NULLS})
_ORDER: Final = frozenset({FaultKind.UNSORTED_ROWS, FaultKind.JUNK_ROWS, FaultKind.OVERLAPPING_PAGE})


def unseen(case: Case, fault: FaultKind) -> Unseen | None:
    """Why a fault may go without a word in a case; None if it must not."""
    if fault is FaultKind.UNFINISHED_ROWS and case.kind not in _CANDLES:
        return _OF_A_DAY
    if fault in _HOLES:
        return _unseen_hole(case)
    if case.provider == "token_metrics" and case.kind is DataKind.TOP_ASSETS and fault in _ORDER:
        return _RANKS
    return _EVERYWHERE.get(fault)


def _unseen_hole(case: Case) -> Unseen | None:
    if case.provider == "coingecko" and case.kind is DataKind.TOP_ASSETS:
        return _OTHER_RANK
    return _SAYS_LESS if case.kind in _KINDS_OF_MANY else None
