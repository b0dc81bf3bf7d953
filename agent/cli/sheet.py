"""Tables and paragraphs of a report on standard output: plain text, and no cell is ever cut."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

WIDEST: Final = 100
_GAP: Final = "  "

Row = Sequence[str]


def print_heading(console: "Console", text: str) -> None:
    """A heading with an empty line above it."""
    console.print(f"\n{text}", style="bold")


def print_table(
    console: "Console", heading: Row, rows: Sequence[Row], *, left: int = 1, notes: Sequence[str] = ()
) -> None:
    """A table whose first `left` columns are words and the others figures; a row may have a note below it."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    console.print(_line(heading, widths, left), style="bold")
    for place, row in enumerate(rows):
        console.print(_line(row, widths, left))
        if place < len(notes) and notes[place]:
            print_paragraph(console, notes[place], indent=4)


def print_paragraph(console: "Console", text: str, *, indent: int = 0) -> None:
    """A text in lines that fit."""
    space = " " * indent
    for line in wrap(text, max(min(console.width, WIDEST), indent + 20), initial_indent=space, subsequent_indent=space):
        console.print(line)


def print_grouped(console: "Console", reasons: Iterable[tuple[str, str]], *, most: int = 12) -> None:
    """Things and the reason that each has, one paragraph for each reason: its things, then why."""
    for reason, things in grouped(reasons).items():
        more = f" and {len(things) - most:,} more" if len(things) > most else ""
        print_paragraph(console, f"{', '.join(things[:most])}{more}: {reason}.")


def grouped(reasons: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """The things that have each reason, in their order."""
    found: dict[str, list[str]] = {}
    for thing, reason in reasons:
        found.setdefault(reason, []).append(thing)
    return found


def _line(row: Row, widths: Sequence[int], left: int) -> str:
    cells = (
        cell.ljust(width) if place < left else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return _GAP.join(cells).rstrip()
