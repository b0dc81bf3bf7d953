"""`serve` and `dashboard`: the processes that keep running."""

from typing import Annotated

import typer

from agent.cli.context import application


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(dashboard)


def serve(context: typer.Context) -> None:
    """Collect, brief and deliver by the schedule until told to stop; a running job is finished first."""
    app = application(context)
    app.store.upgrade()
    schedule = app.settings.schedule
    typer.echo(
        f"serving: collect {schedule.collect!r}, brief {schedule.brief!r}, deliver {schedule.deliver!r} "
        f"({schedule.timezone}); stop with Ctrl-C",
        err=True,
    )
    app.service().run()


def dashboard(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="Port; default: dashboard.port.")] = None,
) -> None:
    """Show the dashboard in the browser, on this machine only."""
    from dashboard.launcher import run_dashboard

    app = application(context)
    app.store.upgrade()
    settings = app.settings.dashboard
    code = run_dashboard(app.store.path, settings.host, port or settings.port, context.obj.config)
    raise typer.Exit(code)
