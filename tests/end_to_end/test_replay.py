import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.briefing.archive import parse_briefing
from agent.briefing.document import Briefing
from agent.claims.fact import Metric
from tests.agent.cli.commands import Commands
from tests.agent.jobs.writing import assert_true, sentences

LAST = date(2025, 10, 10)
DAYS = 120
# Every coin stands still for 120 days and moves at the end; so all figures can be had with pencil and paper.
TAILS = {
    "BTC": (50_000.0, [51_000.0]),  # +2 %
    "ETH": (4_000.0, [3_600.0]),  # -10 %
    "SOL": (200.0, [206.0]),  # +3 %
    "ADA": (0.5, [0.5]),  # nothing
    "LTC": (100.0, [101.0, 102.01, 103.0301, 104.060401, 105.10100501]),  # +1 % on five days in a row
}
TURNOVER = {"BTC": 5e9, "ETH": 4e9, "SOL": 3e9, "ADA": 2e9, "LTC": 1e9}
HELD = "symbol,amount\nBTC,2\nETH,10\nADA,4000\n"


def write_history(root: Path) -> None:
    (root / "daily-ohlcv").mkdir(parents=True)
    for symbol, (before, tail) in TAILS.items():
        closes = [before] * (DAYS - len(tail)) + tail
        with (root / "daily-ohlcv" / f"{symbol}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["date", "open", "high", "low", "close", "turnover_usd"])
            opened = before
            for place, close in enumerate(closes):
                day = LAST - timedelta(days=DAYS - 1 - place)
                writer.writerow([day, opened, max(opened, close), min(opened, close), close, TURNOVER[symbol]])
                opened = close
    mood = "date,value,classification\n2025-10-10,64,Greed\n2025-10-11,27,Fear\n"
    (root / "fear-and-greed.csv").write_text(mood)
    (root / "on-chain").mkdir()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    write_history(folder / "history")
    (folder / "held.csv").write_text(HELD)
    (folder / "coinbrief.toml").write_text(
        '[store]\npath = "coinbrief.db"\n[market]\nsource = "sandbox"\nhistory_days = 120\n'
        '[sandbox]\ndata = "history"\nnow = "2025-10-11T06:00Z"\n'
    )
    return folder


@pytest.fixture
def briefing(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Briefing:
    commands = Commands(folder, capsys, monkeypatch)
    if not (folder / "coinbrief.db").exists():
        reports = json.loads(commands.good("collect", "--json"))
        assert {report["status"] for report in reports} == {"ok"}
        commands.good("portfolio", "import", "held.csv")
    return parse_briefing(commands.good("brief", "--json"))


def value(briefing: Briefing, metric: Metric, name: str | None = None, window: str | None = None) -> float:
    """The one value that all facts of this metric give for a coin, or for the portfolio if none is named."""
    subjects = {entity.name: entity.subject for entity in briefing.entities}
    found = {
        fact.value
        for fact in briefing.facts
        if fact.metric is metric
        and fact.window == window
        and (fact.subject == subjects[name] if name else fact.subject.startswith("portfolio:"))
    }
    (only,) = found
    assert only is not None
    return float(only)


def test_every_sentence_is_true_and_as_of_the_last_close(briefing: Briefing) -> None:
    assert_true(briefing)
    assert (briefing.as_of, briefing.day) == (LAST, date(2025, 10, 11))


def test_the_changes_are_those_of_the_files(briefing: Briefing) -> None:
    expected = {"Bitcoin": 2.0, "Ethereum": -10.0, "Solana": 3.0, "Cardano": 0.0, "Litecoin": 1.0}
    for name, change in expected.items():
        assert value(briefing, Metric.CHANGE, name, "1d") == pytest.approx(change)
    assert value(briefing, Metric.CHANGE, "Litecoin", "7d") == pytest.approx(5.101005010)
    assert value(briefing, Metric.STREAK, "Litecoin") == 5
    assert value(briefing, Metric.CLOSE, "Ethereum") == 3600


def test_the_portfolio_is_worth_what_its_coins_are(briefing: Briefing) -> None:
    # 2 x 51,000 + 10 x 3,600 + 4,000 x 0.50 = 140,000; the day before 100,000 + 40,000 + 2,000 = 142,000
    assert value(briefing, Metric.VALUE) == 140_000
    assert value(briefing, Metric.CHANGE, None, "1d") == pytest.approx(-2000 / 142_000 * 100)
    assert value(briefing, Metric.VALUE_CHANGE, None, "1d") == -2000
    contributions = {"Bitcoin": 2000, "Ethereum": -4000, "Cardano": 0}
    for name, amount in contributions.items():
        assert value(briefing, Metric.CONTRIBUTION, name, "1d") == amount
    weights = {"Bitcoin": 102 / 140, "Ethereum": 36 / 140, "Cardano": 2 / 140}
    for name, weight in weights.items():
        assert value(briefing, Metric.WEIGHT, name) == pytest.approx(weight * 100)


def test_its_structure_is_what_the_formulas_give_by_hand(briefing: Briefing) -> None:
    hhi = (102**2 + 36**2 + 2**2) / 140**2
    assert value(briefing, Metric.HHI) == pytest.approx(hhi)
    assert value(briefing, Metric.EFFECTIVE_NUMBER) == pytest.approx(1 / hhi)
    # One day of 90 moved, by r: the mean is r/90 and the variance r^2/90, so the volatility is |r| sqrt(365/90).
    year = (365 / 90) ** 0.5
    moved = 102 / 140 * 0.02 + 36 / 140 * -0.10
    volatility = abs(moved) * year * 100
    weighted = (102 / 140 * 0.02 + 36 / 140 * 0.10) * year * 100
    assert value(briefing, Metric.VOLATILITY, None, "90d") == pytest.approx(volatility)
    assert value(briefing, Metric.WEIGHTED_VOLATILITY, None, "90d") == pytest.approx(weighted)
    assert value(briefing, Metric.DIVERSIFICATION_RATIO, None, "90d") == pytest.approx(weighted / volatility)
    assert value(briefing, Metric.CORRELATION, None, "90d") == pytest.approx(-1)
    assert value(briefing, Metric.BETA, None, "90d") == pytest.approx(moved / 0.02)


def test_the_words_say_the_same(briefing: Briefing) -> None:
    text = " ".join(sentences(briefing))
    for expected in (
        "fell 1.4% on the day",
        "$140,000",
        "3 of 5 tracked coins rose on the day, 1 fell and 1 was flat",
        "The median change of 5 tracked coins on the day was 1.0%",
        "The fear and greed index fell to 27 (Fear) from 64 (Greed) the day before",
        "a loss of $2,000.00",
        "Your portfolio trailed Bitcoin on the day: -1.4% against +2.0%",
        "The largest gain on the day among 5 tracked coins was Solana's 3.0%",
        "annualised volatility over 90 days was 2.2%, against a weighted average of 8.1%",
        "(diversification ratio 3.62)",
        "as concentrated as 1.7 equal ones (HHI 0.60)",
    ):
        assert expected in text, text


def test_the_table_of_holdings_shows_the_same_figures(briefing: Briefing) -> None:
    rows = {
        row[0].text: [cell.text for cell in row[1:]]
        for section in briefing.sections
        for table in section.tables
        if table.caption == "Holdings"
        for row in table.rows
    }
    assert rows["Bitcoin"][:4] == ["$51,000", "$102,000.00", "72.9%", "+2.0%"]
    assert rows["Ethereum"][:4] == ["$3,600", "$36,000.00", "25.7%", "-10.0%"]
    assert rows["Cardano"][1:4] == ["$2,000.00", "1.4%", "0.0%"]
