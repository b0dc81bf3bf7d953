"""The worst day of the last year for the portfolio, against NumPy."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from agent.briefing.drafts.stress import stress_drafts
from agent.briefing.facts.portfolio import portfolio_key, portfolio_subject
from agent.briefing.facts.stress import STRESS, STRESS_USD, add_stress_facts, bitcoin_key
from agent.briefing.snapshot import Snapshot
from agent.claims.book import FactBook
from agent.claims.build import claims
from agent.claims.claim import Claim
from agent.claims.fact import Derivation, Fact, FactRef, Metric, RowRef, State, Unit
from agent.claims.forms import clauses, compose
from agent.claims.naming import entity_names
from agent.claims.verify import verify_sentence
from tests.agent.briefing.snapshots import (
    AS_OF,
    BITCOIN,
    COSMOS,
    DAYS,
    ETHEREUM,
    NAN,
    Given,
    make_snapshot,
    steady,
    walk,
)

AMOUNTS = {BITCOIN: "0.5", ETHEREUM: "2.25", COSMOS: "40"}
CLOSES = {asset_id: walk(asset_id) for asset_id in AMOUNTS}
PANEL = np.array([CLOSES[asset_id] for asset_id in AMOUNTS]).T
VALUES = PANEL[-1] * np.array([float(amount) for amount in AMOUNTS.values()])
RETURNS = PANEL[1:] / PANEL[:-1] - 1  # row r is of the day AS_OF - (DAYS - 2 - r)


def drafted(snapshot: Snapshot, worth: float = 1000.0) -> Mapping[str, Fact]:
    """The facts of a portfolio of which the value is known."""
    book = FactBook(snapshot.as_of, snapshot.source, snapshot.fetched_at)
    given = Derivation("given", "by hand", ())
    book.add(portfolio_key("value"), portfolio_subject(snapshot), Metric.VALUE, Unit.USD, worth, given)
    add_stress_facts(book, snapshot)
    return book.seal("seed").facts


def made(snapshot: Snapshot, worth: float = 1000.0) -> tuple[Claim, ...]:
    facts = drafted(snapshot, worth)
    return claims(facts, "seed", stress_drafts(snapshot, facts))


def given(closes: Mapping[int, Sequence[float]], amounts: Mapping[int, str] = AMOUNTS) -> Snapshot:
    return make_snapshot(Given(closes=closes, holdings=amounts))


def crashed(day: date, to: float = 0.6) -> dict[int, list[float]]:
    """The closes with a fall of everything on one day, from which nothing recovers."""
    first = DAYS - 1 - (AS_OF - day).days
    return {key: [*values[:first], *(value * to for value in values[first:])] for key, values in CLOSES.items()}


def worded(snapshot: Snapshot, claim: Claim) -> str:
    """The claim in its first wording, which the verifier must accept."""
    entities = entity_names(snapshot.names.values())
    sentence = compose([(claim, clauses(claim, entities, snapshot.as_of)[0])])
    assert verify_sentence(sentence, {claim.claim_id: claim}, entities, snapshot.as_of) == ()
    return sentence.text


def test_the_worst_day_is_the_one_on_which_todays_weights_lost_most() -> None:
    facts = drafted(given(CLOSES))
    mix = RETURNS[-365:] @ (VALUES / VALUES.sum())
    row = int(mix.argmin())
    day = AS_OF - timedelta(days=364 - row)
    assert (facts[STRESS].start, facts[STRESS].as_of, facts[STRESS].label) == (day, AS_OF, None)
    assert float(facts[STRESS].value or 0) == pytest.approx(mix[row] * 100)
    assert float(facts[STRESS_USD].value or 0) == pytest.approx(mix[row] * 1000)
    moved = facts[bitcoin_key(BITCOIN)]
    assert (moved.as_of, moved.start, moved.window) == (day, day - timedelta(days=1), "1d")
    assert float(moved.value or 0) == pytest.approx(RETURNS[-365:, 0][row] * 100)


def test_a_day_before_the_last_365_does_not_count() -> None:
    day = AS_OF - timedelta(days=365)
    assert drafted(given(crashed(day)))[STRESS].start != day
    assert drafted(given(crashed(day + timedelta(days=1))))[STRESS].start == day + timedelta(days=1)


def test_the_loss_is_traced_to_amounts_and_to_the_closes_of_three_days() -> None:
    facts = drafted(given(CLOSES))
    refs = [item for item in facts[STRESS].derivation.inputs if isinstance(item, RowRef)]
    day = facts[STRESS].start or AS_OF
    days = {dict(ref.key)["day"] for ref in refs if ref.table == "bar_daily"}
    assert days == {AS_OF.isoformat(), day.isoformat(), (day - timedelta(days=1)).isoformat()}
    assert sum(ref.table == "holding" for ref in refs) == 3
    assert FactRef(facts[STRESS].fact_id) in facts[STRESS_USD].derivation.inputs


def test_a_day_has_its_name_in_the_real_market_only() -> None:
    invented = given(crashed(date(2025, 4, 6)))
    real = replace(invented, source="binance")
    assert drafted(invented)[STRESS].label is None
    assert drafted(real)[STRESS].label == "US tariffs"
    (claim,) = made(real)
    assert worded(real, claim).startswith(
        "On 6 April 2025 (US tariffs), your portfolio at today's weights would have lost"
    )


def test_the_loss_is_told_in_one_sentence_that_verifies() -> None:
    snapshot = given(CLOSES)
    (claim,) = made(snapshot)
    assert (claim.template, claim.mandatory, claim.salience) == ("stress_day", False, 0.4)
    assert " of today's value, with Bitcoin " in worded(snapshot, claim)


def test_a_dispute_about_todays_close_is_none_about_a_past_day() -> None:
    assert drafted(given(CLOSES))[bitcoin_key(BITCOIN)].state is State.FRESH


@pytest.mark.parametrize(
    ("closes", "amounts"),
    [
        (CLOSES, {BITCOIN: "1"}),  # Bitcoin beside itself
        (CLOSES, {BITCOIN: "1", ETHEREUM: "0"}),
        (CLOSES, {ETHEREUM: "0"}),
        ({key: CLOSES[key] for key in (ETHEREUM, COSMOS)}, {ETHEREUM: "1", COSMOS: "1"}),  # no Bitcoin
        (crashed(AS_OF), AMOUNTS),  # today, which is told anyhow
        ({BITCOIN: steady(5.0), ETHEREUM: steady(2.0)}, {BITCOIN: "1", ETHEREUM: "1"}),
        ({BITCOIN: walk(1), ETHEREUM: walk(2, days=100)}, {BITCOIN: "1", ETHEREUM: "1"}),
        ({BITCOIN: walk(1), ETHEREUM: [*walk(2, days=DAYS - 1), NAN]}, {BITCOIN: "1", ETHEREUM: "1"}),
    ],
    ids=["only Bitcoin", "only Bitcoin left", "nothing", "no Bitcoin", "today", "still", "young", "unpriced"],
)
def test_what_is_not_known_or_says_nothing_is_not_drafted(
    closes: Mapping[int, Sequence[float]], amounts: Mapping[int, str]
) -> None:
    snapshot = given(closes, amounts)
    assert set(drafted(snapshot)) == {portfolio_key("value")}
    assert made(snapshot) == ()


def test_without_a_price_of_bitcoin_on_the_day_nothing_is_told() -> None:
    closes = crashed(date(2025, 4, 6))
    closes[BITCOIN][DAYS - 1 - (AS_OF - date(2025, 4, 5)).days] = NAN
    without = {ETHEREUM: "1", COSMOS: "1"}
    assert made(given(closes, without)) == ()
    assert len(made(given(crashed(date(2025, 4, 6)), without))) == 1


def test_a_loss_of_no_cent_and_a_value_that_is_not_known_are_not_told() -> None:
    snapshot = given(CLOSES)
    assert made(snapshot, worth=0.01) == ()
    book = FactBook(snapshot.as_of, snapshot.source, snapshot.fetched_at)
    add_stress_facts(book, snapshot)
    assert STRESS not in book
