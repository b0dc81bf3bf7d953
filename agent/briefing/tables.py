"""The tables of a briefing: holdings, movers and signals, each figure tied to its fact."""

from collections import Counter
from collections.abc import Callable, Mapping

from agent.briefing.document import ABSENT, NOT_FIRED, Cell, Column, Table
from agent.briefing.facts.asset import asset_key
from agent.briefing.snapshot import Snapshot
from agent.claims.claim import SectionKey
from agent.claims.fact import Entity, Fact, Unit
from agent.claims.figures import direction, display, signed
from agent.claims.naming import asset_id_of, subject_of

Facts = Mapping[str, Fact]
Show = Callable[[Fact], str]

_HOLDINGS: tuple[tuple[str, str, Show], ...] = (
    ("Close", "close", display),
    ("Value", "value", display),
    ("Weight", "weight", display),
    ("1 day", "change_1d", signed),
    ("7 days", "change_7d", signed),
    ("30 days", "change_30d", signed),
    ("RSI", "rsi", display),
)
_MOVERS: tuple[tuple[str, str, Show], ...] = (
    ("Close", "close", display),
    ("1 day", "change_1d", signed),
    ("7 days", "change_7d", signed),
    ("RSI", "rsi", display),
)
_GRADES: tuple[tuple[str, str, Show], ...] = (
    ("TM grade", "grade_tm", display),
    ("Trader grade", "grade_trader", display),
    ("Investor grade", "grade_investor", display),
    ("Trading signal", "trading_signal", lambda fact: fact.label or ""),
)
_SIGNALS: tuple[tuple[str, str, Show], ...] = (
    ("RSI", "rsi", display),
    ("Above 20-day high", "breakout_up", display),
    ("Below 20-day low", "breakout_down", display),
    ("MACD turned up", "macd_bullish_cross", lambda fact: fact.label or ""),
    ("MACD turned down", "macd_bearish_cross", lambda fact: fact.label or ""),
    ("Volume (sigma)", "volume_spike", display),
)
_WORDS = frozenset({"trading_signal", "macd_bullish_cross", "macd_bearish_cross"})
_EVENTS = frozenset(what for _, what, _ in _SIGNALS if what != "rsi")
SIGNAL_ROWS = 10
HOLDING_ROWS, GRADE_ROWS = 12, 8  # a page of sixty kilobytes holds no more: a row takes one and a half


def briefing_tables(
    snapshot: Snapshot, facts: Facts, entities: Mapping[str, Entity]
) -> Mapping[SectionKey, tuple[Table, ...]]:
    """The tables by section; one without rows is left out."""
    held = sorted(snapshot.held_ids, key=lambda asset_id: _weight_order(facts, asset_id))
    caption = "Holdings" if len(held) <= HOLDING_ROWS else "Largest holdings"
    tables = {
        SectionKey.PORTFOLIO: _table(caption, _HOLDINGS, held[:HOLDING_ROWS], facts, entities),
        SectionKey.MOVERS: _table("Largest moves on the day", _MOVERS, _movers(facts), facts, entities),
        SectionKey.SIGNALS: _table(
            "Grades of your holdings", _GRADES, _graded(facts, held)[:GRADE_ROWS], facts, entities
        ),
    }
    made = {key: (table,) for key, table in tables.items() if table.rows}
    signals = _table("Signals on the day", _SIGNALS, _signalled(snapshot, facts, held), facts, entities)
    if signals.rows:
        made[SectionKey.SIGNALS] = (signals, *made.get(SectionKey.SIGNALS, ()))
    return made


def _weight_order(facts: Facts, asset_id: int) -> tuple[float, int]:
    fact = facts.get(asset_key(asset_id, "weight"))
    return (-float(fact.value) if fact is not None and fact.value is not None else 0.0, asset_id)


def _movers(facts: Facts) -> list[int]:
    ranked = [fact for key, fact in facts.items() if key.endswith(("/rank_top", "/rank_bottom"))]
    ranked.sort(
        key=lambda fact: (fact.rank_from_bottom, -(fact.rank or 0) if fact.rank_from_bottom else fact.rank or 0)
    )
    return [asset_id_of(fact.subject) for fact in ranked]


def _graded(facts: Facts, held: list[int]) -> list[int]:
    return [asset_id for asset_id in held if any(asset_key(asset_id, what) in facts for _, what, _ in _GRADES)]


def _signalled(snapshot: Snapshot, facts: Facts, held: list[int]) -> list[int]:
    """Assets with a signal of the table on the day: holdings by weight, then those with the most signals."""
    counts = Counter(signal.asset_id for signal in snapshot.signals if signal.name in _EVENTS)
    others = sorted(counts.keys() - set(held), key=lambda asset_id: (-counts[asset_id], asset_id))
    chosen = [*(asset_id for asset_id in held if asset_id in counts), *others]
    return [asset_id for asset_id in chosen if any(asset_key(asset_id, name) in facts for name in _EVENTS)][
        :SIGNAL_ROWS
    ]


def _table(
    caption: str,
    columns: tuple[tuple[str, str, Show], ...],
    asset_ids: list[int],
    facts: Facts,
    entities: Mapping[str, Entity],
) -> Table:
    used = [column for column in columns if any(asset_key(asset_id, column[1]) in facts for asset_id in asset_ids)]
    return Table(
        caption,
        (Column("Asset"), *(Column(title, numeric=what not in _WORDS) for title, what, _ in used)),
        tuple(
            (
                Cell(entities[subject_of(asset_id)].name),
                *(_cell(facts.get(asset_key(asset_id, what)), show, what) for _, what, show in used),
            )
            for asset_id in asset_ids
        ),
    )


def _cell(fact: Fact | None, show: Show, what: str) -> Cell:
    if fact is None:
        return Cell(NOT_FIRED if what in _EVENTS else ABSENT)
    is_change = show is signed and fact.unit is Unit.PCT
    return Cell(show(fact), fact.fact_id, direction(fact) if is_change else 0)
