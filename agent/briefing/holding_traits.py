"""What holdings are: their tier, sector, chain and other traits, and what they stand for in the end."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.analytics import look_through as through
from agent.analytics.bars import Floats
from agent.analytics.exposure import UNKNOWN, Exposure, cap_tier, exposure
from agent.portfolio.classification import Attribute, Classification, classify, load_classification
from agent.store.assets import AssetRow

EURO = "euro"
TIER = "tier by market value"

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


_LABELS: Mapping[str, Callable[[Classified], str | None]] = {
    TIER: lambda each: each.cap_tier,
    "sector": lambda each: _value(each.traits.sector),
    "chain": lambda each: _value(each.traits.chain),
    "consensus": lambda each: _value(each.traits.consensus),
    "use case": lambda each: _value(each.traits.use_case),
    "region": lambda each: _value(each.traits.region),
}


def classified_asset(row: AssetRow, name: str) -> Classified:
    """What a stored asset is, under the name it is printed by."""
    return Classified(
        asset_id=row.asset_id,
        name=name,
        cap_tier=cap_tier(row.rank if (row.rank or 0) > 0 else None),
        traits=_plain(classify(row.slug, row.categories, load_classification())),
    )


def spreads(shares: Floats, holdings: Sequence[Classified]) -> tuple[Spread, ...]:
    """Spread the shares over every trait; one share (a fraction, NaN if unknown) per holding."""
    return tuple(Spread(name, exposure(shares, [label(each) for each in holdings])) for name, label in _LABELS.items())


def as_held(row: AssetRow, value_usd: float) -> through.Held:
    """A stored asset of which so much is held, as it is looked through; NaN for a value that is not known."""
    return through.Held(row.asset_id, value_usd, row.kind, row.underlying_id, _currency(row))


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
