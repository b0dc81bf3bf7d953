"""Eighty questions as readers ask them, with what each has to look up; written before the grammar, and kept.

The last close is that of Friday, 10 October 2025. `calls` names the tools in order and the arguments that matter.
"""

from dataclasses import dataclass
from datetime import date

from agent.ask.tools import Candidate

TODAY = date(2025, 10, 10)
ASSETS = (
    Candidate(1, "Bitcoin", "BTC"),
    Candidate(2, "Ethereum", "ETH"),
    Candidate(3, "Solana", "SOL"),
    Candidate(4, "Neiro", "NEIRO"),
    Candidate(5, "Neiro on ETH", "NEIRO"),
    Candidate(6, "Shiba Inu", "SHIB"),
    Candidate(7, "The Graph", "GRT"),
    Candidate(8, "USD Coin", "USDC"),
    Candidate(9, "Cardano", "ADA"),
    Candidate(10, "Dogecoin", "DOGE"),
    Candidate(11, "Chainlink", "LINK"),
    Candidate(12, "XRP", "XRP"),
    Candidate(13, "Avalanche", "AVAX"),
    Candidate(14, "Litecoin", "LTC"),
    Candidate(15, "Polkadot", "DOT"),
    Candidate(16, "NEAR Protocol", "NEAR"),
    Candidate(17, "Harmony", "ONE"),
    Candidate(18, "Gas", "GAS"),
    Candidate(19, "JUST", "JST"),
    Candidate(20, "Notcoin", "NOT"),
    Candidate(21, "ConstitutionDAO", "PEOPLE"),
    Candidate(22, "Top Network", "TOP"),
)

Arguments = dict[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, what was asked before it, and the plan it has to become; `premise` is the direction it assumes."""

    kind: str
    text: str
    calls: tuple[tuple[str, Arguments], ...]
    declined: tuple[str, ...] = ()
    premise: int = 0
    after: str | None = None
    note: str = ""  # what a note has to contain


def _filters(*conditions: tuple[str, str | None, str, float]) -> tuple[Arguments, ...]:
    names = ("metric", "window", "side", "bound")
    return tuple(dict(zip(names, condition, strict=True)) for condition in conditions)


PRICES = (
    Question("price", "What is the price of Bitcoin?", (("price", {"asset": "Bitcoin", "day": None}),)),
    Question("price", "how's eth doing", (("price", {"asset": "Ethereum"}),)),
    Question("price", "did sol pump last week",
             (("history", {"asset": "Solana", "metric": "price", "window": "7d"}),)),
    Question("price", "cardano price on 3 October", (("price", {"asset": "Cardano", "day": date(2025, 10, 3)}),)),
    Question("price", "hw much is dogecoin wrth rn", (("price", {"asset": "Dogecoin"}),), declined=("intraday",)),
    Question("price", "how much did xrp lose since Monday?",
             (("history", {"asset": "XRP", "metric": "price", "start": date(2025, 10, 6)}),), premise=-1),
    Question("price", "etherium price yesterday", (("price", {"asset": "Ethereum"}),), note="etherium"),
    Question("price", "and Ethereum?", (("history", {"asset": "Ethereum", "metric": "price", "window": "7d"}),),
             after="how did bitcoin do over 7 days"),
)  # fmt: skip
HISTORY = (
    Question("history", "over 90 days?", (("history", {"asset": "Bitcoin", "metric": "price", "window": "90d"}),),
             after="how did bitcoin do this week"),
    Question("history", "how far is solana below its high", (("history", {"asset": "Solana", "metric": "drawdown"}),)),
    Question("history", "how did link do in September?",
             (("history", {"asset": "Chainlink", "metric": "price", "start": date(2025, 9, 1),
                           "end": date(2025, 9, 30)}),)),
    Question("history", "avax from 1 sept to 15 sept",
             (("history", {"asset": "Avalanche", "metric": "price", "start": date(2025, 9, 1),
                           "end": date(2025, 9, 15)}),)),
    Question("history", "ETH volatility over the last quarter",
             (("history", {"asset": "Ethereum", "metric": "volatility", "window": "90d"}),)),
    Question("history", "when did btc last close above 120k?", (("history", {"asset": "Bitcoin", "metric": "price"}),)),
    Question("history", "how has the trader grade of litecoin changed this month",
             (("history", {"asset": "Litecoin", "metric": "trader_grade", "start": date(2025, 10, 1)}),)),
    Question("history", "lowest price of doge since last Friday",
             (("history", {"asset": "Dogecoin", "metric": "price", "start": date(2025, 10, 3)}),)),
)  # fmt: skip
RANKS = (
    Question("rank", "top 5 gainers this week",
             (("rank", {"metric": "change", "window": "7d", "end": "top", "count": 5, "universe": "tracked"}),)),
    Question("rank", "which coins fell the most yesterday",
             (("rank", {"metric": "change", "window": "1d", "end": "bottom"}),)),
    Question("rank", "biggest loosers last 30 days",
             (("rank", {"metric": "change", "window": "30d", "end": "bottom"}),), note="loosers"),
    Question("rank", "what are the 10 largest coins by market cap",
             (("rank", {"metric": "market_value", "end": "top", "count": 10}),)),
    Question("rank", "and the worst?",
             (("rank", {"metric": "change", "window": "7d", "end": "bottom", "count": 5}),),
             after="top 5 gainers this week"),
    Question("rank", "which of my coins did worst over 90 days?",
             (("rank", {"metric": "change", "window": "90d", "end": "bottom", "universe": "holdings"}),)),
    Question("rank", "who has the best trader grade", (("rank", {"metric": "trader_grade", "end": "top"}),)),
    Question("rank", "most volatile coins at the moment", (("rank", {"metric": "volatility", "end": "top"}),)),
)  # fmt: skip
SCREENS = (
    Question("screen", "which coins are down more than 20% this month with a trader grade above 70",
             (("screen", {"filters": _filters(("change", "30d", "below", -20), ("trader_grade", None, "above", 70)),
                          "universe": "tracked"}),)),
    Question("screen", "coins with rsi under 30", (("screen", {"filters": _filters(("rsi", None, "below", 30))}),)),
    Question("screen", "how many coins rose more than 10% in a week?",
             (("screen", {"filters": _filters(("change", "7d", "above", 10))}),)),
    Question("screen", "any of my holdings overbought?",
             (("screen", {"filters": _filters(("rsi", None, "above", 70)), "universe": "holdings"}),)),
    Question("screen", "tokens with volume over $1bn and market cap below 5 billion",
             (("screen", {"filters": _filters(("volume", None, "above", 1e9), ("market_value", None, "below", 5e9)
                                              )}),)),
    Question("screen", "show me coins under $1 with investor grade of at least 60",
             (("screen", {"filters": _filters(("price", None, "below", 1), ("investor_grade", None, "above", 60))}),)),
    Question("screen", "which coins trade above their 200 day average",
             (("screen", {"filters": _filters(("distance_200d", None, "above", 0))}),)),
    Question("screen", "whats oversold and down at least 15 percent over 7 days",
             (("screen", {"filters": _filters(("rsi", None, "below", 30), ("change", "7d", "below", -15))}),)),
)  # fmt: skip
COMPARISONS = (
    Question("compare", "compare them", (("compare", {"assets": ("Bitcoin", "Ethereum")}),),
             after="price of btc and eth"),
    Question("compare", "SOL vs ADA vs AVAX over 90 days",
             (("compare", {"assets": ("Solana", "Cardano", "Avalanche"), "window": "90d"}),)),
    Question("compare", "which did better last month, bitcoin or ethereum?",
             (("compare", {"assets": ("Bitcoin", "Ethereum"), "metric": "change", "window": "30d"}),)),
    Question("compare", "is solana more volatile than bitcoin",
             (("compare", {"assets": ("Solana", "Bitcoin"), "metric": "volatility"}),)),
    Question("compare", "how correlated are BTC and ETH over a year",
             (("correlation", {"assets": ("Bitcoin", "Ethereum"), "days": 365}),)),
    Question("compare", "does doge move with bitcoin?", (("correlation", {"assets": ("Dogecoin", "Bitcoin")}),)),
    Question("compare", "beta of chainlink to bitcoin",
             (("history", {"asset": "Chainlink", "metric": "beta_bitcoin"}),)),
    Question("compare", "whos got a higher grade, ltc or dot",
             (("compare", {"assets": ("Litecoin", "Polkadot"), "metric": "tm_grade"}),)),
)  # fmt: skip
PORTFOLIOS = (
    Question("portfolio", "How is my portfolio?", (("portfolio", {"view": "overview"}),)),
    Question("portfolio", "is my bag too correlated", (("correlation", {"assets": ()}),)),
    Question("portfolio", "am i diversified?", (("portfolio", {"view": "diversification"}),)),
    Question("portfolio", "what if i add 5% solana", (("what_if", {"add": ("Solana=5%",), "drop": ()}),)),
    Question("portfolio", "what happens if I sell all my doge and put $500 in eth",
             (("what_if", {"add": ("Ethereum=$500",), "drop": ("Dogecoin",)}),)),
    Question("portfolio", "did i lose money this week", (("portfolio", {"view": "changes", "window": "7d"}),)),
    Question("portfolio", "whats my biggest position", (("portfolio", {"view": "holdings"}),)),
    Question("portfolio", "how risky are my holdings compared to last month", (("portfolio", {"view": "risk"}),)),
)  # fmt: skip
SIGNALS = (
    Question("signals", "any signals today?", (("signals", {"asset": None, "held": False}),)),
    Question("signals", "what signals does bitcoin have", (("signals", {"asset": "Bitcoin"}),)),
    Question("signals", "grades of ethereum", (("grades", {"asset": "Ethereum"}),)),
    Question("signals", "did anything break out yesterday", (("signals", {"asset": None, "name": "breakout_up"}),)),
    Question("signals", "is xrp overbought", (("history", {"asset": "XRP", "metric": "rsi"}),)),
    Question("signals", "golden cross on any of my coins?", (("signals", {"name": "golden_cross", "held": True}),)),
    Question("signals", "which signals are still active for avalanche",
             (("signals", {"asset": "Avalanche", "live": True}),)),
    Question("signals", "tm grade of SOL and ADA", (("grades", {"asset": "Solana"}), ("grades", {"asset": "Cardano"}))),
)  # fmt: skip
MARKETS = (
    Question("market", "how is the market", (("market", {"window": None}),)),
    Question("market", "what about last month", (("market", {"window": "30d"}),), after="how is the market"),
    Question("market", "did crypto crash last week", (("market", {"window": "7d"}),)),
    Question("market", "bitcoin active addresses", (("onchain", {"asset": "Bitcoin"}),)),
    Question("market", "how have eth fees changed over 30 days",
             (("history", {"asset": "Ethereum", "metric": "fees", "window": "30d"}),)),
    Question("market", "on-chain data for litecoin", (("onchain", {"asset": "Litecoin"}),)),
    Question("market", "which coins have the most exchange inflows",
             (("rank", {"metric": "exchange_net_flow", "end": "top"}),)),
    Question("market", "hows the mood out there, and how many coins are up?",
             (("market", {}), ("screen", {"filters": _filters(("change", "1d", "above", 0))}))),
)  # fmt: skip
HOUSEKEEPING = (
    Question("data", "is the data up to date?", (("data_health", {"asset": None}),)),
    Question("data", "when was solana last updated", (("data_health", {"asset": "Solana"}),)),
    Question("data", "which prices are missing", (("data_health", {"asset": None}),)),
    Question("data", "what did you say about ethereum last week",
             (("recall", {"query": "Ethereum", "start": date(2025, 10, 4), "end": TODAY}),)),
    Question("data", "show me the briefing from Monday",
             (("recall", {"start": date(2025, 10, 6), "end": date(2025, 10, 6)}),)),
    Question("data", "has any report mentioned staking on cardano?", (("recall", {"query": "staking Cardano"}),)),
    Question("data", "help", (("help", {}),)),
    Question("data", "what can i ask you", (("help", {}),)),
)  # fmt: skip
DECLINED = (
    Question("declined", "should i buy bitcoin?",
             (("price", {"asset": "Bitcoin"}), ("grades", {"asset": "Bitcoin"})), declined=("advice",)),
    Question("declined", "will eth hit 10k by the end of the year", (("price", {"asset": "Ethereum"}),),
             declined=("forecast",)),
    Question("declined", "why did BTC fall?", (("price", {"asset": "Bitcoin"}),), declined=("cause",), premise=-1),
    Question("declined", "price of sol an hour ago", (("price", {"asset": "Solana"}),), declined=("intraday",)),
    Question("declined", "whats the best coin to buy", (("market", {}),), declined=("advice",)),
    Question("declined", "is now a good time to sell my shiba inu",
             (("price", {"asset": "Shiba Inu"}), ("grades", {"asset": "Shiba Inu"})), declined=("advice",)),
    Question("declined", "why?", (("history", {"asset": "Solana", "metric": "price", "window": "7d"}),),
             declined=("cause",), after="how did solana do last week"),
    Question("declined", "price prediction for cardano next month", (("price", {"asset": "Cardano"}),),
             declined=("forecast",)),
)  # fmt: skip

QUESTIONS = (
    *PRICES, *HISTORY, *RANKS, *SCREENS, *COMPARISONS, *PORTFOLIOS, *SIGNALS, *MARKETS, *HOUSEKEEPING, *DECLINED,
)  # fmt: skip
