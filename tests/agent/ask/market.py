"""A small stored market to ask about: `AskData` over a handful of facts."""

from datetime import date
from decimal import Decimal

from agent.ask.tools import Candidate, Found
from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Entity, Metric, State, Unit
from tests.agent.briefing.write.ground import AS_OF, change_claim, fact

ASSETS = (
    Candidate(1, "Bitcoin", "BTC"),
    Candidate(2, "Ethereum", "ETH"),
    Candidate(3, "Solana", "SOL"),
    Candidate(4, "Neiro", "NEIRO"),
    Candidate(5, "Neiro on ETH", "NEIRO"),
    Candidate(6, "Shiba Inu", "SHIB"),
    Candidate(7, "The Graph", "GRT"),
    Candidate(8, "USD Coin", "USDC"),
)
MOVES = {1: "-7.31", 2: "-11.9", 3: "4.44", 4: "1.2", 5: "30.5", 6: "0.01", 7: "2.5", 8: "0.02"}
ENTITIES = {f"asset:{asset.asset_id}": Entity(f"asset:{asset.asset_id}", asset.name, asset.symbol) for asset in ASSETS}


class Market:
    """Answers from `MOVES`; every read is counted."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    @property
    def as_of(self) -> date:
        return AS_OF

    def resolve(self, text: str) -> tuple[Candidate, ...]:
        wanted = text.strip().lower()
        return tuple(
            asset
            for asset in ASSETS
            if wanted
            in {asset.name.lower(), (asset.symbol or "").lower(), f"id {asset.asset_id}", f"#{asset.asset_id}"}
        )

    def asset_claims(self, asset_id: int) -> Found:
        self.reads.append(f"asset {asset_id}")
        subject = f"asset:{asset_id}"
        moved = fact(f"d{asset_id}", subject, Metric.CHANGE, Unit.PCT, MOVES[asset_id], window="1d")
        closed = fact(f"p{asset_id}", subject, Metric.CLOSE, Unit.USD, str(Decimal(100) * asset_id))
        return self._found(
            Claim(f"a{asset_id}", ClaimKind.CHANGE, "change_to_close", SectionKey.MARKET, (moved, closed), 0.9),
            change_claim(f"w{asset_id}", subject, "12.5", SectionKey.MARKET, window="7d"),
            self._rsi(asset_id, "28"),
        )

    def rank_claims(self, window: str, *, top: bool, count: int) -> Found:
        self.reads.append(f"rank {window} {'top' if top else 'bottom'} {count}")
        ordered = sorted(MOVES, key=lambda key: Decimal(MOVES[key]), reverse=top)
        return self._found(
            *(self._ranked(asset_id, place, window, top=top) for place, asset_id in enumerate(ordered[:1], 1))
        )

    def market_claims(self) -> Found:
        self.reads.append("market")
        mood = fact("fg", "market", Metric.FEAR_GREED, Unit.SCORE, "27", label="Fear")
        return self._found(Claim("fg", ClaimKind.LEVEL, "fear_greed", SectionKey.MARKET, (mood,), 0.5))

    def signal_claims(self, asset_id: int | None) -> Found:
        self.reads.append(f"signals {asset_id}")
        return self._found(*(self._rsi(key, "28") for key in ([asset_id] if asset_id is not None else [1, 3])))

    def portfolio_claims(self, name: str) -> Found:
        self.reads.append(f"portfolio {name}")
        worth = fact("v", "portfolio:1", Metric.VALUE, Unit.USD, "52310.22")
        close = fact("av", "portfolio:1", Metric.AVERAGE_CORRELATION, Unit.RATIO, "0.71", window="90d",
                     universe="holdings", universe_size=6)  # fmt: skip
        weight = fact("wt", "asset:1", Metric.WEIGHT, Unit.PCT, "45.2")
        return self._found(
            Claim("v", ClaimKind.LEVEL, "value", SectionKey.PORTFOLIO, (worth,), 1.0),
            Claim("av", ClaimKind.CORRELATION, "average_correlation", SectionKey.PORTFOLIO, (close,), 0.6),
            Claim("wt", ClaimKind.LEVEL, "weight", SectionKey.PORTFOLIO, (weight,), 0.4),
        )

    def _rsi(self, asset_id: int, value: str) -> Claim:
        index = fact(f"r{asset_id}", f"asset:{asset_id}", Metric.RSI, Unit.SCORE, value, threshold=Decimal(30))
        return Claim(f"r{asset_id}", ClaimKind.THRESHOLD, "rsi_extreme", SectionKey.SIGNALS, (index,), 0.7)

    def _ranked(self, asset_id: int, place: int, window: str, *, top: bool) -> Claim:
        moved = fact(f"t{asset_id}", f"asset:{asset_id}", Metric.CHANGE, Unit.PCT, MOVES[asset_id], window=window,
                     universe="tracked", universe_size=48, rank=place, rank_from_bottom=not top)  # fmt: skip
        return Claim(f"t{asset_id}", ClaimKind.RANK, "top", SectionKey.MOVERS, (moved,), 0.8)

    def _found(self, *claims: Claim) -> Found:
        return Found(claims, ENTITIES)


class EmptyMarket(Market):
    """Knows the assets and has nothing on them but that the price is missing."""

    def asset_claims(self, asset_id: int) -> Found:
        gap = fact(
            f"g{asset_id}",
            f"asset:{asset_id}",
            Metric.AVAILABILITY,
            Unit.TEXT,
            None,
            label="price",
            state=State.MISSING,
        )
        return self._found(Claim(f"g{asset_id}", ClaimKind.MISSING, "missing", SectionKey.GAPS, (gap,), 0.9))

    def market_claims(self) -> Found:
        return self._found()
