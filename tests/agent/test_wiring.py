"""Settings in, sources out: which are in use, in which order, with what, and what is never shown of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.app import Application
from agent.errors import CoinbriefError, NotConfigured
from config.settings import load_settings
from datasources.sandbox.history import ReplayMarket
from tests.agent.jobs.world import Watcher

NOW = datetime(2025, 10, 11, 6, tzinfo=UTC)
KEY, GECKO_KEY = "tm-hidden-0123456789", "CG-hidden-0123456789"
KEYED = f'[sources.token_metrics]\napi_key = "{KEY}"\n'
OTHERS = ["binance", "coingecko", "coin_metrics", "defillama", "fear_greed", "mempool"]
PUBLIC = ["coingecko", "binance", "coin_metrics", "defillama", "fear_greed", "mempool"]
REPLAYED = ["replay", *(f"replay_{name}" for name in OTHERS if name != "mempool")]
New = Callable[..., Application]


@pytest.fixture
def application(tmp_path: Path) -> New:
    """An application with these settings and a folder of its own."""

    def new(text: str = "") -> Application:
        path = tmp_path / "coinbrief.toml"
        path.write_text(f'[store]\npath = "coinbrief.db"\n{text}')
        return Application(load_settings(path, {}), lambda: NOW)

    return new


def names(app: Application) -> list[str]:
    return [feed.name for feed in app.wiring.feeds]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ["sandbox", *(f"sandbox_{name}" for name in OTHERS)]),
        (KEYED, ["token_metrics", *OTHERS]),
        ('[market]\nsource = "token_metrics"\n', ["token_metrics", *OTHERS]),
        ('[market]\nsource = "public"\n', PUBLIC),
        (f'[market]\nsource = "public"\n{KEYED}', PUBLIC),
        (f'[market]\nsource = "sandbox"\n{KEYED}', ["sandbox", *(f"sandbox_{name}" for name in OTHERS)]),
        ('[sandbox]\ndata = "history"\n', REPLAYED),
        ('[market]\nsource = "files"\n[sources.files]\npath = "history"\n', ["files"]),
    ],
    ids=["auto without a key", "auto with a key", "token_metrics", "public", "public with a key", "sandbox", "replay",
         "files"],
)  # fmt: skip
def test_each_market_has_its_sources_in_order(application: New, settings: str, expected: list[str]) -> None:
    app = application(settings)
    assert names(app) == expected
    assert app.market_source == expected[0]
    assert app.other_sources == tuple(expected[1:])


@pytest.mark.parametrize(
    ("settings", "chain"),
    [
        (KEYED, ("token_metrics", "binance", "coingecko")),
        ('[market]\nsource = "public"\n', ("coingecko", "binance")),
        ("[sources.binance]\nenabled = false\n", ("sandbox", "sandbox_coingecko")),
    ],
)
def test_prices_fall_back_on_the_sources_that_have_daily_bars(
    application: New, settings: str, chain: tuple[str, ...]
) -> None:
    assert application(settings).wiring.price_chain == chain


def test_commercial_use_leaves_out_what_may_not_be_used_so(application: New) -> None:
    market = "[market]\ncommercial_use = true\n"
    assert names(application(market + KEYED)) == ["token_metrics", *(name for name in OTHERS if name != "coin_metrics")]
    replay = names(application(f'{market}[sandbox]\ndata = "history"\n'))
    assert "coin_metrics" not in replay
    # Nobody's licence is touched by invented data, but what is not allowed live is not rehearsed either.
    assert "sandbox_coin_metrics" not in names(application(market))


def test_what_is_switched_off_is_not_asked_unless_it_is_the_market_s_own(application: New) -> None:
    off = "".join(f"[sources.{name}]\nenabled = false\n" for name in ("binance", "defillama", "coingecko"))
    assert names(application(KEYED + off)) == ["token_metrics", "coin_metrics", "fear_greed", "mempool"]
    assert names(application(f'[market]\nsource = "public"\n{off}')) == [
        "coingecko", "coin_metrics", "fear_greed", "mempool",
    ]  # fmt: skip


def test_invented_and_replayed_data_are_under_terms_of_their_own(application: New) -> None:
    assert {feed.terms.attribution for feed in application().wiring.feeds} == {
        "Invented market data of the coinbrief sandbox"
    }
    replayed = {feed.provider: feed.terms for feed in application('[sandbox]\ndata = "history"\n').wiring.feeds}
    assert replayed["coin_metrics"].commercial_use is False
    assert "Coin Metrics" in application(KEYED).wiring.feeds[3].terms.attribution


def test_credits_are_those_of_the_world_that_is_asked(application: New) -> None:
    live = application(f"{KEYED}monthly_credits = 500\ncredits_reset_on_day = 5\n").wiring
    assert [live.monthly_credits(feed) for feed in live.feeds] == [500, 0, 10_000, 0, 0, 0, 0]
    assert live.reset_day(live.feeds[0]) == 5
    sandbox = application("[sandbox]\nmonthly_credits = 50\n").wiring
    assert [sandbox.monthly_credits(feed) for feed in sandbox.feeds] == [50, 0, 0, 0, 0, 0, 0]
    files = application('[market]\nsource = "files"\n[sources.files]\npath = "history"\n').wiring
    assert (files.monthly_credits(files.feeds[0]), files.reset_day(files.feeds[0])) == (0, 1)


def test_every_source_is_opened_at_its_place_in_the_sandbox(application: New) -> None:
    app = application("[sandbox]\ntokens = 20\n")
    described = app.wiring.described()
    assert described is not None
    opened = [app.wiring.open(feed, described) for feed in app.wiring.feeds]
    assert [source.name for source in opened] == names(app)
    assert all(source.capabilities for source in opened)
    assert application(KEYED).wiring.described() is None


def test_a_sandbox_runs_as_long_as_it_is_in_use(application: New) -> None:
    app = application("[sandbox]\ntokens = 20\n")
    with app.collection(Watcher()) as collection:
        assert [member.name for member in collection.members] == names(app)
    with application(KEYED).wiring.sandbox() as embedded:
        assert embedded is None


def test_a_replay_is_wired_to_its_folder(application: New, tmp_path: Path) -> None:
    (tmp_path / "history" / "daily-ohlcv").mkdir(parents=True)
    path = tmp_path / "history" / "daily-ohlcv" / "BTC.csv"
    path.write_text("date,open,high,low,close,turnover_usd\n2025-10-10,1,2,1,2,100\n")
    market = application('[sandbox]\ndata = "history"\n').sandbox_market()
    assert isinstance(market, ReplayMarket)


def test_a_missing_key_and_a_missing_folder_name_their_setting(application: New) -> None:
    app = application('[market]\nsource = "token_metrics"\n')
    with pytest.raises(NotConfigured, match=r"sources\.token_metrics\.api_key"):
        app.wiring.open(app.wiring.feeds[0], None)
    app = application("[sources.files]\nenabled = true\n")
    with pytest.raises(NotConfigured, match=r"sources\.files\.path"):
        app.wiring.open(app.wiring.feeds[-1], None)


def test_an_identity_file_is_read_for_a_collection(application: New, tmp_path: Path) -> None:
    (tmp_path / "identity.toml").write_text('[[different]]\nsource = "sandbox"\nid = "3375"\n')
    app = application('[market]\nidentity_file = "identity.toml"\n[sandbox]\ntokens = 5\n')
    with app.collection(Watcher()) as collection:
        for member in collection.members:
            assert member.collector.overrides.different == {("sandbox", "3375")}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('# mine\n[[different]]\nsource = "sandbox"\n', "line 2, .*id is missing"),
        ('# mine\n[[different]]\nsource = ["sandbox"\n[[same]]\n', "at line 4"),
    ],
)
def test_a_broken_identity_file_names_the_line(application: New, tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "identity.toml").write_text(text)
    app = application('[market]\nidentity_file = "identity.toml"\n[sandbox]\ntokens = 5\n')
    with pytest.raises(CoinbriefError, match=rf"identity\.toml cannot be used:\s+.*{line}"), app.collection(Watcher()):
        pass


def test_no_key_is_shown_by_what_is_wired(application: New) -> None:
    app = application(
        f'{KEYED}[sources.coingecko]\nplan = "demo"\napi_key = "{GECKO_KEY}"\n[market]\nsource = "auto"\n'
    )
    app.store.upgrade()
    with app.collection(Watcher()) as collection:
        shown = f"{app!r} {app.wiring!r} {collection!r} {collection.members!r} {app.settings!r}"
        shown += " ".join(repr(member.collector.source) for member in collection.members)
    for secret in (KEY, GECKO_KEY):
        assert secret not in shown
