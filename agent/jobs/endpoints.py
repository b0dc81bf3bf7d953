"""What is remembered of model endpoints between runs: what each can do, and whether it is left alone for now."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agent.errors import StoreError, StoreMissing
from agent.llm.breaker import Breaker, BreakerState, BreakingModel
from agent.llm.capability import CapabilityProfile
from agent.llm.port import LanguageModel, OnText, Request, Result
from agent.store.engine import Store
from agent.store.llm_endpoints import EndpointRow, find_endpoint, put_breaker, put_profile

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EndpointKey:
    """A model behind a host, spoken to in one way."""

    host: str
    model: str
    wire: str


def read_endpoint(store: Store, key: EndpointKey) -> tuple[CapabilityProfile | None, BreakerState | None]:
    """What is remembered of an endpoint; None for what is not known, or was kept by a version that meant otherwise."""
    try:
        with store.reader() as session:
            row = find_endpoint(session, key.host, key.model, key.wire)
    except StoreMissing:
        return None, None
    return (None, None) if row is None else (_profile(row), _state(row))


def keep_profile(store: Store, key: EndpointKey, profile: CapabilityProfile, at: datetime) -> None:
    """Remember what an endpoint can do, and ask it again at once if it was left alone."""
    with store.writer() as session:
        put_profile(session, key.host, key.model, key.wire, profile.to_json(), at)
        put_breaker(session, key.host, key.model, key.wire, None)


class RememberingModel:
    """A model whose breaker outlives the process: it opens for the next run too."""

    def __init__(self, inner: LanguageModel, store: Store, key: EndpointKey, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._key = key
        self._kept = read_endpoint(store, key)[1]
        self._breaker = Breaker(clock, self._kept)
        self._inner = BreakingModel(inner, self._breaker)

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._inner.model

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer `request`; raises an `LLMError`, which while the breaker is open is the one that opened it."""
        try:
            return self._inner.generate(request, on_text)
        finally:
            self._keep()

    def _keep(self) -> None:
        state = self._breaker.state
        if state == (self._kept or BreakerState()):
            return
        try:
            with self._store.writer() as session:
                put_breaker(session, self._key.host, self._key.model, self._key.wire, state.to_json())
        except StoreError:
            LOG.exception("how the language model did could not be kept")
            return
        self._kept = state


def _profile(row: EndpointRow) -> CapabilityProfile | None:
    try:
        return None if row.profile is None else CapabilityProfile.from_json(row.profile)
    except ValueError:
        return None


def _state(row: EndpointRow) -> BreakerState | None:
    try:
        return None if row.breaker is None else BreakerState.from_json(row.breaker)
    except ValueError:
        return None
