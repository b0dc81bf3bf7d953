"""`scan`, `signals` and `grades`: find what happened to each asset, and show what was found."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.app import Application
    from agent.cli.scanning_view import ScannedDay
    from agent.jobs.scan import ScanReport

Day = Annotated[
    datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="Which day (UTC); default: the last with bars.")
]
Portfolio = Annotated[str | None, typer.Option(help="Whose holdings --held means; default: briefing.portfolio.")]
Held = Annotated[bool, typer.Option("--held", help="Only what the portfolio holds.")]
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(scan)
    app.command()(signals)
    app.command()(grades)


def day_of(day: datetime | None) -> date | None:
    """The day of an option."""
    return None if day is None else day.date()


def scan(
    context: typer.Context,
    day: Day = None,
    days: Annotated[int, typer.Option(help="So many days, up to that one.")] = 1,
    as_json: Json = False,
) -> None:
    """Find the signals and our own grades of a day in the stored data, and store them.

    A day that is scanned again gets what is found now in place of what was found then.
    """
    from agent.cli.output import print_json
    from agent.cli.scanning_view import print_scan
    from agent.cli.source_view import wide_console

    app = application(context)
    found = [_scanned(app, report) for report in app.scan(day_of(day), days)]
    if as_json:
        print_json({"source": app.market_source, "days": found})
    else:
        print_scan(wide_console(), app.market_source, found)


def _scanned(app: "Application", report: "ScanReport") -> "ScannedDay":
    from agent.cli.scanning_view import ScannedDay
    from agent.measuring.confidences import read_confidences
    from agent.measuring.signal_list import listed, tally

    with app.store.reader() as session:
        confidences = read_confidences(session, app.market_source, report.day)
        wider = listed(session, app.market_source, [row for row in report.rows if not row.asset_id])
    counts = tuple(tally(report.rows, report.known, confidences))
    return ScannedDay(report.day, report.assets, report.graded, len(report.rows), counts, wider)


def signals(
    context: typer.Context,
    asset: Annotated[
        str | None, typer.Argument(help="Only those of this asset: a symbol, a name, `id:NUMBER`.")
    ] = None,
    day: Day = None,
    name: Annotated[str | None, typer.Option(help="Only this signal, e.g. rsi_oversold.")] = None,
    family: Annotated[str | None, typer.Option(help="Only this family, e.g. momentum or onchain.")] = None,
    held: Held = False,
    live: Annotated[bool, typer.Option("--live", help="All that fired up to the day and have not expired.")] = False,
    definitions: Annotated[
        bool, typer.Option("--definitions", help="What every signal means, instead of those that fired.")
    ] = False,
    portfolio: Portfolio = None,
    every: Annotated[bool, typer.Option("--all", help="Show all, however many there are.")] = False,
    as_json: Json = False,
) -> None:
    """Show the stored signals of a day, each with its evidence, and how far its past lets it be trusted."""
    from agent.cli.output import print_json
    from agent.cli.signals_view import print_definitions, print_signals
    from agent.cli.source_view import wide_console
    from agent.measuring.signal_list import SignalChoice, definitions_of, read_signals

    choice = SignalChoice(asset, name, family, held, live)
    if definitions:
        found = definitions_of(choice)
        print_json(found) if as_json else print_definitions(wide_console(), found)
        return
    app = application(context)
    with app.store.reader() as session:
        listing = read_signals(session, app.wanted(portfolio), choice, day_of(day))
    if as_json:
        print_json(listing)
    else:
        print_signals(wide_console(), listing, every=every)


def grades(
    context: typer.Context,
    day: Day = None,
    top: Annotated[int | None, typer.Option(help="So many assets; default: 20, and all with --json.", min=1)] = None,
    sort: Annotated[str, typer.Option(help="By which grade: short, long, trader or investor.")] = "short",
    held: Held = False,
    portfolio: Portfolio = None,
    as_json: Json = False,
) -> None:
    """Show the provider's grades as they were received beside our own, and who lacks one and why."""
    from agent.cli.grades_view import SHOWN_GRADES, print_grades
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console
    from agent.measuring.grade_list import read_grades

    app = application(context)
    with app.store.reader() as session:
        found = read_grades(session, app.wanted(portfolio), day=day_of(day), sort=sort, held=held)
    if as_json:
        print_json(found if top is None else found.best(top))
    else:
        print_grades(wide_console(), found, top or SHOWN_GRADES)
