"""A page on the terminal: headings, figures with what they mean, tables, and the reasons of what is missing."""

from collections.abc import Callable, Sequence
from textwrap import TextWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.analytics.figure import Figure

WIDTH = 100
_GAP = "  "
_INDENT = "  "

Row = Sequence[str]


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
        widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
        start = _INDENT if indent else ""
        for row in (heading, *rows):
            cells = (
                cell.rjust(width) if left <= place < (right or len(widths)) else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            self._lines.append((start + _GAP.join(cells).rstrip(), False))

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


def _folded(text: str, first: str, others: str) -> list[str]:
    """Lines that fit, the first with its own beginning; at least one."""
    fold = TextWrapper(WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
    return fold.wrap(text) or [first]
