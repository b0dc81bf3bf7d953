"""The language models of an installation: settings in, models out that spend within their caps and remember.

From the outside in: a temperature, answers kept from before, the budget, the breaker, the adapter. A spent budget opens
no breaker, and a kept answer costs nothing.
"""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from agent.errors import NotConfigured
from agent.jobs.endpoints import EndpointKey, RememberingModel, keep_profile, read_endpoint
from agent.jobs.spending import StoreCache, StoreLedger
from agent.llm.budget import BudgetedModel, Cap, Caps
from agent.llm.cache import CachedModel, Endpoint
from agent.llm.capability import CapabilityProfile, choose_wire
from agent.llm.pricing import PriceList, PriceOverride, price_list
from agent.llm.tempered import TemperedModel
from agent.llm.transport import host_of
from agent.store.engine import Store
from config.model_sections import NO_CAP, LlmSettings, PriceSettings

if TYPE_CHECKING:
    from agent.llm.port import LanguageModel
    from agent.llm.probe import ProbeReport
    from agent.llm.wire_model import WireModel

_NONCE_LETTERS = 8


@dataclass(frozen=True)
class ModelWiring:
    """Makes the models of the settings; raises NotConfigured where none is named."""

    settings: LlmSettings
    store: Store
    clock: Callable[[], datetime]

    @cached_property
    def ledger(self) -> StoreLedger:
        """The account of all calls."""
        return StoreLedger(self.store, self.clock)

    @cached_property
    def writer(self) -> "LanguageModel | None":
        """The model that arranges texts, None if none is configured."""
        return self._model(self.settings.model) if self.settings.configured else None

    @cached_property
    def finder(self) -> "LanguageModel | None":
        """The model for routine work: the small one if there is one."""
        if not self.settings.configured or not self.settings.small_model:
            return self.writer
        return self._model(self.settings.small_model)

    @property
    def caps(self) -> Caps:
        """What may be spent."""
        given = self.settings.caps
        return Caps(
            call=_cap(given.call_usd, given.call_tokens),
            run=_cap(given.run_usd, given.run_tokens),
            day=_cap(given.day_usd, given.day_tokens),
            month=_cap(given.month_usd, given.month_tokens),
        )

    @cached_property
    def prices(self) -> PriceList:
        """What tokens cost: the settings' prices, then the list that ships."""
        named = (self.settings.small_model, self.settings.small_price), (self.settings.model, self.settings.price)
        overrides = {name: override for name, given in named if name and (override := _override(given)) is not None}
        return price_list(overrides)

    def probe(self, model: str) -> "ProbeReport":
        """Find out what a model's server can do, and remember it."""
        if not self.settings.configured:
            raise NotConfigured("no language model is configured: set llm.model, and llm.base_url or llm.api_key")
        from agent.llm.probe import probe  # noqa: PLC0415 - only the doctor asks

        nonce = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_NONCE_LETTERS))
        report = probe(lambda profile: self._adapter(model, profile), self.clock, nonce)
        if report.profile is not None:
            keep_profile(self.store, self._key(model), report.profile, self.clock())
        return report

    def _model(self, name: str) -> "LanguageModel":
        llm, key = self.settings, self._key(name)
        profile, _ = read_endpoint(self.store, key)
        breaking = RememberingModel(self._adapter(name, profile), self.store, key, self.clock)
        budgeted = BudgetedModel(
            breaking,
            self.ledger,
            caps=self.caps,
            clock=self.clock,
            price=self.prices.price_of(name, llm.base_url),
            max_output_tokens=llm.max_output_tokens,
            tokens_per_byte=self.ledger.tokens_per_byte,
        )
        endpoint = Endpoint(llm.base_url, key.wire, {"max_output_tokens": llm.max_output_tokens})
        cached = CachedModel(
            budgeted,
            StoreCache(self.store),
            clock=self.clock,
            ttl=timedelta(days=llm.cache_days),
            endpoint=endpoint,
            host=key.host,
            call_log=self.ledger,
        )
        return cached if llm.temperature == NO_CAP else TemperedModel(cached, llm.temperature)

    def _key(self, model: str) -> EndpointKey:
        llm = self.settings
        return EndpointKey(host_of(llm.base_url), model, choose_wire(llm.base_url, llm.wire))

    def _adapter(self, model: str, profile: CapabilityProfile | None) -> "WireModel":
        from agent.llm.wire_choice import model_from  # noqa: PLC0415 - the adapters are needed to ask only

        llm = self.settings
        return model_from(
            profile,
            llm.base_url,
            llm.api_key,
            model,
            timeout_s=llm.timeout_s,
            max_output_tokens=llm.max_output_tokens,
            clock=self.clock,
            call_log=self.ledger,
            allowed_host=llm.key_host,
            wire=llm.wire,
            prices=self.prices,
        )


def _cap(usd: float, tokens: int) -> Cap:
    return Cap(None if usd == NO_CAP else Decimal(str(usd)), None if tokens == NO_CAP else tokens)


def _override(given: PriceSettings) -> PriceOverride | None:
    """The price of the settings; None unless both input and output have one."""
    if NO_CAP in (given.input_usd_per_million, given.output_usd_per_million):
        return None
    cached = given.cached_input_usd_per_million
    return PriceOverride(
        Decimal(str(given.input_usd_per_million)),
        Decimal(str(given.output_usd_per_million)),
        None if cached == NO_CAP else Decimal(str(cached)),
    )
