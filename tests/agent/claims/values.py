"""Values that the facts of the templates are drawn from: all magnitudes and signs, names that are hard to read."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from agent.claims.fact import Entity, Fact
from tests.agent.claims.verify.world import AS_OF

NAMES = (
    *("Bitcoin", "Bitcoin Cash", "1inch", "Pump.fun", "Cosmos", "0x0.ai", "Café Coin", "Bonk x1000", "USDS"),
    *("NEIROCTO", "Neiro", "First Coin", "Bitcoin #77", "Asset 12", "Rock'n Coin", "Fees & Co", "A"),
)
ENTITIES = {f"asset:{place}": Entity(f"asset:{place}", name) for place, name in enumerate(NAMES, 1)}
SECTORS = ("DeFi", "Layer 1", "Gaming (GameFi)", "Meme")
ENTITIES |= {f"sector:{name}": Entity(f"sector:{name}", name) for name in SECTORS}
INDICES = st.sampled_from(["index:majors", "index:top-10", "index:7", "index:rose-5-over-7-days"])
PORTFOLIO = "portfolio:1"
BITCOIN = "asset:1"

Facts = st.SearchStrategy[tuple[Fact, ...]]


def decimals(*borders: str, most: float = 1e6, least: float | None = None) -> st.SearchStrategy[Decimal]:
    """Numbers up to `most` as code computes them, many of them near zero, and the given borders."""
    low = -most if least is None else least
    near = st.floats(max(low, -0.2), max(low, min(most, 0.2))).map(repr)
    texts = st.one_of(st.sampled_from(borders), near, st.floats(low, most).map(repr))
    return texts.map(Decimal)


PCT = decimals("0", "0.05", "-0.05", "0.051", "-7.25", "999.95", "-99.96", "0.15", most=12000.0, least=-100.0)
SIZE_PCT = PCT.map(abs)
RATIO = decimals("0", "0.005", "0.125", "-0.125", "0.995", most=40.0)
USD = decimals("0", "0.004", "999.996", "1234567.895", most=1e9).map(abs)
DAYS = st.sampled_from(["7d", "30d", "90d", "365d"])
SUBJECTS = st.sampled_from(sorted(subject for subject in ENTITIES if subject.startswith("asset:")))
DATES = st.integers(1, 500).map(lambda days: AS_OF - timedelta(days=days))
SIZES = st.one_of(st.integers(1, 60), st.integers(61, 12000))
UNIVERSES = st.sampled_from(["tracked", "holdings"])
COUNTS = st.integers(0, 20000).map(Decimal)
SCORES = decimals("0", "100", "29.5", "70.49", "79.95", "64.04", most=100.0, least=0.0)


@st.composite
def prices(draw: st.DrawFn) -> Decimal:
    """From a billionth of a cent to a million."""
    border = draw(st.sampled_from(["999.996", "0.99997", "0.099996", "999.5", "1000.5", "0.00012345", ""]))
    if border:
        return Decimal(border)
    return Decimal(repr(draw(st.floats(1.0, 9.999)) * 10.0 ** draw(st.integers(-11, 6))))


SOURCES = st.sampled_from(
    ["token_metrics", "sandbox", "replay", "files", "binance", "sandbox_coingecko", "replay_coin_metrics", "mempool"]
)

MARKET = st.just("market")
OWN = st.just(PORTFOLIO)
ANYONE = st.one_of(OWN, SUBJECTS)
