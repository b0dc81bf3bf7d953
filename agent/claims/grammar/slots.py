"""The parts of a clause that vary: names, directions, windows, days, universes and labels, each with its reader."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from agent.claims.fact import Unit
from agent.claims.grammar.assertions import PORTFOLIO, Direction, Figure, Style, Universe
from agent.claims.grammar.figures import figure, fitted, new_signals, shown, total
from agent.claims.grammar.names import YOUR_PORTFOLIO
from agent.claims.grammar.nouns import noun
from agent.claims.grammar.page import Page
from agent.claims.grammar.values import Noun, Reader, Turn, Value, Window, Word
from agent.claims.rounding import threshold_text

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAY = re.compile(rf"([1-9]\d?) ({'|'.join(_MONTHS)}) (\d{{4}})", re.ASCII)
_DAYS = re.compile(r"over ([1-9]\d*) days", re.ASCII)
_HIGH_DAYS = re.compile(r"([1-9]\d*)-day", re.ASCII)
_SIZE = r"[1-9]\d{0,2}(?:,\d{3})*"
_UNIVERSE = re.compile(
    rf"({_SIZE}) tracked coins|(1) tracked coin\b|your ({_SIZE}) holdings|your (1) holding\b"
    rf"|the ({_SIZE}) (pairs|pair) of your holdings",
    re.ASCII,
)
_SECTORS = re.compile(rf"((?!1 ){_SIZE}) sectors", re.ASCII)
_TYPICAL = re.compile(rf"coin of ({_SIZE})(?= changed)", re.ASCII)
_CLAUSE_END = r"(?=[.,;:]|$| and | while | as of | \(as of )"
_ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_SIDE = re.compile(r" (?:above|below) ", re.ASCII)
_SHARE = re.compile(r"\d+\.\d% of ", re.ASCII)
_RESIZED = re.compile(r" resized to (?:0|[1-9]\d*)\.\d% of the portfolio", re.ASCII)
_SIGNAL_NAME = re.compile(r'"([a-z0-9]+(?: [a-z0-9]+)*)"', re.ASCII)
_INDEX = re.compile(r'the index "([a-z0-9][a-z0-9-]{0,39})"', re.ASCII)
_TRAIT = re.compile(r'"([A-Za-z0-9 .&()/-]{1,60})"', re.ASCII)
_AHEAD = re.compile(r"on the next day|over the next ((?!1 )[1-9]\d*) days", re.ASCII)
_THRESHOLD = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SOURCES = {
    "the sandbox market": "sandbox",
    "the replayed history": "replay",
    "the history files": "files",
}
for _name, _source_id in (
    ("Token Metrics", "token_metrics"),
    ("CoinGecko", "coingecko"),
    ("Binance", "binance"),
    ("Coin Metrics", "coin_metrics"),
    ("DefiLlama", "defillama"),
    ("Alternative.me", "fear_greed"),
    ("mempool.space", "mempool"),
):
    _SOURCES[_name] = _source_id
    _SOURCES[f"the sandbox's {_name}"] = f"sandbox_{_source_id}"
    _SOURCES[f"the replayed {_name}"] = f"replay_{_source_id}"


def turns(words: Mapping[str, Direction]) -> Reader:
    """Reads one of these direction words."""

    def read(page: Page, at: int) -> tuple[Value, int] | None:
        for word, direction in words.items():
            end = page.literal(word, at)
            if end is not None:
                return Turn(direction, (at, end)), end
        return None

    return read


def phrase(pattern: str) -> Reader:
    """Reads words that match a pattern and gives them as they stand in the text, capitals included."""
    compiled = re.compile(pattern, re.ASCII)

    def read(page: Page, at: int) -> tuple[Value, int] | None:
        found = page.match(compiled, at)
        return None if found is None else (Word(page.text[at : found.end()], found.span()), found.end())

    return read


def _asset(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.names.asset_at(page.text, at)
    return None if found is None else (found[0], page.reached(found[1]))


def _source(*, possessive: bool) -> Reader:
    """Reads the name of a source, or what belongs to it, and gives the source's id."""

    def read(page: Page, at: int) -> tuple[Value, int] | None:
        for name, source in _SOURCES.items():
            ending = ("'" if name.endswith("s") else "'s") if possessive else ""
            end = page.literal(name + ending, at)
            if end is not None:
                return source, end
        return None

    return read


def _portfolio(page: Page, at: int) -> tuple[Value, int] | None:
    end = page.literal(YOUR_PORTFOLIO, at)
    return None if end is None else (PORTFOLIO, end)


def _subject(page: Page, at: int) -> tuple[Value, int] | None:
    return _portfolio(page, at) or _asset(page, at)


def _date(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_DAY, at)
    if found is None:
        return None
    day, month, year = found.groups()
    try:
        return date(int(year), _MONTHS.index(month) + 1, int(day)), found.end()
    except ValueError:
        return None


def _window(page: Page, at: int) -> tuple[Value, int] | None:
    end = page.literal("on the day", at)
    if end is not None:
        return Window("1d"), end
    days = page.match(_DAYS, at)
    if days is not None:
        return Window(f"{days.group(1)}d"), days.end()
    return _since(page, at)


def _since(page: Page, at: int) -> tuple[Value, int] | None:
    end = page.literal("since the briefing of ", at)
    found = None if end is None else _date(page, end)
    if found is None or not isinstance(found[0], date):
        return None
    return Window("since", found[0]), found[1]


def _universe(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_UNIVERSE, at)
    if found is None:
        return None
    coins, coin, holdings, holding, pairs, noun = found.groups()
    size = int((coins or coin or holdings or holding or pairs).replace(",", ""))
    if pairs and (size == 1) is not (noun == "pair"):
        return None
    return Universe("pairs" if pairs else "tracked" if coins or coin else "holdings", size), found.end()


def _typical(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_TYPICAL, at)
    return None if found is None else (Universe("tracked", int(found.group(1).replace(",", ""))), found.end())


def _listed(one: Reader, joiners: tuple[str, ...]) -> Reader:
    """Reads one or more of these, joined, and gives the words as they stand."""

    def read(page: Page, at: int) -> tuple[Value, int] | None:
        found, end = one(page, at), at
        while found is not None:
            end = found[1]
            begun = next((begun for mark in joiners if (begun := page.literal(mark, end)) is not None), None)
            found = None if begun is None else one(page, begun)
        return None if end == at else (Word(page.text[at:end], (at, end)), end)

    return read


def _condition(page: Page, at: int) -> tuple[Value, int] | None:
    """One condition of a screen: a noun, a side and a threshold in the noun's unit."""
    named = READERS["noun"](page, at)
    side = None if named is None else page.match(_SIDE, named[1])
    bound = None if side is None else shown(page, side.end())
    if named is None or bound is None or not isinstance(named[0], Noun) or not isinstance(bound[0], Figure):
        return None
    return None if threshold_of(bound[0], named[0]) is None else bound


def threshold_of(read: Figure, noun: Noun) -> Decimal | None:
    """The value of a threshold of this noun if it is written as one: exact, without trailing zeros."""
    fit = fitted(read, noun.units, noun.style)
    if fit is None or threshold_text(fit.value, noun.metric, fit.unit) != fit.text:
        return None
    return fit.value


def _change_of_holding(page: Page, at: int) -> tuple[Value, int] | None:
    """One change of a what-if: `5.0% of Solana added`, `Dogecoin sold`, `Ada resized to 9.0% of the portfolio`."""
    share = page.match(_SHARE, at)
    named = _asset(page, at if share is None else share.end())
    if named is None:
        return None
    end = page.literal(" sold" if share is None else " added", named[1])
    if end is None and share is None and (resized := page.match(_RESIZED, named[1])) is not None:
        end = resized.end()
    return None if end is None else (named[0], end)


def _sector(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.names.sector_at(page.text, at)
    return None if found is None else (found[0], page.reached(found[1]))


def _index(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_INDEX, at)
    return None if found is None else (f"index:{found.group(1)}", found.end())


def _sectors(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_SECTORS, at)
    return None if found is None else (Universe("sectors", int(found.group(1).replace(",", ""))), found.end())


def _trait(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_TRAIT, at)
    return None if found is None else (Word(page.text[at + 1 : found.end() - 1], found.span()), found.end())


def _ahead(page: Page, at: int) -> tuple[Value, int] | None:
    """The days after a signal or a grade that its record is about."""
    found = page.match(_AHEAD, at)
    return None if found is None else (Window(f"{found.group(1) or 1}d"), found.end())


def _days_high(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_HIGH_DAYS, at)
    return None if found is None else (Window(f"{found.group(1)}d"), found.end())


def _signal_name(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_SIGNAL_NAME, at)
    return None if found is None else (Word(found.group(1).replace(" ", "_"), found.span()), found.end())


def _threshold(page: Page, at: int) -> tuple[Value, int] | None:
    found = page.match(_THRESHOLD, at)
    if found is None or f"{Decimal(found.group()).normalize():f}" != found.group():
        return None
    return Decimal(found.group()), found.end()


def _ordinal(page: Page, at: int) -> tuple[Value, int] | None:
    for rank, word in enumerate(_ORDINALS, 2):
        end = page.literal(word, at)
        if end is not None:
            return rank, end
    return None


def _up_down(up: str, down: str) -> Reader:
    return turns({up: Direction.UP, down: Direction.DOWN})


READERS: Mapping[str, Reader] = {
    # who
    "asset": _asset,
    "portfolio": _portfolio,
    "subject": _subject,
    "source": _source(possessive=False),
    "source's": _source(possessive=True),
    "universe": _universe,
    "typical": _typical,
    "sector": _sector,
    "sectors": _sectors,
    "index": _index,
    # when
    "window": _window,
    "since": _since,
    "date": _date,
    "n-day": _days_high,
    "ahead": _ahead,
    # figures
    "pct": figure(Unit.PCT, Style.MAGNITUDE),
    "level%": figure(Unit.PCT, Style.PLAIN),
    "signed%": figure(Unit.PCT, Style.SIGNED),
    "pp": figure(Unit.PP, Style.MAGNITUDE),
    "usd": figure(Unit.USD, Style.PLAIN),
    "usd-size": figure(Unit.USD, Style.MAGNITUDE),
    "total": total,
    "ratio": figure(Unit.RATIO, Style.PLAIN),
    "score": figure(Unit.SCORE, Style.PLAIN),
    "sigma": figure(Unit.SIGMA, Style.MAGNITUDE),
    "count": figure(Unit.COUNT, Style.PLAIN),
    "run": figure(Unit.COUNT, Style.MAGNITUDE),
    "tally": figure(Unit.COUNT, Style.TALLY),
    "signals": new_signals,
    "noun": noun(_window, _asset, market=False),
    "market-noun": noun(_window, _asset, market=True),
    "shown": shown,
    "threshold": _threshold,
    # directions
    "rose": _up_down("rose", "fell"),
    "gained": _up_down("gained", "lost"),
    "up": _up_down("up", "down"),
    "risen": _up_down("risen", "fallen"),
    "gain": _up_down("gain", "loss"),
    "higher": _up_down("higher", "lower"),
    "highest": _up_down("highest", "lowest"),
    "most": _up_down("most", "least"),
    "better": _up_down("better", "worse"),
    "beyond": _up_down("above", "below"),
    "rise": _up_down("rise", "fall"),
    "strongest": _up_down("strongest", "weakest"),
    "flat": turns({"flat": Direction.FLAT}),
    "unchanged": turns({"unchanged": Direction.FLAT}),
    # words
    "second": _ordinal,
    "beat": phrase("beat|trailed|matched"),
    "crossed": phrase("above|below"),
    "signal": phrase("bullish|bearish|neutral"),
    "term": phrase("short-term|long-term"),
    "a": phrase("an|a"),
    "signal name": _signal_name,
    "conditions": _listed(_condition, (", ", " and ")),
    "changes": _listed(_change_of_holding, (" and ",)),
    "way": phrase(
        "equally|by market value|for the least variance|for the highest Sharpe ratio|for equal shares of risk"
        "|by hierarchical risk parity"
    ),
    "sale": phrase("sale|purchase"),
    "known for": phrase(
        "pandemic sell-off|China's warning to banks|collapse of Terra|Celsius stops withdrawals|collapse of FTX"
        "|yen carry trades unwound|US tariffs|record liquidations"
    ),
    "trait": _trait,
    "currency": phrase("US dollar|euro"),
    "reach": phrase("reaches|reach"),
    "groups": phrase("groups that move|group that moves"),
    "regime": phrase("risk on|risk off|mixed"),
    "rise or fall": phrase("rise|fall"),
    "any grade": phrase("TM (?:trader |investor )?grade|coinbrief (?:short|long)-term grade"),
    "grade": phrase("TM (?:trader |investor )?grade"),
    "mood": phrase("[A-Za-z]+(?: [A-Za-z]+)?"),
    "what": phrase("[A-Za-z0-9][A-Za-z0-9-]*(?: [A-Za-z0-9-]+){0,3}?(?= is available for )"),
    "has no": phrase(rf"[A-Za-z0-9][A-Za-z0-9-]*(?: [A-Za-z0-9-]+){{0,3}}?{_CLAUSE_END}"),
    "kind": phrase("[a-z]+(?:[ -][a-z]+){0,5}?(?= from )"),
    "nothing": phrase(rf"[a-zA-Z]+(?:[ -][a-z]+){{0,5}}?{_CLAUSE_END}"),
    "reason": phrase(
        "rate limited|unavailable|not authorised|quota spent|bad request|unreadable answer|too few rows|unusable rows"
    ),
    "was": phrase("was|were"),
    "have": phrase("have|has"),
}
