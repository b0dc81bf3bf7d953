import json
import re
from pathlib import Path
from shutil import copyfile

import pytest

from agent.store.engine import Store
from agent.store.own_grades import own_grades_on
from agent.store.signals import signals_on
from tests.agent.cli.commands import Commands
from tests.agent.measuring.market import COINS, LAST, SOURCE
from tests.agent.measuring.opinions import ONE, scanned_template

WIDE = 112


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned_template(tmp_path_factory)


@pytest.fixture
def market(fresh: Commands, template: Path) -> Commands:
    """Settings, and a scanned market whose last close is the day before the sandbox's today."""
    database = fresh.folder / "coinbrief.db"
    copyfile(template, database)
    database.chmod(0o600)
    return fresh


def assert_readable(text: str) -> None:
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)
    assert max(map(len, text.splitlines())) <= WIDE


def test_a_scan_tells_what_fired_for_how_many_it_was_known_and_stores_it(market: Commands) -> None:
    day = LAST - 4 * ONE
    text = market.good("scan", "--day", day.isoformat())
    assert_readable(text)
    assert f"Scan of the close of {day.day} October 2025 (UTC), source: the sandbox market" in text
    assert f"{COINS + 1} assets with a bar" in text
    assert "unproven" in text
    assert "coinbrief scorecard" in text
    with Store(market.folder / "coinbrief.db").reader() as session:
        stored = signals_on(session, SOURCE, day)
        assert own_grades_on(session, SOURCE, day) is not None
    fired = {line.split()[0] for line in text.splitlines() if " unproven " in line}
    assert {row.name for row in stored} <= fired


def test_several_days_are_scanned_oldest_first_and_told_day_by_day(market: Commands) -> None:
    found = json.loads(market.good("scan", "--days", "3", "--json"))
    assert found["source"] == SOURCE
    assert [item["day"] for item in found["days"]] == [(LAST - back * ONE).isoformat() for back in (2, 1, 0)]
    last = found["days"][-1]
    assert last["graded"] == COINS - 1  # all but the coin of two weeks, which has too few parts
    tallied = {item["signal"]: item for item in last["signals"]}
    assert tallied["trader_grade_above_80"]["fired"] == 1
    assert tallied["trader_grade_above_80"]["confidence"] == {
        "value": None,
        "reason": "unproven: its past firings have not been scored",
    }
    assert last["stored"] == sum(item["fired"] for item in last["signals"])
    assert "3 days were scanned" in market.good("scan", "--days", "3")


def test_a_scan_of_a_day_without_bars_stores_nothing_and_says_what_is_possible(market: Commands) -> None:
    assert "no bars of 2020-01-01" in market.bad("scan", "--day", "2020-01-01")
    assert "not over yet" in market.bad("scan", "--day", (LAST + ONE).isoformat())
    assert "from 1 to 1,100" in market.bad("scan", "--days", "0")
    with Store(market.folder / "coinbrief.db").reader() as session:
        assert signals_on(session, SOURCE, LAST)


def test_signals_are_listed_with_evidence_confidence_and_expiry(market: Commands) -> None:
    text = market.good("signals", "C2")
    assert_readable(text)
    assert "Signals at the close of 10 October 2025 (UTC), source: the sandbox market" in text
    lines = text.splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith("trader_grade_above_80"))
    assert " ".join(lines[place].split()) == "trader_grade_above_80 up unproven 82 none 0 7 d 10 Oct 17 Oct"
    assert lines[place + 1].strip() == "trader grade 82, previous trader grade 64"
    assert "its past firings have not been scored" in text


def test_live_signals_tell_how_many_days_were_scanned(market: Commands) -> None:
    text = market.good("signals", "--live", "--held")
    assert_readable(text)
    assert "2 of the 31 days on which a live signal may have fired were scanned" in " ".join(text.split())
    found = json.loads(market.good("signals", "--live", "--held", "--json"))
    assert {item["asset_id"] for item in found["signals"]} <= {2, 14}
    assert {item["day"] for item in found["signals"]} <= {LAST.isoformat(), (LAST - ONE).isoformat()}


def test_nothing_found_is_said(market: Commands) -> None:
    assert "no signal fired" in market.good("signals", "--name", "mvrv_hot")
    assert "no signal is live" in market.good("signals", "--name", "mvrv_hot", "--live")


def test_a_long_list_is_cut_and_says_so(market: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.cli.signals_view.SHOWN_SIGNALS", 2)
    total = len(json.loads(market.good("signals", "--json"))["signals"])
    assert f"{total - 2} more; --all shows them" in market.good("signals")
    assert "--all shows them" not in market.good("signals", "--all")


def test_definitions_need_no_data(fresh: Commands) -> None:
    text = fresh.good("signals", "--definitions", "--family", "sentiment")
    assert "4 signals" in text
    assert "asset" not in text.split("extreme_fear")[0]
    assert "The fear and greed index fell to 25 or less, from above." in text
    found = json.loads(fresh.good("signals", "--definitions", "--name", "rsi_oversold", "--json"))
    assert found[0]["parameters"] == {"period": 14.0, "threshold": 30.0}


def test_grades_stand_side_by_side_and_missing_ones_have_their_reason(market: Commands) -> None:
    text = market.good("grades", "--top", "3", "--sort", "trader")
    assert_readable(text)
    rows = [line.split() for line in text.splitlines() if line.startswith(("C2 ", "C3 ", "Bitcoin "))]
    assert [row[0] for row in rows] == ["C2", "C3", "Bitcoin"]
    assert rows[0][-2:] == ["82.0", "60.0"]
    assert "71.0 (8 Oct)" in text
    words = " ".join(text.split())
    assert "trader of 10 October 2025; overall of 11 October 2025" in words
    assert "No investor, fundamental or technology grade of these assets was received" in words
    assert "it is a stablecoin, or follows another asset" in words
    assert "60% are needed; missing: momentum_90d" in words


def test_grades_as_json_are_all_of_them_unless_so_many_are_asked_for(market: Commands) -> None:
    assert len(json.loads(market.good("grades", "--json"))["assets"]) == COINS + 1
    found = json.loads(market.good("grades", "--json", "--top", "2", "--sort", "long"))
    assert [set(item["long_term"]["grade"]) for item in found["assets"]] == [{"value", "reason"}] * 2


def test_questions_that_cannot_be_meant_are_answered_with_what_can(market: Commands) -> None:
    assert "choose among short, long, trader, investor" in market.bad("grades", "--sort", "size")
    assert "choose among trend, momentum" in market.bad("signals", "--family", "stars")
    assert "coinbrief scan --day 2025-09-01" in market.bad("signals", "--day", "2025-09-01")
    assert "'empty' is empty" in market.bad("signals", "--held", "--portfolio", "empty")
    assert "no asset with prices" in market.bad("signals", "Dogwhistle")
