"""`note`: what the reader wants to find again; kept in the database and searched by `recall`."""

from typing import Annotated

import typer

from agent.cli.context import application

group = typer.Typer(help="Notes of your own, which `recall` searches.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="note")


@group.command()
def add(context: typer.Context, text: Annotated[str, typer.Argument(help="What to remember.")]) -> None:
    """Write a note down."""
    from agent.errors import CoinbriefError
    from agent.store.notes import add_note

    app = application(context)
    app.store.upgrade()
    try:
        with app.store.writer() as session:
            note = add_note(session, text, app.clock())
    except ValueError as error:
        raise CoinbriefError(str(error)) from None
    typer.echo(f"wrote note {note.note_id}")


@group.command("list")
def list_all(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the notes, the newest first."""
    from agent.claims.plain_text import plain
    from agent.cli.output import print_json
    from agent.store.notes import list_notes

    app = application(context)
    app.store.upgrade()
    with app.store.reader() as session:
        notes = list_notes(session)
    if as_json:
        print_json(notes)
        return
    for note in notes:
        typer.echo(f"{note.note_id:>5}  {note.written_at:%Y-%m-%d %H:%M}  {plain(note.text)}")
    if not notes:
        typer.echo("there are no notes")


@group.command()
def remove(
    context: typer.Context, note_id: Annotated[int, typer.Argument(help="The note's number, as `list` shows it.")]
) -> None:
    """Forget a note, and all that was indexed of it."""
    from agent.jobs.index_texts import forget_note

    app = application(context)
    app.store.upgrade()
    forget_note(app.store, note_id)
    typer.echo(f"removed note {note_id}")
