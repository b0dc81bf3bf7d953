import html
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from agent.briefing.document import Cell, Table
from agent.briefing.render.layout import shown_figures
from agent.briefing.render.markdown import escape, render_markdown
from tests.agent.briefing.render.sample import sample_briefing


@given(text=st.text("aB1.+-#>=*_`[]()<>|~!&\\$: ", min_size=1, max_size=24).map(str.strip).filter(bool))
@settings(max_examples=200, deadline=None)
def test_escaped_text_reads_back_as_it_was(text: str) -> None:
    shown = MarkdownIt("commonmark").enable("table").enable("strikethrough").render(escape(text))
    assert html.unescape(re.sub(r"^<p>|</p>\n$", "", shown)) == text


def test_tables_survive_a_bar_in_a_name() -> None:
    briefing = sample_briefing()
    movers = briefing.sections[3]
    table = movers.tables[0]
    first = (Cell("Zcash | <b>rich</b>"), *table.rows[0][1:])
    changed = Table(table.caption, table.columns, (first, *table.rows[1:]))
    sections = (*briefing.sections[:3], replace(movers, tables=(changed,)), *briefing.sections[4:])
    page = (
        MarkdownIt("commonmark")
        .enable("table")
        .render(render_markdown(replace(briefing, sections=sections), show_facts=False))
    )
    row = re.search(r"<tr>\s*<td[^>]*>Zcash.*?</tr>", page, re.DOTALL)
    assert row is not None
    assert row[0].count("<td") == 4
    assert "Zcash | &lt;b&gt;rich&lt;/b&gt;" in row[0]


def test_every_reference_has_one_footnote_and_every_footnote_a_reference() -> None:
    text = render_markdown(sample_briefing())
    notes = re.findall(r"^\[\^(\w+)\]:", text, re.MULTILINE)
    used = re.findall(r"\[\^(\w+)\](?!:)", text)
    assert len(notes) == len(set(notes)) == len(shown_figures(sample_briefing()))
    assert set(used) == set(notes)


def test_a_footnote_says_id_figure_source_day_and_formula() -> None:
    assert (
        "[^f001]: `f001` $52,310.22. Token Metrics, as of 10 October 2025. "
        "close of the day / close of the day before - 1"
    ) in render_markdown(sample_briefing()).splitlines()


def test_without_facts_there_are_no_footnotes() -> None:
    assert "[^" not in render_markdown(sample_briefing(), show_facts=False)


def test_figures_columns_are_right_aligned() -> None:
    assert "| :--- | ---: | ---: | ---: |" in render_markdown(sample_briefing()).splitlines()
