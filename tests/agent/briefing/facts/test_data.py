"""What is late, missing, failed and new is a fact of its own, and is told."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from agent.briefing.material import Material, briefing_material
from agent.briefing.safe import safe_sentences
from agent.briefing.snapshot import NewSignal, PreviousBriefing, SignalSeen, Snapshot
from agent.claims import forms
from agent.claims.claim import SectionKey
from agent.claims.fact import Metric, RowRef, State, Unit
from tests.agent.briefing.snapshots import AS_OF, BITCOIN, COSMOS, ETHEREUM, FETCHED, NAN, run, steady, walk

Make = Callable[..., Snapshot]
CLOSES = {BITCOIN: walk(1), ETHEREUM: walk(2)}
GAPS, SINCE = SectionKey.GAPS, SectionKey.SINCE_LAST


def told(made: Material, section: SectionKey) -> list[str]:
    claims = [claim for claim in made.claims if claim.section is section]
    return [forms.sentence(claim, made.entities, made.snapshot.as_of).text for claim in claims]


def test_a_missing_bar_is_counted_and_named(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes={**CLOSES, COSMOS: steady(5.0, NAN)}))
    fact = made.facts["data/coverage"]
    assert (fact.value, fact.universe, fact.universe_size, fact.as_of) == (2, "tracked", 3, AS_OF)
    key = (("day", "2025-10-10"), ("source", "sandbox"), ("asset_id", "3"))
    assert fact.derivation.inputs == (RowRef("bar_daily", key, "close_usd", None),)
    assert told(made, GAPS) == ["2 of 3 tracked coins have a bar for 10 October 2025."]


def test_a_day_that_has_not_come_has_no_bar_at_all(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes=CLOSES, late_days=2))
    fact = made.facts["data/coverage"]
    assert (fact.value, fact.as_of, fact.derivation.inputs) == (0, AS_OF + timedelta(days=2), ())
    assert told(made, GAPS) == ["0 of 2 tracked coins have a bar for 12 October 2025."]


def test_full_coverage_is_no_gap(snapshot_factory: Make) -> None:
    snapshot = snapshot_factory(closes=CLOSES, runs=(run("daily_bars"),))
    made = briefing_material(snapshot)
    assert told(made, GAPS) == []
    assert safe_sentences(snapshot, made.claims)[GAPS] == forms.NO_GAPS


@pytest.mark.parametrize(
    ("error", "why", "state"),
    [
        ("RateLimited", "rate limited", State.RATE_LIMITED),
        ("QuotaSpent", "quota spent", State.RATE_LIMITED),
        ("Unavailable", "unavailable", State.MISSING),
        ("Unauthorized", "not authorised", State.MISSING),
        ("BadRequest", "bad request", State.MISSING),
        ("BadPayload", "unreadable answer", State.MISSING),
        ("SomethingNew", "unavailable", State.MISSING),
    ],
)
def test_a_failed_collection_says_why(snapshot_factory: Make, error: str, why: str, state: State) -> None:
    made = briefing_material(snapshot_factory(closes=CLOSES, runs=(run("trader_grades", error, received=0),)))
    fact = made.facts["data/failed_sandbox_trader_grades"]
    assert (fact.subject, fact.label, fact.qualifier, fact.state) == ("source:sandbox", why, "trader_grades", state)
    assert (fact.metric, fact.unit, fact.source) == (Metric.AVAILABILITY, Unit.TEXT, "sandbox")
    key = (("source", "sandbox"), ("kind", "trader_grades"), ("finished_at", FETCHED.isoformat()))
    assert fact.derivation.inputs == (RowRef("collection_run", key, "status", "failed"),)
    assert told(made, GAPS) == [f"Collecting trader grades from the sandbox market failed: {why}."]


@pytest.mark.parametrize("kind", ["daily_bars", "grades"])
def test_an_interrupted_collection_failed_and_was_not_empty(snapshot_factory: Make, kind: str) -> None:
    made = briefing_material(snapshot_factory(closes=CLOSES, runs=(run(kind, received=0, status="failed"),)))
    assert told(made, GAPS) == [
        f"Collecting {kind.replace('_', ' ')} from the sandbox market failed: unavailable.",
    ]


def test_an_empty_collection_is_no_failure(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes=CLOSES, runs=(run("trader_grades", received=0), run("assets"))))
    assert told(made, GAPS) == ["The sandbox market gave no trader grades."]


def test_gaps_are_mandatory(snapshot_factory: Make) -> None:
    runs = (run("grades", "Unavailable"), run("sentiment", received=0))
    made = briefing_material(snapshot_factory(closes={**CLOSES, COSMOS: steady(5.0, NAN)}, runs=runs,
                                              holdings={COSMOS: "1"}))  # fmt: skip
    gaps = [claim for claim in made.claims if claim.section is GAPS]
    assert {claim.template for claim in gaps} == {"coverage", "stale", "missing", "source_failed", "source_empty"}
    assert all(claim.mandatory for claim in gaps)


NEW = (NewSignal(AS_OF, BITCOIN, "breakout_up"), NewSignal(AS_OF, ETHEREUM, "breakout_down"))
YESTERDAY = PreviousBriefing(AS_OF, AS_OF - timedelta(days=1))  # written on the 10th, with data to the 9th


def test_since_the_last_briefing_is_from_the_last_close_it_knew(snapshot_factory: Make) -> None:
    closes = {BITCOIN: steady(100.0, 80.0, 90.0, 99.0), ETHEREUM: steady(10.0, 12.0, 10.0, 8.0)}
    previous = PreviousBriefing(AS_OF - timedelta(days=1), AS_OF - timedelta(days=2))
    made = briefing_material(
        snapshot_factory(closes=closes, holdings={BITCOIN: "2", ETHEREUM: "5"}, previous=previous,
                         new_signals=NEW)
    )  # fmt: skip
    change, money = made.facts["portfolio/change_since"], made.facts["portfolio/value_change_since"]
    assert money.value == 2 * 19 - 5 * 4  # from 80 to 99, from 12 to 8
    assert float(change.value or 0) == pytest.approx(18 / 220 * 100)
    assert (change.window, change.start) == ("since", date(2025, 10, 9))
    days = [
        dict(row.key)["day"] for row in change.derivation.inputs if isinstance(row, RowRef) and row.table != "holding"
    ]
    assert days == ["2025-10-08", "2025-10-08", "2025-10-10", "2025-10-10"]
    assert told(made, SINCE) == [
        "Your portfolio has risen 8.2% since the briefing of 9 October 2025, a gain of $18.00.",
        "Ethereum has fallen 33.3% since the briefing of 9 October 2025.",
        "2 signals are new since the briefing of 9 October 2025.",
    ]


def test_new_signals_are_traced_to_their_rows(snapshot_factory: Make) -> None:
    made = briefing_material(
        snapshot_factory(closes=CLOSES, previous=YESTERDAY, new_signals=(NewSignal(AS_OF, BITCOIN, "breakout_up"),))
    )
    fact = made.facts["since/new_signals"]
    key = (("day", "2025-10-10"), ("source", "sandbox"), ("asset_id", "1"), ("sector", ""), ("name", "breakout_up"))
    assert (fact.value, fact.derivation.inputs) == (Decimal(1), (RowRef("signal", key, "name", "breakout_up"),))


def test_nothing_is_said_since_a_briefing_on_the_same_close(snapshot_factory: Make) -> None:
    snapshot = snapshot_factory(
        closes=CLOSES, holdings={BITCOIN: "1"}, previous=PreviousBriefing(AS_OF, AS_OF), new_signals=()
    )
    made = briefing_material(snapshot)
    assert told(made, SINCE) == []
    assert safe_sentences(snapshot, made.claims)[SINCE] == forms.NO_NEWER_CLOSE


def test_nothing_is_said_since_a_briefing_before_the_history(snapshot_factory: Make) -> None:
    long_ago = PreviousBriefing(AS_OF - timedelta(days=500), AS_OF - timedelta(days=501))
    made = briefing_material(snapshot_factory(closes=CLOSES, holdings={BITCOIN: "1"}, previous=long_ago))
    assert told(made, SINCE) == []


def test_cents_that_stand_still_are_told_in_per_cent_only(snapshot_factory: Make) -> None:
    made = briefing_material(
        snapshot_factory(closes={BITCOIN: steady(1.0, 1.05)}, holdings={BITCOIN: "0.05"}, previous=YESTERDAY)
    )
    assert told(made, SINCE)[0] == "Your portfolio has risen 5.0% since the briefing of 10 October 2025."


def test_safe_sentences_are_given_only_where_they_hold(snapshot_factory: Make) -> None:
    fired = (SignalSeen(BITCOIN, "rsi_oversold", -1, 29.9),)
    bare = snapshot_factory(closes={BITCOIN: [100.0, 101.0]})
    assert safe_sentences(bare, briefing_material(bare).claims) == {
        SINCE: forms.FIRST_BRIEFING,
        SectionKey.PORTFOLIO: forms.NO_HOLDING,
        SectionKey.SIGNALS: forms.NO_SIGNAL,
        GAPS: forms.NO_GAPS,
    }
    full = snapshot_factory(
        closes={BITCOIN: steady(100.0, 101.0)}, holdings={BITCOIN: "1"}, previous=YESTERDAY, signals=fired, late_days=1
    )
    assert safe_sentences(full, briefing_material(full).claims) == {}
