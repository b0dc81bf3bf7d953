"""What is held of a study's assets and what it is worth at the last close."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from agent.analytics import portfolio
from agent.analytics.bars import Floats
from agent.analytics.figure import Figure
from agent.measuring.study import Study


@dataclass(frozen=True, slots=True)
class Position:
    """An asset of a study at the last close; `share` is a fraction of the portfolio."""

    asset_id: int
    name: str
    symbol: str
    price_source: str
    amount: Decimal
    close_usd: Figure
    value_usd: Figure
    share: Figure


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An asset that an analysis had to leave out, and why."""

    asset_id: int
    name: str
    reason: str


def held_only(study: Study, more: Collection[int] = ()) -> Study:
    """The study without the assets of which nothing is held, but for those of `more`."""
    places = [
        place
        for place, (asset, amount) in enumerate(zip(study.assets, study.amounts, strict=True))
        if amount or asset.asset_id in more
    ]
    return replace(
        study,
        assets=tuple(study.assets[place] for place in places),
        amounts=tuple(study.amounts[place] for place in places),
        closes=study.closes[:, places],
        targets=None if study.targets is None else tuple(study.targets[place] for place in places),
    )


def shares_of(study: Study) -> Floats:
    """Each asset's fraction of the portfolio's value; all NaN if something held has no close on the last day."""
    return portfolio.weights(study.quantities, study.closes)


def unpriced_reason(study: Study) -> str:
    """Why the portfolio has no value on the last day; empty if it has one."""
    names = [
        asset.name
        for asset, amount, close in zip(study.assets, study.amounts, study.closes[-1].tolist(), strict=True)
        if amount and not np.isfinite(close)
    ]
    return f"no close on {study.as_of} of {', '.join(names)}" if names else ""


def total_usd(study: Study) -> Figure:
    """What the portfolio is worth at the last close."""
    return Figure.of(float(portfolio.portfolio_values(study.quantities, study.closes)[-1]), unpriced_reason(study))


def positions(study: Study) -> tuple[Position, ...]:
    """Every asset of a study with its value and its share, in the order of the study."""
    closes, values = study.closes[-1], portfolio.holding_values(study.quantities, study.closes)[-1]
    missing = unpriced_reason(study)
    return tuple(
        Position(
            asset_id=asset.asset_id,
            name=asset.name,
            symbol=asset.row.symbol,
            price_source=asset.price_source,
            amount=amount,
            close_usd=Figure.of(close, f"no close on {study.as_of}"),
            value_usd=Figure.of(value, f"no close on {study.as_of}"),
            share=Figure.of(share, missing),
        )
        for asset, amount, close, value, share in zip(
            study.assets, study.amounts, closes.tolist(), values.tolist(), shares_of(study).tolist(), strict=True
        )
    )


def exact_price(close: float) -> Decimal | None:
    """A stored close as the exact decimal it is written as; None where there is none."""
    return Decimal(repr(close)) if np.isfinite(close) else None
