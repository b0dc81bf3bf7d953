"""Questions about how signals and grades did: stored scores in words, and nothing where nothing is known."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copyfile

import pytest

from agent.analytics.figure import Figure
from agent.analytics.scorecard.bootstrap import Estimate
from agent.analytics.scorecard.grade_score import GradeScore
from agent.analytics.scorecard.signal_score import SignalScore
from agent.ask.tools import ToolStatus
from agent.ask.toolset.desk import Tools
from agent.claims.fact import MARKET, Metric, RowRef, Unit
from agent.measuring.confidences import Score, score_json
from agent.store.engine import Store
from agent.store.reading import read_row
from agent.store.track_records import TrackRecordRow, replace_track_records
from tests.agent.ask.toolset.asked_market import claim_of, ok, texts, tools_of
from tests.agent.ask.toolset.verified import violations
from tests.agent.measuring.market import LAST, NOW, SOURCE

DAY = LAST - timedelta(days=3)
NONE = Estimate.missing("nothing is known")


def estimate(value: float | None) -> Estimate:
    return NONE if value is None else Estimate(Figure(value, None), *[Figure(value, None)] * 4)


def signal(
    name: str,
    days: int,
    excess: float | None,
    *,
    direction: int = 1,
    hits: float | None = 0.542,
    cases: int = 1203,
    p_value: float = 0.01,
) -> SignalScore:
    """A score of which only what is told differs."""
    return SignalScore(
        name=name,
        direction=direction,
        horizon_days=days,
        sample_size=cases,
        days=200,
        windows=40,
        left_early=0,
        hit_rate=estimate(hits),
        base_rate=Figure.missing("no direction") if hits is None else Figure(0.51, None),
        base_windows=50,
        mean_return=estimate(excess),
        mean_excess=estimate(excess),
        mean_excess_bitcoin=estimate(excess),
        adjusted_p_value=Figure(p_value, None),
        tests=200,
    )


def grade(name: str, days: int, *, counted: int = 812, correlation: float | None = 0.031) -> GradeScore:
    return GradeScore(
        name=name,
        horizon_days=days,
        sample_size=9000,
        days=counted,
        left_early=1,
        information_coefficient=estimate(correlation),
        hit_rate=estimate(None if correlation is None else 0.542),
        top_minus_bottom=estimate(None if correlation is None else 0.0123),
        top_return=NONE,
        top_excess=NONE,
        top_excess_bitcoin=NONE,
        ranked_days=counted,
        split_days=counted - 12,
    )


SCORES: tuple[Score, ...] = (
    signal("golden_cross", 30, 0.02),
    signal("golden_cross", 7, -0.0004),
    signal("golden_cross", 1, None, cases=0, hits=None),
    signal("death_cross", 30, -0.05, direction=-1),
    signal("rsi_oversold", 7, 0.09, p_value=0.2),
    signal("volume_drying_up", 1, 0.3, direction=0, hits=None),
    signal("forgotten_signal", 7, 0.5),
    *(grade(name, days) for name in ("coinbrief_short_term", "trader_grade") for days in (1, 7, 30)),
    grade("tm_grade", 7, counted=0, correlation=None),
    grade("investor_grade", 7, counted=29),
    grade("forgotten_grade", 7),
)


@pytest.fixture(scope="module")
def store(asked: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = Store(Path(copyfile(asked.path, tmp_path_factory.mktemp("scored") / "scored.db")))
    with made.writer() as session:
        rows = [TrackRecordRow(DAY, each.name, each.horizon_days, score_json(each), NOW) for each in SCORES]
        replace_track_records(session, SOURCE, DAY, rows)
        later = LAST + timedelta(days=1)
        replace_track_records(session, SOURCE, later, [TrackRecordRow(later, "x", 7, {"direction": 1}, NOW)])
    return made


@pytest.fixture
def tools(store: Store) -> Tools:
    return tools_of(store)


def told(tools: Tools, **wish: object) -> list[tuple[str, str | None, str | None, list[Decimal | None]]]:
    """Template, what it is of, its window and its figures."""
    return [
        (claim.template, claim.facts[0].qualifier, claim.facts[0].window, [fact.value for fact in claim.facts])
        for claim in ok(tools, "track_record", **wish).claims
    ]


def test_a_signal_is_told_over_each_horizon_with_a_firing(tools: Tools) -> None:
    hits = [Decimal("54.2"), Decimal(1203), Decimal(51)]
    assert told(tools, signal="golden_cross") == [
        ("signal_hits", "golden_cross", "7d", hits),
        ("signal_excess", "golden_cross", "7d", [Decimal(1203), Decimal("-0.04")]),
        ("signal_hits", "golden_cross", "30d", hits),
        ("signal_excess", "golden_cross", "30d", [Decimal(1203), Decimal(2)]),
    ]
    assert [item[2] for item in told(tools, signal="golden_cross", days=30)] == ["30d", "30d"]


def test_the_figures_of_a_signal_say_what_followed_and_as_of_when(tools: Tools) -> None:
    found = ok(tools, "track_record", signal="death_cross")
    hits, firings, base = claim_of(found, "signal_hits").facts
    assert (hits.label, base.label, hits.subject, hits.as_of) == ("fall", "fall", MARKET, DAY)
    assert [fact.unit for fact in (hits, firings, base)] == [Unit.PCT, Unit.COUNT, Unit.PCT]
    assert [fact.metric for fact in (hits, firings, base)] == [Metric.HIT_RATE, Metric.FIRINGS, Metric.BASE_RATE]
    excess = claim_of(found, "signal_excess").facts[1]
    assert (excess.metric, excess.unit, excess.value) == (Metric.EXCESS_RETURN, Unit.PP, Decimal(-5))


def test_a_signal_without_a_direction_has_no_hits(tools: Tools) -> None:
    assert [item[0] for item in told(tools, signal="volume_drying_up")] == ["signal_excess"]


@pytest.mark.parametrize(
    ("wish", "note"),
    [
        ({"signal": "macd_bullish_cross"}, "no outcome of macd bullish cross is known"),
        ({"signal": "golden_cross", "days": 1}, "no outcome of golden cross is known"),
        ({"grade": "investor"}, "fewer than 30 days of outcomes of the grade are known"),
        ({"grade": "tm"}, "fewer than 30 days of outcomes of the grade are known"),
    ],
)
def test_what_has_no_outcome_is_said(tools: Tools, wish: dict[str, object], note: str) -> None:
    found = tools.run("track_record", wish)  # type: ignore[arg-type]  # JSON by the caller's hand
    assert (found.status, found.note) == (ToolStatus.EMPTY, note)


def test_a_signal_that_there_is_none_of_is_refused(tools: Tools) -> None:
    found = tools.run("track_record", {"signal": "forgotten_signal"})
    assert found.status is ToolStatus.REJECTED
    assert "a signal is called as in `coinbrief signals`" in found.note


def test_a_grade_is_told_over_each_horizon(tools: Tools) -> None:
    found = told(tools, grade="short_term", days=30)
    assert found == [
        ("grade_record", "short_term", "30d", [Decimal("0.031"), Decimal(812)]),
        ("grade_fifths", "short_term", "30d", [Decimal("1.23"), Decimal("54.2"), Decimal(800)]),
    ]
    assert [item[2] for item in told(tools, grade="trader")] == ["1d", "1d", "7d", "7d", "30d", "30d"]


def test_of_all_the_proven_signals_come_first_and_then_every_grade(tools: Tools) -> None:
    found = ok(tools, "track_record")
    assert [(claim.template, claim.facts[0].qualifier, claim.facts[0].window) for claim in found.claims] == [
        ("signal_excess", "death_cross", "30d"),
        ("signal_excess", "golden_cross", "30d"),
        ("grade_record", "short_term", "7d"),
        ("grade_fifths", "short_term", "7d"),
        ("grade_record", "trader", "7d"),
        ("grade_fifths", "trader", "7d"),
    ]
    assert found.note == "2 of 4 signals that fired before are proven"
    assert (found.rows, found.universe) == (15, "scores")


def test_without_records_the_command_that_makes_them_is_named(asked: Store) -> None:
    found = tools_of(asked).run("track_record", {})
    assert found.status is ToolStatus.EMPTY
    assert "`coinbrief scorecard`" in found.note


def test_every_figure_is_traced_to_its_place_in_the_stored_score(tools: Tools, store: Store) -> None:
    calls: tuple[dict[str, object], ...] = ({}, {"signal": "golden_cross"}, {"grade": "trader"})
    facts = {fact.fact_id: fact for wish in calls for fact in ok(tools, "track_record", **wish).facts}
    assert len(facts) > 20
    with store.reader() as session:
        for fact in facts.values():
            [item] = fact.derivation.inputs
            assert isinstance(item, RowRef)
            row = read_row(session, item.table, item.key)
            assert row is not None
            assert item.value is not None
            assert row.values[item.column] == item.value
            scale = 100 if fact.unit in {Unit.PCT, Unit.PP} else 1
            assert fact.value == Decimal(item.value) * scale


@pytest.mark.parametrize("wish", [{}, {"signal": "golden_cross"}, {"signal": "death_cross"}, {"grade": "short_term"}])
def test_every_sentence_is_read_as_it_is_meant(tools: Tools, wish: dict[str, object]) -> None:
    found = ok(tools, "track_record", **wish)
    assert violations(tools, found) == []
    assert all(text.endswith(", as of 7 October 2025.") for text in texts(tools, found))
