"""`portfolio`: what is held, from a CSV file or one by one, how it is doing, and what it could be."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli import portfolio_analysis, portfolio_targets
from agent.cli.context import application

if TYPE_CHECKING:
    from agent.portfolio.holdings_csv import HoldingLine

group = typer.Typer(help="What is held: import it, add to it, show it, measure it.", no_args_is_help=True)

Name = Annotated[str | None, typer.Option("--portfolio", help="Which portfolio; default: briefing.portfolio.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    portfolio_analysis.register(group)
    portfolio_targets.register(group)
    app.add_typer(group, name="portfolio")


@group.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="CSV with the columns symbol (or token_id) and amount; cost_usd optional.")
    ],
    portfolio: Name = None,
) -> None:
    """Make a CSV file the holdings of a portfolio: all of it, or, if any line is wrong, nothing."""
    from agent.errors import CoinbriefError
    from agent.jobs.holdings import import_holdings

    app = application(context)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CoinbriefError(f"cannot read {file}: {error.strerror}") from None
    name = portfolio or app.settings.briefing.portfolio
    app.store.upgrade()
    found = import_holdings(app.store, app.market_source, name, data, app.clock())
    typer.echo(f"portfolio {name!r} now has {len(found)} holding{'s' if len(found) != 1 else ''}")


@group.command()
def add(
    context: typer.Context,
    asset: Annotated[str, typer.Argument(help="Symbol or name of the asset.")],
    amount: Annotated[str, typer.Argument(help="How much of it, e.g. 0.25.")],
    token_id: Annotated[str | None, typer.Option(help="The source's own id, where a symbol means several.")] = None,
    cost_usd: Annotated[str | None, typer.Option(help="What all of it cost, in US dollars.")] = None,
    portfolio: Name = None,
) -> None:
    """Put one holding into a portfolio, in place of what it held of that asset."""
    from agent.jobs.holdings import add_holding

    app = application(context)
    name = portfolio or app.settings.briefing.portfolio
    app.store.upgrade()
    add_holding(app.store, app.market_source, name, _line(asset, amount, token_id, cost_usd), app.clock())
    typer.echo(f"portfolio {name!r} now holds {amount} of {asset}")


@group.command()
def remove(
    context: typer.Context,
    asset: Annotated[str, typer.Argument(help="Symbol or name of the asset, or the source's own id.")],
    portfolio: Name = None,
) -> None:
    """Take one holding out of a portfolio."""
    from agent.jobs.holdings import remove_holding

    app = application(context)
    name = portfolio or app.settings.briefing.portfolio
    app.store.upgrade()
    gone = remove_holding(app.store, name, asset)
    typer.echo(f"portfolio {name!r} no longer holds {gone.name}")


def _line(asset: str, amount: str, token_id: str | None, cost_usd: str | None) -> "HoldingLine":
    """The holding as a line of a file, so that the same rules apply; raises HoldingsError."""
    import csv
    import io

    from agent.portfolio.holdings_csv import parse_holdings_csv

    cells = {"symbol": asset, "amount": amount, "token_id": token_id, "cost_usd": cost_usd}
    given = {key: value for key, value in cells.items() if value is not None}
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(given))
    writer.writeheader()
    writer.writerow(given)
    return parse_holdings_csv(buffer.getvalue().encode())[0]


@group.command()
def show(
    context: typer.Context,
    portfolio: Name = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show a portfolio: its holdings, its value and risk, and how well it is diversified."""
    from agent.cli.output import print_json
    from agent.cli.portfolio_view import portfolio_view, print_view

    app = application(context)
    view = portfolio_view(app.store, app.wanted(portfolio))
    if as_json:
        print_json(view)
    else:
        print_view(view)
