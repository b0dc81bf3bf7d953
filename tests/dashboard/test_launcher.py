"""The dashboard serves this machine only, quietly, and in our colours."""

import signal
import sys
from pathlib import Path

import pytest

from dashboard import __main__, launcher, theme
from dashboard.installation import STORE_VARIABLE, installation


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.test", ""])
def test_a_host_that_others_could_reach_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(launcher.DashboardError, match="no passwords and serves this machine only"):
        launcher.run_dashboard(tmp_path / "coinbrief.db", host, 8501)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_is_accepted(host: str) -> None:
    launcher.require_loopback(host)


def test_the_command_names_the_host_and_hides_what_strangers_need_not_know() -> None:
    given = launcher.command("127.0.0.1", 8600)
    assert given[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert Path(given[4]).is_file()
    for option in (
        "--server.address=127.0.0.1",
        "--server.port=8600",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--client.toolbarMode=minimal",
    ):
        assert option in given


def test_every_option_is_one_that_streamlit_knows() -> None:
    from streamlit import config  # noqa: PLC0415 - slow to load

    known = set(config.get_config_options())
    assert [option for option in theme.launch_options() if option[2:].partition("=")[0] not in known] == []


def test_no_font_or_picture_comes_from_elsewhere() -> None:
    assert not any("http" in option for option in theme.launch_options())


def stand_in(tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process in place of the server."""
    script = tmp_path / "server.py"
    script.write_text(code)
    monkeypatch.setattr(launcher, "command", lambda _host, _port: [sys.executable, str(script)])


def test_the_server_learns_its_database_and_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import os, pathlib\n"
        f"text = os.environ['{STORE_VARIABLE}'] + '|' + os.environ['COINBRIEF_CONFIG']\n"
        f"pathlib.Path({str(tmp_path / 'seen')!r}).write_text(text)\n"
        "raise SystemExit(3)\n"
    )
    stand_in(tmp_path, code, monkeypatch)
    store, config = tmp_path / "coinbrief.db", tmp_path / "coinbrief.toml"
    assert launcher.run_dashboard(store, config_path=config) == 3
    assert (tmp_path / "seen").read_text() == f"{store}|{config}"


def test_being_told_to_stop_is_passed_on_and_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import os, signal\nos.kill(os.getppid(), signal.SIGTERM)\nsignal.pause()\n"
    stand_in(tmp_path, code, monkeypatch)
    before = signal.getsignal(signal.SIGTERM)
    assert launcher.run_dashboard(tmp_path / "coinbrief.db") == 0
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_command_line_says_why_it_did_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        __main__.main([str(tmp_path / "coinbrief.db"), "--host", "0.0.0.0"])
    assert stopped.value.code == 2
    assert "serves this machine only" in capsys.readouterr().err


def test_the_database_of_the_launcher_comes_before_that_of_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "coinbrief.toml"
    config.write_text('[store]\npath = "other.db"\n')
    given = installation({"COINBRIEF_CONFIG": str(config), STORE_VARIABLE: "/data/this.db"})
    assert given.store_path == Path("/data/this.db")
    assert installation({"COINBRIEF_CONFIG": str(config)}).store_path == tmp_path / "other.db"
    assert given.source == "sandbox"
