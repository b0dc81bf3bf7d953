from pathlib import Path

import pytest

from agent.identity.errors import OverridesError
from agent.identity.kinds import AssetKind
from agent.identity.overrides import NO_OVERRIDES, KindOverride, SourceKey, load_overrides, parse_overrides

FILE = Path("identity.toml")
GOOD = """
[[same]]
source = "token_metrics"
id = "3375"
asset = "bitcoin"

[[same]]
source = "binance"
id = "BTCUSDT"
asset = "token_metrics:3375"

[[different]]
source = "token_metrics"
id = "42001"

[[kind]]
asset = "wrapped-bitcoin"
kind = "wrapped"
underlying = "bitcoin"

[[kind]]
asset = "token_metrics:7"
kind = "stablecoin"
"""


def test_a_good_file_is_read() -> None:
    found = parse_overrides(GOOD, FILE)
    bitcoin = SourceKey("token_metrics", "3375")
    assert found.same == {bitcoin: "bitcoin", SourceKey("binance", "BTCUSDT"): bitcoin}
    assert found.different == {SourceKey("token_metrics", "42001")}
    assert found.kinds == (
        KindOverride("wrapped-bitcoin", AssetKind.WRAPPED, "bitcoin"),
        KindOverride(SourceKey("token_metrics", "7"), AssetKind.STABLECOIN),
    )


def test_no_file_and_an_empty_file_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("# nothing\n")
    assert load_overrides(None) == load_overrides(tmp_path / "empty.toml") == NO_OVERRIDES


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[same]]\nsource = x", "line 2"),
        ("[[sme]]\nid = '1'", "no table [[sme]]"),
        ("[same]\nid = '1'", "same must be written as [[same]]"),
        ("\n\n[[different]]\nsource = 'files'", "line 3, [[different]] number 1: id is missing"),
        ("[[different]]\nsource = 'files'\nid = 7", "line 1, [[different]] number 1: id must be text in quotes"),
        ("[[different]]\nsource = 'files'\nid = '7'\nwhy = 'x'", "there is no why here"),
        ("[[different]]\nsource = 'Token Metrics'\nid = '7'", "a source's name"),
        ("[[same]]\nsource = 'files'\nid = 'x'\nasset = 'a b'", "a CoinGecko id or source:id"),
        ("[[same]]\nsource = 'files'\nid = 'x'\nasset = 'files:x'", "said to be itself"),
        ("[[same]]\nsource = 'files'\nid = 'x'\nasset = 'files:y'", "keys of one source"),
        ("[[same]]\nsource = 'sandbox'\nid = 'x'\nasset = 'coingecko:y'", "describe different markets"),
        ("[[kind]]\nasset = 'x'\nkind = 'meme'", "kind must be one of coin, stablecoin"),
        ("[[kind]]\nasset = 'x'\nkind = 'wrapped'\nunderlying = 'x'", "cannot stand for itself"),
        (GOOD + "[[different]]\nsource = 'token_metrics'\nid = '3375'", "line 24, [[different]] number 2: "),
        (GOOD + "[[same]]\nsource='token_metrics'\nid='9'\nasset='bitcoin'", "is said to be bitcoin already"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_entry(text: str, said: str) -> None:
    with pytest.raises(OverridesError) as raised:
        parse_overrides(text, FILE)
    assert said in str(raised.value)
    assert "identity.toml" in str(raised.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(OverridesError) as raised:
        parse_overrides("[[same]]\n[[different]]\nid='1'\n", FILE)
    assert len(raised.value.problems) == 4


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    for name, said in (("none.toml", "cannot be read"), ("latin.toml", "UTF-8")):
        with pytest.raises(OverridesError, match=said):
            load_overrides(tmp_path / name)
