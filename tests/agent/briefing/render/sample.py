"""A realistic finished briefing: six sections, long names, stale and disputed facts, two tables, a chart."""

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from agent.briefing.document import Briefing, Cell, Column, Section, Series, Table, Writer
from agent.claims.claim import SectionKey, Segment, Sentence
from agent.claims.fact import Derivation, Entity, Fact, Metric, RowRef, State, Unit

AS_OF = date(2025, 10, 10)
PREVIOUS = date(2025, 10, 9)
WRITTEN_AT = datetime(2025, 10, 11, 7, 0, tzinfo=UTC)
REAL = "Market data: Token Metrics (tokenmetrics.com)"
INVENTED = "Sandbox market: invented prices, grades and signals, not a real market."

# name, close, change 1d %, change 7d %, weight %, value, trader grade
HOLDINGS = (
    ("Bitcoin", "$113,214", "-7.3", "-9.1", "45.2", "$23,644.22", "41.5"),
    ("Ethereum", "$3,842", "-12.1", "-14.8", "21.4", "$11,194.39", "38.0"),
    ("Solana", "$188.41", "-15.4", "-18.2", "12.9", "$6,748.02", "55.2"),
    ("Internet Computer Protocol", "$3.912", "+2.4", "-6.0", "6.1", "$3,190.92", "72.5"),
    ("Fetch.ai (Artificial Superintelligence Alliance)", "$0.3012", "-21.7", "-30.3", "5.3", "$2,772.44", "18.9"),
    ("Pepe", "$0.000006912", "-18.0", "-24.4", "4.0", "$2,092.41", "29.3"),
    ("Polygon", "$0.1894", "0.0", "-3.2", "3.1", "$1,621.62", "n/a"),
    ("Wrapped Liquid Staked Ether 2.0", "$4,693", "-11.9", "-14.6", "2.0", "$1,046.20", "80.1"),
)
MOVERS = (
    ("Zcash", "+21.4", "+63.0", "$252.10"),
    ("Morpho", "+9.9", "+12.2", "$1.88"),
    ("Internet Computer Protocol", "+2.4", "-6.0", "$3.912"),
    ("Dai", "0.0", "0.0", "$0.9998"),
    ("LEO Token", "-0.4", "+0.3", "$9.52"),
    ("Worldcoin", "-27.0", "-33.1", "$0.8911"),
    ("Sui", "-28.8", "-31.0", "$2.47"),
    ("Dogwifhat (Solana meme coin)", "-34.6", "-40.2", "$0.4420"),
    ("Cosmos Hub", "-38.9", "-41.7", "$2.71"),
    ("Story Protocol Intellectual Property", "-45.5", "-52.4", "$4.06"),
)


class FactBook:
    """Collects the facts of a briefing while its text is put together."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.facts: list[Fact] = []

    def add(
        self,
        subject: str,
        metric: Metric,
        unit: Unit,
        value: str | None,
        *,
        state: State = State.FRESH,
        as_of: date = AS_OF,
        **more: object,
    ) -> str:
        """Keep one more fact and give its id."""
        fact_id = f"f{len(self.facts) + 1:03d}"
        row = RowRef("daily_bars", (("asset_id", subject), ("day", as_of.isoformat())), "close_usd", value)
        how = Derivation("read", "close of the day / close of the day before - 1", (row,))
        amount = None if value is None else Decimal(value)
        fetched = datetime(2025, 10, 11, 0, 20, tzinfo=UTC)
        fact = Fact(fact_id, subject, metric, unit, amount, as_of, state, self.source, fetched, how)
        self.facts.append(replace(fact, **more) if more else fact)  # type: ignore[arg-type] # test data by keyword
        return fact_id


def sentence(*parts: str | tuple[str, str]) -> Sentence:
    """Plain strings are words, pairs are a figure and its fact's id."""
    segments = tuple(Segment(part) if isinstance(part, str) else Segment(*part) for part in parts)
    return Sentence(segments, ("c1",))


def sample_briefing(source: str = "token_metrics", *, invented: bool = False) -> Briefing:
    """The whole sample; the same bytes at every call."""
    book = FactBook(source)
    headline = _headline(book)
    sections = (
        _since_last(book),
        _portfolio(book),
        _market(book),
        _movers(book),
        _signals(book),
        _gaps(book),
    )
    return Briefing(
        briefing_id="b7f3c2a1",
        portfolio="main",
        day=date(2025, 10, 11),
        edition="morning",
        revision=1,
        as_of=AS_OF,
        written_at=WRITTEN_AT,
        headline=headline,
        sections=sections,
        claims=(),
        facts=tuple(book.facts),
        entities=(Entity("asset:1", "Bitcoin", "BTC"),),
        writer=Writer("model gpt-5-mini", "retry", "ab" * 32, ("The first draft failed one check and was rewritten.",)),
        verifier_version="1",
        snapshot_sha256="cd" * 32,
        attributions=(INVENTED,) if invented else (REAL,),
        chart=sample_chart(),
    )


def sample_chart() -> tuple[Series, ...]:
    """Ninety days of a portfolio and of Bitcoin, with two days missing in the portfolio's line."""
    days = tuple(AS_OF - timedelta(days=89 - i) for i in range(90))
    fall = [0.0] * 86 + [1.0, 2.0, 4.0, 13.0]
    mine = [100 + 9 * math.sin(i / 11) + i * 0.12 - fall[i] for i in range(90)]
    bitcoin = [100 + 5 * math.sin(i / 14 + 0.6) - 5 * math.sin(0.6) + i * 0.1 - fall[i] * 0.7 for i in range(90)]
    gaps: list[float | None] = [None if i in {40, 41} else value for i, value in enumerate(mine)]
    return (Series("Your portfolio", days, tuple(gaps)), Series("Bitcoin", days, tuple(bitcoin)))


def _headline(book: FactBook) -> Sentence:
    value = book.add("portfolio:1", Metric.VALUE, Unit.USD, "52310.22")
    change = book.add("portfolio:1", Metric.CHANGE, Unit.PCT, "-9.78", window="1d")
    loss = book.add("portfolio:1", Metric.VALUE_CHANGE, Unit.USD, "-5670.11", window="1d")
    return sentence(
        "Your portfolio was worth ", ("$52,310.22", value), " at the close, down ", ("9.8%", change),
        " on the day (a loss of ", ("$5,670.11", loss), ").",
    )  # fmt: skip


def _since_last(book: FactBook) -> Section:
    change = book.add("portfolio:1", Metric.CHANGE, Unit.PCT, "-9.78", window="since", start=PREVIOUS)
    loss = book.add("portfolio:1", Metric.VALUE_CHANGE, Unit.USD, "-5670.11", window="since", start=PREVIOUS)
    new = book.add("market", Metric.NEW_SIGNALS, Unit.COUNT, "3", window="since", start=PREVIOUS)
    return Section(
        SectionKey.SINCE_LAST,
        (
            sentence(
                "Your portfolio has fallen ", ("9.8%", change), " since the briefing of 9 October 2025, a loss of ",
                ("$5,670.11", loss), ".",
            ),
            sentence(("3", new), " signals are new since the briefing of 9 October 2025."),
        ),
    )  # fmt: skip


def _portfolio(book: FactBook) -> Section:
    def asset(metric: Metric, unit: Unit, value: str, **more: object) -> str:
        return book.add("asset:1", metric, unit, value, **more)  # type: ignore[arg-type] # test data by keyword

    mine, theirs = asset(Metric.CHANGE, Unit.PCT, "-9.78"), asset(Metric.CHANGE, Unit.PCT, "-7.31")
    loss, weight = asset(Metric.CONTRIBUTION, Unit.USD, "-1864.02"), asset(Metric.WEIGHT, Unit.PCT, "45.2")
    effective, hhi = asset(Metric.EFFECTIVE_NUMBER, Unit.RATIO, "3.6"), asset(Metric.HHI, Unit.RATIO, "0.28")
    vol, parts = asset(Metric.VOLATILITY, Unit.PCT, "58.2"), asset(Metric.WEIGHTED_VOLATILITY, Unit.PCT, "71.0")
    ratio, average = (
        asset(Metric.DIVERSIFICATION_RATIO, Unit.RATIO, "1.22"),
        asset(Metric.AVERAGE_CORRELATION, Unit.RATIO, "0.71"),
    )
    sentences = (
        sentence("Your portfolio trailed Bitcoin on the day: ", ("-9.8%", mine), " against ", ("-7.3%", theirs), "."),
        sentence(
            "The largest loss among your 8 holdings on the day came from Bitcoin: ", ("$1,864.02", loss), "."
        ),
        sentence("Bitcoin is the largest of your 8 holdings, at ", ("45.2%", weight), " of the portfolio."),
        sentence(
            "By weight your 8 holdings are as concentrated as ", ("3.6", effective), " equal ones (HHI ",
            ("0.28", hhi), ").",
        ),
        sentence(
            "Your portfolio's annualised volatility over 90 days was ", ("58.2%", vol),
            ", against a weighted average of ", ("71.0%", parts), " for its holdings (diversification ratio ",
            ("1.22", ratio), ").",
        ),
        sentence("The average correlation between your 8 holdings over 90 days was ", ("0.71", average), "."),
    )  # fmt: skip
    return Section(SectionKey.PORTFOLIO, sentences, (_holdings(book),))


def _holdings(book: FactBook) -> Table:
    columns = ("Close", "1 day", "7 days", "Weight", "Value", "Trader grade")
    rows = []
    for name, close, day, week, weight, value, grade in HOLDINGS:
        stale = name == "Polygon"
        state = State.STALE if stale else State.FRESH
        as_of = date(2025, 10, 7) if stale else AS_OF
        disputed = State.DISPUTED if name == "Pepe" else state

        def cell(
            text: str, metric: Metric, unit: Unit, suffix: str = "", state: State = state, as_of: date = as_of
        ) -> Cell:
            number = text.replace("$", "").replace(",", "")
            fact_id = book.add("asset:9", metric, unit, number, state=state, as_of=as_of)
            tone = 0 if metric is not Metric.CHANGE else (Decimal(text) > 0) - (Decimal(text) < 0)
            return Cell(text + suffix, fact_id, tone)

        rows.append(
            (
                Cell(name),
                cell(close, Metric.CLOSE, Unit.USD, state=disputed),
                cell(day, Metric.CHANGE, Unit.PCT, "%"),
                cell(week, Metric.CHANGE, Unit.PCT, "%"),
                cell(weight, Metric.WEIGHT, Unit.PCT, "%"),
                cell(value, Metric.VALUE, Unit.USD),
                Cell(grade) if grade == "n/a" else cell(grade, Metric.GRADE, Unit.SCORE),
            )
        )
    return Table("Your 8 holdings", (Column("Asset"), *(Column(c, numeric=True) for c in columns)), tuple(rows))


def _market(book: FactBook) -> Section:
    cap = book.add("market", Metric.TOTAL_MARKET_CAP, Unit.USD, "3520000000000")
    change, close = (
        book.add("asset:1", Metric.CHANGE, Unit.PCT, "-7.31", window="1d"),
        book.add("asset:1", Metric.CLOSE, Unit.USD, "113214"),
    )
    up, down, flat = (book.add("market", Metric.RISERS, Unit.COUNT, n) for n in ("3", "96", "1"))
    median = book.add("market", Metric.MEDIAN_CHANGE, Unit.PCT, "-11.2")
    fear, before = (book.add("market", Metric.FEAR_GREED, Unit.SCORE, n) for n in ("27", "64"))
    return Section(
        SectionKey.MARKET,
        (
            sentence("Bitcoin fell ", ("7.3%", change), " on the day to ", ("$113,214", close), "."),
            sentence(
                ("3", up), " of 100 tracked coins rose on the day, ", ("96", down), " fell and ", ("1", flat),
                " was flat.",
            ),
            sentence("The median change of 100 tracked coins on the day was ", ("-11.2%", median), "."),
            sentence(
                "The fear and greed index fell to ", ("27", fear), " (Fear) from ", ("64", before),
                " (Greed) the day before.",
            ),
            sentence("The total market value of crypto was ", ("$3.52 trillion", cap), "."),
        ),
    )  # fmt: skip


def _movers(book: FactBook) -> Section:
    def change(text: str) -> Cell:
        fact_id = book.add("asset:7", Metric.CHANGE, Unit.PCT, text, window="1d")
        return Cell(f"{text}%", fact_id, (Decimal(text) > 0) - (Decimal(text) < 0))

    top = book.add("asset:7", Metric.CHANGE, Unit.PCT, "21.4", window="1d")
    rows = tuple(
        (
            Cell(name),
            change(day),
            change(week),
            Cell(close, book.add("asset:7", Metric.CLOSE, Unit.USD, close.strip("$").replace(",", ""))),
        )
        for name, day, week, close in MOVERS
    )
    columns = (Column("Asset"), Column("1 day", numeric=True), Column("7 days", numeric=True))
    return Section(
        SectionKey.MOVERS,
        (sentence("Zcash led 100 tracked coins on the day with a gain of ", ("21.4%", top), "."),),
        (Table("Largest moves on the day", (*columns, Column("Close", numeric=True)), rows),),
    )


def _signals(book: FactBook) -> Section:
    rsi = book.add("asset:3", Metric.RSI, Unit.SCORE, "28")
    z = book.add("asset:5", Metric.VOLUME_Z, Unit.SIGMA, "4.2")
    low = book.add("asset:3", Metric.BREAKOUT, Unit.USD, "191.20", label="below")
    old, new = (book.add("asset:8", Metric.GRADE, Unit.SCORE, n) for n in ("64.0", "80.1"))
    return Section(
        SectionKey.SIGNALS,
        (
            sentence("Solana's 14-day RSI was ", ("28", rsi), ", below 30 (oversold)."),
            sentence("Solana closed below its previous 20-day low of ", ("$191.20", low), "."),
            sentence(
                "Fetch.ai (Artificial Superintelligence Alliance)'s trading volume was ", ("4.2", z),
                " standard deviations above its 20-day mean.",
            ),
            sentence(
                "Wrapped Liquid Staked Ether 2.0's TM trader grade rose from ", ("64.0", old), " to ", ("80.1", new),
                " on the day, crossing 80.",
            ),
        ),
    )  # fmt: skip


def _gaps(book: FactBook) -> Section:
    stale = book.add(
        "asset:7", Metric.AVAILABILITY, Unit.DATE, None, state=State.STALE, as_of=date(2025, 10, 7), label="2025-10-07"
    )
    missing = book.add("asset:7", Metric.AVAILABILITY, Unit.TEXT, None, state=State.MISSING, label="TM grade")
    return Section(
        SectionKey.GAPS,
        (
            sentence("The last price of Polygon is from ", ("7 October 2025", stale), "."),
            sentence("No ", ("TM grade", missing), " is available for Polygon."),
            sentence("Collecting grades from Token Metrics failed: rate limited."),
        ),
    )


def texts(sentences: Iterable[Sentence]) -> list[str]:
    """The sentences as read."""
    return [each.text for each in sentences]
