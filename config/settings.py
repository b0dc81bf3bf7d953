"""The settings of an installation.

They come from the environment (`COINBRIEF_SECTION__KEY`), else a TOML file, else the defaults, and are read by
`load_settings` alone; nothing is read at import.
"""

import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Literal

from config.errors import Problem, SettingsError
from config.loading import load
from config.model_sections import EmbeddingsSettings, LlmSettings, ModerationSettings, PrivacySettings
from config.section import Section
from config.sections import (
    BriefingSettings,
    DashboardSettings,
    LogSettings,
    MarketSettings,
    SandboxSettings,
    ScheduleSettings,
    SmtpSettings,
    SourcesSettings,
    StoreSettings,
)

__all__ = ["Problem", "Settings", "SettingsError", "default_config_text", "load_settings"]


class Settings(Section):
    """Every option, by section."""

    store: StoreSettings = StoreSettings()
    market: MarketSettings = MarketSettings()
    sources: SourcesSettings = SourcesSettings()
    sandbox: SandboxSettings = SandboxSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    briefing: BriefingSettings = BriefingSettings()
    llm: LlmSettings = LlmSettings()
    embeddings: EmbeddingsSettings = EmbeddingsSettings()
    moderation: ModerationSettings = ModerationSettings()
    privacy: PrivacySettings = PrivacySettings()
    smtp: SmtpSettings = SmtpSettings()
    dashboard: DashboardSettings = DashboardSettings()
    log: LogSettings = LogSettings()

    @property
    def market_source(self) -> Literal["token_metrics", "public", "sandbox", "files"]:
        """The source in use: `market.source`, with "auto" decided by whether Token Metrics has a key."""
        if self.market.source != "auto":
            return self.market.source
        return "token_metrics" if self.sources.token_metrics.api_key.get_secret_value() else "sandbox"


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    The file is `path`, else the one named by COINBRIEF_CONFIG, else `coinbrief.toml` in the current folder if there
    is one; without a file the defaults hold. Raises SettingsError, which lists every problem at once.
    """
    return load(Settings, path, os.environ if environ is None else environ)


def default_config_text() -> str:
    """Give the commented default file, as `coinbrief init` writes it."""
    return resources.files("config").joinpath("default.toml").read_text(encoding="utf-8")
