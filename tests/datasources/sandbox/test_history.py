from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from datasources.sandbox.csv_history import HistoryError
from datasources.sandbox.history import ReplayMarket

HEADER = "date,open,high,low,close,volume,turnover_usd\n"
BTC = [
    "2025-10-08,121299.4,124162.5,121000,123245.3,80,9906313784.8777",
    "2025-10-09,123245.3,123733.9,119574,121603.0,100,12340687990.9305",
    "2025-10-11,112732.5,113279.8,109453.4,110599.9,88,9840234817.8019",
]
ABC = ["2025-10-10,1.5,2,1,1.25,7,30000000000", "2025-10-11,1.25,2,1,1.75,7,10"]
START, END = date(2025, 9, 20), date(2025, 10, 19)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2025, 10, day, hour, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("daily-ohlcv", "on-chain"):
        (tmp_path / folder).mkdir()
    (tmp_path / "daily-ohlcv" / "BTC.csv").write_text(HEADER + "\n".join(BTC) + "\n")
    (tmp_path / "daily-ohlcv" / "ABC.csv").write_text(HEADER + "\n".join(ABC) + "\n\n")
    (tmp_path / "on-chain" / "btc.csv").write_text("time,PriceUSD,NVTAdj\n2025-10-08,1.10,\n2025-10-09,2.20,5\n")
    (tmp_path / "on-chain" / "btc-recent.csv").write_text("time,PriceUSD,TxCnt\n2025-10-09,2.30,7\n2025-10-10,3.3,\n")
    (tmp_path / "fear-and-greed.csv").write_text("date,value,classification\n2025-10-10,64,Greed\n2025-10-11,27,Fear\n")
    return tmp_path


def test_bars_are_those_of_the_file_and_volume_is_the_turnover(root: Path) -> None:
    bars = ReplayMarket(root).daily_bars(at(12), [3375], START, END)
    shown = [
        ",".join(map(str, (bar.day, bar.open_usd, bar.high_usd, bar.low_usd, bar.close_usd, bar.volume_usd)))
        for bar in bars
    ]
    assert shown == [
        "2025-10-11,112732.5,113279.8,109453.4,110599.9,9840234817.8019",
        "2025-10-09,123245.3,123733.9,119574.0,121603.0,12340687990.9305",
        "2025-10-08,121299.4,124162.5,121000.0,123245.3,9906313784.8777",
    ]


@pytest.mark.parametrize(
    ("now", "newest"), [(at(9, 23), date(2025, 10, 8)), (at(10), date(2025, 10, 9)), (at(11, 6), date(2025, 10, 9))]
)
def test_a_bar_is_shown_once_its_day_is_over(root: Path, now: datetime, newest: date) -> None:
    assert ReplayMarket(root).daily_bars(now, [3375], START, END)[0].day == newest


def test_a_token_is_listed_with_its_first_final_bar(root: Path) -> None:
    market = ReplayMarket(root)
    assert [token.symbol for token in market.tokens(at(10))] == ["BTC"]
    assert [token.symbol for token in market.tokens(at(11))] == ["BTC", "ABC"]


def test_tokens_have_proper_names_and_known_ids(root: Path) -> None:
    bitcoin, other = ReplayMarket(root).tokens(at(12))
    assert (bitcoin.token_id, bitcoin.name, bitcoin.slug) == (3375, "Bitcoin", "bitcoin")
    assert (other.name, other.symbol) == ("ABC", "ABC")
    assert 900_000 <= other.token_id < 990_000


def test_the_price_is_the_last_final_close(root: Path) -> None:
    market = ReplayMarket(root)
    assert market.prices(at(11, 6), [3375])[0].price_usd == 121603.0
    assert market.prices(at(8, 6), [3375, 1]) == []


def test_tokens_are_ranked_by_mean_turnover(root: Path) -> None:
    market = ReplayMarket(root)
    assert [token.symbol for token in market.top_tokens(at(11))] == ["ABC", "BTC"]
    assert [token.symbol for token in market.top_tokens(at(10))] == ["BTC"]
    assert [token.symbol for token in market.top_tokens(datetime(2030, 1, 1, tzinfo=UTC))] == ["ABC", "BTC"]


def test_what_the_files_lack_is_empty(root: Path) -> None:
    market = ReplayMarket(root)
    assert not market.tm_grades(at(12), None, START, END)
    assert not market.trading_signals(at(12), None, START, END)
    assert not market.market_metrics(at(12), START, END)
    assert not market.hourly_bars(at(12), None, START, END)
    assert not market.quant_metrics(at(12), None)


def test_the_index_of_a_day_is_there_from_its_midnight(root: Path) -> None:
    market = ReplayMarket(root)
    assert [row.value for row in market.sentiment(at(11))] == [27, 64]
    assert [row.value for row in market.sentiment(at(10, 23))] == [64]


def test_onchain_files_of_an_asset_are_merged_and_the_later_one_wins(root: Path) -> None:
    market = ReplayMarket(root)
    assert market.onchain_assets() == ["btc"]
    rows = market.onchain(at(11), "btc")
    assert [dict(row.values) for row in rows] == [
        {"PriceUSD": "1.10", "NVTAdj": None},
        {"PriceUSD": "2.30", "NVTAdj": "5", "TxCnt": "7"},
        {"PriceUSD": "3.3", "TxCnt": None},
    ]
    assert [row.day.day for row in market.onchain(at(10, 23), "btc")] == [8, 9]


def test_some_days_of_a_chain_are_those_of_the_whole(root: Path) -> None:
    market = ReplayMarket(root)
    rows = market.onchain_days(at(11), "btc", date(2025, 10, 9), date(2030, 1, 1))
    assert list(rows) == list(market.onchain(at(11), "btc"))[1:]
    assert not market.onchain_days(at(11), "eth", START, END)


def test_the_coverage_of_a_chain_ends_with_the_last_final_day(root: Path) -> None:
    (covered,) = ReplayMarket(root).onchain_coverage(at(10))
    assert (covered.asset, covered.slug, covered.name) == ("btc", "bitcoin", "Bitcoin")
    assert {name: (first.day, last.day) for name, first, last in covered.metrics} == {
        "PriceUSD": (8, 9),
        "NVTAdj": (9, 9),
        "TxCnt": (9, 9),
    }
    assert not ReplayMarket(root).onchain_coverage(at(8))


def test_a_snapshot_is_the_last_bar(root: Path) -> None:
    market = ReplayMarket(root)
    bitcoin, other = market.snapshots(at(12), [3375, market.tokens(at(12))[1].token_id])
    assert (bitcoin.price_usd, bitcoin.volume_24h_usd, bitcoin.supply) == (110599.9, 9840234817.8019, None)
    assert (bitcoin.high_24h_usd, bitcoin.low_24h_usd) == (113279.8, 109453.4)
    assert bitcoin.price_24h_ago_usd is None  # the day before is missing
    assert bitcoin.highest == (date(2025, 10, 8), 123245.3)
    assert other.price_24h_ago_usd == 1.25
    assert not market.snapshots(at(8), None)


def test_bars_of_one_token_come_oldest_first(root: Path) -> None:
    market = ReplayMarket(root)
    assert list(market.token_bars(at(12), 3375, START, END)) == market.daily_bars(at(12), [3375], START, END)[::-1]
    assert [point.day.day for point in market.daily_points(at(10), 3375, START, END)] == [8, 9]
    assert not market.token_bars(at(12), 1, START, END)


def test_what_no_file_holds_is_nothing(root: Path) -> None:
    market = ReplayMarket(root)
    assert market.open_bar(at(12), 3375) is None
    assert market.open_hour(at(12), 3375) is None
    assert market.supply(3375) is None
    assert market.defi(at(12)) is None
    assert market.block_height(at(12)) is None
    assert market.token_at("ethereum", "0x1") is None
    assert sorted(market.pair_tokens()) == ["ABC", "BTC"]


def test_any_of_the_three_parts_may_be_absent(tmp_path: Path) -> None:
    (tmp_path / "fear-and-greed.csv").write_text("date,value,classification\n2025-10-10,64,Greed\n")
    market = ReplayMarket(tmp_path)
    assert not market.tokens(at(12))
    assert not market.top_tokens(at(12))
    assert len(market.sentiment(at(12))) == 1


def test_a_folder_without_any_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="holds no"):
        ReplayMarket(tmp_path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2025-10-12,1,2,1,x,1,1", "close 'x' is not a number"),
        ("2025-10-12,1,2,1,nan,1,1", "not finite"),
        ("2025-10-12,1,2,1.5,1,1,1", "outside low to high"),
        ("2025-10-12,0,2,0,1,1,1", "zero or negative"),
        ("2025-10-12,1,2,1,1,1,-1", "turnover_usd is negative"),
        ("2025-10-11,1,2,1,1,1,1", "does not come after"),
        ("12/10/2025,1,2,1,1,1,1", "is not a day"),
        ("2025-10-12,1,2,1,1,1", "has 6 cells"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(root: Path, row: str, reason: str) -> None:
    path = root / "daily-ohlcv" / "BTC.csv"
    path.write_text(HEADER + "\n".join([*BTC, row]) + "\n")
    with pytest.raises(HistoryError, match=reason) as caught:
        ReplayMarket(root)
    assert f"{path}, line 5" in str(caught.value)


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("daily-ohlcv/BTC.csv", "date,open,high,low,close,volume\n", 1),
        ("daily-ohlcv/BTC.csv", HEADER, None),
        ("on-chain/btc.csv", "time,PriceUSD\n2025-10-08,abc\n", 2),
        ("fear-and-greed.csv", "date,value,classification\n2025-10-10,64.5,Greed\n", 2),
        ("fear-and-greed.csv", "date,value,classification\n2025-10-10,4,Fear\n2025-10-10,4,Fear\n", 3),
    ],
)
def test_a_bad_file_is_named(root: Path, file: str, text: str, line: int | None) -> None:
    (root / file).write_text(text)
    with pytest.raises(HistoryError) as caught:
        ReplayMarket(root)
    assert caught.value.path == root / file
    assert caught.value.line == line
