"""`demo`: everything once, with nothing: a market, a portfolio, two briefings, files to look at."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.setup import parse_moment

if TYPE_CHECKING:
    from agent.app import Application

SAMPLE_HOLDINGS = (
    "token_id,amount\n"
    "3375,0.35\n"  # Bitcoin
    "3306,4.2\n"  # Ethereum
    "3988,60\n"  # Solana
    "3315,9000\n"  # Cardano
    "3377,35\n"  # Litecoin
    "4015,180\n"  # Avalanche
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where to keep the database and the files.")] = Path(
        "coinbrief-demo"
    ),
    data: Annotated[
        Path | None, typer.Option(help="Replay this folder of CSV history instead of an invented market.")
    ] = None,
    now: Annotated[str | None, typer.Option(help="Pretend it is this time, e.g. 2025-10-11T06:00Z.")] = None,
    tokens: Annotated[int, typer.Option(min=1, max=20_000, help="Size of the invented market.")] = 300,
) -> None:
    """Collect a market and a sample portfolio, write the briefing, print it, save HTML and mail. Needs no key."""
    from agent.cli.briefing import print_briefing
    from agent.cli.logs import set_up_logging
    from agent.jobs.saving import save_files

    set_up_logging("warning")
    app = _application(folder, data, now, tokens)
    steps: dict[str, float] = {}
    with _timed(steps, "collect the market"):
        _collect(app)
    with _timed(steps, "import the sample portfolio"):
        _import_sample(app)
    wanted = app.wanted()
    with _timed(steps, "write yesterday's briefing"):
        app.brief(app.wanted(day=wanted.day - timedelta(days=1)))
    with _timed(steps, "write today's briefing"):
        briefing = app.brief(wanted)
    print_briefing(briefing)
    with _timed(steps, "save Markdown, HTML and mail"):
        saved = list(save_files(briefing, folder, app.mail))
    _report(steps, saved, folder, briefing.facts[0].fact_id)


def _application(folder: Path, data: Path | None, now: str | None, tokens: int) -> "Application":
    """An application of its own: the settings of the folder's owner do not count."""
    from agent.app import Application, utc_now
    from agent.errors import CoinbriefError
    from config.settings import load_settings

    if data is not None and not (data / "daily-ohlcv").is_dir():
        raise CoinbriefError(f"{data} has no folder daily-ohlcv with one CSV file a coin in it")
    moment = parse_moment(now) or utc_now()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "coinbrief.toml"
    path.write_text(_settings_text(folder, data, moment.isoformat(timespec="minutes"), tokens), encoding="utf-8")
    return Application(load_settings(path, {}))


def _settings_text(folder: Path, data: Path | None, now: str, tokens: int) -> str:
    import json

    def quoted(text: object) -> str:
        return json.dumps(str(text), ensure_ascii=False)  # TOML knows no surrogate escapes

    replay = "" if data is None else f"data = {quoted(data.resolve())}\n"
    return (
        "# Written by `coinbrief demo`.\n"
        f"[store]\npath = {quoted((folder / 'coinbrief.db').resolve())}\n\n"
        '[market]\nsource = "sandbox"\n\n'
        f"[sandbox]\ntokens = {tokens}\nnow = {quoted(now)}\n{replay}"
    )


def _collect(app: "Application") -> None:
    from agent.cli.progress import progress_for_terminal
    from agent.errors import CoinbriefError

    reports = app.collect(progress_for_terminal())
    if not any(report.received for report in reports):
        raise CoinbriefError("nothing could be collected; the lines above say why")


def _import_sample(app: "Application") -> None:
    from agent.jobs.holdings import import_holdings

    import_holdings(
        app.store, app.market_source, app.settings.briefing.portfolio, SAMPLE_HOLDINGS.encode(), app.clock()
    )


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    steps[name] = time.monotonic() - started


def _report(steps: dict[str, float], saved: list[Path], folder: Path, fact_id: str) -> None:
    echo = typer.echo
    echo("\nHow long it took:")
    for name, seconds in steps.items():
        echo(f"  {seconds:5.1f} s  {name}")
    echo(f"  {sum(steps.values()):5.1f} s  in all")
    echo("\nSaved:")
    for path in saved:
        echo(f"  {path}")
    command = _command()
    config = f"{command} --config {folder / 'coinbrief.toml'}"
    echo("\nWhat to do next:")
    for arguments, what in (
        (f"{config} dashboard", "look at it in the browser"),
        (f'{config} ask "How is my portfolio?"', "ask it something"),
        (f"{config} brief --facts", "the briefing with the id of every figure"),
        (f"{config} explain {fact_id}", "trace a figure to its stored rows"),
        (f"{command} init", "settings of your own, every option explained"),
    ):
        echo(f"  {what}:\n    {arguments}")


def _command() -> str:
    """How this program was started, so that the lines above can be copied; an environment need not be active."""
    import shutil
    import sys

    started = Path(sys.argv[0])
    if shutil.which("coinbrief") == str(started) or started.name != "coinbrief":
        return "coinbrief"
    return str(started.relative_to(Path.cwd())) if started.is_relative_to(Path.cwd()) else str(started)
