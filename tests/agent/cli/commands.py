"""Runs commands as `coinbrief` does, in this process: the same entry point, its output and its status."""

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer.main

from agent.cli.main import app, main

LIVE_PATHS = {
    "token_metrics": "/v2",
    "coingecko": "/coingecko/api/v3",
    "binance": "/binance",
    "coin_metrics": "/v4",
    "defillama": "/llama/api",
    "fear_greed": "",
    "mempool": "/mempool/api",
}
PACKAGES = ("", "agent", "datasources", "config")
COMMAND = typer.main.get_command(app)  # reading the signatures of all commands takes longer than most of them


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit status and what it wrote."""

    status: int
    out: str
    err: str


@dataclass
class Commands:
    """Runs commands with one settings file, from a folder of its own."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    @property
    def config(self) -> Path:
        return self.folder / "coinbrief.toml"

    def configure(self, text: str = "", environ: Mapping[str, str] | None = None) -> None:
        """Write the settings: a small sandbox held at one moment, and whatever is given besides."""
        self.config.write_text(
            '[store]\npath = "coinbrief.db"\n[market]\nsource = "sandbox"\nuniverse = 12\nhistory_days = 120\n'
            f'[sandbox]\ntokens = 40\nnow = "2025-10-11T06:00Z"\n{text}'
        )
        for name, value in (environ or {}).items():
            self.patch.setenv(name, value)

    def __call__(self, *arguments: str) -> Outcome:
        """Run `coinbrief ...` with the settings of this folder."""
        self.capture.readouterr()
        levels = {name: logging.getLogger(name).level for name in PACKAGES}
        handlers = logging.getLogger().handlers[:]
        self.patch.setattr(sys, "argv", ["coinbrief", *arguments])
        self.patch.setattr(typer.main, "get_command", lambda _app: COMMAND)
        self.patch.chdir(self.folder)
        status = 0
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        finally:
            logging.getLogger().handlers[:] = handlers
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
        captured = self.capture.readouterr()
        return Outcome(status, captured.out, captured.err)

    def good(self, *arguments: str) -> str:
        """Run a command that is to succeed and give what it printed."""
        outcome = self(*arguments)
        assert outcome.status == 0, outcome
        return outcome.out

    def bad(self, *arguments: str, status: int = 1) -> str:
        """Run a command that is to fail in words and give them."""
        outcome = self(*arguments)
        assert outcome.status == status, outcome
        assert "Traceback" not in outcome.err + outcome.out
        assert outcome.err
        return outcome.err


def live_settings(origin: str, *, source: str = "token_metrics", **sections: str) -> str:
    """Settings for the real market, every provider of which is at `origin`; `sections` adds options to a provider."""
    text = f'[store]\npath = "coinbrief.db"\n[market]\nsource = "{source}"\nuniverse = 3\nhistory_days = 40\n'
    for name, path in LIVE_PATHS.items():
        text += f'[sources.{name}]\nbase_url = "{origin}{path}"\nrequests_per_minute = 6000\nmax_attempts = 1\n'
        if name == "defillama":
            text += f'stablecoins_url = "{origin}/llama/stablecoins"\ncoins_url = "{origin}/llama/coins"\n'
        text += sections.get(name, "") + "\n"
    return text
