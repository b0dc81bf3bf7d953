"""Which database the pages show, and what time it is for them: read from the settings of the installation."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agent.app import Application
from config.settings import load_settings

STORE_VARIABLE = "COINBRIEF_DASHBOARD_STORE"


@dataclass(frozen=True, slots=True)
class Installation:
    """The database, the sources it is filled from, whose portfolio comes first, and the time now."""

    store_path: Path
    source: str
    other_sources: tuple[str, ...]
    portfolio: str
    now: datetime


def installation(environ: Mapping[str, str] | None = None) -> Installation:
    """The installation the environment names; raises SettingsError if its settings are wrong."""
    given = dict(os.environ if environ is None else environ)
    store_path = given.pop(STORE_VARIABLE, "")
    application = Application(load_settings(environ=given))
    return Installation(
        store_path=Path(store_path) if store_path else application.settings.store.path,
        source=application.market_source,
        other_sources=application.other_sources,
        portfolio=application.settings.briefing.portfolio,
        now=application.clock(),
    )
