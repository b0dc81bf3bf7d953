import pytest

from agent.jobs.feeds import Feed, feeds, price_chain
from agent.wiring import SANDBOX_PATHS
from datasources.records import DataKind
from datasources.terms import TERMS

ALL = tuple(SANDBOX_PATHS)


def used(
    market: str, enabled: tuple[str, ...] = ALL, world: str | None = None, *, commercial: bool = False
) -> list[str]:
    return [feed.name for feed in feeds(market, enabled, world=world, commercial=commercial)]


def test_the_markets_own_source_comes_first_and_the_others_add_what_it_lacks() -> None:
    assert used("token_metrics") == [
        "token_metrics", "binance", "coingecko", "coin_metrics", "defillama", "fear_greed", "mempool",
    ]  # fmt: skip
    first, *others = feeds("token_metrics", ALL, world=None, commercial=False)
    assert first == Feed("token_metrics", "token_metrics", TERMS["token_metrics"], None, secondary=False)
    assert all(feed.secondary and feed.kinds for feed in others)


def test_without_a_key_a_real_market_still_comes_from_public_sources() -> None:
    assert used("public") == ["coingecko", "binance", "coin_metrics", "defillama", "fear_greed", "mempool"]
    first = feeds("public", ALL, world=None, commercial=False)[0]
    assert first.kinds is not None
    assert {DataKind.TOP_ASSETS, DataKind.DAILY_BARS, DataKind.QUOTES} <= set(first.kinds)
    assert not first.secondary


@pytest.mark.parametrize("market", ["token_metrics", "public"])
def test_market_values_come_from_coingecko_whoever_the_market_is(market: str) -> None:
    used_feeds = feeds(market, ALL, world=None, commercial=False)
    assert [feed.name for feed in used_feeds if DataKind.MARKET_CAPS in (feed.kinds or ())] == ["coingecko"]


def test_invented_and_replayed_data_never_bear_a_providers_name() -> None:
    assert used("sandbox", world="sandbox") == [
        "sandbox", "sandbox_binance", "sandbox_coingecko", "sandbox_coin_metrics", "sandbox_defillama",
        "sandbox_fear_greed", "sandbox_mempool",
    ]  # fmt: skip
    replayed = feeds("sandbox", ALL, world="replay", commercial=False)
    assert not {feed.name for feed in replayed} & set(ALL)
    assert "replay_mempool" not in {feed.name for feed in replayed}
    assert all(feed.terms.attribution.startswith("Replayed market history") for feed in replayed)


def test_a_source_that_forbids_commercial_use_is_not_asked_for_it() -> None:
    assert "coin_metrics" not in used("token_metrics", commercial=True)
    assert "replay_coin_metrics" not in used("sandbox", world="replay", commercial=True)
    assert {"coingecko", "binance"} <= set(used("token_metrics", commercial=True))


def test_a_source_that_is_turned_off_is_left_out_unless_the_market_is_its_own() -> None:
    assert used("token_metrics", ("defillama",)) == ["token_metrics", "defillama"]
    assert used("public", ()) == ["coingecko"]


def test_files_are_the_market_alone_or_a_source_beside_another() -> None:
    (alone,) = feeds("files", ALL, world=None, commercial=False)
    assert (alone.name, alone.kinds, alone.secondary) == ("files", None, False)
    beside = feeds("public", ("files",), world=None, commercial=False)[-1]
    assert (beside.name, beside.secondary) == ("files", True)
    assert DataKind.DAILY_BARS not in (beside.kinds or ())


@pytest.mark.parametrize(
    ("market", "chain"),
    [("token_metrics", ("token_metrics", "binance", "coingecko")), ("public", ("coingecko", "binance"))],
)
def test_prices_fall_back_on_the_sources_of_daily_bars_in_their_order(market: str, chain: tuple[str, ...]) -> None:
    assert price_chain(feeds(market, ALL, world=None, commercial=False)) == chain
