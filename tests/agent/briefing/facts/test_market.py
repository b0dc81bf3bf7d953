"""Facts of the whole market: counts, ranks, reported figures, grades and signals, worked out by hand."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from agent.briefing.facts.market import fear_greed_class
from agent.briefing.material import Material, briefing_material
from agent.briefing.snapshot import OnchainSeen, SignalSeen, Snapshot, TradingSignalSeen
from agent.claims.fact import Fact, Metric, RowRange, RowRef, State, Unit
from agent.claims.naming import NamedAsset
from tests.agent.briefing.snapshots import (
    AS_OF,
    BITCOIN,
    ETHEREUM,
    FETCHED,
    MOOD,
    NAMES,
    NAN,
    SHARE,
    TOTAL,
    Given,
    graded,
    make_snapshot,
    metric,
    steady,
    walk,
)

# risers 10 % and 0.06 %, faller -5 %, flat 0.04 % and -0.05 %, unknown: no bar on the day before
MOVES = {1: (100.0, 110.0), 2: (100.0, 95.0), 3: (100.0, 100.04), 4: (100.0, 99.95), 5: (100.0, 100.06), 6: (NAN, 7.0)}
MANY = {number: NamedAsset(number, f"Coin {chr(64 + number)}", f"C{number}") for number in range(1, 13)}


def market(moves: dict[int, tuple[float, float]]) -> Material:
    closes = {asset_id: steady(100.0, *last) for asset_id, last in moves.items()}
    return briefing_material(make_snapshot(Given(closes, names=MANY)))


def test_breadth_counts_what_is_shown_as_zero_as_unchanged() -> None:
    facts = market(MOVES).facts
    counted = [facts[f"market/{name}"] for name in ("risers", "fallers", "unchanged")]
    assert [fact.value for fact in counted] == [2, 1, 2]
    for fact in counted:
        assert (fact.subject, fact.unit, fact.window, fact.start) == ("market", Unit.COUNT, "1d", date(2025, 10, 9))
        assert (fact.universe, fact.universe_size, fact.as_of) == ("tracked", 5, AS_OF)


def test_breadth_is_traced_to_all_closes_of_both_days_by_day_and_asset() -> None:
    facts = market(MOVES).facts
    (span,) = facts["market/risers"].derivation.inputs
    closes = [100.0] * 5 + [110.0, 95.0, 100.04, 99.95, 100.06, 7.0]
    lines = "\n".join(map(repr, closes))
    assert span == RowRange(
        *("bar_daily", (("source", "sandbox"),), "close_usd", "2025-10-09", "2025-10-10", 11),
        hashlib.sha256(lines.encode()).hexdigest(),
    )


def test_the_median_is_of_the_known_changes() -> None:
    fact = market(MOVES).facts["market/median"]
    assert (fact.metric, fact.universe_size) == (Metric.MEDIAN_CHANGE, 5)
    assert float(fact.value or 0) == pytest.approx(0.04)


def ranks(made: Material, end: str) -> list[tuple[str, int | None, int | None, bool]]:
    found = [fact for key, fact in made.facts.items() if key.endswith(f"/rank_{end}")]
    return sorted(
        ((fact.subject, fact.rank, fact.universe_size, fact.rank_from_bottom) for fact in found),
        key=lambda item: item[1] or 0,
    )


def test_movers_are_ranked_from_both_ends_of_those_with_a_change() -> None:
    made = market(MOVES)
    assert ranks(made, "top") == [("asset:1", 1, 5, False), ("asset:5", 2, 5, False)]
    assert ranks(made, "bottom") == [("asset:2", 1, 5, True), ("asset:4", 2, 5, True)]
    top = made.facts["asset:1/rank_top"]
    assert float(top.value or 0) == pytest.approx(10.0)
    assert [item.value for item in top.derivation.inputs if isinstance(item, RowRef)] == ["110.0", "100.0"]
    assert top.derivation.formula.endswith("place 1 of 5, largest first")


def test_equal_changes_are_ranked_by_asset_number() -> None:
    made = market(dict.fromkeys(range(1, 13), (100.0, 110.0)))
    assert [subject for subject, *_ in ranks(made, "top")] == [f"asset:{number}" for number in range(1, 6)]
    assert [subject for subject, *_ in ranks(made, "bottom")] == [f"asset:{number}" for number in range(12, 7, -1)]


def test_on_an_all_flat_day_nobody_leads() -> None:
    made = market(dict.fromkeys(range(1, 5), (100.0, 100.0)))
    assert made.facts["market/unchanged"].value == 4
    assert not [claim for claim in made.claims if claim.template == "top"]


def test_a_single_coin_is_not_ranked() -> None:
    made = market({1: (100.0, 110.0)})
    assert ranks(made, "top") == ranks(made, "bottom") == []


def test_a_day_without_any_earlier_bar_has_no_breadth() -> None:
    made = market({1: (NAN, 110.0), 2: (NAN, 5.0)})
    assert not [key for key in made.facts if key.startswith("market/")]


def test_an_asset_without_a_bar_for_a_month_is_not_tracked() -> None:
    closes = {1: steady(100.0, 110.0), 2: steady(100.0, *[NAN] * 30), 3: steady(100.0, *[NAN] * 29)}
    made = briefing_material(make_snapshot(Given(closes, names=MANY)))
    assert (made.facts["data/coverage"].value, made.facts["data/coverage"].universe_size) == (1, 2)


Make = Callable[..., Snapshot]
CLOSES = {BITCOIN: walk(1), ETHEREUM: walk(2)}


def facts_given(make: Make, **given: object) -> dict[str, Fact]:
    return dict(briefing_material(make(closes=CLOSES, **given)).facts)


@pytest.mark.parametrize(
    ("key", "name", "value", "unit"),
    [("total_market_cap", TOTAL, 3.5151e12, Unit.USD), ("high_grade_share", SHARE, 21.7, Unit.PCT)],
)
def test_a_figure_of_the_market_is_as_reported(
    snapshot_factory: Make, key: str, name: str, value: float, unit: Unit
) -> None:
    fact = facts_given(snapshot_factory, market=(metric(name, value, age=1, source="files"),))[f"market/{key}"]
    assert (fact.value, fact.unit, fact.as_of, fact.source) == (Decimal(repr(value)), unit, date(2025, 10, 9), "files")
    row = (("day", "2025-10-09"), ("source", "files"), ("name", name), ("asset_id", "0"))
    assert fact.derivation.inputs == (RowRef("metric", row, "value", repr(value)),)


@pytest.mark.parametrize(("age", "state"), [(0, State.FRESH), (1, State.FRESH), (2, State.STALE)])
def test_a_figure_of_the_market_gets_stale(snapshot_factory: Make, age: int, state: State) -> None:
    assert facts_given(snapshot_factory, market=(metric(TOTAL, 1e12, age),))["market/total_market_cap"].state is state


def test_what_is_not_a_number_is_not_reported(snapshot_factory: Make) -> None:
    assert "market/total_market_cap" not in facts_given(snapshot_factory, market=(metric(TOTAL, float("inf")),))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        *((0, "Extreme Fear"), (25, "Extreme Fear"), (25.4, "Extreme Fear"), (26, "Fear"), (46, "Fear")),
        *((47, "Neutral"), (54, "Neutral"), (55, "Greed"), (75, "Greed"), (75.6, "Extreme Greed")),
    ],
)  # fmt: skip
def test_fear_and_greed_have_the_classes_of_the_shown_figure(value: float, name: str) -> None:
    assert fear_greed_class(value) == name


def test_the_mood_is_compared_with_the_day_before_only(snapshot_factory: Make) -> None:
    facts = facts_given(snapshot_factory, market=(metric(MOOD, 64, age=1), metric(MOOD, 27)))
    now, before = facts["market/fear_greed"], facts["market/fear_greed_before"]
    assert (now.value, now.label, before.value, before.label) == (27, "Fear", 64, "Greed")
    assert (now.as_of, before.as_of) == (AS_OF, AS_OF - timedelta(days=1))
    assert "market/fear_greed_before" not in facts_given(
        snapshot_factory, market=(metric(MOOD, 64, age=2), metric(MOOD, 27))
    )


def test_a_mood_without_a_day_before_is_still_told(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes=CLOSES, market=(metric(MOOD, 27),)))
    assert [claim.template for claim in made.claims if claim.template.startswith("fear")] == ["fear_greed"]


@pytest.mark.parametrize(
    ("before", "now", "threshold"),
    [
        (79.0, 80.0, 80),
        (79.94, 80.0, 80),
        (80.0, 79.9, 80),
        (79.96, 82.0, None),  # shown as 80.0 already
        (35.0, 29.95, None),  # shown as 30.0 still
        (35.0, 29.9, 30),
        (29.0, 30.0, 30),
        (20.0, 85.0, 80),
        (50.0, 60.0, None),
    ],
)
def test_a_grade_crosses_as_it_is_shown(
    snapshot_factory: Make, before: float, now: float, threshold: int | None
) -> None:
    facts = facts_given(snapshot_factory, grades=(graded(ETHEREUM, "trader", now, before),))
    grade, earlier = facts["asset:2/grade_trader"], facts["asset:2/grade_trader_before"]
    assert (grade.value, grade.qualifier, grade.threshold) == (Decimal(repr(now)), "trader", threshold)
    assert (earlier.metric, earlier.value, earlier.start) == (
        Metric.GRADE_PREVIOUS,
        Decimal(repr(before)),
        date(2025, 10, 9),
    )
    row = (("day", "2025-10-10"), ("source", "sandbox"), ("kind", "trader"), ("asset_id", "2"))
    assert grade.derivation.inputs == (RowRef("grade", row, "value", repr(now)),)


def test_a_grade_alone_has_no_earlier_one_and_gets_stale_after_two_days(snapshot_factory: Make) -> None:
    facts = facts_given(snapshot_factory, grades=(graded(1, "tm", 50.0, age=2), graded(2, "tm", 50.0, age=3)))
    assert "asset:1/grade_tm_before" not in facts
    assert [facts[f"asset:{number}/grade_tm"].state for number in (1, 2)] == [State.FRESH, State.STALE]
    assert facts["asset:2/grade_tm"].as_of == date(2025, 10, 7)


@pytest.mark.parametrize(
    ("signal", "previous", "label", "turned"),
    [
        (1, -1, "bullish", "bearish"),
        (0, 1, "neutral", "bullish"),
        (-1, -1, "bearish", None),
        (1, None, "bullish", None),
    ],
)
def test_a_trading_signal_remembers_what_it_turned_from(
    snapshot_factory: Make, signal: int, previous: int | None, label: str, turned: str | None
) -> None:
    seen = TradingSignalSeen(BITCOIN, AS_OF, signal, FETCHED, previous)
    fact = facts_given(snapshot_factory, trading_signals=(seen,))["asset:1/trading_signal"]
    assert (fact.label, fact.qualifier, fact.value, fact.unit) == (label, turned, None, Unit.TEXT)


@pytest.mark.parametrize(
    ("name", "metric_of", "value", "label", "column", "rows"),
    [
        ("macd_bullish_cross", Metric.MACD_CROSS, None, "bullish", "close_usd", 120),
        ("macd_bearish_cross", Metric.MACD_CROSS, None, "bearish", "close_usd", 120),
        ("breakout_up", Metric.BREAKOUT, Decimal("4.5"), "above", "high_usd", 21),
        ("breakout_down", Metric.BREAKOUT, Decimal("4.5"), "below", "low_usd", 21),
        ("volume_spike", Metric.VOLUME_Z, Decimal("4.5"), None, "volume_usd", 21),
    ],
)
def test_a_signal_is_traced_to_its_row_and_the_bars_it_was_read_from(
    snapshot_factory: Make,
    name: str,
    metric_of: Metric,
    value: Decimal | None,
    label: str | None,
    column: str,
    rows: int,
) -> None:
    fact = facts_given(snapshot_factory, signals=(SignalSeen(BITCOIN, name, 1, 4.5),))[f"asset:1/{name}"]
    assert (fact.metric, fact.value, fact.label) == (metric_of, value, label)
    row, span = fact.derivation.inputs
    key = (("day", "2025-10-10"), ("source", "sandbox"), ("asset_id", "1"), ("name", name))
    assert row == RowRef("signal", key, "value", "4.5")
    assert isinstance(span, RowRange)
    assert (span.column, span.rows, span.last) == (column, rows, "2025-10-10")


@pytest.mark.parametrize("name", ["rsi_oversold", "drawdown_deep"])
def test_a_signal_of_a_level_adds_no_second_fact(snapshot_factory: Make, name: str) -> None:
    assert f"asset:1/{name}" not in facts_given(snapshot_factory, signals=(SignalSeen(BITCOIN, name, -1, 29.0),))


def test_a_signal_of_an_asset_without_bars_is_left_out(snapshot_factory: Make) -> None:
    snapshot = snapshot_factory(closes=CLOSES, signals=(SignalSeen(3, "breakout_up", 1, 4.5),))
    made = briefing_material(replace(snapshot, names=NAMES))
    assert "asset:3/breakout_up" not in made.facts


def test_a_bar_without_volume_is_counted_as_a_row_without_a_value(snapshot_factory: Make) -> None:
    volumes = {BITCOIN: steady(100.0, NAN, 5.0)}
    facts = facts_given(snapshot_factory, volumes=volumes, signals=(SignalSeen(BITCOIN, "volume_spike", 1, 4.5),))
    span = facts["asset:1/volume_spike"].derivation.inputs[1]
    assert isinstance(span, RowRange)
    lines = "\n".join([*["100.0"] * 19, "", "5.0"])  # as the store digests them, an empty line for no volume
    assert (span.rows, span.sha256) == (21, hashlib.sha256(lines.encode()).hexdigest())


def onchain(name: str, source: str, value: float, age: int = 0) -> OnchainSeen:
    """Bitcoin's market value of one day."""
    return OnchainSeen(BITCOIN, name, source, (AS_OF - timedelta(days=age),), (value,), FETCHED)


def dominance(snapshot: Snapshot, *values: OnchainSeen) -> Fact | None:
    return briefing_material(replace(snapshot, onchain=values)).facts.get("asset:1/dominance")


def test_dominance_is_of_one_day_and_of_one_source_where_it_can_be(snapshot_factory: Make) -> None:
    totals = (metric(TOTAL, 4e12, source="other"), metric(TOTAL, 2e12), metric(TOTAL, 1.9e12, age=1))
    made = snapshot_factory(closes=CLOSES, market=totals)
    fact = dominance(made, onchain("asset.market_cap_usd", "sandbox", 1e12))
    assert fact is not None
    assert (fact.value, fact.as_of, fact.unit, fact.state) == (Decimal("50.0"), AS_OF, Unit.PCT, State.FRESH)
    own, total = fact.derivation.inputs
    assert own == RowRef(
        "metric",
        (("day", "2025-10-10"), ("source", "sandbox"), ("name", "asset.market_cap_usd"), ("asset_id", "1")),
        *("value", "1000000000000.0"),
    )
    assert isinstance(total, RowRef)
    assert (dict(total.key)["source"], total.value) == ("sandbox", "2000000000000.0")
    third = dominance(made, onchain("onchain.market_cap_usd", "chain", 1e12))
    assert third is not None
    assert third.value == Decimal("25.0")  # of the first source that has the day


@pytest.mark.parametrize(("value", "age"), [(1e12, 3), (5e12, 0), (0.0, 0)])
def test_a_value_of_another_day_or_no_part_of_the_total_is_no_dominance(
    snapshot_factory: Make, value: float, age: int
) -> None:
    made = snapshot_factory(closes=CLOSES, market=(metric(TOTAL, 2e12),))
    assert dominance(made, onchain("asset.market_cap_usd", "sandbox", value, age)) is None


def test_what_is_reported_is_told_beside_the_same_of_a_month_before(snapshot_factory: Make) -> None:
    market = (metric(TOTAL, 3.5e12), metric(TOTAL, 3.1e12, age=30), metric(SHARE, 21.7), metric(SHARE, 20.0, age=30))
    made = briefing_material(snapshot_factory(closes=CLOSES, market=market))
    (claim,) = [claim for claim in made.claims if claim.template == "figure_change"]
    assert [(fact.value, fact.as_of) for fact in claim.facts] == [
        (Decimal("3.1E+12"), date(2025, 9, 10)), (Decimal("3.5E+12"), AS_OF),
    ]  # fmt: skip
    assert {fact.state for fact in claim.facts} == {State.FRESH}
    templates = {claim.template for claim in made.claims}
    assert "high_grade_share" in templates
    assert "total_market_cap" not in templates


def test_a_figure_of_the_market_that_is_old_is_not_told(snapshot_factory: Make) -> None:
    facts = facts_given(snapshot_factory, market=(metric(TOTAL, 3.1e12, age=30),))
    assert "market/total_market_cap" not in facts
