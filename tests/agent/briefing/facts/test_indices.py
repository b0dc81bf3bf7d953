"""Facts about the reader's own indices, and what a briefing may say of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from agent.briefing.drafts.indices import index_drafts
from agent.briefing.facts.asset import add_asset_facts, asset_figures
from agent.briefing.facts.index_levels import IndexLevels
from agent.briefing.facts.indices import add_index_facts
from agent.briefing.snapshot import IndexSeen, Snapshot
from agent.claims.book import FactBook
from agent.claims.fact import Fact, Metric, RowRange, RowRef, State
from agent.store.reading import values_sha256
from tests.agent.briefing.snapshots import AS_OF, BITCOIN, FETCHED, NAN, walk

Make = Callable[..., Snapshot]
ONE = timedelta(days=1)


def index(name: str, *levels: float, last: date = AS_OF) -> IndexSeen:
    """An index with these levels up to its last day, NaN where it had none."""
    days = [last - back * ONE for back in range(len(levels) - 1, -1, -1)]
    known = [(day, level / 100 - 1) for day, level in zip(days, levels, strict=True) if np.isfinite(level)]
    return IndexSeen(name, tuple(day for day, _ in known), tuple(value for _, value in known), FETCHED)


@pytest.fixture
def plain(snapshot_factory: Make) -> Snapshot:
    return snapshot_factory(closes={BITCOIN: walk(1)}, holdings={BITCOIN: "1"})


def drafted(snapshot: Snapshot) -> tuple[dict[str, Fact], list[tuple[str, tuple[str, ...]]]]:
    """The facts, and template and keys of the drafts whose facts are all there."""
    book = FactBook(snapshot.as_of, snapshot.source, snapshot.fetched_at)
    add_index_facts(book, snapshot)
    add_asset_facts(book, snapshot, asset_figures(snapshot), BITCOIN)
    facts = dict(book.seal("seed").facts)
    drafts = [draft for draft in index_drafts(snapshot, facts) if all(key in facts for key in draft.keys)]
    assert {(draft.section, draft.salience) for draft in drafts} <= {("market", 0.35)}
    return facts, [(draft.template, draft.keys) for draft in drafts]


def test_an_index_is_told_with_its_day_and_against_bitcoin_over_a_week(plain: Snapshot) -> None:
    levels = (100.0, 104.0, 103.0, 102.0, 101.0, 105.0, 106.0, 110.0, 121.0)
    facts, drafts = drafted(replace(plain, indices=(index("majors", *levels),)))
    assert drafts == [
        ("index_level", ("index:majors/level", "index:majors/change_1d")),
        ("versus", ("index:majors/change_7d", "asset:1/change_7d")),
    ]
    level, day, week = (facts[f"index:majors/{name}"] for name in ("level", "change_1d", "change_7d"))
    assert float(level.value or 0) == pytest.approx(121)
    assert (level.metric, level.as_of, level.source) == (Metric.INDEX_LEVEL, AS_OF, "coinbrief")
    assert float(day.value or 0) == pytest.approx(10)
    assert float(week.value or 0) == pytest.approx((121 / 104 - 1) * 100)
    assert (week.window, week.start, week.state) == ("7d", AS_OF - 7 * ONE, State.FRESH)
    key = (("source", "coinbrief"), ("index_id", "majors"))
    assert day.derivation.inputs == (
        RowRef("index_value", (("day", "2025-10-10"), *key), "cumulative_return", repr(121 / 100 - 1)),
        RowRef("index_value", (("day", "2025-10-09"), *key), "cumulative_return", repr(110 / 100 - 1)),
    )


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (index("a", 100.0), [("index_stood", ("index:a/level",))]),
        (index("a", 100.0, NAN, 90.0), [("index_stood", ("index:a/level",))]),
        (index("a", 100.0, 90.0), [("index_level", ("index:a/level", "index:a/change_1d"))]),
        (index("a", 0.0, 0.0), [("index_stood", ("index:a/level",))]),
        (index("a", *[100.0] * 9, last=AS_OF - ONE), [("index_stood", ("index:a/level",))]),
    ],
)
def test_of_a_ragged_index_only_what_is_known_is_told(
    plain: Snapshot, seen: IndexSeen, told: list[tuple[str, tuple[str, ...]]]
) -> None:
    facts, drafts = drafted(replace(plain, indices=(seen,)))
    assert drafts == told
    fresh = seen.days[-1] == AS_OF
    level = facts["index:a/level"]
    assert (level.as_of, level.state) == (seen.days[-1], State.FRESH if fresh else State.STALE)


def test_without_bitcoin_nothing_is_compared(snapshot_factory: Make) -> None:
    alone = snapshot_factory(closes={BITCOIN: walk(1)}, slugs={})
    _, drafts = drafted(replace(alone, indices=(index("a", *[100.0] * 9),)))
    assert [template for template, _ in drafts] == ["index_level"]


def test_no_more_than_three_are_told_and_late_ones_last(plain: Snapshot) -> None:
    late = index("a", 100.0, 90.0, last=AS_OF - ONE)
    others = [index(name, 100.0, 90.0) for name in ("e", "d", "c", "b")]
    _, drafts = drafted(replace(plain, indices=(late, *others)))
    assert [keys[0] for _, keys in drafts] == ["index:b/level", "index:c/level", "index:d/level"]
    _, drafts = drafted(replace(plain, indices=(late, *others[:2])))
    assert [keys[0] for _, keys in drafts] == ["index:d/level", "index:e/level", "index:a/level"]


def test_without_an_index_there_is_nothing(plain: Snapshot) -> None:
    facts, drafts = drafted(plain)
    assert drafts == []
    assert not [key for key in facts if key.startswith("index:")]


def test_risk_rests_on_the_stored_days_of_its_window(plain: Snapshot) -> None:
    levels = [*(100.0 + day for day in range(398)), NAN, 250.0]
    found = IndexLevels(index("a", *levels), plain.as_of).risk()
    assert found is not None
    volatility, fall = (figure.derivation.inputs[0] for figure in found)
    assert isinstance(volatility, RowRange)
    assert isinstance(fall, RowRange)
    assert (volatility.first, volatility.last, volatility.rows) == ("2025-07-12", "2025-10-10", 90)
    assert (fall.first, fall.rows) == ("2024-10-10", 365)
    assert volatility.sha256 == values_sha256([repr(x / 100 - 1) for x in levels[-91:] if np.isfinite(x)])
    assert found[1].value == pytest.approx((250 / 497 - 1) * 100)
    assert IndexLevels(index("a", *levels[-200:]), plain.as_of).risk() is None
    assert IndexLevels(index("a", 100.0), plain.as_of).since_first() is None
