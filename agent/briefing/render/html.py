"""A briefing as HTML that mail programs show: tables, inline styles, no script, nothing loaded from elsewhere.

The same HTML serves as a file: then the chart is a data URI, which mail programs do not show. The look lives in
`templates/briefing.html.j2`; here the briefing is turned into the plain values which that template prints.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from agent.briefing.document import Briefing, Cell, Section, Table
from agent.briefing.render import layout, wording
from agent.briefing.render.chart import HEIGHT_PX, WIDTH_PX, render_chart
from agent.briefing.render.errors import RenderError
from agent.claims.claim import SectionKey, Segment, Sentence
from agent.claims.fact import Fact

CHART_CID = "chart"
POSTAL_ADDRESS_MARK = "<!--postal-address-->"  # a channel that needs the sender's address puts it here
MAX_HTML_BYTES = 60_000  # Gmail cuts a mail at 102 400, some programs earlier
_REFLOW_COLUMNS = 5  # tables with as many columns become one block a row on a narrow screen
_FIGURES_IN_PAIRS = 4  # in rows of three the last of them would stand alone
_PREHEADER_MAX = 110


@dataclass(frozen=True, slots=True)
class FigureView:
    """A piece of text; for a figure where it comes from and where it is explained."""

    text: str
    title: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of a table with its column's label for narrow screens."""

    figure: FigureView
    label: str
    numeric: bool
    mark: str
    arrow: str
    tone: int


@dataclass(frozen=True, slots=True)
class TableView:
    """A table; `reflow` says that it is too wide for a narrow screen, `in_pairs` that its figures go in twos there."""

    caption: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[CellView, ...], ...]
    notes: tuple[str, ...]
    reflow: bool
    in_pairs: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with its sentences in paragraphs, or one by one."""

    title: str
    is_gaps: bool
    is_list: bool
    paragraphs: tuple[tuple[tuple[FigureView, ...], ...], ...]
    tables: tuple[TableView, ...]


@dataclass(frozen=True, slots=True)
class _Detail:
    """What is told about each figure; less of it when a briefing would grow too large for mail programs."""

    facts: Mapping[str, Fact]
    dashboard_url: str
    titles: bool
    links: bool

    def figure(self, text: str, fact_id: str | None) -> FigureView:
        if fact_id is None:
            return FigureView(text)
        title = f"{wording.provenance(self.facts[fact_id])} ({fact_id})" if self.titles else ""
        href = _with_query(self.dashboard_url, "fact", fact_id) if self.links and self.dashboard_url else ""
        return FigureView(text, title, href)


def render_html(
    briefing: Briefing,
    *,
    chart: Literal["cid", "data"] | None = None,
    dashboard_url: str = "",
    chart_png: bytes | None = None,
) -> str:
    """The briefing as one HTML page of at most 60 000 bytes, not counting a data URI.

    `chart` is "cid" for a mail that carries the image as `cid:chart`, "data" for a file (draws it unless `chart_png`
    is given), None for no image. Figures link to `dashboard_url` if there is one. A very large briefing loses the
    figures' titles, then their links. Raises `RenderError` for a dashboard address that is not http or https, for a
    figure without its fact, and if the page is too large even so; `MissingExtra` as `render_chart` does.
    """
    layout.shown_figures(briefing)
    _check_address(dashboard_url)
    image = _chart_source(briefing, chart, chart_png)
    for titles, links in ((True, True), (False, True), (False, False)):
        detail = _Detail(layout.facts_by_id(briefing), dashboard_url, titles, links)
        page = _inlined(_template().render(**_page(briefing, detail), chart_source=image))
        size = len(page.encode()) - (len(image) if chart == "data" else 0)
        if size <= MAX_HTML_BYTES:
            return page
    raise RenderError(f"the briefing is {size} bytes of HTML, at most {MAX_HTML_BYTES} are shown: use smaller tables")


def _page(briefing: Briefing, detail: _Detail) -> dict[str, object]:
    url = _with_query(detail.dashboard_url, "briefing", briefing.briefing_id) if detail.dashboard_url else ""
    return {
        "product": wording.PRODUCT,
        "portfolio": wording.printable(briefing.portfolio),
        "title": f"{wording.PRODUCT}: {wording.title(briefing)}",
        "weekday": wording.weekday_text(briefing.day),
        "revision": briefing.revision,
        "preheader": _preheader(briefing),
        "notice": wording.invented_notice(briefing) if wording.is_invented(briefing) else "",
        "headline": _sentence(briefing.headline, detail),
        "highlights": [
            (each, detail.figure(each.text, each.fact.fact_id), layout.ARROWS[each.tone])
            for each in layout.highlights(briefing)
        ],
        "chart_alt": layout.chart_takeaway(briefing.chart),
        "chart_width": WIDTH_PX,
        "chart_height": HEIGHT_PX,
        "sections": [_section(section, detail) for section in layout.visible_sections(briefing)],
        "as_of": wording.as_of_line(briefing),
        "attributions": [wording.printable(each) for each in briefing.attributions],
        "writer": wording.writer_line(briefing),
        "explain": wording.EXPLAIN_HINT,
        "disclaimer": wording.DISCLAIMER,
        "dashboard_url": url,
        "tone_class": {1: "u", 0: "z", -1: "d"},
    }


def _section(section: Section, detail: _Detail) -> SectionView:
    paragraphs = tuple(
        tuple(_sentence(sentence, detail) for sentence in paragraph) for paragraph in layout.paragraphs(section)
    )
    tables = tuple(_table(table, detail) for table in section.tables)
    return SectionView(section.title, section.key is SectionKey.GAPS, layout.is_list(section), paragraphs, tables)


def _sentence(sentence: Sentence, detail: _Detail) -> tuple[FigureView, ...]:
    return tuple(_segment(segment, detail) for segment in sentence.segments)


def _segment(segment: Segment, detail: _Detail) -> FigureView:
    return detail.figure(wording.printable(segment.text), segment.fact_id)


def _table(table: Table, detail: _Detail) -> TableView:
    columns = tuple((wording.printable(column.title), column.numeric) for column in table.columns)
    rows = tuple(tuple(_cell(cell, columns[index], detail) for index, cell in enumerate(row)) for row in table.rows)
    notes = layout.table_notes(table, detail.facts)
    reflow, in_pairs = len(columns) >= _REFLOW_COLUMNS, len(columns) - 1 == _FIGURES_IN_PAIRS
    return TableView(wording.printable(table.caption), columns, rows, notes, reflow, in_pairs)


def _cell(cell: Cell, column: tuple[str, bool], detail: _Detail) -> CellView:
    figure = detail.figure(wording.printable(cell.text), cell.fact_id)
    label, numeric = column
    return CellView(figure, label, numeric, layout.cell_mark(cell, detail.facts), layout.ARROWS[cell.tone], cell.tone)


def _preheader(briefing: Briefing) -> str:
    """The first sentences after the headline, as many whole ones as a preview line shows; the headline if none fits."""
    text = ""
    for sentence in (sentence for section in briefing.sections for sentence in section.sentences):
        longer = f"{text} {wording.printable(sentence.text)}".strip()
        if len(longer) > _PREHEADER_MAX:
            break
        text = longer
    return text or wording.printable(briefing.headline.text)


def _chart_source(briefing: Briefing, chart: Literal["cid", "data"] | None, chart_png: bytes | None) -> str:
    if chart is None or not layout.chart_takeaway(briefing.chart):
        return ""
    if chart == "cid":
        return f"cid:{CHART_CID}"
    png = chart_png if chart_png is not None else render_chart(briefing.chart)
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise RenderError("the dashboard address must be a full http or https address: mend dashboard.public_url")


def _with_query(url: str, name: str, value: str) -> str:
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}{name}={quote(value, safe='')}"


def _inlined(html: str) -> str:
    inliner = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)
    page: str = inliner.inline(html)
    return page


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("briefing.html.j2")
