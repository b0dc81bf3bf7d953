"""Asking for the next call's first page while the rows of the last one are being read: most of a fetch is waiting."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from itertools import pairwise
from typing import Any, Final

from datasources.answers import Json
from datasources.token_metrics.plan import Params

Fetch = Callable[[Params], Coroutine[Any, Any, list[Json]]]

_TURNS: Final = 3  # of the event loop, until a request is on its way


class Ahead:
    """The first pages of a fetch's calls, in order; one of them at most is asked for early.

    That is only done once the page before it came whole, and only for what is needed anyway.
    """

    def __init__(self, fetch: Fetch, first_pages: Sequence[Params]) -> None:
        self._fetch = fetch
        self._following = {_key(params): after for params, after in pairwise(first_pages)}
        self._asked: tuple[Params, asyncio.Task[list[Json]]] | None = None

    async def ask_after(self, first_page: Params) -> None:
        """Send off the call after this one without waiting for its answer."""
        params = self._following.get(_key(first_page))
        if params is None:
            return
        self._asked = params, asyncio.create_task(self._fetch(params))
        for _ in range(_TURNS):  # reading rows keeps the loop busy, so the request has to leave before it
            await asyncio.sleep(0)

    async def rows(self, first_page: Params) -> list[Json]:
        """Give the rows of a first page, asked for already or now; raises what the request met."""
        if self._asked is not None and self._asked[0] == first_page:
            _, task = self._asked
            self._asked = None
            return await task
        return await self._fetch(first_page)

    async def drop(self) -> None:
        """Give up what was asked for and is not wanted any more."""
        if self._asked is not None:
            _, task = self._asked
            self._asked = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _key(params: Params) -> tuple[tuple[str, str | int], ...]:
    return tuple(sorted(params.items()))
