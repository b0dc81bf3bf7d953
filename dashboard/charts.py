"""From data to charts: pure, no page and no store. Each drawing carries the words that stand in for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import altair as alt
import pandas as pd

from agent.briefing.document import Series
from agent.briefing.render.layout import chart_takeaway
from agent.briefing.render.wording import short_day
from agent.store.bars import BarRow
from dashboard import format as fmt
from dashboard.readings.asset import GradePoint
from dashboard.readings.market import MarketAsset
from dashboard.readings.portfolio import Holding

RISE, FALL = "#2f9e6e", "#d9622b"  # told apart by most who cannot tell red from green
ACCENT, QUIET = "#0d9488", "#8795a8"
PADDING = MappingProxyType({"left": 4, "top": 4, "right": 4, "bottom": 4})
MOST_TILES = 40
LABELLED_TILES = 24
SHORTEST_TILE = 8
_STEPS = ((5.0, 1.0), (2.0, 0.78), (0.5, 0.55), (0.05, 0.38))
_LINE_COLOURS = (ACCENT, "#b7791f", "#6366f1", "#be185d")
_GRADE_NAMES = {"tm": "TM", "trader": "Trader", "investor": "Investor"}

S_co = TypeVar("S_co", covariant=True)
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing(Generic[S_co]):
    """A chart and the sentence that says what it shows."""

    spec: S_co
    alt: str


def candles(name: str, bars: Sequence[BarRow]) -> Drawing[Options]:
    """Daily candles with volume beneath, oldest first; needs at least one bar.

    Where the source only samples the price, a line of closes is drawn instead.
    """
    days = [short_day(bar.day) for bar in bars]
    sampled = any(bar.open_usd is None for bar in bars)
    volumes = [_volume(bar) for bar in bars]
    options: Options = {
        "animation": False,
        "grid": [
            {"left": 76, "right": 12, "top": 12, "height": "66%"},
            {"left": 76, "right": 12, "top": "78%", "height": "12%"},
        ],
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "cross"}},
        "xAxis": [_days_axis(days, 0, labels=False), _days_axis(days, 1, labels=True)],
        "yAxis": [
            {"scale": True, "splitNumber": 5, "axisLabel": {"hideOverlap": True}},
            {"gridIndex": 1, "axisLabel": {"show": False}, "splitLine": {"show": False}, "axisTick": {"show": False}},
        ],
        "dataZoom": [{"type": "inside", "xAxisIndex": [0, 1], "zoomOnMouseWheel": "shift"}],
        "series": [
            _close_line(bars) if sampled else _candle_series(bars),
            {"type": "bar", "name": "Volume, USD", "data": volumes, "xAxisIndex": 1, "yAxisIndex": 1},
        ],
    }
    first, last = bars[0], bars[-1]
    return Drawing(
        options,
        f"Daily {'closes' if sampled else 'candles'} of {name} "
        f"from {fmt.day(first.day)} (close {fmt.usd(first.close_usd)}) "
        f"to {fmt.day(last.day)} (close {fmt.usd(last.close_usd)}), with volume.",
    )


def _candle_series(bars: Sequence[BarRow]) -> Options:
    prices = [[bar.open_usd, bar.close_usd, bar.low_usd, bar.high_usd] for bar in bars]
    style = {"color": RISE, "color0": FALL, "borderColor": RISE, "borderColor0": FALL}
    return {"type": "candlestick", "name": "Price, USD", "data": prices, "itemStyle": style}


def _close_line(bars: Sequence[BarRow]) -> Options:
    closes = [bar.close_usd for bar in bars]
    return {"type": "line", "name": "Close, USD", "data": closes, "showSymbol": False, "lineStyle": {"color": RISE}}


def _days_axis(days: Sequence[str], grid: int, *, labels: bool) -> Options:
    return {
        "type": "category",
        "gridIndex": grid,
        "data": list(days),
        "axisLabel": {"show": labels, "hideOverlap": True},
        "axisTick": {"show": False},
    }


def _volume(bar: BarRow) -> Options:
    colour = FALL if bar.open_usd is not None and bar.close_usd < bar.open_usd else RISE
    return {"value": bar.volume_usd, "itemStyle": {"color": colour, "opacity": 0.55}}


def treemap(assets: Sequence[MarketAsset]) -> Drawing[Options]:
    """One tile per ranked asset, larger the better its rank, coloured by its change on the day."""
    ranked = [asset for asset in assets if asset.rank is not None and asset.change_1d_pct is not None][:MOST_TILES]
    tiles = [_tile(asset, place, len(ranked)) for place, asset in enumerate(ranked)]
    series: Options = {
        "type": "treemap",
        "data": tiles,
        "roam": False,
        "nodeClick": False,
        "breadcrumb": {"show": False},
        "left": 0,
        "right": 0,
        "top": 0,
        "bottom": 0,
        "label": {"show": True, "formatter": "{b}", "fontSize": 11, "lineHeight": 15, "color": "#ffffff"},
        "itemStyle": {"borderWidth": 1, "gapWidth": 2, "borderColor": "transparent"},
    }
    text = f"Changes on the day of the {len(ranked)} largest tracked coins; the figures are in the table of the page."
    return Drawing({"animation": False, "tooltip": {"formatter": "{b}"}, "series": [series]}, text)


def _tile(asset: MarketAsset, place: int, count: int) -> Options:
    return {
        "name": f"{asset.symbol[:SHORTEST_TILE]}\n{fmt.pct(asset.change_1d_pct)}",
        "value": count - place,
        "label": {"show": place < LABELLED_TILES},
        "itemStyle": {"color": tile_colour(asset.change_1d_pct or 0.0)},
    }


def tile_colour(change_pct: float) -> str:
    """Green above, orange below, deeper the larger the change; grey for what is shown as flat."""
    deep, pale = ((15, 110, 74), (122, 148, 136)) if change_pct > 0 else ((184, 66, 18), (158, 136, 126))
    for least, depth in _STEPS:
        if abs(change_pct) >= least:
            mixed = (round(to * depth + base * (1 - depth)) for to, base in zip(deep, pale, strict=True))
            return "#" + "".join(f"{part:02x}" for part in mixed)
    return "#7c8794"


def indexed_lines(lines: Sequence[Series]) -> Drawing[alt.Chart]:
    """Lines that all start at 100; gaps stay gaps."""
    rows = [
        {"Day": day, "Index": value, "Line": line.name}
        for line in lines
        for day, value in zip(line.days, line.values, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["Day", "Index", "Line"])
    frame["Day"] = pd.to_datetime(frame["Day"])
    names = [line.name for line in lines]
    chart = (
        alt.Chart(frame, height=220, padding=dict(PADDING))
        .mark_line(strokeWidth=2, invalid="break-paths-show-domains")
        .encode(
            x=_day_axis(),
            y=alt.Y("Index:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)),
            color=_colour("Line:N", names, (ACCENT, QUIET, *_LINE_COLOURS[1:])),
            tooltip=["Line:N", alt.Tooltip("Day:T", format="%d %b %Y"), alt.Tooltip("Index:Q", format=".1f")],
        )
    )
    return Drawing(chart, chart_takeaway(tuple(lines)))


def weights(holdings: Sequence[Holding]) -> Drawing[alt.Chart]:
    """A bar per holding, the largest first."""
    known = [holding for holding in holdings if holding.weight is not None]
    rows = [
        {"Asset": holding.name, "Weight": holding.weight, "Share": weight_text(holding.weight)} for holding in known
    ]
    frame = pd.DataFrame(rows, columns=["Asset", "Weight", "Share"])
    order = [holding.name for holding in known]
    base = alt.Chart(frame, height=alt.Step(26)).encode(
        y=alt.Y("Asset:N", sort=order, title=None, axis=alt.Axis(labelLimit=140, ticks=False, domain=False)),
        x=alt.X("Weight:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1.2], nice=False)),
        tooltip=["Asset:N", "Share:N"],
    )
    bars = base.mark_bar(color=ACCENT, height=14, cornerRadius=2)
    texts = base.mark_text(align="left", dx=6, color=QUIET).encode(text="Share:N")
    shown = ", ".join(f"{holding.name} {weight_text(holding.weight)}" for holding in known[:3])
    return Drawing(bars + texts, f"Weights of the holdings, the largest first: {shown}.")


def weight_text(weight: float | None) -> str:
    """A weight (a fraction) in per cent."""
    return fmt.ABSENT if weight is None else fmt.pct(weight * 100, sign=False)


def grade_lines(name: str, grades: Sequence[GradePoint]) -> Drawing[alt.Chart]:
    """The grades of an asset by kind, each on a scale of 0 to 100."""
    rows = [{"Day": point.day, "Grade": point.value, "Kind": grade_name(point.kind)} for point in grades]
    frame = pd.DataFrame(rows, columns=["Day", "Grade", "Kind"])
    frame["Day"] = pd.to_datetime(frame["Day"])
    kinds = sorted(set(frame["Kind"]))
    chart = (
        alt.Chart(frame, height=200, padding=dict(PADDING))
        .mark_line(point={"size": 36}, strokeWidth=2)
        .encode(
            x=_day_axis(),
            y=alt.Y(
                "Grade:Q", title=None, scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(values=[0, 30, 50, 80, 100])
            ),
            color=_colour("Kind:N", kinds, _LINE_COLOURS),
            tooltip=["Kind:N", alt.Tooltip("Day:T", format="%d %b %Y"), alt.Tooltip("Grade:Q", format=".1f")],
        )
    )
    last = {point.kind: point for point in grades}
    ends = ", ".join(f"{grade_name(kind)} {fmt.number(point.value, 1)}" for kind, point in last.items())
    return Drawing(chart, f"Grades of {name} by day; the last are: {ends}.")


def grade_name(kind: str) -> str:
    """A kind of grade in words."""
    return _GRADE_NAMES.get(kind, kind)


def _day_axis() -> alt.X:
    return alt.X("Day:T", title=None, axis=alt.Axis(format="%d %b", tickCount=6, labelOverlap=True, grid=False))


def _colour(field: str, names: Sequence[str], colours: Sequence[str]) -> alt.Color:
    legend = alt.Legend(title=None, orient="top", labelLimit=220)
    return alt.Color(field, scale=alt.Scale(domain=list(names), range=list(colours[: len(names)])), legend=legend)
