"""The briefings as they were sent: every figure is a click away from its fact, and a fact from its stored rows."""

import pandas as pd
import streamlit as st

from agent.briefing.document import Briefing, Section, Table
from agent.briefing.render import layout, wording
from agent.claims.claim import Segment, Sentence
from agent.claims.fact import Fact
from dashboard import blocks, charts, data, fact_panel, navigation, states
from dashboard import format as fmt
from dashboard.installation import Installation, installation
from dashboard.readings.briefings import Listed

CHOICE_KEY = "briefing_choice"
LIST_KEY = "briefing_list"


def show() -> None:
    """Draw the page."""
    st.title("Briefings", anchor=False)
    with states.guarded():
        shown = installation()
        listed = data.listing(shown)
        if not listed:
            states.empty("No briefing yet", "One is written from what has been collected.", states.BRIEF)
            return
        fact_id = navigation.parameter(navigation.FACT_KEY)
        document_id = fact_panel.document_of(shown, fact_id, navigation.parameter(navigation.BRIEFING_KEY))
        briefing = data.briefing(shown, _chosen(listed, document_id))
        if briefing is None:
            states.empty("This briefing is gone", "Choose another one.")
            return
        _briefing(briefing, shown)
        _list(listed)
        if fact_id is not None:
            fact_panel.show(shown, fact_id, document_id)


def _chosen(listed: tuple[Listed, ...], wanted: str | None) -> str:
    """The briefing that the address names, else the newest; the selector follows."""
    labels = {row.briefing_id: _label(row) for row in listed}
    if wanted is not None and wanted not in labels:
        states.notice("There is no briefing of the name this address gives. This is the newest one.")
    chosen = wanted if wanted in labels else listed[0].briefing_id
    st.session_state[CHOICE_KEY] = chosen
    st.selectbox(
        "Briefing", list(labels), format_func=lambda key: labels.get(key, ""), key=CHOICE_KEY, on_change=_follow_choice
    )
    return str(chosen)


def _label(row: Listed) -> str:
    revision = f", revision {row.revision}" if row.revision > 1 else ""
    return f"{fmt.day(row.day)}, {row.edition}{revision}"


def _follow_choice() -> None:
    st.query_params.from_dict({navigation.BRIEFING_KEY: st.session_state[CHOICE_KEY]})


def _briefing(briefing: Briefing, shown: Installation) -> None:
    facts = layout.facts_by_id(briefing)
    revision = f", revision {briefing.revision}" if briefing.revision > 1 else ""
    st.header(fmt.escape(wording.weekday_text(briefing.day) + revision), anchor=False)
    written = fmt.age(briefing.written_at, shown.now)
    st.caption(
        fmt.escape(f"Portfolio {briefing.portfolio} · close of {fmt.day(briefing.as_of)} (UTC) · written {written}")
    )
    if wording.is_invented(briefing):
        _, _, notice = wording.invented_notice(briefing).partition(": ")
        st.markdown(f":orange-badge[Invented data] :gray[:small[{fmt.escape(notice[:1].upper() + notice[1:])}]]")
    _sentence(briefing, briefing.headline, "headline", large=True)
    _highlights(briefing)
    if briefing.chart:
        drawing = charts.indexed_lines(briefing.chart)
        st.altair_chart(drawing.spec, alt=drawing.alt)
        st.caption(fmt.escape(drawing.alt))
    for section in layout.visible_sections(briefing):
        _section(briefing, section, facts)
    _footer(briefing)


def _highlights(briefing: Briefing) -> None:
    highlights = layout.highlights(briefing)
    if highlights:
        with blocks.cards():
            for highlight in highlights:
                blocks.figure(highlight.label, highlight.text)


def _section(briefing: Briefing, section: Section, facts: dict[str, Fact]) -> None:
    st.subheader(fmt.escape(section.title), anchor=False)
    with st.container(gap="xsmall"):
        for place, sentence in enumerate(section.sentences):
            _sentence(briefing, sentence, f"{section.key}-{place}")
    for place, table in enumerate(section.tables):
        _table(briefing, table, f"{section.key}-table-{place}", facts)


def _sentence(briefing: Briefing, sentence: Sentence, name: str, *, large: bool = False) -> None:
    """A sentence, and its figures beside it as buttons."""
    text = "".join(map(_segment, sentence.segments))
    figures = _figures(briefing, sentence)
    if not figures:
        st.markdown(text)
        return
    left, right = st.columns([5, 3], gap="small", vertical_alignment="center")
    with left:
        st.markdown(f"#### {text}" if large else text)
    with right:
        fact_panel.pills(briefing.briefing_id, figures, name)


def _figures(briefing: Briefing, sentence: Sentence) -> dict[str, str]:
    """The sentence's figures by fact; where it shows none, what its claims stand on, by name."""
    shown: dict[str, list[str]] = {}
    for segment in sentence.segments:
        if segment.fact_id is not None:
            shown.setdefault(segment.fact_id, []).append(segment.text)
    if shown:
        return {fact_id: ", ".join(dict.fromkeys(parts)) for fact_id, parts in shown.items()}
    facts = [fact for claim in briefing.claims if claim.claim_id in sentence.claim_ids for fact in claim.facts]
    return {fact.fact_id: fmt.fact_title(fact) for fact in facts}


def _segment(segment: Segment) -> str:
    text = fmt.escape_within(segment.text)
    return text if segment.fact_id is None else f"**{text}**"


def _table(briefing: Briefing, table: Table, name: str, facts: dict[str, Fact]) -> None:
    st.markdown(f"**{fmt.escape(table.caption)}**")
    titles = [column.title for column in table.columns]
    cells = [[layout.cell_mark(cell, facts) + wording.printable(cell.text) for cell in row] for row in table.rows]
    columns = {
        column.title: st.column_config.TextColumn(alignment="right" if column.numeric else "left", pinned=place == 0)
        for place, column in enumerate(table.columns)
    }
    fact_panel.table(pd.DataFrame(cells, columns=titles), columns, table, briefing.briefing_id, name)
    for note in layout.table_notes(table, facts):
        st.caption(fmt.escape(note))


def _footer(briefing: Briefing) -> None:
    st.divider()
    for text in (*briefing.attributions, wording.writer_line(briefing), wording.DISCLAIMER):
        st.caption(fmt.escape(text))


def _list(listed: tuple[Listed, ...]) -> None:
    with st.expander(f"All briefings ({len(listed)})"):
        frame = pd.DataFrame(
            {
                "Day": [row.day for row in listed],
                "Edition": [row.edition for row in listed],
                "Revision": [row.revision for row in listed],
                "Writer": [row.writer for row in listed],
                "Step": [row.step for row in listed],
                "Written": [fmt.moment(row.written_at) for row in listed],
            }
        )
        st.dataframe(
            frame,
            hide_index=True,
            column_config={"Day": st.column_config.DateColumn(format="D MMM YYYY", pinned=True)},
            key=LIST_KEY,
            on_select=_open_listed,
            selection_mode="single-row",
            alt="All briefings, newest first",
        )
        st.session_state["briefing_ids"] = [row.briefing_id for row in listed]


def _open_listed() -> None:
    rows, ids = st.session_state[LIST_KEY].selection.rows, st.session_state["briefing_ids"]
    if rows and rows[0] < len(ids):
        st.query_params.from_dict({navigation.BRIEFING_KEY: ids[rows[0]]})


if __name__ == "__main__":
    show()
