import io

import pytest
from rich.console import Console

from agent.briefing.render.layout import shown_figures
from agent.briefing.render.terminal import render_terminal
from tests.agent.briefing.render.sample import sample_briefing


def printed(width: int, *, color: bool = False, invented: bool = False, show_facts: bool = False) -> str:
    out = io.StringIO()
    system = "standard" if color else None
    console = Console(file=out, width=width, force_terminal=color, color_system=system, legacy_windows=False)  # type: ignore[arg-type] # a literal by value
    console.print(render_terminal(sample_briefing(invented=invented), width, show_facts=show_facts))
    return out.getvalue()


@pytest.mark.parametrize("width", [50, 80, 120])
def test_every_figure_is_shown_at_any_width(width: int) -> None:
    flat = printed(width)
    lines = flat.splitlines()
    assert max(map(len, lines)) <= width
    together = " ".join(flat.replace("│", " ").split())
    assert all(figure.text in together for figure in shown_figures(sample_briefing()))


def test_direction_has_an_arrow_and_a_sign_without_colour() -> None:
    text = printed(120)
    assert "▼ -9.8%" in text
    assert "▲ +21.4%" in text
    assert "\x1b" not in text


def test_colour_is_added_on_a_terminal() -> None:
    assert "\x1b[31m▼ -45.5%" in printed(120, color=True)


def test_prose_stays_narrow_on_a_wide_terminal() -> None:
    line = next(line for line in printed(160).splitlines() if "trailed Bitcoin" in line)
    assert len(line.rstrip()) <= 94


def test_invented_data_stands_before_the_headline() -> None:
    assert printed(80, invented=True).index("Invented data") < printed(80, invented=True).index("Your portfolio was")


def test_fact_ids_are_shown_only_when_asked_for() -> None:
    assert "f001" in printed(80, show_facts=True)
    assert "f001" not in printed(80)
