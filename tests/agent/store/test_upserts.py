"""Any sequence of batches of any kind of record ends like a dictionary: the newest fetch of a key wins."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from agent.store.assets import upsert_listings
from agent.store.bulk import Written
from agent.store.engine import Store
from agent.store.hourly_signals import upsert_hourly_signals
from agent.store.indices import upsert_index_holdings, upsert_index_values, upsert_indices
from agent.store.investors import upsert_investors
from agent.store.metrics import metric_as_known, upsert_metrics
from agent.store.moonshots import upsert_moonshots
from agent.store.predictions import upsert_predictions
from agent.store.reports import latest_reports, upsert_reports
from agent.store.tables import METADATA
from datasources.natural_keys import natural_key
from datasources.records import (
    AssetListing,
    HourlySignal,
    Index,
    IndexHolding,
    IndexValue,
    Investor,
    Metric,
    Moonshot,
    Prediction,
    Record,
    Report,
)

FIRST = date(2025, 10, 1)
T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)

keys = st.sampled_from("abc")
days = st.integers(0, 2).map(lambda offset: FIRST + timedelta(days=offset))
hours = st.integers(0, 2).map(lambda offset: T1 + timedelta(hours=offset))
amounts = st.sampled_from([1.0, 2.0, 3.5])
maybe = st.none() | amounts

RECORDS: dict[str, tuple[Callable[..., Written], st.SearchStrategy[Any]]] = {
    "hourly_signal": (
        upsert_hourly_signals,
        st.builds(HourlySignal, keys, hours, st.integers(-1, 1), st.none() | st.integers(-1, 1), maybe),
    ),
    "prediction": (
        upsert_predictions,
        st.builds(Prediction, keys, days, st.just("scenario"), st.sampled_from(["base", "moon"]), amounts, amounts)
        | st.builds(Prediction, keys, days, st.just("forecast"), st.just("low"), amounts, horizon_days=st.just(30)),
    ),
    "index_fund": (
        upsert_indices,
        st.builds(Index, keys, keys, st.none() | keys, days, st.none() | st.booleans(), maybe),
    ),
    "index_holding": (upsert_index_holdings, st.builds(IndexHolding, keys, keys, days, amounts, maybe)),
    "index_value": (upsert_index_values, st.builds(IndexValue, keys, days, amounts, maybe)),
    "investor": (upsert_investors, st.builds(Investor, keys, st.none() | keys, average_return=maybe)),
    "moonshot": (upsert_moonshots, st.builds(Moonshot, keys, keys, hours, st.none() | hours, maybe)),
    "metric": (upsert_metrics, st.builds(Metric, st.none() | keys, days, keys, st.just("usd"), amounts)),
}
NUMBERS = {None: 0, "a": 1, "b": 2, "c": 3}
Steps = Sequence[tuple[list[Record], int]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a dictionary remembers of a key: the record and the hour of the fetch that first brought these values."""

    record: Record
    hour: int


def remember(model: dict[Hashable, Kept], batch: Sequence[Record], hour: int) -> Written:
    inserted = revised = 0
    for record in {natural_key(record): record for record in batch}.values():
        kept = model.get(natural_key(record))
        if kept is not None and (kept.hour > hour or kept.record == record):
            continue
        inserted, revised = (inserted + 1, revised) if kept is None else (inserted, revised + 1)
        model[natural_key(record)] = Kept(record, hour)
    return Written(inserted, revised, len(batch) - inserted - revised)


def columns_of(kept: Kept, table: str) -> dict[str, object]:
    """The stored row a record should have become, spelled out apart from the code that writes it."""
    row = {field.name: getattr(kept.record, field.name) for field in fields(kept.record)}
    owned = "asset_id" in METADATA.tables[table].columns
    renamed = {"signalled_at": "hour", "provider_id": "asset_id" if owned else "index_id"}
    if table == "index_fund":
        renamed = {}
        row["active"] = None if row["active"] is None else int(row["active"])
    row = {renamed.get(name, name): value for name, value in row.items()}
    if owned:
        row["asset_id"] = NUMBERS[row["asset_id"]]
    if table == "prediction":
        row["scenario"] = row["scenario"] or 0.0
        row["horizon_days"] = row["horizon_days"] or 0
    return {**row, "source_id": 1, "fetched_at": T1 + timedelta(hours=kept.hour)}


def listed_source(session: Session) -> None:
    upsert_listings(session, "sandbox", [AssetListing(key, key, key) for key in "abc"], T1)


@pytest.mark.parametrize("table", sorted(RECORDS))
@given(data=st.data())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_batches_ends_like_a_dictionary(
    new_store: Callable[[str], Store], table: str, data: st.DataObject
) -> None:
    upsert, records = RECORDS[table]
    steps: Steps = data.draw(st.lists(st.tuples(st.lists(records, max_size=8), st.integers(0, 4)), max_size=5))
    model: dict[Hashable, Kept] = {}
    with new_store("property").writer() as session:
        listed_source(session)
        for batch, hour in steps:
            written = upsert(session, "sandbox", batch, T1 + timedelta(hours=hour))
            assert written == remember(model, batch, hour)
        found = [dict(row._mapping) for row in session.execute(select(METADATA.tables[table]))]
    expected = [columns_of(kept, table) for kept in model.values()]
    assert sorted(found, key=repr_by_name) == sorted(expected, key=repr_by_name)


def repr_by_name(row: dict[str, object]) -> str:
    return repr(sorted(row.items()))


reports = st.builds(Report, keys, st.sampled_from(["x", "y"]), st.sampled_from(["one", "two", "three"]))


@given(st.lists(st.tuples(st.lists(reports, max_size=6), st.integers(0, 4)), max_size=6))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_current_reports_are_those_of_a_dictionary_and_no_text_is_lost(
    new_store: Callable[[str], Store], steps: Sequence[tuple[list[Report], int]]
) -> None:
    model: dict[Hashable, Kept] = {}
    seen: set[tuple[str, str, str]] = set()
    with new_store("property").writer() as session:
        listed_source(session)
        for batch, hour in steps:
            upsert_reports(session, "sandbox", batch, T1 + timedelta(hours=hour))
            remember(model, batch, hour)
            last = {natural_key(record): record for record in batch}
            seen |= {(record.provider_id, record.name, record.text) for record in last.values()}
        current = {
            (key, row.name): (row.text, row.fetched_at)
            for key in "abc"
            for row in latest_reports(session, "sandbox", NUMBERS[key])
        }
        stored = session.connection().exec_driver_sql("SELECT asset_id, name, text FROM report").fetchall()
    assert current == {
        key: (kept.record.text, T1 + timedelta(hours=kept.hour))
        for key, kept in model.items()
        if isinstance(kept.record, Report)
    }
    assert {tuple(row) for row in stored} == {(NUMBERS[key], name, text) for key, name, text in seen}


@given(st.lists(st.tuples(amounts, st.integers(0, 5)), min_size=1, max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_figure_is_known_at_any_moment_as_it_was_stored_then(
    new_store: Callable[[str], Store], fetches: Sequence[tuple[float, int]]
) -> None:
    known: dict[int, float] = {}
    in_order = sorted(fetches, key=lambda fetch: fetch[1])
    with new_store("property").writer() as session:
        listed_source(session)
        for value, hour in in_order:
            upsert_metrics(session, "sandbox", [Metric("a", FIRST, "x", "usd", value)], T1 + timedelta(hours=hour))
            known[hour] = value
        for hour in range(-1, 7):
            row = metric_as_known(session, "sandbox", "x", 1, FIRST, T1 + timedelta(hours=hour, minutes=30))
            last = max((earlier for earlier in known if earlier <= hour), default=None)
            assert (None if row is None else row.value) == (None if last is None else known[last])
