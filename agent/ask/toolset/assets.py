"""What there is of one asset: which it is, its price on a day, its grades and what happens on its chain."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from agent.analytics.returns import streak
from agent.ask.arguments import AskMetric, Grades, Onchain, PriceOf, Rank, ResolveAsset
from agent.ask.toolset import ranking
from agent.ask.toolset.catalogue import CHAIN_VALUE, MEANS, measured
from agent.ask.toolset.figures import asset_figure
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.market_read import Closes, MarketRead
from agent.ask.toolset.price_state import price_gaps, price_origin
from agent.ask.toolset.resolve import require
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import bar_range
from agent.ask.toolset.vector import Vector
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric, Unit
from agent.claims.figures import day_text
from agent.claims.naming import subject_of
from agent.measuring.errors import WrongArgument

_MARKET, _SIGNALS = SectionKey.MARKET, SectionKey.SIGNALS
_CHANGES = ("7d", "30d", "90d", "365d")
_GRADES = (AskMetric.TRADER_GRADE, AskMetric.INVESTOR_GRADE, AskMetric.TM_GRADE)
_OWN_GRADES = (AskMetric.SHORT_TERM_GRADE, AskMetric.LONG_TERM_GRADE)
_ONCHAIN = (
    AskMetric.ACTIVE_ADDRESSES,
    AskMetric.TRANSFER_VALUE,
    AskMetric.FEES,
    AskMetric.EXCHANGE_NET_FLOW,
    AskMetric.MVRV,
    AskMetric.HASH_RATE,
    AskMetric.VALUE_LOCKED,
    AskMetric.NVT,
    AskMetric.ISSUANCE,
)
_TELLING = 3
ONE_DAY = timedelta(days=1)


def resolve_asset(ledger: Ledger, wish: ResolveAsset) -> Finding:
    """The asset that a text means, with its last close so that there is something to say of it."""
    found = require(ledger.read, wish.asset)
    key = _draft(ledger, AskMetric.PRICE, None, found.asset_id, ledger.read.as_of)
    drafts = [Draft("close", ClaimKind.LEVEL, _MARKET, (key,), 0.5)] if key else price_gaps(ledger, found.asset_id)
    return Finding(ledger.claims(drafts), ledger.read.as_of, 1, "1 asset", candidates=(found,))


def price(ledger: Ledger, wish: PriceOf) -> Finding:
    """The close of an asset, its changes and where it stands, on the last day or on one that is over."""
    read = ledger.read
    found = require(read, wish.asset)
    day = require_past(read, wish.day) or read.as_of
    asset_id = found.asset_id
    close = _draft(ledger, AskMetric.PRICE, None, asset_id, day)
    if close is None:
        return _without_close(ledger, found.asset_id, day, is_last=wish.day is None)
    one, *changes = (_draft(ledger, AskMetric.CHANGE, window, asset_id, day) for window in ("1d", *_CHANGES))
    drafts = [
        Draft("change_to_close", ClaimKind.CHANGE, _MARKET, (one or "", close), 1.0),
        *([] if one else [Draft("close", ClaimKind.LEVEL, _MARKET, (close,), 1.0)]),
        *(Draft("change", ClaimKind.CHANGE, _MARKET, (key,), 0.6) for key in changes if key),
        *_standing(ledger, asset_id, day),
        *(price_origin(ledger, asset_id) if day == read.as_of else ()),
    ]
    return Finding(
        ledger.claims(drafts), day, _known(read.series(asset_id, day)), "days of closes", candidates=(found,)
    )


def _standing(ledger: Ledger, asset_id: int, day: date) -> Iterator[Draft]:
    """How far below its high, how volatile, and for how many days it rose or fell in a row."""
    if key := _draft(ledger, AskMetric.DRAWDOWN, None, asset_id, day):
        yield Draft("drawdown", ClaimKind.LEVEL, _MARKET, (key,), 0.5)
    if key := _draft(ledger, AskMetric.RSI, None, asset_id, day):
        yield Draft("rsi", ClaimKind.LEVEL, _MARKET, (key,), 0.3)
    if key := _draft(ledger, AskMetric.VOLATILITY, None, asset_id, day):
        yield Draft("volatility", ClaimKind.LEVEL, _MARKET, (key,), 0.3)
    closes = ledger.read.series(asset_id, day)
    run = int(streak(closes.close)[0])
    if abs(run) >= 2:
        formula = "days in a row with a close on the same side of the day before"
        origin = derivation("streak", formula, bar_range(closes, 0, abs(run) + 1))
        details = {"as_of": day, "source": closes.source}
        streaked = ledger.add(subject_of(asset_id), Metric.STREAK, Unit.COUNT, float(run), origin, **details)
        yield Draft("streak", ClaimKind.STREAK, _MARKET, (streaked,), 0.35)
    if key := _draft(ledger, AskMetric.VOLUME, None, asset_id, day):
        yield Draft("figure", ClaimKind.LEVEL, _MARKET, (key,), 0.25)
    if day == ledger.read.as_of and (key := _draft(ledger, AskMetric.MARKET_VALUE, None, asset_id, None)):
        yield Draft("figure", ClaimKind.LEVEL, _MARKET, (key,), 0.25)
    yield from _trend(ledger, asset_id, day)


def _trend(ledger: Ledger, asset_id: int, day: date) -> Iterator[Draft]:
    """How far the close is from its means, how strong the trend is and how wide a day."""
    metrics = (AskMetric.DISTANCE_50D, AskMetric.DISTANCE_200D, AskMetric.ADX, AskMetric.DAILY_RANGE)
    for measure in (*(measured(metric, None) for metric in metrics), *MEANS):
        if key := asset_figure(ledger.read, measure, asset_id, day).draft(ledger, asset_id):
            yield Draft("figure", ClaimKind.LEVEL, _MARKET, (key,), 0.2)


def _without_close(ledger: Ledger, asset_id: int, day: date, *, is_last: bool) -> Finding:
    """There is no bar of the day: what the last price before is, if it is of the last days that count."""
    if not is_last:
        note = f"there is no bar of {day_text(day)}"
        return Finding(as_of=day, notes=(note,))
    return Finding(ledger.claims(price_gaps(ledger, asset_id)), day, 0, "days of closes")


def grades(ledger: Ledger, wish: Grades) -> Finding:
    """The grades of an asset and how they moved on the day, or the best of all."""
    if wish.asset is None:
        return _best_grades(ledger)
    read = ledger.read
    found = require(read, wish.asset)
    drafts: list[Draft] = []
    notes: list[str] = []
    for metric in (*_GRADES, *_OWN_GRADES):
        measure = measured(metric, None)
        own = metric in _OWN_GRADES
        vector = asset_figure(read, measure, found.asset_id)
        key = vector.draft(ledger, found.asset_id)
        if key is None:
            notes.append(f"no {measure.noun} is stored for it")
            continue
        before = _previous(ledger, metric, found.asset_id, vector)
        template, change = ("own_grade", "own_grade_change") if own else ("grade", "grade_change")
        if before is None:
            drafts.append(Draft(template, ClaimKind.LEVEL, _SIGNALS, (key,), 0.7))
        else:
            drafts.append(Draft(change, ClaimKind.GRADE_CHANGE, _SIGNALS, (before, key), 0.8))
    made = ledger.claims(drafts)
    return Finding(made, read.market_day, len(drafts), "grades", notes=tuple(notes), candidates=(found,))


def _previous(ledger: Ledger, metric: AskMetric, asset_id: int, vector: Vector) -> str | None:
    """The same grade of the day before, if it was another one."""
    day = vector.day - ONE_DAY
    before = asset_figure(ledger.read, vector.measure, asset_id, day, exactly=True)
    value, now = before.value(asset_id), vector.value(asset_id)
    if not np.isfinite(value) or round(value, 1) == round(now, 1):
        return None
    traced = before.trace(before.asset_ids.tolist().index(asset_id))
    own = metric in _OWN_GRADES
    return ledger.add(
        subject_of(asset_id),
        Metric.OWN_GRADE_PREVIOUS if own else Metric.GRADE_PREVIOUS,
        Unit.SCORE,
        value,
        traced.derivation,
        **{**traced.details, "as_of": vector.day, "start": day, "window": "1d", "qualifier": vector.measure.qualifier},
    )


def _best_grades(ledger: Ledger) -> Finding:
    found = [
        ranking.rank(ledger, Rank(metric=metric, count=_TELLING))
        for metric in (AskMetric.TRADER_GRADE, AskMetric.SHORT_TERM_GRADE, AskMetric.LONG_TERM_GRADE)
    ]
    claims = tuple(claim for each in found for claim in each.claims)
    rows = max(each.rows for each in found)
    notes = tuple(dict.fromkeys(note for each in found for note in each.notes if each.rows))
    return Finding(claims, ledger.read.market_day, rows, ranking.universe_text("tracked", rows), notes=notes)


def onchain(ledger: Ledger, wish: Onchain) -> Finding:
    """The on-chain figures of an asset, each beside that of a week before."""
    read = ledger.read
    found = require(read, wish.asset)
    measures = [measured(metric, None) for metric in _ONCHAIN]
    drafts: list[Draft] = []
    lacking: list[str] = []
    for measure in (*measures, CHAIN_VALUE):
        vector = asset_figure(read, measure, found.asset_id)
        key = vector.draft(ledger, found.asset_id)
        if key is None:
            lacking.append(measure.noun)
            continue
        before = asset_figure(read, measure, found.asset_id, vector.day - 7 * ONE_DAY, exactly=True)
        earlier = before.draft(ledger, found.asset_id) if before.measure == vector.measure else None
        if earlier is None or measure.metric is Metric.EXCHANGE_NET_FLOW:
            drafts.append(Draft("figure", ClaimKind.ON_CHAIN, _SIGNALS, (key,), 0.6))
        else:
            drafts.append(Draft("figure_change", ClaimKind.CHANGE, _SIGNALS, (earlier, key), 0.7))
    made = ledger.claims(drafts)
    notes = (f"not stored for it: {', '.join(dict.fromkeys(lacking))}",) if lacking else ()
    return Finding(made, read.market_day, len(made), "figures", notes=notes, candidates=(found,))


def require_past(read: MarketRead, day: date | None) -> date | None:
    """The day if it is over; raises WrongArgument for one that is not."""
    if day is not None and day > read.as_of:
        raise WrongArgument(f"{day_text(day)} is not in the data yet: the last close is of {day_text(read.as_of)}")
    return day


def _draft(ledger: Ledger, metric: AskMetric, window: str | None, asset_id: int, day: date | None) -> str | None:
    measure = measured(metric, window)
    return asset_figure(ledger.read, measure, asset_id, day).draft(ledger, asset_id)


def _known(closes: Closes) -> int:
    return int(np.isfinite(closes.close).sum())
