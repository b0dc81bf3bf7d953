"""A briefing as plain text of a fixed width: the text part of a mail, and what a terminal without colour gets."""

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len, chop_cells

from agent.briefing.document import Briefing, Section, Table
from agent.briefing.render import layout, wording
from agent.claims.fact import Fact

_GAP = 2
_NAME_MIN = 16
_BULLET = "- "


def render_text(briefing: Briefing, width: int = 78, *, show_facts: bool = False) -> str:
    """The briefing in lines of at most `width` columns (at least 40), ending with a line break.

    Raises `RenderError` if a figure names a fact which the briefing does not carry.
    """
    figures = layout.shown_figures(briefing)
    blocks = [_head(briefing, width), *(_section(each, briefing, width) for each in layout.visible_sections(briefing))]
    if takeaway := layout.chart_takeaway(briefing.chart):
        blocks.insert(1, _wrap(f"Chart: {takeaway}", width))
    blocks.append(_foot(briefing, width))
    if show_facts:
        blocks.append(_fact_list(figures, width))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def table_lines(table: Table, facts: Mapping[str, Fact], width: int) -> list[str]:
    """The table as aligned lines; its first column wraps, and rows become blocks where even that is too wide."""
    titles = [column.title for column in table.columns]
    rows = [[layout.cell_mark(cell, facts) + wording.printable(cell.text) for cell in row] for row in table.rows]
    widths = column_widths(titles, rows, width)
    body = _blocks(titles, rows, width) if widths is None else _grid(table, titles, rows, widths)
    notes = [line for note in layout.table_notes(table, facts) for line in _wrap(note, width)]
    return [wording.printable(table.caption), *body, *notes]


def column_widths(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Each column's width, two spaces apart: titles whole if they fit, else wrapped, then the first column narrowed.

    None if the first column would get fewer than 16.
    """
    cells = [max((cell_len(row[index]) for row in rows), default=0) for index in range(len(titles))]
    whole = [max(cell, cell_len(title)) for cell, title in zip(cells, titles, strict=True)]
    words = [
        max([cell, *(cell_len(word) for word in title.split())]) for cell, title in zip(cells, titles, strict=True)
    ]
    gaps = _GAP * (len(titles) - 1)
    for widths in (whole, words):
        if sum(widths) + gaps <= width:
            return widths
    left = width - gaps - sum(words[1:])
    return [left, *words[1:]] if left >= _NAME_MIN else None


def _head(briefing: Briefing, width: int) -> list[str]:
    notice = [f"*** {wording.invented_notice(briefing)} ***"] if wording.is_invented(briefing) else []
    name = f"{wording.PRODUCT}: {wording.title(briefing)}"
    lines = [name, "=" * min(cell_len(name), width), "", wording.printable(briefing.headline.text), ""]
    lines += [*notice, *([""] if notice else []), wording.as_of_line(briefing)]
    return [wrapped for line in lines for wrapped in (_wrap(line, width) or [""])]


def _section(section: Section, briefing: Briefing, width: int) -> list[str]:
    lines = [section.title.upper(), "-" * len(section.title)]
    if layout.is_list(section):
        for sentence in section.sentences:
            lines += _wrap(wording.printable(sentence.text), width, _BULLET, " " * len(_BULLET))
    else:
        for index, paragraph in enumerate(layout.paragraphs(section)):
            lines += [""] if index else []
            lines += _wrap(" ".join(wording.printable(sentence.text) for sentence in paragraph), width)
    facts = layout.facts_by_id(briefing)
    for table in section.tables:
        lines += ["", *table_lines(table, facts, width)]
    return lines


def _foot(briefing: Briefing, width: int) -> list[str]:
    lines = [wording.printable(attribution) for attribution in briefing.attributions]
    lines += [wording.writer_line(briefing), f"{wording.EXPLAIN_HINT}.", wording.DISCLAIMER]
    return ["-" * width, *(wrapped for line in lines for wrapped in _wrap(line, width))]


def _fact_list(figures: Sequence[layout.Figure], width: int) -> list[str]:
    entries = [f"{figure.fact.fact_id} {figure.text}" for figure in figures]
    column = max((cell_len(entry) for entry in entries), default=1) + _GAP
    per_line = max(1, (width + _GAP) // column)
    starts = range(0, len(entries), per_line)
    lines = ["".join(_pad(entry, column) for entry in entries[start : start + per_line]).rstrip() for start in starts]
    return ["Figures by id", *lines]


def _wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The words in lines of at most `width` columns, counted as a terminal does; a word is cut only if it must be."""
    words = [piece for word in text.split() for piece in chop_cells(word, max(2, width - len(rest)))]
    lines: list[str] = []
    for word in words:
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append((rest if lines else first) + word)
    return lines


def _grid(table: Table, titles: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    numeric = [column.numeric for column in table.columns]
    head = _row(titles, widths, numeric, bottom=True)
    rule = "  ".join("-" * width for width in widths)
    return [*head, rule, *(line for row in rows for line in _row(row, widths, numeric))]


def _row(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool], *, bottom: bool = False) -> list[str]:
    """One table row as lines; figures stand beside the first line of a wrapped name, titles on the last."""
    wrapped = [_wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    columns = [
        ([""] * (height - len(lines)) + lines) if bottom else (lines + [""] * (height - len(lines)))
        for lines in wrapped
    ]
    return [
        "  ".join(
            _pad(column[index], width, right=right)
            for column, width, right in zip(columns, widths, numeric, strict=True)
        ).rstrip()
        for index in range(height)
    ]


def _pad(text: str, width: int, *, right: bool = False) -> str:
    space = " " * max(0, width - cell_len(text))
    return space + text if right else text + space


def _blocks(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    for row in rows:
        yield from _wrap(row[0], width)
        pairs = ", ".join(f"{title} {cell}" for title, cell in zip(titles[1:], row[1:], strict=True))
        yield from _wrap(pairs, width, "  ", "  ")
