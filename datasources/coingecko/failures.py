"""What CoinGecko's own failures mean: four shapes of bodies, and the codes within. Pure.

A failure may come with any status, 200 included. No message repeats what the provider wrote.
"""

from typing import Final

from datasources.answers import Json
from datasources.coingecko.plan import FREE_HISTORY_DAYS, Tier
from datasources.errors import BadRequest, RateLimited, SourceError, Unauthorized, Unavailable

_KEY_CODES: Final = {
    10002: "the key is missing; set the key of your plan, or choose the plan keyless",
    10005: "the plan does not include this; choose another plan or another source",
    10010: "a pro key belongs to pro-api.coingecko.com; set the plan to pro and that base URL",
    10011: "a demo key belongs to api.coingecko.com; set the plan to demo and that base URL",
}
_OUT_OF_RANGE: Final = 10012
_BLOCKED: Final = 1020


def key_hint(tier: Tier) -> str:
    """Say what to do when a plan's key is refused."""
    if tier == "keyless":
        return "it asks for a key; get a free Demo key and set the plan to demo"
    host = "pro-api.coingecko.com" if tier == "pro" else "api.coingecko.com"
    return (
        f"the {tier} key was refused or its plan lacks this data; check the key, the plan and that the host is {host}"
    )


def failure_code(body: Json) -> int | None:
    """Find the code of a failure in any of its shapes; 0 if there is a failure without a code, None if there is none.

    {"error": text}, {"status": {"error_code": n}}, {"error": {"status": {"error_code": n}}},
    {"status": 500, "error": text}.
    """
    if not isinstance(body, dict) or not ({"error", "status"} & body.keys()):
        return None
    error = body.get("error")
    for holder in (error.get("status") if isinstance(error, dict) else None, body.get("status")):
        code = holder.get("error_code") if isinstance(holder, dict) else holder
        if isinstance(code, int) and not isinstance(code, bool):
            return code
    return 0 if "error" in body else None


def failure_of(source: str, tier: Tier, status: int, body: Json) -> SourceError | None:
    """Say which error an answer is; None if it is none, or if its status says as much as its body."""
    code = failure_code(body)
    if code is None or status == 429 or status >= 500:
        return None
    if code in _KEY_CODES:
        return Unauthorized(source, f"code {code}: {_KEY_CODES[code]}")
    if code == _OUT_OF_RANGE:
        hint = f"this plan knows the past {FREE_HISTORY_DAYS} days; ask for fewer, or another source for the rest"
        return BadRequest(source, f"code {code}: {hint}")
    if status in {401, 403}:
        return Unauthorized(source, f"status {status}: {key_hint(tier)}")
    return _failure_with(source, code) if status < 300 else None


def _failure_with(source: str, code: int) -> SourceError:
    if code == 429:
        return RateLimited(source, "code 429: too many requests")
    if code == _BLOCKED or 500 <= code < 600:
        return Unavailable(source, f"code {code}: a failure on the provider's side; try again later")
    return BadRequest(source, f"an error{f' of code {code}' if code else ''} came instead of data; check the request")
