from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from agent.errors import BadRow
from agent.store.columns import JsonValue, json_text
from agent.store.engine import Store
from agent.store.signals import (
    SignalBatch,
    SignalRow,
    live_signals,
    replace_signal_batches,
    replace_signals,
    signals_on,
    wider_signals_between,
)

DAY = date(2025, 10, 10)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


def row(asset_id: int, name: str, day: date = DAY, sector: str = "", expires: int = 7) -> SignalRow:
    until = day + timedelta(days=expires)
    return SignalRow(asset_id, day, name, 1, 2.5, {"x": 1.0}, NOW, sector, until, 0.6, 40, proven=True)


def test_a_signal_comes_back_with_its_confidence_and_its_last_day(listed: Store) -> None:
    with listed.writer() as session:
        replace_signals(session, "sandbox", DAY, [row(1, "breakout_up")])
        [found] = signals_on(session, "sandbox", DAY)
    assert (found.confidence, found.sample_size, found.proven) == (0.6, 40, True)
    assert found.expires_on == date(2025, 10, 17)


def test_sectors_and_the_market_are_read_apart_from_assets(listed: Store) -> None:
    rows = [row(0, "regime_risk_on"), row(0, "sector_rotation_in", sector="meme-token"), row(2, "breakout_up")]
    with listed.writer() as session:
        replace_signals(session, "sandbox", DAY, rows)
        assets = signals_on(session, "sandbox", DAY)
        wider = wider_signals_between(session, "sandbox", DAY, DAY)
    assert [item.asset_id for item in assets] == [2]
    assert [(item.sector, item.name) for item in wider] == [
        ("", "regime_risk_on"),
        ("meme-token", "sector_rotation_in"),
    ]


def test_a_signal_is_live_until_its_last_day_and_not_before_it_fired(listed: Store) -> None:
    early = DAY - timedelta(days=5)
    with listed.writer() as session:
        replace_signals(session, "sandbox", early, [row(1, "rsi_oversold", early), row(1, "gone", early, expires=3)])
        replace_signals(session, "sandbox", DAY, [row(1, "breakout_up"), row(2, "breakout_up")])
        live = live_signals(session, "sandbox", 1, DAY)
        before = live_signals(session, "sandbox", 1, DAY - timedelta(days=1))
        after = live_signals(session, "sandbox", 1, DAY + timedelta(days=8))
    assert [item.name for item in live] == ["breakout_up", "rsi_oversold"]
    assert [item.name for item in before] == ["rsi_oversold"]
    assert after == ()


def test_a_signal_cannot_be_of_an_asset_and_of_a_sector(listed: Store) -> None:
    with pytest.raises(BadRow, match="ck_signal_subject"), listed.writer() as session:
        replace_signals(session, "sandbox", DAY, [row(1, "breakout_up", sector="meme-token")])


def test_a_confidence_above_one_is_refused(listed: Store) -> None:
    wrong = SignalRow(1, DAY, "rsi", -1, 28.0, {}, NOW, confidence=1.5, sample_size=3)
    with pytest.raises(BadRow, match="ck_signal_confidence"), listed.writer() as session:
        replace_signals(session, "sandbox", DAY, [wrong])


@pytest.mark.parametrize(
    "evidence",
    [{"b": 1.0, "a": -2.5e-12, "c": 1e22}, {}, {"n": 30, "x": 0.1}, {"days": ["2025-10-10"], "x": 1.0}],
)
def test_evidence_is_stored_in_the_one_spelling_of_json(listed: Store, evidence: dict[str, JsonValue]) -> None:
    stored = SignalRow(1, DAY, "rsi", -1, None, evidence, NOW)
    with listed.writer() as session:
        replace_signals(session, "sandbox", DAY, [stored])
        text = session.connection().exec_driver_sql("SELECT evidence FROM signal").scalar_one()
    assert text == json_text(evidence)


def test_evidence_that_is_no_number_is_refused(listed: Store) -> None:
    with pytest.raises(ValueError, match="JSON"), listed.writer() as session:
        replace_signals(session, "sandbox", DAY, [SignalRow(1, DAY, "rsi", -1, None, {"x": float("nan")}, NOW)])


def test_signals_stored_as_columns_are_those_stored_as_rows(listed: Store) -> None:
    batch = SignalBatch(
        name="breakout_up",
        direction=1,
        expires_on=DAY + timedelta(days=7),
        asset_ids=[3, 1],
        sectors=["", ""],
        values=[2.5, -0.125],
        confidences=[0.6, None],
        sample_sizes=[40, 0],
        proven=[True, False],
        evidence_names=("b", "a"),
        evidence=np.array([[1e22, 2.0], [0.1, np.nan]]),
    )
    with listed.writer() as session:
        replace_signals(session, "sandbox", DAY, tuple(batch.rows(DAY, NOW)))
        by_rows = signals_on(session, "sandbox", DAY)
        texts = session.connection().exec_driver_sql("SELECT evidence FROM signal ORDER BY asset_id").scalars().all()
        replace_signal_batches(session, "sandbox", DAY, [batch], NOW)
        assert signals_on(session, "sandbox", DAY) == by_rows
        again = session.connection().exec_driver_sql("SELECT evidence FROM signal ORDER BY asset_id").scalars().all()
    assert texts == again == ['{"b":0.1}', '{"a":2.0,"b":1e+22}']
    assert [(row.asset_id, row.confidence, row.proven) for row in by_rows] == [(1, None, False), (3, 0.6, True)]
