"""What happens on an asset's chain: each figure of its last known day, beside its own last months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats
from agent.analytics.figure import Figure
from agent.analytics.signals.onchain import ONCHAIN_DAYS, measure_onchain
from agent.measuring.figures import ONCHAIN_NAMES, joined_metrics
from agent.store.metrics import metric_history

FRESH_DAYS = 7


@dataclass(frozen=True, slots=True)
class OnchainFigure:
    """A figure and, under `compared_as`, how it stands against its own past; both of `day`, from `source`.

    `*_z` are standard deviations from the 90 days before, other comparisons fractions. `compared` is None for a figure
    that is compared with nothing.
    """

    name: str
    value: Figure
    compared_as: str | None
    compared: Figure | None
    day: date | None
    source: str | None


class _Row(NamedTuple):
    """A figure, its comparison, and the stored metrics that it rests on, the first one telling its source."""

    name: str
    compared_as: str | None
    metrics: tuple[str, ...]


_ROWS = (
    _Row("active_addresses_7d", "active_addresses_z", ("onchain.active_addresses",)),
    _Row("transfer_value_7d_usd", "transfer_value_z", ("onchain.adjusted_transfer_value_usd",)),
    _Row("fees_7d_usd", "fees_z", ("onchain.fees_usd", "onchain.fees")),
    _Row("net_flow_7d_usd", "net_flow_z", ("onchain.exchange_inflow_usd", "onchain.exchange_outflow_usd")),
    _Row("mvrv", None, ("onchain.mvrv",)),
    _Row("nvt_proxy", "nvt_proxy_z", ("onchain.adjusted_transfer_value_usd",)),
    _Row("hash_rate_30d_ths", "hash_ribbon", ("onchain.hash_rate_ths",)),
    _Row("issuance_30d", "issuance_change", ("onchain.issuance_usd",)),
    _Row("protocol_tvl_usd", "protocol_tvl_change_7d", ("defi.protocol_tvl_usd",)),
    _Row("chain_tvl_usd", "chain_tvl_change_7d", ("defi.chain_tvl_usd",)),
)
_NOT_STORED = "nothing of it is stored for this asset"
_NO_HISTORY = "its history is too short or has too many gaps"


def read_onchain(session: Session, sources: Sequence[str], asset_id: int, day: date) -> tuple[OnchainFigure, ...]:
    """Read every on-chain figure of an asset as of a day, none older than a week."""
    first = day - timedelta(days=ONCHAIN_DAYS - 1)
    joined = joined_metrics(session, sources, ONCHAIN_NAMES, first, day)
    place = np.flatnonzero(joined[0] == asset_id) if joined is not None else np.empty(0, dtype=np.int64)
    if joined is None or not len(place):
        return tuple(_missing(row, _NOT_STORED) for row in _ROWS)
    series = {name: panel[:, place] for name, panel in joined[1].items() if np.isfinite(panel[:, place]).any()}
    if not series:
        return tuple(_missing(row, _NOT_STORED) for row in _ROWS)
    figures = measure_onchain(series)
    found = []
    for row in _ROWS:
        if not any(name in series for name in row.metrics):
            found.append(_missing(row, _NOT_STORED))
            continue
        values = getattr(figures, row.name)[:, 0]
        compared = None if row.compared_as is None else getattr(figures, row.compared_as)[:, 0]
        found.append(_figure(session, sources, asset_id, day, row, values, compared))
    return tuple(found)


def _figure(
    session: Session,
    sources: Sequence[str],
    asset_id: int,
    day: date,
    row: _Row,
    values: Floats,
    compared: Floats | None,
) -> OnchainFigure:
    known = np.flatnonzero(np.isfinite(values[-FRESH_DAYS:]))
    if not len(known):
        return _missing(row, _NO_HISTORY)
    back = FRESH_DAYS - 1 - int(known[-1])
    own_day = day - timedelta(days=back)
    return OnchainFigure(
        row.name,
        Figure.of(values[-1 - back], _NO_HISTORY),
        row.compared_as,
        None if compared is None else Figure.of(compared[-1 - back], _NO_HISTORY),
        own_day,
        _source_of(session, sources, asset_id, row.metrics, own_day),
    )


def _missing(row: _Row, reason: str) -> OnchainFigure:
    nothing = Figure.missing(reason)
    return OnchainFigure(row.name, nothing, row.compared_as, None if row.compared_as is None else nothing, None, None)


def _source_of(session: Session, sources: Sequence[str], asset_id: int, names: Sequence[str], day: date) -> str | None:
    """The first source with a row of that day, else of the week before, as means of a week may lack their last day."""
    for source in sources:
        for name in names:
            if metric_history(session, source, name, asset_id, day - timedelta(days=FRESH_DAYS), day):
                return source
    return None
