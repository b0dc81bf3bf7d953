"""Logging for the command line: one line an event on standard error, in UTC."""

import logging
import time


def set_up_logging(level: str) -> None:
    """Log from this level on; libraries that log addresses are kept to warnings."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("agent", "datasources", "config"):
        logging.getLogger(name).setLevel(level.upper())
