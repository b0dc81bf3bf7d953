from collections.abc import Callable

import pytest

from agent.briefing.snapshot import Snapshot
from tests.agent.briefing.snapshots import Given, make_snapshot


@pytest.fixture
def snapshot_factory() -> Callable[..., Snapshot]:
    """Makes a snapshot of what `Given` names."""

    def make(**given: object) -> Snapshot:
        return make_snapshot(Given(**given))  # type: ignore[arg-type]  # checked by Given's own fields

    return make
