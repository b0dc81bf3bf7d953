import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from datasources.errors import Unsupported
from datasources.registry import SOURCES, open_source


def _now() -> datetime:
    return datetime(2025, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize("name", ["token_metrics", "sandbox", "replay"])
def test_one_client_speaks_for_three_sources_under_names_of_their_own(name: str) -> None:
    source = open_source(
        name,
        base_url="http://127.0.0.1/v2",
        api_key="",
        requests_per_minute=20,
        timeout_s=30,
        max_attempts=4,
        clock=_now,
    )
    assert source.name == name
    assert source.attribution


def test_invented_data_is_not_attributed_to_the_provider() -> None:
    assert set(SOURCES) == {"token_metrics", "sandbox", "replay", "files"}
    sandbox = open_source(
        "sandbox",
        base_url="http://127.0.0.1/v2",
        api_key="",
        requests_per_minute=20,
        timeout_s=1,
        max_attempts=1,
        clock=_now,
    )
    assert "Invented" in sandbox.attribution
    assert "Token Metrics" not in sandbox.attribution


def test_files_are_opened_by_their_folder(tmp_path: Path) -> None:
    assert open_source("files", root=tmp_path, now=_now).name == "files"


def test_a_name_that_is_not_registered_says_which_ones_are() -> None:
    with pytest.raises(Unsupported, match="token_metrics, sandbox, replay, files"):
        open_source("coingecko")


def test_looking_at_the_registry_imports_no_source() -> None:
    code = "import sys, datasources.registry; print([m for m in ('httpx', 'csv', 'pandas') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "[]"
