"""Facts about the market: breadth, movers, market value, sentiment, grades and signals."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from agent.analytics import returns
from agent.analytics.grades import THRESHOLDS
from agent.briefing.facts.asset import AssetFigures, asset_key, change_formula
from agent.briefing.facts.breadth import add_breadth_facts
from agent.briefing.gather_market import CHANGE_DAYS, MARKET_VALUES
from agent.briefing.snapshot import GradeSeen, MetricSeen, SignalSeen, Snapshot, TradingSignalSeen
from agent.briefing.tracing import bar_range, bar_ref, cross_section, derivation
from agent.claims.book import FactBook
from agent.claims.fact import MARKET, Metric, RowRef, State, Unit
from agent.claims.naming import subject_of

MOVERS = 5
GRADE_STALE_DAYS = 2
DOMINANCE_FORMULA = "market value / total market value of the same day x 100"
_FLAT_PCT = 0.05  # what is shown as 0.0%
_TOTAL = "market.total_market_cap_usd"
_OLDEST_DAYS = 10  # a figure of the market that is older says nothing of the day


def ranked_changes(snapshot: Snapshot, figures: AssetFigures, days: int = 1) -> list[tuple[int, float]]:
    """Tracked assets with a known change, largest first; ties by asset number."""
    changes = figures.changes_pct[days]
    known = [
        (int(snapshot.prices.asset_ids[c]), float(changes[c])) for c in snapshot.tracked if np.isfinite(changes[c])
    ]
    return sorted(known, key=lambda item: (-item[1], item[0]))


def add_market_facts(book: FactBook, snapshot: Snapshot, figures: AssetFigures) -> None:
    """Draft breadth, median and movers of the tracked coins, and the market-wide figures of the sources."""
    ranked = ranked_changes(snapshot, figures)
    if ranked:
        _add_breadth(book, snapshot, ranked)
        add_breadth_facts(book, snapshot)
    for metric, name, unit in (
        (Metric.TOTAL_MARKET_CAP, _TOTAL, Unit.USD),
        (Metric.HIGH_GRADE_SHARE, "market.high_grade_share_pct", Unit.PCT),
        (Metric.STABLECOIN_SUPPLY, "stablecoin.supply_usd", Unit.USD),
        (Metric.TOTAL_VALUE_LOCKED, "defi.total_tvl_usd", Unit.USD),
    ):
        for days_before in (0, CHANGE_DAYS) if unit is Unit.USD else (0,):
            seen = snapshot.market_metric(name, days_before)
            if seen is not None and (snapshot.as_of - seen.day).days <= _OLDEST_DAYS + days_before:
                key = market_key(metric, days_before)
                _add_metric(book, snapshot, key, metric, unit, seen, due_days_ago=days_before)
    _add_dominance(book, snapshot)
    _add_fear_greed(book, snapshot)


def market_key(metric: Metric, days_before: int = 0) -> str:
    """The draft key of a figure of the market, or of the same so many days before it."""
    return f"market/{metric}_{days_before}d_before" if days_before else f"market/{metric}"


def _add_dominance(book: FactBook, snapshot: Snapshot) -> None:
    """Draft Bitcoin's share of the total market value of the last day that both are known for."""
    totals = {(seen.day, seen.source): seen for seen in reversed(snapshot.market) if seen.name == _TOTAL}
    by_day = {seen.day: seen for seen in reversed(snapshot.market) if seen.name == _TOTAL}  # the first source's
    for seen in (item for item in snapshot.onchain if item.asset_id == snapshot.bitcoin and item.name in MARKET_VALUES):
        day = max((day for day in seen.days if day in by_day), default=None)
        if day is None:
            continue
        value = seen.values[seen.days.index(day)]
        total = totals.get((day, seen.source), by_day[day])
        if not 0 < value < total.value:
            continue
        key = (("day", day.isoformat()), ("source", seen.source), ("name", seen.name), ("asset_id", str(seen.asset_id)))
        own = RowRef("metric", key, "value", repr(value))
        book.add(
            asset_key(seen.asset_id, "dominance"),
            subject_of(seen.asset_id),
            Metric.DOMINANCE,
            Unit.PCT,
            value / total.value * 100,
            derivation("share", DOMINANCE_FORMULA, own, _metric_ref(total)),
            as_of=day,
            source=seen.source,
            fetched_at=max(seen.fetched_at, total.fetched_at),
            state=_state(snapshot, day),
        )
        return


def _add_breadth(book: FactBook, snapshot: Snapshot, ranked: list[tuple[int, float]]) -> None:
    changes = np.array([change for _, change in ranked])
    counted = returns.breadth(changes, flat=_FLAT_PCT)
    size = {"universe": "tracked", "universe_size": len(ranked), "window": "1d", "start": snapshot.prices.day(-2)}
    inputs = (cross_section(snapshot, 2),)
    for metric, value in (
        (Metric.RISERS, counted.risers),
        (Metric.FALLERS, counted.fallers),
        (Metric.UNCHANGED, counted.unchanged),
    ):
        origin = derivation("count", f"coins whose 1-day change counts as {metric}; below 0.05 % is unchanged", *inputs)
        book.add(f"market/{metric}", MARKET, metric, Unit.COUNT, Decimal(value), origin, **size)
    origin = derivation("median", "median of the 1-day changes in per cent", *inputs)
    book.add("market/median", MARKET, Metric.MEDIAN_CHANGE, Unit.PCT, returns.median_change(changes), origin, **size)


def add_mover_ranks(book: FactBook, snapshot: Snapshot, figures: AssetFigures) -> None:
    """Draft the largest gains and losses with their place among the tracked coins."""
    ranked = ranked_changes(snapshot, figures)
    count = min(MOVERS, len(ranked) // 2)
    for from_bottom, group in ((False, ranked[:count]), (True, ranked[::-1][:count])):
        for asset_id, change in group:
            # equal changes share a place, so that none of them is called the one leader
            rank = 1 + sum(1 for _, other in group if (other < change if from_bottom else other > change))
            add_rank_fact(book, snapshot, asset_id, change, 1, rank, len(ranked), from_bottom=from_bottom)


def add_rank_fact(
    book: FactBook,
    snapshot: Snapshot,
    asset_id: int,
    change: float,
    days: int,
    rank: int,
    size: int,
    *,
    from_bottom: bool,
) -> str:
    """Draft a change with its place among `size` tracked coins and return its key."""
    order = "smallest" if from_bottom else "largest"
    origin = derivation(
        "rank",
        f"{change_formula(days)}; place {rank} of {size}, {order} first",
        bar_ref(snapshot, asset_id, -1),
        bar_ref(snapshot, asset_id, -1 - days),
    )
    end = "bottom" if from_bottom else "top"
    return book.add(
        asset_key(asset_id, f"rank_{end}" if days == 1 else f"rank_{end}_{days}d"),
        subject_of(asset_id),
        Metric.CHANGE,
        Unit.PCT,
        change,
        origin,
        window=f"{days}d",
        start=snapshot.prices.day(-1 - days),
        universe="tracked",
        universe_size=size,
        rank=rank,
        rank_from_bottom=from_bottom,
    )


def _metric_ref(seen: MetricSeen) -> RowRef:
    key = (("day", seen.day.isoformat()), ("source", seen.source), ("name", seen.name), ("asset_id", "0"))
    return RowRef("metric", key, "value", repr(seen.value))


def _add_metric(
    book: FactBook,
    snapshot: Snapshot,
    key: str,
    metric: Metric,
    unit: Unit,
    seen: MetricSeen,
    *,
    label: str | None = None,
    due_days_ago: int = 0,
) -> None:
    if not np.isfinite(seen.value):
        return
    origin = derivation("reported", f"as {seen.source} reported it", _metric_ref(seen))
    book.add(
        key,
        MARKET,
        metric,
        unit,
        seen.value,
        origin,
        as_of=seen.day,
        source=seen.source,
        fetched_at=seen.fetched_at,
        state=_state(snapshot, seen.day, due_days_ago),
        label=label,
    )


def _state(snapshot: Snapshot, day: date, due_days_ago: int = 0) -> State:
    return State.FRESH if (snapshot.as_of - day).days - due_days_ago <= 1 else State.STALE


def fear_greed_class(value: float) -> str:
    """The index's own classes, as published with its values since 2018."""
    shown = round(value)  # the class of the figure that is read
    for limit, name in ((25, "Extreme Fear"), (46, "Fear"), (54, "Neutral"), (75, "Greed")):
        if shown <= limit:
            return name
    return "Extreme Greed"


def _add_fear_greed(book: FactBook, snapshot: Snapshot) -> None:
    for key, days_before in (("market/fear_greed", 0), ("market/fear_greed_before", 1)):
        seen = snapshot.market_metric("sentiment.fear_greed_index", days_before)
        if seen is not None:
            _add_metric(book, snapshot, key, Metric.FEAR_GREED, Unit.SCORE, seen, label=fear_greed_class(seen.value))


def add_grade_facts(book: FactBook, snapshot: Snapshot, seen: GradeSeen) -> None:
    """Draft a grade and, if there is one, the grade of the day before; a crossed threshold is noted."""
    state = State.FRESH if (snapshot.as_of - seen.day).days <= GRADE_STALE_DAYS else State.STALE
    details = {"qualifier": seen.kind, "fetched_at": seen.fetched_at, "state": state}
    origin = derivation(
        "reported", f"as {snapshot.source} reported it", _grade_ref(snapshot, seen, seen.day.isoformat(), seen.value)
    )
    crossed = _crossed(seen)
    key, subject = asset_key(seen.asset_id, f"grade_{seen.kind}"), subject_of(seen.asset_id)
    book.add(key, subject, Metric.GRADE, Unit.SCORE, seen.value, origin, as_of=seen.day, threshold=crossed, **details)
    if seen.previous_value is not None and seen.previous_day is not None:
        before = _grade_ref(snapshot, seen, seen.previous_day.isoformat(), seen.previous_value)
        origin = derivation("reported", f"as {snapshot.source} reported it", before)
        book.add(
            f"{key}_before",
            subject,
            Metric.GRADE_PREVIOUS,
            Unit.SCORE,
            seen.previous_value,
            origin,
            as_of=seen.day,
            start=seen.previous_day,
            window="1d",
            **details,
        )


def _grade_ref(snapshot: Snapshot, seen: GradeSeen, day: str, value: float) -> RowRef:
    key = (("day", day), ("source", snapshot.source), ("kind", seen.kind), ("asset_id", str(seen.asset_id)))
    return RowRef("grade", key, "value", repr(value))


def _crossed(seen: GradeSeen) -> Decimal | None:
    before = seen.previous_value
    if before is None:
        return None
    pairs = ((before, seen.value), (_as_shown(before), _as_shown(seen.value)))
    passed = [limit for limit in THRESHOLDS if all((old < limit) != (new < limit) for old, new in pairs)]
    return Decimal(passed[0]) if passed else None


def _as_shown(grade: float) -> Decimal:
    return Decimal(repr(grade)).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


_TRADING_WORDS = {1: "bullish", 0: "neutral", -1: "bearish"}


def add_trading_signal(book: FactBook, snapshot: Snapshot, seen: TradingSignalSeen) -> None:
    """Draft a provider's trading signal."""
    key = (("day", seen.day.isoformat()), ("source", snapshot.source), ("asset_id", str(seen.asset_id)))
    origin = derivation(
        "reported", f"as {snapshot.source} reported it", RowRef("trading_signal", key, "signal", str(seen.signal))
    )
    flipped = None if seen.previous is None or seen.previous == seen.signal else _TRADING_WORDS[seen.previous]
    book.add(
        asset_key(seen.asset_id, "trading_signal"),
        subject_of(seen.asset_id),
        Metric.TRADING_SIGNAL,
        Unit.TEXT,
        None,
        origin,
        as_of=seen.day,
        label=_TRADING_WORDS[seen.signal],
        qualifier=flipped,
        fetched_at=seen.fetched_at,
    )


_SIGNAL_FACTS = {
    "macd_bullish_cross": (Metric.MACD_CROSS, Unit.TEXT, "bullish", 120),
    "macd_bearish_cross": (Metric.MACD_CROSS, Unit.TEXT, "bearish", 120),
    "breakout_up": (Metric.BREAKOUT, Unit.USD, "above", 21),
    "breakout_down": (Metric.BREAKOUT, Unit.USD, "below", 21),
    "volume_spike": (Metric.VOLUME_Z, Unit.SIGMA, None, 21),
}
_SIGNAL_FIELDS = {"breakout_up": "high", "breakout_down": "low", "volume_spike": "volume"}


def add_signal_fact(book: FactBook, snapshot: Snapshot, seen: SignalSeen) -> None:
    """Draft what a stored signal says; extremes of RSI and drawdown are facts of the asset already."""
    if seen.name not in _SIGNAL_FACTS or seen.value is None or snapshot.prices.column(seen.asset_id) is None:
        return
    metric, unit, label, bars = _SIGNAL_FACTS[seen.name]
    key = (
        ("day", snapshot.as_of.isoformat()),
        ("source", snapshot.source),
        ("asset_id", str(seen.asset_id)),
        ("name", seen.name),
    )
    origin = derivation(
        seen.name,
        "as the scan found it in the bars named here",
        RowRef("signal", key, "value", repr(seen.value)),
        bar_range(snapshot, seen.asset_id, bars, _SIGNAL_FIELDS.get(seen.name, "close")),
    )
    value = None if unit is Unit.TEXT else seen.value
    book.add(asset_key(seen.asset_id, seen.name), subject_of(seen.asset_id), metric, unit, value, origin, label=label)
