"""Facts for the templates about the data itself: what is late, missing, from elsewhere or disputed."""

from hypothesis import strategies as st

from agent.claims.fact import Fact, Metric, State, Unit
from tests.agent.claims.values import ANYONE, DATES, SIZES, SOURCES, SUBJECTS, prices
from tests.agent.claims.verify.world import AS_OF, fact


@st.composite
def coverage(draw: st.DrawFn) -> tuple[Fact, ...]:
    size = draw(SIZES)
    count = draw(st.integers(0, 2) | st.integers(0, size))
    return (
        fact("c", "market", Metric.COVERAGE, Unit.COUNT, str(count), as_of=draw(DATES | st.just(AS_OF)),
             universe="tracked", universe_size=size),
    )  # fmt: skip


@st.composite
def stale(draw: st.DrawFn) -> tuple[Fact, ...]:
    day = draw(DATES)
    return (
        fact("s", draw(SUBJECTS), Metric.AVAILABILITY, Unit.DATE, as_of=day, label=day.isoformat(), state=State.STALE),
    )


@st.composite
def missing(draw: st.DrawFn) -> tuple[Fact, ...]:
    what = draw(st.sampled_from(["price", "TM grade", "90-day history", "90-day diversification figure"]))
    return (fact("m", draw(ANYONE), Metric.AVAILABILITY, Unit.TEXT, label=what, state=State.MISSING),)


KINDS = st.builds(
    "{}{}".format,
    st.sampled_from(["daily_bars", "trader_grades", "assets", "fundamental_grade_history", "sentiment"]),
    st.sampled_from(["", "_of_the_watchlist", "_of_other_coins"]),
)
WHYS = st.sampled_from(
    [
        "rate limited",
        "unavailable",
        "not authorised",
        "quota spent",
        "bad request",
        "unreadable answer",
        "too few rows",
        "unusable rows",
    ]
)


@st.composite
def collected(draw: st.DrawFn, labels: st.SearchStrategy[str]) -> tuple[Fact, ...]:
    source = draw(SOURCES)
    return (
        fact("f", f"source:{source}", Metric.AVAILABILITY, Unit.TEXT, label=draw(labels), qualifier=draw(KINDS),
             source=source, state=State.MISSING),
    )  # fmt: skip


@st.composite
def price_elsewhere(draw: st.DrawFn) -> tuple[Fact, ...]:
    market, other = draw(SOURCES), draw(SOURCES)
    return (
        fact("e", draw(SUBJECTS), Metric.AVAILABILITY, Unit.TEXT, label=other, qualifier=market, source=other,
             state=State.MISSING),
    )  # fmt: skip


@st.composite
def disputed(draw: st.DrawFn) -> tuple[Fact, ...]:
    who, one = draw(SUBJECTS), draw(SOURCES)
    two = draw(SOURCES.filter(lambda source: source != one))
    return tuple(
        fact(name, who, Metric.SOURCE_CLOSE, Unit.USD, str(draw(prices())), source=source, state=State.DISPUTED,
             other=f"source:{other}")
        for name, source, other in (("d1", one, two), ("d2", two, one))
    )  # fmt: skip
