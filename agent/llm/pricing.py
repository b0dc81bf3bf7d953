"""What a call costs, from a price list that ships with the package and never goes to the network."""

from datetime import datetime
from decimal import Decimal

from agent.llm.port import Usage


def cost_usd(usage: Usage, model: str, base_url: str, at: datetime) -> Decimal | None:
    """The list price in US dollars of `usage` at the server behind `base_url`; None where no price is known.

    A server that is not on the list (a local one) has no price: unknown is not free.
    """
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    import genai_prices  # noqa: PLC0415 - its tables take 0.1 s to load and are needed after a call only

    tokens = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=min(usage.cached_tokens or 0, usage.input_tokens),
    )
    try:
        price = genai_prices.calc_price(tokens, model, provider_api_url=base_url, genai_request_timestamp=at)
    except LookupError:
        return None
    return Decimal(price.total_price)
