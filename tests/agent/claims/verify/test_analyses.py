"""What is said of weights, bad days, sectors, indices and track records: anything else than the facts is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from agent.claims.claim import Claim, ClaimKind, SectionKey, Segment, Sentence
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.verify import verify_document, verify_sentence, verify_text
from tests.agent.claims.verify.records import FELL, HITS, MONTH, RECORDS
from tests.agent.claims.verify.weights import (
    CRASH,
    DEEPEST,
    OF_WEIGHTS,
    OVER,
    THIRD,
    WORST_DAYS,
)
from tests.agent.claims.verify.world import AS_OF, ENTITIES, Case, P, change, owned

CASES: dict[str, Case] = {}
for _case in (*OF_WEIGHTS, *RECORDS):
    CASES.setdefault(_case.template, _case)
LABELLED = next(case for case in OF_WEIGHTS if "(record liquidations), your" in case.text)
FLAT_DAY = next(case for case in OF_WEIGHTS if case.template == "stress_day" and "been flat" in case.text)


def codes(text: str, *facts: Fact) -> set[str]:
    return {violation.code for violation in verify_text(text, facts, ENTITIES, AS_OF)}


def cited_codes(text: str, *facts: Fact) -> set[str]:
    claim = Claim("c1", ClaimKind.LEVEL, "any", SectionKey.PORTFOLIO, facts, 1.0)
    sentence = Sentence((Segment(text),), ("c1",))
    return {violation.code for violation in verify_sentence(sentence, {"c1": claim}, ENTITIES, AS_OF)}


@pytest.mark.parametrize(
    ("template", "old", "new", "code"),
    [
        ("target_drift", "above", "below", "direction"),
        ("target_drift", "5.2 percentage points", "5.2%", "unread"),
        ("target_drift", "5.2 percentage points above its target of", "where its target is", "direction"),
        ("target_trade", "sale", "purchase", "label"),
        ("target_trade", "$1,203.40", "$1,203", "value"),
        ("target_trade", "$1,203.40", "$0.00", "unread"),
        ("reweighted", "equally", "by market value", "label"),
        ("reweighted", "equally", "by age", "unread"),
        ("reweighted", "would have been", "would be", "unread"),
        ("reweighted", "over 365 days", "over 90 days", "window"),
        ("reweighted", "annualised volatility", "maximum drawdown", "qualifier"),
        ("frontier_volatility", "365", "90", "window"),
        ("frontier_volatility", "lower", "higher", "unread"),
        ("stress_day", "3 March 2025", "4 March 2025", "start"),
        ("stress_day", "lost", "gained", "direction"),
        ("stress_day", "down", "up", "direction"),
        ("stress_day", "Bitcoin down 9.1%", "Bitcoin flat", "direction"),
        ("stress_day", "Bitcoin", "Solana", "subject"),
        ("stress_day", "2025,", "2025 (US tariffs),", "label"),
        ("stress_day", "2025,", "2025 (a black Monday),", "unread"),
        ("stress_day_part", "82.1%", "100.0%", "value"),
        ("stress_correlation", "36", "35", "value"),
        ("stress_correlation", "of Bitcoin", "of Solana", "other"),
        ("stress_correlation", "14 holdings", "13 holdings", "universe"),
        ("stress_correlation", "365", "90", "window"),
        ("deepest_fall", "3 March", "4 March", "start"),
        ("deepest_fall", "2 August", "3 August", "day"),
        ("deepest_fall", "from 3 March 2025 to 2 August 2025", "from 2 August 2025 to 3 March 2025", "unread"),
        ("deepest_fall", "over 365 days", "over 90 days", "window"),
        ("deepest_fall", "deepest fall over", "fall over", "unread"),
        ("trait_share", '"Layer 1"', '"Layer 2"', "label"),
        ("trait_share", '"Layer 1"', '"layer 1"', "label"),
        ("trait_share", '"Layer 1"', "Layer 1", "unread"),
        ("trait_share", "is in the sector", "is on the chain", "qualifier"),
        ("in_the_end", "Bitcoin makes", "Bitcoin Cash makes", "subject"),
        ("cash_share", "US dollar", "euro", "label"),
        ("enough_holdings", "reach", "reaches", "unread"),
        ("enough_holdings", "14", "15", "universe"),
        ("enough_holdings", "95%", "90%", "unread"),
        ("alike_groups", "5 groups that move", "5 group that moves", "unread"),
        ("alike_groups", "your 14 holdings", "14 tracked coins", "universe"),
        ("sector_change", "DeFi", "Games", "subject"),
        ("sector_change", "rose", "fell", "direction"),
        ("sector_rank", "14 sectors", "15 sectors", "universe"),
        ("sector_rank", "14 sectors", "14 tracked coins", "unread"),
        ("sector_rank", "strongest", "weakest", "rank"),
        ("sector_rank", "strongest", "second strongest", "rank"),
        ("sector_rank", "+5.2%", "5.2%", "value"),
        ("regime", "risk on", "risk off", "label"),
        ("index_level", "up", "down", "direction"),
        ("index_level", '"majors"', '"minors"', "subject"),
        ("index_level", '"majors"', '"Majors"', "unread"),
        ("index_since", "2 January", "3 January", "start"),
        ("index_since", "Bitcoin", "Solana", "subject"),
        ("index_since", "+9.1%", "9.1%", "value"),
        ("index_risk", "over 90 days", "over 365 days", "window"),
        ("signal_hits", "a rise", "a fall", "label"),
        ("signal_hits", "golden cross", "death cross", "qualifier"),
        ("signal_hits", "next 7 days", "next 30 days", "window"),
        ("signal_hits", "1,203", "1203", "value"),
        ("signal_hits", "54.2% of", "51.0% of", "value"),
        ("signal_excess", "below", "above", "direction"),
        ("grade_record", "TM grade", "TM trader grade", "qualifier"),
        ("grade_record", "-0.03", "0.03", "value"),
        ("grade_fifths", "points better", "points worse", "direction"),
        ("grade_fifths", "short-term", "long-term", "qualifier"),
        ("grade_fifths", "812 past days", "812 past cases", "unread"),
    ],
)  # fmt: skip
def test_another_word_or_figure_is_refused_for_what_is_wrong_with_it(
    template: str, old: str, new: str, code: str
) -> None:
    case = CASES[template]
    text = case.text.replace(f"{old[0].upper()}{old[1:]}", old)
    changed = text.replace(old, new)
    assert changed != text
    assert code in codes(f"{changed[0].upper()}{changed[1:]}", *case.facts)


def _but(facts: tuple[Fact, ...], place: int, **fields: Any) -> tuple[Fact, ...]:
    return (*facts[:place], replace(facts[place], **fields), *facts[place + 1 :])


@pytest.mark.parametrize(
    ("case", "place", "fields", "code"),
    [
        (LABELLED, 0, {"label": "US tariffs"}, "label"),
        (CASES["stress_day"], 0, {"label": "US tariffs"}, "label"),
        (CASES["stress_day"], 1, {"label": "US tariffs"}, "label"),
        (CASES["stress_day"], 1, {"start": date(2025, 3, 4)}, "start"),
        (CASES["stress_day"], 1, {"value": Decimal(7400)}, "direction"),
        (CASES["stress_day"], 2, {"window": "7d"}, "window"),
        (CASES["stress_day"], 2, {"as_of": AS_OF}, "day"),
        (CASES["stress_day"], 0, {"as_of": CRASH}, "day"),
        (CASES["stress_day_part"], 0, {"start": date(2025, 3, 4)}, "start"),
        (CASES["stress_correlation"], 1, {"other": "asset:sol"}, "other"),
        (CASES["stress_correlation"], 1, {"window": "90d"}, "window"),
        (CASES["stress_correlation"], 2, {"universe": "tracked"}, "universe"),
        (CASES["enough_holdings"], 0, {"window": "365d"}, "window"),
        (CASES["reweighted"], 1, {"window": "90d"}, "window"),
        (CASES["sector_rank"], 0, {"universe": "tracked"}, "universe"),
        (CASES["index_since"], 1, {"start": date(2025, 1, 3)}, "start"),
        (CASES["signal_hits"], 1, {"window": "30d"}, "window"),
        (CASES["signal_hits"], 2, {"label": "fall"}, "label"),
        (CASES["signal_hits"], 2, {"qualifier": "death_cross"}, "qualifier"),
        (CASES["signal_hits"], 0, {"subject": "asset:btc"}, "subject"),
        (CASES["signal_excess"], 1, {"window": "7d"}, "window"),
        (CASES["grade_record"], 1, {"qualifier": "trader"}, "qualifier"),
        (CASES["grade_fifths"], 1, {"window": "30d"}, "window"),
    ],
)  # fmt: skip
def test_a_fact_of_something_else_than_the_words_are_about_backs_none_of_them(
    case: Case, place: int, fields: dict[str, Any], code: str
) -> None:
    assert codes(case.text, *case.facts) == set()
    assert code in codes(case.text, *_but(case.facts, place, **fields))


def test_the_gap_to_a_target_is_that_of_the_shares_shown() -> None:
    text = CASES["target_drift"].text.replace("5.2 percentage", "6.0 percentage")
    assert codes(text, *_but(OVER, 2, value=Decimal(6))) == {"computed"}
    flat = next(case.text for case in OF_WEIGHTS if "where its target is" in case.text)
    assert codes(flat, *_but(THIRD, 0, value=Decimal("33.44"))) == {"computed"}


@pytest.mark.parametrize(
    ("template", "shown", "zero"),
    [
        ("target_distance", "6.2%", "0.0%"),
        ("frontier_volatility", "5.2 percentage", "0.0 percentage"),
        ("frontier_return", "12.1 percentage", "0.0 percentage"),
        ("signal_excess", "1.2 percentage", "0.0 percentage"),
        ("grade_fifths", "1.2 percentage", "0.0 percentage"),
        ("sector_change", "5.2%", "0.0%"),
    ],
)
def test_what_shows_as_nothing_has_no_direction(template: str, shown: str, zero: str) -> None:
    place = 1 if template == "signal_excess" else 0
    facts = _but(CASES[template].facts, place, value=Decimal("0.01"))
    assert codes(CASES[template].text.replace(shown, zero), *facts) == {"direction"}


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("target_distance", "is at its targets"),
        ("frontier_volatility", "no other weights"),
        ("frontier_return", "no other weights"),
        ("sector_change", "flat over 30 days"),
    ],
)
def test_what_shows_as_something_is_not_told_as_nothing(template: str, words: str) -> None:
    texts = [case.text.replace("7 days", "30 days") for case in (*OF_WEIGHTS, *RECORDS) if case.template == template]
    (flat,) = (text for text in texts if words in text)
    assert codes(flat, *CASES[template].facts) == {"direction"}


def test_a_day_that_is_known_for_something_is_not_told_without_it() -> None:
    assert codes(LABELLED.text.replace(" (record liquidations)", ""), *LABELLED.facts) == {"label"}


def test_what_stayed_flat_in_per_cent_leaves_out_no_money_but_its_own() -> None:
    assert cited_codes(FLAT_DAY.text, *FLAT_DAY.facts) == set()
    of_another_day = _but(FLAT_DAY.facts, 1, start=date(2025, 3, 4))
    assert cited_codes(FLAT_DAY.text, *of_another_day) == {"citation"}


def test_money_that_shows_as_nothing_follows_the_percentage() -> None:
    text = CASES["stress_day"].text.replace("$7,400.00", "$0.00")
    for amount in ("-0.004", "0.004"):
        assert codes(text, *_but(CASES["stress_day"].facts, 1, value=Decimal(amount))) == set()


def test_the_deepest_fall_lies_in_the_window_that_ends_now() -> None:
    text = CASES["deepest_fall"].text.replace("365", "90")
    assert codes(text, replace(DEEPEST, window="90d")) == {"day"}
    later = replace(DEEPEST, start=AS_OF, as_of=date(2025, 10, 11))
    assert "day" in codes(text.replace("3 March", "10 October").replace("2 August", "11 October"), later)


@pytest.mark.parametrize(
    "text",
    [
        'The index "majors" led 48 tracked coins over 30 days with a gain of 12.3%.',
        'The index "majors"\'s change over 30 days was +12.3%.',
        'The change over 30 days of the index "majors" was +12.3%.',
        'As for the index "majors", the index "majors" rose 12.3% over 30 days.',
        'Bitcoin beat the index "majors" over 30 days: +12.3% against +9.1%.',
        'The index "majors" rose 12.3% on the day to $112.34.',
    ],
)
def test_only_the_wordings_that_take_an_index_read_one(text: str) -> None:
    assert codes(text, MONTH) == {"unread"}


def test_figures_of_two_signals_are_not_mixed() -> None:
    text = CASES["signal_hits"].text
    assert codes(text, *HITS, *FELL) == set()
    assert codes(text.replace("1,203", "36"), *HITS, *FELL) == {"value"}
    assert codes(text.replace("51.0%", "49.1%"), *HITS, *FELL) == {"value"}


def test_shares_of_two_traits_do_not_contradict_each_other() -> None:
    first = owned("one", Metric.TRAIT_SHARE, Unit.PCT, "60", qualifier="sector", label="Layer 1")
    second = replace(first, fact_id="two", value=Decimal(20), label="DeFi")
    same = replace(first, fact_id="three", value=Decimal(61))
    assert _document(first, second) == set()
    assert _document(first, same) == {"contradiction"}


def _document(*shares: Fact) -> set[str]:
    claims = {
        fact.fact_id: Claim(fact.fact_id, ClaimKind.LEVEL, "trait_share", SectionKey.PORTFOLIO, (fact,), 1.0)
        for fact in shares
    }
    words = [f'{fact.value}.0% of your portfolio is in the sector "{fact.label}".' for fact in shares]
    told = [Sentence((Segment(text),), (fact.fact_id,)) for text, fact in zip(words, shares, strict=True)]
    return {violation.code for violation in verify_document(told, claims, ENTITIES, AS_OF)}


def test_figures_of_two_portfolios_are_not_told_of_one() -> None:
    other = replace(WORST_DAYS[2], fact_id="second", subject="portfolio:second")
    assert "subject" in codes(CASES["stress_correlation"].text, *WORST_DAYS[:2], other)


def test_a_change_of_the_portfolio_is_none_of_today_s_weights_on_a_past_day() -> None:
    moved = change("moved", P, "-14.2", as_of=CRASH)
    assert codes("Your portfolio fell 14.2% on the day, as of 3 March 2025.", *CASES["stress_day"].facts[:2]) == {
        "unbacked"
    }
    assert "unbacked" in codes(CASES["stress_day"].text, moved, CASES["stress_day"].facts[2])
