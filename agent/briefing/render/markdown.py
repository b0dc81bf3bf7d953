"""A briefing as Markdown for a file: GitHub's tables and footnotes, every name escaped."""

import re
from collections.abc import Iterable, Mapping

from agent.briefing.document import Briefing, Cell, Section, Table
from agent.briefing.render import layout, wording
from agent.claims.claim import Sentence
from agent.claims.fact import Fact

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_LEADING = re.compile(r"^(\s*)([#+\-=>]|\d+[.)])")


def render_markdown(briefing: Briefing, *, show_facts: bool = True) -> str:
    """The briefing as Markdown; with `show_facts` every figure has a footnote: id, figure, source, day, formula.

    Raises `RenderError` if a figure names a fact which the briefing does not carry.
    """
    figures = layout.shown_figures(briefing)
    blocks = [*_head(briefing, notes=show_facts)]
    facts = layout.facts_by_id(briefing)
    for section in layout.visible_sections(briefing):
        blocks += _section(section, facts, notes=show_facts)
    blocks += ["---", *_foot(briefing)]
    if show_facts:
        blocks += [_footnote(figure) for figure in figures]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """The text so that Markdown shows it as it is, wherever in a line it stands; `$` needs no escape in a file."""
    plain = _SPECIAL.sub(r"\\\1", wording.printable(text))
    return _LEADING.sub(lambda match: match[1] + match[2][:-1] + "\\" + match[2][-1], plain)


def _head(briefing: Briefing, *, notes: bool) -> list[str]:
    blocks = [f"# {escape(wording.PRODUCT)}: {escape(wording.title(briefing))}"]
    if wording.is_invented(briefing):
        blocks.append(f"> **{escape(wording.invented_notice(briefing))}**")
    blocks += [f"**{_sentence(briefing.headline, notes=notes)}**", escape(wording.as_of_line(briefing))]
    if takeaway := layout.chart_takeaway(briefing.chart):
        blocks.append(f"Chart: {escape(takeaway)}")
    return blocks


def _section(section: Section, facts: Mapping[str, Fact], *, notes: bool) -> list[str]:
    blocks = [f"## {escape(section.title)}"]
    if layout.is_list(section):
        if section.sentences:
            blocks.append("\n".join(f"- {_sentence(sentence, notes=notes)}" for sentence in section.sentences))
    else:
        blocks += [
            " ".join(_sentence(sentence, notes=notes) for sentence in paragraph)
            for paragraph in layout.paragraphs(section)
        ]
    for table in section.tables:
        blocks += [f"**{escape(table.caption)}**", _table(table, facts, notes=notes)]
        blocks += [escape(note) for note in layout.table_notes(table, facts)]
    return blocks


def _sentence(sentence: Sentence, *, notes: bool) -> str:
    pieces = [_SPECIAL.sub(r"\\\1", wording.printable(each.text)) for each in sentence.segments]
    pieces[:1] = [escape(segment.text) for segment in sentence.segments[:1]]
    references = [_reference(segment.fact_id) if notes else "" for segment in sentence.segments]
    return "".join(piece + reference for piece, reference in zip(pieces, references, strict=True))


def _table(table: Table, facts: Mapping[str, Fact], *, notes: bool) -> str:
    head = _line(escape(column.title) for column in table.columns)
    rule = _line("---:" if column.numeric else ":---" for column in table.columns)
    rows = [_line(_cell(cell, facts, notes=notes) for cell in row) for row in table.rows]
    return "\n".join([head, rule, *rows])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, facts: Mapping[str, Fact], *, notes: bool) -> str:
    # a cell is never at the start of a line, so a leading minus is safe and stays as it was verified
    text = _SPECIAL.sub(r"\\\1", wording.printable(cell.text))
    return layout.cell_mark(cell, facts) + text + (_reference(cell.fact_id) if notes else "")


def _reference(fact_id: str | None) -> str:
    return "" if fact_id is None else f"[^{_label(fact_id)}]"


def _label(fact_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", fact_id)


def _footnote(figure: layout.Figure) -> str:
    fact = figure.fact
    formula = fact.derivation.formula or fact.derivation.operation
    label = _label(fact.fact_id)
    return f"[^{label}]: `{label}` {escape(figure.text)}. {escape(wording.provenance(fact))}. {escape(formula)}"


def _foot(briefing: Briefing) -> list[str]:
    lines = [*briefing.attributions, wording.writer_line(briefing), f"{wording.EXPLAIN_HINT}.", wording.DISCLAIMER]
    return ["\n".join(f"- {escape(line)}" for line in lines)]
