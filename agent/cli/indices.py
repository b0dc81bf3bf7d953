"""`index`: indices of our own by a rule, and those of providers."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.app import Application
    from agent.measuring.ground import Scope

group = typer.Typer(help="Indices: make one by a rule, track it, compare it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="index")


@group.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens, e.g. top-10.")],
    universe: Annotated[
        int | None, typer.Option(help="Hold so many of the largest coins; default: 10.", show_default=False)
    ] = None,
    category: Annotated[str | None, typer.Option(help="Only coins of this category, e.g. layer-1.")] = None,
    assets: Annotated[str | None, typer.Option(help="Hold these assets instead, e.g. BTC,ETH.")] = None,
    weighting: Annotated[str, typer.Option(help="equal, cap, sqrt_cap or inverse_volatility.")] = "equal",
    rebalance: Annotated[str, typer.Option(help="weekly, monthly, quarterly or never.")] = "monthly",
    cap: Annotated[float | None, typer.Option(help="The most that one asset may weigh, in per cent.")] = None,
    cost_bps: Annotated[float, typer.Option(help="What each US dollar traded costs, in basis points.")] = 10.0,
    start: Annotated[str | None, typer.Option(help="First day, e.g. 2025-01-31; default: a year back at most.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an index by a rule and track it up to the last close."""
    from agent.cli.indices_view import print_tracked
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console
    from agent.jobs.own_indices import create_index
    from agent.measuring.index_wishes import IndexWish

    app = application(context)
    listed = tuple(text.strip() for text in (assets or "").split(",") if text.strip())
    wish = IndexWish(name, universe, category, listed, weighting, rebalance, cap, cost_bps, start)
    app.store.upgrade()
    report = create_index(app.store, _scope(app), app.clock, wish)
    print_json(report) if as_json else print_tracked(wide_console(), [report])


@group.command("list")
def list_them(context: typer.Context, as_json: AsJson = False) -> None:
    """List the indices: our own as they were last tracked, and those of providers."""
    from agent.cli.indices_view import print_index_list
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console
    from agent.measuring.index_list import list_all_indices

    app = application(context)
    scope = _scope(app)
    with app.store.reader() as session:
        found = list_all_indices(session, scope)
    print_json(found) if as_json else print_index_list(wide_console(), found)


@group.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of an index of ours, or the name, key or ticker of another.")],
    as_json: AsJson = False,
) -> None:
    """Show an index: its level, changes and risk, what it holds since when, and Bitcoin beside it."""
    from agent.cli.indices_view import print_own_index, print_provided_index
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console
    from agent.measuring.index_list import provided_index_report
    from agent.measuring.indices import own_index_report
    from agent.store.own_indices import index_rules

    app = application(context)
    scope = _scope(app)
    with app.store.reader() as session:
        ours = name in {row.name for row in index_rules(session)}
        theirs = None if ours else provided_index_report(session, scope, name)
    if theirs is not None:
        print_json(theirs) if as_json else print_provided_index(wide_console(), theirs)
        return
    report = own_index_report(app.store, scope, name)
    print_json(report) if as_json else print_own_index(wide_console(), report)


@group.command()
def track(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which index of ours; default: all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Track our indices anew up to the last close, and store their levels and holdings."""
    from agent.cli.indices_view import print_tracked
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console
    from agent.jobs.own_indices import track_indices

    app = application(context)
    reports = track_indices(app.store, _scope(app), app.clock, [name] if name else [])
    print_json(reports) if as_json else print_tracked(wide_console(), reports)


@group.command()
def delete(context: typer.Context, name: Annotated[str, typer.Argument(help="Which index of ours.")]) -> None:
    """Forget an index of ours: its rule and everything stored of it."""
    from agent.jobs.own_indices import remove_index

    remove_index(application(context).store, name)
    typer.echo(f"the index {name!r} is deleted")


def _scope(app: "Application") -> "Scope":
    from agent.measuring.indices import index_scope

    with app.store.reader() as session:
        return index_scope(session, app.wanted())
