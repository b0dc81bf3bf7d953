"""The data behind the tools: one snapshot of the store, measured as far as a question needs."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property

from agent.ask.tools import Candidate, Found
from agent.briefing.drafts import briefing_drafts
from agent.briefing.facts_asset import AssetFigures, add_asset_facts, asset_figures, asset_key
from agent.briefing.facts_data import add_price_state
from agent.briefing.facts_market import (
    add_grade_facts,
    add_rank_fact,
    add_signal_fact,
    add_trading_signal,
    ranked_changes,
)
from agent.briefing.facts_origin import price_standings
from agent.briefing.material import Material, briefing_material, document_seed
from agent.briefing.snapshot import Snapshot
from agent.claims.book import FactBook
from agent.claims.build import Draft, asset_drafts, claims
from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Entity, Fact
from agent.claims.figures import direction
from agent.claims.naming import NamedAsset, entity_names, subject_of
from agent.store.assets import AssetRow

WORDED_RANKS = 3  # places further down are stated as plain changes
WINDOWS = {"1d": 1, "7d": 7, "30d": 30}

FindAssets = Callable[[str], tuple[AssetRow, ...]]


class StoredData:
    """`AskData` over a snapshot; `find` looks assets up by symbol, name, slug or id.

    Ids are the same for the same fact in every read, so that claims of several tools can stand in one answer.
    """

    def __init__(self, snapshot: Snapshot, find: FindAssets) -> None:
        self._snapshot = snapshot
        self._find = find
        self._names: dict[int, NamedAsset] = dict(snapshot.names)
        self._seed = document_seed(snapshot)

    @property
    def as_of(self) -> date:
        """The last full UTC day of the data."""
        return self._snapshot.as_of

    def resolve(self, text: str) -> tuple[Candidate, ...]:
        """The assets that `text` may mean; `id 12` and `#12` are asset numbers."""
        rows = self._find(text)
        self._names |= {row.asset_id: NamedAsset(row.asset_id, row.name, row.symbol) for row in rows}
        named = self._entities
        return tuple(
            Candidate(row.asset_id, named[subject_of(row.asset_id)].name, named[subject_of(row.asset_id)].symbol)
            for row in rows
        )

    def asset_claims(self, asset_id: int) -> Found:
        """Everything known of one asset."""
        book = self._book()
        add_asset_facts(book, self._snapshot, self._figures, asset_id)
        self._add_reported(book, [asset_id])
        add_price_state(book, self._snapshot, asset_id)
        subject = subject_of(asset_id)
        drafts = [*asset_drafts(subject, SectionKey.MARKET, 1.0), *_reported_drafts(asset_id), *_gap_drafts(subject)]
        return self._found(book, drafts)

    def rank_claims(self, window: str, *, top: bool, count: int) -> Found:
        """The largest or smallest changes of the tracked coins over a window."""
        days = WINDOWS[window]
        ranked = ranked_changes(self._snapshot, self._figures, days)
        chosen = (ranked if top else ranked[::-1])[:count]
        book = self._book()
        keys = [
            add_rank_fact(book, self._snapshot, asset_id, change, days, rank, len(ranked), from_bottom=not top)
            for rank, (asset_id, change) in enumerate(chosen, start=1)
        ]
        facts = book.seal(self._seed).facts
        drafts = [_rank_draft(facts[key], key, place) for place, key in enumerate(keys)]
        return Found(claims(facts, self._seed, drafts), self._entities)

    def market_claims(self) -> Found:
        """The market as a whole."""
        return self._of_section(SectionKey.MARKET)

    def signal_claims(self, asset_id: int | None) -> Found:
        """Signals and grades of one asset, or of all."""
        if asset_id is None:
            return self._of_section(SectionKey.SIGNALS)
        book = self._book()
        add_asset_facts(book, self._snapshot, self._figures, asset_id)
        self._add_reported(book, [asset_id])
        key = asset_key(asset_id, "rsi")
        rsi = (
            Draft("rsi_extreme", ClaimKind.THRESHOLD, SectionKey.SIGNALS, (key,), 0.6),
            Draft("rsi", ClaimKind.LEVEL, SectionKey.SIGNALS, (key,), 0.5),
        )
        facts = book.seal(self._seed).facts
        extreme = key in facts and facts[key].threshold is not None
        return self._found(book, [rsi[0 if extreme else 1], *_reported_drafts(asset_id)])

    def portfolio_claims(self, name: str) -> Found:  # noqa: ARG002 - the snapshot is of this portfolio already
        """Value, structure and holdings of the portfolio."""
        found = self._of_section(SectionKey.PORTFOLIO, SectionKey.GAPS).claims
        of_portfolio = [claim for claim in found if claim.facts[0].subject.startswith(("asset:", "portfolio:"))]
        moves = [
            Draft(
                "change_to_close",
                ClaimKind.CHANGE,
                SectionKey.PORTFOLIO,
                (asset_key(holding.asset_id, "change_1d"), asset_key(holding.asset_id, "close")),
                0.4,
            )
            for holding in self._snapshot.holdings
        ]
        made = claims(self._material.facts, self._seed, moves)
        return Found((*of_portfolio, *made), self._entities)

    @cached_property
    def _figures(self) -> AssetFigures:
        return asset_figures(self._snapshot)

    @cached_property
    def _material(self) -> Material:
        return briefing_material(self._snapshot)

    @property
    def _entities(self) -> Mapping[str, Entity]:
        return entity_names(self._names.values())

    def _book(self) -> FactBook:
        return FactBook(
            self._snapshot.as_of,
            self._snapshot.source,
            self._snapshot.fetched_at,
            price_standings(self._snapshot),
        )

    def _add_reported(self, book: FactBook, asset_ids: Iterable[int]) -> None:
        wanted = set(asset_ids)
        for grade in self._snapshot.grades:
            if grade.asset_id in wanted:
                add_grade_facts(book, self._snapshot, grade)
        for trading_signal in self._snapshot.trading_signals:
            if trading_signal.asset_id in wanted:
                add_trading_signal(book, self._snapshot, trading_signal)
        for signal in self._snapshot.signals:
            if signal.asset_id in wanted:
                add_signal_fact(book, self._snapshot, signal)

    def _found(self, book: FactBook, drafts: Iterable[Draft]) -> Found:
        return Found(claims(book.seal(self._seed).facts, self._seed, drafts), self._entities)

    def _of_section(self, *sections: SectionKey) -> Found:
        facts = self._material.facts
        drafts = (draft for draft in briefing_drafts(self._snapshot, facts) if draft.section in sections)
        made: tuple[Claim, ...] = claims(facts, self._seed, drafts)
        return Found(made, self._entities)


def _rank_draft(fact: Fact, key: str, place: int) -> Draft:
    rank = fact.rank or 1
    natural = (direction(fact) > 0) is not fact.rank_from_bottom
    worded = direction(fact) != 0 and rank <= WORDED_RANKS and (rank == 1 or natural)
    template, kind = ("top", ClaimKind.RANK) if worded else ("change", ClaimKind.CHANGE)
    return Draft(template, kind, SectionKey.MOVERS, (key,), 0.9 - place / 100)


_REPORTED = (
    ("trading_signal", "trading_signal", ClaimKind.SIGNAL, 0.55),
    ("grade", "grade_tm", ClaimKind.LEVEL, 0.5),
    ("grade", "grade_trader", ClaimKind.LEVEL, 0.5),
    ("grade", "grade_investor", ClaimKind.LEVEL, 0.5),
    ("breakout", "breakout_up", ClaimKind.SIGNAL, 0.65),
    ("breakout", "breakout_down", ClaimKind.SIGNAL, 0.65),
    ("macd_cross", "macd_bullish_cross", ClaimKind.SIGNAL, 0.6),
    ("macd_cross", "macd_bearish_cross", ClaimKind.SIGNAL, 0.6),
    ("volume_spike", "volume_spike", ClaimKind.SIGNAL, 0.6),
)


def _reported_drafts(asset_id: int) -> list[Draft]:
    return [
        Draft(template, kind, SectionKey.SIGNALS, (asset_key(asset_id, what),), salience)
        for template, what, kind, salience in _REPORTED
    ]


def _gap_drafts(subject: str) -> tuple[Draft, ...]:
    return (
        Draft("stale", ClaimKind.MISSING, SectionKey.GAPS, (f"{subject}/stale",), 0.9),
        Draft("missing", ClaimKind.MISSING, SectionKey.GAPS, (f"{subject}/missing_price",), 0.9),
    )
