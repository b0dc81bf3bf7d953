"""What every channel takes and gives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from agent.delivery.errors import DeliveryError, OutcomeUnknown

__all__ = ["Channel", "DeliveryError", "OutboundMessage", "OutcomeUnknown", "Receipt"]


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message as it was frozen when the briefing was published; `key` is the same for every attempt."""

    key: str
    recipient: str
    payload: bytes = field(repr=False)
    message_id: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receiver's word that it has the message; `reference` is its own name for it, if it gave one."""

    reference: str


class Channel(Protocol):
    """A way to a reader."""

    def deliver(self, message: OutboundMessage, on_sending: Callable[[], None]) -> Receipt:
        """Hand the message over.

        Calls `on_sending` once, just before the step after which the receiver may have the message; if that raises,
        the message is not handed over and the exception goes on. Raises `DeliveryError` if the message was certainly
        not handed over, `OutcomeUnknown` if it may have been.
        """
