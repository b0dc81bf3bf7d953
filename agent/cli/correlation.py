"""`correlation`: how assets move together."""

from typing import Annotated

import typer

from agent.cli.context import application


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(correlation)


def correlation(
    context: typer.Context,
    assets: Annotated[
        list[str] | None, typer.Argument(help="Symbols or names; default: what the portfolio holds.")
    ] = None,
    days: Annotated[int, typer.Option(help="Over how many daily returns, 30 to 1095.")] = 90,
    neighbours: Annotated[
        int | None, typer.Option(help="With one asset: show so many that move most and least like it.")
    ] = None,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="Also forecast the next 30 days, with how good such forecasts were.")
    ] = False,
    portfolio: Annotated[str | None, typer.Option(help="Whose holdings; default: briefing.portfolio.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show how assets move together: every pair, the average and its change, bad days, and what is alike."""
    from agent.cli.correlation_view import print_correlations, print_neighbours
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console
    from agent.measuring.correlation import measure_correlations, read_correlation_ground
    from agent.measuring.errors import WrongArgument
    from agent.measuring.neighbours import read_neighbours

    app = application(context)
    texts = assets or []
    if neighbours is not None:
        if len(texts) != 1 or forecast:
            raise WrongArgument("--neighbours needs exactly one asset, and cannot be joined with --forecast")
        with app.store.reader() as session:
            around = read_neighbours(session, app.wanted(portfolio), texts[0], count=neighbours, days=days)
        print_json(around) if as_json else print_neighbours(wide_console(), around)
        return
    with app.store.reader() as session:
        ground = read_correlation_ground(session, app.wanted(portfolio), texts, days=days, forecast=forecast)
    report = measure_correlations(ground)
    print_json(report) if as_json else print_correlations(wide_console(), report)
