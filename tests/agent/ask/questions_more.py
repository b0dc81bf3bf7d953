"""Forty more questions, of weights, stress, sectors, indices and track records; written before the grammar, and kept.

They are read as those of `questions.py` are: the last close is that of Friday, 10 October 2025.
"""

from datetime import date

from tests.agent.ask.questions import Question

EXPOSURES = (
    Question("exposure", "am I too heavy in defi?", (("portfolio", {"view": "exposure"}),)),
    Question("exposure", "which sectors am I in", (("portfolio", {"view": "exposure"}),)),
    Question("exposure", "how much of my portfolio is stablecoins", (("portfolio", {"view": "exposure"}),)),
    Question("exposure", "what chains are my coins on", (("portfolio", {"view": "exposure"}),)),
)
TARGETS = (
    Question("targets", "how far am I off my targets", (("portfolio", {"view": "targets"}),)),
    Question("targets", "what would it take to get back to my target weights", (("portfolio", {"view": "targets"}),)),
    Question("targets", "rebalance my portfolio", (("portfolio", {"view": "targets"}),), declined=("advice",)),
    Question("targets", "price target of eth", (("price", {"asset": "Ethereum"}),), declined=("forecast",)),
)
WEIGHTS = (
    Question("weights", "would equal weights have been less volatile", (("portfolio", {"view": "weights"}),)),
    Question("weights", "am I on the efficient frontier?", (("portfolio", {"view": "weights"}),)),
    Question("weights", "whats the minimum variance mix of what I hold", (("portfolio", {"view": "weights"}),)),
    Question("weights", "how would risk parity have done for my bags", (("portfolio", {"view": "weights"}),)),
)
STRESS = (
    Question("stress", "how would my portfolio have done on the day ftx collapsed",
             (("portfolio", {"view": "stress", "day": date(2022, 11, 9)}),)),
    Question("stress", "what was my worst day", (("portfolio", {"view": "stress", "day": None}),)),
    Question("stress", "what would the covid crash have cost me",
             (("portfolio", {"view": "stress", "day": date(2020, 3, 12)}),)),
    Question("stress", "stress test my holdings with 5 August 2024",
             (("portfolio", {"view": "stress", "day": date(2024, 8, 5)}),)),
)  # fmt: skip
SECTORS = (
    Question("sectors", "which sectors are leading", (("sectors", {"sector": None, "window": "30d", "end": "top"}),)),
    Question("sectors", "how is the ai sector doing", (("sectors", {"sector": "ai"}),)),
    Question("sectors", "3 weakest sectors this week",
             (("sectors", {"sector": None, "window": "7d", "end": "bottom", "count": 3}),)),
    Question("sectors", "how did gaming coins do over 7 days", (("sectors", {"sector": "gaming", "window": "7d"}),)),
)  # fmt: skip
INDICES = (
    Question("index", "how is my index majors doing", (("index", {"name": "majors"}),)),
    Question("index", "show me my indices", (("index", {"name": None}),)),
    Question("index", "has my defi index beaten bitcoin?", (("index", {"name": "defi"}),)),
    Question("index", 'level of the index "Big Five"', (("index", {"name": "Big Five"}),)),
)
RECORDS = (
    Question("records", "how good are golden crosses", (("track_record", {"signal": "golden_cross", "grade": None}),)),
    Question("records", "do your grades work?", (("track_record", {"signal": None, "grade": None}),)),
    Question("records", "hit rate of the trader grade", (("track_record", {"signal": None, "grade": "trader"}),)),
    Question("records", "which signals have worked best over 7 days",
             (("track_record", {"signal": None, "grade": None, "days": 7}),)),
)  # fmt: skip
BREADTH = (
    Question("breadth", "what share of coins is above the 200 day average", (("market", {"window": None}),)),
    Question("breadth", "bitcoin dominance", (("history", {"asset": "Bitcoin", "metric": "dominance"}),)),
    Question("breadth", "are we in altcoin season", (("market", {"window": None}),)),
    Question("breadth", "is it risk on or risk off", (("market", {"window": None}),)),
)
FIGURES = (
    Question("figures", "which coin has the best sharpe ratio",
             (("rank", {"metric": "sharpe", "end": "top", "count": 1, "universe": "tracked"}),)),
    Question("figures", "coins with adx above 40",
             (("screen", {"filters": ({"metric": "adx", "window": None, "side": "above", "bound": 40},)}),)),
    Question("figures", "nvt of bitcoin", (("onchain", {"asset": "Bitcoin"}),)),
    Question("figures", "sol vs eth by sortino",
             (("compare", {"assets": ("Solana", "Ethereum"), "metric": "sortino"}),)),
)  # fmt: skip
LIMITS = (
    Question("limits", "top gainers except stablecoins",
             (("rank", {"metric": "change", "window": "1d", "end": "top"}),), note="stablecoins"),
    Question("limits", "best restaurant in Rome", (), note="Not in the data"),
    Question("limits", "which coins crossed their 200-day average",
             (("screen", {"filters": ({"metric": "distance_200d", "window": None, "side": "above", "bound": 0},)}),),
             note="cross"),
    Question("limits", "and which are the weakest?",
             (("sectors", {"sector": None, "window": "30d", "end": "bottom"}),), after="which sectors are leading"),
)  # fmt: skip

NEW_40 = (
    *EXPOSURES, *TARGETS, *WEIGHTS, *STRESS, *SECTORS, *INDICES, *RECORDS, *BREADTH, *FIGURES, *LIMITS,
)  # fmt: skip
