import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from email import message_from_bytes
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from agent.store.engine import Store
from agent.store.outbox import list_outbox
from agent.store.runs import RunStatus, latest_runs, list_runs
from tests.agent.delivery.smtp_server import ScriptedServer
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.world import World
from tests.agent.jobs.writing import MAIL
from tests.end_to_end.killed import KINDS

ROOT = Path(__file__).parents[2]
# Writes of a collection: 1 ends what a dead one left open, 2 notes the source; 3 to 6 are the assets (begun, stored,
# settled, ended) and 7 to 9 the ranking; 10 begins the bars, 11 stores them, 12 notes the gaps, 13 ends them; 14 to 19
# are quotes and grades; 20 packs the columns, 21 settles the credits, 22 notes how the hosts did.
COLLECT = (("in", 4), ("in", 11))
BRIEF = (("before_save", 1), ("in", 2), ("after_save", 1))
# Where the sender dies at the first of two mails; how often that one arrived; what the outbox says of both.
SEND = {
    "claimed": (1, ["sent", "sent"]),
    "before_sending": (1, ["sent", "sent"]),
    "sending": (0, ["in_doubt", "sent"]),
    "delivered": (1, ["in_doubt", "sent"]),
    "sent": (1, ["sent", "sent"]),
}


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, ScriptedServer]]:
    with ExitStack() as stack:
        yield {at: stack.enter_context(ScriptedServer()) for at in SEND}


@pytest.fixture(scope="module")
def folder(
    running_world: World,
    empty_template: Path,
    collected_template: Path,
    servers: dict[str, ScriptedServer],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Databases whose work was killed once and then done again, named by what was done and where it was killed."""
    folder = tmp_path_factory.mktemp("kills")
    origin = running_world.forget().running.origin
    warm_up = case("warm up", "never", 0, collected_template, folder)
    cases = [
        *(case("collect", at, number, empty_template, folder, origin=origin) for at, number in COLLECT),
        *(case("brief", at, number, collected_template, folder) for at, number in BRIEF),
        *(case("send", at, 1, collected_template, folder, port=server.port) for at, server in servers.items()),
    ]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("killed.py"))],
        input=json.dumps([warm_up, *cases]),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert lines[::2] == [f"{item['at']} {item['number']} killed by 9" for item in cases], done.stderr
    assert lines[1::2] == ["again ended with 0"] * len(cases), done.stderr
    return folder


def case(work: str, at: str, number: int, template: Path, folder: Path, **more: Any) -> dict[str, Any]:
    path = database(folder, work, at, number)
    copyfile(template, path)
    path.chmod(0o600)
    return {"work": work, "at": at, "number": number, "database": str(path), **more}


def database(folder: Path, work: str, at: str, number: int) -> Path:
    return folder / f"{work}-{at}-{number}.db"


@pytest.fixture(scope="module")
def undisturbed(
    running_world: World, empty_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[object, ...]]]:
    """What a collection leaves that nobody kills."""
    path = tmp_path_factory.mktemp("undisturbed") / "store.db"
    copyfile(empty_template, path)
    path.chmod(0o600)
    running_world.forget().collect(Store(path), KINDS)
    return rows_of(path)


@pytest.mark.parametrize(("at", "number"), COLLECT)
def test_a_collection_killed_at_any_write_loses_and_doubles_nothing(
    folder: Path, undisturbed: dict[str, list[tuple[object, ...]]], at: str, number: int
) -> None:
    path = database(folder, "collect", at, number)
    assert len(undisturbed["bar_daily"]) == 200
    assert rows_of(path) == undisturbed
    with Store(path).reader() as session:
        assert {run.status for run in latest_runs(session)} == {RunStatus.OK}
        assert not [run for run in list_runs(session) if run.status == RunStatus.RUNNING]


@pytest.mark.parametrize(("at", "number"), BRIEF)
def test_a_briefing_killed_anywhere_is_written_once_with_its_mails(folder: Path, at: str, number: int) -> None:
    rows = rows_of(database(folder, "brief", at, number))
    assert len(rows["briefing"]) == 1
    assert len(rows["outbox"]) == len(MAIL.recipients)
    assert rows == rows_of(database(folder, "brief", *BRIEF[0]))


@pytest.mark.parametrize("at", SEND)
def test_a_mail_is_never_sent_twice_and_what_nobody_knows_is_in_doubt(
    folder: Path, servers: dict[str, ScriptedServer], at: str
) -> None:
    arrived, states = SEND[at]
    received = Counter(message_from_bytes(mail)["To"] for mail in servers[at].mails)
    assert received == Counter({MAIL.recipients[0]: arrived, MAIL.recipients[1]: 1}) + Counter()
    with Store(database(folder, "send", at, 1)).reader() as session:
        rows = sorted(list_outbox(session), key=lambda row: row.outbox_id)
    assert [row.state for row in rows] == states
