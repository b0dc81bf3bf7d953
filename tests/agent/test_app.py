import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.app import Application
from agent.errors import NotConfigured, StoreMissing
from agent.jobs.collection import Choice
from config.settings import Settings, load_settings
from datasources.records import DataKind
from tests.agent.jobs.stores import no_pictures  # a fixture
from tests.agent.jobs.world import Watcher

__all__ = ["no_pictures"]

WALL = datetime(2026, 1, 2, 23, 30, tzinfo=UTC)
New = Callable[..., Application]


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> New:
    """An application with these settings, a wall clock that stands still, and a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def new(text: str = "") -> Application:
        path = tmp_path / "coinbrief.toml"
        path.write_text(text)
        assert tomllib.loads(text) is not None
        return Application(load_settings(path, {}), lambda: WALL)

    return new


def test_nothing_is_opened_by_being_wired(application: New, tmp_path: Path) -> None:
    app = application()
    assert app.store.path.absolute() == tmp_path / "coinbrief-data" / "coinbrief.db"
    assert app.models.writer is None
    assert app.channels() == {}
    assert not app.store.path.exists()
    with pytest.raises(StoreMissing), app.store.reader():
        pass


@pytest.mark.parametrize(
    ("settings", "source"),
    [
        ("", "sandbox"),
        ('[sources.token_metrics]\napi_key = "tm-x"\n', "token_metrics"),
        ('[market]\nsource = "sandbox"\n[sources.token_metrics]\napi_key = "tm-x"\n', "sandbox"),
        ('[sandbox]\ndata = "history"\n', "replay"),
        ('[market]\nsource = "files"\n[sources.files]\npath = "history"\n', "files"),
    ],
)
def test_prices_are_stored_under_the_name_of_where_they_come_from(application: New, settings: str, source: str) -> None:
    assert application(settings).market_source == source


def test_only_a_sandbox_lives_in_a_time_of_its_own(application: New) -> None:
    held = datetime(2025, 10, 11, 6, tzinfo=UTC)
    now = '[sandbox]\nnow = "2025-10-11T06:00Z"\n'
    assert application(now).clock() == held
    assert application(f'{now}[market]\nsource = "token_metrics"\n').clock() == WALL
    assert application().clock() == WALL


def test_today_is_the_readers_day(application: New) -> None:
    assert application().wanted().day == date(2026, 1, 2)
    assert application('[schedule]\ntimezone = "Europe/Berlin"\n').wanted().day == date(2026, 1, 3)
    assert application().wanted(day=date(2025, 1, 1)).day == date(2025, 1, 1)
    assert application('[briefing]\nportfolio = "mine"\n').wanted().portfolio == "mine"


def test_history_on_disk_is_asked_for_what_the_market_lacks(application: New, tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    app = application('[sources.files]\nenabled = true\npath = "history"\n[sandbox]\ntokens = 5\n')
    assert app.other_sources == app.wanted().other_sources
    assert app.other_sources[-1] == "files"
    watcher = Watcher()
    with app.collection(watcher) as collection:
        assert [member.name for member in collection.members] == ["sandbox", *app.other_sources]
    assert app.collect(watcher, Choice([DataKind.ASSETS], ("sandbox",)))[0].received == 5


def test_what_is_needed_and_not_configured_is_named(application: New) -> None:
    app = application('[market]\nsource = "token_metrics"\n')
    with pytest.raises(NotConfigured, match=r"sources\.token_metrics\.api_key"):
        app.collect(Watcher())
    app = application("[sources.files]\nenabled = true\n[sandbox]\ntokens = 5\n")
    with pytest.raises(NotConfigured, match=r"sources\.files\.path"):
        app.collect(Watcher())
    with pytest.raises(NotConfigured, match=r"smtp\.host"):
        application().scribe(send=True)


def test_a_model_is_wired_with_its_settings(application: New) -> None:
    app = application('[llm]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "tiny"\napi_key = "sk-hidden"\n')
    assert app.models.writer is not None
    assert app.models.writer.model == "tiny"
    assert "sk-hidden" not in repr(app.models.writer) + repr(app.settings) + repr(app)


def test_the_service_runs_the_three_schedules_of_the_settings(application: New) -> None:
    service = application('[schedule]\ntimezone = "Europe/Berlin"\nbrief = "30 6 * * *"\ncatch_up_h = 5\n').service()
    assert [(item.name, item.cron) for item in service.schedules] == [
        ("collect", "20 * * * *"), ("brief", "30 6 * * *"), ("deliver", "*/5 * * * *"),
    ]  # fmt: skip
    assert service.timezone == "Europe/Berlin"
    assert service.catch_up.total_seconds() == 5 * 3600


def test_a_whole_day_of_service_leaves_a_briefing_on_disk(application: New, tmp_path: Path, no_pictures: None) -> None:
    app = application(
        '[market]\nuniverse = 3\nhistory_days = 30\n[sandbox]\ntokens = 20\nnow = "2025-10-11T08:00Z"\n'
        '[briefing]\nout_dir = "out"\n'
    )
    app.store.upgrade()
    app.service().reconcile()
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".eml", ".html", ".md"]
    assert list(tmp_path.glob("out/briefing-2025-10-11-main.*"))


def test_only_a_process_of_this_machine_that_is_gone_counts_as_dead() -> None:
    app = Application(Settings())
    host = os.uname().nodename
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert app.is_dead(f"{host}-{gone.pid}")
    assert app.is_dead(app.process_token())
    assert not app.is_dead(f"{host}-{os.getppid()}")
    assert not app.is_dead(f"elsewhere-{gone.pid}")
    assert not app.is_dead("no token of ours")
