from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from agent.errors import BadRow
from agent.store.engine import Store
from agent.store.llm_budget import (
    Booked,
    ReservationRow,
    add_reservation,
    forget_reservations,
    input_samples,
    lost_reservations,
    settle_reservation,
    spent_between,
    spent_in_run,
)

NOW = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
ROW = ReservationRow("r1", "run-1", "briefing", "m", 3_000, Decimal("0.10"), 2_000, NOW)


@pytest.fixture
def booked(store: Store) -> Store:
    """Two calls set aside today, one of unknown price, and one of yesterday that is settled."""
    with store.writer() as session:
        add_reservation(session, ROW)
        add_reservation(session, replace(ROW, reservation_id="r2", run_id="run-2", reserved_usd=None))
        add_reservation(session, replace(ROW, reservation_id="r0", run_id=None, made_at=NOW - timedelta(days=1)))
        settle_reservation(session, "r0", NOW - timedelta(days=1), Decimal("0.030000000000000001"), 900, 800)
    return store


def test_what_is_set_aside_counts_until_it_is_known_what_was_spent(booked: Store) -> None:
    midnight = NOW.replace(hour=0, minute=0)
    with booked.writer() as session:
        assert spent_between(session, midnight, None) == Booked(Decimal("0.10"), 4_000)
        assert spent_between(session, midnight - timedelta(days=1), midnight) == Booked(
            Decimal("0.030000000000000001"), 900
        )
        assert spent_in_run(session, "run-1") == Booked(Decimal("0.10"), 2_000)
        settle_reservation(session, "r1", NOW, None, 50, None)
        settle_reservation(session, "r2", NOW, Decimal(1), 60, None)
        settle_reservation(session, "r2", NOW, Decimal(9), 99, None)  # again, after a kill: the first one stays
        assert spent_between(session, midnight, None) == Booked(Decimal(1), 110)
        assert spent_in_run(session, "nobody") == Booked(Decimal(0), 0)


def test_what_was_never_settled_is_lost_after_a_quarter_of_an_hour(booked: Store) -> None:
    with booked.reader() as session:
        month = NOW.replace(day=1)
        assert lost_reservations(session, month, NOW + timedelta(minutes=14)) == 0
        assert lost_reservations(session, month, NOW + timedelta(minutes=15)) == 2
        assert lost_reservations(session, NOW + timedelta(minutes=1), NOW + timedelta(days=1)) == 0


def test_a_model_s_tokens_are_learned_from_calls_that_were_counted(booked: Store) -> None:
    with booked.writer() as session:
        settle_reservation(session, "r1", NOW, None, 50, 1_000)
        settle_reservation(session, "r2", NOW, None, 50, None)
        assert input_samples(session, "m") == ((3_000, 1_000), (3_000, 800))
        assert input_samples(session, "m", limit=1) == ((3_000, 1_000),)
        assert input_samples(session, "other") == ()


def test_old_bookings_are_forgotten(booked: Store) -> None:
    with booked.writer() as session:
        forget_reservations(session, NOW - timedelta(hours=1))
        assert spent_between(session, NOW - timedelta(days=9), None).tokens == 4_000


def test_a_booking_that_is_settled_without_tokens_is_refused(booked: Store) -> None:
    with pytest.raises(BadRow, match="settled"), booked.writer() as session:
        settle_reservation(session, "r1", NOW, Decimal(1), None, None)  # type: ignore[arg-type]  # as a bug would
