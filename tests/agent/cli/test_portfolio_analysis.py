import json
import re
from collections.abc import Iterator
from shutil import copyfile

import pytest

from agent.cli.page import WIDTH
from tests.agent.cli.commands import Commands
from tests.agent.measuring.held_market import closes, held_market

COMMANDS = {
    "show": (),
    "frontier": (),
    "what-if": ("--add", "C7=3", "--resize", "C2=2"),
    "stress": ("--day", "2025-08-01"),
    "rebalance": ("--to", "equal"),
}


@pytest.fixture
def coinbrief(fresh: Commands, tmp_path_factory: pytest.TempPathFactory) -> Commands:
    """Settings, and the market with portfolios in it; `plain` is held."""
    database = fresh.folder / "coinbrief.db"
    fresh.patch.setattr("agent.measuring.weighing.POINTS", 5)  # a frontier of 30 points costs most of the time
    copyfile(held_market(tmp_path_factory.getbasetemp() / "held-market").path, database)
    database.chmod(0o600)
    return fresh


def values_of(found: object) -> Iterator[object]:
    """Every value in JSON."""
    if isinstance(found, dict):
        for item in found.values():
            yield from values_of(item)
    elif isinstance(found, list):
        for item in found:
            yield from values_of(item)
    else:
        yield found


@pytest.mark.parametrize("name", ["mixed", "unpriced"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_every_portfolio_in_words_and_without_nan(
    coinbrief: Commands, command: str, name: str
) -> None:
    text = coinbrief.good("portfolio", command, *COMMANDS[command], "--portfolio", name)
    title = text.splitlines()[0]
    assert name in title
    assert "2025-10-10 UTC (source: sandbox)" in title
    assert not re.search(r"\b(nan|None|inf)\b", text)
    assert max(map(len, text.splitlines())) <= WIDTH + 10
    marks, reasons = set(re.findall(r"n/a \[(\d+)\]", text)), set(re.findall(r"^  \[(\d+)\] ", text, re.MULTILINE))
    assert marks == reasons


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_result_as_json(coinbrief: Commands, command: str) -> None:
    found = json.loads(coinbrief.good("portfolio", command, *COMMANDS[command], "--portfolio", "young", "--json"))
    assert found["portfolio"] == "young"
    assert found["as_of"] == "2025-10-10"
    assert "NaN" not in set(map(str, values_of(found)))


def test_show_has_the_facts_of_the_briefing_and_the_analysis(coinbrief: Commands) -> None:
    found = json.loads(coinbrief.good("portfolio", "show", "--portfolio", "plain", "--json"))
    prices = closes(1, 2, 3, 4)[-1]
    value = 0.5 * prices[0] + 2 * prices[1] + 1.25 * prices[2] + 4 * prices[3]
    assert found["figures"]["value"] == f"${value:,.2f}"
    assert found["analysis"]["report"]["portfolio"]["value_usd"] == {"value": pytest.approx(value), "reason": None}
    text = coinbrief.good("portfolio", "show", "--portfolio", "plain")
    for title in (
        "Value and risk",
        "Concentration",
        "Diversification",
        "Correlation of the holdings",
        "Risk of each holding",
        "Exposure, by weight",
    ):
        assert f"\n{title}" in text
    assert f"${value:,.2f}" in text


def test_an_empty_portfolio_is_shown_with_what_to_do(coinbrief: Commands) -> None:
    assert "portfolio import FILE.csv" in coinbrief.good("portfolio", "show", "--portfolio", "empty")
    assert "is empty" in coinbrief.bad("portfolio", "frontier", "--portfolio", "empty")


def test_the_frontier_walks_when_asked(coinbrief: Commands) -> None:
    text = coinbrief.good(
        "portfolio", "frontier", "--portfolio", "plain", "--walk-forward", "--max-weight", "60", "--days", "200"
    )
    assert "In-sample" in text
    assert "at most 60% each" in text
    assert "Out of sample, after costs, 2025-01-14 to 2025-10-10" in text
    assert "Buy and hold" in text
    assert "QLIKE" in text


def test_what_if_shows_a_size_in_dollars(coinbrief: Commands) -> None:
    text = coinbrief.good("portfolio", "what-if", "--portfolio", "plain", "--add", "C7=$100")
    (line,) = [line for line in text.splitlines() if line.startswith("  Value  ")]
    assert line.endswith("+$100.00")


def test_targets_are_set_shown_rebalanced_to_and_cleared(coinbrief: Commands) -> None:
    name = ("--portfolio", "mixed")
    assert "There are none" in coinbrief.good("portfolio", "targets", "show", *name)
    assert "99" in coinbrief.bad("portfolio", "targets", "set", "BTC=99", *name)
    assert "75%" in coinbrief.good("portfolio", "targets", "set", "BTC=75", "C2=25", *name)
    stored = json.loads(coinbrief.good("portfolio", "targets", "show", "--json", *name))
    assert [(each["symbol"], each["weight_pct"]) for each in stored["targets"]] == [("BTC", 75.0), ("C2", 25.0)]
    text = coinbrief.good("portfolio", "rebalance", *name)
    assert "not advice" in text
    assert "What is held without a target has a target of 0%." in text
    assert "no targets any more" in coinbrief.good("portfolio", "targets", "clear", *name)
    assert json.loads(coinbrief.good("portfolio", "targets", "clear", "--json", *name))["cleared"] is False
    assert "targets set" in coinbrief.bad("portfolio", "rebalance", *name)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("frontier", "--estimator", "guess"), "'guess' is none of sample, ledoit_wolf, ewma"),
        (("frontier", "--max-weight", "0.4"), "too low"),
        (("rebalance", "--to", "moon"), "'moon' is none of targets, equal"),
        (("rebalance", "--tolerance", "wide"), "--tolerance must be a number"),
        (("stress", "--day", "yesterday"), "such as 2022-11-09"),
        (("stress", "--shock", "5"), "must be a fall"),
        (("what-if",), "nothing to try"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(coinbrief: Commands, arguments: tuple[str, ...], said: str) -> None:
    assert said in coinbrief.bad("portfolio", *arguments, "--portfolio", "plain")
