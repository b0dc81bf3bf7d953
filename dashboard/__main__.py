"""`python -m dashboard DATABASE`: the pages without the command line of coinbrief."""

import argparse
import sys
from pathlib import Path

from dashboard.launcher import DashboardError, run_dashboard


def main(arguments: list[str] | None = None) -> int:
    """Serve the pages of a database until interrupted; the exit code is the server's, 2 if it was not started."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Serve the pages of a database.")
    parser.add_argument("store", type=Path, help="the database file")
    parser.add_argument("--host", default="127.0.0.1", help="an address of this machine")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--config", type=Path, default=None, help="the settings file")
    given = parser.parse_args(arguments)
    try:
        return run_dashboard(given.store, given.host, given.port, given.config)
    except DashboardError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    sys.exit(main())
