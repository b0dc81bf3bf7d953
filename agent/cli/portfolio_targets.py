"""`portfolio targets` and `portfolio rebalance`: weights that are meant, and the trades that would restore them."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from decimal import Decimal

    from agent.measuring.target_weights import Target

targets = typer.Typer(help="The weights a portfolio is meant to have.", no_args_is_help=True)

Name = Annotated[str | None, typer.Option("--portfolio", help="Which portfolio; default: briefing.portfolio.")]
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group `portfolio`."""
    group.command()(rebalance)
    group.add_typer(targets, name="targets")


def rebalance(
    context: typer.Context,
    to: Annotated[
        str, typer.Option(help="targets, equal, cap, min-variance, max-sharpe, risk-parity or hrp.")
    ] = "targets",
    tolerance: Annotated[str, typer.Option(help="How far a holding may be off, per cent of the portfolio.")] = "0",
    minimum_trade: Annotated[str, typer.Option(help="The smallest trade, US dollars.")] = "0",
    cost_bps: Annotated[str, typer.Option(help="What a trade costs, basis points of its value.")] = "10",
    portfolio: Name = None,
    as_json: Json = False,
) -> None:
    """Show how far a portfolio is from its targets, and the trades that would restore them. Arithmetic, not advice."""
    from agent.cli.output import print_json
    from agent.cli.rebalance_view import print_rebalance
    from agent.measuring.errors import WrongArgument
    from agent.measuring.rebalance import Goal, RebalanceTerms, rebalance_analysis

    if to not in {goal.value for goal in Goal}:
        raise WrongArgument(f"--to {to!r} is none of {', '.join(Goal)}")
    terms = RebalanceTerms(
        Goal(to),
        _number("--tolerance", tolerance),
        _number("--minimum-trade", minimum_trade),
        _number("--cost-bps", cost_bps),
    )
    app = application(context)
    found = rebalance_analysis(app.store, app.wanted(portfolio), terms)
    print_json(found) if as_json else print_rebalance(found)


@targets.command("set")
def set_(
    context: typer.Context,
    weights: Annotated[list[str], typer.Argument(help="ASSET=PERCENT of each asset, together 100: BTC=60 ETH=40.")],
    portfolio: Name = None,
    as_json: Json = False,
) -> None:
    """Set the target weights of a portfolio, in place of all it had."""
    from agent.jobs.targets import set_targets

    app = application(context)
    name = portfolio or app.settings.briefing.portfolio
    app.store.upgrade()
    _print(name, set_targets(app.store, app.market_source, name, weights, app.clock()), as_json=as_json)


@targets.command()
def show(context: typer.Context, portfolio: Name = None, as_json: Json = False) -> None:
    """Show the target weights of a portfolio."""
    from agent.measuring.target_weights import read_targets

    app = application(context)
    name = portfolio or app.settings.briefing.portfolio
    with app.store.reader() as session:
        found = read_targets(session, name)
    _print(name, found, as_json=as_json)


@targets.command()
def clear(context: typer.Context, portfolio: Name = None, as_json: Json = False) -> None:
    """Forget the target weights of a portfolio."""
    from agent.cli.output import print_json
    from agent.jobs.targets import clear_targets

    app = application(context)
    name = portfolio or app.settings.briefing.portfolio
    app.store.upgrade()
    cleared = clear_targets(app.store, name, app.clock())
    if as_json:
        print_json({"portfolio": name, "cleared": cleared})
    else:
        typer.echo(f"portfolio {name!r} {'has no targets any more' if cleared else 'had no targets'}")


def _print(name: str, found: "tuple[Target, ...]", *, as_json: bool) -> None:
    from agent.cli.output import print_json
    from agent.cli.rebalance_view import print_targets

    print_json({"portfolio": name, "targets": found}) if as_json else print_targets(name, found)


def _number(option: str, text: str) -> "Decimal":
    """The exact number of an option's text; raises WrongArgument."""
    from decimal import Decimal, InvalidOperation

    from agent.measuring.errors import WrongArgument

    try:
        return Decimal(text)
    except InvalidOperation:
        raise WrongArgument(f"{option} must be a number such as 2.5, got {text[:40]!r}") from None
