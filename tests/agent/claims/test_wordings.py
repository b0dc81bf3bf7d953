"""Every wording that came with the figures of all analytics, spelled out by hand from docs/claims.md."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.analytics.signals.registry import SIGNALS
from agent.analytics.signals.signal import Signal, Subject
from agent.claims import forms
from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Entity, Fact, Metric, Unit
from agent.claims.wordings_signals import WORDED_ELSEWHERE, WORDED_HERE
from tests.agent.claims.templates import claim_of
from tests.agent.claims.verify.world import AS_OF, fact

PAGE = Path(__file__).parents[3] / "docs" / "claims.md"
OWN = "portfolio:1"
BTC, SOL, ADA = "asset:1", "asset:2", "asset:3"
NAMES = {
    BTC: Entity(BTC, "Bitcoin"),
    SOL: Entity(SOL, "Solana"),
    ADA: Entity(ADA, "Cardano"),
    "sector:Meme": Entity("sector:Meme", "Meme"),
}
EARLIER = date(2025, 9, 10)
TRACKED: dict[str, Any] = {"universe": "tracked", "universe_size": 48}
HELD: dict[str, Any] = {"universe": "holdings", "universe_size": 6}


def texts(template: str, *facts: Fact) -> list[str]:
    claim = Claim("c", ClaimKind.LEVEL, template, SectionKey.MARKET, facts, 0.5)
    return [forms.compose([(claim, clause)]).text for clause in forms.clauses(claim, NAMES, AS_OF)]


def made(subject: str, metric: Metric, unit: Unit, value: str | None, **more: object) -> Fact:
    return fact("f", subject, metric, unit, value, **more)  # type: ignore[arg-type]  # checked by Fact


def rsi(value: str, subject: str = SOL, **more: object) -> Fact:
    return made(subject, Metric.RSI, Unit.SCORE, value, **more)


def fall(value: str, subject: str = SOL, **more: object) -> Fact:
    return made(subject, Metric.MAX_DRAWDOWN, Unit.PCT, value, window="365d", **more)


MOOD = made("market", Metric.FEAR_GREED, Unit.SCORE, "27.4", label="Fear")
LOCKED = made(SOL, Metric.VALUE_LOCKED, Unit.USD, "28412345678", qualifier="chain")
FLOW = made(BTC, Metric.EXCHANGE_NET_FLOW, Unit.USD, "-1204000000", window="7d")
OF_RSI = {"qualifier": "rsi"}
COUNTED: dict[str, Any] = {"label": "above", **TRACKED}
VAR = made(OWN, Metric.VALUE_AT_RISK, Unit.PCT, "4.12", window="365d")
LINK = made(SOL, Metric.CORRELATION, Unit.RATIO, "0.917", window="90d", other=ADA)
RISK = made(SOL, Metric.RISK_SHARE, Unit.PCT, "54.21", window="90d")
CLOSES = (
    made(SOL, Metric.CLOSE, Unit.USD, "200", as_of=EARLIER),
    made(SOL, Metric.CLOSE, Unit.USD, "224.6"),
)

MOST_ALIKE = (
    "Of the 15 pairs of your holdings, Solana and Cardano moved most alike over 90 days, with a correlation of 0.92."
)
TRUST = {"qualifier": "golden_cross", "window": "30d"}

CASES: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("figure", (rsi("28.4"),), ["Solana's 14-day RSI was 28.", "The 14-day RSI of Solana was 28."]),
    ("figure", (MOOD,), ["The fear and greed index was 27."]),
    ("figure", (LOCKED,), ["Solana's value locked on its chains was $28.41 billion."]),
    ("figure", (FLOW,), ["Bitcoin's net flow to exchanges over 7 days was -$1.20 billion."]),
    ("figure", (fall("-38.44"),), ["Solana's maximum drawdown over 365 days was 38.4%."]),
    ("figure", (made(BTC, Metric.DISTANCE, Unit.PCT, "5.51", window="50d"),),
     ["Bitcoin's distance from its 50-day mean was +5.5%."]),
    ("figure", (made(SOL, Metric.OWN_GRADE, Unit.SCORE, "63.24", qualifier="long_term"),),
     ["Solana's coinbrief long-term grade was 63.2 of 100.",
      "The coinbrief long-term grade of Solana was 63.2 of 100."]),
    ("figure", (made(OWN, Metric.TOP_SHARE, Unit.PCT, "81.26", qualifier="3"),),
     ["Your portfolio's share of its 3 largest holdings was 81.3%."]),
    ("figure", (made(BTC, Metric.HASH_RATE, Unit.EHS, "1012.31"),),
     ["Bitcoin's hash rate was 1012.3 EH/s.", "The hash rate of Bitcoin was 1012.3 EH/s."]),
    ("figure", (made(SOL, Metric.BETA, Unit.RATIO, "-0.115", window="90d", other=BTC),),
     ["Solana's beta to Bitcoin over 90 days was -0.12."]),
    ("figure_change", (rsi("64", as_of=EARLIER), rsi("28")),
     ["Solana's 14-day RSI fell to 28 from 64 on 10 September 2025.",
      "Solana's 14-day RSI was 28, down from 64 on 10 September 2025."]),
    ("figure_change", (fall("-20", as_of=EARLIER), fall("-25")),
     ["Solana's maximum drawdown over 365 days rose to 25.0% from 20.0% on 10 September 2025.",
      "Solana's maximum drawdown over 365 days was 25.0%, up from 20.0% on 10 September 2025."]),
    ("figure_change", (rsi("28.4", as_of=EARLIER), rsi("27.6")),
     ["Solana's 14-day RSI was 28, unchanged from 10 September 2025."]),
    ("figure_bound", (rsi("74.4", threshold=Decimal(70)),),
     ["Solana's 14-day RSI was 74, above 70.", "At 74, Solana's 14-day RSI was above 70."]),
    ("figure_bound", (fall("-38.44", threshold=Decimal(40)),),
     ["Solana's maximum drawdown over 365 days was 38.4%, below 40%.",
      "At 38.4%, Solana's maximum drawdown over 365 days was below 40%."]),
    ("figure_versus", (rsi("62"), rsi("48", ADA)),
     ["Solana's 14-day RSI was higher than Cardano's: 62 against 48.",
      "Solana had a higher 14-day RSI than Cardano, 62 against 48."]),
    ("figure_versus", (fall("-20"), fall("-60", ADA)),
     ["Solana's maximum drawdown over 365 days was lower than Cardano's: 20.0% against 60.0%.",
      "Solana had a lower maximum drawdown over 365 days than Cardano, 20.0% against 60.0%."]),
    ("figure_versus", (rsi("47.6"), rsi("48", ADA)), ["Solana's 14-day RSI matched Cardano's: 48 against 48."]),
    ("figure_rank", (rsi("91", rank=1, **TRACKED),),
     ["Solana had the highest 14-day RSI of 48 tracked coins: 91.",
      "The highest 14-day RSI of 48 tracked coins was Solana's, at 91."]),
    ("figure_rank", (rsi("9", rank=10, rank_from_bottom=True, **HELD),),
     ["Solana had the tenth lowest 14-day RSI of your 6 holdings: 9.",
      "The tenth lowest 14-day RSI of your 6 holdings was Solana's, at 9."]),
    ("figure_rank", (fall("-90", rank=2, rank_from_bottom=True, **TRACKED),),
     ["Solana had the second highest maximum drawdown over 365 days of 48 tracked coins: 90.0%.",
      "The second highest maximum drawdown over 365 days of 48 tracked coins was Solana's, at 90.0%."]),
    ("figure_count", (made("market", Metric.MATCHES, Unit.COUNT, "3", **OF_RSI, threshold=Decimal("70.0"), **COUNTED),),
     ["3 of 48 tracked coins had a 14-day RSI above 70."]),
    ("figure_count", (made("market", Metric.MATCHES, Unit.COUNT, "0", qualifier="volatility", window="30d",
                           threshold=Decimal(20), label="below", **TRACKED),),
     ["None of 48 tracked coins had an annualised volatility over 30 days below 20%."]),
    ("figure_count", (made("market", Metric.MATCHES, Unit.COUNT, "2", qualifier="market_cap",
                           threshold=Decimal(1500000000), **COUNTED),),
     ["2 of 48 tracked coins had a market value above $1.5 billion."]),
    ("screen", (made("market", Metric.MATCHES, Unit.COUNT, "3", **TRACKED,
                     label="14-day RSI below 30, TM grade above 70 and market value above $1 billion"),),
     [("3 of 48 tracked coins met every condition: "
      "14-day RSI below 30, TM grade above 70 and market value above $1 billion.")]),
    ("figure_mean", (made("market", Metric.MEAN, Unit.SCORE, "51.26", qualifier="own_grade:short_term", **TRACKED),),
     ["The mean coinbrief short-term grade of 48 tracked coins was 51.3."]),
    ("difference", (made(SOL, Metric.DIFFERENCE, Unit.SCORE, "14", other=ADA, **OF_RSI), rsi("62"), rsi("48", ADA)),
     ["Solana's 14-day RSI was 14 above Cardano's (62 against 48)."]),
    ("difference", (made(SOL, Metric.DIFFERENCE, Unit.PP, "-1", other=ADA, qualifier="volatility", window="30d"),
                    made(SOL, Metric.VOLATILITY, Unit.PCT, "60", window="30d"),
                    made(ADA, Metric.VOLATILITY, Unit.PCT, "61", window="30d")),
     ["Solana's annualised volatility over 30 days was 1.0 percentage point below Cardano's (60.0% against 61.0%)."]),
    ("times", (made(SOL, Metric.TIMES, Unit.RATIO, "1.2917", other=ADA, **OF_RSI), rsi("62"), rsi("48", ADA)),
     ["Solana's 14-day RSI was 1.29 times Cardano's (62 against 48)."]),
    ("sum", (made(OWN, Metric.SUM, Unit.USD, "52310.222", qualifier="value", **HELD),),
     ["The value of your 6 holdings together was $52,310.22."]),
    ("extreme", (made(SOL, Metric.HIGHEST_CLOSE, Unit.USD, "250.1", window="90d", as_of=EARLIER),),
     ["Solana's highest close over 90 days was $250.10, on 10 September 2025."]),
    ("extreme", (made(SOL, Metric.LOWEST_CLOSE, Unit.USD, "1.5", window="90d"),),
     ["Solana's lowest close over 90 days was $1.50, on 10 October 2025."]),
    ("change_between", (*CLOSES, made(SOL, Metric.CHANGE, Unit.PCT, "12.3", start=EARLIER)),
     ["Solana rose 12.3% from 10 September 2025 to 10 October 2025, from $200.00 to $224.60.",
      "From 10 September 2025 to 10 October 2025, Solana gained 12.3%, going from $200.00 to $224.60."]),
    ("correlation", (LINK,),
     ["Solana's correlation with Cardano over 90 days was 0.92.",
      "Solana and Cardano had a correlation of 0.92 over 90 days."]),
    ("most_alike", (replace(LINK, universe="pairs", universe_size=15, rank=1),),
     [MOST_ALIKE]),
    ("most_alike", (replace(LINK, universe="pairs", universe_size=15, rank=1, rank_from_bottom=True,
                            value=Decimal("-0.1")),),
     [("Of the 15 pairs of your holdings, Solana and Cardano moved least alike over 90 days, "
      "with a correlation of -0.10.")]),
    ("risk_share", (RISK,), ["Solana carried 54.2% of the portfolio's risk over 90 days."]),
    ("risk_against_weight", (RISK, made(SOL, Metric.WEIGHT, Unit.PCT, "31")),
     ["Solana carried 54.2% of the portfolio's risk over 90 days with 31.0% of its value."]),
    ("value_at_risk", (VAR, replace(VAR, unit=Unit.USD, value=Decimal(2130))),
     [("On all but the worst twentieth of days over 365 days, "
      "your portfolio's loss stayed within 4.1%, or $2,130.00.")]),
    ("shock", (made(OWN, Metric.SHOCK, Unit.PCT, "-30", other=BTC),
               made(OWN, Metric.SHOCK_CHANGE, Unit.PCT, "-33.6", window="365d", other=BTC),
               made(OWN, Metric.SHOCK_CHANGE, Unit.USD, "-17600", window="365d", other=BTC)),
     [("A fall of 30.0% in Bitcoin goes with a loss of 33.6%, or $17,600.00, "
      "of your portfolio by its beta over 365 days.")]),
    ("what_if", (made(OWN, Metric.WHAT_IF, Unit.RATIO, "3.14", qualifier="independent_bets", window="90d",
                      label="5.0% of Solana added and Dogecoin sold"),
                 made(OWN, Metric.INDEPENDENT_BETS, Unit.RATIO, "2.44", window="90d")),
     [("With 5.0% of Solana added and Dogecoin sold, "
      "your portfolio's number of independent bets over 90 days would be 3.1 instead of 2.4.")]),
    ("own_grade", (made(SOL, Metric.OWN_GRADE, Unit.SCORE, "63.24", qualifier="short_term"),),
     ["Coinbrief's short-term grade for Solana was 63.2 of 100."]),
    ("own_grade_change", (made(SOL, Metric.OWN_GRADE_PREVIOUS, Unit.SCORE, "70.1", qualifier="long_term"),
                          made(SOL, Metric.OWN_GRADE, Unit.SCORE, "63.24", qualifier="long_term")),
     ["Coinbrief's long-term grade for Solana fell from 70.1 to 63.2 on the day."]),
    ("signal", (made(SOL, Metric.SIGNAL, Unit.TEXT, None, label="golden_cross"),),
     ["Solana saw its 50-day mean cross above its 200-day mean (golden cross).",
      "On the day, Solana saw its 50-day mean cross above its 200-day mean (golden cross)."]),
    ("signal", (made("sector:Meme", Metric.SIGNAL, Unit.TEXT, None, label="sector_breadth_surge"),),
     ["At least 80% of the sector Meme rose, well above the share of all coins."]),
    ("signal", (made("market", Metric.SIGNAL, Unit.TEXT, None, label="regime_risk_off"),),
     ["Bitcoin came to be below its 200-day mean with most coins below their 50-day mean (risk off)."]),
    ("signal_record", (made("market", Metric.SIGNAL_CONFIDENCE, Unit.PCT, "54.21", **TRUST),
                       made("market", Metric.SIGNAL_CASES, Unit.COUNT, "1203", **TRUST)),
     ['Coinbrief\'s confidence in the signal "golden cross" over 30 days is 54.2%, learned from 1,203 past cases.']),
    ("last_collected", (made("source:binance", Metric.LAST_COLLECTED, Unit.DATE, None, qualifier="daily_bars",
                             label="2025-10-09"),),
     ["Daily bars from Binance last came in on 9 October 2025."]),
]  # fmt: skip


@pytest.mark.parametrize(("template", "facts", "expected"), CASES)
def test_a_claim_is_worded_as_the_page_says(template: str, facts: tuple[Fact, ...], expected: list[str]) -> None:
    assert texts(template, *facts) == expected


def test_every_template_of_the_page_has_a_wording_and_no_other_has() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = (
        page.split(start)[1].split("\n## ")[0] for start in ("## Wordings", "| template | facts in order | general")
    )
    more = page.split("## More wordings")[1].split("Further wordings")[0]
    analyses = page.split("\n## Weights, stress")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", "\n".join([*named, more, analyses]), re.MULTILINE)
    assert set(rows) == set(forms.WORDINGS)


def test_every_registered_signal_has_words_once() -> None:
    assert {signal.name for signal in SIGNALS} == WORDED_HERE | WORDED_ELSEWHERE
    assert not WORDED_HERE & WORDED_ELSEWHERE


def _sayings() -> frozenset[str]:
    """The predicates and sentences of the page's table of signals, each alternative by itself."""
    table = PAGE.read_text(encoding="utf-8").split("## Signals in words")[1].split("Signals that older")[0]
    cells = re.findall(r"`([^`]+)`", "\n".join(line.split("|", 2)[2] for line in table.splitlines() if "| `" in line))
    plain = set()
    for cell in (re.sub(r" *\\\| *", r"\\|", item) for item in cells):
        for side in (0, 1):
            plain.add(re.sub(r"(\w+)\\\|(\w+)", rf"\{side + 1}", cell))
    grades = {item.replace("TM trader grade", "TM investor grade") for item in plain}
    every = plain | grades | {item.replace("80", "30") for item in plain | grades}
    return frozenset(item.casefold() for item in every)


SAYINGS = _sayings()


@pytest.mark.parametrize("signal", [item for item in SIGNALS if item.name in WORDED_HERE], ids=lambda item: item.name)
def test_a_signal_is_worded_as_the_page_says(signal: Signal) -> None:
    about = {Subject.ASSET: SOL, Subject.SECTOR: "sector:Meme", Subject.MARKET: "market"}[signal.subject]
    text, *_ = texts("signal", made(about, Metric.SIGNAL, Unit.TEXT, None, label=signal.name))
    said = text.removesuffix(".").removeprefix("Solana ").replace("ector Meme", "ector A")
    assert said.casefold() in SAYINGS


@pytest.mark.parametrize(
    ("template", "facts"),
    [
        ("figure_bound", (rsi("70.2", threshold=Decimal(70)),)),  # shown as 70: neither above nor below
        ("figure_bound", (rsi("70"),)),
        ("figure_rank", (rsi("70", rank=11, **TRACKED),)),
        ("figure", (made(SOL, Metric.VOLATILITY, Unit.PCT, "7"),)),  # no window
    ],
)
def test_what_cannot_be_said_is_an_error(template: str, facts: tuple[Fact, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        texts(template, *facts)


def test_the_day_of_a_change_of_a_figure_is_that_of_the_later_one() -> None:
    later = rsi("28", as_of=date(2025, 10, 9))
    first, *_ = texts("figure_change", rsi("64", as_of=EARLIER), later)
    assert first == "Solana's 14-day RSI fell to 28 from 64 on 10 September 2025, as of 9 October 2025."


def test_figures_are_tied_to_their_facts() -> None:
    both = (fact("a", SOL, Metric.RSI, Unit.SCORE, "62"), fact("b", ADA, Metric.RSI, Unit.SCORE, "48"))
    for clause in forms.clauses(claim_of("figure_versus", both), NAMES, AS_OF):
        assert [(part.fact_id, part.text) for part in clause if part.fact_id] == [("a", "62"), ("b", "48")]
