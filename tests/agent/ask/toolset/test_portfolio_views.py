"""The portfolio by its targets, where it lies, how it is spread and what it risks, in sentences that are verified."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest

from agent.ask.tools import ToolStatus
from agent.ask.toolset.desk import Tools
from agent.ask.toolset.result import ToolResult
from agent.claims.claim import Claim
from agent.claims.fact import FactRef, Metric, RowRange
from agent.claims.figures import shown_value
from agent.measuring.portfolio import portfolio_analysis
from agent.measuring.rebalance import RebalanceTerms, rebalance_analysis
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.reading import TRACEABLE, read_range, read_row
from tests.agent.ask.toolset.asked_market import claim_of, fact_of, near, ok, texts
from tests.agent.ask.toolset.verified import violations
from tests.agent.measuring.held_market import WRAPPED, closes, held_market, wanted
from tests.agent.measuring.market import STABLECOIN

CENT = Decimal("0.01")
VIEWS = ("targets", "exposure", "diversification", "risk")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


def tools_of(store: Store, portfolio: str = "plain") -> Tools:
    return Tools(store, wanted(portfolio), "seed")


def view(store: Store, name: str, portfolio: str = "plain") -> ToolResult:
    return ok(tools_of(store, portfolio), "portfolio", view=name)


def of_template(found: ToolResult, template: str) -> list[Claim]:
    return [claim for claim in found.claims if claim.template == template]


def test_the_trades_are_those_of_a_rebalancing_at_no_cost(store: Store) -> None:
    expected = rebalance_analysis(store, wanted(), RebalanceTerms(cost_bps=Decimal(0)))
    trades = [claim.facts[0] for claim in of_template(view(store, "targets"), "target_trade")]
    assert {(fact.subject, fact.label, shown_value(fact)) for fact in trades} == {
        (f"asset:{trade.asset_id}", {"sell": "sale", "buy": "purchase"}[trade.side], trade.value_usd.quantize(CENT))
        for trade in expected.trades
    }
    assert len(trades) == 5
    sizes = [fact.value or 0 for fact in trades]
    assert sizes == sorted(sizes, reverse=True)


def test_the_gaps_are_those_of_a_rebalancing_largest_first(store: Store) -> None:
    expected, found = rebalance_analysis(store, wanted(), RebalanceTerms()), view(store, "targets")
    gaps = {claim.facts[2].subject: float(claim.facts[2].value or 0) for claim in of_template(found, "target_drift")}
    differences = {f"asset:{item.position.asset_id}": item.difference.value for item in expected.holdings}
    assert gaps == pytest.approx({key: (value or 0) * 100 for key, value in differences.items()})
    assert [abs(gap) for gap in gaps.values()] == sorted(map(abs, gaps.values()), reverse=True)
    assert near(fact_of(found, "target_distance"), (expected.turnover.value or 0) * 100)
    assert found.claims[0].template == "target_distance"


@pytest.mark.parametrize("portfolio", ["mixed", "single"])
def test_without_targets_the_reader_is_told_how_to_set_them(store: Store, portfolio: str) -> None:
    found = tools_of(store, portfolio).run("portfolio", {"view": "targets"})
    assert found.status is ToolStatus.EMPTY
    assert found.note == "no targets were set; `coinbrief portfolio targets set BTC=60 ETH=40` sets them"


def test_a_portfolio_is_seen_through_to_what_it_is_in_the_end(store: Store) -> None:
    found = view(store, "exposure", "mixed")
    prices = closes(1, 2)[-1]
    worth = {1: prices[0], 2: prices[1], WRAPPED: 0.5 * prices[0] * 0.999, STABLECOIN: 40.0}
    total = sum(worth.values())
    assert near(fact_of(found, "in_the_end"), (worth[1] + worth[WRAPPED]) / total * 100)
    assert near(fact_of(found, "held_again"), worth[WRAPPED] / total * 100)
    assert near(fact_of(found, "cash_share"), worth[STABLECOIN] / total * 100)
    assert fact_of(found, "cash_share").label == "US dollar"
    assert fact_of(found, "largest_holding").subject == "asset:1"
    number = next(claim.facts[0] for claim in found.claims if claim.facts[0].metric is Metric.END_NUMBER)
    shares = np.array([worth[1] + worth[WRAPPED], worth[2], worth[STABLECOIN]]) / total
    assert near(number, float(1 / (shares**2).sum()))


def of_sector(store: Store, portfolio: str, sector: str) -> tuple[ToolResult, list[str]]:
    tools = tools_of(store, portfolio)
    found = ok(tools, "portfolio", view="exposure", sector=sector)
    assert violations(tools, found) == []
    return found, texts(tools, found)


def test_a_sector_that_nothing_is_in_has_a_share_of_nothing_and_comes_first(store: Store) -> None:
    _, said = of_sector(store, "plain", "defi")
    assert said[0] == '0.0% of your portfolio is in the sector "defi".'
    assert "Stablecoins of the US dollar make up 0.0% of your portfolio." in said


def test_a_sector_is_told_as_its_group_is_and_an_unknown_one_names_those_there_are(store: Store) -> None:
    found, said = of_sector(store, "mixed", "Stablecoin")
    assert said[0].endswith('% of your portfolio is in the sector "stablecoin".')
    assert said.count(said[0]) == 1
    assert near(found.claims[0].facts[0], float(fact_of(found, "cash_share").value or 0))
    other, _ = of_sector(store, "mixed", "sports")
    assert "holdings are put into these sectors: artificial intelligence, defi, exchange, " in other.note


def test_of_a_sector_that_a_holding_of_none_may_be_in_nothing_is_said(store: Store) -> None:
    found, said = of_sector(store, "mixed", "gold")
    assert not any("gold" in text for text in said)
    assert "not known of Wrapped Bitcoin: sector" in found.note


def test_what_is_not_held_and_stood_for_is_named(store: Store, tmp_path: Path) -> None:
    copyfile(store.path, tmp_path / "copy.db")
    (tmp_path / "copy.db").chmod(0o600)
    other = Store(tmp_path / "copy.db")
    with other.writer() as session:
        raw_connection(session).execute("UPDATE asset SET underlying_id = 5 WHERE asset_id = ?", (WRAPPED,))
    end = fact_of(view(other, "exposure", "mixed"), "in_the_end")
    assert end.subject == "asset:5"


def test_the_groups_of_a_trait_are_those_of_the_analysis(store: Store) -> None:
    found, analysed = view(store, "exposure", "mixed"), portfolio_analysis(store, wanted("mixed"))
    facts = [claim.facts[0] for claim in of_template(found, "trait_share")]
    told = {(fact.qualifier or "", fact.label or ""): float(fact.value or 0) for fact in facts}
    groups = {
        (each.trait, group.label): (group.share.value or 0) * 100
        for each in analysed.spreads
        for group in each.exposure.groups
    }
    assert told == pytest.approx({key: groups[key] for key in told})
    assert Counter(trait for trait, _ in told) == {
        "sector": 3, "chain": 1, "tier by market value": 2, "consensus": 1, "use case": 1}  # fmt: skip


def test_what_is_not_known_of_which_holdings_is_noted(store: Store) -> None:
    assert view(store, "exposure").note == (
        "not known of C2, C3, C4: chain, consensus, use case; not known of Bitcoin, C2, C3, C4: region"
    )


def test_figures_of_the_spread_are_those_of_the_analysis(store: Store) -> None:
    found, report = view(store, "diversification"), portfolio_analysis(store, wanted()).report
    figures = {claim.facts[0].metric: claim.facts[0] for claim in of_template(found, "figure")}
    for metric, figure in (
        (Metric.MARKET_CORRELATION, report.correlation_to_market_90d),
        (Metric.MARKET_BETA, report.beta_to_market_90d),
        (Metric.WEIGHTED_CORRELATION, report.weighted_average_correlation_90d),
        (Metric.TORSION_BETS, report.minimum_torsion_bets_90d),
        (Metric.COMPONENT_BETS, report.principal_component_bets_90d),
    ):
        assert near(figures[metric], figure.value or 0)
    stress = claim_of(found, "stress_correlation").facts
    together = report.correlation_under_stress
    assert [float(fact.value or 0) for fact in stress] == pytest.approx(
        [together.worst_days, together.average.value, together.all_days.value]
    )


def test_figures_of_risk_are_those_of_the_analysis(store: Store) -> None:
    found, analysed = view(store, "risk"), portfolio_analysis(store, wanted())
    fall, expected = fact_of(found, "deepest_fall"), analysed.deepest_365d
    assert expected is not None
    assert near(fall, expected.depth * 100)
    assert (fall.start, fall.as_of) == (expected.peak, expected.trough)
    figures = {claim.facts[0].metric: claim.facts[0] for claim in of_template(found, "figure")}
    assert near(figures[Metric.EXPECTED_SHORTFALL], analysed.report.conditional_value_at_risk_1d_pct.value or 0)
    assert near(figures[Metric.SORTINO], analysed.report.sortino_365d.value or 0)
    assert not of_template(found, "max_drawdown")  # the fall says it already


@pytest.mark.parametrize("portfolio", ["plain", "mixed", "young", "single"])
@pytest.mark.parametrize("name", VIEWS)
def test_every_wording_is_verified_and_an_answer_stays_readable(store: Store, portfolio: str, name: str) -> None:
    tools = tools_of(store, portfolio)
    found = tools.run("portfolio", {"view": name})
    assert found.status in (ToolStatus.OK, ToolStatus.EMPTY)
    assert found.claims or found.note
    assert len(found.claims) <= 13 or name == "targets"
    assert violations(tools, found) == []
    assert not [text for text in texts(tools, found) if "your 1 holdings" in text]


@pytest.mark.parametrize("name", VIEWS[1:])
def test_a_holding_without_a_price_is_named_and_nothing_of_the_whole_is_said(store: Store, name: str) -> None:
    found = view(store, name, "unpriced")
    assert [claim.template for claim in found.claims] == ["missing"]
    assert found.note.startswith("without a price of the day: Gone")


def test_a_young_holding_leaves_windows_unknown_and_the_reason_is_noted(store: Store) -> None:
    assert (
        "not known: needs 81 daily returns in the last 90 days, has 13" in view(store, "diversification", "young").note
    )
    risk = tools_of(store, "young").run("portfolio", {"view": "risk"})
    assert (risk.status, risk.claims) == (ToolStatus.EMPTY, ())
    assert "not known: needs 329 daily returns in the last 365 days, has 13" in risk.note


@pytest.mark.parametrize(
    ("name", "portfolio"),
    [("targets", "plain"), ("exposure", "mixed"), ("diversification", "plain"), ("risk", "plain")],
)
def test_every_figure_leads_to_stored_rows(store: Store, name: str, portfolio: str) -> None:
    found = view(store, name, portfolio)
    known = {fact.fact_id for fact in found.facts}
    with store.reader() as session:
        for item in (item for fact in found.facts for item in fact.derivation.inputs):
            if isinstance(item, FactRef):
                assert item.fact_id in known
            elif isinstance(item, RowRange):
                stored = read_range(session, item.table, item.key, item.column, item.first, item.last)
                assert (len(stored.days), stored.sha256) == (item.rows, item.sha256)
            elif item.table in TRACEABLE:
                row = read_row(session, item.table, item.key)
                assert row is not None
                assert row.values[item.column] == item.value


def test_a_view_asked_for_twice_gives_the_same_claims(store: Store) -> None:
    tools = tools_of(store, "plain")
    for name in VIEWS:
        first, second = (ok(tools, "portfolio", view=name).claims for _ in range(2))
        assert first == second
