"""Facts are drafted under keys and sealed under ids that say nothing, the same every time."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.claims.book import FactBook, digest, exact, short_id
from agent.claims.fact import Derivation, Fact, FactRef, Metric, RowRef, State, Unit

DAY = date(2025, 10, 10)
FETCHED = datetime(2025, 10, 11, 0, 20, tzinfo=UTC)
ROW = RowRef("bar_daily", (("day", "2025-10-10"),), "close_usd", "1.5")


def book(fetched_at: datetime = FETCHED) -> FactBook:
    return FactBook(DAY, "sandbox", fetched_at)


def close(target: FactBook, key: str = "asset:1/close", value: Decimal | float | None = 1.5, **more: object) -> str:
    origin = Derivation("close", "the close", (ROW,))
    return target.add(key, "asset:1", Metric.CLOSE, Unit.USD, value, origin, **more)


def test_a_draft_takes_day_source_and_time_from_its_book() -> None:
    drafts = book()
    assert close(drafts) == "asset:1/close"
    (fact,) = drafts.seal("seed").facts.values()
    assert (fact.as_of, fact.source, fact.fetched_at, fact.state) == (DAY, "sandbox", FETCHED, State.FRESH)
    assert fact.value == Decimal("1.5")


def test_a_draft_may_say_otherwise() -> None:
    drafts = book()
    close(drafts, as_of=DAY - timedelta(days=1), source="files", state=State.STALE)
    (fact,) = drafts.seal("seed").facts.values()
    assert (fact.as_of, fact.source, fact.state) == (date(2025, 10, 9), "files", State.STALE)


def test_a_key_holds_one_fact() -> None:
    drafts = book()
    close(drafts)
    assert close(drafts) in drafts
    assert "asset:2/close" not in drafts
    with pytest.raises(ValueError, match="two different facts are drafted under 'asset:1/close'"):
        close(drafts, value=1.6)


@pytest.mark.parametrize(("value", "spelled"), [(0.1 + 0.2, "0.30000000000000004"), (1e-7, "1E-7"), (3.0, "3.0")])
def test_a_float_is_taken_by_its_shortest_spelling(value: float, spelled: str) -> None:
    assert str(exact(value)) == spelled
    assert exact(Decimal("1.10")) == Decimal("1.10")
    assert exact(None) is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_not_a_number_is_no_value(value: float | Decimal) -> None:
    with pytest.raises(ValueError, match="asset:1/close"):
        close(book(), value=value)


def test_ids_are_the_same_for_a_seed_and_differ_between_seeds() -> None:
    sealed = []
    for seed in ("a", "a", "b"):
        drafts = book()
        close(drafts)
        sealed.append(drafts.seal(seed).facts["asset:1/close"].fact_id)
    assert sealed[0] == sealed[1] != sealed[2]
    assert re.fullmatch("[a-z2-9]{6}", sealed[0])


def test_an_id_does_not_depend_on_the_other_facts() -> None:
    few, many = book(), book()
    close(few)
    for number in range(200):
        close(many, f"asset:{number}/close", float(number))
    close(many, "asset:1/high")
    assert few.seal("s").facts["asset:1/close"].fact_id == many.seal("s").facts["asset:1/close"].fact_id


@settings(max_examples=20)
@given(keys=st.sets(st.text(max_size=8), max_size=300), seed=st.text(max_size=5))
def test_ids_are_distinct(keys: set[str], seed: str) -> None:
    drafts = book()
    for key in keys:
        close(drafts, key)
    ids = [fact.fact_id for fact in drafts.seal(seed).facts.values()]
    assert len(set(ids)) == len(keys)


def test_references_are_sealed_with_the_fact_they_name() -> None:
    drafts = book()
    close(drafts)
    origin = Derivation("product", "amount x close", (ROW, FactRef("asset:1/close")))
    drafts.add("asset:1/value", "asset:1", Metric.VALUE, Unit.USD, Decimal(3), origin)
    sealed = drafts.seal("s").facts
    assert sealed["asset:1/value"].derivation.inputs == (ROW, FactRef(sealed["asset:1/close"].fact_id))


def test_a_reference_to_nothing_is_an_error() -> None:
    drafts = book()
    origin = Derivation("product", "amount x close", (FactRef("asset:1/close"),))
    drafts.add("asset:1/value", "asset:1", Metric.VALUE, Unit.USD, Decimal(3), origin)
    with pytest.raises(KeyError):
        drafts.seal("s")


def test_the_digest_does_not_depend_on_when_it_was_fetched_or_drafted_first() -> None:
    early, late = book(), book(FETCHED + timedelta(days=3))
    close(early)
    close(early, "other")
    close(late, "other")
    close(late)
    assert early.seal("a").sha256 == late.seal("b").sha256


CHANGES: list[Callable[[Fact], Fact]] = [
    lambda fact: replace(fact, subject="asset:2"),
    lambda fact: replace(fact, metric=Metric.BREAKOUT),
    lambda fact: replace(fact, unit=Unit.PCT),
    lambda fact: replace(fact, value=Decimal("1.50")),
    lambda fact: replace(fact, value=None),
    lambda fact: replace(fact, as_of=DAY - timedelta(days=1)),
    lambda fact: replace(fact, state=State.STALE),
    lambda fact: replace(fact, source="files"),
    lambda fact: replace(fact, label="x"),
    lambda fact: replace(fact, window="1d"),
    lambda fact: replace(fact, start=DAY),
    lambda fact: replace(fact, other="asset:2"),
    lambda fact: replace(fact, qualifier="tm"),
    lambda fact: replace(fact, threshold=Decimal(80)),
    lambda fact: replace(fact, universe="tracked"),
    lambda fact: replace(fact, universe_size=3),
    lambda fact: replace(fact, rank=1),
    lambda fact: replace(fact, rank_from_bottom=True),
    lambda fact: replace(fact, derivation=replace(fact.derivation, formula="x")),
    lambda fact: replace(fact, derivation=replace(fact.derivation, inputs=(replace(ROW, value="1.6"),))),
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_digest_depends_on_everything_else(change: Callable[[Fact], Fact]) -> None:
    drafts = book()
    key = close(drafts)
    fact = replace(drafts.seal("s").facts[key], fact_id=key)
    assert digest({key: fact}) != digest({key: change(fact)})
    assert digest({key: fact}) == digest({key: replace(fact, fetched_at=FETCHED + timedelta(days=1))})


def test_a_short_id_depends_on_seed_and_key() -> None:
    assert len({short_id("a", "x"), short_id("b", "x"), short_id("a", "y")}) == 3
    assert short_id("a", "x") == short_id("a", "x")
