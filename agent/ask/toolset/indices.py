"""Indices of the reader's own: level, changes, and Bitcoin over the same days."""

from agent.ask.arguments import Index
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding


def index(ledger: Ledger, wish: Index) -> Finding:
    """The indices asked for."""
    raise NotImplementedError
