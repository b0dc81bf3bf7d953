"""What a text says of where prices are from and of what the credits leave out: anything else than the fact is refused.

The true sentences are those of docs/claims.md, spelled here by hand.
"""

from dataclasses import replace

import pytest

from agent.claims.claim import Claim, ClaimKind, SectionKey, Segment, Sentence
from agent.claims.fact import Fact, Metric, State
from agent.claims.verify import verify_sentence, verify_text
from tests.agent.claims.verify.wordings import DISPUTED, ELSEWHERE, EMPTY, FAILED, LEFT_OUT, NO_GRADE
from tests.agent.claims.verify.world import AS_OF, ENTITIES

PRICE = "The price of Dogecoin is from Binance, as Token Metrics has none for the day."
DISPUTE = "Sources disagree about the price of Dogecoin: Binance has $0.1875 and Token Metrics has $0.1934."
CREDITS = "The month's credits for Token Metrics leave out daily bars of other coins."


def codes(text: str, *facts: Fact) -> set[str]:
    return {violation.code for violation in verify_text(text, facts, ENTITIES, AS_OF)}


def cited_codes(text: str, *facts: Fact) -> set[str]:
    claim = Claim("c1", ClaimKind.MISSING, "any", SectionKey.GAPS, facts, 1.0)
    sentence = Sentence((Segment(text),), ("c1",))
    return {violation.code for violation in verify_sentence(sentence, {"c1": claim}, ENTITIES, AS_OF)}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (PRICE, (ELSEWHERE,)),
        (DISPUTE, DISPUTED),
        ("Sources disagree about the price of Dogecoin: Token Metrics has $0.1934 and Binance has $0.1875.", DISPUTED),
        (CREDITS, (LEFT_OUT,)),
        (f"{CREDITS.removesuffix('.')}; the price of Dogecoin is from Binance, as Token Metrics has none for the day.",
         (LEFT_OUT, ELSEWHERE)),
    ],
)  # fmt: skip
def test_what_the_facts_say_is_accepted(text: str, facts: tuple[Fact, ...]) -> None:
    assert codes(text, *facts) == set()
    assert cited_codes(text, *facts) == set()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Dogecoin", "Bitcoin", "subject"),
        ("Dogecoin", "Neiro", "subject"),
        ("from Binance", "from CoinGecko", "label"),
        ("from Binance", "from the sandbox's Binance", "label"),
        ("from Binance", "from the replayed Binance", "label"),
        ("as Token Metrics", "as CoinGecko", "qualifier"),
        ("as Token Metrics", "as the replayed Token Metrics", "qualifier"),
        ("as Token Metrics", "as Binance", "qualifier"),
    ],
)
def test_another_asset_or_source_is_refused(old: str, new: str, code: str) -> None:
    assert code in codes(PRICE.replace(old, new), ELSEWHERE)
    assert code in cited_codes(PRICE.replace(old, new), ELSEWHERE)


def test_the_two_sources_of_a_price_cannot_be_swapped() -> None:
    swapped = "The price of Dogecoin is from Token Metrics, as Binance has none for the day."
    assert codes(swapped, ELSEWHERE) >= {"label", "qualifier"}


@pytest.mark.parametrize("what", ["price", "binance", "Binance", "token", "TM grade"])
def test_a_price_from_elsewhere_is_no_missing_thing(what: str) -> None:
    assert codes(f"No {what} is available for Dogecoin.", ELSEWHERE) != set()


def test_a_missing_thing_is_no_price_from_elsewhere() -> None:
    assert codes(PRICE, NO_GRADE) >= {"label", "qualifier"}
    assert "state" in codes(PRICE, replace(ELSEWHERE, state=State.FRESH))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Dogecoin", "Bitcoin", "subject"),
        ("Binance has $0.1875", "Binance has $0.1876", "value"),
        ("Token Metrics has $0.1934", "Token Metrics has $0.1943", "value"),
        ("Binance", "CoinGecko", "source"),
        ("Binance", "the sandbox's Binance", "source"),
        ("Token Metrics has", "Coin Metrics has", "source"),
        ("Binance has $0.1875 and Token Metrics has $0.1934", "Binance has $0.1934 and Token Metrics has $0.1875",
         "value"),
        ("Binance has $0.1875 and Token Metrics has $0.1934", "Token Metrics has $0.1875 and Binance has $0.1934",
         "value"),
        ("Token Metrics has $0.1934", "Binance has $0.1875", "other"),
        ("Binance has $0.1875", "Token Metrics has $0.1934", "other"),
    ],
)  # fmt: skip
def test_a_dispute_with_a_changed_part_is_refused(old: str, new: str, code: str) -> None:
    false = DISPUTE.replace(old, new)
    assert false != DISPUTE
    assert code in codes(false, *DISPUTED)
    assert code in cited_codes(false, *DISPUTED)


@pytest.mark.parametrize("state", [state for state in State if state is not State.DISPUTED])
def test_sources_that_agree_do_not_disagree(state: State) -> None:
    agreed = tuple(replace(fact, state=state) for fact in DISPUTED)
    assert "state" in codes(DISPUTE, *agreed)
    assert "state" in codes(DISPUTE, agreed[0], DISPUTED[1])


def test_a_close_is_not_the_close_of_a_source() -> None:
    closes = tuple(replace(fact, metric=Metric.CLOSE) for fact in DISPUTED)
    assert codes(DISPUTE, *closes) == {"unbacked"}
    assert codes("Dogecoin closed at $0.1875.", *DISPUTED) == {"unbacked"}


def test_the_middle_one_of_three_closes_is_not_of_the_dispute() -> None:
    middle = replace(DISPUTED[0], fact_id="mid", source="coingecko", other=None)
    text = DISPUTE.replace("Binance", "CoinGecko")
    assert "other" in codes(text, *DISPUTED, middle)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("daily bars of other coins", "daily bars", "qualifier"),
        ("daily bars of other coins", "daily bars of the watchlist", "qualifier"),
        ("daily bars of other coins", "trader grades of other coins", "qualifier"),
        ("daily bars of other coins", "grades", "qualifier"),
        ("Token Metrics", "CoinGecko", "subject"),
        ("Token Metrics", "the sandbox's Token Metrics", "subject"),
    ],
)
def test_a_kind_that_is_not_left_out_is_refused(old: str, new: str, code: str) -> None:
    assert code in codes(CREDITS.replace(old, new), LEFT_OUT)


@pytest.mark.parametrize("fact", [FAILED, EMPTY])
def test_what_failed_or_was_empty_was_not_left_out(fact: Fact) -> None:
    kind = (fact.qualifier or "").replace("_", " ")
    assert "label" in codes(f"The month's credits for Token Metrics leave out {kind}.", fact)
    failed = replace(LEFT_OUT, qualifier=fact.qualifier)
    assert "label" in codes(f"Token Metrics gave no {kind}.", failed)
    assert "label" in codes(f"Collecting {kind} from Token Metrics failed: rate limited.", failed)


@pytest.mark.parametrize(
    "text",
    [
        "The month's credits for Token Metrics leave out no daily bars of other coins",
        "The month's credits for Token Metrics leave out daily bars of all other coins.",
        "The month's credits for Token Metrics do not leave out daily bars of other coins.",
        "The credits for Token Metrics leave out daily bars of other coins.",
        "Sources agree about the price of Dogecoin: Binance has $0.1875 and Token Metrics has $0.1934.",
        "The price of Dogecoin is from Binance.",
        "The price of Dogecoin is not from Binance, as Token Metrics has none for the day.",
        "The price of Dogecoin is from Binance, as Token Metrics has none for the week.",
    ],
)
def test_other_words_are_refused(text: str) -> None:
    assert codes(text, LEFT_OUT, ELSEWHERE, *DISPUTED) != set()


def test_what_is_stated_of_a_claim_is_all_of_it() -> None:
    assert "citation" in cited_codes(PRICE, ELSEWHERE, *DISPUTED)
