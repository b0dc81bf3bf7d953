from datetime import date
from pathlib import Path

import pytest

from agent.briefing.remembered import REMEMBERED, is_real, name_of


@pytest.mark.parametrize("source", ["sandbox", "sandbox_binance"])
def test_a_day_of_an_invented_market_has_no_name(source: str) -> None:
    assert not is_real(source)
    assert name_of(date(2022, 11, 9), source) is None


@pytest.mark.parametrize("source", ["token_metrics", "binance", "replay", "replay_binance", "files"])
def test_a_day_of_the_real_market_has_its_name(source: str) -> None:
    assert name_of(date(2022, 11, 9), source) == "collapse of FTX"
    assert name_of(date(2022, 11, 10), source) is None


def test_every_name_is_one_of_the_labels_that_can_be_worded() -> None:
    page = " ".join((Path(__file__).parents[3] / "docs" / "claims.md").read_text().split())
    assert [name for name in REMEMBERED.values() if f"`{name}`" not in page] == []
