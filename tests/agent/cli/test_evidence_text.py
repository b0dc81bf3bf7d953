import pytest

from agent.cli.evidence_text import evidence_text, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("close_previous_usd", "previous close"),
        ("rsi", "RSI"),
        ("active_addresses_z_previous", "previous active addresses z-score"),
        ("fear_greed", "fear and greed index"),
        ("previous_high_55_usd", "previous high 55"),
    ],
)
def test_evidence_is_named_in_words(name: str, words: str) -> None:
    assert words_of(name) == words


def test_evidence_has_the_unit_of_its_name() -> None:
    evidence = {
        "close_usd": 0.5,
        "drawdown": -0.512,
        "volume": 67_520_660.2,
        "volume_z": 3.0265,
        "altcoin_share": 0.76,
        "protocol_tvl_change_7d_previous": 0.1,
        "level_provided": 0.0,
        "ranked": 14.0,
    }
    assert evidence_text(evidence) == (
        "close $0.5000, drawdown -51.2%, volume $67.52 million, volume z-score 3.03, altcoin share 76.0%, "
        "previous protocol TVL change 7d 10.0%, level derived from the bars, ranked 14"
    )
    assert evidence_text({}) == "no evidence was stored"
