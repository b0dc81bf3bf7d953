"""The sandbox as an application: the providers' addresses, keys, limits and error bodies around a market.

/v2/<endpoint>                    Token Metrics v2; header x-api-key (or the older api_key)
/fng/                             alternative.me
/v4/timeseries/asset-metrics      Coin Metrics community API
/_sandbox/faults                  GET, POST one, DELETE all: see `faults`
/_sandbox/requests                how often each path was asked
"""

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from datasources.sandbox.contract import MarketData
from datasources.sandbox.endpoints import ENDPOINTS
from datasources.sandbox.faults import FaultError, FaultPlan, parse_fault
from datasources.sandbox.feeds import asset_metrics, fear_and_greed
from datasources.sandbox.gate import ADMIN_PREFIX, Gate
from datasources.sandbox.keys import is_accepted
from datasources.sandbox.paging import BadQuery
from datasources.sandbox.wire import encode, envelope, refusal

Clock = Callable[[], datetime]


class MinuteLimit:
    """At most so many requests of a key within any 60 seconds; None = no limit."""

    def __init__(self, requests_per_minute: int | None, monotonic: Callable[[], float]) -> None:
        self._allowed = requests_per_minute
        self._monotonic = monotonic
        self._times: dict[str, deque[float]] = {}

    def admits(self, key: str) -> bool:
        """Whether one more request may come in now; counts it if so."""
        if self._allowed is None:
            return True
        now, times = self._monotonic(), self._times.setdefault(key, deque())
        while times and now - times[0] >= 60.0:
            times.popleft()
        if len(times) >= self._allowed:
            return False
        times.append(now)
        return True


class SandboxApp:
    """The request handlers of one sandbox."""

    def __init__(
        self, market: MarketData, clock: Clock, api_key: str | None, limit: MinuteLimit, plan: FaultPlan
    ) -> None:
        self._market = market
        self._clock = clock
        self._api_key = api_key
        self._limit = limit
        self._plan = plan
        self.requests: Counter[str] = Counter()

    async def token_metrics(self, request: Request) -> Response:
        """Any `/v2` endpoint."""
        key = request.headers.get("x-api-key") or request.headers.get("api_key")
        endpoint = ENDPOINTS.get(request.path_params["endpoint"])
        if key is None or not is_accepted(key, self._api_key):
            return _answer(refusal(), 401)
        if not self._limit.admits(key):
            return _answer(refusal(), 429)
        if endpoint is None:
            return _answer(refusal(), 404)
        try:
            rows = endpoint(self._market, self._clock(), request.query_params)
        except BadQuery:
            return _answer(refusal(), 400)
        return _answer(envelope(rows))

    async def alternative_me(self, request: Request) -> Response:
        """The fear and greed index."""
        try:
            return _answer(fear_and_greed(self._market, self._clock(), request.query_params))
        except BadQuery as error:
            body = {"name": "Fear and Greed Index", "data": [], "metadata": {"error": str(error)}}
            return _answer(body, 400)

    async def coin_metrics(self, request: Request) -> Response:
        """On-chain metrics."""
        address = str(request.url.replace(query=""))
        try:
            return _answer(asset_metrics(self._market, self._clock(), request.query_params, address))
        except BadQuery as error:
            return _answer({"error": {"type": "bad_parameter", "message": str(error)}}, 400)

    async def show_faults(self, _request: Request) -> Response:
        """The planned faults and how often each has happened."""
        return _answer([asdict(fault) | {"fired": fired} for fault, fired in self._plan.fired()])

    async def plan_fault(self, request: Request) -> Response:
        """Plan one more fault."""
        try:
            self._plan.add(parse_fault(_object(await request.body())))
        except FaultError as error:
            return _answer({"error": str(error)}, 400)
        return _answer({"planned": True}, 201)

    async def clear_faults(self, _request: Request) -> Response:
        """Plan no faults any more."""
        self._plan.clear()
        return _answer({"planned": False})

    async def show_requests(self, _request: Request) -> Response:
        """How often each path was asked."""
        return _answer(dict(self.requests))


def create_app(
    market: MarketData,
    *,
    clock: Clock,
    api_key: str | None,
    faults: FaultPlan | None = None,
    requests_per_minute: int | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> FastAPI:
    """The sandbox around a market; `api_key` None accepts every key of the right form.

    `app.state.requests` counts requests by path, `app.state.faults` is the plan.
    """
    plan = faults if faults is not None else FaultPlan()
    sandbox = SandboxApp(market, clock, api_key, MinuteLimit(requests_per_minute, monotonic), plan)
    app = FastAPI(title="coinbrief sandbox", openapi_url=None)
    app.add_route("/v2/{endpoint}", sandbox.token_metrics, methods=["GET"])
    app.add_route("/fng/", sandbox.alternative_me, methods=["GET"])
    app.add_route("/v4/timeseries/asset-metrics", sandbox.coin_metrics, methods=["GET"])
    app.add_route(f"{ADMIN_PREFIX}/faults", sandbox.show_faults, methods=["GET"])
    app.add_route(f"{ADMIN_PREFIX}/faults", sandbox.plan_fault, methods=["POST"])
    app.add_route(f"{ADMIN_PREFIX}/faults", sandbox.clear_faults, methods=["DELETE"])
    app.add_route(f"{ADMIN_PREFIX}/requests", sandbox.show_requests, methods=["GET"])
    app.add_middleware(Gate, plan=plan, requests=sandbox.requests, sleep=sleep)
    app.state.requests = sandbox.requests
    app.state.faults = plan
    return app


def _answer(body: object, status: int = 200) -> Response:
    return Response(encode(body), status, media_type="application/json")


def _object(body: bytes) -> Mapping[str, object]:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise FaultError("the body is not JSON") from error
    if not isinstance(parsed, dict):
        raise FaultError("the body is not a JSON object")
    return parsed
