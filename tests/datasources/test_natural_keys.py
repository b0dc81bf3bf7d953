from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from datasources.natural_keys import SeenRecords, Sighting, natural_key
from datasources.records import (
    AssetListing,
    Correlation,
    DailyBar,
    Grade,
    GradeKind,
    HourlyBar,
    Level,
    Metric,
    Quote,
    Record,
    TradingSignal,
)

DAY = date(2025, 6, 8)
AT = datetime(2025, 6, 8, 11, tzinfo=UTC)

KEYS: list[tuple[Record, tuple[object, ...]]] = [
    (AssetListing("1", "BTC", "Bitcoin"), ("1",)),
    (DailyBar("1", DAY, 1, 1, 1, 1, None), ("1", DAY)),
    (HourlyBar("1", AT, 1, 1, 1, 1, None), ("1", AT)),
    (Quote("1", Decimal(1), AT), ("1",)),
    (Grade("1", DAY, GradeKind.TM, 50), ("1", DAY, GradeKind.TM)),
    (TradingSignal("1", DAY, 1), ("1", DAY)),
    (Level("1", DAY, 5.0, None), ("1", DAY, 5.0, None)),
    (Metric(None, DAY, "market.x", "usd", 1), (None, DAY, "market.x")),
    (Correlation("1", DAY, "Kaspa", 0.5), ("1", DAY, "Kaspa")),
]


@pytest.mark.parametrize(("record", "key"), KEYS, ids=[type(record).__name__ for record, _ in KEYS])
def test_every_record_has_a_natural_key(record: Record, key: tuple[object, ...]) -> None:
    assert natural_key(record) == key


def test_the_same_again_is_a_repeat_and_other_values_are_a_conflict() -> None:
    seen = SeenRecords()
    bar = DailyBar("1", DAY, 1, 1, 1, 1, None)
    assert seen.check(bar) is Sighting.NEW
    assert seen.check(replace(bar)) is Sighting.REPEAT
    assert seen.check(replace(bar, close_usd=2)) is Sighting.CONFLICT
    assert seen.check(bar) is Sighting.REPEAT
    assert seen.check(replace(bar, day=date(2025, 6, 9))) is Sighting.NEW


def test_a_rank_is_a_position_and_may_differ() -> None:
    seen = SeenRecords()
    assert seen.check(AssetListing("1", "BTC", "Bitcoin", market_cap_rank=100)) is Sighting.NEW
    assert seen.check(AssetListing("1", "BTC", "Bitcoin", market_cap_rank=101)) is Sighting.REPEAT
