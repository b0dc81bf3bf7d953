import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent.briefing.document import Briefing, Cell, Table
from agent.briefing.render import chart
from agent.briefing.render import html as page_module
from agent.briefing.render.errors import RenderError
from agent.briefing.render.html import MAX_HTML_BYTES, POSTAL_ADDRESS_MARK, render_html
from agent.briefing.render.layout import shown_figures
from agent.briefing.render.text import render_text
from tests.agent.briefing.render.sample import sample_briefing

DASHBOARD = "https://brief.example.org/"
TEMPLATE = (Path(page_module.__file__).parent / "templates" / "briefing.html.j2").read_text("utf-8")
DARK = TEMPLATE.partition("@media (prefers-color-scheme:dark){")[2].partition("</style>")[0]


class Page(HTMLParser):
    """The tags with their attributes, and the text of the figures (elements with a title)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.figures: list[str] = []
        self._in_figure = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_figure = "title" in dict(attrs)

    def handle_data(self, data: str) -> None:
        if self._in_figure:
            self.figures.append(data)
            self._in_figure = False

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_is_small_self_contained_and_free_of_what_mail_programs_drop() -> None:
    html = render_html(sample_briefing(invented=True), chart="cid", dashboard_url=DASHBOARD)
    assert len(html.encode()) <= MAX_HTML_BYTES
    css = " ".join(re.findall(r'style="([^"]*)"', html) + re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert not re.search(r"\b(flex|grid|position|gap|float|@font-face|@import|url\()\b", css)
    assert not re.search(r"<(script|form|svg|video|iframe|link|input)\b", html)
    assert "http://" not in html
    assert '="data:' not in html


def test_every_link_goes_to_the_dashboard_and_names_its_fact() -> None:
    briefing = sample_briefing()
    links = [str(a["href"]) for a in Page(render_html(briefing, dashboard_url=DASHBOARD)).all("a")]
    assert {link for link in links if "fact=" in link} == {f"{DASHBOARD}?fact={f.fact_id}" for f in briefing.facts}
    assert [link for link in links if "fact=" not in link] == [f"{DASHBOARD}?briefing=b7f3c2a1"]


def test_without_a_dashboard_there_is_no_link_and_every_figure_still_has_its_source() -> None:
    briefing = sample_briefing()
    page = Page(render_html(briefing))
    assert page.all("a") == []
    assert {figure.text for figure in shown_figures(briefing)} <= {figure.lstrip() for figure in page.figures}
    assert ("span", {"title": "Token Metrics, as of 7 October 2025, stale (f053)"}) in page.tags


def test_the_plain_text_has_every_figure_of_the_page() -> None:
    briefing = sample_briefing()
    text = " ".join(render_text(briefing).split())
    assert all(figure.lstrip("+-") in text for figure in Page(render_html(briefing)).figures)


def test_dark_and_narrow_rules_survive_the_inlining() -> None:
    html = render_html(sample_briefing())
    assert re.search(r"@media ?\(prefers-color-scheme: ?dark\)", html)
    assert re.search(r"@media ?\(max-width: ?520px\)", html)
    assert '<meta name="color-scheme" content="light dark">' in html


def test_the_page_starts_with_a_preview_line_of_whole_sentences() -> None:
    html = render_html(sample_briefing())
    preview = re.search(r'<div class="pre"[^>]*>([^<͏]*)', html)
    assert preview is not None
    assert preview[1].startswith("Your portfolio has fallen 9.8%")
    assert preview[1].endswith(".")
    assert 40 <= len(preview[1]) <= 110


def test_tables_have_scoped_headers_and_layout_tables_are_presentation() -> None:
    page = Page(render_html(sample_briefing()))
    assert all(th["scope"] in {"col", "row"} for th in page.all("th"))
    data = [t for t in page.all("table") if t.get("role") != "presentation"]
    assert len(data) == len(page.all("caption")) == 2
    assert sum("flow" in str(t["class"]) for t in data) == 1  # the wide one reflows on a narrow screen


def test_four_figures_of_a_row_stand_two_by_two_on_a_narrow_screen() -> None:
    briefing = sample_briefing()
    section, table = next(
        (section, table) for section in briefing.sections for table in section.tables if len(table.columns) > 5
    )
    classes = []
    for figures in (4, 5):
        cut = Table(table.caption, table.columns[: figures + 1], tuple(row[: figures + 1] for row in table.rows))
        shown = replace(briefing, sections=(replace(section, tables=(cut,)),))
        classes += [t["class"] for t in Page(render_html(shown)).all("table") if t.get("role") != "presentation"]
    assert classes == ["data flow two", "data flow"]


def test_direction_is_shown_by_arrow_and_sign_beside_colour() -> None:
    html = render_html(sample_briefing())
    assert re.search(
        r'<td class="n d"[^>]*><span aria-hidden="true">▼</span>(&nbsp;|\xa0)<span title[^>]*>-45.5%', html
    )


@pytest.mark.parametrize(("text", "rule"), [("font-size", r"font-size:(\d+)px"), ("inlined", r"font-size: ?(\d+)px")])
def test_no_visible_text_is_smaller_than_14_px(text: str, rule: str) -> None:
    html = TEMPLATE if text == "font-size" else render_html(sample_briefing())
    sizes = {int(size) for size in re.findall(rule, html)}
    assert {size for size in sizes if size < 14} <= {1, 4}  # the hidden preview line and the coloured bar


LIGHT_PAIRS = [
    ("card", "card"), ("date", "card"), ("brand", "card"), ("kl", "card"), ("meta", "card"), ("cap2", "card"),
    ("h2", "card"), ("h", "card"), ("l", "card"), ("u", "card"), ("d", "card"), ("k", "card"), ("note", "card"),
    ("foot", "card"), ("btn", "card"), ("warn", "warn"), ("gaps", "gaps"), ("gh", "gaps"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), LIGHT_PAIRS)
def test_ink_and_ground_contrast_in_both_schemes(scheme: str, ink: str, ground: str) -> None:
    rules = _rules(scheme)
    assert _contrast(rules[ink]["color"], rules[ground]["background-color"]) >= 4.5


def test_the_figures_under_the_headline_are_as_large_as_their_line_and_only_the_arrows_smaller() -> None:
    html = render_html(sample_briefing())
    line = re.search(r'<p class="kv d"[^>]*>(<span[^>]*>)▼</span>.*?(<span title[^>]*>)', html)
    assert line is not None
    assert "font-size:16px" in line[1].replace(" ", "")
    assert "font-size" not in line[2]


@pytest.mark.parametrize("color", [chart._INK, *chart._LINES])
def test_the_chart_s_words_and_lines_are_read_on_a_light_page_and_turned_for_a_dark_one(color: str) -> None:
    light, dark = _rules("light"), _rules("dark")
    assert light["card"]["background-color"] == chart._CARD  # no edge around the image
    assert _contrast(color, light["card"]["background-color"]) >= 4.5
    assert re.search(r"\.fig img ?\{filter: ?invert\(1\) hue-rotate\(180deg\)", DARK)
    assert _contrast(_turned(color), dark["card"]["background-color"]) >= 4.5


def _turned(color: str) -> str:
    """What CSS makes of a colour by `invert(1) hue-rotate(180deg)`: the matrix of Filter Effects, cosine -1, sine 0."""
    red, green, blue = (255 - int(color[i : i + 2], 16) for i in (1, 3, 5))
    rotated = (
        (0.213 - 0.787) * red + (0.715 + 0.715) * green + (0.072 + 0.072) * blue,
        (0.213 + 0.213) * red + (0.715 - 0.285) * green + (0.072 + 0.072) * blue,
        (0.213 + 0.213) * red + (0.715 + 0.715) * green + (0.072 - 0.928) * blue,
    )
    return "#" + "".join(f"{min(max(round(part), 0), 255):02x}" for part in rotated)


def _rules(scheme: str) -> dict[str, dict[str, str]]:
    """The declared colours by class name; the dark ones laid over the light ones."""
    light, _, rest = TEMPLATE.partition("@media (max-width")
    dark = rest.partition("@media (prefers-color-scheme:dark){")[2].partition("</style>")[0]
    rules: dict[str, dict[str, str]] = {}
    for css in (light, dark) if scheme == "dark" else (light,):
        for selectors, body in re.findall(r"^([^{}@\n]+)\{([^{}]*)\}", css, re.MULTILINE):
            found = re.findall(r"(?:^|;)(color|background-color):(#[0-9a-f]{6})", body)
            for selector in selectors.split(","):
                rules.setdefault(selector.split()[-1].lstrip("."), {}).update(found)
    if scheme == "dark":
        rules["h"] = rules["l"] = rules["note"] = rules["mt"]  # they carry the class mt
    return rules


def _contrast(ink: str, ground: str) -> float:
    """WCAG 2 contrast ratio."""
    lighter, darker = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_chart_is_a_cid_in_a_mail_and_a_data_uri_in_a_file() -> None:
    briefing = sample_briefing()
    (mail,) = Page(render_html(briefing, chart="cid")).all("img")
    (file,) = Page(render_html(briefing, chart="data", chart_png=b"png")).all("img")
    assert mail["src"] == "cid:chart"
    assert str(mail["alt"]) == (
        "Your portfolio and Bitcoin from 13 July 2025 to 10 October 2025, each line starting at 100."
    )
    assert file["src"] == "data:image/png;base64," + base64.b64encode(b"png").decode()
    assert Page(render_html(briefing)).all("img") == []
    assert Page(render_html(replace(briefing, chart=()), chart="cid")).all("img") == []


def test_a_hostile_name_is_shown_as_text() -> None:
    briefing = replace(sample_briefing(), portfolio='<img src=x onerror="alert(1)">')
    html = render_html(briefing)
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_invented_data_is_said_in_front_of_the_headline() -> None:
    html = render_html(sample_briefing(invented=True))
    assert html.index('class="warn"') < html.index("<h1")
    assert 'class="warn"' not in render_html(sample_briefing())


def test_gaps_stand_apart_and_the_foot_names_source_and_writer() -> None:
    html = render_html(sample_briefing())
    assert re.search(r'<div class="gaps"[^>]*>\s*<h2 class="gh"[^>]*>Data gaps', html)
    foot = html[html.index('class="foot"') :]
    assert "Token Metrics (tokenmetrics.com)" in foot
    assert "Arranged by the model gpt-5-mini" in foot
    assert POSTAL_ADDRESS_MARK in foot
    assert "As of the close of 10 October 2025 (UTC)" in html


def test_a_briefing_without_portfolio_or_tables_is_shown() -> None:
    briefing = sample_briefing()
    bare = replace(briefing, headline=briefing.sections[2].sentences[0], sections=(), chart=())
    html = render_html(bare)
    assert 'class="keys"' not in html
    assert "Bitcoin fell" in html


def test_a_very_large_briefing_loses_titles_before_it_loses_figures() -> None:
    briefing = _with_movers(60)
    html = render_html(briefing, dashboard_url=DASHBOARD)
    assert len(html.encode()) <= MAX_HTML_BYTES
    assert "title=" not in html
    assert html.count("-45.5%") == 6


def test_a_briefing_too_large_for_any_mail_is_refused() -> None:
    with pytest.raises(RenderError, match="smaller tables"):
        render_html(_with_movers(400))


def _with_movers(rows: int) -> Briefing:
    briefing = sample_briefing()
    movers = briefing.sections[3]
    table = movers.tables[0]
    many = Table(table.caption, table.columns, tuple(table.rows[i % 10] for i in range(rows)))
    return replace(briefing, sections=(*briefing.sections[:3], replace(movers, tables=(many,)), *briefing.sections[4:]))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "brief.example.org", "file:///etc/passwd"])
def test_only_web_addresses_are_linked(url: str) -> None:
    with pytest.raises(RenderError, match="public_url"):
        render_html(sample_briefing(), dashboard_url=url)


def test_the_same_briefing_gives_the_same_page() -> None:
    assert render_html(sample_briefing(), chart="cid") == render_html(sample_briefing(), chart="cid")


def test_a_cell_without_a_fact_is_plain_text() -> None:
    assert Cell("n/a").fact_id is None
    assert re.search(r"Trader grade</span>n/a</td>", render_html(sample_briefing()))
