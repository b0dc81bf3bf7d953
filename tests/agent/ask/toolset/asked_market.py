"""The stored market of `tests/agent/measuring`, scanned, with portfolios to ask about, and tools over it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copyfile

import numpy as np
from sqlmodel import Session

from agent.ask.tools import ToolStatus
from agent.ask.toolset.desk import Search, Tools
from agent.ask.toolset.result import ToolResult
from agent.claims.claim import Claim
from agent.claims.fact import Fact
from agent.claims.forms import clauses, compose
from agent.store import portfolios
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.metrics import upsert_metrics
from agent.store.portfolios import HoldingRow
from agent.store.runs import RunOutcome, RunStatus, finish_run, start_run
from datasources.records import AssetListing, DailyBar, DataKind, Metric
from tests.agent.measuring.market import LAST, NOW, SOURCE, walks
from tests.agent.measuring.opinions import CHAIN, WANTED

ONE = timedelta(days=1)
PLAIN: Mapping[int, str] = {1: "0.5", 2: "2", 3: "1.25", 4: "4"}
LATE, TWIN = 16, 17
OTHER = "coingecko"
CLOSES = walks()  # days x coins, of the assets 1 to 14


def asked_market(template: Path, path: Path) -> Store:
    """A copy of the scanned market with a late coin, two coins of one symbol, flows on a chain and a failed run."""
    copyfile(template, path)
    path.chmod(0o600)
    store = Store(path)
    with store.writer() as session:
        listed = [AssetListing("16", "LATE", "Latecomer", None, 30), AssetListing("17", "C3", "Twin", None, 400)]
        upsert_listings(session, SOURCE, listed, NOW)
        bars = [DailyBar("16", LAST - back * ONE, 5.0, 5.0, 5.0, 5.0, 10.0) for back in range(3, 10)]
        bars += [DailyBar("17", LAST - back * ONE, 2.0, 2.0, 2.0, 2.0, 10.0) for back in range(2)]
        upsert_daily_bars(session, SOURCE, bars, NOW)
        days = [LAST - back * ONE for back in range(7)]
        flows = [Metric("two", day, "onchain.exchange_inflow_usd", "usd", 100.0) for day in days]
        flows += [Metric("two", day, "onchain.exchange_outflow_usd", "usd", 130.0) for day in days]
        upsert_metrics(session, CHAIN, flows, NOW)
        values = [Metric(f"{number:02d}", LAST, "asset.market_cap_usd", "usd", 1e9 * number) for number in range(1, 6)]
        values.append(Metric("17", LAST, "asset.market_cap_usd", "usd", 7e6))
        upsert_metrics(session, SOURCE, values, NOW)
        moods = {LAST - ONE: 64.0, LAST: 27.0}
        upsert_metrics(
            session,
            SOURCE,
            [Metric(None, day, "sentiment.fear_greed_index", "score", v) for day, v in moods.items()],
            NOW,
        )
        for name, held in (("plain", PLAIN), ("late", {1: "1", LATE: "2"})):
            made = portfolios.create(session, name, NOW)
            rows = [HoldingRow(asset_id, Decimal(amount), None, NOW) for asset_id, amount in held.items()]
            portfolios.replace_holdings(session, made.portfolio_id, rows)
        run = start_run(session, SOURCE, DataKind.TRADER_GRADES, NOW)
        finish_run(session, run, RunOutcome(RunStatus.FAILED, error_class="RateLimited"), NOW)
        run = start_run(session, SOURCE, DataKind.DAILY_BARS, NOW)
        finish_run(session, run, RunOutcome(RunStatus.OK, received=15), NOW)
        _other_source(session)
    return store


def _other_source(session: Session) -> None:
    """Another source of prices that has the first coin at three per cent more, and the late one on the last day."""
    upsert_listings(session, OTHER, [AssetListing("one", "BTC", "Bitcoin", "bitcoin", 1)], NOW)
    raw_connection(session).execute("UPDATE asset_ref SET asset_id = 1 WHERE provider_id = 'one'")
    price = float(CLOSES[-1, 0]) * 1.03
    upsert_daily_bars(session, OTHER, [DailyBar("one", LAST, price, price, price, price, 1.0)], NOW)


def tools_of(store: Store, portfolio: str = "plain", search: Search | None = None, **changes: object) -> Tools:
    """Tools over the market for one reader."""
    return Tools(store, replace(WANTED, portfolio=portfolio, **changes), "seed", search)  # type: ignore[arg-type]  # fields of Wanted


def ok(tools: Tools, name: str, /, **arguments: object) -> ToolResult:
    """The result of a tool that must find something."""
    found = tools.run(name, arguments)  # type: ignore[arg-type]  # JSON by the caller's hand
    assert found.status is ToolStatus.OK, found.note
    return found


def claim_of(result: ToolResult, template: str, place: int = 0) -> Claim:
    """The claim of a template; fails without one."""
    return [claim for claim in result.claims if claim.template == template][place]


def fact_of(result: ToolResult, template: str, place: int = 0) -> Fact:
    """The only or first fact of a claim."""
    return claim_of(result, template, place).facts[0]


def texts(tools: Tools, result: ToolResult) -> list[str]:
    """The claims in their first wording."""
    return [compose([(claim, clauses(claim, result.entities, tools.as_of)[0])]).text for claim in result.claims]


def change_pct(coin: int, days: int) -> float:
    """A coin's change worked out from the closes it was made of."""
    return float((CLOSES[-1, coin - 1] / CLOSES[-1 - days, coin - 1] - 1) * 100)


def near(fact: Fact, value: float) -> bool:
    """Whether a fact has this value, up to rounding of floats."""
    assert fact.value is not None
    return bool(np.isclose(float(fact.value), value, rtol=1e-9))
