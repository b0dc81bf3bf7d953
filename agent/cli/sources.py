"""`sources` and `doctor`: how the data stands, and whether every provider can be reached with its key."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from agent.jobs.doctor import Finding
    from agent.jobs.source_report import KindState, SourceState
    from agent.store.runs import QuarantineRow


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(sources)
    app.command()(doctor)


def sources(
    context: typer.Context,
    quarantine: Annotated[bool, typer.Option("--quarantine", help="Show rows that were set aside, and why.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Show how every source stands: what came when, how old it is, what failed, what it cost, and what is next."""
    from agent.cli.output import print_json

    app = application(context)
    if quarantine:
        rows = app.quarantined()
        print_json(rows) if as_json else _print_quarantine(rows)
        return
    report = app.source_report()
    if as_json:
        print_json(report)
        return
    for state in report:
        _print_source(state, app.clock())


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check the database, and ask every source for the least there is (a credit each where credits are counted).

    Exits with status 1 if anything is wrong.
    """
    from agent.cli.output import print_json

    findings = application(context).examine()
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            _print_finding(finding)
    if any(finding.wrong for finding in findings):
        raise typer.Exit(1)


def _print_source(state: "SourceState", now: "datetime") -> None:
    from rich.table import Table

    console = _console()
    console.print(f"\n[bold]{state.source}[/bold]  {state.attribution}", highlight=False)
    console.print(f"  {_terms(state)}", highlight=False)
    console.print(f"  {_credits(state)}", highlight=False)
    table = Table(box=None, pad_edge=True, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("data", "state", "last good", "age"):
        table.add_column(name, no_wrap=True)
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column("next", no_wrap=True)
    table.add_column("why", overflow="fold")
    for kind in state.kinds:
        table.add_row(*_cells(kind, now))
    console.print(table, highlight=False)


def _cells(kind: "KindState", now: "datetime") -> tuple[str, ...]:
    name, _, tier = kind.kind.partition("/")
    return (
        name.replace("_", " ") + (f" ({tier})" if tier else ""),
        "left out" if kind.status == "deferred" else kind.status,
        f"{kind.last_success_at:%Y-%m-%d %H:%M}" if kind.last_success_at else "-",
        "-" if kind.age_h is None else _age(kind.age_h),
        "-" if kind.rows is None else f"{kind.rows:,}",
        "-" if kind.next_at is None else "now" if kind.next_at <= now else f"{kind.next_at:%m-%d %H:%M}",
        kind.error or "",
    )


def _age(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"


def _terms(state: "SourceState") -> str:
    allowed = {True: "", False: "; not for commercial use", None: ""}[state.commercial_use]
    link = f" ({state.licence_url})" if state.licence_url else ""
    return f"licence: {state.licence}{allowed if 'commercial' not in state.licence else ''}{link}"


def _credits(state: "SourceState") -> str:
    account = state.credits
    if not account.cap:
        return f"{account.used:,} requests this month, no cap; {state.requests_today:,} today"
    left = account.left or 0
    return (
        f"{account.used:,} of {account.cap:,} credits used this month, {left:,} left until "
        f"{account.start_anew_on.isoformat()}; {state.requests_today:,} requests today"
    )


def _print_quarantine(rows: "tuple[QuarantineRow, ...]") -> None:
    if not rows:
        typer.echo("no row was ever set aside")
    for row in rows:
        typer.echo(f"{row.last_seen_at:%Y-%m-%d %H:%M}  {row.source} {row.kind}: {row.reason} (seen {row.seen_count}x)")
        typer.echo(f"    {row.raw[:300]}")


def _print_finding(finding: "Finding") -> None:
    mark = "WRONG" if finding.wrong else "ok"
    typer.echo(f"{mark:<6}{finding.subject:<24}{finding.message}")


def _console() -> "Console":
    import sys

    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 160, markup=True, emoji=False)
