import json
import re
from pathlib import Path
from shutil import copyfile

import pytest

from tests.agent.cli.commands import Commands
from tests.agent.measuring.market import COINS, walks
from tests.agent.measuring.opinions import scanned_template


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned_template(tmp_path_factory)


@pytest.fixture
def market(fresh: Commands, template: Path) -> Commands:
    database = fresh.folder / "coinbrief.db"
    copyfile(template, database)
    database.chmod(0o600)
    return fresh


def words(text: str) -> str:
    return " ".join(text.split())


def test_an_asset_is_told_section_by_section_with_day_and_source_first(market: Commands) -> None:
    text = market.good("token", "C2")
    assert text.strip().startswith("C2 (C2) at the close of 10 October 2025 (UTC)\nPrices are from the sandbox market.")
    for heading in ("Price and its changes", "Risk", "Grades", "Live signals", "On-chain", "Together with", "Data"):
        assert f"\n{heading}" in text
    assert "Market value: $2.50 billion as of 10 October 2025, from the sandbox's Coin Metrics." in words(text)
    assert "Bullish, as of 10 October 2025. The one in force began 2 days before" in words(text)
    assert "trader 82.0 10 Oct none +18.0 9 Oct" in words(text)
    assert "Bars: 30 of the last 30 days" in text
    assert "Transfer value, Fees, Net flow to exchanges" in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)
    assert max(map(len, text.splitlines())) <= 112


def test_the_change_shown_is_that_of_the_stored_closes(market: Commands) -> None:
    close = walks()[:, 1]
    assert f"{100 * (close[-1] / close[-31] - 1):+.1f}%" in market.good("token", "id:2")


def test_what_is_missing_has_its_reason_in_the_same_section(market: Commands) -> None:
    text = words(market.good("token", f"id:{COINS}"))
    assert "90 days: there is no bar of 12 July 2025." in text
    assert "needs bars on 329 of 365 days, there are 14" in text
    assert "Our long-term grade: none, parts with" in text
    assert "Most correlated: none, needs 81 daily returns of 90 days, there are 13." in text
    assert "this is Bitcoin" in market.good("token", "Bitcoin")


def test_json_holds_every_figure_as_a_value_or_a_reason(market: Commands) -> None:
    found = json.loads(market.good("token", f"id:{COINS}", "--json"))
    for section in ("price", "risk", "indicators", "averages"):
        for figure in found[section].values():
            assert (figure["value"] is None) != (figure["reason"] is None)
    assert found["as_of"] == "2025-10-10"
    assert found["health"]["bars"] == 14


def test_an_unknown_asset_is_an_error_with_advice(market: Commands) -> None:
    assert "coinbrief asset find" in market.bad("token", "Dogwhistle")
