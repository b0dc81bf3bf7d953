"""Does the service's work in children that are killed at chosen points; a program of its own, with no threads.

Reads a list of cases as JSON from standard input: `work` (collect, brief, send), `database`, `at` (the name of a fault
point, or `in`/`after` for the write numbered `number`), the sandbox's `origin` and the mail server's `port`. The first
case, `warm up`, is not killed, and the mails it queues are those that are sent. Prints how each child ended; then the
same work is done again, undisturbed and an hour later, and that is printed too.
"""

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

from sqlmodel import Session

from agent.delivery.email.smtp import SmtpChannel
from agent.delivery.outbox import send_due
from agent.jobs import deliver
from agent.jobs.brief import Scribe
from agent.jobs.collection import Choice
from agent.jobs.deliver import outgoing_mails
from agent.store.engine import Store
from datasources.records import DataKind
from tests.agent.jobs.world import NOW, Bench
from tests.agent.jobs.writing import MAIL, wanted

Faultpoint = Callable[[str], None]


KINDS = (
    DataKind.ASSETS, DataKind.TOP_ASSETS, DataKind.DAILY_BARS, DataKind.QUOTES, DataKind.TRADER_GRADES,
)  # fmt: skip


def main(cases: list[dict[str, Any]]) -> None:
    deliver.chart_png = lambda _briefing: None  # type: ignore[assignment]  # a picture takes longer than all the rest
    warm, *rest = cases
    warm_up(warm)
    for case in rest:
        if case["work"] == "send":
            copyfile(warm["database"], case["database"])  # with its briefing written and its mails queued
        print(case["at"], case["number"], in_child(lambda case=case: disturbed(case)))  # noqa: T201 - read by the test
        print("again", in_child(lambda case=case: work(case, lambda _name: None, late=True)), flush=True)  # noqa: T201 - as above


def warm_up(case: dict[str, Any]) -> None:
    """Load and build here, once, what every child would otherwise load for itself."""
    importlib.import_module("datasources.token_metrics.client")
    work(case | {"work": "brief"}, lambda _name: None)


def in_child(run: Callable[[], None]) -> str:
    child = os.fork()
    if child == 0:
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - a child may not go on as the parent
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return f"killed by {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"ended with {os.WEXITSTATUS(status)}"


def disturbed(case: dict[str, Any]) -> None:
    hits: list[str] = []

    def faultpoint(name: str) -> None:
        hits.append(name)
        if hits.count(case["at"]) == case["number"]:
            die()

    if case["at"] in {"in", "after"}:
        kill_at_write(case["number"], inside=case["at"] == "in")
    work(case, faultpoint)


def kill_at_write(number: int, *, inside: bool) -> None:
    """Die in the transaction with this number, or right after it was committed."""
    original, count = Store.writer, 0

    @contextmanager
    def writer(store: Store) -> Iterator[Session]:
        nonlocal count
        with original(store) as session:
            yield session
            count += 1
            if count == number and inside:
                die()
        if count == number:
            die()

    Store.writer = writer  # type: ignore[method-assign]  # for the rest of this child's short life


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work(case: dict[str, Any], faultpoint: Faultpoint, *, late: bool = False) -> None:
    store = Store(Path(case["database"]))
    if case["work"] == "collect":
        collect(store, case["origin"])
        return
    scribe = Scribe(store, lambda: NOW, outgoing=outgoing_mails(MAIL), faultpoint=faultpoint)
    scribe.brief(wanted())
    if case["work"] == "send":
        now = NOW + timedelta(hours=1) if late else NOW
        channel = SmtpChannel("127.0.0.1", case["port"], "none", timeout_s=5)
        send_due(store, {"email": channel}, lambda: now, faultpoint=faultpoint)


def collect(store: Store, origin: str) -> None:
    Bench(store, origin, lambda: NOW).collection().collect(Choice(kinds=KINDS))


if __name__ == "__main__":
    main(json.load(sys.stdin))
