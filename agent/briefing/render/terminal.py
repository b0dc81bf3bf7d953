"""A briefing for a terminal, as a rich renderable; direction is shown by sign and arrow, colour only adds."""

from collections.abc import Mapping

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from agent.briefing.document import Briefing, Cell, Section
from agent.briefing.document import Table as BriefingTable
from agent.briefing.render import layout, wording
from agent.briefing.render.text import column_widths, render_text, table_lines
from agent.claims.claim import SectionKey, Sentence
from agent.claims.fact import Fact

__all__ = ["render_terminal", "render_text"]

_TONES = {1: "green", 0: "", -1: "red"}
_ACCENT = "cyan"
_PROSE_MAX = 92  # longer lines are hard to read back from
_MARGIN = 1


def render_terminal(briefing: Briefing, width: int = 80, *, show_facts: bool = False) -> RenderableType:
    """The briefing laid out for `width` columns; prose stays at a readable measure, tables take what they need.

    Raises `RenderError` if a figure names a fact which the briefing does not carry.
    """
    figures, facts = layout.shown_figures(briefing), layout.facts_by_id(briefing)
    parts: list[RenderableType] = [*_head(briefing)]
    for section in layout.visible_sections(briefing):
        parts += [Text(), *_section(section, facts, width - 2 * _MARGIN)]
    parts += [Text(), _foot(briefing)]
    if show_facts:
        parts += [Text(), _fact_list(figures)]
    return Constrain(Padding(Group(*parts), (1, _MARGIN)), width)


def _head(briefing: Briefing) -> list[RenderableType]:
    name = Text.assemble((wording.PRODUCT, f"bold {_ACCENT}"), "  ", (wording.title(briefing), "bold"))
    parts: list[RenderableType] = [name, Text(wording.as_of_line(briefing), "dim"), Rule(style=_ACCENT)]
    if wording.is_invented(briefing):
        parts.append(Panel(Text(wording.invented_notice(briefing)), border_style="yellow", style="yellow"))
    if marks := layout.highlights(briefing):
        parts += [_highlight_row(marks)]
    return [*parts, _prose(_sentence(briefing.headline, "bold"))]


def _highlight_row(marks: tuple[layout.Highlight, ...]) -> RenderableType:
    texts = [
        Text.assemble((f"{mark.label}\n", "dim"), (_arrowed(mark.text, mark.tone), f"bold {_TONES[mark.tone]}".strip()))
        for mark in marks
    ]
    return Padding(Columns(texts, padding=(0, 4)), (0, 0, 1, 0))


def _section(section: Section, facts: Mapping[str, Fact], width: int) -> list[RenderableType]:
    body: list[RenderableType] = []
    if layout.is_list(section):
        body += [_bullet(sentence) for sentence in section.sentences]
    else:
        for index, paragraph in enumerate(layout.paragraphs(section)):
            body += [Text()] if index else []
            body.append(_prose(Text(" ").join(_sentence(sentence) for sentence in paragraph)))
    for table in section.tables:
        body += [Text(), *_table(table, facts, width)]
    if section.key is SectionKey.GAPS:
        return [Panel(Group(*body), title=section.title, title_align="left", border_style="yellow")]
    return [Rule(Text(section.title, f"bold {_ACCENT}"), align="left", style="dim"), *body]


def _sentence(sentence: Sentence, style: str = "") -> Text:
    pieces = [(wording.printable(each.text), "bold" if each.fact_id else "") for each in sentence.segments]
    return Text.assemble(*pieces, style=style)


def _prose(text: Text) -> RenderableType:
    return Constrain(text, _PROSE_MAX)


def _bullet(sentence: Sentence) -> RenderableType:
    grid = Table.grid(Column(width=2), Column())
    grid.add_row("•", _sentence(sentence))
    return Constrain(grid, _PROSE_MAX)


def _table(table: BriefingTable, facts: Mapping[str, Fact], width: int) -> list[RenderableType]:
    spaced, widths = True, _widths(table, facts, width, spaced=True)
    if widths is None:
        spaced, widths = False, _widths(table, facts, width, spaced=False)
    if widths is None:
        return [Text("\n".join(table_lines(table, facts, width)))]
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column, columns in zip(table.columns, widths, strict=True):
        title = Text(wording.printable(column.title))
        grid.add_column(title, width=columns, justify="right" if column.numeric else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(_cell(cell, facts, spaced=spaced) for cell in row))
    notes = [Text(note, "dim") for note in layout.table_notes(table, facts)]
    return [Text(wording.printable(table.caption), "bold"), grid, *notes]


def _widths(table: BriefingTable, facts: Mapping[str, Fact], width: int, *, spaced: bool) -> list[int] | None:
    titles = [column.title for column in table.columns]
    cells = [[_cell(cell, facts, spaced=spaced).plain for cell in row] for row in table.rows]
    return column_widths(titles, cells, width)


def _cell(cell: Cell, facts: Mapping[str, Fact], *, spaced: bool) -> Text:
    text = _arrowed(wording.printable(cell.text), cell.tone, " " if spaced else "")
    return Text.assemble((layout.cell_mark(cell, facts), "yellow"), (text, _TONES[cell.tone]))


def _arrowed(text: str, tone: int, space: str = " ") -> str:
    return f"{layout.ARROWS[tone]}{space}{text}".strip()


def _foot(briefing: Briefing) -> RenderableType:
    lines = [wording.printable(attribution) for attribution in briefing.attributions]
    lines += [wording.writer_line(briefing), f"{wording.EXPLAIN_HINT}.", wording.DISCLAIMER]
    return Group(Rule(style="dim"), *(_prose(Text(line, "dim")) for line in lines))


def _fact_list(figures: tuple[layout.Figure, ...]) -> RenderableType:
    entries = [Text.assemble((figure.fact.fact_id, _ACCENT), " ", figure.text) for figure in figures]
    return Group(Text("Figures by id", "bold"), Columns(entries, padding=(0, 3), equal=True))
