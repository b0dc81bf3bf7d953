"""A few true claims with their names, and drafts as a model writes them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Derivation, Entity, Fact, Metric, State, Unit

AS_OF = date(2025, 10, 10)
ENTITIES = {
    "asset:1": Entity("asset:1", "Bitcoin", "BTC"),
    "asset:2": Entity("asset:2", "Ethereum", "ETH"),
    "asset:3": Entity("asset:3", "Solana", "SOL"),
}


def fact(fact_id: str, subject: str, metric: Metric, unit: Unit, value: str | None, **more: Any) -> Fact:
    options: dict[str, Any] = {"as_of": AS_OF, "state": State.FRESH, "source": "sandbox"}
    return Fact(
        fact_id,
        subject,
        metric,
        unit,
        None if value is None else Decimal(value),
        fetched_at=datetime(2025, 10, 11, 0, 20, tzinfo=UTC),
        derivation=Derivation("test", "given", ()),
        **(options | more),
    )


def change_claim(
    claim_id: str,
    subject: str,
    value: str,
    section: SectionKey,
    *,
    window: str = "1d",
    salience: float = 0.5,
    mandatory: bool = False,
) -> Claim:
    moved = fact(f"f-{claim_id}", subject, Metric.CHANGE, Unit.PCT, value, window=window)
    return Claim(claim_id, ClaimKind.CHANGE, "change", section, (moved,), salience, mandatory)


def value_claim(claim_id: str) -> Claim:
    worth = fact(f"f-{claim_id}", "portfolio:1", Metric.VALUE, Unit.USD, "52310.22")
    return Claim(claim_id, ClaimKind.LEVEL, "value", SectionKey.PORTFOLIO, (worth,), 1.0, mandatory=True)


CLAIMS = (
    value_claim("k7"),
    change_claim("q2", "asset:1", "-7.31", SectionKey.MARKET, salience=0.9),
    change_claim("z4", "asset:2", "-11.9", SectionKey.MARKET, salience=0.8),
    change_claim("m9", "asset:3", "4.44", SectionKey.MOVERS, salience=0.4),
)


def use(claim_id: str, form: int = 0) -> dict[str, Any]:
    return {"claim": claim_id, "form": form}


def words(text: str) -> dict[str, Any]:
    return {"text": text}


def draft(**sections: list[list[dict[str, Any]]]) -> str:
    """A draft by section: each sentence is a list of parts."""
    return json.dumps(
        {
            "sections": [
                {"key": key, "sentences": [{"parts": parts} for parts in sentences]}
                for key, sentences in sections.items()
            ]
        }
    )


GOOD = draft(
    portfolio=[[use("k7")]],
    market=[[words("Meanwhile, "), use("q2"), words(" and "), use("z4", 1)]],
    movers=[[use("m9")]],
)
GOOD_TEXTS = [
    "Your portfolio was worth $52,310.22 at the close.",
    "Meanwhile, Bitcoin fell 7.3% on the day and on the day, Ethereum lost 11.9%.",
    "Solana rose 4.4% on the day.",
]
