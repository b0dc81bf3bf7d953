from pathlib import Path
from shutil import copyfile

import pytest

from agent.errors import UnknownRow
from agent.jobs.targets import clear_targets, set_targets
from agent.measuring.errors import AssetNotFound, MeasuringError
from agent.measuring.target_weights import Target, read_targets
from agent.store.engine import Store
from tests.agent.measuring.held_market import held_market
from tests.agent.measuring.market import NOW, SOURCE


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Store:
    path = tmp_path / "targets.db"
    copyfile(held_market(tmp_path_factory.getbasetemp() / "held-market").path, path)
    path.chmod(0o600)
    return Store(path)


def stored(store: Store, name: str = "plain") -> tuple[Target, ...]:
    with store.reader() as session:
        return read_targets(session, name)


def test_targets_take_the_place_of_all_there_were(store: Store) -> None:
    found = set_targets(store, SOURCE, "plain", ["C2=33.3", "Coin 7=0.05%", "BTC=66.65"], NOW)
    assert found == stored(store)
    shown = [(each.name, round(each.weight_pct, 9)) for each in found]
    assert shown == [("Bitcoin", 66.65), ("C2", 33.3), ("C7", 0.05)]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["BTC=50", "C2=49.99"], "these sum to 99.99"),
        (["BTC=50", "Bitcoin=50"], "a target already"),
        (["BTC=120", "C2=-20"], "negative"),
        (["BTC=100", "C2=0"], "zero"),
        (["BTC"], "not a target"),
        (["=100"], "not a target"),
        (["BTC=all"], "not a number"),
        ([], "these sum to 0"),
    ],
)
def test_wrong_targets_are_named_and_nothing_is_stored(store: Store, texts: list[str], said: str) -> None:
    before = stored(store)
    with pytest.raises(MeasuringError, match=said):
        set_targets(store, SOURCE, "plain", texts, NOW)
    assert stored(store) == before


def test_an_unknown_asset_or_portfolio_is_named(store: Store) -> None:
    with pytest.raises(AssetNotFound, match="NOSUCH"):
        set_targets(store, SOURCE, "plain", ["NOSUCH=100"], NOW)
    with pytest.raises(UnknownRow, match="nobody"):
        set_targets(store, SOURCE, "nobody", ["BTC=100"], NOW)


def test_targets_are_cleared_once(store: Store) -> None:
    assert clear_targets(store, "plain", NOW)
    assert stored(store) == ()
    assert not clear_targets(store, "plain", NOW)
