"""How a scan looks: what fired and for how many, then what happened to the market and to sectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from agent.claims.figures import day_text
from agent.cli.evidence_text import evidence_text
from agent.cli.page import grouped, print_heading, print_paragraph, print_table
from agent.cli.shown import count_of, direction_word, or_none, percent, source_words

if TYPE_CHECKING:
    from rich.console import Console

    from agent.measuring.signal_list import ListedSignal, SignalTally


@dataclass(frozen=True, slots=True)
class ScannedDay:
    """What the scan of a day found; `wider` are the signals of the market and of sectors."""

    day: date
    assets: int
    graded: int
    stored: int
    signals: "tuple[SignalTally, ...]"
    wider: "tuple[ListedSignal, ...]"


def print_scan(console: "Console", source: str, days: Sequence[ScannedDay]) -> None:
    """Every day in a row, then the last one in full."""
    last = days[-1]
    if len(days) > 1:
        print_heading(console, f"{len(days)} days were scanned, source: {source_words(source)}")
        rows = [(day_text(item.day), *map(_count, (item.assets, item.graded, item.stored))) for item in days]
        print_table(console, ("Day (UTC)", "Assets", "Graded", "Signals"), rows)
    print_heading(console, f"Scan of the close of {day_text(last.day)} (UTC), source: {source_words(source)}")
    kinds = sum(item.fired > 0 for item in last.signals)
    print_paragraph(
        console,
        f"{count_of(last.assets, 'asset')} with a bar, {last.graded:,} of them graded; "
        f"{count_of(last.stored, 'signal')} of {count_of(kinds, 'kind')} found and stored.",
    )
    _print_fired(console, [item for item in last.signals if item.fired])
    _print_wider(console, last)
    _print_unreadable(console, last.signals)


def _print_fired(console: "Console", fired: "Sequence[SignalTally]") -> None:
    if not fired:
        return
    console.print()
    heading = (
        "Signal",
        "Family",
        "Direction",
        "Proven",
        "Fired",
        "Known for",
        "Confidence, %",
        "Firings",
        "Within",
    )
    print_table(console, heading, [_row(item) for item in fired], left=4)
    console.print()
    print_paragraph(
        console,
        "Known for: the assets (or sectors, or the market) whose data is enough to tell. Confidence: the probability "
        "that the price moves in the signal's direction within so many days, learned from so many past firings, for "
        "complete data.",
    )
    if any(not item.proven for item in fired):
        print_paragraph(console, "Unproven:")
    for reason, names in grouped((item.signal, item.verdict) for item in fired if not item.proven).items():
        print_paragraph(console, f"{', '.join(names)}: {reason.removeprefix('unproven: ')}.", indent=2)
    if all(item.sample_size == 0 and item.confidence.value is None for item in fired):
        print_paragraph(console, "Run `coinbrief scorecard` and then this scan again to give signals a track record.")


def _row(item: "SignalTally") -> tuple[str, ...]:
    return (
        item.signal,
        item.family.value,
        direction_word(item.direction),
        "proven" if item.proven else "unproven",
        _count(item.fired),
        _count(item.known),
        or_none(item.confidence, percent),
        _count(item.sample_size),
        f"{item.horizon_days} d",
    )


def _print_wider(console: "Console", day: ScannedDay) -> None:
    print_heading(console, "The market and its sectors")
    if not day.wider:
        print_paragraph(console, "Nothing fired for the market as a whole or for any sector.")
    for item in day.wider:
        whose = "The market" if item.sector is None else f"Sector {item.sector}"
        proven = "proven" if item.proven else "unproven"
        print_paragraph(console, f"{whose}, {item.signal} ({direction_word(item.direction)}, {proven}):")
        print_paragraph(console, f"{item.definition} Read from: {evidence_text(item.evidence)}.", indent=2)


def _print_unreadable(console: "Console", signals: "Sequence[SignalTally]") -> None:
    names = [item.signal for item in signals if not item.known]
    if names:
        print_heading(console, "Not known for anything, for want of data")
        print_paragraph(console, f"{', '.join(names)}.")


def _count(number: int) -> str:
    return f"{number:,}"
