"""Why a message did not go out, or why nobody knows.

    CoinbriefError
    └── DeliveryFault
        ├── DeliveryError       the message was not handed over; `permanent` says whether trying again is pointless
        │   └── InvalidMessage  the message itself cannot be built or sent (always permanent)
        └── OutcomeUnknown      the link broke after the message was complete; it may have arrived

`OutcomeUnknown` is no `DeliveryError` on purpose: whoever retries on the latter must never retry on the former.
No message ever holds a password or the body of a mail.
"""

from agent.errors import CoinbriefError


class DeliveryFault(CoinbriefError):
    """A delivery did not end with a receipt."""


class DeliveryError(DeliveryFault):
    """The message was not handed over, for certain."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class InvalidMessage(DeliveryError):
    """The message cannot be built from what was given."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class OutcomeUnknown(DeliveryFault):
    """The message was sent whole, but no answer came: it may or may not arrive, and must not be sent again unasked."""
