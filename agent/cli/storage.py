"""`backup`, `export` and `outbox`: the database as a whole, and the messages on their way."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.context import application

outbox = typer.Typer(help="The messages on their way to readers.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(export)
    app.add_typer(outbox, name="outbox")


def backup(context: typer.Context, target: Annotated[Path, typer.Argument(help="File to write the copy to.")]) -> None:
    """Write a checked copy of the database; it may be in use meanwhile."""
    app = application(context)
    app.store.backup(target)
    typer.echo(f"wrote {target}")


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder for one CSV file a table.")],
    table: Annotated[list[str] | None, typer.Option(help="Only this table; may be given several times.")] = None,
) -> None:
    """Export the database as CSV files; cells that a spreadsheet would run are made harmless."""
    from agent.store.export import EXPORTED, export_csv

    app = application(context)
    with app.store.reader() as session:
        counts = export_csv(session, folder, table or EXPORTED)
    for name, rows in counts.items():
        typer.echo(f"{rows:>10,}  {folder / f'{name}.csv'}")


@outbox.command("list")
def list_messages(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the latest messages and what became of them."""
    from agent.cli.output import print_json
    from agent.store.outbox import list_outbox

    app = application(context)
    with app.store.reader() as session:
        rows = list_outbox(session)
    if as_json:
        print_json([{name: getattr(row, name) for name in _SHOWN} for row in rows])
        return
    for row in rows:
        when = row.sent_at or row.next_at or row.created_at
        state = f"{row.outbox_id:>5}  {row.state:<9} {when:%Y-%m-%d %H:%M}"
        typer.echo(f"{state}  {row.recipient}  {row.briefing_id}  {row.error or ''}")
    if not rows:
        typer.echo("the outbox is empty")


_SHOWN = (
    "outbox_id",
    "key",
    "briefing_id",
    "channel",
    "recipient",
    "message_id",
    "state",
    "attempts",
    "error",
    "created_at",
    "sent_at",
)


@outbox.command()
def send(context: typer.Context) -> None:
    """Send what is due now."""
    report = application(context).deliver()
    typer.echo(f"{report.sent} sent, {report.deferred} put off, {report.dead} refused, {report.in_doubt} in doubt")


@outbox.command()
def resolve(
    context: typer.Context,
    outbox_id: Annotated[int, typer.Argument(help="The message's number, as `outbox list` shows it.")],
    sent: Annotated[bool, typer.Option("--sent/--again", help="It did arrive, or send it again.")],
) -> None:
    """Decide a message in doubt: its server took it and never answered."""
    from agent.store.outbox import resolve as decide

    app = application(context)
    with app.store.writer() as session:
        row = decide(session, outbox_id, sent=sent, now=app.wall_clock())
    typer.echo(f"message {row.outbox_id} is now {row.state}")
