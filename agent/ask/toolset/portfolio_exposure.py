"""Where the portfolio lies and how far it is from the weights that it is meant to have."""

from collections.abc import Iterator

from agent.ask.toolset.portfolio_desk import PortfolioDesk
from agent.briefing.drafts.structure import (
    by_gap,
    by_trade,
    distance_draft,
    form_drafts,
    gap_draft,
    trade_draft,
    trait_drafts,
)
from agent.briefing.facts.exposure import (
    HOLDING_SECTORS,
    MORE_TRAITS,
    TOLD_TRAITS,
    add_exposure_facts,
    add_sector_share,
)
from agent.briefing.facts.portfolio import portfolio_key
from agent.briefing.facts.targets import add_target_facts
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric

NO_TARGETS = "no targets were set; `coinbrief portfolio targets set BTC=60 ETH=40` sets them"
MOST_GAPS = 10
_GROUPS = 3  # of each trait that is told in a briefing too; of the others the largest alone


def exposure(desk: PortfolioDesk, _window: str | None) -> Iterator[Draft]:
    """The largest holding, what is held in other forms and in cash, and the groups of every trait."""
    desk.facts  # noqa: B018 - the weights are drafted first
    book = desk.ledger.book
    if portfolio_key("end_number") not in book:
        unknown = add_exposure_facts(book, desk.snapshot, (*TOLD_TRAITS, *MORE_TRAITS), _GROUPS)
        for asset_ids in dict.fromkeys(map(tuple, unknown.values())):
            what = ", ".join(name for name, without in unknown.items() if tuple(without) == asset_ids)
            desk.notes.append(f"not known of {desk.names(asset_ids)}: {what}")
    if desk.sector is not None:
        yield from _asked_sector(desk)
    for name in desk.first_alone("weight"):
        yield Draft("largest_holding", ClaimKind.RANK, SectionKey.PORTFOLIO, (name,), 0.9)
    facts = desk.facts
    for key, fact in facts.items():  # of a briefing none at all would be no news, here it may be asked about
        if fact.metric is Metric.CASH_SHARE and not fact.value:
            yield Draft("cash_share", ClaimKind.DIVERSIFICATION, SectionKey.PORTFOLIO, (key,), 0.5)
    yield from form_drafts(facts, 0.8)
    for trait in TOLD_TRAITS:
        yield from trait_drafts(facts, trait, _GROUPS, 0.7)
    for trait in MORE_TRAITS:
        yield from trait_drafts(facts, trait, 1, 0.6)


def _asked_sector(desk: PortfolioDesk) -> Iterator[Draft]:
    """How much of the portfolio is in the sector that is asked about, also if it is none."""
    sector = (desk.sector or "").casefold()
    if sector not in HOLDING_SECTORS:
        desk.notes.append(f"holdings are put into these sectors: {', '.join(HOLDING_SECTORS)}")
        return
    told = (key for key, fact in desk.facts.items() if fact.metric is Metric.TRAIT_SHARE and fact.label == sector)
    key = next(told, None) or add_sector_share(desk.ledger.book, desk.snapshot, sector)
    if key is not None:
        yield Draft("trait_share", ClaimKind.DIVERSIFICATION, SectionKey.PORTFOLIO, (key,), 0.95)


def targets(desk: PortfolioDesk, _window: str | None) -> Iterator[Draft]:
    """How much would change hands, every gap, the largest first, and the trades that would close them."""
    desk.facts  # noqa: B018 - the weights are drafted first
    book = desk.ledger.book
    if portfolio_key("target_distance") not in book:
        for asset_id, reason in add_target_facts(book, desk.snapshot).items():
            desk.notes.append(f"no trade of {desk.names([asset_id])}: {reason}")
    facts = desk.facts
    gaps = by_gap(facts)
    if len(gaps) > MOST_GAPS:
        desk.notes.append(f"of {len(gaps)} gaps and trades, the {MOST_GAPS} largest are told")
    yield distance_draft(0.9)
    for place, subject in enumerate(gaps[:MOST_GAPS]):
        yield gap_draft(subject, 0.8 - place / 100)
    for place, subject in enumerate(by_trade(facts)[:MOST_GAPS]):
        yield trade_draft(subject, 0.6 - place / 100)
