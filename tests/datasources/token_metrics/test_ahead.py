import asyncio

import pytest

from datasources.answers import Json
from datasources.errors import Unavailable
from datasources.token_metrics.ahead import Ahead
from datasources.token_metrics.plan import Params

FIRST, SECOND, THIRD = ({"token_id": "1"}, {"token_id": "2"}, {"token_id": "3"})
CALLS: list[Params] = [dict(FIRST), dict(SECOND), dict(THIRD)]


class Server:
    """Answers each call with a row that names it, when it is let."""

    def __init__(self) -> None:
        self.asked: list[Params] = []
        self.may_answer = asyncio.Event()
        self.failure: Unavailable | None = None

    async def fetch(self, params: Params) -> list[Json]:
        self.asked.append(params)
        await self.may_answer.wait()
        if self.failure is not None:
            raise self.failure
        return [str(params["token_id"])]


def test_the_next_call_is_on_its_way_before_its_rows_are_wanted() -> None:
    async def read() -> tuple[list[Params], list[Json], list[Params]]:
        server = Server()
        ahead = Ahead(server.fetch, CALLS)
        await ahead.ask_after(CALLS[0])
        early = list(server.asked)
        server.may_answer.set()
        return early, await ahead.rows(CALLS[1]), server.asked

    early, rows, asked = asyncio.run(read())
    assert early == [SECOND]
    assert rows == ["2"]
    assert asked == [SECOND]


def test_nothing_comes_after_the_last_call_or_one_that_is_unknown() -> None:
    async def read() -> list[Params]:
        server = Server()
        ahead = Ahead(server.fetch, CALLS)
        await ahead.ask_after(CALLS[2])
        await ahead.ask_after({"token_id": "9"})
        return server.asked

    assert asyncio.run(read()) == []


def test_rows_of_another_call_are_never_given_for_those_that_are_wanted() -> None:
    async def read() -> list[Json]:
        server = Server()
        server.may_answer.set()
        ahead = Ahead(server.fetch, CALLS)
        await ahead.ask_after(CALLS[0])
        rows = await ahead.rows(CALLS[2])
        await ahead.drop()
        return rows

    assert asyncio.run(read()) == ["3"]


def test_a_failure_of_an_early_call_is_raised_where_its_rows_are_wanted() -> None:
    async def read() -> None:
        server = Server()
        server.failure = Unavailable("token_metrics", "down")
        server.may_answer.set()
        ahead = Ahead(server.fetch, CALLS)
        await ahead.ask_after(CALLS[0])
        await ahead.rows(CALLS[1])

    with pytest.raises(Unavailable, match="down"):
        asyncio.run(read())


def test_what_is_not_wanted_any_more_is_given_up_without_a_word() -> None:
    async def read() -> int:
        server = Server()
        ahead = Ahead(server.fetch, CALLS)
        await ahead.ask_after(CALLS[0])
        await ahead.drop()
        await ahead.drop()
        return len(asyncio.all_tasks())

    assert asyncio.run(read()) == 1
