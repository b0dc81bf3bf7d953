"""A small invented market: names that are hard to read, and one true sentence with its facts for every wording."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Derivation, Entity, Fact, Metric, State, Unit

AS_OF = date(2025, 10, 10)
BRIEFED = date(2025, 10, 9)
FETCHED = datetime(2025, 10, 11, 0, 20, tzinfo=UTC)

NAMES = {
    "btc": "Bitcoin",
    "bch": "Bitcoin Cash",
    "eth": "Ethereum",
    "sol": "Solana",
    "inch": "1inch",
    "bonk": "Bonk x1000",
    "pump": "Pump.fun",
    "atom": "Cosmos",
    "doge": "Dogecoin",
    "neiro": "Neiro",
    "neirocto": "NEIROCTO",
    "cafe": "Café Coin",
    "first": "First Coin",
}
ENTITIES = {f"asset:{key}": Entity(f"asset:{key}", name) for key, name in NAMES.items()}
ENTITIES["sector:defi"] = Entity("sector:defi", "DeFi")
ENTITIES["sector:games"] = Entity("sector:games", "Games")
P = "portfolio:main"


def fact(
    fact_id: str,
    subject: str,
    metric: Metric,
    unit: Unit,
    value: str | None = None,
    *,
    as_of: date = AS_OF,
    state: State = State.FRESH,
    source: str = "token_metrics",
    label: str | None = None,
    window: str | None = None,
    start: date | None = None,
    other: str | None = None,
    qualifier: str | None = None,
    threshold: str | None = None,
    universe: str | None = None,
    universe_size: int | None = None,
    rank: int | None = None,
    rank_from_bottom: bool = False,
) -> Fact:
    return Fact(
        fact_id=fact_id,
        subject=subject,
        metric=metric,
        unit=unit,
        value=None if value is None else Decimal(value),
        as_of=as_of,
        state=state,
        source=source,
        fetched_at=FETCHED,
        derivation=Derivation("test", "given", ()),
        label=label,
        window=window,
        start=start,
        other=other,
        qualifier=qualifier,
        threshold=None if threshold is None else Decimal(threshold),
        universe=universe,
        universe_size=universe_size,
        rank=rank,
        rank_from_bottom=rank_from_bottom,
    )


def change(fact_id: str, subject: str, value: str, window: str | None = "1d", **more: Any) -> Fact:
    return replace(fact(fact_id, subject, Metric.CHANGE, Unit.PCT, value, window=window), **more)


def close(fact_id: str, subject: str, value: str, **more: Any) -> Fact:
    return replace(fact(fact_id, subject, Metric.CLOSE, Unit.USD, value), **more)


def ranked(fact_id: str, subject: str, value: str, rank: int, *, bottom: bool = False, window: str = "1d") -> Fact:
    return change(
        fact_id,
        subject,
        value,
        window,
        universe="tracked",
        universe_size=48,
        rank=rank,
        rank_from_bottom=bottom,
    )


def counted(fact_id: str, metric: Metric, value: str, window: str | None = "1d") -> Fact:
    return fact(fact_id, "market", metric, Unit.COUNT, value, window=window, universe="tracked", universe_size=48)


def mood(fact_id: str, value: str, label: str, as_of: date = AS_OF) -> Fact:
    return fact(fact_id, "market", Metric.FEAR_GREED, Unit.SCORE, value, label=label, as_of=as_of)


def owned(fact_id: str, metric: Metric, unit: Unit, value: str, window: str | None = None, **more: Any) -> Fact:
    return replace(fact(fact_id, P, metric, unit, value, window=window), **more)


def graded(fact_id: str, key: str, value: str, kind: str, *, previous: bool = False, threshold: str = "") -> Fact:
    return fact(
        fact_id,
        f"asset:{key}",
        Metric.GRADE_PREVIOUS if previous else Metric.GRADE,
        Unit.SCORE,
        value,
        qualifier=kind,
        start=BRIEFED if previous else None,
        threshold=threshold or None,
    )


def called(fact_id: str, key: str, label: str, before: str | None = None, source: str = "token_metrics") -> Fact:
    return fact(fact_id, f"asset:{key}", Metric.TRADING_SIGNAL, Unit.TEXT, label=label, qualifier=before, source=source)


def gap(fact_id: str, subject: str, label: str | None, state: State, qualifier: str | None = None) -> Fact:
    return fact(fact_id, subject, Metric.AVAILABILITY, Unit.TEXT, label=label, state=state, qualifier=qualifier)


@dataclass(frozen=True, slots=True)
class Case:
    """A true sentence and the facts of the claim it states."""

    template: str
    text: str
    facts: tuple[Fact, ...]

    @property
    def claim(self) -> Claim:
        return Claim("c1", ClaimKind.LEVEL, self.template, SectionKey.MARKET, self.facts, 0.5)


def claims_of(*facts: Fact) -> dict[str, Claim]:
    return {"c1": Claim("c1", ClaimKind.LEVEL, "any", SectionKey.MARKET, facts, 0.5)}
