"""Facts for the templates of weights, stress, sectors, indices and track records."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from agent.claims.fact import Fact, Metric, Unit
from agent.claims.figures import direction, shown_value
from agent.claims.wordings_stress import REMEMBERED
from agent.claims.wordings_weights import WEIGHTINGS
from tests.agent.claims.values import (
    COUNTS,
    DATES,
    DAYS,
    INDICES,
    PCT,
    PORTFOLIO,
    RATIO,
    SECTORS,
    SIZE_PCT,
    SUBJECTS,
    USD,
    Facts,
    decimals,
)
from tests.agent.claims.verify.world import AS_OF, fact

_CASES = st.integers(2, 20000).map(Decimal)
SHARES = decimals("0", "0.05", "99.95", "100", most=100.0, least=0.0)
AHEAD = st.sampled_from(["1d", "7d", "30d"])
SIGNALS = st.sampled_from(["golden_cross", "rsi_oversold", "drawdown_deep"])
GRADES = st.sampled_from(["tm", "trader", "investor", "short_term", "long_term"])
REWEIGHTED = st.sampled_from(
    [
        (Metric.VOLATILITY, Unit.PCT, "365d"),
        (Metric.MIX_SHARPE, Unit.RATIO, "365d"),
        (Metric.EFFECTIVE_NUMBER, Unit.RATIO, None),
    ]
)


def _own(fact_id: str, metric: Metric, unit: Unit, value: Decimal, **more: object) -> Fact:
    return fact(fact_id, PORTFOLIO, metric, unit, str(value), **more)  # type: ignore[arg-type]  # checked by Fact


@st.composite
def target_drift(draw: st.DrawFn) -> tuple[Fact, ...]:
    weight, target = draw(SHARES), draw(SHARES)
    if draw(st.booleans()):
        target = weight + Decimal("0.01")
    subject = draw(SUBJECTS)
    return (
        fact("w", subject, Metric.WEIGHT, Unit.PCT, str(weight)),
        fact("t", subject, Metric.TARGET_WEIGHT, Unit.PCT, str(target)),
        fact("g", subject, Metric.TARGET_GAP, Unit.PP, str(weight - target)),
    )


@st.composite
def target_trade(draw: st.DrawFn) -> tuple[Fact, ...]:
    value, trade = draw(USD) + Decimal("0.01"), draw(st.sampled_from(["sale", "purchase"]))
    return (fact("t", draw(SUBJECTS), Metric.TARGET_TRADE, Unit.USD, str(value), label=trade),)


@st.composite
def reweighted(draw: st.DrawFn) -> tuple[Fact, ...]:
    metric, unit, window = draw(REWEIGHTED)
    values = SIZE_PCT if unit is Unit.PCT else RATIO
    now = _own("n", metric, unit, draw(values), window=window)
    made = st.builds(
        lambda value, way: _own("r", Metric.REWEIGHTED, unit, value, window=window, qualifier=metric.value, label=way),
        values,
        st.sampled_from(WEIGHTINGS),
    )
    return draw(made.filter(lambda after: shown_value(after) != shown_value(now))), now


def looking_back(metric: Metric) -> Facts:
    return SIZE_PCT.map(lambda value: (_own("f", metric, Unit.PP, value, window="365d"),))


@st.composite
def stressed(draw: st.DrawFn, *, in_part: bool) -> tuple[Fact, ...]:
    day, label = draw(DATES), draw(st.none() | st.sampled_from(REMEMBERED))
    share = _own("s", Metric.STRESS_CHANGE, Unit.PCT, draw(PCT), start=day, label=label)
    beside = fact("b", draw(SUBJECTS), Metric.CHANGE, Unit.PCT, str(draw(PCT)), as_of=day, window="1d",
                  start=day - timedelta(days=1))  # fmt: skip
    if in_part:
        return _own("p", Metric.STRESS_SHARE, Unit.PCT, draw(SHARES), start=day, label=label), share, beside
    money = (draw(USD) + Decimal("0.01")) * (direction(share) or 1)
    return share, _own("m", Metric.STRESS_CHANGE, Unit.USD, money, start=day, label=label), beside


@st.composite
def stress_correlation(draw: st.DrawFn) -> tuple[Fact, ...]:
    other, window, size = draw(SUBJECTS), draw(DAYS), draw(st.integers(2, 3000))
    return (
        _own("d", Metric.STRESS_DAYS, Unit.COUNT, draw(COUNTS) + 2, window=window, other=other),
        _own("s", Metric.STRESS_CORRELATION, Unit.RATIO, draw(RATIO), window=window, other=other,
             universe="holdings", universe_size=size),
        _own("a", Metric.AVERAGE_CORRELATION, Unit.RATIO, draw(RATIO), window=window, universe="holdings",
             universe_size=size),
    )  # fmt: skip


@st.composite
def deepest_fall(draw: st.DrawFn) -> tuple[Fact, ...]:
    window = draw(DAYS)
    trough, peak = sorted(draw(st.sets(st.integers(0, int(window.removesuffix("d"))), min_size=2, max_size=2)))
    days = {"start": AS_OF - timedelta(days=peak), "as_of": AS_OF - timedelta(days=trough)}
    value = -draw(SIZE_PCT) - Decimal("0.06")
    return (_own("d", Metric.DEEPEST_FALL, Unit.PCT, value, window=window, **days),)


@st.composite
def trait_share(draw: st.DrawFn) -> tuple[Fact, ...]:
    trait = draw(st.sampled_from(["sector", "chain", "consensus", "use case", "region", "tier by market value"]))
    value = draw(st.sampled_from(["layer 1", "top 10", "BNB Smart Chain (BEP20)", "on the chain", "DeFi & co"]))
    return (_own("t", Metric.TRAIT_SHARE, Unit.PCT, draw(SHARES), qualifier=trait, label=value),)


@st.composite
def cash_share(draw: st.DrawFn) -> tuple[Fact, ...]:
    return (_own("c", Metric.CASH_SHARE, Unit.PCT, draw(SHARES), label=draw(st.sampled_from(["US dollar", "euro"]))),)


@st.composite
def among_holdings(draw: st.DrawFn, metric: Metric) -> tuple[Fact, ...]:
    size = draw(st.integers(2, 3000))
    count = draw(st.integers(1, 2) | st.integers(1, size))
    return (_own("h", metric, Unit.COUNT, Decimal(count), window=draw(DAYS), universe="holdings", universe_size=size),)


@st.composite
def sector(draw: st.DrawFn, *, is_ranked: bool) -> tuple[Fact, ...]:
    subject, value = f"sector:{draw(st.sampled_from(SECTORS))}", str(draw(PCT))
    window = draw(st.one_of(st.just("1d"), DAYS))
    if not is_ranked:
        return (fact("s", subject, Metric.SECTOR_CHANGE, Unit.PCT, value, window=window),)
    return (
        fact("s", subject, Metric.SECTOR_CHANGE, Unit.PCT, value, window=window, universe="sectors",
             universe_size=draw(st.integers(10, 300)), rank=draw(st.integers(1, 10)),
             rank_from_bottom=draw(st.booleans())),
    )  # fmt: skip


@st.composite
def regime(draw: st.DrawFn) -> tuple[Fact, ...]:
    label = draw(st.sampled_from(["risk on", "risk off", "mixed"]))
    return (fact("r", "market", Metric.REGIME, Unit.TEXT, label=label),)


LEVELS = decimals("100", "99.995", "1234.565", most=1e5, least=0.01).map(abs)


@st.composite
def index_level(draw: st.DrawFn, *, has_moved: bool) -> tuple[Fact, ...]:
    level = fact("i", draw(INDICES), Metric.INDEX_LEVEL, Unit.RATIO, str(draw(LEVELS)))
    moved = fact("m", level.subject, Metric.CHANGE, Unit.PCT, str(draw(PCT)), window="1d")
    return (level, moved) if has_moved else (level,)


@st.composite
def index_since(draw: st.DrawFn) -> tuple[Fact, ...]:
    day = draw(DATES)
    return (
        fact("i", draw(INDICES), Metric.CHANGE, Unit.PCT, str(draw(PCT)), start=day),
        fact("a", draw(SUBJECTS), Metric.CHANGE, Unit.PCT, str(draw(PCT)), start=day),
    )


@st.composite
def index_risk(draw: st.DrawFn) -> tuple[Fact, ...]:
    subject = draw(INDICES)
    return (
        fact("v", subject, Metric.VOLATILITY, Unit.PCT, str(draw(SIZE_PCT)), window="90d"),
        fact("d", subject, Metric.MAX_DRAWDOWN, Unit.PCT, str(-draw(SIZE_PCT)), window="365d"),
    )


def _record(
    fact_id: str, metric: Metric, unit: Unit, value: Decimal, of: dict[str, str], label: str | None = None
) -> Fact:
    return fact(
        fact_id, "market", metric, unit, str(value), label=label, qualifier=of["qualifier"], window=of["window"]
    )


@st.composite
def signal_record(draw: st.DrawFn, *, of_excess: bool) -> tuple[Fact, ...]:
    of = {"qualifier": draw(SIGNALS), "window": draw(AHEAD)}
    cases = _record("n", Metric.FIRINGS, Unit.COUNT, draw(_CASES), of)
    if of_excess:
        return cases, _record("e", Metric.EXCESS_RETURN, Unit.PP, draw(PCT), of)
    way = draw(st.sampled_from(["rise", "fall"]))
    return (
        _record("h", Metric.HIT_RATE, Unit.PCT, draw(SHARES), of, way),
        cases,
        _record("b", Metric.BASE_RATE, Unit.PCT, draw(SHARES), of, way),
    )


@st.composite
def grade_record(draw: st.DrawFn, *, by_fifths: bool) -> tuple[Fact, ...]:
    of = {"qualifier": draw(GRADES), "window": draw(AHEAD)}
    days = _record("n", Metric.SPLIT_DAYS if by_fifths else Metric.GRADE_DAYS, Unit.COUNT, draw(_CASES), of)
    if not by_fifths:
        return _record("c", Metric.GRADE_CORRELATION, Unit.RATIO, draw(RATIO), of), days
    return (
        _record("s", Metric.GRADE_SPREAD, Unit.PP, draw(PCT), of),
        _record("h", Metric.GRADE_HIT_RATE, Unit.PCT, draw(SHARES), of),
        days,
    )


ANALYSES: dict[str, Facts] = {
    "target_drift": target_drift(),
    "target_distance": SHARES.map(lambda value: (_own("t", Metric.TARGET_DISTANCE, Unit.PCT, value),)),
    "target_trade": target_trade(),
    "reweighted": reweighted(),
    "frontier_volatility": looking_back(Metric.EXCESS_VOLATILITY),
    "frontier_return": looking_back(Metric.FORGONE_RETURN),
    "stress_day": stressed(in_part=False),
    "stress_day_part": stressed(in_part=True),
    "stress_correlation": stress_correlation(),
    "deepest_fall": deepest_fall(),
    "trait_share": trait_share(),
    "in_the_end": st.builds(
        lambda subject, value: (fact("e", subject, Metric.END_SHARE, Unit.PCT, str(value)),), SUBJECTS, SHARES
    ),
    "cash_share": cash_share(),
    "held_again": SHARES.map(lambda value: (_own("h", Metric.HELD_AGAIN, Unit.PCT, value),)),
    "enough_holdings": among_holdings(Metric.ENOUGH_HOLDINGS),
    "alike_groups": among_holdings(Metric.ALIKE_GROUPS),
    "sector_change": sector(is_ranked=False),
    "sector_rank": sector(is_ranked=True),
    "regime": regime(),
    "index_level": index_level(has_moved=True),
    "index_stood": index_level(has_moved=False),
    "index_since": index_since(),
    "index_risk": index_risk(),
    "signal_hits": signal_record(of_excess=False),
    "signal_excess": signal_record(of_excess=True),
    "grade_record": grade_record(by_fifths=False),
    "grade_fifths": grade_record(by_fifths=True),
}
