"""Whatever an answer holds, it becomes records, a reason or a refused answer; never another exception."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.base import Query
from datasources.context import Context
from datasources.defillama.parse_listings import parse_listings
from datasources.defillama.parse_prices import parse_prices
from datasources.defillama.parts import metric_parts
from datasources.defillama.rows import list_of
from datasources.intake import Intake, ParsedRow
from datasources.records import AssetListing, DataKind, Metric, Quote
from datasources.values import RowError

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
TODAY = date(2025, 6, 10)
CONTEXT = Context(NOW, TODAY, date(2025, 6, 4))
ROWS: list[dict[str, Any]] = [
    {"gecko_id": "ethereum", "tvl": 62e9, "tokenSymbol": "ETH", "symbol": "-", "name": "Ethereum", "chainId": "9001"},
    {"id": "1", "name": "Aave", "symbol": "AAVE", "category": "Lending", "tvl": 1.0, "gecko_id": "aave"},
    {"date": 1749513600, "tvl": 1.0},
    {"date": "1749513600", "totalCirculatingUSD": {"peggedUSD": 1.0, "peggedEUR": 2}},
    {"total24h": 1.0, "protocols": []},
    {"price": 2.5, "timestamp": 1749556000, "confidence": 0.99},
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["NaN", "-1", "1e400", 1.7e308, "\ud800", "aave", 1749513600, 10**400, -0.0])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    row = dict(draw(st.sampled_from(ROWS)))
    for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
        row[key] = draw(values)
    for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=2)):
        row[draw(st.sampled_from([key.upper(), key + "x"]))] = row.pop(key, None)
    return draw(st.sampled_from([row, row, row, draw(values)]))


def answers() -> st.SearchStrategy[Any]:
    keyed = st.dictionaries(st.sampled_from(["coingecko:bitcoin", "coingecko:", "eth:0x1", "\ud800"]), mutated())
    return st.lists(mutated(), max_size=5) | mutated() | st.builds(lambda coins: {"coins": coins}, keyed)


def read(parse: Callable[[Any, Context], list[ParsedRow]], answer: Any, kind: DataKind) -> tuple[Any, ...]:
    try:
        rows = parse(answer, CONTEXT)
    except RowError:
        return ()
    records, quarantined = Intake(kind, (), None, ()).take(rows)
    assert all(row.reason and row.raw.isascii() for row in quarantined)
    return records


@settings(max_examples=25)
@given(answers())
def test_metrics_are_sound(answer: Any) -> None:
    for part in metric_parts(Query(), TODAY):
        for record in read(part.parse, answer, DataKind.DEFI_METRICS):
            assert isinstance(record, Metric)
            assert math.isfinite(record.value)
            assert record.value >= 0
            assert date(2025, 6, 4) <= record.day <= TODAY


@settings(max_examples=25)
@given(answers())
def test_quotes_are_sound(answer: Any) -> None:
    for record in read(parse_prices, answer, DataKind.QUOTES):
        assert isinstance(record, Quote)
        assert record.price_usd.is_finite()
        assert record.price_usd > 0


@settings(max_examples=25)
@given(answers(), st.sampled_from(["symbol", "tokenSymbol"]))
def test_listings_are_sound(answer: Any, key: str) -> None:
    for record in read(lambda found, _context: parse_listings(list_of(found), key), answer, DataKind.ASSETS):
        assert isinstance(record, AssetListing)
        assert record.provider_id == record.slug
        assert record.symbol.encode()
        assert record.name.encode()
