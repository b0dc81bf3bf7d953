"""Facts about what happens on the chains of the holdings, each figure of its own last known day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from agent.briefing.facts.asset import asset_key
from agent.briefing.snapshot import OnchainSeen, Snapshot
from agent.briefing.tracing import derivation, values_sha256
from agent.claims.book import FactBook
from agent.claims.fact import Metric, RowRange, RowRef, State, Unit
from agent.claims.naming import subject_of

FLOW_DAYS = 7
_STALE_DAYS = 2
_INFLOW, _OUTFLOW = "onchain.exchange_inflow_usd", "onchain.exchange_outflow_usd"


@dataclass(frozen=True, slots=True)
class _Figure:
    """How one stored figure becomes a fact; the stored value is divided by `per`."""

    key: str
    metric: Metric
    unit: Unit
    qualifier: str | None = None
    per: int = 1


_FIGURES = {
    "onchain.mvrv": _Figure("mvrv", Metric.MVRV, Unit.RATIO),
    "onchain.active_addresses": _Figure("active_addresses", Metric.ACTIVE_ADDRESSES, Unit.COUNT),
    "onchain.adjusted_transfer_value_usd": _Figure("transfer_value", Metric.TRANSFER_VALUE, Unit.USD),
    "onchain.fees_usd": _Figure("fees", Metric.FEES, Unit.USD),
    "onchain.hash_rate_ths": _Figure("hash_rate", Metric.HASH_RATE, Unit.EHS, per=1_000_000),
    "defi.protocol_tvl_usd": _Figure("value_locked_protocol", Metric.VALUE_LOCKED, Unit.USD, "protocol"),
    "defi.chain_tvl_usd": _Figure("value_locked_chain", Metric.VALUE_LOCKED, Unit.USD, "chain"),
}
ONCHAIN_KEYS = ("exchange_net_flow", *(figure.key for figure in _FIGURES.values()))


def add_onchain_facts(book: FactBook, snapshot: Snapshot) -> None:
    """Draft the last known figure of each kind of every holding, and its net flow to exchanges over a week."""
    by_name = {(seen.asset_id, seen.name): seen for seen in snapshot.onchain}
    for seen in snapshot.onchain:
        if seen.name in _FIGURES:
            _add_figure(book, snapshot, seen, _FIGURES[seen.name])
        elif seen.name == _INFLOW and (seen.asset_id, _OUTFLOW) in by_name:
            _add_net_flow(book, snapshot, seen, by_name[seen.asset_id, _OUTFLOW])


def _add_figure(book: FactBook, snapshot: Snapshot, seen: OnchainSeen, figure: _Figure) -> None:
    day, value = seen.days[-1], seen.values[-1]
    if not np.isfinite(value):
        return
    key = (("day", day.isoformat()), *_key(seen))
    formula = f"as {seen.source} reported it" + (f" / {figure.per:,}" if figure.per > 1 else "")
    origin = derivation("reported", formula, RowRef("metric", key, "value", repr(value)))
    book.add(
        asset_key(seen.asset_id, figure.key),
        subject_of(seen.asset_id),
        figure.metric,
        figure.unit,
        Decimal(repr(value)) / figure.per,
        origin,
        as_of=day,
        source=seen.source,
        fetched_at=seen.fetched_at,
        qualifier=figure.qualifier,
        state=_state(snapshot, day),
    )


def _add_net_flow(book: FactBook, snapshot: Snapshot, inflow: OnchainSeen, outflow: OnchainSeen) -> None:
    """Draft what came to exchanges less what left them, over seven days in a row that both are known for."""
    last = min(inflow.days[-1], outflow.days[-1])
    days = tuple(last - timedelta(days=back) for back in range(FLOW_DAYS - 1, -1, -1))
    came, left = (dict(zip(seen.days, seen.values, strict=True)) for seen in (inflow, outflow))
    if any(day not in came or day not in left for day in days):
        return
    total = sum((Decimal(repr(came[day])) - Decimal(repr(left[day])) for day in days), Decimal(0))
    inputs = (_range(inflow, days), _range(outflow, days))
    book.add(
        asset_key(inflow.asset_id, "exchange_net_flow"),
        subject_of(inflow.asset_id),
        Metric.EXCHANGE_NET_FLOW,
        Unit.USD,
        total,
        derivation("sum", "flows to exchanges - flows from exchanges, 7 days", *inputs),
        as_of=last,
        window=f"{FLOW_DAYS}d",
        source=inflow.source,
        fetched_at=max(inflow.fetched_at, outflow.fetched_at),
        state=_state(snapshot, last),
    )


def _state(snapshot: Snapshot, day: date) -> State:
    return State.FRESH if (snapshot.as_of - day).days < _STALE_DAYS else State.STALE


def _key(seen: OnchainSeen) -> tuple[tuple[str, str], ...]:
    return (("source", seen.source), ("name", seen.name), ("asset_id", str(seen.asset_id)))


def _range(seen: OnchainSeen, days: tuple[date, ...]) -> RowRange:
    values = [value for day, value in zip(seen.days, seen.values, strict=True) if days[0] <= day <= days[-1]]
    first, last = days[0].isoformat(), days[-1].isoformat()
    return RowRange("metric", _key(seen), "value", first, last, len(values), values_sha256(np.array(values)))
