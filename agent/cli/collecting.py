"""`collect`: fetch what is due and what is missing, or show what would be fetched and what it costs."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from datetime import datetime

    from agent.jobs.budget import Decision


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(collect)


def collect(
    context: typer.Context,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind of data; may be given several times.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be given several times.")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be asked for and what it costs.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also what is not due yet; it costs its credits again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Collect market data: only what is due, new or missing; safe to stop and start again.

    A kind that is named is collected whether it is due or not. Exits with status 1 if nothing could be collected.
    """
    from agent.cli.output import print_json
    from agent.cli.progress import progress_for_terminal
    from agent.jobs.collection import Choice
    from datasources.records import DataKind

    app = application(context)
    _require_known("kind of data", kind or (), [item.value for item in DataKind])
    _require_known("source in use", source or (), [feed.name for feed in app.wiring.feeds])
    kinds = [DataKind(name) for name in kind] if kind else None
    choice = Choice(kinds, tuple(source or ()), due_only=not every and kinds is None)
    if plan:
        decisions = app.decisions(choice)
        print_json([_row(name, decision) for name, decision in decisions]) if as_json else _print_plan(
            decisions, app.clock()
        )
        return
    reports = app.collect(progress_for_terminal(), choice)
    if as_json:
        print_json(reports)
    elif not reports:
        typer.echo("nothing is due yet: `coinbrief sources` shows when, --all fetches it now")
    if any(report.error for report in reports) and not any(report.received for report in reports):
        raise typer.Exit(1)


def _require_known(what: str, names: "list[str] | tuple[str, ...]", known: list[str]) -> None:
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"{name!r} is no {what}; choose among {', '.join(sorted(known))}")


def _row(source: str, decision: "Decision") -> dict[str, object]:
    return {
        "source": source,
        "data": decision.task.key,
        "verb": decision.verb,
        "due": decision.due,
        "requests": decision.cost.requests,
        "exact": decision.cost.exact,
        "every_h": decision.every.total_seconds() / 3600,
        "next_at": decision.next_at,
        "note": decision.reason,
    }


def _print_plan(decisions: "tuple[tuple[str, Decision], ...]", now: "datetime") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("source", "data", "now"):
        table.add_column(name, no_wrap=True)
    table.add_column("requests", justify="right", no_wrap=True)
    table.add_column("every", no_wrap=True)
    table.add_column("next", no_wrap=True)
    table.add_column("note", overflow="fold")
    total = 0
    for source, decision in decisions:
        runs = decision.verb.value == "run"
        total += decision.cost.requests if decision.due else 0
        about = "" if decision.cost.exact else "about "
        table.add_row(
            source,
            decision.task.key.replace("_", " "),
            "yes" if decision.due else "no" if runs else "left out",
            f"{about}{decision.cost.requests:,}",
            _every(decision.every.total_seconds() / 3600) if runs else "-",
            "now" if decision.due else f"{decision.next_at:%m-%d %H:%M}" if runs else "-",
            decision.reason,
        )
    console = Console(width=None if typer.get_text_stream("stdout").isatty() else 160, emoji=False)
    console.print(table, highlight=False)
    console.print(f"\n{total:,} requests are due at {now:%Y-%m-%d %H:%M} UTC; nothing was asked.", highlight=False)


def _every(hours: float) -> str:
    return f"{hours:g} h" if hours < 48 else f"{hours / 24:g} d"
