"""Where a figure comes from: the buttons that ask, and the panel that answers, down to the stored rows."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from agent.briefing.document import Table
from agent.briefing.explain import Explanation, TracedRange, TracedRow
from agent.briefing.render.wording import source_text
from agent.claims.fact import FactRef, RowRange, RowRef, State, Unit
from agent.errors import UnknownRow
from dashboard import blocks, data, navigation, states
from dashboard import format as fmt
from dashboard.installation import Installation
from dashboard.readings.briefings import Traced

ASKED = "figures_asked"  # counts answers, so that a table forgets which cell was chosen
TABLE_NAMES = {"bar_daily": "Daily bar", "collection_run": "Collection"}
UNITS = {
    Unit.USD: "US dollars",
    Unit.PCT: "per cent",
    Unit.RATIO: "ratio",
    Unit.SCORE: "score of 0 to 100",
    Unit.COUNT: "count",
    Unit.SIGMA: "standard deviations",
}
STATE_COLOURS = {State.FRESH: "green", State.STALE: "orange", State.DISPUTED: "orange"}


def document_of(shown: Installation, fact_id: str | None, document_id: str | None) -> str | None:
    """The document to show: the one that is named, else the latest that has the figure."""
    if document_id is not None or fact_id is None:
        return document_id
    try:
        return data.fact(shown, fact_id, None).explanation.document_id
    except UnknownRow:
        return None


def pills(document_id: str, figures: Mapping[str, str], name: str) -> None:
    """The figures of a sentence as buttons that open the panel."""
    key = f"figures-{document_id}-{name}"
    st.pills(
        "Figures behind this sentence",
        list(figures),
        format_func=lambda fact_id: fmt.escape_within(figures.get(fact_id, "")),
        key=key,
        on_change=_ask_by_pill,
        args=(key, document_id),
        label_visibility="collapsed",
    )


def _ask_by_pill(key: str, document_id: str) -> None:
    fact_id = st.session_state[key]
    st.session_state[key] = None
    if fact_id:
        _ask(fact_id, document_id)


def _ask(fact_id: str, document_id: str) -> None:
    st.query_params.from_dict({navigation.BRIEFING_KEY: document_id, navigation.FACT_KEY: fact_id})
    st.session_state[ASKED] = st.session_state.get(ASKED, 0) + 1


def _close() -> None:
    st.query_params.pop(navigation.FACT_KEY, None)


def table(frame: pd.DataFrame, columns: Mapping[str, ColumnConfig], source: Table, document_id: str, name: str) -> None:
    """A table whose figures open the panel, by a click on the cell or by the list beneath."""
    key = f"cells-{document_id}-{name}-{st.session_state.get(ASKED, 0)}"
    st.dataframe(
        frame,
        hide_index=True,
        column_config=dict(columns),
        key=key,
        on_select=lambda: _ask_by_cell(key, frame, source, document_id),
        selection_mode="single-cell",
        alt=source.caption,
    )
    figures = {
        cell.fact_id: f"{row[0].text}, {column.title}: {cell.text}"
        for row in source.rows
        for cell, column in zip(row, source.columns, strict=True)
        if cell.fact_id is not None
    }
    choice = f"choice-{document_id}-{name}"
    st.selectbox(
        "Explain a figure of this table",
        list(figures),
        index=None,
        format_func=lambda fact_id: figures.get(fact_id, ""),
        key=choice,
        on_change=_ask_by_pill,
        args=(choice, document_id),
        placeholder="Explain a figure: select its cell, or choose it here",
        label_visibility="collapsed",
    )


def _ask_by_cell(key: str, frame: pd.DataFrame, source: Table, document_id: str) -> None:
    cells = st.session_state[key].selection.cells
    if not cells:
        return
    row, title = cells[0]
    fact_id = source.rows[row][list(frame.columns).index(title)].fact_id
    if fact_id is not None:
        _ask(fact_id, document_id)


def show(shown: Installation, fact_id: str, document_id: str | None) -> None:
    """Open the panel of a figure beside the page; a figure that is not there is said so on the page."""
    try:
        data.fact(shown, fact_id, document_id)
    except UnknownRow:
        states.notice("There is no figure of the name this address gives. Choose one in the text.")
        return
    _panel(shown, document_id)


@st.dialog("Where this figure comes from", width="medium", position="right", on_dismiss=_close)
def _panel(shown: Installation, document_id: str | None) -> None:
    fact_id = navigation.parameter(navigation.FACT_KEY)
    if fact_id is None:
        return
    with states.guarded():
        traced = data.fact(shown, fact_id, document_id)
        _figure(traced)
        _inputs(traced)


def _figure(traced: Traced) -> None:
    fact = traced.explanation.fact
    blocks.figure(f"{subject_name(fact.subject, traced.names)}: {fmt.fact_title(fact)}", fmt.fact_value(fact))
    colour = STATE_COLOURS.get(fact.state, "red")
    st.markdown(f":{colour}-badge[{fmt.escape(fact.state.value)}]")
    rows = [
        ("How", fact.derivation.formula),
        ("As of", f"close of {fmt.day(fact.as_of)}"),
        ("Exact value", fmt.exact(fact)),
        ("Unit", UNITS.get(fact.unit, "")),
        ("Label", fact.label or ""),
        ("Since", "" if fact.start is None else fmt.day(fact.start)),
        ("Compared with", "" if fact.other is None else subject_name(fact.other, traced.names)),
        ("Threshold", "" if fact.threshold is None else f"{fact.threshold:f}"),
        ("Among", _universe(traced.explanation)),
        ("Source", source_text(fact.source)),
        ("Fetched", fmt.moment(fact.fetched_at)),
    ]
    blocks.pairs([(name, value) for name, value in rows if value])


def _universe(explanation: Explanation) -> str:
    fact = explanation.fact
    if fact.universe_size is None:
        return ""
    size = f"{fact.universe_size} {'tracked coins' if fact.universe == 'tracked' else fact.universe or ''}".strip()
    if fact.rank is None:
        return size
    return f"place {fact.rank} {'from the bottom ' if fact.rank_from_bottom else ''}of {size}"


def subject_name(subject: str, names: Mapping[str, str]) -> str:
    """Who a fact speaks of, in words."""
    kind, _, key = subject.partition(":")
    if kind == "portfolio":
        return "Your portfolio"
    if kind == "source":
        return source_text(key)
    return names.get(subject, "The market" if kind == "market" else subject)


def _inputs(traced: Traced) -> None:
    explanation = traced.explanation
    st.markdown("#### Computed from")
    if traced.fault is not None:
        st.caption(fmt.escape(f"The stored rows could not be read again ({traced.fault}). As they were recorded:"))
        _unread(traced)
    if explanation.has_changed:
        states.notice("Some of these rows read differently now: the source has restated them since.")
    if explanation.rows:
        _rows(explanation.rows, traced.names)
    for place, span in enumerate(explanation.ranges):
        _range(span, traced.names, opened=place == 0 and len(explanation.ranges) == 1)
    for part in explanation.facts:
        _part(part, traced.names)
    if not (explanation.rows or explanation.ranges or explanation.facts or traced.fault):
        st.caption("No stored row: it says that something is not there.")
    st.caption("The same in a terminal:")
    st.code(f"coinbrief explain {explanation.fact.fact_id}", language="shell")


def _rows(rows: tuple[TracedRow, ...], names: Mapping[str, str]) -> None:
    frame = pd.DataFrame(
        {
            "Row": [_row_name(row.reference, names) for row in rows],
            "Column": [row.reference.column for row in rows],
            "Value": [fmt.stored(row.reference.value) for row in rows],
            "Now": [fmt.stored(row.now) if row.has_changed else "same" for row in rows],
        }
    )
    columns = {"Value": st.column_config.TextColumn(alignment="right"), "Row": st.column_config.TextColumn(width=200)}
    st.dataframe(frame, hide_index=True, column_config=columns, alt="The stored rows behind the figure")


def _row_name(reference: RowRef | RowRange, names: Mapping[str, str]) -> str:
    key = dict(reference.key)
    asset_id = key.pop("asset_id", None)
    name = None if asset_id in {None, "0"} else names.get(f"asset:{asset_id}", f"asset {asset_id}")
    source = key.pop("source", None)
    table = TABLE_NAMES.get(reference.table, reference.table.replace("_", " ").capitalize())
    parts = [name, *key.values(), None if source is None else source_text(source).partition(" (")[0]]
    return ", ".join([table, *filter(None, parts)])


def _range(span: TracedRange, names: Mapping[str, str], *, opened: bool) -> None:
    reference = span.reference
    title = f"{_row_name(reference, names)}: {fmt.plural(reference.rows, 'row')}, {reference.first} to {reference.last}"
    with st.expander(fmt.escape(title), expanded=opened):
        frame = pd.DataFrame({"Day": span.days, reference.column: map(fmt.stored, _values(span))})
        columns = {reference.column: st.column_config.TextColumn(alignment="right")}
        st.dataframe(frame, hide_index=True, column_config=columns, height=240, alt="Stored values by day")
        st.caption(f"SHA-256 of the values: {reference.sha256[:16]}…{', changed since' if span.has_changed else ''}")


def _values(span: TracedRange) -> tuple[str | None, ...]:
    return span.values  # noqa: PD011 - a tuple of ours, not a frame's array


def _part(part: Explanation, names: Mapping[str, str]) -> None:
    fact = part.fact
    st.button(
        fmt.escape(f"{subject_name(fact.subject, names)}, {fmt.fact_title(fact)}: {fmt.fact_value(fact)}"),
        key=f"part-{fact.fact_id}",
        icon=":material/subdirectory_arrow_right:",
        on_click=_ask,
        args=(fact.fact_id, part.document_id),
        type="tertiary",
    )


def _unread(traced: Traced) -> None:
    """The inputs as the briefing recorded them."""
    inputs = [item for item in traced.explanation.fact.derivation.inputs if not isinstance(item, FactRef)]
    frame = pd.DataFrame(
        {
            "Row": [_row_name(item, traced.names) for item in inputs],
            "Column": [item.column for item in inputs],
            "Recorded": [
                fmt.stored(item.value) if isinstance(item, RowRef) else f"{item.rows} rows" for item in inputs
            ],
        }
    )
    columns = {"Recorded": st.column_config.TextColumn(alignment="right")}
    st.dataframe(frame, hide_index=True, column_config=columns, alt="The inputs as the briefing recorded them")
