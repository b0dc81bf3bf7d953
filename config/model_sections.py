"""The options of language models: which, at what cost, and what they may see; `default.toml` explains them."""

from typing import Literal

from pydantic import Field

from config.section import NO_SECRET, Section
from config.values import Key, OptionalPath, OptionalWebAddress, Switch, Text

NO_CAP = -1
"""What an amount is set to that has no cap, a price that is not overridden, and a temperature left to the model."""


class CapSettings(Section):
    """What may be spent on models: US dollars and tokens; -1 has no cap, 0 lets nothing be spent."""

    call_usd: float = Field(default=0.25, ge=NO_CAP, le=10_000)
    run_usd: float = Field(default=0.50, ge=NO_CAP, le=10_000)
    day_usd: float = Field(default=2, ge=NO_CAP, le=100_000)
    month_usd: float = Field(default=20, ge=NO_CAP, le=1_000_000)
    call_tokens: int = Field(default=40_000, ge=NO_CAP, le=10_000_000)
    run_tokens: int = Field(default=120_000, ge=NO_CAP, le=100_000_000)
    day_tokens: int = Field(default=1_000_000, ge=NO_CAP, le=1_000_000_000)
    month_tokens: int = Field(default=NO_CAP, ge=NO_CAP, le=1_000_000_000)


class PriceSettings(Section):
    """The price of a model in US dollars per million tokens, where the list that ships is wrong or has none."""

    input_usd_per_million: float = Field(default=NO_CAP, ge=NO_CAP, le=100_000)
    cached_input_usd_per_million: float = Field(default=NO_CAP, ge=NO_CAP, le=100_000)
    output_usd_per_million: float = Field(default=NO_CAP, ge=NO_CAP, le=100_000)


class LlmSettings(Section):
    """The language model that arranges the briefing and finds what a question asks for."""

    base_url: OptionalWebAddress = ""
    api_key: Key = NO_SECRET
    api_key_file: OptionalPath = ""
    key_host: Text = ""
    model: Text = ""
    small_model: Text = ""
    wire: Literal["auto", "chat", "responses"] = "auto"
    timeout_s: float = Field(default=60, gt=0, le=600)
    max_output_tokens: int = Field(default=1_500, ge=1, le=100_000)
    max_input_tokens: int = Field(default=6_000, ge=1, le=1_000_000)
    temperature: float = Field(default=NO_CAP, ge=NO_CAP, le=2)
    cache_days: int = Field(default=30, ge=0, le=3_650)
    caps: CapSettings = CapSettings()
    price: PriceSettings = PriceSettings()
    small_price: PriceSettings = PriceSettings()

    @property
    def configured(self) -> bool:
        """Whether a model can be asked: it has a name, and a key or an address of its own."""
        return bool(self.model) and bool(self.api_key.get_secret_value() or self.base_url)


class EmbeddingsSettings(Section):
    """The endpoint that turns texts into vectors for recall; without a model, recall searches words alone."""

    base_url: OptionalWebAddress = ""
    api_key: Key = NO_SECRET
    api_key_file: OptionalPath = ""
    model: Text = ""
    timeout_s: float = Field(default=30, gt=0, le=600)


class ModerationSettings(Section):
    """The endpoint that looks at questions beside our own rules; without a model only the rules do."""

    base_url: OptionalWebAddress = ""
    api_key: Key = NO_SECRET
    api_key_file: OptionalPath = ""
    model: Text = ""
    timeout_s: float = Field(default=10, gt=0, le=600)


class PrivacySettings(Section):
    """What leaves this machine and what is kept on it."""

    share_amounts: Switch = True
    keep_questions: Switch = True
    keep_answers_days: int = Field(default=365, ge=0, le=36_500)
    keep_calls_days: int = Field(default=400, ge=1, le=36_500)
