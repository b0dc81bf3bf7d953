from datetime import date
from decimal import Decimal

import pytest

from agent.errors import UnknownAsset
from agent.jobs.sinks import SINKS, ListingSink, Owner, Sink, sink_of
from agent.store.assets import top_assets
from agent.store.engine import Store
from agent.store.grades import grades_on
from agent.store.metrics import metric_history
from agent.store.trading_signals import trading_signals_on
from datasources.records import (
    AssetListing,
    Correlation,
    DataKind,
    Grade,
    GradeKind,
    HourlyBar,
    HourlySignal,
    Index,
    IndexHolding,
    IndexValue,
    Investor,
    Level,
    Metric,
    Moonshot,
    Prediction,
    Quote,
    Record,
    Report,
    TradingSignal,
)
from tests.agent.jobs.scripted_source import bar, listing
from tests.agent.jobs.world import LAST_CLOSE, NOW

ROWS: dict[DataKind, Record] = {
    DataKind.ASSETS: listing("a"),
    DataKind.TOP_ASSETS: listing("a", 1),
    DataKind.QUOTES: Quote("a", Decimal("1.5"), NOW),
    DataKind.DAILY_BARS: bar("a"),
    DataKind.HOURLY_BARS: HourlyBar("a", NOW, 1, 2, 1, 2, None),
    DataKind.GRADES: Grade("a", LAST_CLOSE, GradeKind.TM, 50.0),
    DataKind.GRADE_HISTORY: Grade("a", LAST_CLOSE, GradeKind.TM, 50.0),
    DataKind.TRADER_GRADES: Grade("a", LAST_CLOSE, GradeKind.TRADER, 60.0),
    DataKind.INVESTOR_GRADES: Grade("a", LAST_CLOSE, GradeKind.INVESTOR, 70.0),
    DataKind.TRADING_SIGNALS: TradingSignal("a", LAST_CLOSE, -1),
    DataKind.MARKET_METRICS: Metric(None, LAST_CLOSE, "market.total_market_cap_usd", "usd", 3.5e12),
    DataKind.LEVELS: Level("a", LAST_CLOSE, 1.25),
    DataKind.QUANT_METRICS: Metric("a", LAST_CLOSE, "quant.sharpe", "ratio", 0.8),
    DataKind.CORRELATIONS: Correlation("a", LAST_CLOSE, "Bitcoin", 0.5),
    DataKind.ONCHAIN_METRICS: Metric("a", LAST_CLOSE, "onchain.active_addresses", "count", 12.0),
    DataKind.SENTIMENT: Metric(None, LAST_CLOSE, "sentiment.fear_greed_index", "score", 27.0),
    DataKind.HOURLY_SIGNALS: HourlySignal("a", NOW, 1, position=1),
    DataKind.TECHNOLOGY_GRADES: Grade("a", LAST_CLOSE, GradeKind.TECHNOLOGY, 41.0),
    DataKind.TECHNOLOGY_GRADE_HISTORY: Grade("a", LAST_CLOSE, GradeKind.TECHNOLOGY, 41.0),
    DataKind.FUNDAMENTAL_GRADES: Grade("a", LAST_CLOSE, GradeKind.FUNDAMENTAL, 42.0),
    DataKind.FUNDAMENTAL_GRADE_HISTORY: Grade("a", LAST_CLOSE, GradeKind.FUNDAMENTAL, 42.0),
    DataKind.SCENARIOS: Prediction("a", LAST_CLOSE, "scenario", "base", 5.0, scenario=3.5),
    DataKind.PREDICTIONS: Prediction("a", LAST_CLOSE, "forecast", "expected", 5.0, horizon_days=30),
    DataKind.REPORTS: Report("a", "deep_dive", "It may rise or fall."),
    DataKind.INVESTORS: Investor("Fund One", score=4.5),
    DataKind.INDICES: Index("7", "Large Caps", "LC", LAST_CLOSE, active=True),
    DataKind.INDEX_HOLDINGS: IndexHolding("7", "a", LAST_CLOSE, 12.5),
    DataKind.INDEX_PERFORMANCE: IndexValue("7", LAST_CLOSE, 0.25),
    DataKind.MOONSHOTS: Moonshot("Rocket", "RKT", NOW),
    DataKind.DEFI_METRICS: Metric(None, LAST_CLOSE, "defi.tvl_usd", "usd", 9e10),
    DataKind.MARKET_CAPS: Metric("a", LAST_CLOSE, "asset.market_cap_usd", "usd", 2.2e12),
    DataKind.NETWORK_METRICS: Metric("a", LAST_CLOSE, "network.hash_rate", "hashes_per_s", 1e21),
}


MARKET_WIDE = (Index, IndexValue, Investor, Moonshot)


def sink(kind: DataKind) -> Sink:
    return sink_of(kind, Owner("sandbox"))


@pytest.fixture
def listed(store: Store) -> Store:
    with store.writer() as session:
        sink(DataKind.ASSETS)(session, "sandbox", [listing("a"), listing("b"), listing("c")], NOW)
    return store


def test_every_kind_of_record_has_a_place() -> None:
    assert {*SINKS, DataKind.ASSETS, DataKind.TOP_ASSETS} == set(DataKind) == set(ROWS)
    assert {kind for kind in DataKind if isinstance(sink(kind), ListingSink)} == set(DataKind) - set(SINKS)


@pytest.mark.parametrize("kind", DataKind)
def test_a_record_is_stored_once_however_often_it_comes(listed: Store, kind: DataKind) -> None:
    for written in (1, 0):
        with listed.writer() as session:
            outcome = sink(kind)(session, "sandbox", [ROWS[kind]], NOW)
        is_news = kind is DataKind.TOP_ASSETS and written  # a known asset gets its rank
        assert outcome.revised == int(is_news)
        assert outcome.inserted == written or isinstance(ROWS[kind], AssetListing)  # listings have no own keys to count


@pytest.mark.parametrize("kind", [kind for kind, row in ROWS.items() if not isinstance(row, AssetListing)])
def test_a_record_of_an_asset_that_was_not_listed_is_refused(store: Store, kind: DataKind) -> None:
    row = ROWS[kind]
    if isinstance(row, MARKET_WIDE) or row.provider_id is None:
        return
    with pytest.raises(UnknownAsset, match="'a'"), store.writer() as session:
        SINKS[kind](session, "sandbox", [row], NOW)


def test_records_are_read_back_under_their_own_kind(listed: Store) -> None:
    with listed.writer() as session:
        for kind, row in ROWS.items():
            sink(kind)(session, "sandbox", [row], NOW)
    with listed.reader() as session:
        grades = {kind: grades_on(session, "sandbox", kind, LAST_CLOSE)[1].value for kind in GradeKind}
        assert grades == {
            GradeKind.TM: 50.0,
            GradeKind.TRADER: 60.0,
            GradeKind.INVESTOR: 70.0,
            GradeKind.TECHNOLOGY: 41.0,
            GradeKind.FUNDAMENTAL: 42.0,
        }
        assert trading_signals_on(session, "sandbox", LAST_CLOSE)[1].signal == -1
        (mood,) = metric_history(session, "sandbox", "sentiment.fear_greed_index", None, date(2025, 1, 1), LAST_CLOSE)
        assert mood.value == 27.0


def rank(store: Store, names: tuple[str, ...], *, good: bool = True, first: int = 1) -> list[str]:
    """Store a ranking that was found good or not, and give the symbols that are ranked then."""
    top = sink(DataKind.TOP_ASSETS)
    assert isinstance(top, ListingSink)
    with store.writer() as session:
        top(session, "sandbox", [listing(name, place) for place, name in enumerate(names, first)], NOW)
        if good:
            top.settle_ranks(session, "sandbox")
    with store.reader() as session:
        return [row.symbol for row in top_assets(session, "sandbox", 9)]


def test_a_new_ranking_replaces_the_old_one(listed: Store) -> None:
    assert rank(listed, ("a", "b")) == ["A", "B"]
    assert rank(listed, ("c", "a")) == ["C", "A"]


def test_a_ranking_that_lacks_its_first_place_or_is_not_found_good_takes_no_rank_away(listed: Store) -> None:
    assert rank(listed, ("a", "b")) == ["A", "B"]
    assert rank(listed, ()) == ["A", "B"]
    assert rank(listed, ("c",), first=3) == ["A", "B", "C"]
    assert rank(listed, ("a",), good=False) == ["A", "B", "C"]
