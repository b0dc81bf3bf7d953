"""`scorecard`: how signals and grades have done, from what was known at the time."""

from datetime import datetime
from typing import Annotated

import typer

from agent.cli.context import application


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(scorecard)


def scorecard(
    context: typer.Context,
    day: Annotated[
        datetime | None,
        typer.Option("--day", formats=["%Y-%m-%d"], help="As of which close (UTC); default: the last with bars."),
    ] = None,
    horizon: Annotated[
        int | None, typer.Option(help="Days over which to look: 1, 7 or 30; default: 7, and all with --json.")
    ] = None,
    filled_in: Annotated[
        bool,
        typer.Option(
            "--filled-in", help="Count what providers filled in later too: not point in time, and not stored."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Score every signal and grade by what followed it, and store that as the track record confidences come from."""
    from agent.analytics.confidence import HORIZONS
    from agent.cli.output import print_json
    from agent.cli.scorecard_view import DEFAULT_HORIZON, print_scorecard, scored_rows
    from agent.cli.source_view import wide_console
    from agent.measuring.errors import WrongArgument

    if horizon is not None and horizon not in HORIZONS:
        raise WrongArgument(f"nothing is scored at {horizon} days: choose among {', '.join(map(str, HORIZONS))}")
    app = application(context)
    found = app.scorecard(None if day is None else day.date(), filled_in=filled_in)
    if as_json:
        print_json(scored_rows(found, app.market_source, horizon))
    else:
        print_scorecard(wide_console(), found, app.market_source, horizon or DEFAULT_HORIZON)
