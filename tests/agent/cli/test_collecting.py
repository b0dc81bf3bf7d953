import json

import pytest

from tests.agent.cli.commands import LIVE_PATHS, Commands, Outcome, live_settings


def test_a_collection_reports_each_kind_and_leaves_rows(fresh: Commands) -> None:
    outcome = fresh("collect", "--kind", "assets", "--kind", "quotes")
    assert outcome.status == 0
    assert outcome.out == ""
    told = [line.split()[:3] for line in outcome.err.splitlines() if "received" in line]
    assert told[0] == ["sandbox", "ok", "assets"]
    assert ["sandbox", "ok", "quotes"] in told
    assert ["sandbox_coingecko", "ok", "quotes"] in told
    assert {kind for _, _, kind in told} == {"assets", "quotes"}
    again = json.loads(fresh.good("collect", "--kind", "assets", "--kind", "quotes", "--json"))
    first, second = (item for item in again if item["source"] == "sandbox")
    assert (first["kind"], first["received"], second["status"]) == ("assets", 40, "ok")


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(fresh: Commands) -> None:
    err = fresh.bad("collect", "--kind", "nonsense", status=2)
    assert "nonsense" in err
    assert "daily_bars" in err
    assert not (fresh.folder / "coinbrief.db").exists()


def test_a_provider_that_cannot_be_reached_is_a_failure_of_the_command(fresh: Commands) -> None:
    fresh.config.write_text(live_settings("http://127.0.0.1:9", token_metrics='api_key = "tm-key"'))
    outcome = fresh("collect")
    assert outcome.status == 1
    assert "failed" in outcome.err
    assert "tm-key" not in outcome.err
    assert "Traceback" not in outcome.err


def test_a_source_without_its_key_says_which_setting_is_missing(fresh: Commands) -> None:
    fresh.config.write_text('[store]\npath = "coinbrief.db"\n[market]\nsource = "token_metrics"\n')
    assert "sources.token_metrics.api_key" in fresh.bad("collect")


def test_files_without_a_folder_say_which_setting_is_missing(fresh: Commands) -> None:
    fresh.config.write_text('[store]\npath = "coinbrief.db"\n[market]\nsource = "files"\n')
    assert "sources.files.path" in fresh.bad("collect")


def test_a_source_that_is_not_in_use_is_refused_with_those_that_are(fresh: Commands) -> None:
    err = fresh.bad("collect", "--source", "coingecko", status=2)
    assert "sandbox_coingecko" in err
    assert "is no source in use" in " ".join(err.split())
    assert not (fresh.folder / "coinbrief.db").exists()


def told(outcome: Outcome) -> list[tuple[str, str]]:
    """Source and kind of each line of progress."""
    return [(line[:22].strip(), line[31:55].strip()) for line in outcome.err.splitlines() if " received, " in line]


def test_one_source_can_be_collected_alone_and_again_only_if_all_is_wanted(fresh: Commands) -> None:
    only = ("collect", "--source", "sandbox_fear_greed")
    assert told(fresh(*only)) == [("sandbox_fear_greed", "sentiment")]
    again = fresh(*only)
    assert (again.status, told(again)) == (0, [])
    assert "nothing is due yet" in again.out
    assert told(fresh(*only, "--all")) == [("sandbox_fear_greed", "sentiment")]
    assert told(fresh(*only, "--kind", "sentiment")) == [("sandbox_fear_greed", "sentiment")]
    assert json.loads(fresh.good(*only, "--json")) == []


def test_a_plan_says_what_would_be_asked_and_asks_nobody(fresh: Commands) -> None:
    fresh.good("collect", "--source", "sandbox", "--kind", "assets", "--kind", "top_assets")
    rows = json.loads(fresh.good("collect", "--plan", "--json"))
    keys = {"source", "data", "verb", "now", "due", "requests", "exact", "every_h", "next_at", "note"}
    assert all(row.keys() == keys for row in rows)
    assert {row["source"] for row in rows} == {
        "sandbox",
        *(f"sandbox_{name}" for name in LIVE_PATHS if name != "token_metrics"),
    }
    by_data = {row["data"]: row for row in rows if row["source"] == "sandbox"}
    assert (by_data["assets"]["now"], by_data["assets"]["every_h"]) == (False, 168)
    assert (by_data["quotes"]["now"], by_data["quotes"]["requests"], by_data["quotes"]["exact"]) == (True, 1, True)
    assert by_data["daily_bars"]["requests"] > 1
    due = sum(row["requests"] for row in rows if row["now"])
    text = fresh.good("collect", "--plan")
    assert f"{due:,} requests would be made now, 2025-10-11 06:00 UTC; nothing was asked." in text
    assert told(fresh("collect", "--plan")) == []
    with_all = json.loads(fresh.good("collect", "--plan", "--all", "--json"))
    assert all(row["now"] for row in with_all)
    quotes = json.loads(fresh.good("collect", "--plan", "--kind", "quotes", "--json"))
    assert {row["data"] for row in quotes} == {"quotes"}


@pytest.mark.parametrize("columns", [80, 160])
def test_no_row_of_a_plan_is_broken_and_what_is_left_out_says_why(fresh: Commands, columns: int) -> None:
    fresh.configure("monthly_credits = 20\n")
    fresh.patch.setattr("agent.cli.source_view.WIDTH_OF_A_FILE", columns)
    fresh.good("collect", "--source", "sandbox", "--kind", "assets", "--kind", "top_assets")
    lines = fresh.good("collect", "--plan", "--source", "sandbox").splitlines()
    assert max(map(len, lines)) <= columns
    place = next(place for place, line in enumerate(lines) if line.endswith("left out"))
    assert lines[place + 1].startswith("    ")
    assert not lines[place + 1].strip().startswith(lines[place].split(",")[0])


def test_rows_that_cost_no_request_do_not_hide_that_nothing_could_be_reached(fresh: Commands) -> None:
    fresh.config.write_text(live_settings("http://127.0.0.1:9", source="public"))
    assert fresh("collect", "--source", "mempool").status == 1
