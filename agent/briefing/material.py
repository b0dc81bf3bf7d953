"""From a snapshot to everything a writer needs: sealed facts, claims, names, tables and the chart."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from agent.analytics.diversification_report import DiversificationReport
from agent.briefing.document import Series, Table
from agent.briefing.drafts.briefing import briefing_drafts
from agent.briefing.facts.asset import AssetFigures, add_asset_facts, asset_figures
from agent.briefing.facts.data import add_data_facts, add_since_facts
from agent.briefing.facts.exposure import add_exposure_facts
from agent.briefing.facts.holding import add_holding_facts
from agent.briefing.facts.indices import add_index_facts
from agent.briefing.facts.levels import add_extremes, add_near_levels
from agent.briefing.facts.market import (
    add_grade_facts,
    add_market_facts,
    add_mover_ranks,
    add_signal_fact,
    add_trading_signal,
    ranked_changes,
)
from agent.briefing.facts.onchain import add_onchain_facts
from agent.briefing.facts.origin import add_price_origins, price_standings
from agent.briefing.facts.own_grade import add_own_grades
from agent.briefing.facts.portfolio import add_portfolio_facts
from agent.briefing.facts.risk import add_risk_facts
from agent.briefing.facts.sectors import add_sector_facts, leader_entities, sector_leaders
from agent.briefing.facts.signals import (
    add_signal_records,
    add_worded_signal,
    holding_weight,
    sector_entities,
    signal_subject,
)
from agent.briefing.facts.spread import (
    add_market_links,
    add_spread_facts,
    market_coins,
    market_range,
    measure_spread,
)
from agent.briefing.facts.stress import add_stress_facts
from agent.briefing.facts.targets import add_target_facts
from agent.briefing.series import chart_series
from agent.briefing.snapshot import Snapshot
from agent.briefing.tables import briefing_tables
from agent.claims.book import FactBook
from agent.claims.build import claims
from agent.claims.claim import Claim, SectionKey
from agent.claims.fact import Entity, Fact
from agent.claims.naming import entity_names

MOVERS_SHOWN = 5
SIGNALLED_SHOWN = 40
RARE_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Material:
    """What a briefing may say and show; `facts` by draft key, tables by section."""

    snapshot: Snapshot
    facts: Mapping[str, Fact]
    claims: tuple[Claim, ...]
    entities: Mapping[str, Entity]
    tables: Mapping[SectionKey, tuple[Table, ...]]
    chart: tuple[Series, ...]
    snapshot_sha256: str

    @property
    def attributions(self) -> tuple[str, ...]:
        """How the sources of the facts want to be named, each way once, the market's own source first."""
        told = {self.snapshot.source, *(fact.source for fact in self.facts.values())}
        texts = (text for source, text in self.snapshot.attributions.items() if source in told)
        return tuple(dict.fromkeys(texts))


def briefing_material(snapshot: Snapshot) -> Material:
    """Measure the snapshot and say what can be said of it."""
    book = FactBook(snapshot.as_of, snapshot.source, snapshot.fetched_at, price_standings(snapshot))
    figures = asset_figures(snapshot)
    entities = entity_names(snapshot.names.values())
    entities |= sector_entities(snapshot, entities)
    leaders = sector_leaders(snapshot)
    entities |= leader_entities(leaders, entities)
    _draft_facts(book, snapshot, figures)
    add_sector_facts(book, snapshot, leaders, entities)
    for signal in snapshot.wider_signals:
        if signal_subject(signal) in entities or not signal.sector:
            add_worded_signal(book, snapshot, signal)
    seed = document_seed(snapshot)
    sealed = book.seal(seed)
    made = claims(sealed.facts, seed, briefing_drafts(snapshot, sealed.facts))
    return Material(
        snapshot=snapshot,
        facts=sealed.facts,
        claims=made,
        entities=entities,
        tables=briefing_tables(snapshot, sealed.facts, entities),
        chart=chart_series(snapshot),
        snapshot_sha256=sealed.sha256,
    )


def _draft_portfolio(book: FactBook, snapshot: Snapshot, found: DiversificationReport) -> None:
    """Draft what is known of the portfolio as a whole, and what each holding is in it."""
    add_portfolio_facts(book, snapshot, found.portfolio)
    add_holding_facts(book, snapshot, found.portfolio)
    add_risk_facts(book, snapshot, found.portfolio)
    add_stress_facts(book, snapshot)
    add_spread_facts(book, snapshot, found)
    if found.beta_to_market_90d.value is not None:  # the digest of all closes takes its time
        add_market_links(book, snapshot, found, market_range(snapshot))
    add_target_facts(book, snapshot)
    add_exposure_facts(book, snapshot)


def _draft_holdings(book: FactBook, snapshot: Snapshot, figures: AssetFigures) -> None:
    """Draft what is known of single holdings besides price and weight."""
    add_own_grades(book, snapshot)
    add_onchain_facts(book, snapshot)
    add_near_levels(book, snapshot, figures)
    add_signal_records(book, snapshot)
    heaviest = max(snapshot.holdings, key=lambda holding: (holding_weight(book, holding.asset_id), -holding.asset_id))
    add_extremes(book, snapshot, heaviest.asset_id)


def _shown(snapshot: Snapshot, figures: AssetFigures) -> set[int]:
    """What is told of: the holdings, Bitcoin, the largest moves, and where most signals or the rarest ones fired."""
    ranked = [asset_id for asset_id, _ in ranked_changes(snapshot, figures)]
    most = Counter(signal.asset_id for signal in snapshot.signals).most_common(SIGNALLED_SHOWN)
    fired = Counter(signal.name for signal in snapshot.signals)
    rare = sorted(snapshot.signals, key=lambda signal: (fired[signal.name], signal.name, signal.asset_id))
    shown = {
        *snapshot.held_ids,
        *ranked[:MOVERS_SHOWN],
        *ranked[-MOVERS_SHOWN:],
        *(asset_id for asset_id, _ in most),
        *(signal.asset_id for signal in rare[:RARE_SHOWN]),
    }
    return shown if snapshot.bitcoin is None else {*shown, snapshot.bitcoin}


def document_seed(snapshot: Snapshot) -> str:
    """The seed of a document's ids: differs between documents, is the same when one is rebuilt."""
    identity = f"{snapshot.portfolio_id}|{snapshot.day}|{snapshot.edition}|{snapshot.as_of}|{snapshot.source}"
    return hashlib.sha256(identity.encode()).hexdigest()


def _draft_facts(book: FactBook, snapshot: Snapshot, figures: AssetFigures) -> None:
    shown = _shown(snapshot, figures)
    for asset_id in sorted(shown):
        add_asset_facts(book, snapshot, figures, asset_id)
    add_market_facts(book, snapshot, figures)
    add_mover_ranks(book, snapshot, figures)
    for grade in snapshot.grades:
        add_grade_facts(book, snapshot, grade)
    for trading_signal in snapshot.trading_signals:
        add_trading_signal(book, snapshot, trading_signal)
    for signal in snapshot.signals:
        if signal.asset_id in shown:
            add_signal_fact(book, snapshot, signal)
            add_worded_signal(book, snapshot, signal)
    add_index_facts(book, snapshot)
    found = measure_spread(snapshot, market_coins(snapshot))
    report = None if found is None else found.portfolio
    if found is not None:
        _draft_portfolio(book, snapshot, found)
        _draft_holdings(book, snapshot, figures)
    add_data_facts(book, snapshot, report)
    add_price_origins(book, snapshot)
    add_since_facts(book, snapshot)
