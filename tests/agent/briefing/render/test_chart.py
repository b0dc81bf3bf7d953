import io
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from agent.briefing.document import Series
from agent.briefing.render import chart
from agent.briefing.render.errors import MissingExtra, RenderError
from tests.agent.briefing.render.sample import AS_OF, sample_chart


def test_the_same_lines_give_the_same_small_opaque_png() -> None:
    png = chart.render_chart(sample_chart())
    image = Image.open(io.BytesIO(png))
    assert png == chart.render_chart(sample_chart())
    assert len(png) <= 30_000
    assert image.size == (2 * chart.WIDTH_PX, 2 * chart.HEIGHT_PX)
    assert "transparency" not in image.info
    assert "Software" not in image.info
    assert image.mode == "P"


def test_axis_labels_are_unique_days_and_lines_are_named_at_their_ends() -> None:
    figure = chart._draw(sample_chart())
    axes = figure.axes[0]
    days = [label.get_text() for label in axes.get_xticklabels()]
    assert days == ["13 Jul", "04 Aug", "26 Aug", "18 Sep", "10 Oct"]
    values = [round(tick) for tick in axes.get_yticks()]
    assert len(values) == len(set(values))
    assert [text.get_text().splitlines()[0] for text in axes.texts] == ["Your portfolio", "Bitcoin"]


def test_the_value_at_a_line_s_end_is_its_last_value() -> None:
    days = tuple(AS_OF - timedelta(days=i) for i in (2, 1, 0))
    axes = chart._draw([Series("Bitcoin", days, (100.0, 92.66, None))]).axes[0]
    assert axes.texts[0].get_text() == "Bitcoin\n92.7"


def test_labels_of_lines_that_end_together_do_not_overlap() -> None:
    heights = chart._spread([0.50, 0.51, 0.52], 0.19)
    assert heights == pytest.approx([0.32, 0.51, 0.70])


def test_a_name_of_any_script_is_drawn() -> None:
    line = replace(sample_chart()[0], name="比特币 $x_1$ and a very long name")
    assert chart.render_chart([line]).startswith(b"\x89PNG")


def test_a_single_day_is_drawn() -> None:
    assert chart.render_chart([Series("Bitcoin", (AS_OF,), (100.0,))]).startswith(b"\x89PNG")


def test_a_chart_without_values_is_an_error() -> None:
    with pytest.raises(RenderError, match="no values"):
        chart.render_chart([Series("Bitcoin", (AS_OF,), (None,))])


def test_without_matplotlib_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"coinbrief\[charts\]"):
        chart.render_chart(sample_chart())
