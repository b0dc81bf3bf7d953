"""Sentences that are true one by one and false together: contradictions, one-sided telling, mixed days, old text."""

import ast
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agent.claims.claim import Claim, ClaimKind, SectionKey, Segment, Sentence
from agent.claims.fact import Fact, Metric, State, Unit
from agent.claims.verify import VERSION, verify_document, verify_text
from agent.claims.violation import CODES
from tests.agent.claims.verify.all_cases import ALL_CASES
from tests.agent.claims.verify.figures import CALM, VOLATILE
from tests.agent.claims.verify.wordings import BTC_CLOSE, BTC_DAY, FEAR, SOL_DAY, TOP_GAIN, TOP_LOSS
from tests.agent.claims.verify.world import AS_OF, ENTITIES, fact

TOMORROW = AS_OF + timedelta(days=1)


def claim(claim_id: str, *facts: Fact, mandatory: bool = False) -> Claim:
    return Claim(claim_id, ClaimKind.LEVEL, "any", SectionKey.MARKET, facts, 0.5, mandatory)


def says(text: str, *claim_ids: str) -> Sentence:
    return Sentence((Segment(text),), claim_ids)


def codes(sentences: tuple[Sentence, ...], *claims: Claim, headline: Sentence | None = None) -> list[str]:
    by_id = {made.claim_id: made for made in claims}
    found = verify_document(sentences, by_id, ENTITIES, AS_OF, headline=headline)
    return [violation.code for violation in found]


FELL = says("Bitcoin fell 7.3% on the day.", "a")
ROSE = says("On the day, Bitcoin gained 1.0%.", "b")
RISEN = claim("b", replace(BTC_DAY, fact_id="again", value=Decimal(1)))


def test_two_sentences_that_give_one_figure_two_values_contradict_each_other() -> None:
    assert codes((FELL, ROSE), claim("a", BTC_DAY), RISEN) == ["contradiction"]


@pytest.mark.parametrize(
    "other",
    [
        replace(BTC_DAY, fact_id="b", window="7d"),
        replace(BTC_DAY, fact_id="b", subject="asset:sol"),
        replace(BTC_DAY, fact_id="b", value=Decimal("-7.2996")),
    ],
)
def test_another_window_subject_or_the_same_shown_figure_is_no_contradiction(other: Fact) -> None:
    name = "Solana" if other.subject == "asset:sol" else "Bitcoin"
    text = f"{name} fell 7.3% {'over 7 days' if other.window == '7d' else 'on the day'} to $113,214."
    if other.window == "7d":
        text = "Over 7 days, Bitcoin lost 7.3%."
        assert codes((FELL, says(text, "b")), claim("a", BTC_DAY), claim("b", other)) == []
        return
    closed = replace(BTC_CLOSE, fact_id="close", subject=other.subject)
    assert codes((FELL, says(text, "b")), claim("a", BTC_DAY), claim("b", other, closed)) == []


def test_a_headline_must_not_contradict_the_body() -> None:
    assert codes((FELL,), claim("a", BTC_DAY), RISEN, headline=ROSE) == ["contradiction"]
    assert codes((FELL,), claim("a", BTC_DAY), headline=FELL) == []
    false = says("Bitcoin rose 7.3% on the day.", "a")
    assert "direction" in codes((FELL,), claim("a", BTC_DAY), headline=false)


def test_the_largest_gain_is_not_told_without_the_largest_loss() -> None:
    gain = says("Solana brought your 6 holdings their largest gain on the day: $1,203.40.", "g")
    loss = says("The largest loss among your 6 holdings on the day came from Cosmos: $88.00.", "l")
    claims = claim("g", TOP_GAIN), claim("l", TOP_LOSS)
    assert codes((gain, loss), *claims) == []
    assert codes((gain,), *claims) == ["incomplete"]
    assert codes((gain,), claims[0], replace(claims[1], mandatory=True)) == ["incomplete"]
    assert codes((loss,), *claims) == []
    assert codes((gain,), claims[0]) == []


def test_a_figure_of_another_day_says_so_wherever_it_stands() -> None:
    stale = replace(BTC_CLOSE, as_of=date(2025, 10, 8), state=State.STALE)
    silent = says("Bitcoin closed at $113,214 and Solana rose 5.9% on the day.", "a", "b")
    assert codes((silent,), claim("a", stale), claim("b", SOL_DAY)) == ["day", "citation"]
    dated = says("Bitcoin closed at $113,214, as of 8 October 2025, and Solana rose 5.9% on the day.", "a", "b")
    assert codes((dated,), claim("a", stale), claim("b", SOL_DAY)) == []


def test_two_figures_that_are_compared_are_of_one_day() -> None:
    text = "Solana's annualised volatility over 30 days was higher than Ethereum's: 61.2% against 49.0%."
    earlier = replace(CALM, as_of=date(2025, 10, 9))
    assert verify_text(text, (VOLATILE, CALM), ENTITIES, AS_OF) == ()
    assert [item.code for item in verify_text(text, (VOLATILE, earlier), ENTITIES, AS_OF)] == ["day"]


def _next_day(fact: Fact, *, moved: bool) -> Fact:
    """The fact of the day after, with the same value or with one that shows differently."""
    value = fact.value if fact.value is None or not moved else fact.value + 3
    start = None if fact.start is None else fact.start + timedelta(days=1)
    return replace(fact, as_of=fact.as_of + timedelta(days=1), value=value, start=start)


TODAYS = (BTC_DAY, BTC_CLOSE, SOL_DAY, FEAR)
YESTERDAYS_TEXT = (
    says("Bitcoin fell 7.3% on the day to $113,214.", "a"),
    says("Solana rose 5.9% on the day.", "b"),
    says("The fear and greed index stood at 27 (Fear).", "c"),
)


@pytest.mark.parametrize("unmoved", [(), (FEAR,), (BTC_DAY, BTC_CLOSE), (SOL_DAY, FEAR)])
def test_yesterdays_briefing_is_refused_over_todays_facts(unmoved: tuple[Fact, ...]) -> None:
    btc, close, sol, fear = (_next_day(fact, moved=fact not in unmoved) for fact in TODAYS)
    claims = {"a": claim("a", btc, close), "b": claim("b", sol), "c": claim("c", fear)}
    assert verify_document(YESTERDAYS_TEXT, claims, ENTITIES, TOMORROW) != ()


def test_yesterdays_briefing_is_refused_over_its_own_facts_a_day_later() -> None:
    claims = {"a": claim("a", BTC_DAY, BTC_CLOSE), "b": claim("b", SOL_DAY), "c": claim("c", FEAR)}
    assert verify_document(YESTERDAYS_TEXT, claims, ENTITIES, AS_OF) == ()
    found = verify_document(YESTERDAYS_TEXT, claims, ENTITIES, TOMORROW)
    assert {violation.code for violation in found} == {"day", "citation"}


def test_no_sentence_of_a_day_passes_unchanged_on_the_next() -> None:
    own_day = ("from", "have a bar", "has a bar", "last came in", "close over", "as of")
    shown = [case for case in ALL_CASES if not any(words in case.text for words in own_day)]
    passed = [case.text for case in shown if verify_text(case.text, case.facts, ENTITIES, TOMORROW) == ()]
    assert passed == []
    assert len(shown) > 300


def test_an_extreme_lies_within_its_window() -> None:
    text = "Solana's highest close over 7 days was $251.00, on {}."
    for day, words, refused in (
        (4, "4 October 2025", False),
        (1, "1 October 2025", True),
        (12, "12 October 2025", True),
    ):
        high = fact("high", "asset:sol", Metric.HIGHEST_CLOSE, Unit.USD, "251", window="7d", as_of=date(2025, 10, day))
        assert bool(verify_text(text.format(words), (high,), ENTITIES, AS_OF)) is refused


def test_every_code_that_is_used_is_listed_with_its_meaning() -> None:
    root = Path(__file__).parents[4] / "agent"
    sources = [*(root / "claims").rglob("*.py"), root / "briefing" / "checking.py"]
    used = {code for source in sources for code in _codes(source.read_text(encoding="utf-8"))}
    assert used - {"code"} <= set(CODES)
    assert len(used) >= 25
    assert VERSION == "3"


def _codes(source: str) -> set[str]:
    """First arguments of Difference, Violation and Problem, and the names of the checks of evidence."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    named = [call for call in calls if getattr(call.func, "id", "") in {"Difference", "Violation", "Problem"}]
    first = [call.args[0] for call in named]
    checks = re.findall(r'^    \("(\w+)", _\w+\),$', source, re.MULTILINE)
    return {str(node.value) for node in first if isinstance(node, ast.Constant)} | set(checks)
