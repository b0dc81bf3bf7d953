"""The words of the question grammar: patterns over lower-case text, and the words that are never part of a name."""

import re
from importlib import resources


def _any_of(alternatives: str) -> re.Pattern[str]:
    """A pattern for any of the alternatives, which stand on lines or between ` / `, as whole words."""
    parts = [part.strip() for line in alternatives.strip().splitlines() for part in line.split(" / ")]
    return re.compile("|".join(rf"\b(?:{part})\b" for part in parts if part))


def _words_of(file: str) -> frozenset[str]:
    return frozenset(resources.files("agent.ask").joinpath(file).read_text(encoding="utf-8").split())


DOWNWARDS = _any_of(
    r"""
    f[ae]ll(?:s|en|ing)? / drop(?:s|ped|ping)? / losers? / los[et]s?|losing|lost|loss(?:es)? / worst / down
    bottom / crash(?:ed|ing)? / dump(?:ed|ing)? / declin(?:e|ed|ing|ers?) / weakest / plunged? / sank / red
    lowest / lower
    """
)
UPWARDS = _any_of(
    r"""
    r[io]se(?:s|n)?|rising / up / gain(?:s|ed|ers?|ing)? / pump(?:ed|ing)? / surg(?:e|ed|ing)
    rall(?:y|ied|ying) / climb(?:ed|ing)? / jump(?:ed|ing)? / soar(?:ed|ing)? / best / higher
    grew|grow(?:n|ing)? / increased?
    """
)
OWN = _any_of(
    r"""
    my / mine / portfolio / holdings? / i (?:hold|own|have) / am i / do i / did i / have i / our
    what i own
    """
)
ADVICE = _any_of(
    r"""
    should (?:i|we|one|you) / worth (?:buying|selling|holding|it)
    (?:good|right|bad|best) (?:time|moment|idea) / recommend(?:ation|ations|ed)? / advi[cs]e
    (?:coins?|tokens?|what|which|one) (?:to|should i) (?:buy|sell|hold)
    (?:good|safe|smart|best) (?:buy|investment|bet|entry) / invest in / buy or sell
    buy (?:the dip|now|more) / sell now / take profits? / rebalance
    """
)
FORECAST = _any_of(
    r"""
    will / going to / gonna / forecasts? / predict(?:ion|ions|ed)? / price targets? / tomorrow
    next (?:day|week|month|year) / outlook / expect(?:ed|ation|ations)? / by (?:the )?end of / in the future
    to the moon / moon / bottomed / (?:could|can|might) .{1,40}(?:reach|hit|go to)
    """
)
CAUSE = _any_of(
    r"""
    why / how come / what (?:caused|made|drove) / reasons? / because of what
    """
)
IN_THE_PAST = _any_of(
    r"""
    (?:19|20)\d\d(?:-\d\d-\d\d)? / all[- ]time
    (?:in|on|of|since) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: \d{1,2})?
    years ago / months? ago / weeks? ago / ever
    """
)
INTRADAY = _any_of(
    r"""
    hours? / hourly / minutes? / right now / live / real[- ]time / 1h / 4h / 12h / this second
    """
)

WINDOWS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "since",
        _any_of(
            r"""
        since (?:the |my )?last(?: briefing)? / since (?:the )?briefing / last briefing
        """
        ),
    ),
    (
        "365d",
        _any_of(
            r"""
        365 ?d(?:ays?)? / (?:this|last|past|a|one|1) year / over the year / year / yearly / annual(?:ly)?
        12 months
        """
        ),
    ),
    (
        "90d",
        _any_of(
            r"""
        90 ?d(?:ays?)? / quarter / (?:three|3) months
        """
        ),
    ),
    (
        "30d",
        _any_of(
            r"""
        30 ?d(?:ays?)? / months? / monthly / four weeks / 4 weeks
        """
        ),
    ),
    (
        "7d",
        _any_of(
            r"""
        7 ?d(?:ays?)? / seven days / weeks? / weekly
        """
        ),
    ),
    (
        "1d",
        _any_of(
            r"""
        1 ?d(?:ay)? / 24 ?h(?:ours?)? / today / yesterday / overnight / on the day / daily
        (?:last|past) day / day
        """
        ),
    ),
)

TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "help",
        _any_of(
            r"""
        help / what can (?:you|i) / how do i use / what (?:do|can) you (?:do|know|answer) / which questions
        """
        ),
    ),
    (
        "diversification",
        _any_of(
            r"""
        diversif(?:ied|ication|y) / concentrat(?:ed|ion) / correlat(?:ed|ion|ions) / too much in
        spread out / how risky / risk(?:s|y)? / sharpe(?: ratio)? / beta / eggs / overexposed / exposure
        hhi
        """
        ),
    ),
    (
        "signals",
        _any_of(
            r"""
        rsi / macd / signals? / indicators? / grades? / rated?|ratings? / graded / scores? / overbought
        oversold / breakouts? / broke out / bullish / bearish / volatil(?:e|ity) / momentum / streaks?
        technicals? / crossed / volume(?: spikes?)? / drawdown / support / resistance
        """
        ),
    ),
    (
        "movers",
        _any_of(
            r"""
        top / bottom / gainers? / losers? / movers? / best / worst / winners? / biggest / largest
        strongest / weakest / most / led / leaders? / laggards? / moved(?: the)? most
        outperform(?:ed|ers?)? / which (?:coins?|tokens?) / what (?:coins?|tokens?) / pump(?:ed|ing)
        dump(?:ed|ing)
        """
        ),
    ),
    (
        "price",
        _any_of(
            r"""
        price[sd]? / prices / cost(?:s)? / how much (?:is|are|was|does) / worth / quote / trading at / value
        close[ds]? / at now
        """
        ),
    ),
    (
        "change",
        _any_of(
            r"""
        f[ae]ll(?:s|en|ing)? / drop(?:s|ped|ping)? / losers? / los[et]s?|losing|lost|loss(?:es)? / worst
        down / bottom / crash(?:ed|ing)? / dump(?:ed|ing)? / declin(?:e|ed|ing|ers?) / weakest / plunged?
        sank / red / lowest / lower / r[io]se(?:s|n)?|rising / up / gain(?:s|ed|ers?|ing)? / pump(?:ed|ing)?
        surg(?:e|ed|ing) / rall(?:y|ied|ying) / climb(?:ed|ing)? / jump(?:ed|ing)? / soar(?:ed|ing)? / best
        higher / grew|grow(?:n|ing)? / increased? / chang(?:e|es|ed) / perform(?:ed|ing|ance)?
        mov(?:e|es|ed|ing) / returns? / do(?:ne|ing)? / trend(?:ing)? / compared? / versus / vs / flat
        """
        ),
    ),
    (
        "market",
        _any_of(
            r"""
        market / markets / fear / greed / sentiment / breadth / crypto / cryptos / market cap / total value
        mood / overall / everything / median / coins? (?:rose|fell|are up|are down) / overnight
        what happened / news
        """
        ),
    ),
)

ASPECTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("rsi", _any_of("rsi / overbought / oversold")),
    ("oversold", _any_of("oversold")),
    ("overbought", _any_of("overbought")),
    ("macd", _any_of("macd / crossed")),
    ("grade", _any_of("grades? / graded / ratings? / rated? / scores?")),
    ("trading_signal", _any_of("trading signals? / bullish / bearish")),
    ("breakout", _any_of("breakouts? / broke out")),
    ("volume", _any_of("volume(?: spikes?)?")),
    ("volatility", _any_of("volatil(?:e|ity)")),
    ("streak", _any_of("streaks?")),
    ("drawdown", _any_of("drawdown / (?:below|from) its (?:365-day )?high")),
    ("holdings", _any_of("which of my / what of mine / my (?:best|worst|biggest|largest|top) / my coins / my tokens")),
)
"""Narrower things to ask for within a topic."""
NEVER_SYMBOLS = _words_of("never_symbols.txt")
"""Words in capitals that are no symbols here."""
KNOWN_WORDS = _words_of("known_words.txt")
"""Words that are part of a question; a symbol spelled like one has to be typed in capitals or after `$`."""
