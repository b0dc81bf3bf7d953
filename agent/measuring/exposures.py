"""What a portfolio is in the end and where it lies: looked through, and spread over tiers, sectors and chains."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from agent.analytics import look_through as through
from agent.analytics.bars import Floats
from agent.analytics.figure import Figure
from agent.briefing.holding_traits import Classified, as_held, classified_asset
from agent.measuring.assets import display_names
from agent.measuring.study import Study
from agent.store.assets import AssetRow, get_underlyings


@dataclass(frozen=True, slots=True)
class InTheEnd:
    """Something held in the end, and the names of the holdings that come to it."""

    name: str
    share: Figure
    holdings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenThrough:
    """A portfolio looked through, with names; `unresolved` says of a holding why it could not be followed."""

    figures: through.LookThrough
    in_the_end: tuple[InTheEnd, ...]
    unresolved: tuple[tuple[str, str], ...]


def read_underlyings(session: Session, study: Study) -> Mapping[int, AssetRow]:
    """Read what the assets of a study stand for, step by step to the end, without what is among them."""
    return get_underlyings(session, {asset.asset_id: asset.row for asset in study.assets})


def see_through(study: Study, values_usd: Floats, underlyings: Mapping[int, AssetRow]) -> SeenThrough:
    """Look through the holdings of a study, whose values are given in its order, NaN where unknown."""
    rows = [asset.row for asset in study.assets] + list(underlyings.values())
    values = [*values_usd.tolist(), *(0.0 for _ in underlyings)]
    holdings = [as_held(row, value) for row, value in zip(rows, values, strict=True)]
    figures, names = through.look_through(holdings), display_names(rows)
    return SeenThrough(
        figures=figures,
        in_the_end=tuple(
            InTheEnd(
                name=f"Cash ({each.currency})"
                if each.asset_id is None
                else names.get(each.asset_id, "an asset not stored"),
                share=each.share,
                holdings=tuple(names[rows[place].asset_id] for place in each.members),
            )
            for each in figures.combined
        ),
        unresolved=tuple((names[rows[each.position].asset_id], each.reason) for each in figures.unresolved),
    )


def classified(study: Study) -> tuple[Classified, ...]:
    """What each asset of a study is, in its order."""
    return tuple(classified_asset(asset.row, asset.name) for asset in study.assets)
