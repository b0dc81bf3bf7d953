"""Words for weights, stress, sectors, indices and track records, and for what is left out of a ranking.

Like those of `intents_words`, the patterns are over lower-case text; which marks are in it is said at each.
"""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from agent.ask.arguments import AskMetric
from agent.ask.intents_words import SIGNAL_NAMES, any_of

GradeKind = Literal["tm", "trader", "investor", "short_term", "long_term"]
GRADE_KINDS: Final[Mapping[AskMetric, GradeKind]] = MappingProxyType(
    {
        AskMetric.TM_GRADE: "tm",
        AskMetric.TRADER_GRADE: "trader",
        AskMetric.INVESTOR_GRADE: "investor",
        AskMetric.SHORT_TERM_GRADE: "short_term",
        AskMetric.LONG_TERM_GRADE: "long_term",
    }
)

EVENTS: Final[tuple[tuple[date, re.Pattern[str]], ...]] = tuple(
    (day, any_of(phrases))
    for day, phrases in (
        (date(2020, 3, 12), r"covid(?:-?19)? / corona(?:virus)? / pandemic / black thursday"),
        (date(2021, 5, 19), r"china(?:'s)? / chinese"),
        (date(2022, 5, 12), r"luna / terra / ust"),
        (date(2022, 6, 13), r"celsius"),
        (date(2022, 11, 9), r"ftx / sbf / alameda"),
        (date(2024, 8, 5), r"yen / carry[- ]trades?"),
        (date(2025, 10, 10), r"(?:october |record |big |great )?liquidations? / october (?:flash )?crash"),
        (date(2025, 4, 6), r"tariffs? / liberation day"),
    )
)
"""The days by which shocks of the market are remembered. In text as it was typed, as Luna is a coin too."""
SHOCK = any_of(
    r"""
    crash(?:es|ed)? / collaps(?:e|es|ed|ing) / crisis / sell-?offs? / de-?peg(?:ged|s)? / cascade / unw(?:ind|ound)
    shock / panic / days? / blow-?up / blew up / bankruptcy / bankrupt / meltdown / liquidations? / event / ban(?:ned)?
    again / announce\w* / outbreak / lockdowns? / hit
    """
)
STRESS = any_of(
    r"""
    stress(?:ed)?(?:[- ]?tests?(?:ed|ing)?)? / black swans?
    worst (?:single |ever |historical )?days?(?: ever)? / worst one[- ]day / worst daily (?:loss|drop|fall|return)
    """
)
WOULD_HAVE = any_of(r"would've / would .{1,80}(?:have|has|had|hold up|survived?|do|fared?|lose|look(?:ed)?)")
FALL_OF = re.compile(
    r"\b(?:if|when|should|were) @(?P<place>\d) (?:to )?(?:falls?|fell|drops?|dropped|crash(?:es|ed)?|dumps?|tanks?|"
    r"loses|goes down|went down|sinks?|plunges?)\b"
)
"""A fall of a coin that is assumed."""
ME = any_of(r"me / us / my / mine / i / we / our / portfolio / holdings / bags?")

TARGETS = any_of(r"targets? / rebalanc(?:e|es|ed|ing) / drift(?:ed)?")
OF_OWN_TARGETS = any_of(
    r"""
    (?:my|our|the) targets? / target (?:weights?|allocations?|shares?|mix|portfolio) / rebalanc\w* / on target
    targets? (?:drift|gaps?) / drift(?:ed)? (?:from|off) / off[- ]target / targets
    """
)
PRICE_TARGET = any_of(
    r"""
    price targets? / target prices? / (?<!my )(?<!our )targets? (?:for|of) @\d / @\d(?: \w+)? targets? / eoy
    """
)
WEIGHTINGS = any_of(
    r"""
    (?:equal|even)(?:ly)?[- ]weight(?:s|ed|ing|ings)? / (?:equal|even) (?:shares?|split|parts|portions)
    weight(?:s|ed|ing)? (?:equally|evenly|differently) / (?:split|spread) (?:it |everything |all |them )?equally
    (?:split|spread) (?:it |everything |all |them )?evenly
    (?:efficient )?frontier / markowitz / mean[- ]variance / modern portfolio theory
    (?:min|minimum|minimal|least|lowest|smallest)[- ](?:variance|volatility|vol|risk)(?: (?:portfolio|mix|weights?|
    weighting|allocation|split))
    (?:min|minimum|least)[- ]variance / max(?:imum|imal)?[- ]sharpe
    (?:best|highest|optimal) sharpe(?: ratio)? (?:portfolio|mix|weights?|weighting|allocation)
    (?:hierarchical )?risk[- ]parity / hrp / equal risk(?: contributions?)? / equal shares of risk
    (?:market )?cap(?:italisation|italization)?[- ]weight(?:s|ed|ing)?
    weight(?:ed|ing) by (?:market )?(?:cap\w*|value)
    (?:other|different|better|optimal|optimum|optimi[sz]ed|ideal|best|alternative) (?:weights?|weightings?|allocations?|
    mix)
    (?:less|more|least|most) (?:volatile|risky) (?:portfolio|mix|weights?|weightings?|allocation|split)
    less (?:risk|volatility) (?:for|with|at) (?:the )?same / same returns? (?:for|with|at) less
    more returns? (?:for|with|at) (?:the )?same
    optimi[sz](?:e|ed|ing|ation)(?: my)?(?: portfolio| holdings| weights)?
    """
)
EXPOSURE = any_of(
    r"""
    exposures? / exposed / look[- ]through / (?:in the end|underneath|under the hood)
    (?:other|wrapped|staked) forms? / counted (?:as|in|with|twice) / double[- ]count\w* / (?:held|own|have) twice
    """
)
TRAIT = any_of(
    r"""
    sectors? / categor(?:y|ies) / chains? / block ?chains? / ecosystems? / narratives? / consensus / use[- ]cases?
    regions? / countr(?:y|ies) / tiers? / (?:large|big|mid|small|micro)[- ]?caps? / cash / fiat
    """
)
SECTOR_NAMES = any_of(
    r"""
    defi / gaming / gamefi / memes? / memecoins? / ai / artificial intelligence / layer[- ]?[0-3](?:'?s)? / l[123](?:s)?
    privacy / nfts? / oracles? / rwas? / real[- ]world assets? / depin / dex(?:es)? / lending / metaverse / storage
    infrastructure / stablecoins? / (?:liquid )?(?:re)?staking / payments? / smart contracts? / zk / scaling
    exchange (?=coins?|tokens?) / cex
    """
)
"""Groups of coins that are recognised without the word `sector` beside them; beside it any word is taken."""
HOLDING_SECTORS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (sector, any_of(phrases))
    for sector, phrases in (
        ("defi", r"defi / dex(?:es)? / lending"),
        ("gaming", r"gaming / gamefi / metaverse"),
        ("meme", r"memes? / memecoins?"),
        ("artificial intelligence", r"ai / artificial intelligence"),
        ("layer 1", r"layer[- ]?1(?:'?s)? / l1s?"),
        ("layer 2", r"layer[- ]?2(?:'?s)? / l2s? / scaling / zk"),
        ("privacy", r"privacy"),
        ("real-world assets", r"rwas? / real[- ]world assets?"),
        ("infrastructure", r"oracles? / depin / storage / infrastructure"),
        ("wrapped or staked", r"(?:liquid )?(?:re)?staking"),
        ("exchange", r"exchange (?=coins?|tokens?) / cex"),
    )
)
"""What holdings are put into, by what readers call it; stablecoins are told as cash."""
SECTOR = any_of(r"sectors? / categor(?:y|ies) / narratives?")

INDEX = any_of(r"index / indices / indexes")
OTHER_INDEX = any_of(
    r"(?:fear|greed|season|strength|directional|movement|dominance|volatility|dollar|stock|price|altcoin) "
    r"ind(?:ex|ices)"
)

TRACK_RECORD = any_of(
    r"""
    track[- ]records? / (?:hit|success|win|batting)[- ]?rates? / scorecards? / back-?test(?:s|ed|ing)?
    how (?:good|reliable|accurate|useful|trustworthy|often|well|predictive)
    (?:do|does|did|have|has) .{0,40}(?:work|works|worked|paid off|pay off|be right|mean anything|predict|any good|
    lead to|mean)
    worked / proven / predictive / reliable / accurate / trustworthy / trust
    happen(?:s|ed)? (?:after|following) / (?:usually|typically|normally|historically) (?:happens?|follows?|do|does)
    any good / (?:best|worst) signals? / signals? (?:is|are|was|were) (?:the )?(?:best|worst|strongest)
    """
)
SCORED_SIGNALS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    *SIGNAL_NAMES,
    ("rsi_oversold", any_of("oversold")),
    ("rsi_overbought", any_of("overbought")),
    ("macd_bullish_cross", any_of("macd")),
    ("altcoin_season", any_of(r"alt(?:coin)?[- ]?seasons?")),
)
SCORED = any_of(
    r"signals? / grades? / ratings? / scores? / indicators? / ~(?:tm|trader|investor|short_term|long_term)_grade~"
)
BREADTH_SHARE = any_of(
    r"""
    (?:share|percentage|per ?cent|proportion|fraction|portion) of (?:all |the |tracked )?(?:coins|tokens|assets|market|
    altcoins|alts|cryptos|cryptocurrencies)
    """
)
MONEY = any_of(
    r"""
    (?:total )?(?:supply of stablecoins|stablecoins? supply|stablecoins? in circulation)
    (?:total )?~value_locked~(?: (?:in|of) (?:defi|crypto|everything|all chains))? / total ~market_value~
    """
)
"""Money in the market as a whole; metrics are marks."""
REGIME = any_of(
    r"""
    how broad(?:ly)? / risk[- ]?(?:on|off) / regimes? / alt(?:coin)?[- ]?season / bitcoin season / @\d season / breadth
    (?:is it|are we in) (?:a )?(?:bull|bear)(?: market)?
    """
)
LEFT_OUT = any_of(
    r"""
    except(?: for| of)? / excluding / exclude / excl / other than / apart from / aside from / but not / without
    leaving out / leave out / ignoring / ignore / not counting / not including / besides / minus
    """
)
CROSSED = re.compile(
    r"\bcross(?:ed|es|ing)?(?: back)?(?: (?P<side>above|over|up|below|under|down))?"
    r"(?: (?:above|over|below|under|through))? (?:its |their |the |an? )?~(?P<metric>distance_\d+d)~"
)
OTHER_MARKETS = any_of(
    r"""
    (?:stock|equit(?:y|ies)|bond|housing|property|real estate|job|labou?r|oil|gold|commodit(?:y|ies)|forex|fx|currency|
    art|car|meat|wine|futures|options) markets? / wall street / s&p / sp ?500 / nasdaq / dow jones
    """
)
