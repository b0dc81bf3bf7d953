import asyncio

import pytest

from datasources.quota import Blocked, Pacer, Unmetered


class Time:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        end = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, end)


def _acquire_all(pacer: Pacer, time: Time, count: int) -> list[float]:
    at: list[float] = []

    async def one() -> None:
        await pacer.acquire()
        at.append(time.now)

    async def scenario() -> None:
        await asyncio.gather(*(one() for _ in range(count)))

    asyncio.run(scenario())
    return at


def test_twenty_requests_a_minute_are_three_seconds_apart() -> None:
    time = Time()
    pacer = Pacer(20, time.clock, time.sleep)
    assert _acquire_all(pacer, time, 4) == [100.0, 103.0, 106.0, 109.0]


def test_time_that_passed_unused_is_not_saved_up() -> None:
    time = Time()
    pacer = Pacer(60, time.clock, time.sleep)
    time.now = 500.0
    assert _acquire_all(pacer, time, 3) == [500.0, 501.0, 502.0]


def test_a_block_holds_everybody_and_spreads_them_again_afterwards() -> None:
    time = Time()
    pacer = Pacer(60, time.clock, time.sleep)
    pacer.block_for(30)
    pacer.block_for(10)
    assert pacer.blocked_s == 30.0
    assert _acquire_all(pacer, time, 3) == [130.0, 131.0, 132.0]
    assert pacer.blocked_s == 0.0


def test_a_block_that_begins_while_waiting_moves_the_slot_behind_it() -> None:
    time = Time()

    async def sleep(seconds: float) -> None:
        if time.now == 100.0:
            pacer.block_for(60)
        await time.sleep(seconds)

    pacer = Pacer(60, time.clock, sleep)
    at = _acquire_all(pacer, time, 3)
    assert at[0] == 100.0
    assert sorted(at[1:]) == [160.0, 161.0]


def test_a_clock_that_stands_still_does_not_hold_anybody_for_ever() -> None:
    async def sleep(_seconds: float) -> None:
        pass

    pacer = Pacer(60, lambda: 0.0, sleep)
    asyncio.run(asyncio.wait_for(_three(pacer), 5))


async def _three(pacer: Pacer) -> None:
    for _ in range(3):
        await pacer.acquire()


def test_one_pacer_serves_several_event_loops() -> None:
    time = Time()
    pacer = Pacer(60, time.clock, time.sleep)
    assert _acquire_all(pacer, time, 2) + _acquire_all(pacer, time, 1) == [100.0, 101.0, 102.0]


def test_a_block_that_is_too_long_is_not_waited_for_and_takes_no_slot() -> None:
    time = Time()
    pacer = Pacer(60, time.clock, time.sleep)
    pacer.block_for(30)
    with pytest.raises(Blocked) as caught:
        asyncio.run(pacer.acquire(29.0))
    assert caught.value.seconds == 30.0
    assert time.now == 100.0
    asyncio.run(pacer.acquire(30.0))
    assert time.now == 130.0


def test_those_who_wait_for_a_slot_give_up_when_a_long_block_begins() -> None:
    time = Time()

    async def sleep(seconds: float) -> None:
        if time.now == 100.0:
            pacer.block_for(3_600)
        await time.sleep(seconds)

    async def scenario() -> list[object]:
        return await asyncio.gather(*(pacer.acquire(90.0) for _ in range(3)), return_exceptions=True)

    pacer = Pacer(60, time.clock, sleep)
    first, *others = asyncio.run(scenario())
    assert first is None
    assert [type(other) for other in others] == [Blocked, Blocked]
    assert time.now < 110


def test_what_is_not_metered_is_always_given() -> None:
    Unmetered().reserve(10**9)


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_must_be_positive(rate: float) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Pacer(rate)
