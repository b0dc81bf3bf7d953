"""What a portfolio is in the end and where it lies: looked through, and spread over tiers, sectors and chains."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from agent.analytics import look_through as through
from agent.analytics.bars import Floats
from agent.analytics.exposure import UNKNOWN, Exposure, cap_tier, exposure
from agent.analytics.figure import Figure
from agent.measuring.assets import display_names
from agent.measuring.study import Study
from agent.portfolio.classification import Attribute, Classification, classify, load_classification
from agent.store.assets import AssetRow, get_assets

EURO = "euro"

_STRANGE = re.compile(r"[^A-Za-z0-9 .&()/-]")
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Classified:
    """What a holding is, as far as it is known; `cap_tier` by its rank by market value."""

    asset_id: int
    name: str
    cap_tier: str | None
    traits: Classification


@dataclass(frozen=True, slots=True)
class Spread:
    """How a portfolio is spread over the values of one trait; members are columns of the holdings."""

    trait: str
    exposure: Exposure


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
    known = {asset.asset_id: asset.row for asset in study.assets}
    found: dict[int, AssetRow] = {}
    wanted = _underlyings(known.values(), known)
    while wanted:
        rows = get_assets(session, wanted)
        found |= rows
        wanted = _underlyings(rows.values(), {**known, **found}) if rows else set()
    return found


def see_through(study: Study, values_usd: Floats, underlyings: Mapping[int, AssetRow]) -> SeenThrough:
    """Look through the holdings of a study, whose values are given in its order, NaN where unknown."""
    rows = [asset.row for asset in study.assets] + list(underlyings.values())
    values = [*values_usd.tolist(), *(0.0 for _ in underlyings)]
    holdings = [
        through.Held(row.asset_id, value, row.kind, row.underlying_id, _currency(row))
        for row, value in zip(rows, values, strict=True)
    ]
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
    known = load_classification()
    return tuple(
        Classified(
            asset_id=asset.asset_id,
            name=asset.name,
            cap_tier=cap_tier(asset.row.rank if (asset.row.rank or 0) > 0 else None),
            traits=_plain(classify(asset.row.slug, asset.row.categories, known)),
        )
        for asset in study.assets
    )


def spreads(shares: Floats, holdings: Sequence[Classified]) -> tuple[Spread, ...]:
    """Spread the shares over every trait; one share (a fraction, NaN if unknown) per holding."""
    traits: dict[str, Callable[[Classified], str | None]] = {
        "tier by market value": lambda each: each.cap_tier,
        "sector": lambda each: _value(each.traits.sector),
        "chain": lambda each: _value(each.traits.chain),
        "consensus": lambda each: _value(each.traits.consensus),
        "use case": lambda each: _value(each.traits.use_case),
        "region": lambda each: _value(each.traits.region),
    }
    return tuple(Spread(name, exposure(shares, [label(each) for each in holdings])) for name, label in traits.items())


def _underlyings(rows: Iterable[AssetRow], known: Mapping[int, AssetRow]) -> set[int]:
    return {row.underlying_id for row in rows if row.underlying_id is not None and row.underlying_id not in known}


def _currency(row: AssetRow) -> str:
    use_case = classify(row.slug, row.categories, load_classification()).use_case
    return EURO if use_case is not None and EURO in use_case.value.casefold().split() else through.US_DOLLAR


def _plain(traits: Classification) -> Classification:
    """The traits with labels that are safe to print: some come from a source's categories."""
    return Classification(
        *map(_plain_attribute, (traits.sector, traits.use_case, traits.chain, traits.consensus, traits.region))
    )


def _plain_attribute(attribute: Attribute | None) -> Attribute | None:
    if attribute is None:
        return None
    label = _STRANGE.sub("", attribute.value)[:_LONGEST_LABEL].strip()
    return Attribute(label, attribute.origin) if label not in {"", UNKNOWN} else None


def _value(attribute: Attribute | None) -> str | None:
    return None if attribute is None else attribute.value
