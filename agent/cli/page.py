"""Reports on the terminal: headings, tables, paragraphs, and the reasons of what is missing; no cell is ever cut.

The functions print at once; a `Page` collects its blocks first, for the reasons stand at the end of each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from textwrap import TextWrapper, wrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

    from agent.analytics.figure import Figure

WIDTH: Final = 100
_GAP: Final = "  "
_INDENT: Final = "  "

Row = Sequence[str]


def print_heading(console: "Console", text: str) -> None:
    """A heading with an empty line above it."""
    console.print(f"\n{text}", style="bold")


def print_table(
    console: "Console", heading: Row, rows: Sequence[Row], *, left: int = 1, notes: Sequence[str] = ()
) -> None:
    """A table whose first `left` columns are words and the others figures; a row may have a note below it."""
    title, *lines = _aligned(heading, rows, left, len(heading))
    console.print(title, style="bold")
    for place, line in enumerate(lines):
        console.print(line)
        if place < len(notes) and notes[place]:
            print_paragraph(console, notes[place], indent=4)


def print_paragraph(console: "Console", text: str, *, indent: int = 0) -> None:
    """A text in lines that fit."""
    space = " " * indent
    for line in wrap(text, max(min(console.width, WIDTH), indent + 20), initial_indent=space, subsequent_indent=space):
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


class Page:
    """Collects blocks and prints them; a figure without a value is a number that is explained below its block."""

    def __init__(self, title: str) -> None:
        self._lines = [(title, True)]
        self._reasons: list[str] = []

    def block(self, title: str) -> None:
        """Begin a block."""
        self._explain()
        self._lines += [("", False), (title, True)]

    def cell(self, figure: "Figure", form: Callable[[float], str]) -> str:
        """The figure in its form, or the number of the reason why there is none."""
        return self.missing(figure.reason or "") if figure.value is None else form(figure.value)

    def missing(self, reason: str) -> str:
        """The mark of what is missing; the reason follows at the end of the block."""
        if reason not in self._reasons:
            self._reasons.append(reason)
        return f"n/a [{self._reasons.index(reason) + 1}]"

    def text(self, text: str) -> None:
        """A paragraph."""
        self._lines += [(line, False) for line in _folded(text, _INDENT, _INDENT)]

    def lines(self, lines: Sequence[str]) -> None:
        """Sentences that are left as they are, one a line."""
        self._lines += [(_INDENT + line, False) for line in lines]

    def figures(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Labels, values, and what is to be said of each; remarks are folded below one another."""
        label, value = (max(len(row[place]) for row in rows) for place in (0, 1))
        for name, shown, remark in rows:
            head = f"{_INDENT}{name:<{label}}{_GAP}{shown:>{value}}"
            if not remark:
                self._lines.append((head, False))
                continue
            space = " " * (len(head) + len(_GAP))
            folded = _folded(remark, space, space)
            self._lines.append((head + _GAP + folded[0].lstrip(), False))
            self._lines += [(line, False) for line in folded[1:]]

    def table(
        self, heading: Row, rows: Sequence[Row], *, left: int = 1, right: int | None = None, indent: bool = True
    ) -> None:
        """Rows below their heading; the first `left` columns are words, and those from `right` on, the rest figures."""
        start = _INDENT if indent else ""
        aligned = _aligned(heading, rows, left, len(heading) if right is None else right)
        self._lines += [((start + line).rstrip(), False) for line in aligned]

    def print(self) -> None:
        """Print everything on standard output."""
        from agent.cli.source_view import wide_console

        self._explain()
        console = wide_console()
        for line, heading in self._lines:
            console.print(line, style="bold" if heading else None)

    def _explain(self) -> None:
        for number, reason in enumerate(self._reasons, start=1):
            mark = f"{_INDENT}[{number}] "
            self._lines += [(line, False) for line in _folded(reason, mark, " " * len(mark))]
        self._reasons = []


def _aligned(heading: Row, rows: Sequence[Row], left: int, right: int) -> list[str]:
    """The heading and the rows as lines; the columns from `left` to before `right` are figures and end in a line."""
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    return [
        _GAP.join(
            cell.rjust(width) if left <= place < right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (heading, *rows)
    ]


def _folded(text: str, first: str, others: str) -> list[str]:
    """Lines that fit, the first with its own beginning; at least one."""
    fold = TextWrapper(WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
    return fold.wrap(text) or [first]
