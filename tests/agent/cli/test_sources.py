import json
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from agent.cli.source_view import print_findings, span_text, task_text, wide_console
from agent.jobs.doctor import Finding
from agent.store.engine import Store
from datasources.errors import BadPayload
from datasources.sandbox.faults import Fault, FaultKind
from datasources.sandbox.server import DEMO_API_KEY
from tests.agent.cli.commands import Commands, live_settings
from tests.agent.jobs.stores import world  # a fixture
from tests.agent.jobs.world import World

__all__ = ["world"]

KINDS = ("assets", "top_assets", "quotes", "grades", "levels")
STATE = {"kind", "status", "last_success_at", "age_h", "rows", "error_class", "error", "next_at"}
LONG = "/quote answered 500: a failure on the provider's side; try again later, and if it lasts write to the provider"


@pytest.fixture(scope="module")
def few_kinds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of `collected`; the first test that asks for it fills it."""
    return tmp_path_factory.mktemp("few-kinds") / "coinbrief.db"


@pytest.fixture
def collected(fresh: Commands, few_kinds: Path) -> Commands:
    """A few kinds of the market's own source."""
    database = fresh.folder / "coinbrief.db"
    if not few_kinds.exists():
        kinds = [part for kind in KINDS for part in ("--kind", kind)]
        fresh.good("collect", "--source", "sandbox", *kinds)
        Store(database).backup(few_kinds)
    copyfile(few_kinds, database)
    database.chmod(0o600)
    return fresh


@pytest.mark.parametrize("columns", [80, 160])
def test_no_row_of_the_table_is_broken(collected: Commands, columns: int) -> None:
    collected.patch.setattr("agent.cli.source_view.WIDTH_OF_A_FILE", columns)
    lines = collected.good("sources").splitlines()
    assert max(map(len, lines)) <= columns
    assert "data                state  last good     age    rows  next" in lines
    (assets,) = (line for line in lines if line.startswith("assets") and " ok " in line)
    assert assets.split() == ["assets", "ok", "11", "Oct", "06:00", "0", "min", "40", "in", "5", "d"]
    assert [line.split()[:1] for line in lines if line.startswith("trader grades")] == [["trader"]]
    assert lines[-1] == "It is 2025-10-11 06:00 UTC, and all times are UTC."


@pytest.mark.parametrize("columns", [80, 160])
def test_what_failed_is_said_below_its_row_letter_for_letter(collected: Commands, columns: int) -> None:
    collected.patch.setattr("agent.cli.source_view.WIDTH_OF_A_FILE", columns)
    collected.patch.setattr("datasources.token_metrics.client.TokenMetricsSource.fetch", refused)
    assert collected("collect", "--source", "sandbox", "--kind", "quotes").status == 1
    lines = collected.good("sources").splitlines()
    assert max(map(len, lines)) <= columns
    place = next(place for place, line in enumerate(lines) if line.startswith("quotes") and "failed" in line)
    told = []
    for line in lines[place + 1 :]:
        if not line.startswith("    "):
            break
        told.append(line.strip())
    assert " ".join(told).endswith("[/data][0] holds [red]x[/red]")
    assert "11 Oct 06:00" in lines[place]  # the last good one stays


def refused(source: object, _kind: object, _query: object) -> object:
    async def iterate() -> object:
        raise BadPayload("sandbox", "/quote", "the row at [/data][0] holds [red]x[/red]")
        yield

    return iterate()


def test_json_holds_everything_of_each_source_and_kind(collected: Commands) -> None:
    report = json.loads(collected.good("sources", "--json"))
    assert [item["source"] for item in report][:2] == ["sandbox", "sandbox_binance"]
    market = report[0]
    assert market["provider"] == "token_metrics"
    assert "nvented" in market["attribution"]
    assert market["credits"] == {"used": 5, "cap": 0, "left": None, "start_anew_on": "2025-11-01"}
    assert market["requests_today"] == 5
    kinds = {item["kind"]: item for item in market["kinds"]}
    assert all(item.keys() == STATE for source in report for item in source["kinds"])
    quotes, bars = kinds["quotes"], kinds["daily_bars"]
    assert (quotes["status"], quotes["rows"], quotes["age_h"], quotes["error"]) == ("ok", 12, 0.0, None)
    assert quotes["last_success_at"] == "2025-10-11T06:00:00+00:00"
    assert quotes["next_at"] == "2025-10-11T06:10:00+00:00"
    assert (bars["status"], bars["last_success_at"], bars["rows"]) == ("never", None, None)
    assert bars["next_at"] == "2025-10-11T06:00:00+00:00"


def test_credits_are_counted_against_the_month_s_cap(fresh: Commands) -> None:
    fresh.configure("monthly_credits = 50\n")
    fresh.good("collect", "--source", "sandbox", "--kind", "assets", "--kind", "top_assets", "--kind", "quotes")
    market = json.loads(fresh.good("sources", "--json"))[0]
    used = market["credits"]["used"]
    assert used > 0
    assert market["credits"] == {"used": used, "cap": 50, "left": 50 - used, "start_anew_on": "2025-11-01"}
    text = fresh.good("sources")
    assert f"{used} of 50 credits used this month, {50 - used} left until 2025-11-01" in text
    keys = [item["kind"] for item in market["kinds"]]
    assert len(keys) == len(set(keys))
    assert not {"quotes", "quotes/universe"} <= set(keys), "a kind that is split by tier has no row of its own"


def test_rows_that_were_set_aside_are_shown_with_their_reason(fresh: Commands, world: World) -> None:
    world.running.faults.add(Fault(FaultKind.NULLS, "/v2/tokens"))
    fresh.config.write_text(live_settings(world.running.origin, token_metrics=f'api_key = "{DEMO_API_KEY}"'))
    assert fresh.good("sources", "--quarantine") == "no row was ever set aside\n"
    fresh("collect", "--source", "token_metrics", "--kind", "assets")
    rows = json.loads(fresh.good("sources", "--quarantine", "--json"))
    assert rows
    assert {(row["source"], row["kind"], row["seen_count"]) for row in rows} == {("token_metrics", "assets", 1)}
    first, raw = fresh.good("sources", "--quarantine").splitlines()[:2]
    assert rows[0]["reason"] in first
    assert rows[0]["raw"].startswith(raw.strip()[:300])
    told = next(item for item in json.loads(fresh.good("sources", "--json")) if item["source"] == "token_metrics")
    assert sum(count["rows"] for count in told["set_aside_today"]) == len(rows)
    reason, count = told["set_aside_today"][0]["reason"], told["set_aside_today"][0]["rows"]
    assert f"{count} row{'s' if count > 1 else ''} of assets set aside today: {reason}" in fresh.good("sources")


def test_before_anything_is_collected_everything_is_due(fresh: Commands) -> None:
    report = json.loads(fresh.good("sources", "--json"))
    kinds = [item for source in report for item in source["kinds"]]
    assert {item["status"] for item in kinds} == {"never"}
    assert {item["next_at"] for item in kinds} == {"2025-10-11T06:00:00+00:00"}


def test_findings_are_folded_beside_their_subject(capsys: pytest.CaptureFixture[str]) -> None:
    console = wide_console()
    console.width = 60
    print_findings(console, [Finding("sandbox", LONG, wrong=True), Finding("database", "sound [red]")])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[0].startswith("WRONG  sandbox   /quote answered 500")
    assert all(line.startswith(" " * 17) for line in lines[1:-3])
    assert lines[-3] == "ok     database  sound [red]"
    assert lines[-1] == "1 of 2 findings need your attention."


def test_spans_and_tasks_are_in_words() -> None:
    assert [span_text(timedelta(minutes=minutes)) for minutes in (0, 59, 60, 47 * 60, 48 * 60, 10 * 1440)] == [
        "0 min", "59 min", "1 h", "47 h", "2 d", "10 d",
    ]  # fmt: skip
    assert task_text("daily_bars/holdings") == "daily bars, holdings"
    assert task_text("quotes") == "quotes"
