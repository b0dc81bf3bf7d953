"""Runs `send_due` in a child for each named point and kills the child there; a program of its own, with no threads.

Arguments: the server's port, then `point=database` pairs. Prints how each child ended.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from agent.delivery.email.smtp import SmtpChannel
from agent.delivery.outbox import send_due
from agent.store.engine import Store

NOW = datetime(2025, 10, 11, 7, 0, tzinfo=UTC)


def main(port: int, cases: list[str]) -> None:
    for case in cases:
        point, _, path = case.partition("=")
        child = os.fork()
        if child == 0:
            send_until(point, port, path)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(point, os.WTERMSIG(status) if os.WIFSIGNALED(status) else "finished")  # noqa: T201 # read by the test


def send_until(point: str, port: int, path: str) -> None:
    hits = []

    def faultpoint(name: str) -> None:
        hits.append(name)
        if hits.count(point) == 2:  # the second message, so that a finished one is on record
            os.kill(os.getpid(), signal.SIGKILL)

    channel = SmtpChannel("127.0.0.1", port, "none", timeout_s=5)
    send_due(Store(Path(path)), {"email": channel}, lambda: NOW, faultpoint=faultpoint)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
