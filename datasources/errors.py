"""Why a source failed.

    SourceError
    ├── RateLimited     asked too often; `retry_after_s` says when to come back, None if the provider did not say
    ├── Unavailable     no answer, a broken answer or a server error; worth another try later
    ├── Unauthorized    the key is missing, wrong or not entitled; a person has to act
    ├── QuotaSpent      the plan's credits are used up for this period
    ├── BadRequest      the provider refused the request itself; the same request will fail again
    ├── BadPayload      the answer is not what the provider's format says; `path` says where
    └── Unsupported     this source does not offer this kind of data

Every error carries the source's name and whether trying again can help (`permanent`).
No message ever holds a key or a query string.
"""


class SourceError(Exception):
    """A source failed; nothing it gave before is affected."""

    permanent = False

    def __init__(self, source: str, message: str) -> None:
        super().__init__(f"{source}: {message}")
        self.source = source


class RateLimited(SourceError):
    """The provider asks to slow down."""

    def __init__(self, source: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(source, message)
        self.retry_after_s = retry_after_s


class Unavailable(SourceError):
    """The provider could not be reached or answered with a failure of its own."""


class Unauthorized(SourceError):
    """The provider rejected the key or the plan behind it."""

    permanent = True


class QuotaSpent(SourceError):
    """The credits of this period are used up."""

    permanent = True


class BadRequest(SourceError):
    """The provider refused the request as such."""

    permanent = True


class BadPayload(SourceError):
    """The answer breaks the provider's own format."""

    def __init__(self, source: str, path: str, reason: str) -> None:
        super().__init__(source, f"unreadable answer at {path}: {reason}")
        self.path = path
        self.reason = reason


class Unsupported(SourceError):
    """There is no such data at this source."""

    permanent = True
