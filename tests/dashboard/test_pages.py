"""Every page with data, without, and with what goes wrong."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.filled_store import Filled, Open

PAGES = ["market", "asset", "portfolio", "briefings"]
TITLES = {"market": "Market", "asset": "Token", "portfolio": "Portfolio", "briefings": "Briefings"}


def texts(app: AppTest) -> str:
    """Everything that is written on the page."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "warning", "error", "code", "metric")
    names = ("label", "value", "delta")
    elements = [element for kind in kinds for element in app.get(kind)]
    parts = [" ".join(str(getattr(element, name, "") or "") for name in names) for element in elements]
    return "\n".join(parts)


def plain(app: AppTest) -> str:
    """What is written, without the marks of Markdown."""
    return texts(app).replace("\\", "")


def formulas(app: AppTest) -> list[str]:
    """Dollar signs that Markdown would take for the edge of a formula."""
    codes = {element.value for element in app.get("code")}
    return [line for line in texts(app).splitlines() if re.search(r"(?<!\\)\$", line) and line not in codes]


def test_the_app_shows_every_page_of_a_filled_database_without_an_error(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config)
    for page in PAGES:
        app.switch_page(f"views/{page}.py").run()
        assert not app.exception
        assert [title.value for title in app.title] == [TITLES[page]]
        assert "Invented data" in texts(app)
        assert "9 January 2026" in plain(app)


@pytest.mark.parametrize("page", PAGES)
def test_no_dollar_sign_becomes_a_formula(read_page: Open, page: str) -> None:
    app = read_page(page)
    assert "$" in texts(app)
    assert formulas(app) == []


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_database_says_what_to_run(empty: Path, open_page: Open, page: str) -> None:
    app = open_page(empty, page)
    assert not app.exception
    assert any(code.value.startswith("coinbrief ") for code in app.code)


@pytest.mark.parametrize("page", PAGES)
def test_a_missing_database_says_what_to_run(missing: Path, open_page: Open, page: str) -> None:
    app = open_page(missing, page)
    assert not app.exception
    assert "No data yet" in plain(app)
    assert "coinbrief collect" in [code.value for code in app.code]


def test_a_file_that_is_no_database_is_said_so(broken: Path, open_page: Open) -> None:
    app = open_page(broken, "market")
    assert not app.exception
    assert "The data could not be read" in plain(app)
    assert "damaged" in plain(app)


def test_settings_that_cannot_be_used_are_listed(tmp_path: Path, open_page: Open) -> None:
    path = tmp_path / "coinbrief.toml"
    path.write_text('[market]\nuniverse = "many"\nsauce = 1\n')
    app = open_page(path)
    assert not app.exception
    assert "market.universe" in plain(app)
    assert "market.sauce" in plain(app)


@pytest.mark.parametrize("page", ["market", "asset", "portfolio"])
def test_late_prices_and_failed_collections_are_said(failing: Path, open_page: Open, page: str) -> None:
    app = open_page(failing, page)
    assert not app.exception
    assert "Prices are 2 days late: the last are of 9 January 2026" in plain(app)
    assert any("1 collection failed" in expander.label for expander in app.expander)
    assert "the server said $5 of $9 is *busy*" in plain(app)
    assert formulas(app) == []


def test_the_market_shows_the_figures_of_the_store(read_page: Open) -> None:
    app = read_page("market")
    shown = {metric.label: metric.value.replace("\\", "") for metric in app.metric}
    # 50,000 + 100 x (119 + 3)
    assert shown["Bitcoin"] == "$62,200"
    assert shown["Total market value"] == "$3.52 trillion"
    assert shown["Fear and greed"] == "27"
    assert int(shown["Up on the day"]) + int(shown["Down on the day"]) == 4
    (table,) = app.dataframe
    assert list(table.value["Rank"]) == [1, 2, 3, 4, 5]
    assert table.value["Name"][0] == "Bitcoin"
    assert len(table.value["Last 30 days"][0]) == 30
    assert table.value["Signal"][0] == "Bullish"
    assert table.value["Grade"][0] == 60.0


def test_a_hostile_name_is_replaced_before_it_is_shown(read_page: Open) -> None:
    app = read_page("market")
    assert "<b>" not in texts(app)
    assert table_names(app) == ["Bitcoin", "Ethereum", "Twin Alpha", "Twin Beta", "CASH"]


def table_names(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Name"])


def test_a_hostile_name_is_shown_letter_for_letter_as_the_source_gave_it(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "asset", asset=str(filled.ids["5"]))
    names = dict(zip(app.table[0].value["Name"], app.table[0].value["Value"], strict=True))
    value = names["Name at the source"]
    assert r"Cash \$60k to \$70k \*free\*" in value
    assert r"\<b\>" in value
    assert ":rocket" not in value
    assert r"\[x\]\(" in value


def test_the_address_chooses_the_token(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "asset", asset=str(filled.ids["2"]))
    assert not app.warning
    assert app.selectbox[0].value == filled.ids["2"]
    assert any("Ethereum" in header.value for header in app.subheader)


def test_tokens_that_share_a_symbol_show_their_number(filled: Filled, read_page: Open) -> None:
    app = read_page("asset")
    options = app.selectbox[0].options
    assert f"Twin Alpha (TWIN) · no. {filled.ids['3']}" in options
    assert "Bitcoin (BTC)" in options


@pytest.mark.parametrize("wrong", ["999999", "1;drop", "٣", "9" * 40])
def test_an_address_that_names_no_token_is_said_so(filled: Filled, open_page: Open, wrong: str) -> None:
    app = open_page(filled.config, "asset", asset=wrong)
    assert not app.exception
    assert "There is no token" in plain(app)
    assert app.selectbox[0].value == filled.ids["1"]


def test_choosing_a_token_writes_the_address(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "asset")
    app.selectbox[0].set_value(filled.ids["4"]).run()
    assert app.query_params["asset"] == str(filled.ids["4"])
    assert any("Twin Beta" in header.value for header in app.subheader)


def test_the_portfolio_states_why_a_figure_is_missing(read_page: Open) -> None:
    app = read_page("portfolio")
    shown = plain(app)
    assert "Effective holdings" in shown
    assert "Not known: needs 329 daily returns in the last 365 days, has 119" in shown


def test_the_portfolio_s_value_is_amount_times_close(read_page: Open) -> None:
    app = read_page("portfolio")
    shown = {metric.label: metric.value.replace("\\", "") for metric in app.metric}
    # 0.5 x 62,200 + 4 x (3,000 - 5 x 122) + 1,000 x 1
    assert shown["Value"] == "$41,660.00"
    assert list(app.dataframe[0].value["Asset"]) == ["Bitcoin", "Ethereum", "CASH"]


def test_an_empty_portfolio_says_how_to_fill_it(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "portfolio", portfolio="nothing")
    assert not app.exception
    assert "This portfolio is empty" in plain(app)


def test_an_address_that_names_no_portfolio_is_said_so(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "portfolio", portfolio="$x$")
    assert not app.exception
    assert "There is no portfolio" in plain(app)
    assert app.selectbox[0].value == "main"
