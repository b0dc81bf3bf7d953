"""The sandbox as an application: the providers' addresses, keys, limits and error bodies around a market.

/v2/<endpoint>, /v3/<endpoint>    Token Metrics; header x-api-key (or the older api_key); POST .../tmai is its chat
/coingecko, /binance, /v4 ...     the other providers, see `providers`; no key
/_sandbox/faults                  GET, POST one, DELETE all: see `faults`
/_sandbox/requests                how often each path was asked
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from datasources.sandbox.chat import chat_answer
from datasources.sandbox.contract import MarketData
from datasources.sandbox.endpoints import ENDPOINTS
from datasources.sandbox.faults import FaultError, FaultPlan, parse_fault
from datasources.sandbox.gate import ADMIN_PREFIX, Gate
from datasources.sandbox.keys import is_accepted
from datasources.sandbox.limits import MinuteLimit, MonthlyCredits
from datasources.sandbox.paging import BadQuery
from datasources.sandbox.providers import PROVIDER_ROUTES, Handler
from datasources.sandbox.refusals import provider_of, refusal_body
from datasources.sandbox.wire import encode, envelope, refusal
from datasources.sandbox.wire_v3 import version_2_params, version_3_rows

Clock = Callable[[], datetime]
Answering = Callable[[Request], Awaitable[Response]]


class SandboxApp:
    """The request handlers of one sandbox."""

    def __init__(
        self,
        market: MarketData,
        clock: Clock,
        api_key: str | None,
        limit: MinuteLimit,
        credit: MonthlyCredits,
        plan: FaultPlan,
    ) -> None:
        self._market = market
        self._clock = clock
        self._api_key = api_key
        self._limit = limit
        self._credit = credit
        self._plan = plan
        self.requests: Counter[str] = Counter()

    async def version_2(self, request: Request) -> Response:
        """Any `/v2` endpoint."""
        refused = self._refused(request)
        name = request.path_params["endpoint"]
        if refused is not None or name not in ENDPOINTS:
            return refused or _answer(refusal(), 404)
        try:
            rows = ENDPOINTS[name](self._market, self._clock(), request.query_params)
        except BadQuery:
            return _answer(refusal(), 400)
        return _answer(envelope(rows))

    async def version_3(self, request: Request) -> Response:
        """Any `/v3` endpoint; whether its envelope has a length is not known, so it has none."""
        refused = self._refused(request)
        name = request.path_params["endpoint"]
        if refused is not None or name not in ENDPOINTS:
            return refused or _answer(refusal(), 404)
        now = self._clock()
        try:
            rows = ENDPOINTS[name](self._market, now, version_2_params(request.query_params, self._market, now))
        except BadQuery:
            return _answer(refusal(), 400)
        shown = version_3_rows(name, rows, request.query_params, self._market, now)
        return _answer({"success": True, "message": "Data fetched successfully", "data": shown})

    async def chat(self, request: Request) -> Response:
        """The chat of Token Metrics."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        try:
            return _answer(chat_answer(await request.body()))
        except BadQuery:
            return _answer(refusal(), 400)

    def provider(self, handler: Handler) -> Answering:
        """The address of another provider."""

        async def answer(request: Request) -> Response:
            path = request.url.path
            if not self._limit.admits(provider_of(path)):
                return _answer(refusal_body(path, 429), 429)
            url = str(request.url.replace(query=""))
            params, path_params = request.query_params, request.path_params
            status, body = handler(self._market, self._clock(), params, path_params, url)
            return _answer(body, status)

        return answer

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

    def _refused(self, request: Request) -> Response | None:
        """The refusal of a request without a right key, or of one too many; counts the others."""
        key = request.headers.get("x-api-key") or request.headers.get("api_key")
        if key is None or not is_accepted(key, self._api_key):
            return _answer(refusal(), 401)
        if not self._limit.admits(key):
            return _answer(refusal(), 429)
        return None if self._credit.spends(key) else _answer(refusal(), 402)


def create_app(
    market: MarketData,
    *,
    clock: Clock,
    api_key: str | None,
    faults: FaultPlan | None = None,
    requests_per_minute: int | None = None,
    monthly_credits: int | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> FastAPI:
    """The sandbox around a market; `api_key` None accepts every key of the right form.

    `requests_per_minute` holds for each Token Metrics key and each other provider, `monthly_credits` for Token Metrics.
    `app.state.requests` counts requests by path, `app.state.faults` is the plan.
    """
    plan = faults if faults is not None else FaultPlan()
    limit, credit = MinuteLimit(requests_per_minute, monotonic), MonthlyCredits(monthly_credits, clock)
    sandbox = SandboxApp(market, clock, api_key, limit, credit, plan)
    app = FastAPI(title="coinbrief sandbox", openapi_url=None)
    _add_routes(app, sandbox)
    app.add_middleware(Gate, plan=plan, requests=sandbox.requests, sleep=sleep, clock=clock)
    app.state.requests = sandbox.requests
    app.state.faults = plan
    return app


def _add_routes(app: FastAPI, sandbox: SandboxApp) -> None:
    app.add_route("/v2/tmai", sandbox.chat, methods=["POST"])
    app.add_route("/v3/tmai", sandbox.chat, methods=["POST"])
    app.add_route("/v2/{endpoint}", sandbox.version_2, methods=["GET"])
    app.add_route("/v3/{endpoint}", sandbox.version_3, methods=["GET"])
    for path, handler in PROVIDER_ROUTES.items():
        app.add_route(path, sandbox.provider(handler), methods=["GET"])
    app.add_route(f"{ADMIN_PREFIX}/faults", sandbox.show_faults, methods=["GET"])
    app.add_route(f"{ADMIN_PREFIX}/faults", sandbox.plan_fault, methods=["POST"])
    app.add_route(f"{ADMIN_PREFIX}/faults", sandbox.clear_faults, methods=["DELETE"])
    app.add_route(f"{ADMIN_PREFIX}/requests", sandbox.show_requests, methods=["GET"])


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
