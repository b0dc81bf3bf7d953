"""How stored signals look: one row each, its evidence below, and at the end why those unproven are so."""

from collections import Counter
from typing import TYPE_CHECKING, Final

from agent.claims.figures import day_text
from agent.cli.evidence_text import evidence_text, value_text
from agent.cli.page import grouped, print_heading, print_paragraph, print_table
from agent.cli.shown import count_of, direction_word, or_none, percent, short_day, source_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from agent.measuring.signal_list import ListedSignal, SignalDefinition, SignalList

SHOWN_SIGNALS: Final = 100
_HEADING: Final = (
    "Signal",
    "Direction",
    "Proven",
    "Value",
    "Confidence, %",
    "Firings",
    "Within",
    "Fired",
    "Live until",
)


def print_signals(console: "Console", listing: "SignalList", *, every: bool) -> None:
    """The signals by what they are about: the market, sectors, then assets by rank."""
    what = "Live signals" if listing.live else "Signals"
    print_heading(
        console, f"{what} at the close of {day_text(listing.day)} (UTC), source: {source_words(listing.source)}"
    )
    if listing.live:
        print_paragraph(console, _scanned(listing))
    if not listing.signals:
        what = "no signal is live" if listing.live else "no signal fired"
        print_paragraph(console, f"Of what was asked for, {what}.")
        return
    print_paragraph(console, _summary(listing.signals))
    shown_ones = listing.signals if every else listing.signals[:SHOWN_SIGNALS]
    for title, items in grouped_signals(shown_ones):
        print_heading(console, title)
        print_signal_table(console, items)
    if len(shown_ones) < len(listing.signals):
        console.print()
        rest = len(listing.signals) - len(shown_ones)
        print_paragraph(
            console, f"{rest:,} more; --all shows them, --held, --family, --name or an asset narrow it down."
        )
    print_verdicts(console, shown_ones)


def print_signal_table(console: "Console", items: "Sequence[ListedSignal]") -> None:
    """Signals of one subject with their evidence."""
    rows = [_row(item) for item in items]
    print_table(console, _HEADING, rows, left=3, notes=[evidence_text(item.evidence) for item in items])


def print_verdicts(console: "Console", items: "Sequence[ListedSignal]") -> None:
    """What confidence is, and why each unproven signal is unproven."""
    console.print()
    print_paragraph(
        console,
        "Confidence: the probability that the price moves in the signal's direction within so many days, learned from "
        "so many past firings; thin or disputed data lowers it. A direction says which way the measured thing went.",
    )
    unproven = dict.fromkeys((item.signal, item.verdict) for item in items if not item.proven)
    if unproven:
        print_paragraph(console, "Unproven:")
    for reason, names in grouped(unproven).items():
        print_paragraph(console, f"{', '.join(names)}: {reason.removeprefix('unproven: ')}.", indent=2)


def print_definitions(console: "Console", definitions: "Sequence[SignalDefinition]") -> None:
    """The registry: what each signal means."""
    print_heading(console, f"{count_of(len(definitions), 'signal')}, by what they are about")
    for item in definitions:
        console.print(f"\n{item.signal}", style="bold")
        days = count_of(item.expires_after_days, "day")
        about = (
            f"{item.subject.value}, {item.family.value}, direction {direction_word(item.direction)}, live for {days}"
        )
        print_paragraph(console, about, indent=2)
        print_paragraph(console, item.definition, indent=2)


def grouped_signals(signals: "Sequence[ListedSignal]") -> "list[tuple[str, list[ListedSignal]]]":
    """Signals under the name of what they are about, in their order."""
    found: dict[str, list[ListedSignal]] = {}
    for item in signals:
        found.setdefault(_subject(item), []).append(item)
    return list(found.items())


def _subject(item: "ListedSignal") -> str:
    if item.asset is not None:
        return item.asset
    return "The market" if item.sector is None else f"Sector {item.sector}"


def _summary(signals: "Sequence[ListedSignal]") -> str:
    counts = Counter(item.subject.value for item in signals)
    parts = [f"{counts[kind]:,} of {what}" for kind, what in _SUBJECTS if counts[kind]]
    proven = sum(item.proven for item in signals)
    if len(signals) == 1:
        return f"1 signal, {'proven' if proven else 'unproven'}."
    how_many = {0: "none of them is", 1: "1 of them is"}.get(proven, f"{proven:,} of them are")
    about = f" ({', '.join(parts)})" if len(parts) > 1 else ""
    return f"{count_of(len(signals), 'signal')}{about}; {how_many} proven."


_SUBJECTS: Final = (("market", "the market"), ("sector", "sectors"), ("asset", "assets"))


def _scanned(listing: "SignalList") -> str:
    days = count_of(listing.days, "day")
    rest = "" if listing.scanned == listing.days else f"; `coinbrief scan --days {listing.days}` scans all"
    return f"{listing.scanned} of the {days} on which a live signal may have fired were scanned{rest}."


def _row(item: "ListedSignal") -> tuple[str, ...]:
    return (
        item.signal,
        direction_word(item.direction),
        "proven" if item.proven else "unproven",
        value_text(item),
        or_none(item.confidence, percent),
        f"{item.sample_size:,}",
        f"{item.horizon_days} d",
        short_day(item.day),
        "not stated" if item.expires_on is None else short_day(item.expires_on),
    )
