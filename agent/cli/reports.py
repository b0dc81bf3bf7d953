"""`reports`: the texts that providers wrote, and how a model labelled them."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.jobs.reading import ListedReading, ListedReport, ReadingReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reports)


def reports(
    context: typer.Context,
    asset: Annotated[
        str | None,
        typer.Argument(help="A symbol, a name, a CoinGecko id, a contract address, or `id:NUMBER`; default: all."),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3_650, help="Of how many days up to today.")] = 30,
    read: Annotated[
        bool, typer.Option("--read", help="Have the newest unread ones labelled by the model now.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List providers' reports; labels are a model's own and unchecked, its quotations are copied from the report."""
    from agent.cli.output import print_json

    language = application(context).language
    made = language.read_texts() if read else None
    found = language.reports(asset, days)
    if as_json:
        print_json(found)
    else:
        for report in found:
            _print_report(report)
        if not found:
            typer.echo(_none(asset, days))
    if made is not None:
        _tell(made)


def _none(asset: str | None, days: int) -> str:
    """That there is nothing, and of what."""
    of = "" if asset is None else f" about {asset}"
    when = "from the last day" if days == 1 else f"from the last {days:,} days"
    return f"there are no reports{of} {when}"


def _print_report(report: "ListedReport") -> None:
    typer.echo(f"{report.day}  {report.source}  {report.title}")
    if report.reading is not None:
        typer.echo(f"    {_labels(report.reading)}")
        for quote in report.reading.quotes:
            typer.echo(f"    {quote}")


def _labels(reading: "ListedReading") -> str:
    if reading.tone is None:
        return f"{reading.model} gave no valid answer about this text"
    topics = f"topics {', '.join(reading.topics)}" if reading.topics else "no topic"
    return f"{topics}; tone {reading.tone} (as labelled by {reading.model}, not checked)"


def _tell(made: "ReadingReport") -> None:
    """On standard error, so that what was asked for stands alone."""
    counts = (made.read, made.unreadable, made.left)
    if any(counts) or not made.notes:
        typer.echo("{} labelled, {} without a valid answer, {} left".format(*counts), err=True)
    for note in made.notes:
        typer.echo(note, err=True)
