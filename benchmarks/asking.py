"""Times what a question costs beside its model: from the question's words to verified sentences, over a large market.

    python benchmarks/asking.py [--assets 6000] [--days 400] [--rounds 3]

Forty questions of ten kinds over a portfolio of thirty. Each is asked with fresh tools, as a process would, and with a
model that answers at once, so that only our own time is in it. Prints the median and the slowest of both ways, beside
the limit for the median.
"""

import argparse
import gc
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agent.ask.respond import Manner, Models, answer_question
from agent.ask.toolset.desk import Tools
from agent.briefing.wanted import Wanted
from agent.llm.port import OnText, Request, Result, Usage
from agent.store.assets import largest_assets
from agent.store.engine import Store
from agent.store.portfolios import HoldingRow, create, replace_holdings
from benchmarks.scan import LAST, NOW, SOURCE, filled_store, full_scan

LIMIT_S = 0.3
HOLDINGS = 30
QUESTIONS = (
    "What is the price of A17?", "how did A3 do this week", "A12 price on 3 November", "did A5 fall yesterday?",
    "A8 over 90 days", "highest price of A2 over 30 days", "A9 volatility over 90 days", "how has A7 done since Monday",
    "top 5 gainers this week", "biggest losers", "most volatile coins", "which of my coins did worst over 90 days",
    "which coins are down more than 20% over 7 days", "coins with rsi under 30", "coins above $1 with rsi over 60",
    "which of my coins are up over 30 days", "A1 vs A2 over 90 days", "is A4 more volatile than A6",
    "how correlated are A1 and A2", "how correlated are my holdings", "how is my portfolio", "am I diversified",
    "what are my biggest positions", "how did my portfolio do this week", "signals for A10", "any signals for my coins",
    "grades of A11", "golden cross on any coin", "how is the market", "how many coins rose", "on-chain data for A1",
    "is the market in fear", "is the data up to date", "which prices are missing", "should I buy A13", "will A14 rise",
    "why did A15 fall", "what is A16 worth right now", "what if I sell all my A2", "how much risk do I run",
)  # fmt: skip


class ReadyModel:
    """Answers at once, with nothing to look up and the first claim it is offered."""

    model = "ready"

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Say done, or arrange one claim."""
        text = "done"
        if request.schema is not None:
            claim = request.messages[1].content.partition('"id":"')[2].partition('"')[0]
            text = f'{{"sentences": [{{"parts": [{{"claim": "{claim}", "form": 0}}]}}]}}'
            if on_text is not None:
                on_text(text)
        return Result(text, (), Usage(1, 1), self.model, None, 0.0, Decimal(0))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--assets", type=int, default=6000)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        store = filled_store(Path(folder) / "market.db", options.assets, options.days)
        full_scan(store)
        hold(store)
        gc.collect()
        gc.freeze()
        kept = True
        ready = Manner(models=Models(ReadyModel(), ReadyModel()))
        for name, manner in (("without a model", Manner()), ("beside a model", ready)):
            times = {text: min(asked(store, text, manner) for _ in range(options.rounds)) for text in QUESTIONS}
            middle, (slowest, most) = median(times.values()), max(times.items(), key=lambda item: item[1])
            kept = kept and middle <= LIMIT_S
            print(f"{name}: median {middle * 1e3:.0f} ms ({middle / LIMIT_S:.2f} of the limit), ", end="")
            print(f"slowest {most * 1e3:.0f} ms ({slowest!r})")
    print("the limit is kept" if kept else f"the median is over {LIMIT_S * 1e3:.0f} ms")
    return 0 if kept else 1


def hold(store: Store) -> None:
    """A portfolio of the first assets, as large as each other."""
    with store.writer() as session:
        portfolio = create(session, "main", NOW)
        assets = largest_assets(session, SOURCE, HOLDINGS)
        rows = [HoldingRow(asset_id, Decimal(100), None, NOW) for asset_id in assets]
        replace_holdings(session, portfolio.portfolio_id, rows)


def asked(store: Store, question: str, manner: Manner) -> float:
    """The seconds one question takes, tools and all."""
    question = re.sub(r"A(\d+)", lambda found: f"S{int(found[1]):06d}", question)
    started = time.perf_counter()
    day: date = LAST + timedelta(days=1)
    tools = Tools(store, Wanted("main", day, "daily", SOURCE), "seed")
    answer_question(question, tools, tools, manner)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
