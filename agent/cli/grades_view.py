"""How grades look: ours and the provider's side by side, and below them who has none and why."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from agent.claims.figures import day_text
from agent.cli.page import grouped, print_heading, print_paragraph, print_table
from agent.cli.shown import NONE, count_of, number, or_none, short_day, source_words

if TYPE_CHECKING:
    from rich.console import Console

    from agent.measuring.grade_list import GradedAsset, GradeList, ProviderGrade
    from agent.measuring.own_grade_parts import OwnGrade

SHOWN_GRADES: Final = 20
_MOST_NAMES: Final = 12
_KINDS: Final = (
    ("trader", "Trader"),
    ("investor", "Investor"),
    ("tm", "Overall"),
    ("fundamental", "Fundamental"),
    ("technology", "Technology"),
)
_PROVIDER_SORTS: Final = ("trader", "investor")
_SORTED_BY: Final = {"short": "short-term", "long": "long-term", "trader": "trader", "investor": "investor"}


def print_grades(console: "Console", found: "GradeList", top: int) -> None:
    """The best assets by one grade, then what is missing."""
    with_grade = [item for item in found.assets if item.by(found.sort) is not None]
    shown_ones = with_grade[:top]
    print_heading(console, f"Grades at the close of {day_text(found.day)} (UTC), source: {source_words(found.source)}")
    print_paragraph(
        console,
        f"{len(shown_ones):,} of {count_of(len(found.assets), 'asset')}, by {_SORTED_BY[found.sort]} grade. Short-term "
        "and long-term are our own: the mean of percentiles among the assets compared, 50 the middle of the market. "
        "The others are the provider's, as received. All are from 0 to 100.",
    )
    if shown_ones:
        console.print()
        _print_table(console, shown_ones)
    else:
        print_paragraph(console, f"No asset has a {_SORTED_BY[found.sort]} grade.")
    _print_missing_own(console, found)
    _print_missing_provider(console, found, shown_ones)


def _print_table(console: "Console", items: "Sequence[GradedAsset]") -> None:
    kinds = [(kind, title) for kind, title in _KINDS if any(item.provider[kind].day for item in items)]
    days = {kind: _usual_day(items, kind) for kind, _ in kinds}
    rows = [
        (
            item.asset,
            NONE if item.rank is None else str(item.rank),
            or_none(item.short_term.grade, _grade),
            or_none(item.long_term.grade, _grade),
            *(_received(item.provider[kind], days[kind]) for kind, _ in kinds),
        )
        for item in items
    ]
    print_table(console, ("Asset", "Rank", "Short-term", "Long-term", *(title for _, title in kinds)), rows)


def _usual_day(items: "Sequence[GradedAsset]", kind: str) -> date | None:
    """The day that most of the grades of a kind are of."""
    days = Counter(day for item in items if (day := item.provider[kind].day) is not None)
    return days.most_common(1)[0][0] if days else None


def _received(item: "ProviderGrade", usual: date | None) -> str:
    text = or_none(item.grade, _grade)
    return text if item.day in (None, usual) else f"{text} ({short_day(item.day)})"


def _print_missing_own(console: "Console", found: "GradeList") -> None:
    short = {item.asset: _why(item.short_term) for item in found.assets if item.short_term.grade.value is None}
    long = {item.asset: _why(item.long_term) for item in found.assets if item.long_term.grade.value is None}
    both = {asset: reason for asset, reason in short.items() if long.get(asset) == reason}
    for title, lacking in (("", both), ("short-term ", short), ("long-term ", long)):
        own = lacking if lacking is both else {name: why for name, why in lacking.items() if name not in both}
        if not own:
            continue
        print_heading(console, f"Without a {title}grade of ours: {count_of(len(own), 'asset')}")
        for reason, assets in grouped(own.items()).items():
            print_paragraph(console, f"{_names(assets)}: {reason}.", indent=2)


def _why(grade: "OwnGrade") -> str:
    missing = f"; missing: {', '.join(grade.missing)}" if grade.missing else ""
    return f"{grade.grade.reason}{missing}"


def _print_missing_provider(console: "Console", found: "GradeList", shown_ones: "Sequence[GradedAsset]") -> None:
    week = f"the week up to {day_text(found.provider_until)}"
    of_day = [(title.lower(), day) for kind, title in _KINDS if (day := _usual_day(shown_ones, kind)) is not None]
    nobody = [title.lower() for kind, title in _KINDS if _usual_day(shown_ones, kind) is None]
    print_heading(console, "The provider's grades")
    if of_day:
        days = grouped((title, day_text(day)) for title, day in of_day)
        listed = "; ".join(f"{', '.join(titles)} of {day}" for day, titles in days.items())
        print_paragraph(
            console,
            f'The last of {week}: {listed}, unless a cell says another day. "{NONE}" is where none was received.',
        )
    if nobody:
        print_paragraph(console, f"No {_joined(nobody)} grade of these assets was received for {week}.")
    if found.sort in _PROVIDER_SORTS:
        lacking = [item.asset for item in found.assets if item.provider[found.sort].grade.value is None]
        if lacking:
            print_paragraph(console, f"No {found.sort} grade for {_names(lacking)}.")


def _names(assets: Sequence[str]) -> str:
    more = f" and {len(assets) - _MOST_NAMES:,} more" if len(assets) > _MOST_NAMES else ""
    return f"{', '.join(assets[:_MOST_NAMES])}{more}"


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _grade(value: float) -> str:
    return number(value, 1)
