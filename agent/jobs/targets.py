"""The target weights of a portfolio on their way into the store: all of them, or nothing."""

from collections.abc import Sequence
from datetime import datetime

from agent.measuring.target_weights import ALL_PCT, Target, parse_targets, read_targets
from agent.store import portfolios
from agent.store.engine import Store


def set_targets(store: Store, source: str, name: str, texts: Sequence[str], now: datetime) -> tuple[Target, ...]:
    """Make texts such as `BTC=50` the targets of a portfolio, in place of all it had.

    Raises UnknownRow for the portfolio and MeasuringError for the texts, and stores nothing.
    """
    with store.writer() as session:
        portfolio = portfolios.require(session, name)
        weights = {key: float(pct / ALL_PCT) for key, pct in parse_targets(session, source, texts).items()}
        portfolios.replace_targets(session, portfolio.portfolio_id, weights, now)
        return read_targets(session, name)


def clear_targets(store: Store, name: str, now: datetime) -> bool:
    """Forget the targets of a portfolio; False if it had none. Raises UnknownRow."""
    with store.writer() as session:
        portfolio = portfolios.require(session, name)
        had = bool(portfolios.targets(session, portfolio.portfolio_id))
        portfolios.replace_targets(session, portfolio.portfolio_id, {}, now)
        return had
