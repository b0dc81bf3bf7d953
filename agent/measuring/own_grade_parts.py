"""Our own stored grades of an asset, with every part they are made of, and the reason where one is missing."""

from dataclasses import dataclass
from datetime import date

from agent.analytics.figure import Figure
from agent.analytics.own_grade import REQUIRED_WEIGHT, Horizon
from agent.claims.figures import day_text
from agent.store.own_grades import OwnGradeDay

NOT_COMPARED = "not compared with others: it is a stablecoin, or follows another asset"
UNKNOWN_PART = "not known for this asset, or for fewer than 10 assets"


@dataclass(frozen=True, slots=True)
class OwnGradePart:
    """A part of a grade: its share of the grade's weight (a fraction), and the asset's percentile in it, 0 to 100."""

    name: str
    weight: float
    percentile: Figure


@dataclass(frozen=True, slots=True)
class OwnGrade:
    """A grade, 0 to 100, and its parts; `missing` names the parts that are not known."""

    horizon: str
    grade: Figure
    parts: tuple[OwnGradePart, ...]
    missing: tuple[str, ...]


def own_grade(stored: OwnGradeDay | None, asset_id: int, horizon: Horizon, day: date, *, compared: bool) -> OwnGrade:
    """Take an asset's grade of a day as it was stored; `compared` says whether the asset is among those graded."""
    column = None if stored is None else stored.column(asset_id)
    if stored is None or column is None:
        reason = f"not scanned yet: run `coinbrief scan --day {day}`" if stored is None else _no_bar(day)
        return OwnGrade(horizon.value, Figure.missing(reason), (), ())
    if not compared:
        return OwnGrade(horizon.value, Figure.missing(NOT_COMPARED), (), ())
    parts = tuple(
        OwnGradePart(part.name, part.weight, Figure.of(values[column], UNKNOWN_PART))
        for part, values in zip(stored.part_names, stored.parts, strict=True)
        if part.horizon == horizon.value
    )
    values = stored.short_term if horizon is Horizon.SHORT_TERM else stored.long_term
    missing = tuple(part.name for part in parts if part.percentile.value is None)
    return OwnGrade(horizon.value, Figure.of(values[column], _too_little(parts)), parts, missing)


def is_compared(kind: str) -> bool:
    """Whether assets of this kind are compared with each other."""
    return kind == "coin"


def _no_bar(day: date) -> str:
    return f"there is no bar of {day_text(day)}"


def _too_little(parts: tuple[OwnGradePart, ...]) -> str:
    known = sum(part.weight for part in parts if part.percentile.value is not None)
    return f"parts with {100 * known:.0f}% of the weight are known, {100 * REQUIRED_WEIGHT:.0f}% are needed"
