"""Past days at today's weights, worked out from the closes that the market was made of."""

from datetime import date, timedelta

import numpy as np
import pytest

from agent.ask.tools import ToolStatus
from agent.ask.toolset.desk import Tools
from agent.ask.toolset.result import ToolResult
from agent.briefing import remembered
from agent.claims.claim import Claim
from agent.claims.fact import Fact, RowRange, RowRef
from agent.claims.forms import clauses, compose
from agent.claims.verify import verify_sentence
from agent.store.engine import Store
from agent.store.reading import read_range, read_row
from tests.agent.measuring.held_market import YOUNG, closes, held_market, wanted
from tests.agent.measuring.market import LAST

AMOUNTS = np.array([0.5, 2.0, 1.25, 4.0])
PRICES = closes(1, 2, 3, 4)
RETURNS = PRICES[1:] / PRICES[:-1] - 1  # row -1 is of the last day
VALUES = PRICES[-1] * AMOUNTS
MIX = RETURNS @ (VALUES / VALUES.sum())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


def asked(store: Store, portfolio: str = "plain", day: date | None = None) -> ToolResult:
    wish = {"view": "stress"} | ({} if day is None else {"day": day.isoformat()})
    return Tools(store, wanted(portfolio), "seed").run("portfolio", wish)


def of(found: ToolResult, template: str) -> list[Claim]:
    return [claim for claim in found.claims if claim.template == template]


def numbers(claim: Claim) -> list[float]:
    return [float(fact.value or 0) for fact in claim.facts]


def text(found: ToolResult, claim: Claim) -> str:
    """The claim in its first wording; each of its wordings verifies."""
    sentences = [compose([(claim, clause)]) for clause in clauses(claim, found.entities, LAST)]
    for sentence in sentences:
        assert verify_sentence(sentence, {claim.claim_id: claim}, found.entities, LAST) == ()
    return sentences[0].text


def test_bitcoins_worst_days_come_the_worst_for_the_portfolio_first(store: Store) -> None:
    found = asked(store)
    worst = np.argsort(RETURNS[:, 0])[:5]
    expected = sorted(worst, key=lambda row: MIX[row])
    told = of(found, "stress_day")
    assert [numbers(claim) for claim in told] == [
        pytest.approx([MIX[row] * 100, MIX[row] * VALUES.sum(), RETURNS[row, 0] * 100]) for row in expected
    ]
    days = [LAST - timedelta(days=len(RETURNS) - 1 - int(row)) for row in expected]
    assert [(fact.start, fact.as_of) for fact in (claim.facts[0] for claim in told)] == [(day, LAST) for day in days]
    assert [(claim.facts[2].as_of, claim.facts[2].subject) for claim in told] == [(day, "asset:1") for day in days]
    assert (found.rows, found.universe, found.note) == (5, "days of the stored history", "")


def test_the_day_that_is_asked_for_comes_first(store: Store) -> None:
    day = LAST - timedelta(days=3)
    told = of(asked(store, day=day), "stress_day")
    assert [claim.facts[0].start == day for claim in told] == [True] + [False] * 5
    assert told[0].salience == max(claim.salience for claim in told)
    assert numbers(told[0])[0] == pytest.approx(MIX[-4] * 100)


def test_a_fall_of_bitcoin_is_the_one_that_the_view_of_risk_tells(store: Store) -> None:
    tools = Tools(store, wanted(), "seed")
    shocks = [
        claim.facts
        for view in ("risk", "stress")
        for claim in tools.run("portfolio", {"view": view}).claims
        if claim.template == "shock"
    ]
    assert len(shocks) == 2
    assert shocks[0] == shocks[1]


def test_of_a_day_with_a_price_of_a_part_only_the_part_is_told(store: Store) -> None:
    found = asked(store, "young", LAST - timedelta(days=100))
    prices = closes(1, 2, YOUNG)
    share = prices[-1, :2].sum() / prices[-1].sum()
    change = (prices[-101, :2] / prices[-102, :2] - 1) @ prices[-1, :2] / prices[-1, :2].sum()
    first = of(found, "stress_day_part")[0]
    assert numbers(first) == pytest.approx([share * 100, change * 100, RETURNS[-101, 0] * 100])
    assert of(found, "stress_day") == []
    assert found.note == f"without a price on some of these days: C{YOUNG}"


def test_every_sentence_verifies_and_every_figure_leads_to_stored_rows(store: Store) -> None:
    facts: dict[str, Fact] = {}
    for portfolio in ("plain", "young", "single"):
        found = asked(store, portfolio, LAST)
        assert all(text(found, claim) for claim in found.claims)
        facts |= {fact.fact_id: fact for fact in found.facts}
    inputs = {item for fact in facts.values() for item in fact.derivation.inputs}
    assert {type(item) for item in inputs} >= {RowRef, RowRange}
    with store.reader() as session:
        for item in inputs:
            if isinstance(item, RowRef):
                row = read_row(session, item.table, item.key)
                assert row is not None
                assert row.values[item.column] == item.value
            elif isinstance(item, RowRange) and item.rows:
                assert (
                    read_range(session, item.table, item.key, item.column, item.first, item.last).sha256 == item.sha256
                )


def test_a_day_is_named_in_the_real_market_only(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2025, 4, 6)
    invented = asked(store, day=day)
    assert text(invented, invented.claims[0]).startswith("On 6 April 2025, your portfolio")
    monkeypatch.setattr(remembered, "_INVENTED", "another market")
    real = asked(store, day=day)
    assert text(real, real.claims[0]).startswith("On 6 April 2025 (US tariffs), your portfolio")
    labels = {claim.facts[0].start: claim.facts[0].label for claim in of(real, "stress_day")}
    assert labels[date(2024, 8, 5)] == "yen carry trades unwound"
    assert [day for day, label in labels.items() if label is None]  # others of Bitcoin's worst days have no name


def test_without_a_price_of_today_nothing_is_told_and_the_reason_is(store: Store) -> None:
    found = asked(store, "unpriced", LAST - timedelta(days=3))
    assert (found.status, found.claims) == (ToolStatus.EMPTY, ())
    assert found.note == (
        "not known: no close on 2025-10-10 of Gone; not known of 7 October 2025: no close on 2025-10-10 of Gone"
    )


def test_a_day_before_the_stored_history_is_refused(store: Store) -> None:
    found = asked(store, day=date(2020, 3, 12))
    assert found.status is ToolStatus.REJECTED
    assert "2020-03-12 is not in the stored history" in found.note


def test_an_empty_portfolio_has_no_bad_days(store: Store) -> None:
    assert asked(store, "empty").status is ToolStatus.EMPTY
