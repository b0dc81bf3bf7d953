"""Sectors of the market by what their median coin did."""

from agent.ask.arguments import Sectors
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding


def sectors(ledger: Ledger, wish: Sectors) -> Finding:
    """The sectors asked for."""
    raise NotImplementedError
