import pytest

from agent.analytics.figure import Figure
from agent.cli.page import WIDTH, Page


def printed(page: Page, capsys: pytest.CaptureFixture[str]) -> list[str]:
    page.print()
    return capsys.readouterr().out.splitlines()


def test_what_is_missing_is_numbered_and_explained_below_its_block(capsys: pytest.CaptureFixture[str]) -> None:
    page = Page("Title")
    page.block("First")
    known, short, other = Figure.of(1.5, "x"), Figure.missing("too short"), Figure.missing("no price")
    page.figures(
        [(name, page.cell(figure, str), "") for name, figure in zip("abcd", (known, short, other, short), strict=True)]
    )
    page.block("Second")
    page.figures([("e", page.cell(other, str), "")])
    assert printed(page, capsys) == [
        "Title",
        "",
        "First",
        "  a      1.5",
        "  b  n/a [1]",
        "  c  n/a [2]",
        "  d  n/a [1]",
        "  [1] too short",
        "  [2] no price",
        "",
        "Second",
        "  e  n/a [1]",
        "  [1] no price",
    ]


def test_long_text_is_folded_and_markup_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    page = Page("[red]Title")
    page.text("word " * 60)
    page.figures([("label", "1", "remark " * 40)])
    lines = printed(page, capsys)
    assert lines[0] == "[red]Title"
    assert all(len(line) <= WIDTH for line in lines)
    assert " ".join(lines).split().count("word") == 60
    remarks = [line.index("remark") for line in lines if "remark" in line]
    assert len(remarks) > 1
    assert set(remarks) == {len("  label  1  ")}


def test_figures_end_at_the_right_and_words_begin_at_the_left(capsys: pytest.CaptureFixture[str]) -> None:
    page = Page("T")
    page.table(("Asset", "Value", "Why"), [("A", "1", "because"), ("Longer", "200.5", "so")], right=2)
    assert printed(page, capsys)[1:] == [
        "  Asset   Value  Why",
        "  A           1  because",
        "  Longer  200.5  so",
    ]
