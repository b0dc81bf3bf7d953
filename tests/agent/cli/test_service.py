import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from dashboard import launcher
from tests.agent.cli.commands import Commands
from tests.agent.cli.test_briefing import free_port

PROGRAM = "from agent.cli.main import main; main()"
ROOT = Path(__file__).parents[3]
OTHERS = ("binance", "coingecko", "coin_metrics", "defillama", "fear_greed", "mempool")


@contextmanager
def process(folder: Path, arguments: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A command as a process of its own, ended with the block."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=folder, env=environ, stderr=subprocess.PIPE, text=True
    )
    with running:
        try:
            yield running
        finally:
            running.kill()


def read_until(running: subprocess.Popen[str], text: str) -> str:
    """The lines of standard error up to the one that holds `text`."""
    lines = ""
    assert running.stderr is not None
    for line in running.stderr:
        lines += line
        if text in line:
            return lines
    raise AssertionError(lines)


def states(database: Path) -> dict[str, str]:
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT schedule, state FROM schedule_slot").fetchall())


def test_a_service_that_is_told_to_stop_finishes_its_job_and_ends_well(fresh: Commands) -> None:
    fresh.config.write_text(fresh.config.read_text().replace("= 120", "= 8").replace("= 40", "= 20"))
    with process(fresh.folder, ["serve"]) as running:
        read_until(running, "started")
        running.send_signal(signal.SIGTERM)
        _, rest = running.communicate(timeout=60)
    assert running.returncode == 0, rest
    assert "Traceback" not in rest
    assert states(fresh.folder / "coinbrief.db") == {"collect": "done"}
    with closing(sqlite3.connect(fresh.folder / "coinbrief.db")) as connection:
        runs = connection.execute("SELECT source, kind, status FROM collection_run").fetchall()
    assert {source for source, _, _ in runs} == {"sandbox", *(f"sandbox_{name}" for name in OTHERS)}
    assert {status for _, _, status in runs} == {"ok"}


def test_the_sandbox_answers_on_its_port_and_ends_when_told(fresh: Commands) -> None:
    port = free_port()
    with process(fresh.folder, ["sandbox", "--port", str(port), "--tokens", "20"]) as running:
        line = read_until(running, "sandbox at")
        key = line.rpartition("key ")[2].partition(";")[0]
        assert f"http://127.0.0.1:{port}/v2" in line
        url = f"http://127.0.0.1:{port}/v2/tokens?limit=100&page=1"
        answer = fetched(urllib.request.Request(url, headers={"x-api-key": key}))
        assert len(answer["data"]) == 20
        with pytest.raises(HTTPError, match="401"):
            urllib.request.urlopen(url)
        running.send_signal(signal.SIGTERM)
        _, rest = running.communicate(timeout=30)
    assert running.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in rest


def fetched(request: urllib.request.Request) -> dict[str, list[object]]:
    """The answer of a server that may still be about to listen."""
    patience = threading.Event()
    for _ in range(1000):
        try:
            with urllib.request.urlopen(request) as response:
                found: dict[str, list[object]] = json.load(response)
                return found
        except HTTPError:
            raise
        except URLError:
            patience.wait(0.02)
    raise AssertionError("the sandbox never listened")


def test_a_port_that_is_taken_is_an_error_in_words(fresh: Commands) -> None:
    import socket  # noqa: PLC0415 - only to take a port

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in fresh.bad("sandbox", "--port", port, "--tokens", "20")


def test_the_dashboard_is_started_on_the_database_of_the_settings(
    coinbrief: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[object, ...]] = []

    def run(*arguments: object) -> int:
        started.append(arguments)
        return 3

    monkeypatch.setattr(launcher, "run_dashboard", run)
    assert coinbrief("dashboard", "--port", "8601").status == 3
    path, host, port = started[0][:3]
    assert (Path(str(path)).resolve(), host, port) == (coinbrief.folder / "coinbrief.db", "127.0.0.1", 8601)
