"""The portfolio beside other weights of what it holds."""

from agent.ask.arguments import Portfolio
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding


def weights(ledger: Ledger, wish: Portfolio) -> Finding:
    """The portfolio beside other weights of what it holds."""
    raise NotImplementedError
