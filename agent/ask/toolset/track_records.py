"""How signals and grades did in the past, from the stored scores."""

from agent.ask.arguments import TrackRecord
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding


def track_record(ledger: Ledger, wish: TrackRecord) -> Finding:
    """The records asked for."""
    raise NotImplementedError
