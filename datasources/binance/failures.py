"""What Binance's own failures mean: {"code": -1121, "msg": ...}, whatever the status. Pure."""

from typing import Final

from datasources.answers import Json
from datasources.errors import BadRequest, RateLimited, SourceError, Unavailable

_TOO_MANY: Final = frozenset({-1003, -1015})
_ITS_OWN: Final = frozenset({-1000, -1001, -1006, -1007, -1008, -1016})  # disconnected, overloaded, shutting down
_INVALID_SYMBOL: Final = -1121


def failure_of(source: str, status: int, body: Json) -> SourceError | None:
    """Say which error an answer is; None if it is none, or if its status says as much as its body.

    The exchange's own words are not repeated.
    """
    code = body.get("code") if isinstance(body, dict) else None
    if isinstance(code, bool) or not isinstance(code, int) or code >= 0 or status in {418, 429} or status >= 500:
        return None
    if code in _TOO_MANY:
        return RateLimited(source, f"code {code}: too many requests")
    if code in _ITS_OWN:
        return Unavailable(source, f"code {code}: a failure on the provider's side; try again later")
    if code == _INVALID_SYMBOL:
        return BadRequest(source, f"code {code}: there is no such pair")
    return BadRequest(source, f"code {code}: the request was refused") if status < 300 else None
