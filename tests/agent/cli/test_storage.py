import csv
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from agent.store.engine import Store
from agent.store.outbox import NewMessage, claim_due, enqueue, mark_in_doubt, mark_sending
from tests.agent.cli.commands import Commands
from tests.agent.jobs.database import rows_of

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


def test_a_backup_is_the_same_database(coinbrief: Commands) -> None:
    coinbrief.good("backup", "copy.db")
    assert rows_of(coinbrief.folder / "copy.db", ()) == rows_of(coinbrief.folder / "coinbrief.db", ())


def test_an_export_runs_nothing_in_a_spreadsheet(coinbrief: Commands) -> None:
    with closing(sqlite3.connect(coinbrief.folder / "coinbrief.db")) as connection:
        connection.execute("UPDATE asset SET name = '=cmd|calc!A1' WHERE asset_id = 1")
        connection.execute("UPDATE asset SET name = '@SUM(1)' WHERE asset_id = 2")
        connection.commit()
    out = coinbrief.good("export", "out", "--table", "asset", "--table", "bar_daily")
    assert "out/asset.csv" in out
    with (coinbrief.folder / "out" / "asset.csv").open(newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert names[:2] == ["'=cmd|calc!A1", "'@SUM(1)"]
    with (coinbrief.folder / "out" / "bar_daily.csv").open() as file:
        assert sum(1 for _ in file) == 1 + 12 * 120


def test_an_export_of_everything_has_every_table(coinbrief: Commands) -> None:
    out = coinbrief.good("export", "out")
    written = {path.stem for path in (coinbrief.folder / "out").iterdir()}
    assert {"asset", "bar_daily", "grade", "holding", "briefing"} <= written
    assert "outbox" not in written
    assert len(out.splitlines()) == len(written)


def test_a_table_that_does_not_exist_is_named(coinbrief: Commands) -> None:
    assert "'gossip'" in coinbrief.bad("export", "out", "--table", "gossip")


@pytest.fixture
def doubtful(coinbrief: Commands) -> Commands:
    """One mail that went out and was never acknowledged."""
    coinbrief.good("brief")
    store = Store(coinbrief.folder / "coinbrief.db")
    with store.writer() as session:
        message = NewMessage("k", "p1-2025-10-11-daily-1", "email", "ann@example.org", "<k@x>", b"mail")
        row = enqueue(session, message, NOW)
        claim_due(session, now=NOW, lease=NOW - NOW, token="t")
        mark_sending(session, row.outbox_id, token="t", now=NOW)
        mark_in_doubt(session, row.outbox_id, token="t", now=NOW, error="no answer")
    return coinbrief


@pytest.mark.parametrize(("decision", "state"), [("--sent", "sent"), ("--again", "ready")])
def test_a_doubtful_mail_is_decided_by_a_person(doubtful: Commands, decision: str, state: str) -> None:
    assert "in_doubt" in doubtful.good("outbox", "list")
    assert f"message 1 is now {state}" in doubtful.good("outbox", "resolve", "1", decision)
    assert state in doubtful.good("outbox", "list")
    assert "not in doubt" in doubtful.bad("outbox", "resolve", "1", decision)


def test_a_decision_has_to_be_given(doubtful: Commands) -> None:
    assert "--sent" in doubtful.bad("outbox", "resolve", "1", status=2)


def test_an_empty_outbox_says_so(coinbrief: Commands) -> None:
    assert coinbrief.good("outbox", "list").strip() == "the outbox is empty"
    assert coinbrief.good("outbox", "list", "--json").strip() == "[]"
