"""The portfolio's weights of today on days that were."""

from agent.ask.arguments import Portfolio
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding


def stress(ledger: Ledger, wish: Portfolio) -> Finding:
    """The portfolio's weights of today on days that were."""
    raise NotImplementedError
