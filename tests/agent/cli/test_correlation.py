import json
from datetime import date, timedelta

import pytest

from agent.store.correlations import upsert_correlations
from agent.store.engine import Store
from datasources.records import Correlation
from tests.agent.cli.commands import Commands
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.world import NOW

AS_OF, ONE = date(2025, 10, 10), timedelta(days=1)


def test_the_holdings_are_shown_as_a_matrix_with_their_average(coinbrief: Commands) -> None:
    text = coinbrief.good("correlation")
    report = json.loads(coinbrief.good("correlation", "--json"))
    assert "3 holdings of portfolio main" in text
    assert "up to the close of 10 October 2025 (UTC). Source: sandbox (invented" in text
    pair = report["pairs"][0]
    (row,) = [line for line in text.splitlines() if line.startswith(f"2 {pair['second']}")]
    assert row.split()[-3:-1] == [f"{pair['correlation']['value']:.2f}", "1"]
    (average,) = [line for line in text.splitlines() if line.startswith("Last 90 days")]
    assert average.split()[-1] == f"{report['average']['value']:.2f}"
    assert all(len(line) <= 100 for line in text.splitlines())


def test_a_figure_that_is_missing_has_its_reason(coinbrief: Commands) -> None:
    text = " ".join(coinbrief.good("correlation", "BTC", "ETH").split())
    assert "On the worst tenth of Bitcoin's days: none, needs 329 daily returns in common with Bitcoin" in text
    assert "nan" not in text
    assert "Each pair has 90 common days." in text


def test_one_asset_with_neighbours_lists_the_most_and_the_least_alike(coinbrief: Commands) -> None:
    text = coinbrief.good("correlation", "BTC", "--neighbours", "2")
    report = json.loads(coinbrief.good("correlation", "BTC", "--neighbours", "2", "--json"))
    for each in (*report["most"], *report["least"]):
        (row,) = [line for line in text.splitlines() if line.startswith(f"{each['name']} ")]
        assert row.split()[-2:] == [f"{each['correlation']:.2f}", "90"]
    assert report["most"][0]["correlation"] > report["least"][0]["correlation"]


def test_a_forecast_without_history_says_that_it_is_unproven(coinbrief: Commands) -> None:
    text = " ".join(coinbrief.good("correlation", "--forecast").split())
    assert "Estimator used: the last 90 days as they were." in text
    assert "No estimator could be judged" in text
    report = json.loads(coinbrief.good("correlation", "--forecast", "--json"))["forecast"]
    assert (report["used"], report["dates"], report["scores"]) == ("last_90_days", 0, [])


def test_what_a_provider_says_stands_beside_ours_as_its_own(coinbrief: Commands) -> None:
    with Store(coinbrief.folder / "coinbrief.db").writer() as session:
        session.connection().exec_driver_sql("DELETE FROM correlation_peer")
        said = [Correlation("3375", AS_OF, "[red]Ether\x1b", 0.5), Correlation("3306", AS_OF + ONE, "Tomorrow", 0.1)]
        upsert_correlations(session, "sandbox", said, NOW)
    text = coinbrief.good("correlation")
    assert "As given by sandbox (invented data)" in text
    assert "Bitcoin, 10 October 2025: red Ether 0.50." in text
    assert "Tomorrow" not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("BTC",), "--neighbours 10"),
        (("BTC", "bitcoin"), "same asset"),
        (("BTC", "NOSUCH"), "NOSUCH"),
        (("BTC", "PEPE"), "may mean"),
        (("--days", "7"), "30 to 1095"),
        (("--neighbours", "3"), "exactly one asset"),
        (("BTC", "--neighbours", "3", "--forecast"), "exactly one asset"),
        (("BTC", "--neighbours", "0"), "1 to 100"),
        (("--portfolio", "nosuch"), "'main'"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_is_stored(
    coinbrief: Commands, arguments: tuple[str, ...], said: str
) -> None:
    before = rows_of(coinbrief.folder / "coinbrief.db")
    assert said in coinbrief.bad("correlation", *arguments)
    assert rows_of(coinbrief.folder / "coinbrief.db") == before
