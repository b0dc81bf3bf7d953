"""The command `coinbrief`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.cli import (
    asking,
    assets,
    backfill,
    briefing,
    collecting,
    correlation,
    costs,
    demo,
    evaluation,
    indices,
    notes,
    portfolio,
    recall,
    reports,
    scanning,
    scorecard,
    service,
    setup,
    sources,
    storage,
    token,
)
from agent.cli.context import Context
from agent.errors import CoinbriefError
from config.errors import SettingsError
from datasources.errors import SourceError

app = typer.Typer(
    name="coinbrief",
    help="An overnight crypto analyst you run yourself. Every figure it states can be traced to a stored row.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold secrets
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"coinbrief {version('coinbrief')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Settings file; default: ./coinbrief.toml if there is one.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Remember what is common to all commands."""
    context.obj = Context(config)


for module in (
    demo,
    setup,
    collecting,
    sources,
    assets,
    scanning,
    token,
    scorecard,
    correlation,
    portfolio,
    indices,
    briefing,
    asking,
    recall,
    reports,
    notes,
    costs,
    backfill,
    evaluation,
    service,
    storage,
):
    module.register(app)


def main() -> None:
    """Run a command; an error a person can act on is one message on standard error, with status 1."""
    try:
        app(prog_name="coinbrief")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except (CoinbriefError, SettingsError, SourceError) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        typer.echo(f"error: {error.filename or 'a file'}: {error.strerror or error}", err=True)
        sys.exit(1)
