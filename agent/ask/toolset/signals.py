"""The stored signals of an asset, of a family, of what is held or of all, counted over all and told by rank."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.registry import SIGNALS, signal_named
from agent.analytics.signals.signal import Family
from agent.ask.arguments import Signals
from agent.ask.tools import Candidate
from agent.ask.toolset.figures import require_held
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.names import SECTOR
from agent.ask.toolset.resolve import require
from agent.ask.toolset.result import Finding
from agent.briefing.facts.scores import LEAST_CASES
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import MARKET, Metric, RowRef, Unit
from agent.claims.figures import day_text
from agent.claims.naming import subject_of
from agent.measuring.confidences import horizon_of
from agent.measuring.errors import WrongArgument
from agent.measuring.signal_list import LONGEST_LIFE
from agent.store.own_grades import own_grades_on
from agent.store.signals import SignalRow, live_signals, signals_between, wider_signals_between
from agent.store.traits import asset_traits

MOST_TOLD = 10
_SECTION = SectionKey.SIGNALS
_OLDER: dict[str, tuple[str, Metric, Unit, str | None, int | None]] = {
    "rsi_oversold": ("rsi_extreme", Metric.RSI, Unit.SCORE, None, 30),
    "rsi_overbought": ("rsi_extreme", Metric.RSI, Unit.SCORE, None, 70),
    "macd_bullish_cross": ("macd_cross", Metric.MACD_CROSS, Unit.TEXT, "bullish", None),
    "macd_bearish_cross": ("macd_cross", Metric.MACD_CROSS, Unit.TEXT, "bearish", None),
    "breakout_up": ("breakout", Metric.BREAKOUT, Unit.USD, "above", None),
    "breakout_down": ("breakout", Metric.BREAKOUT, Unit.USD, "below", None),
    "volume_spike": ("volume_spike", Metric.VOLUME_Z, Unit.SIGMA, None, None),
    "trading_signal_bullish": ("trading_signal", Metric.TRADING_SIGNAL, Unit.TEXT, "bullish", None),
    "trading_signal_bearish": ("trading_signal", Metric.TRADING_SIGNAL, Unit.TEXT, "bearish", None),
}
_NAMES = frozenset(signal.name for signal in SIGNALS)


def signals(ledger: Ledger, wish: Signals) -> Finding:
    """The signals of the last day, or those still live; all are counted, the best known assets' are told."""
    read = ledger.read
    _require_known(wish)
    found = None if wish.asset is None else require(read, wish.asset)
    rows = [row for row in _rows(read, wish, found) if _is_meant(row, wish)]
    with read.store.reader() as session:
        ranks = {key: item.rank for key, item in asset_traits(session, read.source).items()} if len(rows) > 1 else {}
        scanned = own_grades_on(session, read.source, read.market_day) is not None
    rows.sort(
        key=lambda row: (row.asset_id != 0, ranks.get(row.asset_id) or 1 << 31, row.asset_id, -row.day.toordinal())
    )
    told = _varied(rows)
    drafts = [draft for row in told for draft in _drafts(ledger, row, with_record=found is not None)]
    none = f"no such signal {'is live' if wish.live else 'fired'} on {day_text(read.market_day)}"
    unscanned = "the last day was not scanned: `coinbrief scan` does it"
    notes = (*(() if scanned else (unscanned,)), *((none,) if scanned and not rows else ()), *_tally(rows, told))
    return Finding(
        ledger.claims(drafts),
        read.market_day,
        len(rows),
        "signals",
        truncated=len(told) < len(rows),
        notes=notes,
        candidates=() if found is None else (found,),
    )


def _require_known(wish: Signals) -> None:
    if wish.name is not None:
        try:
            signal_named(wish.name)
        except AnalyticsError as error:
            raise WrongArgument(
                f"{str(error).partition(';')[0]}; a signal is called as in `coinbrief signals`"
            ) from None
    families = [family.value for family in Family]
    if wish.family is not None and wish.family not in families:
        raise WrongArgument(f"there is no family {wish.family!r}: choose among {', '.join(families)}")


def _rows(read: MarketRead, wish: Signals, found: Candidate | None) -> Sequence[SignalRow]:
    day = read.market_day
    first = day - LONGEST_LIFE if wish.live else day
    if wish.held:
        require_held(read)
    with read.store.reader() as session:
        if found is not None and wish.live:
            rows: Sequence[SignalRow] = live_signals(session, read.source, found.asset_id, day)
        else:
            rows = signals_between(session, read.source, first, day)
            if found is None and not wish.held:
                rows = (*wider_signals_between(session, read.source, first, day), *rows)
    chosen = None if found is None else {found.asset_id}
    if wish.held:
        chosen = {*read.held.ids} if chosen is None else chosen & {*read.held.ids}
    live = (row for row in rows if not wish.live or (row.expires_on is not None and row.expires_on >= day))
    return [row for row in live if chosen is None or row.asset_id in chosen]


def _is_meant(row: SignalRow, wish: Signals) -> bool:
    if row.name not in _NAMES:  # of an earlier version
        return False
    return wish.name in (None, row.name) and wish.family in (None, signal_named(row.name).family.value)


def _varied(rows: Sequence[SignalRow]) -> list[SignalRow]:
    """All of them if they are few, else the first, no more than two of one subject while others have any."""
    if len(rows) <= MOST_TOLD:
        return list(rows)
    by_subject = [list(group) for _, group in groupby(rows, key=lambda row: (row.asset_id, row.sector))]
    if len(by_subject) == 1:
        return list(rows[:MOST_TOLD])
    first = [row for group in by_subject for row in group[:2]]
    return first[:MOST_TOLD]


def _drafts(ledger: Ledger, row: SignalRow, *, with_record: bool) -> Iterator[Draft]:
    subject = subject_of(row.asset_id) if row.asset_id else f"{SECTOR}{row.sector}" if row.sector else MARKET
    template, metric, unit, label, threshold = _OLDER.get(
        row.name, ("signal", Metric.SIGNAL, Unit.TEXT, row.name, None)
    )
    if unit is not Unit.TEXT and row.value is None:
        return
    if threshold is not None and round(row.value or 0) == threshold:
        template, threshold = "rsi", None  # "30, below 30" would contradict itself
    day, source = row.day, ledger.read.source
    key = (
        ("day", day.isoformat()),
        ("source", source),
        ("asset_id", str(row.asset_id)),
        *((("sector", row.sector),) if row.sector else ()),
        ("name", row.name),
    )
    reference = _column(key, "value", row.value)
    origin = derivation(row.name, signal_named(row.name).definition, reference)
    fact = ledger.add(
        subject,
        metric,
        unit,
        None if unit is Unit.TEXT else row.value,
        origin,
        label=label,
        threshold=None if threshold is None else Decimal(threshold),
        as_of=day,
        fetched_at=row.computed_at,
    )
    kind = ClaimKind.THRESHOLD if template == "rsi_extreme" else ClaimKind.SIGNAL
    yield Draft(template, kind, _SECTION, (fact,), 0.8 if row.proven else 0.6)
    if with_record and row.confidence is not None and (row.sample_size or 0) >= LEAST_CASES:
        yield _record(ledger, row, subject, key)


def _column(key: tuple[tuple[str, str], ...], name: str, value: float | None) -> RowRef:
    return RowRef("signal", key, name, None if value is None else repr(value))


def _record(ledger: Ledger, row: SignalRow, subject: str, key: tuple[tuple[str, str], ...]) -> Draft:
    """How far the signal is to be trusted, from how it did before."""
    details = {
        "qualifier": row.name,
        "window": f"{horizon_of(row.name)}d",
        "as_of": row.day,
        "fetched_at": row.computed_at,
    }
    formula = "share of past firings whose direction was right, shrunk to chance (docs/methodology.md)"
    origin = derivation("confidence", formula, _column(key, "confidence", row.confidence))
    share = ledger.add(subject, Metric.SIGNAL_CONFIDENCE, Unit.PCT, (row.confidence or 0.0) * 100, origin, **details)
    origin = derivation("count", "past firings whose outcome is known", _column(key, "sample_size", row.sample_size))
    cases = ledger.add(subject, Metric.SIGNAL_CASES, Unit.COUNT, Decimal(row.sample_size or 0), origin, **details)
    return Draft("signal_record", ClaimKind.SIGNAL, _SECTION, (share, cases), 0.5)


def _tally(rows: Sequence[SignalRow], told: Sequence[SignalRow]) -> tuple[str, ...]:
    """How often each fired, where not all of them are told."""
    if len(told) == len(rows):
        return ()
    counted = Counter(row.name for row in rows).most_common(MOST_TOLD)
    listed = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counted)
    return (f"{len(rows):,} signals in all, the most frequent: {listed}",)
