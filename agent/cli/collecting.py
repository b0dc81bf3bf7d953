"""`collect`: fetch what is due and what is missing, or show what would be fetched and what it costs."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.jobs.budget import Decision
    from agent.jobs.progress import KindReport


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
    from agent.cli.source_view import print_plan, wide_console
    from agent.jobs.collection import Choice
    from datasources.records import DataKind

    app = application(context)
    _require_known("kind of data", kind or (), [item.value for item in DataKind])
    _require_known("source in use", source or (), [feed.name for feed in app.wiring.feeds])
    kinds = [DataKind(name) for name in kind] if kind else None
    choice = Choice(kinds, tuple(source or ()), due_only=not every and kinds is None)
    if plan:
        decisions = app.decisions(choice)
        if as_json:
            print_json([_row(name, decision, due_only=choice.due_only) for name, decision in decisions])
        else:
            print_plan(wide_console(), decisions, app.clock(), due_only=choice.due_only)
        return
    reports = app.collect(progress_for_terminal(), choice)
    if as_json:
        print_json(reports)
    elif not reports:
        typer.echo("nothing is due yet: `coinbrief sources` shows when, --all fetches it now")
    if reports and not _brought_something(reports):
        raise typer.Exit(1)


def _brought_something(reports: "tuple[KindReport, ...]") -> bool:
    """Whether anything came of what was tried; rows that needed no request do not make up for their source's errors."""
    failing = {report.source for report in reports if report.error and report.status.value != "deferred"}
    return not failing or any(
        report.received and (report.requests or report.source not in failing) for report in reports
    )


def _require_known(what: str, names: "list[str] | tuple[str, ...]", known: list[str]) -> None:
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"{name!r} is no {what}; choose among {', '.join(sorted(known))}")


def _row(source: str, decision: "Decision", *, due_only: bool) -> dict[str, object]:
    from agent.cli.source_view import is_run_now

    return {
        "source": source,
        "data": decision.task.key,
        "verb": decision.verb,
        "now": is_run_now(decision, due_only=due_only),
        "due": decision.due,
        "requests": decision.cost.requests,
        "exact": decision.cost.exact,
        "every_h": decision.every.total_seconds() / 3600,
        "next_at": decision.next_at,
        "note": decision.reason,
    }
