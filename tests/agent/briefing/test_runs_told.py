"""How collections ended, told as gaps: failed, rejected, cut short or left out by the month's credits."""

from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copy

import pytest

from agent.briefing.checking import check_briefing
from agent.briefing.gather import read_snapshot
from agent.briefing.material import briefing_material
from agent.claims.claim import SectionKey
from agent.claims.fact import RowRef, State
from agent.store.engine import Store
from agent.store.reading import read_row
from agent.store.runs import RunOutcome, RunStatus
from datasources.records import DataKind
from tests.agent.briefing.chained import BINANCE, BTC, ETH, MARKET, NOW, add_run, chained, wanted
from tests.agent.briefing.documents import briefing_of, material_of, safe_of
from tests.agent.briefing.filled import snapshot_of
from tests.agent.briefing.snapshots import walk

OK = RunOutcome(RunStatus.OK, received=3)
EMPTY = RunOutcome(RunStatus.OK)
LEFT_OUT = RunOutcome(RunStatus.DEFERRED, error_class="LeftOut", error="the month's credits are planned for others")
FEW = RunOutcome(RunStatus.REJECTED, received=2, error_class="TooFewRows", error="2 rows came")
UNUSABLE = RunOutcome(RunStatus.REJECTED, received=2, error_class="TooManyQuarantined", error="20 of 22 rows")
CUT_SHORT = RunOutcome(RunStatus.PARTIAL, received=9, error_class="RateLimited", error="429")
FAILED = RunOutcome(RunStatus.FAILED, error_class="Unavailable", error="503")
Runs = Sequence[tuple[str, str, RunOutcome]]
Tell = Callable[[Runs], list[str]]
CREDITS = "The month's credits for Token Metrics leave out"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Store:
    closes = {BTC: walk(1, days=5), ETH: walk(2, days=5)}
    return chained(tmp_path_factory.mktemp("runs") / "c.db", {MARKET: closes, BINANCE: {}}, {})


@pytest.fixture
def tell(empty: Store, tmp_path_factory: pytest.TempPathFactory) -> Tell:
    """The gaps of a briefing after these collections, checked as before it is published and traced to their rows."""

    def told(runs: Runs) -> list[str]:
        path = tmp_path_factory.mktemp("own") / "c.db"
        copy(empty.path, path)
        store = Store(path)
        for source, kind, outcome in runs:
            add_run(store, source, kind, outcome)
        snapshot = snapshot_of(store, wanted(MARKET, BINANCE))
        briefing = briefing_of(snapshot)
        assert check_briefing(briefing, safe_of(snapshot)) == ()
        with store.reader() as session:
            for key, fact in material_of(snapshot).facts.items():
                for item in fact.derivation.inputs if key.startswith("data/") else ():
                    assert isinstance(item, RowRef)
                    row = read_row(session, item.table, item.key)
                    assert row is not None
                    assert row.values[item.column] == item.value
        (section,) = (section for section in briefing.sections if section.key is SectionKey.GAPS)
        return [sentence.text for sentence in section.sentences]

    return told


@pytest.mark.parametrize(
    ("kind", "outcome", "text"),
    [
        ("daily_bars", LEFT_OUT, f"{CREDITS} daily bars."),
        ("daily_bars/watchlist", LEFT_OUT, f"{CREDITS} daily bars of the watchlist."),
        ("daily_bars/universe", LEFT_OUT, f"{CREDITS} daily bars of other coins."),
        ("trader_grades/universe", LEFT_OUT, f"{CREDITS} trader grades of other coins."),
        ("sentiment", LEFT_OUT, f"{CREDITS} sentiment."),
        ("daily_bars/universe", FEW,
         "Collecting daily bars of other coins from Token Metrics failed: too few rows."),
        ("daily_bars/watchlist", UNUSABLE,
         "Collecting daily bars of the watchlist from Token Metrics failed: unusable rows."),
        ("trading_signals", FEW, "Collecting trading signals from Token Metrics failed: too few rows."),
        ("daily_bars/universe", CUT_SHORT,
         "Collecting daily bars of other coins from Token Metrics failed: rate limited."),
        ("fundamental_grade_history/universe", FAILED,
         "Collecting fundamental grade history of other coins from Token Metrics failed: unavailable."),
        ("trader_grades/watchlist", EMPTY, "Token Metrics gave no trader grades of the watchlist."),
        ("investor_grades", EMPTY, "Token Metrics gave no investor grades."),
    ],
)  # fmt: skip
def test_a_collection_that_did_not_end_well_is_told(tell: Tell, kind: str, outcome: RunOutcome, text: str) -> None:
    assert tell([(MARKET, kind, outcome)]) == [text]


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("daily_bars", OK),
        ("daily_bars/universe", EMPTY),  # what is missing of the bars shows in the coverage
        ("reports/universe", LEFT_OUT),  # only detail
        ("onchain_metrics", EMPTY),
    ],
)
def test_what_nobody_misses_is_not_told(tell: Tell, kind: str, outcome: RunOutcome) -> None:
    assert tell([(MARKET, kind, outcome)]) == [
        "No gaps: every source answered and every tracked coin has a bar for the last full day.",
    ]


def test_each_tier_is_told_by_itself(tell: Tell) -> None:
    assert tell([
        (MARKET, "grades", OK), (MARKET, "grades/watchlist", LEFT_OUT), (MARKET, "grades/universe", LEFT_OUT),
    ]) == [f"{CREDITS} grades of other coins.", f"{CREDITS} grades of the watchlist."]  # fmt: skip


def test_what_is_left_out_altogether_is_told_once(tell: Tell) -> None:
    runs = [(MARKET, kind, LEFT_OUT) for kind in ("grades", "grades/watchlist", "grades/universe")]
    assert tell(runs) == [f"{CREDITS} grades."]
    assert tell([*runs[1:], (MARKET, "grades", FAILED)]) == [
        "Collecting grades from Token Metrics failed: unavailable.",
        f"{CREDITS} grades of other coins.",
        f"{CREDITS} grades of the watchlist.",
    ]


def test_one_source_does_not_speak_for_another(tell: Tell) -> None:
    runs = [(MARKET, "grades", LEFT_OUT), (BINANCE, "grades/universe", LEFT_OUT), (BINANCE, "daily_bars", FAILED)]
    assert tell(runs) == [
        "Collecting daily bars from Binance failed: unavailable.",
        f"{CREDITS} grades.",
        "The month's credits for Binance leave out grades of other coins.",
    ]


def test_the_last_collection_of_a_kind_and_tier_counts(tell: Tell) -> None:
    runs = [(MARKET, "grades/universe", LEFT_OUT), (MARKET, "grades/universe", OK), (MARKET, "grades", OK)]
    assert tell(runs) == ["No gaps: every source answered and every tracked coin has a bar for the last full day."]


def test_every_kind_can_be_told_for_every_tier(tell: Tell) -> None:
    tiers = {"": "", "/watchlist": " of the watchlist", "/universe": " of other coins"}
    assert set(tell([(MARKET, f"{kind}{tier}", FAILED) for kind in DataKind for tier in tiers])) == {
        f"Collecting {kind.replace('_', ' ')}{whose} from Token Metrics failed: unavailable."
        for kind in DataKind
        for whose in tiers.values()
    }


def test_what_is_left_out_is_a_limit_of_the_credits(empty: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("own") / "c.db"
    copy(empty.path, path)
    add_run(Store(path), MARKET, "grades/universe", LEFT_OUT)
    fact = briefing_material(snapshot_of(Store(path), wanted(MARKET))).facts[
        "data/left_out_token_metrics_grades/universe"
    ]
    assert (fact.state, fact.label, fact.qualifier) == (State.RATE_LIMITED, "left out", "grades_of_other_coins")
    assert (fact.subject, fact.source, fact.fetched_at) == ("source:token_metrics", MARKET, NOW)


def test_what_was_left_out_of_a_plan_that_has_no_cap_any_more_is_not_told(empty: Store, tmp_path: Path) -> None:
    copy(empty.path, tmp_path / "c.db")
    store = Store(tmp_path / "c.db")
    add_run(store, MARKET, "sentiment", LEFT_OUT)
    add_run(store, BINANCE, "daily_bars", LEFT_OUT)
    with store.reader() as session:
        snapshot = read_snapshot(session, wanted(MARKET, BINANCE, capped=(MARKET,)))
    assert snapshot is not None
    assert [(run.source, run.kind) for run in snapshot.runs if run.status == "deferred"] == [(MARKET, "sentiment")]
