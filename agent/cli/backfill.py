"""`backfill`: briefings of past days, written by a batch at half the price."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.jobs.backfill import Backfill

DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(backfill)


def backfill(
    context: typer.Context,
    first: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day to hand over.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day; default: the first.")] = None,
) -> None:
    """Hand over the briefings of past days as a batch, or, without days, write those that are answered."""
    from agent.jobs.backfill import days_between
    from agent.llm.errors import LLMError

    work = application(context).language.backfill()
    try:
        if first is None:
            _finish(work)
            return
        started = work.start(days_between(first.date(), (last or first).date()))
    except LLMError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    if started is None:
        typer.echo("nothing to hand over: these days have their briefings, or no model is asked for them")
    else:
        typer.echo(f"{started.batch_id}: {len(started.days)} days handed over; run `coinbrief backfill` within a day")


def _finish(work: "Backfill") -> None:
    found = work.finish()
    for item in found:
        typer.echo(f"{item.batch_id}: {item.state}, {len(item.answered)} of {len(item.days)} days answered")
    if not found:
        typer.echo("no batch is on its way")
