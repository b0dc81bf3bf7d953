"""What every command is given: the settings file, and the application once it is needed."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

    from agent.app import Application
    from config.settings import Settings


@dataclass(frozen=True)
class Context:
    """The options before the command's name."""

    config: Path | None

    @cached_property
    def settings(self) -> "Settings":
        """The settings; raises SettingsError."""
        from config.settings import load_settings

        return load_settings(self.config)

    @cached_property
    def application(self) -> "Application":
        """The wired application, logging as the settings say."""
        from agent.app import Application
        from agent.cli.logs import set_up_logging

        set_up_logging(self.settings.log.level)
        return Application(self.settings)


def application(context: "typer.Context") -> "Application":
    """The application of a command's context."""
    found = context.obj
    assert isinstance(found, Context)  # noqa: S101 - set by the callback in `main`
    return found.application
