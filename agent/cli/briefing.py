"""`brief` and `explain`: write today's briefing, and trace any figure of it to its stored rows."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.app import Application
    from agent.briefing.document import Briefing


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(brief)
    app.command()(explain)


def brief(
    context: typer.Context,
    portfolio: Annotated[str | None, typer.Option(help="Whose briefing; default: briefing.portfolio.")] = None,
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="For which day; default: today.")
    ] = None,
    edition: Annotated[str, typer.Option(help="Name of the edition; each is sent once a day.")] = "daily",
    out: Annotated[Path | None, typer.Option(help="Save Markdown, HTML and .eml into this folder.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it to briefing.recipients by e-mail.")] = False,
    rebuild: Annotated[str | None, typer.Option(help="Write a stored briefing again from its own claims.")] = None,
    facts: Annotated[bool, typer.Option("--facts", help="Show the id of every figure's fact.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the briefing as JSON.")] = False,
) -> None:
    """Write the briefing, check it, store it, print it."""
    app = application(context)
    if rebuild and send:
        raise typer.BadParameter("a rebuilt briefing is shown or saved, not sent: leave out --send or --rebuild")
    app.store.upgrade()
    briefing = _rebuilt(app, rebuild) if rebuild else _written(app, portfolio, day, edition, send=send)
    folder = out or (Path(app.settings.briefing.out_dir) if app.settings.briefing.out_dir else None)
    if folder is not None:
        _save(app, briefing, folder)
    if as_json:
        from agent.briefing.archive import briefing_json

        typer.echo(briefing_json(briefing))
    else:
        print_briefing(briefing, show_facts=facts)
    if send:
        _deliver(app)


def _written(
    app: "Application", portfolio: str | None, day: datetime | None, edition: str, *, send: bool
) -> "Briefing":
    chosen: date | None = None if day is None else day.date()
    if chosen is not None and chosen > (today := app.wanted().day):
        raise typer.BadParameter(f"{chosen} has not begun; the latest day a briefing can be for is {today}")
    return app.brief(app.wanted(portfolio, chosen, edition), send=send)


def _rebuilt(app: "Application", briefing_id: str) -> "Briefing":
    from agent.briefing.archive import parse_briefing
    from agent.errors import UnknownRow
    from agent.jobs.brief import rebuild
    from agent.store.briefings import get_briefing

    with app.store.reader() as session:
        stored = get_briefing(session, briefing_id)
    if stored is None:
        raise UnknownRow(f"there is no briefing {briefing_id!r}")
    return rebuild(parse_briefing(stored.document))


def print_briefing(briefing: "Briefing", *, show_facts: bool = False) -> None:
    """The briefing on standard output, for a terminal or as plain text."""
    import sys

    from rich.console import Console

    from agent.briefing.render.terminal import render_terminal
    from agent.briefing.render.text import render_text

    if sys.stdout.isatty():
        console = Console()
        console.print(render_terminal(briefing, width=min(console.width, 100), show_facts=show_facts))
    else:
        typer.echo(render_text(briefing, show_facts=show_facts))


def _save(app: "Application", briefing: "Briefing", folder: Path) -> None:
    from agent.jobs.saving import save_files

    for path in save_files(briefing, folder, app.mail):
        typer.echo(f"saved {path}", err=True)


def _deliver(app: "Application") -> None:
    report = app.deliver()
    typer.echo(
        f"e-mail: {report.sent} sent, {report.deferred} put off, {report.dead} refused, {report.in_doubt} in doubt"
        + (
            ""
            if any((report.sent, report.deferred, report.dead, report.in_doubt))
            else " (nothing was due: see `coinbrief outbox`)"
        ),
        err=True,
    )
    if report.deferred or report.dead or report.in_doubt:
        raise typer.Exit(1)


def explain(
    context: typer.Context,
    fact_id: Annotated[str, typer.Argument(help="A fact's id, as `coinbrief brief --facts` prints it.")],
    briefing: Annotated[
        str | None, typer.Option(help="The briefing it is in; default: the latest that has it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Trace a figure: its formula and its inputs, down to the stored rows."""
    from agent.briefing.explain import explain_fact
    from agent.cli.explanation import print_explanation
    from agent.cli.output import print_json

    app = application(context)
    with app.store.reader() as session:
        found = explain_fact(session, fact_id, briefing)
    if as_json:
        print_json(found)
    else:
        print_explanation(found)
