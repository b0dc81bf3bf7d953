"""`portfolio frontier`, `portfolio what-if` and `portfolio stress`: what a portfolio could be, and could meet."""

from datetime import date, datetime
from typing import Annotated

import typer

from agent.cli.context import application

Name = Annotated[str | None, typer.Option("--portfolio", help="Which portfolio; default: briefing.portfolio.")]
Json = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
Texts = list[str] | None


def register(group: typer.Typer) -> None:
    """Add the commands to the group `portfolio`."""
    group.command()(frontier)
    group.command("what-if")(what_if)
    group.command()(stress)


def frontier(
    context: typer.Context,
    estimator: Annotated[str, typer.Option(help="Of the covariance: sample, ledoit_wolf or ewma.")] = "ledoit_wolf",
    max_weight: Annotated[float, typer.Option(help="The most weight of one holding, per cent.")] = 100.0,
    days: Annotated[int, typer.Option(help="How many days of returns the weights are found on.")] = 365,
    walk_forward: Annotated[
        bool, typer.Option("--walk-forward", help="Compare out of sample too, after costs.")
    ] = False,
    cost_bps: Annotated[float, typer.Option(help="What a trade of the walk costs, basis points of its value.")] = 10.0,
    portfolio: Name = None,
    as_json: Json = False,
) -> None:
    """Show the distance from the efficient frontier, and other weightings of what is held."""
    from agent.analytics.optimize.covariance import Kind
    from agent.cli.frontier_view import print_frontier
    from agent.cli.output import print_json
    from agent.measuring.errors import WrongArgument
    from agent.measuring.weighing import Terms, frontier_analysis

    if estimator not in {kind.value for kind in Kind}:
        raise WrongArgument(f"--estimator {estimator!r} is none of {', '.join(Kind)}")
    app = application(context)
    terms = Terms(Kind(estimator), max_weight, days, walk_forward, cost_bps)
    found = frontier_analysis(app.store, app.wanted(portfolio), terms)
    print_json(found) if as_json else print_frontier(found)


def what_if(
    context: typer.Context,
    add: Annotated[
        Texts, typer.Option(help="ASSET=AMOUNT, 'ASSET=$USD' or ASSET=PERCENT% of what is not held; repeatable.")
    ] = None,
    drop: Annotated[Texts, typer.Option(help="An asset that is held; repeatable.")] = None,
    resize: Annotated[Texts, typer.Option(help="The new size of what is held, as for --add; repeatable.")] = None,
    portfolio: Name = None,
    as_json: Json = False,
) -> None:
    """Compare a portfolio before and after holdings are dropped, resized and added, in this order.

    The money comes from outside and goes there: nothing else is bought or sold. A share in per cent is the one it has
    once it is changed.
    """
    from agent.cli.output import print_json
    from agent.cli.what_if_view import print_what_if
    from agent.measuring.changes import Wishes, what_if_analysis

    app = application(context)
    wishes = Wishes(tuple(add or ()), tuple(drop or ()), tuple(resize or ()))
    found = what_if_analysis(app.store, app.wanted(portfolio), wishes)
    print_json(found) if as_json else print_what_if(found)


def stress(
    context: typer.Context,
    shock: Annotated[float, typer.Option(help="A fall of Bitcoin in one day, per cent.")] = -30.0,
    day: Annotated[Texts, typer.Option(help="A day of the stored history, such as 2022-11-09; repeatable.")] = None,
    portfolio: Name = None,
    as_json: Json = False,
) -> None:
    """Put a portfolio through a fall of Bitcoin and through bad days of the stored history."""
    from agent.cli.output import print_json
    from agent.cli.stress_view import print_stress
    from agent.measuring.stress import stress_analysis

    app = application(context)
    found = stress_analysis(app.store, app.wanted(portfolio), shock, [_day(text) for text in day or ()])
    print_json(found) if as_json else print_stress(found)


def _day(text: str) -> date:
    """The day of a text; raises WrongArgument."""
    from agent.measuring.errors import WrongArgument

    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        raise WrongArgument(f"--day must be a day such as 2022-11-09, got {text[:40]!r}") from None
