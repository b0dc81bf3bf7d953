"""`init` and `sandbox`: settings to start from, and the sandbox market as a server."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.context import application
from agent.errors import CoinbriefError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(sandbox)


def init(
    path: Annotated[Path, typer.Option(help="Where to write the settings.")] = Path("coinbrief.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a settings file with every option explained."""
    from config.settings import default_config_text

    if path.exists() and not force:
        raise CoinbriefError(f"{path} is there already: give --force to replace it, or another --path")
    path.write_text(default_config_text(), encoding="utf-8")
    typer.echo(f"wrote {path}; every option in it has its default, so change only what you need")


def parse_moment(text: str | None) -> datetime | None:
    """A moment given on the command line, in UTC; raises typer.BadParameter for one that cannot be read."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time; give one like 2025-10-11T06:00Z") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def sandbox(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port on 127.0.0.1.")] = 8787,
    tokens: Annotated[
        int | None, typer.Option(min=1, max=20_000, help="How many tokens the invented market has.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Which invented market.")] = None,
    now: Annotated[str | None, typer.Option(help="Hold the market at this time, e.g. 2025-10-11T06:00Z.")] = None,
    data: Annotated[Path | None, typer.Option(help="Replay this folder of CSV history instead.")] = None,
) -> None:
    """Serve the sandbox market on loopback, in the wire formats of Token Metrics and of every other provider."""
    from agent.app import utc_now
    from datasources.sandbox.history import ReplayMarket
    from datasources.sandbox.market import SandboxMarket
    from datasources.sandbox.server import DEMO_API_KEY, serve

    settings = application(context).settings.sandbox
    held = parse_moment(now) or settings.now_at
    folder = data or (Path(settings.data) if settings.data else None)
    market = (
        ReplayMarket(folder)
        if folder
        else SandboxMarket(tokens or settings.tokens, settings.seed if seed is None else seed)
    )
    typer.echo(f"sandbox at http://127.0.0.1:{port}/v2, key {DEMO_API_KEY}; stop it with Ctrl-C", err=True)
    serve(market, port=port, clock=(lambda: held) if held else utc_now, api_key=DEMO_API_KEY)
