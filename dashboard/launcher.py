"""Starting the dashboard: a server on this machine alone, in the foreground, that stops when its parent is told to."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from types import FrameType

from agent.errors import CoinbriefError
from dashboard.installation import STORE_VARIABLE
from dashboard.theme import launch_options

APP = Path(__file__).with_name("app.py")
_FORWARDED = (signal.SIGTERM, signal.SIGINT)


class DashboardError(CoinbriefError):
    """The dashboard could not be started."""


def run_dashboard(store_path: Path, host: str = "127.0.0.1", port: int = 8501, config_path: Path | None = None) -> int:
    """Serve the pages until interrupted and give the server's exit code.

    The pages have no passwords: raises DashboardError for a host that is not this machine alone.
    """
    require_loopback(host)
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        command(host, port), env=_environment(store_path, config_path)
    )
    with _forwarding(process):
        code = process.wait()
    # A server that was told to stop has done what it was told.
    return 0 if -code in _FORWARDED else code


def require_loopback(host: str) -> None:
    """Raise DashboardError unless the host is this machine's own."""
    if host == "localhost":
        return
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise DashboardError(
            f"the dashboard has no passwords and serves this machine only, not {host!r}: set dashboard.host to "
            "127.0.0.1, and put a proxy that asks for a password in front of it to show it to others"
        )


def command(host: str, port: int) -> Sequence[str]:
    """The command that serves the pages."""
    return [sys.executable, "-m", "streamlit", "run", str(APP), *launch_options(host, port)]


def _environment(store_path: Path, config_path: Path | None) -> dict[str, str]:
    root = str(APP.parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    given = {**os.environ, STORE_VARIABLE: str(store_path.absolute()), "PYTHONPATH": os.pathsep.join(paths)}
    return given if config_path is None else {**given, "COINBRIEF_CONFIG": str(config_path.absolute())}


@contextmanager
def _forwarding(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass on what this process is told; its own handlers come back at the end."""

    def forward(number: int, _frame: FrameType | None) -> None:
        if process.poll() is None:
            process.send_signal(number)

    before = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
