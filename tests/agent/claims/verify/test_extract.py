"""What the grammar reads out of a sentence, field by field."""

from datetime import date
from decimal import Decimal

import pytest

from agent.claims.extract import SAFE_SENTENCES, extract
from agent.claims.fact import Entity, Metric, Unit
from agent.claims.grammar.assertions import PORTFOLIO, Assertion, Bound, Direction, Universe
from tests.agent.claims.verify.world import ENTITIES


def only(text: str) -> Assertion:
    (assertion,) = extract(text, ENTITIES).assertions
    return assertion


def test_a_change_is_read_with_subject_value_direction_and_window() -> None:
    read = only("Over 7 days, Bonk x1000 lost 3.0%.")
    assert (read.subject, read.metric, read.unit) == ("asset:bonk", Metric.CHANGE, Unit.PCT)
    assert (read.direction, read.window) == (Direction.DOWN, "7d")
    assert read.figure is not None
    assert (read.figure.text, read.figure.value, read.figure.decimals, read.figure.sign) == (
        "3.0%",
        Decimal("3.0"),
        1,
        "",
    )


def test_the_longest_name_is_the_one_meant() -> None:
    assert only("Bitcoin Cash closed at $481.00.").subject == "asset:bch"
    assert only("Bitcoin closed at $481.00.").subject == "asset:btc"


def test_a_rank_is_read_with_its_universe() -> None:
    read = only("The third largest loss on the day among 1,048 tracked coins was Pump.fun's 30.0%.")
    assert (read.rank, read.from_bottom, read.universe) == (3, True, Universe("tracked", 1048))
    assert (read.subject, read.direction) == ("asset:pump", Direction.DOWN)


def test_the_smallest_loss_counts_from_the_top_and_the_smallest_gain_from_the_bottom() -> None:
    assert not only("The smallest loss on the day among your 6 holdings was Cosmos's 1.2%.").from_bottom
    assert only("The smallest gain on the day among your 6 holdings was Cosmos's 1.2%.").from_bottom


def test_a_threshold_is_read_with_its_side() -> None:
    assert only("1inch's 14-day RSI was 74, above 70 (overbought).").threshold == Bound(Decimal(70), "above")


def test_a_noun_is_read_with_its_window_other_and_kind() -> None:
    read = only("Solana's correlation with Bitcoin over 90 days was 0.82.")
    assert (read.metric, read.other, read.window, read.unit) == (Metric.CORRELATION, "asset:btc", "90d", Unit.RATIO)
    graded = only("The coinbrief long-term grade of Solana was 41.0 of 100.")
    assert (graded.metric, graded.qualifier) == (Metric.OWN_GRADE, "long_term")


def test_the_highest_magnitude_is_the_lowest_value() -> None:
    read = only("Solana had the third highest distance below its 365-day high of 48 tracked coins: 40.0%.")
    assert (read.rank, read.from_bottom, read.universe) == (3, True, Universe("tracked", 48))


def test_the_pairs_of_holdings_are_a_universe_of_their_own() -> None:
    text = "Of the 15 pairs of your holdings, Ethereum and Solana moved least alike over 90 days, with a correlation of"
    read = only(f"{text} 0.10.")
    assert (read.universe, read.from_bottom, read.other) == (Universe("pairs", 15), True, "asset:sol")


def test_a_what_if_is_read_with_its_change() -> None:
    text = (
        "With 5.0% of Solana added and Dogecoin sold, your portfolio's Sharpe ratio over 365 days would be 1.00 instead"
    )
    then, now = extract(f"{text} of 0.90.", ENTITIES).assertions
    assert (then.metric, then.label) == (Metric.WHAT_IF, "5.0% of Solana added and Dogecoin sold")

    assert (then.qualifier, now.metric) == ("sharpe", Metric.SHARPE)


def test_a_holding_that_is_resized_is_read_with_its_new_share() -> None:
    changed = "Solana resized to 10.0% of the portfolio"
    text = f"With {changed}, your portfolio's Sharpe ratio over 365 days would be 1.00 instead of 0.83."
    assert extract(text, ENTITIES).assertions[0].label == changed
    assert extract(text.replace("10.0%", "10%"), ENTITIES).problems


@pytest.mark.parametrize(
    "text",
    [
        "Solana's 14-day RSI was 28%.",
        "Solana's trading volume was 28.41 billion.",
        "Solana's TM grade was 61.0.",
        "Solana's closing price was $230.10 of 100.",
        "3 of 48 tracked coins had an 14-day RSI above 70.",
        "3 of 48 tracked coins had a 14-day RSI above 70.0.",
        "3 of 48 tracked coins had a market value above $1,500 million.",
        "Your supply of stablecoins was $3.00 billion.",
        "Solana had the eleventh highest trading volume of 48 tracked coins: $3.00 billion.",
        "With Solana bought, your portfolio's value would be $3.00 instead of $2.00.",
        "Of the 1 pairs of your holdings, Bitcoin and Solana moved most alike over 7 days, with a correlation of 0.10.",
    ],
)
def test_a_figure_in_another_form_than_that_of_its_noun_is_not_read(text: str) -> None:
    assert [problem.code for problem in extract(text, ENTITIES).problems] == ["unread"]


def test_an_explicit_day_belongs_to_every_assertion_of_its_clause() -> None:
    read = extract("1inch rose 3.0% on the day to $2.00 as of 7 October 2025 and Solana closed at $5.00.", ENTITIES)
    assert [assertion.as_of for assertion in read.assertions] == [date(2025, 10, 7), date(2025, 10, 7), None]


def test_a_window_since_a_briefing_has_its_start() -> None:
    read = only("Your portfolio is flat since the briefing of 9 October 2025.")
    assert (read.subject, read.window, read.start) == (PORTFOLIO, "since", date(2025, 10, 9))


def test_a_figure_knows_its_place() -> None:
    text = "Meanwhile, Solana closed at $215.07."
    read = only(text)
    assert [text[start:end] for start, end in read.spans] == ["$215.07"]


def test_a_total_is_read_in_usd() -> None:
    read = only("The total market value of crypto was $3.52 trillion.")
    assert read.figure is not None
    assert read.figure.value == Decimal(3520000000000)


def test_a_name_that_two_subjects_share_names_neither() -> None:
    twins = {"asset:1": Entity("asset:1", "Twin"), "asset:2": Entity("asset:2", "Twin")}
    assert extract("Twin closed at $5.00.", twins).problems != ()


def test_an_asset_called_your_portfolio_is_not_your_portfolio() -> None:
    impostor = {"asset:1": Entity("asset:1", "Your portfolio")}
    (read,) = extract("Your portfolio was flat on the day.", impostor).assertions
    assert read.subject == PORTFOLIO


def test_letters_and_digits_of_a_name_may_be_of_any_script() -> None:
    names = {"asset:1": Entity("asset:1", "Ωmega٣")}
    assert extract("Ωmega٣ closed at $5.00.", names).problems == ()
    assert [problem.code for problem in extract("Ωmega٣ closed at $٣.00.", names).problems] == ["characters"]


def test_what_could_not_be_read_is_quoted() -> None:
    (problem,) = extract("Bitcoin surged 3.0% on the day.", ENTITIES).problems
    assert problem.code == "unread"
    assert problem.detail == "cannot read 'surged 3.0% on the day.' after 'Bitcoin '"


def test_a_very_long_text_is_refused_before_it_is_read() -> None:
    (problem,) = extract("Bitcoin closed at $5.00 and " * 200, ENTITIES).problems
    assert problem.code == "characters"


def test_a_long_run_of_clauses_is_read_at_once() -> None:
    text = "; ".join(f"bitcoin closed at ${number}.00" for number in range(100, 160)).replace("bitcoin", "Bitcoin")
    assert len(extract(text, ENTITIES).assertions) == 60


@pytest.mark.parametrize("sentence", sorted(SAFE_SENTENCES))
def test_a_safe_sentence_asserts_nothing(sentence: str) -> None:
    read = extract(sentence, ENTITIES)
    assert (read.assertions, read.safe, read.problems) == ((), (sentence,), ())
