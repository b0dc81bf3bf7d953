"""A portfolio as the command line shows it: the facts a briefing would state, and the analysis of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.portfolio import portfolio_key
from agent.briefing.gather import read_snapshot
from agent.briefing.material import Material, briefing_material
from agent.briefing.wanted import Wanted
from agent.claims.claim import SectionKey
from agent.claims.figures import plain, signed
from agent.cli.page import Page
from agent.cli.portfolio_blocks import add_blocks
from agent.jobs.errors import NothingCollected
from agent.jobs.holdings import held_assets
from agent.measuring.portfolio import PortfolioAnalysis, portfolio_analysis

if TYPE_CHECKING:
    from agent.store.engine import Store

_STRUCTURE = (
    "effective_number",
    "hhi",
    "volatility_90d",
    "weighted_volatility_90d",
    "diversification_ratio",
    "average_correlation_90d",
    "correlation",
    "beta",
    "sharpe_365d",
    "maximum_drawdown_365d",
)
_CELLS = (
    ("close", False),
    ("value", False),
    ("weight", False),
    ("change_1d", True),
    ("change_7d", True),
    ("rsi", False),
)


@dataclass(frozen=True, slots=True)
class HoldingView:
    """One holding; figures as they are shown, None where there is none."""

    asset_id: int
    name: str
    symbol: str
    amount: Decimal
    figures: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """A portfolio at the close of `as_of`; a figure that cannot be had is None and its gap is among `gaps`.

    `analysis` is None for a portfolio that holds nothing.
    """

    portfolio: str
    as_of: str
    source: str
    holdings: tuple[HoldingView, ...]
    figures: dict[str, str | None]
    gaps: tuple[str, ...]
    analysis: PortfolioAnalysis | None


def portfolio_view(store: "Store", wanted: Wanted) -> PortfolioView:
    """Measure a portfolio now; raises UnknownRow for its name, NothingCollected without prices."""
    with store.reader() as session:
        held = held_assets(session, wanted.portfolio)
        snapshot = read_snapshot(session, wanted)
    if snapshot is None:
        raise NothingCollected("there are no prices yet: run `coinbrief collect` first")
    material = briefing_material(snapshot)
    return PortfolioView(
        portfolio=wanted.portfolio,
        as_of=snapshot.as_of.isoformat(),
        source=snapshot.source,
        holdings=tuple(
            HoldingView(
                item.asset.asset_id,
                material.entities[f"asset:{item.asset.asset_id}"].name,
                item.asset.symbol,
                item.amount,
                {name: _shown(material, asset_key(item.asset.asset_id, name), with_sign) for name, with_sign in _CELLS},
            )
            for item in held
        ),
        figures=_figures(material),
        gaps=_gaps(material),
        analysis=portfolio_analysis(store, wanted) if held else None,
    )


def _figures(material: Material) -> dict[str, str | None]:
    figures = {
        "value": _shown(material, portfolio_key("value")),
        "change_1d": _shown(material, portfolio_key("change_1d"), with_sign=True),
    }
    return figures | {name: _shown(material, portfolio_key(name)) for name in _STRUCTURE}


def _shown(material: Material, key: str, with_sign: bool = False) -> str | None:
    fact = material.facts.get(key)
    return None if fact is None else signed(fact) if with_sign else plain(fact)


def _gaps(material: Material) -> tuple[str, ...]:
    from agent.claims.forms import sentence

    made = (claim for claim in material.claims if claim.section is SectionKey.GAPS)
    return tuple(sentence(claim, material.entities, material.snapshot.as_of).text for claim in made)


def print_view(view: PortfolioView) -> None:
    """The view as blocks on standard output; a figure is never cut to fit."""
    page = Page(f"Portfolio {view.portfolio} at the close of {view.as_of} UTC (source: {view.source})")
    page.table(
        ("Asset", "Amount", "Close", "Value", "Weight", "1 day", "7 days", "RSI"),
        [(item.name, f"{item.amount:f}", *(text or "n/a" for text in item.figures.values())) for item in view.holdings],
        indent=False,
    )
    if view.analysis is None:
        page.text("The portfolio holds nothing: fill it with `coinbrief portfolio import FILE.csv` or `add`.")
    else:
        add_blocks(page, view.analysis, view.figures)
    if view.gaps:
        page.block("What is missing")
        page.lines(view.gaps)
    page.print()
