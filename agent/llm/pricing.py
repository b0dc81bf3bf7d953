"""What a call costs, from a price list that ships with the package and never goes to the network.

Prices that the settings give come first; a model that neither knows has no price, and unknown is not free.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from urllib.parse import urlsplit

from agent.llm.port import Usage

_MILLION = Decimal(1_000_000)
_OPENAI = "https://api.openai.com/v1"  # what no base URL means
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})  # on no list, and so no list is loaded for it


@dataclass(frozen=True, slots=True)
class PriceOverride:
    """A model's price in US dollars per million tokens; without one of its own, cached input costs what input does."""

    input_usd_per_million: Decimal
    output_usd_per_million: Decimal
    cached_input_usd_per_million: Decimal | None = None

    def __post_init__(self) -> None:
        amounts = (self.input_usd_per_million, self.output_usd_per_million, self.cached_input_usd_per_million or 0)
        if not all(Decimal(amount).is_finite() and amount >= 0 for amount in amounts):
            raise ValueError("a price is an amount of US dollars, 0 or more")

    def cost_usd(self, usage: Usage) -> Decimal | None:
        """The price of `usage`; None where the server did not count it."""
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        cached = min(usage.cached_tokens or 0, usage.input_tokens)
        cached_price = self.cached_input_usd_per_million
        if cached_price is None:
            cached_price = self.input_usd_per_million
        total = (usage.input_tokens - cached) * self.input_usd_per_million + cached * cached_price
        return (total + usage.output_tokens * self.output_usd_per_million) / _MILLION


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of the settings by model, then those that ship."""

    overrides: Mapping[str, PriceOverride] = field(default_factory=dict)

    def cost_usd(self, usage: Usage, model: str, base_url: str, at: datetime, *, batch: bool = False) -> Decimal | None:
        """The price in US dollars of `usage` at the server behind `base_url`; None where no price is known.

        With `batch` it is the price of a batch where the list has one; the settings give one price for both.
        """
        override = self.overrides.get(model)
        return _listed_usd(usage, model, base_url, at, batch=batch) if override is None else override.cost_usd(usage)

    def price_of(
        self, model: str, base_url: str, *, batch: bool = False
    ) -> Callable[[Usage, datetime], Decimal | None]:
        """The price of one model as a function of tokens and time."""
        return partial(self._at, model, base_url, batch=batch)

    def _at(self, model: str, base_url: str, usage: Usage, at: datetime, *, batch: bool) -> Decimal | None:
        return self.cost_usd(usage, model, base_url, at, batch=batch)


SHIPPED_PRICES = PriceList()
"""The list that ships, without any of the settings."""


def price_list(overrides: Mapping[str, PriceOverride] | None = None) -> PriceList:
    """The list that ships, with the prices in `overrides` in its place, by the model's name."""
    return PriceList(dict(overrides or {}))


def cost_usd(usage: Usage, model: str, base_url: str, at: datetime) -> Decimal | None:
    """The list price in US dollars of `usage` at the server behind `base_url`; None where no price is known.

    A server that is not on the list (a local one) has no price: unknown is not free.
    """
    return _listed_usd(usage, model, base_url, at, batch=False)


def _listed_usd(usage: Usage, model: str, base_url: str, at: datetime, *, batch: bool) -> Decimal | None:
    if usage.input_tokens is None or usage.output_tokens is None or urlsplit(base_url).hostname in _THIS_MACHINE:
        return None
    import genai_prices  # noqa: PLC0415 - its tables take 0.1 s to load and are needed for a call only

    tokens = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=min(usage.cached_tokens or 0, usage.input_tokens),
    )
    context = {"processing": "batch"} if batch else None
    try:
        price = genai_prices.calc_price(
            tokens, model, provider_api_url=base_url or _OPENAI, genai_request_timestamp=at, price_context=context
        )
    except LookupError:
        return None
    return Decimal(price.total_price)
