"""`costs`: what language models cost, and what is left of each cap."""

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated

import typer

from agent.cli.context import application


class By(Enum):
    """What costs are added up by."""

    DAY = "day"
    MODEL = "model"
    PURPOSE = "purpose"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(costs)


def costs(
    context: typer.Context,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="First day (UTC); default: the first of this month."),
    ] = None,
    by: Annotated[By, typer.Option("--by", help="Add up by this.")] = By.DAY,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show the calls to language models, their tokens and cost, how they failed, and what may still be spent."""
    from agent.cli.costs_view import print_costs
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console

    found = application(context).language.costs(None if since is None else since.replace(tzinfo=UTC), by.value)
    if as_json:
        print_json(found)
    else:
        print_costs(wide_console(), found)
