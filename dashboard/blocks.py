"""Small blocks that several pages are built of."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from dashboard import format as fmt
from dashboard.charts import Drawing, Options

CARD_WIDTH = 130


@contextmanager
def cards() -> Iterator[None]:
    """A row of figures that wraps on narrow screens."""
    with st.container(border=True), st.grid(min_column_width=CARD_WIDTH):
        yield


def figure(label: str, value: str, note: str | None = None, *, meaning: str | None = None) -> None:
    """A figure with a grey note beneath."""
    st.metric(
        fmt.escape(label),
        fmt.escape(value),
        delta_description=note,
        help=None if meaning is None else fmt.escape(meaning),
    )


def moving_figure(label: str, value: str, change: str, tone: int, period: str) -> None:
    """A figure with its change, coloured by the tone of the change (-1, 0, 1)."""
    st.metric(
        fmt.escape(label),
        fmt.escape(value),
        change,
        delta_color="normal" if tone else "off",
        delta_arrow="auto" if tone else "off",
        delta_description=period,
    )


def explained_figure(label: str, value: str, meaning: str) -> None:
    """A figure with a line that says what it means."""
    name, text, line = (fmt.escape(part) for part in (label, value, meaning))
    st.markdown(f"{name}  \n**{text}**  \n:gray[:small[{line}]]")


def options_chart(drawing: Drawing[Options], height: int, key: str) -> None:
    """An ECharts drawing in the page's theme."""
    st.echarts_chart(dict(drawing.spec), height=height, key=key, alt=drawing.alt)


def pairs(rows: Sequence[tuple[str, str]]) -> None:
    """Names and values side by side, as plain text."""
    frame = pd.DataFrame([(fmt.escape(name), fmt.escape(value)) for name, value in rows], columns=["Name", "Value"])
    st.table(frame, border="horizontal", hide_index=True, hide_header=True)
