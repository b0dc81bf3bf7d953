"""What makes four prices and a volume a candle; the same for every provider."""


def candle_fault(
    open_usd: float, high_usd: float, low_usd: float, close_usd: float, volume: float | None
) -> str | None:
    """Say why finite figures are no candle, or None if they are one: positive prices, low <= open, close <= high."""
    if min(open_usd, high_usd, low_usd, close_usd) <= 0:
        return "a price is zero or negative"
    if high_usd < low_usd:
        return "the high is below the low"
    if not (low_usd <= open_usd <= high_usd and low_usd <= close_usd <= high_usd):
        return "the open or close lies outside the range from low to high"
    if volume is not None and volume < 0:
        return "the volume is negative"
    return None
