"""Twenty false and twenty true sentences of different kinds, written by hand against one set of facts."""

import pytest

from agent.claims.verify import verify_text
from tests.agent.claims.verify.wordings import EVERY_FACT
from tests.agent.claims.verify.world import AS_OF, ENTITIES

FALSE = (
    "Bitcoin fell 7.4% on the day.",
    "Solana fell 5.9% on the day to $230.10.",
    "Ethereum rose 7.3% on the day.",
    "Over 30 days, Bonk x1000 gained 3.0%.",
    "Your portfolio beat Bitcoin on the day: -7.3% against -9.8%.",
    "The second largest gain on the day among 48 tracked coins was Neiro's 21.4%.",
    "The largest gain on the day among 4,800 tracked coins was Neiro's 21.4%.",
    "Bitcoin surged to $113,214.",
    "Bitcoin closed at $113,214 because Solana rose 5.9% on the day.",
    "The total market value of crypto was $3.52 million.",
    "The fear and greed index stood at 72 (Fear).",
    "1inch's 14-day RSI was 74, above 75 (overbought).",
    "Most of 48 tracked coins fell on the day.",
    "It closed at $113,214.",
    "Ethereum has risen 4.5% since the briefing of 10 October 2025.",
    "Ethereum's TM trader grade was 100.0 of 100.",
    "Token Metrics' trading signal for Ethereum was bullish, so buy.",
    "No grade is available for Dogecoin.",
    "Your portfolio's correlation with Bitcoin over 90 days was 0.86 and its beta 0.86.",
    "1inch closed at $0.2000 on the day.",
)

TRUE = (
    "Bitcoin fell 7.3% on the day and Solana rose 5.9% on the day.",
    "Meanwhile, 1inch fell 12.2% over 7 days; Bonk x1000 rose 3.0% over 7 days.",
    "Overall, 3 of 48 tracked coins rose on the day, 44 fell and 1 was flat.",
    "As for Bitcoin, Bitcoin closed at $113,214, down 7.3% on the day.",
    "As for your portfolio: your portfolio was worth $52,310.22 at the close.",
    "Among your holdings, Pump.fun makes up 3.1% of the portfolio.",
    "In your portfolio, the largest gain among your 6 holdings on the day came from Solana: $1,203.40.",
    "In the market, the median change of 48 tracked coins on the day was -11.2%.",
    "Elsewhere, Neiro led 48 tracked coins on the day with a gain of 21.4%, and NEIROCTO rose 10.0% on the day.",
    "First Coin rose 1.5% on the day.",
    "First, First Coin rose 1.5% on the day.",
    "Bitcoin closed at $113,214. Solana rose 5.9% on the day.",
    "Café Coin was flat on the day at $0.006912, while Bitcoin Cash closed at $481.00.",
    "1inch closed at $0.2000, as of 7 October 2025.",
    "1inch closed at $0.2000 (as of 7 October 2025) and Cosmos closed at $3.42.",
    "Meanwhile, overall, Bitcoin's 14-day RSI was 28 and Pump.fun closed at $1,001.",
    "Finally, the largest loss on the day among 48 tracked coins was Dogecoin's 44.4%.",
    "Café Coin beat Bitcoin on the day: 0.0% against -7.3%; Solana beat Bitcoin on the day: +5.9% against -7.3%.",
    "Token Metrics gave no grades; collecting daily bars from Token Metrics failed: rate limited.",
    "Bitcoin's 14-day RSI was 28 and your portfolio's maximum drawdown over 365 days was 38.4%",
)


@pytest.mark.parametrize("text", FALSE)
def test_a_false_sentence_of_the_hand_made_list_is_refused(text: str) -> None:
    assert verify_text(text, EVERY_FACT, ENTITIES, AS_OF) != ()


@pytest.mark.parametrize("text", TRUE)
def test_a_true_sentence_of_the_hand_made_list_is_accepted(text: str) -> None:
    assert verify_text(text, EVERY_FACT, ENTITIES, AS_OF) == ()


def test_the_lists_have_twenty_sentences_each() -> None:
    assert len(set(FALSE)) == len(set(TRUE)) == 20
