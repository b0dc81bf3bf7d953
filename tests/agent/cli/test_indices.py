import json

import pytest

from tests.agent.cli.commands import Commands
from tests.agent.jobs.database import rows_of


def test_an_index_is_made_shown_listed_tracked_and_deleted(coinbrief: Commands) -> None:
    made = coinbrief.good("index", "create", "two", "--assets", "BTC,ETH", "--cap", "60")
    report = json.loads(coinbrief.good("index", "show", "two", "--json"))
    level = f"{report['level']['value']:,.2f}"
    assert level in made
    text = coinbrief.good("index", "show", "two")
    assert f"Level: {level}; it was 100 on {report['first_level'][8:].lstrip('0')} June 2025." in text
    assert "Stored up to 10 October 2025." in text
    assert "2 listed assets, equal weights, rebalanced monthly, none above 60.0% when bought" in " ".join(text.split())
    (bitcoin,) = [line for line in text.splitlines() if line.startswith("Bitcoin ")]
    assert (
        bitcoin.split()[2]
        == f"{next(100 * each['weight'] for each in report['holdings'] if each['symbol'] == 'BTC'):.1f}"
    )
    assert level in coinbrief.good("index", "list")
    assert level in coinbrief.good("index", "track")
    assert "deleted" in coinbrief.good("index", "delete", "two")
    assert "None yet" in coinbrief.good("index", "list")


def test_figures_that_cannot_be_had_yet_have_their_reason(coinbrief: Commands) -> None:
    coinbrief.good("index", "create", "young", "--universe", "3", "--start", "2025-10-01")
    text = coinbrief.good("index", "show", "young")
    assert "365 days: there is no level on the last day or 365 days before it." in text
    assert "needs 81 daily returns" in text
    assert "nan" not in text
    assert "chosen by mean volume of 30 days, for want of market values" in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_weights_by_market_value_without_any_are_explained(coinbrief: Commands) -> None:
    made = " ".join(coinbrief.good("index", "create", "caps", "--weighting", "cap").split())
    assert "caps: weights by market value need the metric asset.market_cap_usd" in made
    assert "No level: weights by market value" in coinbrief.good("index", "show", "caps")
    listed = json.loads(coinbrief.good("index", "list", "--json"))
    assert listed["own"][0]["level"]["value"] is None


def test_a_providers_index_is_shown_as_its_own(coinbrief: Commands) -> None:
    listed = json.loads(coinbrief.good("index", "list", "--json"))
    first = listed["provided"][0]
    text = coinbrief.good("index", "show", first["key"])
    assert f"Index {first['name']}, of sandbox (invented data)" in text
    assert "as received; nothing was recalculated" in text
    report = json.loads(coinbrief.good("index", "show", first["name"], "--json"))
    assert report["index"] == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "Bad"), "lower-case"),
        (("create", "x", "--cap", "5"), "from 10 "),
        (("create", "x", "--assets", "BTC,NOSUCH"), "NOSUCH"),
        (("create", "x", "--rebalance", "daily"), "quarterly"),
        (("create", "x", "--start", "1999-01-01"), "2025-10-10"),
        (("show", "nosuch"), "nosuch"),
        (("track", "nosuch"), "nosuch"),
        (("delete", "nosuch"), "nosuch"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_stored(
    coinbrief: Commands, arguments: tuple[str, ...], said: str
) -> None:
    before = rows_of(coinbrief.folder / "coinbrief.db")
    assert said in coinbrief.bad("index", *arguments)
    assert rows_of(coinbrief.folder / "coinbrief.db") == before
