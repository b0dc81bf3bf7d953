"""A portfolio before and after holdings are added, dropped or resized, as a reader writes it: `SOL=10%`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from sqlmodel import Session

from agent.analytics import portfolio
from agent.analytics.diversification_report import DiversificationReport
from agent.analytics.figure import Figure
from agent.analytics.what_if import Change, Difference, changed, what_if
from agent.briefing.wanted import Wanted
from agent.measuring.assets import require_asset
from agent.measuring.errors import WrongArgument
from agent.measuring.positions import held_only
from agent.measuring.study import Study, read_study
from agent.portfolio.cells import parse_amount, shown
from agent.store import portfolios
from agent.store.engine import Store

_WAYS = "write ASSET=AMOUNT, 'ASSET=$USD' (or ASSET=USDusd) or ASSET=PERCENT%, such as SOL=12.5, 'SOL=$500' or SOL=10%"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader wants to try: texts such as `SOL=10%` to add and to resize, and assets to drop."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    resize: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedHolding:
    """An asset before and after: amounts in units, shares as fractions of the portfolio."""

    asset_id: int
    name: str
    symbol: str
    amount_before: float
    amount_after: float
    share_before: Figure
    share_after: Figure


@dataclass(frozen=True, slots=True)
class WhatIfAnalysis:
    """The figures before, after and their difference; columns in the reports are in the order of `holdings`."""

    portfolio: str
    as_of: date
    source: str
    holdings: tuple[ChangedHolding, ...]
    differences: tuple[Difference, ...]
    before: DiversificationReport
    after: DiversificationReport


@dataclass(frozen=True, slots=True)
class _Size:
    """A size in one of three ways; see `Change`."""

    amount: float | None = None
    value_usd: float | None = None
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is wanted of one asset: a new size, 0 to drop it."""

    text: str
    asset_id: int
    size: _Size


def what_if_analysis(store: Store, wanted: Wanted, wishes: Wishes, *, market: bool = True) -> WhatIfAnalysis:
    """Read a portfolio and measure it before and after: first what is dropped, then resized, then added.

    Without the `market`, of which every price is read, nothing is known of how the portfolio moves with it. Raises
    UnknownRow, NothingHeld, NoPrices and AssetNotFound, and WrongArgument for what cannot be done.
    """
    if not (wishes.add or wishes.drop or wishes.resize):
        raise WrongArgument("there is nothing to try: give --add, --drop or --resize")
    with store.reader() as session:
        stored = portfolios.require(session, wanted.portfolio)
        held = {row.asset_id for row in portfolios.holdings(session, stored.portfolio_id)}
        found = _parsed(session, wanted.source, wishes, held)
        ids = [wish.asset_id for wish in found]
        study = held_only(read_study(session, wanted, ids, market=market), ids)
    return _analysed(study, found)


def _parsed(session: Session, source: str, wishes: Wishes, held: set[int]) -> tuple[_Wish, ...]:
    dropped = [_Wish(text, require_asset(session, source, text).asset_id, _Size(amount=0.0)) for text in wishes.drop]
    resized, added = (
        [_Wish(text, require_asset(session, source, _asset(text)).asset_id, _size(text)) for text in texts]
        for texts in (wishes.resize, wishes.add)
    )
    for wish in (*dropped, *resized):
        if wish.asset_id not in held:
            raise WrongArgument(f"{shown(wish.text)}: the portfolio does not hold it; --add tries it")
    for wish in added:
        if wish.asset_id in held:
            raise WrongArgument(f"{shown(wish.text)}: the portfolio holds it already; --resize gives it another size")
    found = (*dropped, *resized, *added)
    seen: set[int] = set()
    for wish in found:
        if wish.asset_id in seen:
            raise WrongArgument(f"{shown(wish.text)}: this asset is changed twice; give each asset once")
        seen.add(wish.asset_id)
    return found


def _asset(text: str) -> str:
    asset, sign, _ = text.rpartition("=")
    if not sign or not asset.strip():
        raise WrongArgument(f"{shown(text)} has no size: {_WAYS}")
    return asset


def _size(text: str) -> _Size:
    number = text.rpartition("=")[2].strip()
    if number.endswith("%"):
        percent = _number(text, number[:-1])
        if percent >= 100:
            raise WrongArgument(f"{shown(text)}: a share must be below 100%; drop the other holdings instead")
        return _Size(weight=float(percent / 100))
    if number.startswith("$"):
        return _Size(value_usd=float(_number(text, number[1:])))
    if number.casefold().endswith("usd"):
        return _Size(value_usd=float(_number(text, number[:-3])))
    return _Size(amount=float(_number(text, number)))


def _number(text: str, number: str) -> Decimal:
    try:
        return parse_amount(number.strip())
    except ValueError as error:
        raise WrongArgument(f"{shown(text)}: {error}; {_WAYS}") from None


def _analysed(study: Study, wishes: Sequence[_Wish]) -> WhatIfAnalysis:
    changes = [
        Change(study.assets.index(asset), wish.size.amount, wish.size.value_usd, wish.size.weight)
        for wish in wishes
        for asset in study.assets
        if asset.asset_id == wish.asset_id
    ]
    _require_prices(study, changes)
    found = what_if(study.quantities, study.closes, *changes, bitcoin=study.bitcoin, market=study.market)
    before, after = study.quantities, np.array(found.amounts)
    shares = [
        [Figure.of(share, report.portfolio.value_usd.reason or "") for share in weights.tolist()]
        for report, weights in (
            (found.before, portfolio.weights(before, study.closes)),
            (found.after, portfolio.weights(after, study.closes)),
        )
    ]
    return WhatIfAnalysis(
        portfolio=study.portfolio,
        as_of=study.as_of,
        source=study.source,
        holdings=tuple(
            ChangedHolding(asset.asset_id, asset.name, asset.row.symbol, *sizes)
            for asset, *sizes in zip(study.assets, before.tolist(), found.amounts, *shares, strict=True)
        ),
        differences=found.differences,
        before=found.before,
        after=found.after,
    )


def _require_prices(study: Study, changes: Sequence[Change]) -> None:
    """Raise WrongArgument where a size in US dollars or per cent needs a close that is not there."""
    amounts, closes = study.quantities, study.closes[-1]
    for change in changes:
        name, others = study.assets[change.column].name, np.arange(len(amounts)) != change.column
        if change.amount is None and not closes[change.column] > 0:
            raise WrongArgument(f"{name} has no close on {study.as_of}: give an amount of it instead")
        rest = (amounts * closes)[others & (amounts > 0)]
        if change.weight is not None and not rest.sum() > 0:
            raise WrongArgument(
                f"{name} cannot be sized in per cent: the rest of the portfolio has no known value on {study.as_of}"
            )
        amounts = changed(amounts, closes, change)
