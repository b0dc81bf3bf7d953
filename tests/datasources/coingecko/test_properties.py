"""Whatever an answer holds, it becomes records, quarantined rows or a `SourceError`; never another exception."""

import math
from dataclasses import astuple
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.coingecko.failures import failure_of
from datasources.coingecko.plan import Call
from datasources.coingecko.read import read_answer
from datasources.context import Context
from datasources.errors import SourceError
from datasources.intake import Intake
from datasources.records import DataKind, Quote

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
LAST = date(2025, 6, 9)
MIDNIGHT_MS = 1_749_513_600_000  # 2025-06-10 00:00 UTC
DAY_MS = 86_400_000

ROW: dict[str, Any] = {
    "id": "bitcoin",
    "symbol": "btc",
    "name": "Bitcoin",
    "platforms": {"ethereum": "0xa0b8", "solana": None},
    "current_price": 110300.5,
    "market_cap": 2193000000000,
    "circulating_supply": 19881000.0,
    "market_cap_rank": None,
    "market_cap_rank_with_rehypothecated": 1,
    "last_updated": "2025-06-09T11:59:31.345Z",
}
DATA: dict[str, Any] = {
    "active_cryptocurrencies": 17_000,
    "total_market_cap": {"usd": 3.4e12},
    "total_volume": {"usd": 1e11},
    "market_cap_percentage": {"btc": 63.1, "eth": 9.4},
    "updated_at": 1_749_470_400,  # 2025-06-09 12:00 UTC
    "defi_market_cap": "105273842288.229620442228701667123456789012345678901234567890",
    "trading_volume_24h": "5046503746.28826",
    "defi_dominance": "3.8676692694",
}
POINTS = [[MIDNIGHT_MS - DAY_MS, 105_600.5], [MIDNIGHT_MS, 110_300], [MIDNIGHT_MS + DAY_MS // 2, 1.0]]
CHART: dict[str, Any] = {"prices": POINTS, "market_caps": [], "total_volumes": POINTS}
LISTS = (DataKind.ASSETS, DataKind.TOP_ASSETS, DataKind.QUOTES, DataKind.MARKET_CAPS)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["NaN", "-1", "1e400", "2025-06-08", "9999-12-31", "\ud800", " 5 ", 10**400, -0.0, MIDNIGHT_MS])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def mutated(whole: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The object with some keys dropped, renamed or with another value."""

    def change(changes: dict[str, Any], lost: list[str]) -> dict[str, Any]:
        kept = {(key if key not in lost else key + "x"): value for key, value in whole.items()}
        return kept | changes

    keys = st.sampled_from(sorted(whole))
    return st.builds(change, st.dictionaries(keys, values, max_size=3), st.lists(keys, max_size=2))


points = st.lists(values | st.tuples(values, values).map(list) | st.sampled_from(POINTS), max_size=6)
answers = {kind: st.lists(mutated(ROW) | values, max_size=4) | values for kind in LISTS} | {
    DataKind.MARKET_METRICS: mutated(DATA).map(lambda data: {"data": data}) | values,
    DataKind.DEFI_METRICS: mutated(DATA).map(lambda data: {"data": data}) | values,
    DataKind.DAILY_BARS: mutated(CHART) | st.fixed_dictionaries({"prices": points, "total_volumes": points}) | values,
}


def check(part: object) -> None:
    if isinstance(part, float):
        assert math.isfinite(part)
    elif isinstance(part, str):
        part.encode()
        assert "\x00" not in part
    elif isinstance(part, tuple):
        for inner in part:
            check(inner)


@given(st.sampled_from(sorted(answers)), st.data())
@settings(max_examples=60)
def test_a_mutated_answer_is_read_quarantined_or_refused(kind: DataKind, data: st.DataObject) -> None:
    answer = data.draw(answers[kind])
    intake = Intake(kind, (), None, ("secret",))
    context = Context(NOW, LAST if kind is not DataKind.DEFI_METRICS else NOW.date(), None)
    try:
        parsed = read_answer("gecko", kind, Call("/x", {}, "bitcoin"), answer, context, frozenset())
    except SourceError as error:
        assert "secret" not in str(error)  # noqa: PT017 - either end is fine
        return
    records, quarantined = intake.take(parsed)
    for record in records:
        check(astuple(record))
        assert getattr(record, "day", date.min) <= context.last_day  # type: ignore[operator]  # set above
        assert not isinstance(record, Quote) or record.quoted_at <= NOW
    assert all(row.reason and len(row.raw) <= 4_000 and row.raw.isascii() for row in quarantined)


@given(st.integers(100, 599), values | st.fixed_dictionaries({}, optional={"error": values, "status": values}))
def test_any_body_is_no_failure_or_a_typed_one(status: int, body: Any) -> None:
    failure = failure_of("gecko", "demo", status, body)
    assert failure is None or isinstance(failure, SourceError)
