"""Facts about where a portfolio lies: sectors, chains and tiers, and what it is once other forms are seen through."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.exposure import ExposureGroup
from agent.analytics.figure import Figure
from agent.analytics.look_through import US_DOLLAR, Combined, LookThrough, look_through
from agent.analytics.portfolio import holding_values, weights
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.portfolio import held_closes, portfolio_key, portfolio_standing, portfolio_subject
from agent.briefing.holding_traits import TIER, as_held, classified_asset, spreads
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import derivation
from agent.claims.book import FactBook
from agent.claims.fact import Derivation, FactRef, Metric, RowRef, Unit
from agent.claims.naming import subject_of
from agent.portfolio.classification import SECTORS, Origin
from agent.store.assets import AssetRow
from agent.store.reading import cell_text

TOLD_TRAITS = ("sector", "chain", TIER)
MORE_TRAITS = ("consensus", "use case", "region")
FORM = "underlying asset"
HOLDING_SECTORS = tuple(sorted(SECTORS))
_SECTOR = "sector"
_WORDED_CASH = frozenset({"US dollar", "euro"})
_FORM_COLUMNS = ("kind", "underlying_id")


@dataclass(frozen=True, slots=True)
class _Held:
    """The holdings: their rows, values and shares (fractions), in the order of the snapshot."""

    rows: Sequence[AssetRow]
    values: Floats
    shares: Floats


def trait_key(trait: str, place: int) -> str:
    """The draft key of the share of a trait's value, the largest at 0."""
    return portfolio_key(f"{trait}/{place}")


def add_exposure_facts(
    book: FactBook, snapshot: Snapshot, traits: Sequence[str] = TOLD_TRAITS, most: int = 1
) -> Mapping[str, Sequence[int]]:
    """Draft the largest groups of each trait, and what is held in the end; nothing without a price of every holding.

    Gives what is not known of which holdings: of a trait, or of the asset that another form stands for.
    """
    held = _held(book, snapshot)
    if held is None:
        return {}
    unknown = dict(_add_traits(book, snapshot, held, traits, most))
    unknown[FORM] = _add_seen_through(book, snapshot, held)
    return {what: asset_ids for what, asset_ids in unknown.items() if asset_ids}


def add_sector_share(book: FactBook, snapshot: Snapshot, sector: str) -> str | None:
    """Draft the share of one sector, 0 for one that nothing held is in, and give its key.

    None without a price of every holding, and for what nothing is in while the sector of a holding is not known.
    """
    held = _held(book, snapshot)
    if held is None:
        return None
    kinds = [classified_asset(row, row.name) for row in held.rows]
    spread = next(item for item in spreads(held.shares, kinds) if item.trait == _SECTOR)
    group = next((group for group in spread.exposure.groups if group.label == sector), None)
    if group is None and spread.exposure.unknown.members:
        return None
    whole = ExposureGroup(sector, Figure(0.0, None), tuple(range(len(held.rows))))
    return _add_group(book, snapshot, held, _SECTOR, group or whole, portfolio_key(f"{_SECTOR}/asked"))


def _held(book: FactBook, snapshot: Snapshot) -> _Held | None:
    """The holdings, None without a price of every one."""
    worth, rows = book.draft(portfolio_key("value")), _rows(snapshot)
    if worth is None or not worth.value or len(rows) < len(snapshot.holdings):
        return None
    amounts, closes = held_closes(snapshot)
    return _Held(rows, holding_values(amounts, closes)[-1], weights(amounts, closes))


def _rows(snapshot: Snapshot) -> Sequence[AssetRow]:
    ids = (holding.asset_id for holding in snapshot.holdings)
    return [snapshot.assets[asset_id] for asset_id in ids if asset_id in snapshot.assets]


def _add_traits(
    book: FactBook, snapshot: Snapshot, held: _Held, traits: Sequence[str], most: int
) -> Iterator[tuple[str, Sequence[int]]]:
    """Draft the largest groups; give each trait with the holdings of which it is not known."""
    kinds = [classified_asset(row, row.name) for row in held.rows]
    for spread in spreads(held.shares, kinds):
        if spread.trait not in traits:
            continue
        yield spread.trait, [held.rows[place].asset_id for place in spread.exposure.unknown.members]
        for place, group in enumerate(spread.exposure.groups[:most]):
            _add_group(book, snapshot, held, spread.trait, group, trait_key(spread.trait, place))


def _add_group(
    book: FactBook, snapshot: Snapshot, held: _Held, trait: str, group: ExposureGroup, key: str
) -> str | None:
    if group.share.value is None:
        return None
    return book.add(
        key,
        portfolio_subject(snapshot),
        Metric.TRAIT_SHARE,
        Unit.PCT,
        group.share.value * 100,
        _trait_origin(held.rows, trait, group),
        qualifier=trait,
        label=group.label,
    )


def _trait_origin(rows: Sequence[AssetRow], trait: str, group: ExposureGroup) -> Derivation:
    """The weights of a group's members, and what says that they belong to it."""
    members = [rows[place] for place in group.members]
    inputs: list[FactRef | RowRef] = []
    for row in members:
        inputs += [FactRef(asset_key(row.asset_id, "weight")), _asset_ref(row, _column(row, trait))]
    return derivation("sum", f"sum of the weights of what has the {trait} {group.label}", *inputs)


def _column(row: AssetRow, trait: str) -> str:
    """Where the trait of an asset is read: its rank, the name it has in our file, or its source's categories."""
    if trait == TIER:
        return "rank"
    found = getattr(classified_asset(row, row.name).traits, trait.replace(" ", "_"))
    return "slug" if found.origin is Origin.FILE else "categories"


def _asset_ref(row: AssetRow, column: str) -> RowRef:
    value = getattr(row, column)
    return RowRef("asset", (("asset_id", str(row.asset_id)),), column, cell_text(value))


def _add_seen_through(book: FactBook, snapshot: Snapshot, held: _Held) -> Sequence[int]:
    """Draft what other forms come to, cash, what is held more than once, and how many things are left.

    Gives the holdings that could not be followed to their end.
    """
    more = [row for key, row in sorted(snapshot.assets.items()) if key in _stood_for(snapshot, held.rows)]
    values = [*held.values.tolist(), *(0.0 for _ in more)]
    rows = [*held.rows, *more]
    found = look_through([as_held(row, value) for row, value in zip(rows, values, strict=True)])
    for each in found.combined:
        _add_combined(book, snapshot, held.rows, each)
    if not any(each.currency for each in found.combined):
        _add_cash(book, snapshot, held.rows, US_DOLLAR, 0.0)
    _add_totals(book, snapshot, held, found)
    return [rows[item.position].asset_id for item in found.unresolved]


def _stood_for(snapshot: Snapshot, rows: Iterable[AssetRow]) -> set[int]:
    """The assets that the holdings stand for, step by step to the end, without those that are held."""
    found: set[int] = set()
    steps = list(rows)
    while steps:
        new = {row.underlying_id for row in steps if row.underlying_id in snapshot.assets} - found - snapshot.held_ids
        steps = [snapshot.assets[key] for key in new if key is not None]
        found |= {row.asset_id for row in steps}
    return found


def _add_combined(book: FactBook, snapshot: Snapshot, rows: Sequence[AssetRow], each: Combined) -> None:
    if each.share.value is None:
        return
    members = [rows[place] for place in each.members]
    share, whose = each.share.value * 100, portfolio_standing(snapshot)
    if each.currency in _WORDED_CASH:
        _add_cash(book, snapshot, members, each.currency, share)
    elif (
        each.asset_id is not None
        and each.asset_id in snapshot.names
        and {row.asset_id for row in members} != {each.asset_id}
    ):
        origin = derivation("sum", "sum of the weights of what stands for it in the end", *_forms(members))
        key, subject = asset_key(each.asset_id, "end_share"), subject_of(each.asset_id)
        book.add(key, subject, Metric.END_SHARE, Unit.PCT, share, origin, **whose)


def _add_cash(book: FactBook, snapshot: Snapshot, members: Sequence[AssetRow], currency: str, share_pct: float) -> None:
    """Draft the share of stablecoins of a currency; where there are none it rests on what the holdings are."""
    origin = derivation("sum", f"sum of the weights of {currency} cash", *_forms(members, ("kind", "slug")))
    subject, key = portfolio_subject(snapshot), portfolio_key(f"cash_share/{currency}")
    book.add(key, subject, Metric.CASH_SHARE, Unit.PCT, share_pct, origin, label=currency)


def _add_totals(book: FactBook, snapshot: Snapshot, held: _Held, found: LookThrough) -> None:
    subject, several = portfolio_subject(snapshot), [each for each in found.combined if len(each.members) > 1]
    again = [held.rows[place] for each in several if each.asset_id is not None for place in each.members]
    number, part = found.effective_number_after.value, found.held_again.value
    if part:
        origin = derivation("sum", "weights of an asset's forms, all but its largest holding", *_forms(again))
        book.add(portfolio_key("held_again"), subject, Metric.HELD_AGAIN, Unit.PCT, part * 100, origin)
    if number is not None and np.isfinite(number):
        formula = "1 / sum of squared weights, forms of the same asset added up first"
        worth = [row for row, value in zip(held.rows, held.values.tolist(), strict=True) if value]
        origin = derivation("end_number", formula, *_forms(worth))
        book.add(portfolio_key("end_number"), subject, Metric.END_NUMBER, Unit.RATIO, number, origin)


def _forms(rows: Iterable[AssetRow], columns: Sequence[str] = _FORM_COLUMNS) -> Iterator[FactRef | RowRef]:
    """The weights of holdings, and what says of each what it stands for."""
    for row in rows:
        yield FactRef(asset_key(row.asset_id, "weight"))
        yield from (_asset_ref(row, column) for column in columns)
