"""Facts for every template of docs/claims.md."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.figures import direction, shown_value
from tests.agent.claims.analyses import ANALYSES
from tests.agent.claims.gaps import WHYS, collected, coverage, disputed, missing, price_elsewhere, stale
from tests.agent.claims.values import (
    ANYONE,
    COUNTS,
    DATES,
    DAYS,
    INDICES,
    MARKET,
    OWN,
    PCT,
    PORTFOLIO,
    RATIO,
    SCORES,
    SIZE_PCT,
    SIZES,
    SOURCES,
    SUBJECTS,
    UNIVERSES,
    USD,
    Facts,
    decimals,
    prices,
)
from tests.agent.claims.verify.world import AS_OF, fact

MOVERS = st.one_of(ANYONE, INDICES)


def changes(subjects: st.SearchStrategy[str], windows: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Fact]:
    """Changes over days, of assets or of the portfolio."""
    named = st.one_of(st.just("1d"), DAYS) if windows is None else windows
    return st.builds(
        lambda subject, value, window: fact("ch", subject, Metric.CHANGE, Unit.PCT, str(value), window=window),
        subjects, PCT, named,
    )  # fmt: skip


def alone(subject: st.SearchStrategy[str], metric: Metric, unit: Unit, values: st.SearchStrategy[Decimal],
          **more: object) -> Facts:  # fmt: skip
    """Claims of a single fact."""
    return st.builds(lambda who, value: (fact("a", who, metric, unit, str(value), **more),), subject, values)  # type: ignore[arg-type]  # checked by Fact


def since(made: Fact, start: date) -> Fact:
    return replace(made, window="since", start=start)


@st.composite
def change_to_close(draw: st.DrawFn) -> tuple[Fact, ...]:
    moved = draw(changes(SUBJECTS, st.just("1d")))
    return moved, fact("cl", moved.subject, Metric.CLOSE, Unit.USD, str(draw(prices())))


@st.composite
def value_change(draw: st.DrawFn) -> tuple[Fact, ...]:
    worth, moved = draw(USD), draw(PCT)
    change = fact("ch", PORTFOLIO, Metric.CHANGE, Unit.PCT, str(moved), window="1d")
    money = fact("vc", PORTFOLIO, Metric.VALUE_CHANGE, Unit.USD, str(_alike(draw, change)), window="1d")
    return change, money, fact("v", PORTFOLIO, Metric.VALUE, Unit.USD, str(worth))


def _alike(draw: st.DrawFn, change: Fact) -> Decimal:
    """Money that moved the way the change did; of a change that shows as flat it may be anything."""
    money = draw(USD) + Decimal("0.01")
    return money if direction(change) >= 0 else -money


@st.composite
def since_value_change(draw: st.DrawFn) -> tuple[Fact, ...]:
    start = draw(DATES)
    change = since(fact("ch", PORTFOLIO, Metric.CHANGE, Unit.PCT, str(draw(PCT))), start)
    money = fact("vc", PORTFOLIO, Metric.VALUE_CHANGE, Unit.USD, str(_alike(draw, change)))
    return change, since(money, start)


@st.composite
def contribution(draw: st.DrawFn) -> tuple[Fact, ...]:
    value = draw(USD) + Decimal("0.01")
    bottom = draw(st.booleans())
    return (
        fact("co", draw(SUBJECTS), Metric.CONTRIBUTION, Unit.USD, str(-value if bottom else value), window="1d",
             universe="holdings", universe_size=draw(SIZES), rank=1, rank_from_bottom=bottom),
    )  # fmt: skip


@st.composite
def largest_holding(draw: st.DrawFn) -> tuple[Fact, ...]:
    return (
        fact("w", draw(SUBJECTS), Metric.WEIGHT, Unit.PCT, str(draw(SIZE_PCT)), universe="holdings",
             universe_size=draw(SIZES), rank=1),
    )  # fmt: skip


@st.composite
def versus(draw: st.DrawFn) -> tuple[Fact, ...]:
    own = draw(changes(MOVERS))
    other = draw(changes(SUBJECTS.filter(lambda subject: subject != own.subject), st.just(str(own.window))))
    if draw(st.booleans()):
        other = replace(other, value=own.value)
    return own, replace(other, fact_id="other")


@st.composite
def top(draw: st.DrawFn) -> tuple[Fact, ...]:
    value = draw(PCT.filter(lambda value: abs(value) > Decimal("0.06")))
    bottom, rank = draw(st.booleans()), draw(st.integers(1, 3))
    natural = (value > 0) is not bottom
    return (
        fact("t", draw(SUBJECTS), Metric.CHANGE, Unit.PCT, str(value), window=draw(st.one_of(st.just("1d"), DAYS)),
             universe=draw(UNIVERSES), universe_size=draw(SIZES), rank=rank if natural else 1,
             rank_from_bottom=bottom),
    )  # fmt: skip


@st.composite
def breadth(draw: st.DrawFn) -> tuple[Fact, ...]:
    size, window = draw(SIZES), draw(st.one_of(st.just("1d"), DAYS))
    parts = [draw(st.integers(0, 3) | st.integers(0, size)) for _ in range(3)]
    return tuple(
        fact(metric.value, "market", metric, Unit.COUNT, str(part), window=window, universe="tracked",
             universe_size=size)
        for metric, part in zip((Metric.RISERS, Metric.FALLERS, Metric.UNCHANGED), parts, strict=True)
    )  # fmt: skip


@st.composite
def median(draw: st.DrawFn) -> tuple[Fact, ...]:
    return (
        fact("m", "market", Metric.MEDIAN_CHANGE, Unit.PCT, str(draw(PCT)), window="1d", universe="tracked",
             universe_size=draw(SIZES)),
    )  # fmt: skip


MOODS = st.sampled_from(["Extreme Fear", "Fear", "Neutral", "Greed", "Extreme Greed"])


@st.composite
def fear_greed_change(draw: st.DrawFn) -> tuple[Fact, ...]:
    now = fact("n", "market", Metric.FEAR_GREED, Unit.SCORE, str(draw(SCORES)), label=draw(MOODS))
    value = draw(SCORES)
    label = now.label if round(value) == round(now.value or 0) else draw(MOODS)
    before = fact("b", "market", Metric.FEAR_GREED, Unit.SCORE, str(value), label=label)
    return now, replace(before, as_of=AS_OF - timedelta(days=1))


@st.composite
def rsi_extreme(draw: st.DrawFn) -> tuple[Fact, ...]:
    low = draw(st.booleans())
    value = draw(st.floats(0, 29.49) if low else st.floats(70.51, 100))
    return (
        fact("r", draw(SUBJECTS), Metric.RSI, Unit.SCORE, repr(value), threshold="30" if low else "70"),
    )  # fmt: skip


@st.composite
def grade_change(draw: st.DrawFn) -> tuple[Fact, ...]:
    subject, kind = draw(SUBJECTS), draw(st.sampled_from(["tm", "trader", "investor"]))
    before, now = draw(SCORES), draw(SCORES)
    crossed = [limit for limit in (80, 30) if (before < limit) != (now < limit)]
    earlier = fact("b", subject, Metric.GRADE_PREVIOUS, Unit.SCORE, str(before), qualifier=kind,
                   start=AS_OF - timedelta(days=1), window="1d")  # fmt: skip
    graded = fact("g", subject, Metric.GRADE, Unit.SCORE, str(now), qualifier=kind)
    shown = shown_value(earlier), shown_value(graded)
    if crossed and (shown[0] < crossed[0]) != (shown[1] < crossed[0]):
        graded = replace(graded, threshold=Decimal(crossed[0]))
    if shown[0] == shown[1]:  # an unchanged grade is no grade change
        graded = replace(graded, value=Decimal(100) if before < 50 else Decimal(0), threshold=None)
    return earlier, graded


@st.composite
def grade(draw: st.DrawFn) -> tuple[Fact, ...]:
    kind = draw(st.sampled_from(["tm", "trader", "investor"]))
    return (fact("g", draw(SUBJECTS), Metric.GRADE, Unit.SCORE, str(draw(SCORES)), qualifier=kind),)


CALLS = st.sampled_from(["bullish", "bearish", "neutral"])


@st.composite
def called(draw: st.DrawFn, *, turned: bool) -> tuple[Fact, ...]:
    label = draw(CALLS)
    before = draw(CALLS.filter(lambda other: other != label)) if turned else None
    return (
        fact("s", draw(SUBJECTS), Metric.TRADING_SIGNAL, Unit.TEXT, label=label, qualifier=before,
             source=draw(SOURCES)),
    )  # fmt: skip


@st.composite
def new_signals(draw: st.DrawFn) -> tuple[Fact, ...]:
    count = draw(st.integers(0, 2).map(Decimal) | COUNTS)
    return (since(fact("n", "market", Metric.NEW_SIGNALS, Unit.COUNT, str(count)), draw(DATES)),)


@st.composite
def concentration(draw: st.DrawFn) -> tuple[Fact, ...]:
    return (
        fact("n", PORTFOLIO, Metric.HOLDING_COUNT, Unit.COUNT, str(draw(st.integers(1, 3000)))),
        fact("e", PORTFOLIO, Metric.EFFECTIVE_NUMBER, Unit.RATIO, str(abs(draw(RATIO)))),
        fact("h", PORTFOLIO, Metric.HHI, Unit.RATIO, str(abs(draw(RATIO)))),
    )


@st.composite
def diversification(draw: st.DrawFn) -> tuple[Fact, ...]:
    window = draw(DAYS)
    return (
        fact("o", PORTFOLIO, Metric.VOLATILITY, Unit.PCT, str(draw(SIZE_PCT)), window=window),
        fact("w", PORTFOLIO, Metric.WEIGHTED_VOLATILITY, Unit.PCT, str(draw(SIZE_PCT)), window=window),
        fact("r", PORTFOLIO, Metric.DIVERSIFICATION_RATIO, Unit.RATIO, str(abs(draw(RATIO))), window=window),
    )


@st.composite
def average_correlation(draw: st.DrawFn) -> tuple[Fact, ...]:
    return (
        fact("a", PORTFOLIO, Metric.AVERAGE_CORRELATION, Unit.RATIO, str(draw(RATIO)), window=draw(DAYS),
             universe="holdings", universe_size=draw(SIZES)),
    )  # fmt: skip


@st.composite
def bitcoin_link(draw: st.DrawFn) -> tuple[Fact, ...]:
    window, other = draw(DAYS), draw(SUBJECTS)
    return tuple(
        fact(metric.value, PORTFOLIO, metric, Unit.RATIO, str(draw(RATIO)), window=window, other=other)
        for metric in (Metric.CORRELATION, Metric.BETA)
    )


def labelled(metric: Metric, unit: Unit, labels: tuple[str, ...], values: st.SearchStrategy[Decimal] | None) -> Facts:
    return st.builds(
        lambda who, label, value: (
            fact("l", who, metric, unit, None if value is None else str(value), label=label),
        ),
        SUBJECTS, st.sampled_from(labels), st.none() if values is None else values,
    )  # fmt: skip


TEMPLATES: dict[str, Facts] = {
    "change": changes(MOVERS).map(lambda made: (made,)),
    "change_to_close": change_to_close(),
    "close": alone(SUBJECTS, Metric.CLOSE, Unit.USD, prices()),
    "since_change": st.builds(lambda made, start: (since(made, start),), changes(ANYONE), DATES),
    "value": alone(OWN, Metric.VALUE, Unit.USD, USD),
    "value_change": value_change(),
    "since_value_change": since_value_change(),
    "contribution": contribution(),
    "largest_holding": largest_holding(),
    "weight": alone(SUBJECTS, Metric.WEIGHT, Unit.PCT, SIZE_PCT),
    "versus": versus(),
    "top": top(),
    "breadth": breadth(),
    "median": median(),
    "total_market_cap": alone(
        MARKET, Metric.TOTAL_MARKET_CAP, Unit.USD,
        decimals("995312345678.9", "999996000000", "999999.5", "1000000", "3515000000000", most=9e15, least=0.0),
    ),
    "high_grade_share": alone(MARKET, Metric.HIGH_GRADE_SHARE, Unit.PCT, decimals("0", "100", most=100.0, least=0.0)),
    "fear_greed": st.builds(
        lambda value, label: (fact("f", "market", Metric.FEAR_GREED, Unit.SCORE, str(value), label=label),),
        SCORES, MOODS,
    ),
    "fear_greed_change": fear_greed_change(),
    "streak": alone(SUBJECTS, Metric.STREAK, Unit.COUNT, st.integers(2, 1300).map(Decimal) | st.just(Decimal(-4))),
    "rsi": alone(SUBJECTS, Metric.RSI, Unit.SCORE, SCORES),
    "rsi_extreme": rsi_extreme(),
    "macd_cross": labelled(Metric.MACD_CROSS, Unit.TEXT, ("bullish", "bearish"), None),
    "breakout": labelled(Metric.BREAKOUT, Unit.USD, ("above", "below"), prices()),
    "volume_spike": alone(SUBJECTS, Metric.VOLUME_Z, Unit.SIGMA, decimals("3", "1234.56", most=1e5, least=3.0).map(
        lambda value: max(value, Decimal(3)))),
    "drawdown": alone(SUBJECTS, Metric.DRAWDOWN, Unit.PCT, decimals("0", "-0.05", "-100", most=0.0, least=-100.0),
                      window="365d"),
    "volatility": alone(ANYONE, Metric.VOLATILITY, Unit.PCT, SIZE_PCT, window="30d"),
    "grade": grade(),
    "grade_change": grade_change(),
    "trading_signal": called(turned=False),
    "trading_signal_flip": called(turned=True),
    "new_signals": new_signals(),
    "concentration": concentration(),
    "diversification": diversification(),
    "average_correlation": average_correlation(),
    "bitcoin_link": bitcoin_link(),
    "sharpe": alone(ANYONE, Metric.SHARPE, Unit.RATIO, RATIO, window="365d"),
    "max_drawdown": alone(ANYONE, Metric.MAX_DRAWDOWN, Unit.PCT, SIZE_PCT.map(lambda value: -value), window="365d"),
    "coverage": coverage(),
    "stale": stale(),
    "missing": missing(),
    "source_failed": collected(WHYS),
    "source_empty": collected(st.just("none")),
    "left_out": collected(st.just("left out")),
    "price_elsewhere": price_elsewhere(),
    "disputed": disputed(),
    **ANALYSES,
}  # fmt: skip


def claim_of(template: str, facts: tuple[Fact, ...], claim_id: str = "c1") -> Claim:
    return Claim(claim_id, ClaimKind.LEVEL, template, SectionKey.MARKET, facts, 0.5)


def of_another_day(facts: tuple[Fact, ...], days: int) -> tuple[Fact, ...]:
    """The same facts, some days earlier: stale."""
    return tuple(
        replace(
            made,
            as_of=made.as_of - timedelta(days=days),
            start=made.start - timedelta(days=days) if made.start is not None else None,
        )
        for made in facts
    )
