"""A portfolio as the command line shows it: the same facts a briefing would state."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from agent.briefing.facts_asset import asset_key
from agent.briefing.facts_portfolio import portfolio_key
from agent.briefing.gather import Wanted, read_snapshot
from agent.briefing.material import Material, briefing_material
from agent.claims.claim import SectionKey
from agent.claims.figures import plain, signed
from agent.jobs.errors import NothingCollected
from agent.jobs.holdings import held_assets

if TYPE_CHECKING:
    from agent.store.engine import Store

_STRUCTURE = (
    ("Effective number of holdings", "effective_number"),
    ("Concentration (HHI)", "hhi"),
    ("Volatility, 90 days", "volatility_90d"),
    ("Weighted volatility of the holdings", "weighted_volatility_90d"),
    ("Diversification ratio", "diversification_ratio"),
    ("Average correlation, 90 days", "average_correlation_90d"),
    ("Correlation with Bitcoin, 90 days", "correlation"),
    ("Beta to Bitcoin, 90 days", "beta"),
    ("Sharpe ratio, 365 days", "sharpe_365d"),
    ("Maximum drawdown, 365 days", "maximum_drawdown_365d"),
)
_CELLS = (
    ("close", False),
    ("value", False),
    ("weight", False),
    ("change_1d", True),
    ("change_7d", True),
    ("rsi", False),
)


WIDTH_OF_A_FILE = 160


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
    """A portfolio at the close of `as_of`; a figure that cannot be had is None and its gap is among `gaps`."""

    portfolio: str
    as_of: str
    source: str
    holdings: tuple[HoldingView, ...]
    figures: dict[str, str | None]
    gaps: tuple[str, ...]


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
    )


def _figures(material: Material) -> dict[str, str | None]:
    figures = {
        "value": _shown(material, portfolio_key("value")),
        "change_1d": _shown(material, portfolio_key("change_1d"), with_sign=True),
    }
    return figures | {name: _shown(material, portfolio_key(name)) for _, name in _STRUCTURE}


def _shown(material: Material, key: str, with_sign: bool = False) -> str | None:
    fact = material.facts.get(key)
    return None if fact is None else signed(fact) if with_sign else plain(fact)


def _gaps(material: Material) -> tuple[str, ...]:
    from agent.claims.forms import sentence

    made = (claim for claim in material.claims if claim.section is SectionKey.GAPS)
    return tuple(sentence(claim, material.entities, material.snapshot.as_of).text for claim in made)


def print_view(view: PortfolioView) -> None:
    """The view as tables on standard output; a figure is never cut to fit."""
    import sys

    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE, highlight=False)
    title = f"Portfolio {escape(view.portfolio)}"
    console.print(f"[bold]{title}[/bold] at the close of {view.as_of} (source: {view.source})")
    table = Table(box=None, pad_edge=False)
    columns = ("Asset", "Amount", "Close", "Value", "Weight", "1 day", "7 days", "RSI")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right", overflow="fold")
    for item in view.holdings:
        table.add_row(escape(item.name), f"{item.amount:f}", *(text or "n/a" for text in item.figures.values()))
    console.print(table)
    structure = Table(box=None, pad_edge=False, show_header=False)
    for label, name in (("Value", "value"), ("Change on the day", "change_1d"), *_STRUCTURE):
        structure.add_row(label, view.figures[name] or "n/a")
    console.print(structure)
    for gap in view.gaps:
        console.print(escape(gap), soft_wrap=True)
