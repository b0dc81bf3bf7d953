from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.jobs.cadence import Attempts, Cadence, cadence_of, is_due, next_due, retry_wait
from datasources.records import DataKind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)  # a Saturday
DAILY = Cadence(DAY)
TIMES = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive limits


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-10-{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "now", "slot"),
    [
        (DAILY, "11T06:00", "11T00:10"),
        (DAILY, "11T00:10", "11T00:10"),
        (DAILY, "11T00:09", "10T00:10"),
        (Cadence(HOUR), "11T06:00", "11T05:10"),
        (Cadence(6 * HOUR), "11T06:10", "11T06:10"),
        (Cadence(6 * HOUR, timedelta(hours=3, minutes=30)), "11T06:00", "11T03:30"),
        (Cadence(7 * DAY), "11T06:00", "09T00:10"),  # weeks begin on Thursday, as 1970 did
    ],
)
def test_a_slot_begins_when_its_data_is_there(cadence: Cadence, now: str, slot: str) -> None:
    assert cadence.slot(at(now)) == at(slot)
    assert cadence.next_slot(at(now)) == at(slot) + cadence.interval


@pytest.mark.parametrize(
    ("kind", "provider", "cadence"),
    [
        (DataKind.DAILY_BARS, "token_metrics", DAILY),
        (DataKind.DAILY_BARS, "coingecko", Cadence(DAY, timedelta(minutes=45))),
        (DataKind.QUOTES, "token_metrics", Cadence(HOUR)),
        (DataKind.ASSETS, "token_metrics", Cadence(7 * DAY)),
        (DataKind.ASSETS, "coingecko", DAILY),
        (DataKind.MARKET_CAPS, "coingecko", DAILY),
        (DataKind.ONCHAIN_METRICS, "coin_metrics", Cadence(6 * HOUR, timedelta(hours=3, minutes=30))),
    ],
)
def test_each_kind_has_its_own_pace(kind: DataKind, provider: str, cadence: Cadence) -> None:
    assert cadence_of(kind, provider) == cadence


def test_a_kind_is_due_once_in_each_slot() -> None:
    assert is_due(DAILY, Attempts(), NOW, patient=True)
    assert not is_due(DAILY, Attempts(at("11T00:10"), at("11T00:10")), NOW, patient=True)
    assert is_due(DAILY, Attempts(at("11T00:09"), at("11T00:09")), NOW, patient=True)


def test_after_a_failure_a_person_may_ask_at_once_and_the_service_waits() -> None:
    failed = Attempts(at("10T06:00"), at("11T05:30"), failures=1)
    assert is_due(DAILY, failed, NOW, patient=False)
    assert not is_due(DAILY, failed, NOW, patient=True)
    assert next_due(DAILY, failed, NOW) == at("11T06:30")
    assert is_due(DAILY, failed, at("11T06:30"), patient=True)


@pytest.mark.parametrize(("failures", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (500, 24)])
def test_the_wait_doubles_up_to_a_day(failures: int, hours: int) -> None:
    assert retry_wait(failures) == hours * HOUR


def test_a_stretched_cadence_has_longer_slots() -> None:
    assert Cadence(6 * HOUR).stretched(4) == DAILY


@given(
    st.sampled_from(DataKind),
    st.sampled_from(["token_metrics", "coingecko", "mempool"]),
    TIMES,
    st.none() | st.timedeltas(timedelta(0), 40 * DAY),
    st.timedeltas(timedelta(0), 3 * DAY),
    st.integers(0, 9),
)
def test_what_is_next_is_never_past_and_is_due_then(
    kind: DataKind, provider: str, now: datetime, good: timedelta | None, last: timedelta, failures: int
) -> None:
    good_at = None if good is None else now - good
    last_at = now - last if failures or good_at is None else good_at
    attempts = Attempts(good_at, last_at, failures)
    cadence = cadence_of(kind, provider)
    then = next_due(cadence, attempts, now)
    assert then >= now
    assert is_due(cadence, attempts, then, patient=True)
    assert (then == now) == is_due(cadence, attempts, now, patient=True)
