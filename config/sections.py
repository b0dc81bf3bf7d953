"""The options of each section of the settings, with their defaults and limits; `default.toml` explains them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from config.section import NO_SECRET, Section
from config.values import (
    Addresses,
    BindHost,
    Cron,
    FilePath,
    Host,
    Instant,
    Key,
    Lines,
    Name,
    OptionalPath,
    OptionalWebAddress,
    Password,
    Sender,
    Slugs,
    Switch,
    Text,
    TimeZone,
    WebAddress,
)


class StoreSettings(Section):
    """Where everything is kept."""

    path: FilePath = Path("coinbrief-data/coinbrief.db")


class MarketSettings(Section):
    """Where market data comes from and how much of it is kept."""

    source: Literal["auto", "token_metrics", "public", "sandbox", "files"] = "auto"
    universe: int = Field(default=100, ge=1, le=10_000)
    history_days: int = Field(default=400, ge=1, le=10_000)
    watchlist: Slugs = ()
    commercial_use: Switch = False
    dispute_tolerance_pct: float = Field(default=2.0, gt=0, le=50)
    identity_file: OptionalPath = ""


class ProviderSettings(Section):
    """What every provider on the network has; `monthly_credits` 0 means that nothing is counted against a cap."""

    enabled: Switch = True
    base_url: WebAddress
    requests_per_minute: int = Field(default=60, ge=1, le=6_000)
    monthly_credits: int = Field(default=0, ge=0, le=100_000_000)
    credits_reset_on_day: int = Field(default=1, ge=1, le=28)
    timeout_s: float = Field(default=30, gt=0, le=600)
    max_attempts: int = Field(default=4, ge=1, le=10)


class TokenMetricsSettings(ProviderSettings):
    """The Token Metrics API."""

    base_url: WebAddress = "https://api.tokenmetrics.com/v2"
    api_key: Key = NO_SECRET
    api_key_file: OptionalPath = ""
    requests_per_minute: int = Field(default=20, ge=1, le=6_000)
    monthly_credits: int = Field(default=5_000, ge=0, le=100_000_000)
    old_key_header: Switch = False
    chat: Switch = False


class CoinGeckoSettings(ProviderSettings):
    """The CoinGecko API: without a key, with a free Demo key, or with a paid one."""

    base_url: WebAddress = "https://api.coingecko.com/api/v3"
    plan: Literal["keyless", "demo", "pro"] = "keyless"
    api_key: Key = NO_SECRET
    api_key_file: OptionalPath = ""
    requests_per_minute: int = Field(default=10, ge=1, le=6_000)
    monthly_credits: int = Field(default=10_000, ge=0, le=100_000_000)


class BinanceSettings(ProviderSettings):
    """Binance's public market data."""

    base_url: WebAddress = "https://data-api.binance.vision"
    requests_per_minute: int = Field(default=300, ge=1, le=6_000)


class CoinMetricsSettings(ProviderSettings):
    """The Coin Metrics community API."""

    base_url: WebAddress = "https://community-api.coinmetrics.io/v4"


class DefiLlamaSettings(ProviderSettings):
    """DefiLlama's free API, which has a host for each subject."""

    base_url: WebAddress = "https://api.llama.fi"
    stablecoins_url: WebAddress = "https://stablecoins.llama.fi"
    coins_url: WebAddress = "https://coins.llama.fi"


class FearGreedSettings(ProviderSettings):
    """The fear and greed index of alternative.me."""

    base_url: WebAddress = "https://api.alternative.me"
    requests_per_minute: int = Field(default=10, ge=1, le=6_000)


class MempoolSettings(ProviderSettings):
    """mempool.space, or a server of one's own that speaks its API."""

    base_url: WebAddress = "https://mempool.space/api"
    requests_per_minute: int = Field(default=10, ge=1, le=6_000)


class FilesSettings(Section):
    """Price history on disk."""

    enabled: Switch = False
    path: OptionalPath = ""


class SourcesSettings(Section):
    """One table for each source."""

    token_metrics: TokenMetricsSettings = TokenMetricsSettings()
    coingecko: CoinGeckoSettings = CoinGeckoSettings()
    binance: BinanceSettings = BinanceSettings()
    coin_metrics: CoinMetricsSettings = CoinMetricsSettings()
    defillama: DefiLlamaSettings = DefiLlamaSettings()
    fear_greed: FearGreedSettings = FearGreedSettings()
    mempool: MempoolSettings = MempoolSettings()
    files: FilesSettings = FilesSettings()


class SandboxSettings(Section):
    """The invented market."""

    tokens: int = Field(default=300, ge=1, le=20_000)
    seed: int = Field(default=7, ge=0, le=2**32 - 1)
    data: OptionalPath = ""
    now: Instant = ""
    requests_per_minute: int = Field(default=60_000, ge=1, le=60_000)
    monthly_credits: int = Field(default=0, ge=0, le=100_000_000)

    @property
    def now_at(self) -> datetime | None:
        """The moment the sandbox is held at, in UTC; None = the real clock."""
        return datetime.fromisoformat(self.now).astimezone(UTC) if self.now else None


class ScheduleSettings(Section):
    """When the jobs run."""

    timezone: TimeZone = "UTC"
    collect: Cron = "20 * * * *"
    brief: Cron = "0 7 * * *"
    deliver: Cron = "*/5 * * * *"
    catch_up_h: int = Field(default=24, ge=1, le=720)


class BriefingSettings(Section):
    """What the briefing is about and who gets it."""

    portfolio: Name = "main"
    recipients: Addresses = ()
    out_dir: OptionalPath = ""
    postal_address: Lines = ""
    reader: Literal["holder", "researcher", "operator"] = "holder"
    length: Literal["short", "standard", "deep"] = "standard"
    tone: Literal["neutral", "brisk", "conversational"] = "neutral"


class SmtpSettings(Section):
    """The mail server."""

    host: Host = ""
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text = ""
    password: Password = NO_SECRET
    password_file: OptionalPath = ""
    sender: Sender = "coinbrief <coinbrief@localhost>"
    timeout_s: float = Field(default=30, gt=0, le=600)


class DashboardSettings(Section):
    """The pages in the browser."""

    host: BindHost = "127.0.0.1"
    port: int = Field(default=8_501, ge=1, le=65_535)
    public_url: OptionalWebAddress = ""


class LogSettings(Section):
    """How much is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"
