"""The adapter for an endpoint."""

from collections.abc import Callable
from datetime import datetime

from pydantic import SecretStr

from agent.llm.capability import CapabilityProfile, WireSetting, choose_wire
from agent.llm.chat import ChatCompletionsModel
from agent.llm.port import CallLog
from agent.llm.pricing import SHIPPED_PRICES, PriceList
from agent.llm.responses import ResponsesModel
from agent.llm.wire_model import WireModel


def model_from(
    profile: CapabilityProfile | None,
    base_url: str,
    api_key: str | SecretStr,
    model: str,
    *,
    timeout_s: float,
    max_output_tokens: int,
    clock: Callable[[], datetime],
    call_log: CallLog | None = None,
    max_retries: int = 2,
    allowed_host: str = "",
    wire: WireSetting = "auto",
    read_timeout_s: float | None = None,
    prices: PriceList = SHIPPED_PRICES,
) -> WireModel:
    """The adapter for `profile`, or with None for a server nobody has tried yet.

    A `wire` that is set goes before the profile's, and then a profile of the other wire is worth nothing.
    """
    chosen = profile.wire if profile is not None and wire == "auto" else choose_wire(base_url, wire)
    adapter = ResponsesModel if chosen == "responses" else ChatCompletionsModel
    return adapter(
        base_url,
        api_key,
        model,
        timeout_s=timeout_s,
        max_output_tokens=max_output_tokens,
        clock=clock,
        call_log=call_log,
        max_retries=max_retries,
        allowed_host=allowed_host,
        read_timeout_s=read_timeout_s,
        prices=prices,
        profile=profile if profile is not None and profile.wire == chosen else None,
    )
