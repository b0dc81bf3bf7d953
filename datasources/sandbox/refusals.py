"""How each provider says no: the body of a refused or failed request, by the path that was asked."""

from datasources.sandbox.wire import Row, refusal

_COIN_METRICS_TYPES = {401: "wrong_credentials", 403: "forbidden", 404: "not_found", 429: "too_many_requests"}
_NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


def provider_of(path: str) -> str:
    """The part of a path that names the provider: all requests below it share one rate limit."""
    first = path.split("/")[1] if path.startswith("/") else path
    return "token_metrics" if first in {"v2", "v3"} else first


def refusal_body(path: str, status: int) -> Row:
    """The JSON that comes with a failure; `status` is what it says inside, whatever the HTTP status is."""
    name = _NAMES.get(status, "Error")
    provider = provider_of(path)
    if provider == "coingecko":
        return {"status": {"error_code": status, "error_message": name}}
    if provider == "binance":
        return {"code": _binance_code(status), "msg": name}
    if provider == "v4":
        return {"error": {"type": _COIN_METRICS_TYPES.get(status, "bad_parameter"), "message": name}}
    if provider == "fng":
        return {"name": "Fear and Greed Index", "data": [], "metadata": {"error": name}}
    if provider in {"llama", "mempool"}:
        return {"message": name}
    return refusal()


def _binance_code(status: int) -> int:
    """Its codes for too many requests, for a failure of its own, and for a key that may not do this."""
    if status == 429:
        return -1003
    return -1000 if status >= 500 else -2015
