"""`collect`: fetch what is new and what is missing."""

from typing import Annotated

import typer

from agent.cli.context import application


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(collect)


def collect(
    context: typer.Context,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind of data; may be given several times.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Collect market data: only what is new or missing, safe to stop and start again.

    Exits with status 1 if nothing could be collected at all.
    """
    from agent.cli.output import print_json
    from agent.cli.progress import progress_for_terminal
    from datasources.records import DataKind

    known = {item.value for item in DataKind}
    for name in kind or ():
        if name not in known:
            raise typer.BadParameter(f"{name!r} is not a kind of data; choose among {', '.join(sorted(known))}")
    wanted = [DataKind(name) for name in kind] if kind else None
    reports = application(context).collect(progress_for_terminal(), wanted)
    if as_json:
        print_json(reports)
    if any(report.error for report in reports) and not any(report.received for report in reports):
        raise typer.Exit(1)
