"""The sources of an installation: settings in, a collection out that is ready to start."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agent.errors import NotConfigured
from agent.jobs.feeds import Feed, feeds, price_chain
from config.settings import Settings
from datasources.access import Access
from datasources.breaker import BreakerBoard
from datasources.registry import open_files, open_source

if TYPE_CHECKING:
    from agent.identity.overrides import Overrides
    from agent.jobs.collection import Collection, Member
    from agent.jobs.progress import Progress
    from agent.store.engine import Store
    from config.sections import ProviderSettings
    from datasources.base import Source
    from datasources.sandbox.contract import MarketData

# Where each provider is to be found in the sandbox.
SANDBOX_PATHS: Final[Mapping[str, str]] = {
    "token_metrics": "/v2",
    "coingecko": "/coingecko/api/v3",
    "binance": "/binance",
    "coin_metrics": "/v4",
    "defillama": "/llama/api",
    "fear_greed": "",
    "mempool": "/mempool/api",
}


@dataclass(frozen=True, slots=True)
class Embedded:
    """A sandbox that is running: where, with which key, and the market behind it."""

    origin: str
    api_key: str
    market: "MarketData"


@dataclass(frozen=True)
class Wiring:
    """Decides which sources are in use and opens them."""

    settings: Settings
    clock: Callable[[], datetime]

    @property
    def world(self) -> str | None:
        """None for the real market, else what stands in for it."""
        if self.settings.market_source != "sandbox":
            return None
        return "replay" if self.settings.sandbox.data else "sandbox"

    @cached_property
    def feeds(self) -> tuple[Feed, ...]:
        """The sources in use, the market's own first."""
        sources = self.settings.sources
        enabled = {name for name in SANDBOX_PATHS if getattr(sources, name).enabled}
        if self.world is None and not sources.token_metrics.api_key.get_secret_value():
            enabled.discard("token_metrics")
        if sources.files.enabled:
            enabled.add("files")
        market = self.settings.market
        return feeds(self.settings.market_source, enabled, world=self.world, commercial=market.commercial_use)

    @property
    def market_source(self) -> str:
        """The name that the market's own data is stored under."""
        return self.feeds[0].name

    @property
    def price_chain(self) -> tuple[str, ...]:
        """The sources of daily prices, in the order in which they stand in for each other."""
        return price_chain(self.feeds)

    @property
    def capped(self) -> tuple[str, ...]:
        """The sources whose credits have a cap."""
        return tuple(feed.name for feed in self.feeds if self.monthly_credits(feed))

    def monthly_credits(self, feed: Feed) -> int:
        """How many credits a month a source may use; 0 = no cap."""
        if feed.provider == "files":
            return 0
        if self.world is not None:
            return self.settings.sandbox.monthly_credits if feed.provider == "token_metrics" else 0
        return self._section(feed).monthly_credits

    def reset_day(self, feed: Feed) -> int:
        """On which day of the month a source's credits start anew."""
        return 1 if feed.provider == "files" else self._section(feed).credits_reset_on_day

    @contextmanager
    def sandbox(self) -> Iterator[Embedded | None]:
        """The embedded sandbox while it is needed; None for the real market."""
        if self.world is None:
            yield None
            return
        from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox  # noqa: PLC0415 - a web server

        market = self.sandbox_market()
        with RunningSandbox(market, clock=self.clock, api_key=DEMO_API_KEY) as running:
            yield Embedded(running.origin, DEMO_API_KEY, market)

    def described(self) -> Embedded | None:
        """The sandbox as it would be, for looking at plans: nothing listens there."""
        return None if self.world is None else Embedded("http://127.0.0.1:9", "", self.sandbox_market())

    def sandbox_market(self) -> "MarketData":
        """The market behind the sandbox: invented, or replayed from a folder."""
        from datasources.sandbox.history import ReplayMarket  # noqa: PLC0415 - only needed for the sandbox
        from datasources.sandbox.market import SandboxMarket  # noqa: PLC0415 - as above

        sandbox = self.settings.sandbox
        return ReplayMarket(Path(sandbox.data)) if sandbox.data else SandboxMarket(sandbox.tokens, sandbox.seed)

    def collection(self, store: "Store", embedded: Embedded | None, progress: "Progress") -> "Collection":
        """All sources, opened and ready to collect; the store must be of today's schema."""
        from agent.identity.overrides import NO_OVERRIDES, load_overrides  # noqa: PLC0415 - only needed to collect
        from agent.jobs.collection import Collection  # noqa: PLC0415 - as above
        from agent.store.hosts import load_hosts  # noqa: PLC0415 - as above

        with store.reader() as session:
            breakers = BreakerBoard(self.clock, load_hosts(session))
        file = self.settings.market.identity_file
        overrides = load_overrides(Path(file)) if file else NO_OVERRIDES
        opened = _Opening(self, store, embedded, progress, breakers, overrides)
        return Collection(store, tuple(opened.member(feed) for feed in self.feeds), breakers, self.clock)

    def open(self, feed: Feed, embedded: Embedded | None, **limits: Any) -> "Source":  # noqa: ANN401 - of Access
        """Open a source; raises NotConfigured for one that lacks what it needs."""
        if feed.provider == "files":
            path = self.settings.sources.files.path
            if not path:
                raise NotConfigured("sources.files is in use, but has no folder: set sources.files.path")
            return open_files(feed.terms, Path(path), self.clock)
        access = self._access(feed, embedded, limits)
        options = self._live_options(feed) if embedded is None else self._sandbox_options(feed, embedded)
        return open_source(feed.provider, feed.name, feed.terms, access, **options)

    def _access(self, feed: Feed, embedded: Embedded | None, limits: Mapping[str, Any]) -> Access:
        section = self._section(feed)
        if embedded is not None:
            base_url, pace = embedded.origin + SANDBOX_PATHS[feed.provider], self.settings.sandbox.requests_per_minute
        else:
            base_url, pace = section.base_url, section.requests_per_minute
        return Access(
            base_url=base_url,
            clock=self.clock,
            requests_per_minute=pace,
            timeout_s=section.timeout_s,
            max_attempts=section.max_attempts,
            **limits,
        )

    def _section(self, feed: Feed) -> "ProviderSettings":
        section: ProviderSettings = getattr(self.settings.sources, feed.provider)
        return section

    def _sandbox_options(self, feed: Feed, embedded: Embedded) -> dict[str, Any]:
        from datasources.sandbox.providers import binance_pairs, coin_metrics_tickers  # noqa: PLC0415 - as above

        chat, now = self.settings.sources.token_metrics.chat, self.clock()
        match feed.provider:
            case "token_metrics":
                return {"api_key": embedded.api_key, "chat": chat}
            case "coingecko":
                return {"plan": "keyless"}
            case "defillama":
                llama = f"{embedded.origin}/llama"
                return {"stablecoins_url": f"{llama}/stablecoins", "coins_url": f"{llama}/coins"}
            case "binance":
                return {"pairs": binance_pairs(embedded.market, now)}
            case "coin_metrics":
                return {"assets": coin_metrics_tickers(embedded.market, now)}
        return {}

    def _live_options(self, feed: Feed) -> dict[str, Any]:
        sources = self.settings.sources
        if feed.provider == "token_metrics":
            key = sources.token_metrics.api_key.get_secret_value()
            if not key:
                raise NotConfigured(
                    "market.source is token_metrics, but it has no key: "
                    "set sources.token_metrics.api_key or api_key_file"
                )
            names = ("x-api-key", "api_key") if sources.token_metrics.old_key_header else ("x-api-key",)
            return {"api_key": key, "header_names": names, "chat": sources.token_metrics.chat}
        if feed.provider == "coingecko":
            return {"plan": sources.coingecko.plan, "api_key": sources.coingecko.api_key.get_secret_value()}
        if feed.provider == "defillama":
            return {"stablecoins_url": sources.defillama.stablecoins_url, "coins_url": sources.defillama.coins_url}
        return {}


@dataclass(frozen=True)
class _Opening:
    """What all members of a collection share."""

    wiring: Wiring
    store: "Store"
    embedded: Embedded | None
    progress: "Progress"
    breakers: BreakerBoard
    overrides: "Overrides"

    def member(self, feed: Feed) -> "Member":
        """A source, its collector, its account and its budget."""
        from agent.jobs.budget import Budget  # noqa: PLC0415 - as above
        from agent.jobs.collect import Collector, Extent  # noqa: PLC0415 - as above
        from agent.jobs.collection import Account, Member  # noqa: PLC0415 - as above
        from agent.store.credits import StoreMeter  # noqa: PLC0415 - as above

        wiring, clock, market = self.wiring, self.wiring.clock, self.wiring.settings.market
        cap, reset_day = wiring.monthly_credits(feed), wiring.reset_day(feed)
        meter = StoreMeter(self.store, feed.name, cap, clock=clock, reset_day=reset_day)
        source = wiring.open(feed, self.embedded, meter=meter, breakers=self.breakers)
        account = Account(self.store, feed.name, cap, reset_day, wiring.market_source, clock)
        collector = Collector(
            store=self.store,
            source=source,
            extent=Extent(market.universe, market.history_days, market.watchlist),
            clock=clock,
            progress=self.progress,
            market=wiring.market_source,
            kinds=feed.kinds,
            secondary=feed.secondary,
            capped=bool(cap),
            overrides=self.overrides,
        )
        credits_now = account.credits_now if cap else None
        budget = Budget(feed.provider, source.plan, account.attempts, credits_now, account.changed_at)
        return Member(collector, feed.provider, meter, account, budget)
