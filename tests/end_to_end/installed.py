"""An installation with a collected market and a model at the loopback server, as its settings file says."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from agent.app import Application
from agent.briefing.archive import parse_briefing
from agent.briefing.document import Briefing
from agent.jobs.holdings import import_holdings
from config.settings import load_settings
from tests.agent.cli.commands import Commands
from tests.agent.jobs.world import NOW, copied
from tests.agent.llm.scripted import KEY, ScriptedServer

HOLDINGS = b"token_id,amount\n3375,0.3517\n3306,4.2193\n3988,61.83\n"
"""Amounts that nothing else in the market has."""


@dataclass
class Installed:
    """Settings, a database and a model's server; every application is made from the settings file anew."""

    commands: Commands
    server: ScriptedServer

    @property
    def database(self) -> Path:
        return self.commands.folder / "coinbrief.db"

    def configure(self, llm: str = "", more: str = "", *, base_url: str = "", timeout_s: float = 5) -> None:
        """Write the settings: the model `tiny` at the server, `llm` in its section and `more` after it."""
        url = base_url or self.server.base_url
        self.commands.configure(
            f'{more}\n[llm]\nbase_url = "{url}"\napi_key = "{KEY}"\nmodel = "tiny"\ntimeout_s = {timeout_s}\n{llm}\n'
        )

    def application(self) -> Application:
        """As another process makes it."""
        return Application(load_settings(self.commands.config, {}), lambda: NOW)

    def brief(self, edition: str = "daily") -> Briefing:
        """A briefing written by a new application."""
        app = self.application()
        return app.brief(app.wanted(edition=edition))

    def stored(self) -> tuple[Briefing, ...]:
        return tuple(parse_briefing(str(document)) for (document,) in self.rows("SELECT document FROM briefing"))

    def rows(self, query: str, *values: str) -> list[tuple[object, ...]]:
        """What the database says, asked without our code; a statement that changes something does so."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(query, values).fetchall()

    @property
    def bodies(self) -> str:
        """All that the server was sent."""
        return "\n".join(repr(seen.body) for seen in self.server.requests)


def scanned(collected_template: Path, folder: Path) -> Path:
    """A database whose last day is scanned already, with holdings of telling amounts."""
    store = copied(collected_template, folder, "coinbrief.db")
    import_holdings(store, "sandbox", "main", HOLDINGS, NOW)
    config = folder / "coinbrief.toml"
    config.write_text(
        '[store]\npath = "coinbrief.db"\n[market]\nsource = "sandbox"\nuniverse = 12\nhistory_days = 120\n'
        '[sandbox]\ntokens = 40\nnow = "2025-10-11T06:00Z"\n'
    )
    Application(load_settings(config, {}), lambda: NOW).scan()
    return store.path


def copy_database(template: Path, folder: Path) -> None:
    """Put a copy of a database where the settings of `Commands` look for it."""
    copyfile(template, folder / "coinbrief.db")
    (folder / "coinbrief.db").chmod(0o600)
