"""Questions about the reader's own indices: every figure by hand from the stored returns and closes."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest

from agent.ask.tools import ToolStatus
from agent.ask.toolset.desk import Tools
from agent.ask.toolset.result import ToolResult
from agent.claims.fact import Fact, Metric, RowRange, RowRef, State, Unit
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.own_indices import IndexRuleRow, OwnIndex, create_index_rule, put_own_index
from agent.store.reading import read_range, read_row
from tests.agent.ask.toolset.asked_market import CLOSES, change_pct, claim_of, near, ok, texts, tools_of
from tests.agent.ask.toolset.verified import violations
from tests.agent.measuring.market import LAST, NOW

ONE = timedelta(days=1)
YEAR = 400
LEVELS = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0.001, 0.02, YEAR)))
HOLE = 20  # days back that "majors" has no level of


def returns_of(levels: np.ndarray, last: date) -> list[tuple[date, float]]:
    days = [last - back * ONE for back in range(len(levels) - 1, -1, -1)]
    return [(day, float(level) / 100 - 1) for day, level in zip(days, levels, strict=True)]


@pytest.fixture(scope="module")
def store(asked: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The market with an index of 400 days, one of ten days that ended a week ago, and one without a level."""
    made = Store(Path(copyfile(asked.path, tmp_path_factory.mktemp("indexed") / "indexed.db")))
    majors = [(day, value) for day, value in returns_of(LEVELS, LAST) if day != LAST - HOLE * ONE]
    with made.writer() as session:
        for name in ("stale", "majors", "new", "year"):
            create_index_rule(session, IndexRuleRow(name, {"universe": 2}, NOW))
        put_own_index(session, OwnIndex("majors", [*majors, (LAST + ONE, 9.0)], []), NOW)
        put_own_index(session, OwnIndex("year", returns_of(LEVELS[-366:], LAST), []), NOW)
        put_own_index(session, OwnIndex("stale", returns_of(np.linspace(100, 91, 10), LAST - 7 * ONE), []), NOW)
    return made


@pytest.fixture
def tools(store: Store) -> Tools:
    return tools_of(store)


def of(result: ToolResult, name: str) -> Mapping[str, list[tuple[Fact, ...]]]:
    """The facts of the claims about an index, by template."""
    found: dict[str, list[tuple[Fact, ...]]] = {}
    for claim in result.claims:
        if claim.facts[0].subject == f"index:{name}":
            found.setdefault(claim.template, []).append(claim.facts)
    return found


def test_an_index_is_told_with_its_level_and_changes(tools: Tools) -> None:
    told = of(ok(tools, "index", name="Majors"), "majors")
    [(level, day)] = told["index_level"]
    assert near(level, LEVELS[-1])
    assert (level.unit, level.source, level.state, level.as_of) == (Unit.RATIO, "coinbrief", State.FRESH, LAST)
    assert near(day, (LEVELS[-1] / LEVELS[-2] - 1) * 100)
    assert (day.window, day.start) == ("1d", LAST - ONE)
    changes = {fact.window: fact for (fact,) in told["change"]}
    assert changes.keys() == {"7d", "30d", "365d"}
    for window, fact in changes.items():
        assert near(fact, (LEVELS[-1] / LEVELS[-1 - int((window or "").removesuffix("d"))] - 1) * 100)


def test_bitcoin_stands_beside_it_over_the_same_days(tools: Tools) -> None:
    told = of(ok(tools, "index", name="majors"), "majors")
    [(own, other)] = told["versus"]
    assert (own.window, other.window, other.subject, other.as_of) == ("30d", "30d", "asset:1", LAST)
    assert near(other, change_pct(1, 30))
    [(own, other)] = told["index_since"]
    first = LAST - (YEAR - 1) * ONE
    assert (own.start, other.start, own.window, other.window) == (first, first, None, None)
    assert near(own, (LEVELS[-1] / LEVELS[0] - 1) * 100)
    assert near(other, change_pct(1, YEAR - 1))


def test_a_change_since_the_first_level_is_not_told_twice(tools: Tools) -> None:
    told = of(ok(tools, "index", name="year"), "year")
    assert told["index_since"][0][0].start == LAST - 365 * ONE
    assert [fact.window for (fact,) in told["change"]] == ["7d", "30d"]


def test_its_risk_is_measured_on_the_days_that_it_has_a_level_of(tools: Tools) -> None:
    [(volatility, fall)] = of(ok(tools, "index", name="majors"), "majors")["index_risk"]
    known = LEVELS.copy()
    known[-1 - HOLE] = np.nan
    returns = known[1:] / known[:-1] - 1
    assert near(volatility, float(np.nanstd(returns[-90:], ddof=1) * np.sqrt(365) * 100))
    year = known[-366:]
    assert near(fall, float(np.nanmin(year / np.fmax.accumulate(year) - 1) * 100))
    assert (volatility.window, fall.window) == ("90d", "365d")
    assert (volatility.metric, fall.metric) == (Metric.VOLATILITY, Metric.MAX_DRAWDOWN)


def test_an_index_that_was_not_tracked_to_the_day_stood_somewhere_on_its_own_day(tools: Tools) -> None:
    told = of(ok(tools, "index", name="stale"), "stale")
    assert told.keys() == {"index_stood", "index_since", "change"}  # ten days have no 30 days and no risk
    [(level,)] = told["index_stood"]
    assert near(level, 91)
    assert (level.as_of, level.state) == (LAST - 7 * ONE, State.STALE)
    [(own, other)] = told["index_since"]
    assert near(own, -9)
    assert other.as_of == LAST - 7 * ONE
    assert near(other, float((CLOSES[-8, 0] / CLOSES[-17, 0] - 1) * 100))


def test_all_are_told_and_what_has_no_level_is_named(tools: Tools) -> None:
    found = ok(tools, "index")
    assert {claim.facts[0].subject for claim in found.claims} == {"index:majors", "index:stale", "index:year"}
    assert (found.rows, found.universe, found.truncated) == (4, "indices", False)
    assert "the index new has no level yet: `coinbrief index track new`" in found.note


def test_a_name_that_is_not_there_is_answered_with_those_that_are(tools: Tools, asked: Store) -> None:
    found = tools.run("index", {"name": "defi"})
    assert (found.status, found.note) == (
        ToolStatus.EMPTY,
        "you have no index of that name; there are majors, new, stale, year",
    )
    assert "`coinbrief index create` makes one" in tools_of(asked).run("index", {"name": "defi"}).note


def test_only_the_first_of_many_are_told(store: Store, tmp_path: Path) -> None:
    many = Store(Path(copyfile(store.path, tmp_path / "many.db")))
    with many.writer() as session:
        for number in range(6):
            create_index_rule(session, IndexRuleRow(f"a{number}", {}, NOW))
    found = tools_of(many).run("index", {})
    assert (found.rows, found.truncated) == (10, True)


def test_without_bitcoin_nothing_is_compared_with_it(store: Store, tmp_path: Path) -> None:
    alone = Store(Path(copyfile(store.path, tmp_path / "alone.db")))
    with alone.writer() as session:
        raw_connection(session).execute("UPDATE asset SET slug = NULL WHERE asset_id = 1")
    told = of(ok(tools_of(alone), "index"), "majors")
    assert told.keys() == {"index_level", "change", "index_risk"}


def test_every_figure_is_traced_to_rows_that_read_the_same(tools: Tools, store: Store) -> None:
    inputs = {item for fact in ok(tools, "index").facts for item in fact.derivation.inputs}
    assert {item.table for item in inputs if isinstance(item, RowRef)} == {"index_value", "bar_daily"}
    with store.reader() as session:
        for item in inputs:
            if isinstance(item, RowRef):
                row = read_row(session, item.table, item.key)
                assert row is not None
                assert row.values[item.column] == item.value
            else:
                assert isinstance(item, RowRange)
                span = read_range(session, item.table, item.key, item.column, item.first, item.last)
                assert (span.sha256, len(span.days)) == (item.sha256, item.rows)


def test_levels_of_later_days_are_not_seen(tools: Tools) -> None:
    assert claim_of(ok(tools, "index", name="majors"), "index_level").facts[0].as_of == LAST


def test_every_sentence_is_read_as_it_is_meant(tools: Tools) -> None:
    found = ok(tools, "index")
    assert violations(tools, found) == []
    told = texts(tools, found)
    assert 'The index "stale" stood at 91.00, as of 3 October 2025.' in told
    assert any(text.startswith('Since 6 September 2024, the index "majors" has gained ') for text in told)
