"""`sources` and `doctor`: how the data stands, and whether every provider can be reached with its key."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.jobs.doctor import Finding
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
    from agent.cli.source_view import print_sources, wide_console

    app = application(context)
    if quarantine:
        rows = app.quarantined()
        print_json(rows) if as_json else _print_quarantine(rows)
        return
    report = app.source_report()
    if as_json:
        print_json(report)
        return
    print_sources(wide_console(), report, app.clock())


def doctor(
    context: typer.Context,
    llm: Annotated[bool, typer.Option("--llm", help="Examine the language model instead, and remember it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check the database, and ask every source for the least there is (a credit each where credits are counted).

    With --llm the language model's server is asked a handful of short questions instead: whether it answers, obeys a
    schema, calls tools and streams. What it can do is remembered.

    Exits with status 1 if anything is wrong.
    """
    from agent.cli.output import print_json
    from agent.cli.source_view import print_findings, wide_console

    findings = _model_findings(context) if llm else application(context).examine()
    if as_json:
        print_json(findings)
    else:
        print_findings(wide_console(), findings)
    if any(finding.wrong for finding in findings):
        raise typer.Exit(1)


def _model_findings(context: typer.Context) -> "tuple[Finding, ...]":
    """What was found of each model; only one that does not answer at all is wrong, the rest is advice."""
    from agent.jobs.doctor import Finding

    return tuple(
        Finding(f"{model}: {found.check}", found.detail, wrong=report.profile is None and not found.ok)
        for model, report in application(context).language.probe()
        for found in report.findings
    )


def _print_quarantine(rows: "tuple[QuarantineRow, ...]") -> None:
    if not rows:
        typer.echo("no row was ever set aside")
    for row in rows:
        typer.echo(f"{row.last_seen_at:%Y-%m-%d %H:%M}  {row.source} {row.kind}: {row.reason} (seen {row.seen_count}x)")
        typer.echo(f"    {row.raw[:300]}")
