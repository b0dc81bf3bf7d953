"""`token`: all that is known of one asset."""

from typing import Annotated

import typer

from agent.cli.context import application


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(token)


def token(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="A symbol, a name, a CoinGecko id, a contract address, or `id:NUMBER`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show all that is known of one asset: prices, risk, grades, signals, its chain, and how good the data is."""
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console
    from agent.cli.token_view import print_token
    from agent.measuring.token import read_token

    app = application(context)
    with app.store.reader() as session:
        report = read_token(session, app.wanted(), text)
    if as_json:
        print_json(report)
    else:
        print_token(wide_console(), report)
