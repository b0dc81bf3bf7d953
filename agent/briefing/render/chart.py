"""The briefing's line chart as a PNG on the ground of a light page, in colours that may be turned for a dark one.

A mail carries one image for both: where the page is dark, its style turns lightness round and keeps the hues; a program
that cannot do so shows a light card. matplotlib is optional and is imported when a chart is drawn. Only `Figure` and
Agg are used, never pyplot, so nothing is shared between threads; fonts and colours are fixed here, so the same series
gives the same bytes.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from agent.briefing.document import Series
from agent.briefing.render.errors import MissingExtra, RenderError
from agent.briefing.render.layout import last_value
from agent.briefing.render.wording import index_text, printable, short_day

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_PX = 616  # at 1x; the image has twice as many pixels each way
HEIGHT_PX = 290
_DPI = 200
_CARD = "#ffffff"  # the page's own ground, so that the chart has no edge
_GRID = "#e4e8ed"
_INK = "#566170"
_LINES = ("#14507a", "#a85a00", "#5f6b7a", "#7446a8", "#1b7a50", "#b3261e")
_FONT = "DejaVu Sans"  # ships with matplotlib
_TICK_POINTS, _NAME_POINTS = 10.5, 11  # still read on a phone, where the image is half as wide
_LABEL_GAP = 0.19  # of the plot's height, between two labels at line ends
_COLORS = 48
_TICKS = 5
_FIRST_WITHOUT_GLYPH = 0x0500  # Latin, Greek and Cyrillic lie below


@dataclass(frozen=True, slots=True)
class _EndLabel:
    text: str
    value: float
    color: str


def render_chart(series: Sequence[Series]) -> bytes:
    """A PNG of the lines over their days, each line named at its end; at 2x, 30 KB at most for daily lines.

    Raises `MissingExtra` if matplotlib is not installed, `RenderError` if no line has a value.
    """
    lines = [line for line in series if last_value(line) is not None]
    if not lines:
        raise RenderError("the chart has no values: render the briefing without it")
    figure = _draw(lines)
    return _quantised_png(figure)


def _draw(lines: Sequence[Series]) -> "Figure":
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 # optional and slow to import
    except ImportError as error:
        raise MissingExtra("matplotlib", "charts", "the chart") from error
    figure = Figure(figsize=(WIDTH_PX * 2 / _DPI, HEIGHT_PX * 2 / _DPI), dpi=_DPI, facecolor=_CARD)
    axes = figure.add_axes((0.062, 0.15, 0.70, 0.82), facecolor=_CARD)
    labels = [_plot(axes, line, color) for line, color in zip(lines, _cycle(len(lines)), strict=True)]
    _dress(axes, lines)
    _label_ends(axes, labels)
    return figure


def _cycle(count: int) -> list[str]:
    return [_LINES[index % len(_LINES)] for index in range(count)]


def _plot(axes: "Axes", line: Series, color: str) -> _EndLabel:
    values = [float("nan") if value is None else value for value in line.values]
    axes.plot(range(len(values)), values, color=color, linewidth=2, solid_capstyle="round", zorder=3)
    value = last_value(line)
    if value is None:
        raise RenderError(f"the line {line.name!r} has no value")
    last = max(index for index, each in enumerate(line.values) if each is not None)
    axes.plot([last], [value], marker="o", markersize=4.5, color=color, zorder=4)
    return _EndLabel(f"{_short_name(printable(line.name))}\n{index_text(value)}", value, color)


def _dress(axes: "Axes", lines: Sequence[Series]) -> None:
    days = max((line.days for line in lines), key=len)
    positions = _tick_positions(len(days))
    axes.set_xlim(-0.5, len(days) - 0.5 + len(days) * 0.01)
    axes.set_xticks(positions, [short_day(days[position]) for position in positions])
    axes.axhline(100, color=_INK, linewidth=0.7, linestyle=(0, (2, 3)), zorder=2)
    axes.grid(axis="y", color=_GRID, linewidth=0.6, zorder=1)
    axes.locator_params(axis="y", nbins=5, integer=True)
    axes.tick_params(length=0, colors=_INK, labelsize=_TICK_POINTS, labelfontfamily=_FONT, pad=6)
    axes.margins(y=0.08)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _tick_positions(count: int) -> list[int]:
    steps = min(_TICKS, count) - 1
    if steps <= 0:
        return [0]
    return [round(index * (count - 1) / steps) for index in range(steps + 1)]


def _label_ends(axes: "Axes", labels: Sequence[_EndLabel]) -> None:
    low, high = axes.get_ylim()
    heights = _spread([(label.value - low) / (high - low) for label in labels], _LABEL_GAP)
    for label, height in zip(labels, heights, strict=True):
        axes.text(
            1.012, height, label.text, color=label.color, transform=axes.transAxes, va="center", linespacing=1.25,
            fontsize=_NAME_POINTS, fontfamily=_FONT, fontweight="bold", parse_math=False,
        )  # fmt: skip


def _short_name(name: str, width: int = 15) -> str:
    """The name as far as it fits beside the plot, then an ellipsis; `?` for scripts the font has no glyphs of."""
    name = "".join(letter if ord(letter) < _FIRST_WITHOUT_GLYPH else "?" for letter in name)
    return name if len(name) <= width else name[: width - 1].rstrip() + "…"


def _spread(heights: Sequence[float], gap: float) -> list[float]:
    """The heights moved apart so that no two are nearer than `gap`, in the same order and around the same middle."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    placed = list(heights)
    for lower, upper in pairwise(order):
        placed[upper] = max(placed[upper], placed[lower] + gap)
    shift = (sum(placed) - sum(heights)) / len(heights)
    return [min(max(height - shift, 0.0), 1.0 + gap) for height in placed]


def _quantised_png(figure: "Figure") -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 # optional and slow to import
    from PIL import Image  # noqa: PLC0415 # comes with matplotlib

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call] # matplotlib publishes no type for it
    pixels = bytes(canvas.buffer_rgba())  # type: ignore[no-untyped-call] # matplotlib publishes no type for it
    image = Image.frombytes("RGBA", canvas.get_width_height(), pixels).convert("RGB")
    out = io.BytesIO()
    # written by Pillow without text chunks: no program name, no time, so the bytes depend on the series alone
    image.quantize(colors=_COLORS, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)
    return out.getvalue()
