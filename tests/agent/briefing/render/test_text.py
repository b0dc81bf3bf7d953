from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from agent.briefing.document import Cell, Column, Table
from agent.briefing.render.layout import shown_figures
from agent.briefing.render.text import render_text, table_lines
from tests.agent.briefing.render.sample import sample_briefing


@pytest.mark.parametrize("width", [40, 60, 78, 120])
def test_no_line_is_wider_than_asked(width: int) -> None:
    text = render_text(sample_briefing(invented=True), width, show_facts=True)
    assert max(cell_len(line) for line in text.splitlines()) <= width


@pytest.mark.parametrize("width", [40, 78])
def test_every_figure_and_every_sentence_is_there(width: int) -> None:
    briefing = sample_briefing()
    flat = " ".join(render_text(briefing, width).split())
    assert all(figure.text in flat for figure in shown_figures(briefing))
    assert all(each.text in flat for section in briefing.sections for each in section.sentences)


def test_figures_of_a_column_end_in_the_same_place() -> None:
    lines = render_text(sample_briefing()).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Zcash  "))
    closes = [line.rindex("$") + len(line[line.rindex("$") :]) for line in lines[start : start + 10]]
    assert len(set(closes)) == 1


def test_a_table_too_wide_for_columns_becomes_one_block_a_row() -> None:
    columns = (Column("Asset"), Column("Close", numeric=True), Column("Value", numeric=True))
    table = Table("Holdings", columns, ((Cell("Bitcoin"), Cell("$113,214"), Cell("$23,644.22")),))
    assert table_lines(table, {}, 28) == ["Holdings", "Bitcoin", "  Close $113,214, Value", "  $23,644.22"]


def test_invented_data_is_said_before_the_first_section_and_real_data_is_not() -> None:
    invented = render_text(sample_briefing(invented=True))
    assert "*** Invented data" in invented.partition("SINCE YOUR LAST")[0]
    assert "nvented" not in render_text(sample_briefing())


def test_the_foot_names_source_writer_and_how_to_explain_a_figure() -> None:
    foot = " ".join(render_text(sample_briefing()).rpartition("-" * 78)[2].split())
    assert "Token Metrics (tokenmetrics.com)" in foot
    assert "Arranged by the model gpt-5-mini" in foot
    assert "The first draft failed one check and was rewritten." in foot
    assert "coinbrief explain ID" in foot


def test_fact_ids_are_listed_only_when_asked_for() -> None:
    assert "f001 $52,310.22" in render_text(sample_briefing(), show_facts=True)
    assert "f001" not in render_text(sample_briefing())


@given(
    rows=st.lists(st.lists(st.text("ab c$1é漢", min_size=1, max_size=30), min_size=3, max_size=3), max_size=4),
    width=st.integers(40, 100),
)
@settings(max_examples=60, deadline=None)
def test_any_table_fits_its_width_and_keeps_its_figures(rows: Sequence[Sequence[str]], width: int) -> None:
    columns = (Column("Asset"), Column("Close", numeric=True), Column("Trader grade", numeric=True))
    lines = table_lines(Table("T", columns, tuple(tuple(map(Cell, row)) for row in rows)), {}, width)
    assert max(cell_len(line) for line in lines) <= width
    kept = "".join("".join(lines).split())
    assert kept.count("$") == sum(cell.count("$") for row in rows for cell in row)
