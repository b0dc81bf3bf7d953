"""Grades side by side: those a provider gave, as they were received, and our own with what they lack."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session

from agent.analytics.figure import Figure
from agent.analytics.own_grade import Horizon
from agent.briefing.gather import SEEN_DAYS
from agent.briefing.wanted import Wanted
from agent.claims.figures import day_text
from agent.measuring.assets import display_names
from agent.measuring.days import day_with_bars
from agent.measuring.errors import WrongArgument
from agent.measuring.own_grade_parts import OwnGrade, is_compared, own_grade
from agent.measuring.signal_list import held_ids
from agent.store.assets import get_assets
from agent.store.grades import GradeRow, grades_on
from agent.store.own_grades import own_grades_on
from agent.store.traits import asset_traits
from datasources.records import GradeKind

SORTS = ("short", "long", "trader", "investor")


@dataclass(frozen=True, slots=True)
class ProviderGrade:
    """A provider's grade, 0 to 100, as it was received, of its own `day`.

    `change_pct` is the provider's own figure, against a day before (tm, trader) or seven (investor), in per cent.
    """

    grade: Figure
    day: date | None = None
    change_pct: float | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class GradedAsset:
    """An asset with all its grades; `provider` by kind of grade."""

    asset_id: int
    asset: str
    rank: int | None
    short_term: OwnGrade
    long_term: OwnGrade
    provider: Mapping[str, ProviderGrade]

    def by(self, sort: str) -> float | None:
        """The grade that a list is sorted by."""
        own = {"short": self.short_term, "long": self.long_term}
        return (own[sort].grade if sort in own else self.provider[sort].grade).value


@dataclass(frozen=True, slots=True)
class GradeList:
    """Grades as of the close of a day: the sorted ones first, then those without the grade sorted by, by rank.

    `provider_until` is the last day whose provider's grades count.
    """

    source: str
    day: date
    provider_until: date
    sort: str
    assets: tuple[GradedAsset, ...]

    def best(self, count: int) -> "GradeList":
        """The first assets only."""
        return replace(self, assets=self.assets[:count])


def read_grades(
    session: Session, wanted: Wanted, *, day: date | None = None, sort: str = "short", held: bool = False
) -> GradeList:
    """Read the grades of every asset with a bar on the day, or of what is held.

    A provider's grade is its last of the week up to the day; with no day given, one of today counts too. Raises
    WrongArgument for an unknown sort and for a day that was never scanned, NothingHeld, NoPrices, and UnknownRow.
    """
    if sort not in SORTS:
        raise WrongArgument(f"grades cannot be sorted by {sort!r}: choose among {', '.join(SORTS)}")
    last = day_with_bars(session, wanted, day)
    own = own_grades_on(session, wanted.source, last)
    if own is None:
        raise WrongArgument(f"{day_text(last)} was not scanned: run `coinbrief scan --day {last}`")
    until = wanted.first_open_day if day is None else last
    received = {kind: provider_grades(session, wanted.source, kind, until) for kind in GradeKind}
    ids = held_ids(session, wanted.portfolio) if held else frozenset(own.asset_ids.tolist())
    rows, traits = get_assets(session, ids), asset_traits(session, wanted.source)
    names = display_names(rows.values())
    found = []
    for asset_id, row in rows.items():
        compared = is_compared(traits[asset_id].kind if asset_id in traits else row.kind)
        short, long = (own_grade(own, asset_id, item, last, compared=compared) for item in Horizon)
        provider = {kind.value: _received(received[kind].get(asset_id), kind, until) for kind in GradeKind}
        found.append(GradedAsset(asset_id, names[asset_id], row.rank, short, long, provider))
    found.sort(key=lambda item: _place(item, sort))
    return GradeList(wanted.source, last, until, sort, tuple(found))


def provider_grades(session: Session, source: str, kind: GradeKind, until: date) -> dict[int, GradeRow]:
    """Read each asset's last grade of a week, by asset id."""
    return grades_on(session, source, kind, until, since=until - timedelta(days=SEEN_DAYS))


def _received(row: GradeRow | None, kind: GradeKind, until: date) -> ProviderGrade:
    if row is None:
        reason = f"no {kind.value} grade was received for the {SEEN_DAYS} days up to {day_text(until)}"
        return ProviderGrade(Figure.missing(reason))
    return ProviderGrade(Figure.of(row.value, "not a number"), row.day, row.change_pct, row.label)


def _place(item: GradedAsset, sort: str) -> tuple[bool, float, float, int]:
    value = item.by(sort)
    rank = float("inf") if item.rank is None else float(item.rank)
    return value is None, -(value or 0.0), rank, item.asset_id
