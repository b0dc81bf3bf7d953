"""Citations, labelled figures, safe sentences, whole documents, table cells, and what violations say."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from agent.claims.claim import Claim, ClaimKind, SectionKey, Segment, Sentence
from agent.claims.extract import SAFE_SENTENCES
from agent.claims.fact import Fact, State, Unit
from agent.claims.verify import (
    VERSION,
    Violation,
    verify_document,
    verify_figure,
    verify_sentence,
    verify_text,
)
from tests.agent.claims.verify.wordings import (
    BTC_CLOSE,
    BTC_DAY,
    CROSS,
    FEAR,
    FLAT,
    GREED_BEFORE,
    NO_GRADE,
    P_DAY,
    P_DRAWDOWN,
    P_GAIN,
    P_VALUE,
    RSI_LOW,
    SOL_DAY,
    STALE,
    STALE_CLOSE,
    WEIGHT,
)
from tests.agent.claims.verify.world import AS_OF, ENTITIES, change, claims_of, close, graded


def claim(claim_id: str, *facts: Fact, mandatory: bool = False) -> Claim:
    return Claim(claim_id, ClaimKind.CHANGE, "change", SectionKey.MARKET, facts, 0.5, mandatory)


CLAIMS = {"a": claim("a", BTC_DAY, mandatory=True), "b": claim("b", SOL_DAY), "c": claim("c", BTC_DAY, BTC_CLOSE)}
BTC_FELL = Sentence((Segment("Bitcoin fell "), Segment("7.3%", "btc-1d"), Segment(" on the day.")), ("a",))
SOL_ROSE = Sentence((Segment("Solana rose "), Segment("5.9%", "sol-1d"), Segment(" on the day.")), ("b",))


def codes(violations: tuple[Violation, ...]) -> list[str]:
    return [violation.code for violation in violations]


def said(text: str, *facts: Fact) -> list[str]:
    return [violation.detail for violation in verify_text(text, facts, ENTITIES, AS_OF)]


def test_the_verifier_has_a_version() -> None:
    assert VERSION


def test_a_violation_says_what_the_text_says_and_what_the_fact_is() -> None:
    assert said("Bitcoin fell 7.4% on the day.", BTC_DAY) == ["change of Bitcoin: says 7.4%, the fact is 7.3%"]
    assert said("Bitcoin rose 7.3% on the day.", BTC_DAY) == ["change of Bitcoin: says up, the fact is -7.3%"]
    assert said("Solana rose 5.9% on the day.", BTC_CLOSE) == ["change of Solana: no cited fact gives it"]
    assert said("Bitcoin closed at $113,214 as of 7 October 2025.", BTC_CLOSE) == [
        "close of Bitcoin: speaks of 7 October 2025, the fact is of 10 October 2025"
    ]


def test_a_sentence_that_cites_its_claim_is_true() -> None:
    assert verify_sentence(BTC_FELL, CLAIMS, ENTITIES, AS_OF) == ()


def test_only_facts_of_cited_claims_count() -> None:
    wrong = replace(BTC_FELL, segments=(Segment(BTC_FELL.text),), claim_ids=("b",))
    assert set(codes(verify_sentence(wrong, CLAIMS, ENTITIES, AS_OF))) >= {"subject", "citation"}
    uncited = replace(wrong, claim_ids=())
    assert codes(verify_sentence(uncited, CLAIMS, ENTITIES, AS_OF)) == ["unbacked"]


def test_an_unknown_or_repeated_citation_is_a_violation() -> None:
    assert codes(verify_sentence(replace(BTC_FELL, claim_ids=("a", "z")), CLAIMS, ENTITIES, AS_OF)) == ["citation"]
    assert codes(verify_sentence(replace(BTC_FELL, claim_ids=("a", "a")), CLAIMS, ENTITIES, AS_OF)) == ["duplicate"]


def test_every_fact_of_a_cited_claim_has_to_be_stated() -> None:
    (violation,) = verify_sentence(replace(BTC_FELL, claim_ids=("c",)), CLAIMS, ENTITIES, AS_OF)
    assert violation == Violation(
        "citation", "cites claim 'c' and does not state its close ($113,214)", "Bitcoin fell 7.3% on the day."
    )


@pytest.mark.parametrize(
    "segments",
    [
        (Segment("Bitcoin fell "), Segment("7.3%", "sol-1d"), Segment(" on the day.")),
        (Segment("Bitcoin fell "), Segment("7.3", "btc-1d"), Segment("% on the day.")),
        (Segment("Bitcoin", "btc-1d"), Segment(" fell 7.3% on the day.")),
        (Segment("Bitcoin fell "), Segment("7.3%", "btc-close"), Segment(" on the day.")),
        (Segment("Bitcoin fell "), Segment("7.3%", "nothing"), Segment(" on the day.")),
    ],
)
def test_a_figure_labelled_with_another_fact_is_a_violation(segments: tuple[Segment, ...]) -> None:
    assert codes(verify_sentence(Sentence(segments, ("a",)), CLAIMS, ENTITIES, AS_OF)) == ["citation"]


def test_two_equal_figures_may_not_exchange_their_facts() -> None:
    twin = change("p-same", "portfolio:main", "-7.3")
    parts = ("Your portfolio matched Bitcoin on the day: ", "-7.3%", " against ", "-7.3%", ".")

    def worded(first: str, second: str) -> Sentence:
        ids = (None, first, None, second, None)
        return Sentence(tuple(Segment(text, fact_id) for text, fact_id in zip(parts, ids, strict=True)), ("c1",))

    claims = claims_of(twin, BTC_DAY)
    assert verify_sentence(worded("p-same", "btc-1d"), claims, ENTITIES, AS_OF) == ()
    assert codes(verify_sentence(worded("btc-1d", "p-same"), claims, ENTITIES, AS_OF)) == ["citation", "citation"]


def test_words_that_stand_for_a_value_may_be_labelled() -> None:
    flat = Sentence((Segment("Café Coin was "), Segment("flat", "cafe-1d"), Segment(" on the day.")), ("c1",))
    assert verify_sentence(flat, claims_of(FLAT), ENTITIES, AS_OF) == ()
    mood = Sentence(
        (
            Segment("The fear and greed index stood at "),
            Segment("27", "fear"),
            Segment(" ("),
            Segment("Fear", "fear"),
            Segment(")."),
        ),
        ("c1",),
    )
    assert verify_sentence(mood, claims_of(FEAR), ENTITIES, AS_OF) == ()


def test_a_sentence_object_is_one_sentence() -> None:
    two = Sentence((Segment(f"{BTC_FELL.text} {SOL_ROSE.text}"),), ("a", "b"))
    assert codes(verify_sentence(two, CLAIMS, ENTITIES, AS_OF)) == ["unread"]


@pytest.mark.parametrize("text", sorted(SAFE_SENTENCES))
def test_a_safe_sentence_needs_the_word_of_the_caller(text: str) -> None:
    sentence = Sentence((Segment(text),), ())
    assert codes(verify_sentence(sentence, CLAIMS, ENTITIES, AS_OF)) == ["safe"]
    assert verify_sentence(sentence, CLAIMS, ENTITIES, AS_OF, safe=frozenset({text})) == ()
    assert verify_text(text, (), ENTITIES, AS_OF, safe=frozenset({text})) == ()
    assert verify_text(text.removesuffix("."), (), ENTITIES, AS_OF, safe=frozenset({text})) != ()


@pytest.mark.parametrize("changes", [{"state": State.MISSING}, {"value": None}])
def test_a_missing_value_backs_no_figure(changes: dict[str, Any]) -> None:
    missing = replace(BTC_CLOSE, **changes)
    assert codes(verify_text("Bitcoin closed at $113,214.", (missing,), ENTITIES, AS_OF)) == ["state"]
    assert codes(verify_text("Bitcoin closed at $0.00.", (missing,), ENTITIES, AS_OF))[0] == "state"


def test_a_stale_fact_needs_its_day_in_the_text() -> None:
    assert codes(verify_text("1inch closed at $0.2000.", (STALE_CLOSE,), ENTITIES, AS_OF)) == ["day"]
    assert verify_text("1inch closed at $0.2000 as of 7 October 2025.", (STALE_CLOSE,), ENTITIES, AS_OF) == ()


def test_a_comparison_has_to_hold_for_shown_and_exact_values() -> None:
    text = "Your portfolio beat Bitcoin on the day: -7.2% against -7.3%."
    assert said(text, change("p", "portfolio:main", "-7.24"), change("b", "asset:btc", "-7.26")) == []
    close_call = "Your portfolio beat Bitcoin on the day: -7.3% against -7.3%."
    assert said(close_call, change("p", "portfolio:main", "-7.26"), change("b", "asset:btc", "-7.3")) == [
        "change of portfolio: says beat, the facts are -7.3% against -7.3%"
    ]


def test_a_threshold_has_to_hold_for_shown_and_exact_values() -> None:
    almost = replace(RSI_LOW, value=Decimal("29.7"))
    text = "Bitcoin's 14-day RSI was 30, below 30 (oversold)."
    assert said(text, almost) == ["rsi of Bitcoin: says below 30, the fact is 29.7"]


def test_a_grade_crosses_a_threshold_only_if_it_was_on_the_other_side() -> None:
    text = "Solana's TM trader grade rose from 80.0 to 82.1 on the day, crossing 80."
    facts = (graded("g0", "sol", "80", "trader", previous=True), graded("g1", "sol", "82.1", "trader", threshold="80"))
    assert codes(verify_text(text, facts, ENTITIES, AS_OF)) == ["comparison"]


def test_a_grade_of_two_days_ago_did_not_change_on_the_day() -> None:
    before = replace(graded("g0", "sol", "64", "trader", previous=True), start=AS_OF.replace(day=8))
    text = "Solana's TM trader grade rose from 64.0 to 82.1 on the day."
    assert codes(verify_text(text, (before, graded("g1", "sol", "82.1", "trader")), ENTITIES, AS_OF)) == ["day"]


def test_your_portfolio_is_refused_where_facts_hold_two() -> None:
    other = replace(P_VALUE, fact_id="other", subject="portfolio:2")
    text = "Your portfolio was worth $52,310.22 at the close."
    assert codes(verify_text(text, (P_VALUE, other), ENTITIES, AS_OF)) == ["subject"]


def test_glue_calls_a_coin_a_holding_only_if_a_fact_shows_it() -> None:
    text = "Among your holdings, Bitcoin fell 7.3% on the day."
    assert codes(verify_text(text, (BTC_DAY,), ENTITIES, AS_OF)) == ["holding"]
    assert verify_text(text, (BTC_DAY, WEIGHT), ENTITIES, AS_OF) == ()
    assert verify_text(text, (BTC_DAY,), ENTITIES, AS_OF, held=frozenset({"asset:btc"})) == ()
    elsewhere = f"{text.removesuffix('.')}; elsewhere, Solana rose 5.9% on the day."
    assert verify_text(elsewhere, (BTC_DAY, WEIGHT, SOL_DAY), ENTITIES, AS_OF) == ()


def test_a_document_with_every_mandatory_claim_is_true() -> None:
    assert verify_document((BTC_FELL, SOL_ROSE), CLAIMS, ENTITIES, AS_OF) == ()


def test_a_document_without_a_mandatory_claim_is_incomplete() -> None:
    assert codes(verify_document((SOL_ROSE,), CLAIMS, ENTITIES, AS_OF)) == ["incomplete"]
    false = replace(BTC_FELL, segments=(Segment("Bitcoin rose 7.3% on the day."),))
    assert codes(verify_document((false,), CLAIMS, ENTITIES, AS_OF)) == ["direction", "citation", "incomplete"]


def test_a_document_states_no_claim_twice() -> None:
    again = Sentence((Segment("On the day, Bitcoin lost 7.3%."),), ("a",))
    assert codes(verify_document((BTC_FELL, again), CLAIMS, ENTITIES, AS_OF)) == ["duplicate", "duplicate"]


def test_the_flat_portfolio_need_not_state_its_change_in_usd() -> None:
    sentence = Sentence((Segment("Your portfolio was flat on the day at $52,310.22."),), ("c1",))
    flat = replace(P_DAY, value=FLAT.value)
    assert verify_sentence(sentence, claims_of(flat, P_GAIN, P_VALUE), ENTITIES, AS_OF) == ()


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (BTC_DAY, "-7.3%"),
        (SOL_DAY, "5.9%"),
        (SOL_DAY, "+5.9%"),
        (FLAT, "0.0%"),
        (BTC_CLOSE, "$113,214"),
        (P_GAIN, "-$5,670.11"),
        (P_DRAWDOWN, "38.4%"),
        (P_DRAWDOWN, "-38.4%"),
        (FEAR, "27"),
        (FEAR, "27 (Fear)"),
        (CROSS, "bearish"),
        (CROSS, "Bearish"),
        (STALE, "7 October 2025"),
        (NO_GRADE, "TM grade"),
    ],
)
def test_a_cell_that_shows_its_fact_is_accepted(fact: Fact, text: str) -> None:
    assert verify_figure(text, fact)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (BTC_DAY, "7.3%"),
        (BTC_DAY, "+7.3%"),
        (BTC_DAY, "-7.30%"),
        (BTC_DAY, "\u22127.3%"),
        (BTC_DAY, ""),
        (SOL_DAY, "5.9"),
        (FLAT, "-0.0%"),
        (FLAT, "+0.0%"),
        (BTC_CLOSE, "$113214"),
        (BTC_CLOSE, "113,214"),
        (GREED_BEFORE, "27"),
        (FEAR, "27 (Greed)"),
        (CROSS, "bullish"),
        (STALE, "8 October 2025"),
        (replace(BTC_CLOSE, value=None, state=State.MISSING), "$0.00"),
        (replace(BTC_CLOSE, value=None, state=State.MISSING), ""),
        (replace(CROSS, label=None), ""),
        (close("odd", "asset:btc", "5", unit=Unit.RATIO), "$5.00"),
    ],
)
def test_a_cell_that_shows_anything_else_is_refused(fact: Fact, text: str) -> None:
    assert not verify_figure(text, fact)
