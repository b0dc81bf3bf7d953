import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.base import Batch, Query
from datasources.errors import BadPayload, SourceError, Unavailable, Unsupported
from datasources.files import FilesSource
from datasources.records import AssetListing, DailyBar, DataKind, Metric
from datasources.terms import TERMS

BARS = "date,open,high,low,close,volume,turnover_usd\n"
LATE = datetime(2025, 12, 1, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(
        tmp_path, "daily-ohlcv/BTC.csv", BARS + "2025-10-21,110,114,107,108,152,16772\n2025-10-22,108,109,106,107,1,\n"
    )
    write(tmp_path, "daily-ohlcv/1000BONK.csv", BARS + "2025-10-22,0.02,0.03,0.01,0.02,5,0.1\n")
    write(
        tmp_path,
        "on-chain/btc.csv",
        "time,PriceUSD,AdrActCnt\n2019-01-01,3808.1,433715.0\n2019-01-02,3898.1,578607.0\n",
    )
    write(tmp_path, "on-chain/btc-recent.csv", "time,PriceUSD,CapMVRVCur,AdrActCnt\n2019-01-02,3898.1,0.85,578607\n")
    write(tmp_path, "on-chain/aave.csv", "time,PriceUSD\n2020-10-03,\n2020-10-04,53.5\n")
    write(tmp_path, "fear-and-greed.csv", "date,value,classification\n2025-10-21,34,Fear\n2025-10-22,25,Extreme Fear\n")
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def fetch(root: Path, kind: DataKind, now: datetime = LATE, **query: Any) -> list[Batch[Any]]:
    source = FilesSource(TERMS["files"], root, now=lambda: now)

    async def scenario() -> list[Batch[Any]]:
        return [batch async for batch in source.fetch(kind, Query(**query))]

    return asyncio.run(scenario())


def records(batches: list[Batch[Any]]) -> list[Any]:
    return [record for batch in batches for record in batch.records]


def reasons(batches: list[Batch[Any]]) -> list[str]:
    return [row.reason for batch in batches for row in batch.quarantined]


def test_candles_take_their_volume_from_the_turnover(root: Path) -> None:
    assert records(fetch(root, DataKind.DAILY_BARS, provider_ids=("BTC",))) == [
        DailyBar("BTC", date(2025, 10, 21), 110, 114, 107, 108, 16772),
        DailyBar("BTC", date(2025, 10, 22), 108, 109, 106, 107, None),
    ]


def test_assets_are_upper_case_tickers_of_candles_and_chains_alike(root: Path) -> None:
    assert records(fetch(root, DataKind.ASSETS)) == [
        AssetListing(provider_id=ticker, symbol=ticker, name=ticker) for ticker in ("1000BONK", "AAVE", "BTC")
    ]


def test_an_asset_is_not_listed_before_it_has_a_figure(root: Path) -> None:
    found = records(fetch(root, DataKind.ASSETS, now=datetime(2025, 10, 22, 12, tzinfo=UTC)))
    assert [listing.provider_id for listing in found] == ["AAVE", "BTC"]


def test_two_files_of_one_asset_give_each_figure_once_and_empty_cells_give_none(root: Path) -> None:
    assert records(fetch(root, DataKind.ONCHAIN_METRICS)) == [
        Metric("AAVE", date(2020, 10, 4), "onchain.price_usd", "usd", 53.5),
        Metric("BTC", date(2019, 1, 2), "onchain.price_usd", "usd", 3898.1),
        Metric("BTC", date(2019, 1, 2), "onchain.mvrv", "ratio", 0.85),
        Metric("BTC", date(2019, 1, 2), "onchain.active_addresses", "count", 578607),
        Metric("BTC", date(2019, 1, 1), "onchain.price_usd", "usd", 3808.1),
        Metric("BTC", date(2019, 1, 1), "onchain.active_addresses", "count", 433715),
    ]


def test_sentiment_is_a_metric_of_the_market(root: Path) -> None:
    assert records(fetch(root, DataKind.SENTIMENT))[-1] == Metric(
        None, date(2025, 10, 22), "sentiment.fear_greed_index", "score", 25
    )


@pytest.mark.parametrize(
    ("kind", "now", "days"),
    [
        (DataKind.DAILY_BARS, datetime(2025, 10, 22, 23, 59, 59, tzinfo=UTC), [21]),
        (DataKind.DAILY_BARS, datetime(2025, 10, 23, tzinfo=UTC), [21, 22]),
        (DataKind.SENTIMENT, datetime(2025, 10, 21, 23, 59, 59, tzinfo=UTC), [21]),
        (DataKind.SENTIMENT, datetime(2025, 10, 22, tzinfo=UTC), [21, 22]),
        (DataKind.ONCHAIN_METRICS, datetime(2020, 10, 5, 2, 59, 59, tzinfo=UTC), []),
        (DataKind.ONCHAIN_METRICS, datetime(2020, 10, 5, 3, tzinfo=UTC), [4]),
    ],
)
def test_no_figure_is_given_before_it_was_known(root: Path, kind: DataKind, now: datetime, days: list[int]) -> None:
    asset = () if kind is DataKind.SENTIMENT else ("AAVE",) if kind is DataKind.ONCHAIN_METRICS else ("BTC",)
    assert [record.day.day for record in records(fetch(root, kind, now=now, provider_ids=asset))] == days


def test_only_the_days_and_assets_asked_for_are_given(root: Path) -> None:
    day = date(2025, 10, 22)
    assert len(records(fetch(root, DataKind.DAILY_BARS, start=day))) == 2
    assert len(records(fetch(root, DataKind.DAILY_BARS, end=date(2025, 10, 21)))) == 1
    assert [bar.provider_id for bar in records(fetch(root, DataKind.DAILY_BARS, limit=1))] == ["1000BONK"]


def test_nothing_there_is_an_empty_iteration(root: Path) -> None:
    assert fetch(root, DataKind.DAILY_BARS, provider_ids=("../BTC", "btc", "NONE")) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2025-10-23,1,2", "not one cell for each column"),
        ("2025-10-23,1,2,1,1,1,1,1", "not one cell for each column"),
        ('2025-10-23,"1,2,1,1,1,1', "not one cell for each column"),
        ("2025-13-23,1,2,1,1,1,1", "date is not a date"),
        ("20251023,1,2,1,1,1,1", "date is not a date"),
        ("2025-10-23,nan,2,1,1,1,1", "open is not a finite number"),
        ("2025-10-23,1e999,2,1,1,1,1", "open is not a finite number"),
        ("2025-10-23,1_0,20,1,1,1,1", "open is not a finite number"),
        ("2025-10-23,,2,1,1,1,1", "open is empty"),
        ("2025-10-23,0,2,0,1,1,1", "a price is zero or negative"),
        ("2025-10-23,3,2,1,1,1,1", "the open or close lies outside the range from low to high"),
        ("2025-10-23,1,2,1,1,1,-1", "the volume is negative"),
        ("2025-10-22,1,2,1,1,1,1", "contradicts an earlier line about the same day"),
        ("x" * 70_000, "not one cell for each column"),
    ],
)
def test_a_line_that_cannot_be_used_is_quarantined_by_file_and_line(root: Path, line: str, fault: str) -> None:
    with (root / "daily-ohlcv/BTC.csv").open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n2025-10-24,1,1,1,1,1,1\n2025-10-24,1,1,1,1,1,1\n")
    batches = fetch(root, DataKind.DAILY_BARS, provider_ids=("BTC",))
    assert [bar.day.day for bar in records(batches)] == [21, 22, 24]
    assert reasons(batches) == [f"daily-ohlcv/BTC.csv line 5: {fault}"]
    assert all(len(row.raw) <= 4_000 for batch in batches for row in batch.quarantined)


def test_one_bad_cell_does_not_cost_the_other_metrics_of_its_day(root: Path) -> None:
    write(root, "on-chain/aave.csv", "time,PriceUSD,TxCnt\n2020-10-04,-1,7\n")
    batches = fetch(root, DataKind.ONCHAIN_METRICS, provider_ids=("AAVE",))
    assert [metric.name for metric in records(batches)] == ["onchain.transactions"]
    assert reasons(batches) == ["on-chain/aave.csv line 2: PriceUSD is less than 0"]


def test_batches_hold_5000_rows_at_most_and_lose_none(root: Path) -> None:
    days = [date.fromordinal(date(1990, 1, 1).toordinal() + offset) for offset in range(12_345)]
    write(root, "daily-ohlcv/OLD.csv", BARS + "".join(f"{day},1,1,1,1,1,1\n" for day in days))
    batches = fetch(root, DataKind.DAILY_BARS, provider_ids=("OLD",))
    assert [len(batch.records) for batch in batches] == [5_000, 5_000, 2_345]
    assert [bar.day for bar in records(batches)] == days
    assert {batch.requests for batch in batches} == {0}


def _remove_folder(root: Path) -> None:
    for path in (root / "daily-ohlcv").iterdir():
        path.unlink()
    (root / "daily-ohlcv").rmdir()


def _put_a_folder_in_place_of_a_file(root: Path) -> None:
    (root / "daily-ohlcv/ETH.csv").mkdir()


@pytest.mark.parametrize(
    ("damage", "place"),
    [(_remove_folder, "daily-ohlcv/"), (_put_a_folder_in_place_of_a_file, "daily-ohlcv/ETH.csv")],
)
def test_what_cannot_be_read_is_unavailable_and_named_relative_to_the_folder(
    root: Path, damage: Callable[[Path], None], place: str
) -> None:
    damage(root)
    with pytest.raises(Unavailable, match=place) as caught:
        fetch(root, DataKind.DAILY_BARS)
    assert "correct its path in the settings" in str(caught.value)
    assert str(root) not in str(caught.value)


def test_a_data_folder_that_does_not_exist_is_unavailable(tmp_path: Path) -> None:
    for kind in FilesSource(TERMS["files"], tmp_path, now=lambda: LATE).capabilities:
        with pytest.raises(Unavailable):
            fetch(tmp_path / "none", kind)


def test_a_file_without_a_needed_column_is_refused_after_what_came_before_it(root: Path) -> None:
    write(root, "daily-ohlcv/ETH.csv", "date,open,high,low,volume,turnover_usd\n")
    source = FilesSource(TERMS["files"], root, now=lambda: LATE)
    kept: list[Any] = []

    async def scenario() -> None:
        async for batch in source.fetch(DataKind.DAILY_BARS, Query()):
            kept.extend(batch.records)

    with pytest.raises(BadPayload, match="no column close") as caught:
        asyncio.run(scenario())
    assert caught.value.path == "daily-ohlcv/ETH.csv line 1"
    assert len(kept) == 3


def test_an_empty_file_and_a_doubled_column_are_refused(root: Path) -> None:
    for heading in ("", "time,PriceUSD,PriceUSD\n"):
        write(root, "on-chain/aave.csv", heading)
        with pytest.raises(BadPayload, match="line 1"):
            fetch(root, DataKind.ONCHAIN_METRICS)


def test_a_kind_that_is_not_offered_is_unsupported(root: Path) -> None:
    with pytest.raises(Unsupported):
        fetch(root, DataKind.GRADES)


@given(st.binary(max_size=300))
def test_no_file_raises_anything_but_a_source_error(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    root = tmp_path_factory.mktemp("data")
    (root / "daily-ohlcv").mkdir()
    (root / "daily-ohlcv" / "X.csv").write_bytes(BARS.encode() + body)
    (root / "daily-ohlcv" / "Y.csv").write_bytes(body)
    try:
        fetch(root, DataKind.DAILY_BARS)
    except SourceError as error:
        assert "daily-ohlcv/Y.csv line 1" in str(error)  # noqa: PT017 - most bodies raise, some need not
