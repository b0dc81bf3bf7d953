import json

from tests.agent.cli.commands import Commands


def test_a_collection_reports_each_kind_and_leaves_rows(fresh: Commands) -> None:
    outcome = fresh("collect", "--kind", "assets", "--kind", "quotes")
    assert outcome.status == 0
    assert outcome.out == ""
    assert [line.split()[:2] for line in outcome.err.splitlines() if "received" in line] == [
        ["ok", "assets"],
        ["ok", "quotes"],
    ]
    (first, second) = json.loads(fresh.good("collect", "--kind", "assets", "--kind", "quotes", "--json"))
    assert (first["kind"], first["received"], second["status"]) == ("assets", 40, "ok")


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(fresh: Commands) -> None:
    err = fresh.bad("collect", "--kind", "nonsense", status=2)
    assert "nonsense" in err
    assert "daily_bars" in err
    assert not (fresh.folder / "coinbrief.db").exists()


def test_a_provider_that_cannot_be_reached_is_a_failure_of_the_command(fresh: Commands) -> None:
    fresh.config.write_text(
        '[store]\npath = "coinbrief.db"\n[market]\nsource = "token_metrics"\n'
        '[sources.token_metrics]\nbase_url = "http://127.0.0.1:9/v2"\napi_key = "tm-key"\nmax_attempts = 1\n'
        "requests_per_minute = 6000\n"
    )
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
