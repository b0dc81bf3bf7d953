"""`recall`: what earlier briefings, providers' reports and the reader's own notes say about something."""

from datetime import date, datetime
from typing import Annotated

import typer

from agent.cli.context import application


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(recall)


def recall(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help='For example: "staking rewards of solana".')],
    start: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many passages at most.")] = 8,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """Search briefings, reports and notes, and quote what is found; nothing in a quotation was checked."""
    from agent.ask.quotes import quotation
    from agent.cli.output import print_json

    found = application(context).language.recall(query, _day(start), _day(end), limit)
    if as_json:
        print_json(found)
        return
    for quote in found.quotes:
        typer.echo(quotation(quote))
    if not found.quotes:
        typer.echo("nothing was found")
    for note in found.notes:
        typer.echo(note, err=True)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
