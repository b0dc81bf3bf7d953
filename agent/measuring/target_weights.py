"""Target weights as a reader writes them: `BTC=50 ETH=30 ...`, per cent, together exactly 100."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from agent.measuring.assets import display_names, require_asset
from agent.measuring.errors import WrongArgument
from agent.portfolio.cells import parse_amount, shown
from agent.store import portfolios
from agent.store.assets import get_assets

ALL_PCT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Target:
    """The share of a portfolio that an asset is meant to have, per cent."""

    asset_id: int
    name: str
    symbol: str
    weight_pct: float


def parse_targets(session: Session, source: str, texts: Sequence[str]) -> Mapping[int, Decimal]:
    """Find the assets and per cents of texts such as `BTC=50`, by asset id.

    Raises AssetNotFound, and WrongArgument for what is not such a text, for an asset given twice, and unless the sum is
    exactly 100.
    """
    found: dict[int, Decimal] = {}
    for text in texts:
        asset_text, weight_pct = _split(text)
        row = require_asset(session, source, asset_text)
        if row.asset_id in found:
            raise WrongArgument(f"{shown(text)}: this asset has a target already; give each asset once")
        found[row.asset_id] = weight_pct
    total = sum(found.values(), Decimal(0))
    if total != ALL_PCT:
        raise WrongArgument(f"targets must sum to 100 per cent, these sum to {total:f}; nothing was stored")
    return found


def read_targets(session: Session, portfolio: str) -> tuple[Target, ...]:
    """Read the stored targets of a portfolio, largest first; empty if none were set. Raises UnknownRow."""
    stored = portfolios.targets(session, portfolios.require(session, portfolio).portfolio_id)
    rows = get_assets(session, stored)
    names = display_names(rows.values())
    order = sorted(stored.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Target(key, names[key], rows[key].symbol, weight * 100.0) for key, weight in order)


def _split(text: str) -> tuple[str, Decimal]:
    asset, sign, number = text.rpartition("=")
    if not sign or not asset.strip():
        raise WrongArgument(f"{shown(text)} is not a target: write ASSET=PERCENT, such as BTC=50")
    try:
        return asset, parse_amount(number.strip().removesuffix("%"))
    except ValueError as error:
        raise WrongArgument(f"{shown(text)}: {error}") from None
