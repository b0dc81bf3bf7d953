import pytest

from datasources.registry import PROVIDERS
from datasources.terms import TERMS, invented_terms


def test_every_provider_and_the_files_have_terms() -> None:
    assert set(TERMS) == {*PROVIDERS, "files"}


@pytest.mark.parametrize("provider", TERMS)
def test_terms_say_whom_to_name_and_what_is_known_of_the_licence(provider: str) -> None:
    terms = TERMS[provider]
    assert terms.attribution.strip()
    assert terms.licence.strip()
    assert terms.url.startswith("https://") or provider == "files"


def test_coin_metrics_is_not_for_commercial_use() -> None:
    terms = TERMS["coin_metrics"]
    assert terms.commercial_use is False
    assert "CC BY-NC 4.0" in terms.licence
    assert "Coin Metrics" in terms.attribution


def test_coingecko_is_named_in_its_own_words_with_its_own_link() -> None:
    assert TERMS["coingecko"].attribution == "Data provided by CoinGecko"
    assert TERMS["coingecko"].url == "https://www.coingecko.com"


def test_nobody_is_said_to_allow_what_they_do_not_say() -> None:
    assert [provider for provider, terms in TERMS.items() if terms.commercial_use] == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_invented_data_are_attributed_to_nobody(provider: str) -> None:
    terms = invented_terms(provider, replayed=False)
    assert terms.attribution.startswith("Invented")
    assert "Token Metrics" not in terms.attribution
    assert terms.commercial_use is True


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_replay_stays_under_the_licence_of_its_files(provider: str) -> None:
    terms = invented_terms(provider, replayed=True)
    assert terms.attribution.startswith("Replayed")
    assert terms.licence == TERMS["files"].licence
    assert not terms.commercial_use


def test_a_replay_of_coin_metrics_is_not_for_commercial_use_either() -> None:
    assert invented_terms("coin_metrics", replayed=True).commercial_use is False
