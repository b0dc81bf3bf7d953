import csv
import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import Session

from agent.errors import UnknownRow
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.export import EXPORTED, escaped_text, export_csv
from agent.store.hourly_signals import upsert_hourly_signals
from agent.store.indices import upsert_index_holdings, upsert_index_values, upsert_indices
from agent.store.investors import upsert_investors
from agent.store.metrics import upsert_metrics
from agent.store.moonshots import upsert_moonshots
from agent.store.own_grades import OwnGradeDay, PartName, put_own_grades
from agent.store.predictions import upsert_predictions
from agent.store.quotes import upsert_quotes
from agent.store.reading import cell_text, read_range, read_row, values_sha256
from agent.store.reports import upsert_reports
from agent.store.track_records import TrackRecordRow, replace_track_records
from datasources.records import (
    AssetListing,
    DailyBar,
    HourlySignal,
    Index,
    IndexHolding,
    IndexValue,
    Investor,
    Metric,
    Moonshot,
    Prediction,
    Quote,
    Report,
)

DAY = date(2025, 10, 10)
T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
Key = tuple[tuple[str, str], ...]
KEY = (("day", "2025-10-10"), ("source", "sandbox"), ("asset_id", "1"))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def filled(listed: Store) -> Store:
    closes = {DAY - timedelta(days=1): 9.5, DAY: 0.1 + 0.2}
    bars = [DailyBar("a", day, close, close, close, close, None) for day, close in closes.items()]
    with listed.writer() as session:
        upsert_daily_bars(session, "sandbox", bars, T1)
        upsert_quotes(session, "sandbox", [Quote("a", Decimal("1.10"), T1)], T1)
        upsert_listings(session, "evil", [AssetListing("=1", "=HYPERLINK(1)", 'Coin, "x"\n+y')], T1)
    return listed


def test_a_figure_is_traced_to_its_row(filled: Store) -> None:
    with filled.reader() as session:
        row = read_row(session, "bar_daily", KEY)
    assert row is not None
    assert row.values["close_usd"] == "0.30000000000000004"
    assert row.values["day"] == "2025-10-10"
    assert row.values["volume_usd"] is None
    assert row.fetched_at == T1


def test_a_row_that_is_not_there_is_none(filled: Store) -> None:
    with filled.reader() as session:
        assert read_row(session, "bar_daily", (("day", "2025-10-11"), *KEY[1:])) is None
        assert read_row(session, "bar_daily", (KEY[0], ("source", "nobody"), KEY[2])) is None


def test_an_amount_is_read_with_its_digits(filled: Store) -> None:
    with filled.reader() as session:
        row = read_row(session, "quote", (("source", "sandbox"), ("asset_id", "1")))
    assert row is not None
    assert row.values["price_usd"] == "1.10"
    assert row.values["quoted_at"] == "2025-10-11T06:00:00+00:00"


@pytest.mark.parametrize(
    ("table", "key", "why"),
    [
        ("sqlite_master", (("name", "x"),), "not a table that figures come from"),
        ("outbox", (("outbox_id", "1"),), "not a table that figures come from"),
        ("bar_daily", (), "a key is needed"),
        ("bar_daily", (("1=1 --", "x"),), "has no column"),
        ("bar_daily", (("day", "yesterday"),), "not a value of the column 'day'"),
        ("bar_daily", (("asset_id", "1 OR 1=1"),), "not a value of the column 'asset_id'"),
        ("bar_daily", (("asset_id", "1"),), "more than one row"),
        ("quote", (("quoted_at", "2025-10-11T06:00:00"),), "not a value of the column 'quoted_at'"),
    ],
)
def test_what_cannot_be_traced_is_refused(filled: Store, table: str, key: Key, why: str) -> None:
    with pytest.raises(UnknownRow, match=why), filled.reader() as session:
        read_row(session, table, key)


def test_a_run_of_values_carries_a_digest(filled: Store) -> None:
    with filled.reader() as session:
        found = read_range(session, "bar_daily", KEY[1:], "close_usd", "2025-10-01", "2025-10-31")
    assert found.days == (DAY - timedelta(days=1), DAY)
    assert found.values == ("9.5", "0.30000000000000004")
    assert found.sha256 == hashlib.sha256(b"9.5\n0.30000000000000004").hexdigest()


def test_a_run_needs_a_column_by_day(filled: Store) -> None:
    with pytest.raises(UnknownRow, match="has no 'price_usd' by day"), filled.reader() as session:
        read_range(session, "quote", KEY[1:], "price_usd", "2025-10-01", "2025-10-31")


def test_values_are_spelled_in_one_way() -> None:
    spelled = [cell_text(value) for value in (None, 1, 1.0, Decimal("1E+3"), T1, DAY, b"\x01", ["b", {"z": 1, "a": 2}])]
    assert spelled == [
        None, "1", "1.0", "1000", "2025-10-11T06:00:00+00:00", "2025-10-10", "01", '["b",{"a":2,"z":1}]',
    ]  # fmt: skip
    assert values_sha256([None, "a"]) == hashlib.sha256(b"\na").hexdigest()


@pytest.mark.parametrize(
    ("table", "key", "column", "shown"),
    [
        ("hourly_signal", (("hour", "2025-10-10T07:00:00+00:00"), ("asset_id", "1")), "signal", "-1"),
        ("prediction", (("day", "2025-10-10"), ("asset_id", "1"), ("scenario", "3.0")), "price_usd", "5.0"),
        ("index_fund", (("source", "sandbox"), ("provider_id", "7")), "active", "1"),
        ("index_holding", (("index_id", "7"), ("asset_id", "1")), "weight_pct", "100.0"),
        ("index_value", (("index_id", "7"), ("day", "2025-10-10")), "cumulative_return", "0.25"),
        ("investor", (("name", "0x Labs"),), "score", None),
        ("moonshot", (("symbol", "CN"), ("picked_at", "2025-10-11T06:00:00+00:00")), "ended_at", None),
        ("metric_revision", (("name", "x"), ("asset_id", "0")), "value", "1.0"),
    ],
)
def test_what_providers_think_is_traced_like_prices(
    filled: Store, table: str, key: Key, column: str, shown: str | None
) -> None:
    hour = datetime(2025, 10, 10, 7, tzinfo=UTC)
    with filled.writer() as session:
        upsert_hourly_signals(session, "sandbox", [HourlySignal("a", hour, -1)], T1)
        upsert_predictions(session, "sandbox", [Prediction("a", DAY, "scenario", "base", 5.0, 3.0)], T1)
        upsert_indices(session, "sandbox", [Index("7", "Seven", None, DAY, active=True)], T1)
        upsert_index_holdings(session, "sandbox", [IndexHolding("7", "a", DAY, 100.0)], T1)
        upsert_index_values(session, "sandbox", [IndexValue("7", DAY, 0.25)], T1)
        upsert_investors(session, "sandbox", [Investor("0x Labs")], T1)
        upsert_moonshots(session, "sandbox", [Moonshot("Coin", "CN", T1)], T1)
        for value, fetched_at in ((1.0, T1), (2.0, T1 + timedelta(hours=1))):
            upsert_metrics(session, "sandbox", [Metric(None, DAY, "x", "usd", value)], fetched_at)
    with filled.reader() as session:
        row = read_row(session, table, key)
    assert row is not None
    assert (row.values[column], row.fetched_at) == (shown, T1)


def test_a_hostile_text_is_not_given_as_a_figure(filled: Store) -> None:
    with pytest.raises(UnknownRow, match="not a table that figures come from"), filled.reader() as session:
        read_row(session, "report", (("name", "deep_dive"),))


def test_what_a_provider_wrote_and_did_not_give_is_exported_safely(filled: Store, tmp_path: Path) -> None:
    with filled.writer() as session:
        upsert_daily_bars(session, "sandbox", [DailyBar("b", DAY, None, None, None, 3.5, None)], T1)
        upsert_reports(session, "sandbox", [Report("a", "deep_dive", '=HYPERLINK("x")\n\x00"quoted"')], T1)
        export_csv(session, tmp_path, ["bar_daily", "report"])
    sampled = read_csv(tmp_path / "bar_daily.csv")[-1]
    assert [sampled[name] for name in ("open_usd", "high_usd", "low_usd", "close_usd")] == ["", "", "", "3.5"]
    [report] = read_csv(tmp_path / "report.csv")
    assert report["text"] == '\'=HYPERLINK("x")\n"quoted"'


def test_every_table_is_exported_with_a_header(filled: Store, tmp_path: Path) -> None:
    with filled.reader() as session:
        counts = export_csv(session, tmp_path / "out")
    assert set(counts) == set(EXPORTED)
    assert counts["bar_daily"] == 2
    rows = read_csv(tmp_path / "out" / "bar_daily.csv")
    assert rows[1]["close_usd"] == "0.30000000000000004"
    assert rows[1]["day"] == "2025-10-10"
    assert rows[1]["volume_usd"] == ""
    assert not {"outbox", "host_state", "bar_day_columns"} & set(counts)
    assert {"report", "prediction", "hourly_signal", "index_fund", "metric_revision", "credit_use"} <= set(counts)


def test_a_text_that_a_spreadsheet_would_run_is_disarmed(filled: Store, tmp_path: Path) -> None:
    with filled.reader() as session:
        export_csv(session, tmp_path, ["asset", "asset_ref"])
    [evil] = [row for row in read_csv(tmp_path / "asset.csv") if "HYPER" in row["symbol"]]
    assert evil["symbol"] == "'=HYPERLINK(1)"
    assert evil["name"] == 'Coin, "x"\n+y'
    refs = read_csv(tmp_path / "asset_ref.csv")
    assert refs[-1]["provider_id"] == "'=1"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "\uff1d1", "\uff0d2"])
def test_each_dangerous_start_gets_an_apostrophe(text: str) -> None:
    assert escaped_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "1", "a=b", "Bitcoin", "'quoted"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert escaped_text(text) == text


def test_a_table_that_is_not_for_export_is_refused(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(UnknownRow, match="'outbox' cannot be exported"), filled.reader() as session:
        export_csv(session, tmp_path, ["outbox"])


def test_a_figure_within_a_stored_score_is_read_by_the_names_that_lead_to_it(filled: Store) -> None:
    record = TrackRecordRow(
        DAY, "x", 7, {"hit_rate": {"figure": {"value": 0.1 + 0.2, "reason": None}}, "days": 812}, T1
    )
    with filled.writer() as session:
        replace_track_records(session, "sandbox", DAY, [record])
    with filled.reader() as session:
        key = (("day", "2025-10-10"), ("source", "sandbox"), ("name", "x"), ("horizon_days", "7"))
        row = read_row(session, "track_record", key)
    assert row is not None
    assert row.values["score.hit_rate.figure.value"] == "0.30000000000000004"
    assert (row.values["score.hit_rate.figure.reason"], row.values["score.days"]) == (None, "812")
    assert row.values["score"] == '{"days":812,"hit_rate":{"figure":{"reason":null,"value":0.30000000000000004}}}'


def own_grades(session: Session, *short: float) -> None:
    values, ids = np.array(short), np.arange(1, len(short) + 1, dtype=np.int64)
    parts = (PartName("trend", "short_term", 1.0),)
    put_own_grades(session, "sandbox", OwnGradeDay(DAY, ids, values, values / 3, parts, values[np.newaxis], T1))


def test_a_grade_of_our_own_is_read_as_if_each_asset_had_a_row(filled: Store) -> None:
    with filled.writer() as session:
        own_grades(session, 63.2, float("nan"))
    with filled.reader() as session:
        rows = [read_row(session, "own_grade_day", (*KEY[:2], ("asset_id", str(number)))) for number in (1, 2, 3)]
        other = read_row(session, "own_grade_day", (("day", "2025-10-09"), *KEY[1:]))
    assert rows[0] is not None
    assert (rows[0].values["short_term"], rows[0].values["long_term"]) == ("63.2", repr(63.2 / 3))
    assert (rows[0].values["asset_id"], rows[0].fetched_at) == ("1", T1)
    assert rows[1] is not None
    assert rows[1].values["short_term"] is None
    assert (rows[2], other) == (None, None)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (KEY[:2], "by day, source and asset_id"),
        ((), "not by nothing"),
        ((("day", "yesterday"), *KEY[1:]), "names no day and asset"),
        ((*KEY[:2], ("asset_id", "one")), "names no day and asset"),
    ],
)
def test_a_grade_of_our_own_needs_its_whole_key(filled: Store, key: Key, why: str) -> None:
    with pytest.raises(UnknownRow, match=why), filled.reader() as session:
        read_row(session, "own_grade_day", key)
