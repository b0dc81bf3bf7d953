"""The words of the question grammar: which metric, family, signal and kind of question a phrase means.

Patterns are over lower-case text in which assets, metrics and times are already marks: `@0`, `~rsi~`, `&0`.
"""

import re
from functools import cache
from importlib import resources

from agent.ask.arguments import AskMetric


def any_of(alternatives: str) -> re.Pattern[str]:
    """A pattern for any of the alternatives, as whole words; they stand on lines or between ` / `.

    A line that ends with `|` goes on in the next.
    """
    alternatives = re.sub(r"\|\s*\n\s*", "|", alternatives)
    parts = [part.strip() for line in alternatives.strip().splitlines() for part in line.split(" / ")]
    return re.compile("|".join(rf"(?<![\w~@&])(?:{part})(?![\w~])" for part in parts if part))


METRICS: tuple[tuple[AskMetric, re.Pattern[str]], ...] = tuple(
    (metric, any_of(phrases))
    for metric, phrases in (
        (AskMetric.MAX_DRAWDOWN, r"(?:max(?:imum)?|worst|deepest) drawdowns?"),
        (AskMetric.DRAWDOWN, r"""
            drawdowns? / (?:below|under|off|from|down from|away from|beneath|(?<=closest )to|
            (?<=nearest )to) (?:its|their|the|an?)? ?(?:365[- ]day|
            52[- ]week |1[- ]year |all[- ]time |recent |yearly |last )?(?:highs?|peaks?|ath|tops?)
        """),
        (AskMetric.DISTANCE_200D, r"""
            (?:the )?200[- ]?d(?:ays?)?(?:[- ](?:moving|simple))?(?:[- ](?:averages?|mean|ma|sma|line))?
            sma ?200 / ma ?200
        """),
        (AskMetric.DISTANCE_50D, r"""
            (?:the )?50[- ]?d(?:ays?)?(?:[- ](?:moving|simple))?(?:[- ](?:averages?|mean|ma|sma|line))?
            sma ?50 / ma ?50
        """),
        (AskMetric.RSI, r"(?:14[- ]day )?rsi / relative strength(?: index)?"),
        (AskMetric.TRADER_GRADE, r"(?:tm )?(?:traders?'?|trading) (?:grades?|ratings?|scores?)"),
        (AskMetric.INVESTOR_GRADE, r"(?:tm )?(?:investors?'?|investment) (?:grades?|ratings?|scores?)"),
        (AskMetric.SHORT_TERM_GRADE, r"short[- ]term (?:grades?|ratings?|scores?)"),
        (AskMetric.LONG_TERM_GRADE, r"long[- ]term (?:grades?|ratings?|scores?)"),
        (AskMetric.TM_GRADE, r"""
            (?:tm|token ?metrics) (?:grades?|ratings?|scores?) / graded / rated / grades? / ratings? / scores?
        """),
        (AskMetric.EXCHANGE_NET_FLOW, r"(?:exchange )?(?:net[- ]?)?(?:in|out)?flows?(?: (?:to|from|into) exchanges)?"),
        (AskMetric.TRANSFER_VALUE, r"transfer(?:red)? (?:value|volume)s? / on[- ]?chain volume / value transferred"),
        (AskMetric.ACTIVE_ADDRESSES, r"""
            (?:daily )?active (?:addresses|wallets|users) / active address(?:es)? / addresses
        """),
        (AskMetric.VALUE_LOCKED, r"(?:total )?value locked / tvl"),
        (AskMetric.HASH_RATE, r"hash ?-?(?:rate|power)"),
        (AskMetric.MVRV, r"mvrv(?: ratio)?"),
        (AskMetric.FEES, r"(?:network |transaction |gas )?fees"),
        (AskMetric.MARKET_VALUE, r"market[- ]?(?:value|cap(?:itali[sz]ation)?)s? / m ?caps? / caps?"),
        (AskMetric.VOLUME, r"(?:trading |traded |daily |24h )?(?:volumes?|turnover) / (?:heavily |actively )?traded"),
        (AskMetric.DOWNSIDE_VOLATILITY, r"(?:downside|negative) (?:volatility|deviation|vol|risk)"),
        (AskMetric.DAILY_RANGE, r"(?:average )?(?:daily|true) ranges? / atr"),
        (AskMetric.ADX, r"adx / average directional(?: movement)? index / directional movement / trend strength"),
        (AskMetric.SHARPE, r"sharpes?(?:[- ]ratios?)? / risk[- ]adjusted (?:returns?|performance)"),
        (AskMetric.SORTINO, r"sortinos?(?:[- ]ratios?)?"),
        (AskMetric.WORST_DAYS, r"""
            expected shortfall / cvar / conditional value at risk / tail loss(?:es)? / loss on (?:the |its )?worst days
        """),
        (AskMetric.NVT, r"nvt(?:[- ]ratio)? / network value to transactions?"),
        (AskMetric.ISSUANCE, r"issuance / inflation(?: rate)? / emissions? / supply growth / new supply"),
        (AskMetric.DOMINANCE, r"""
            (?:market )?dominance / share of (?:the )?(?:total )?(?:crypto )?market(?: (?:value|cap))?
        """),
        (AskMetric.VOLATILITY, r"volatil(?:e|ity) / vol / choppy / swings? / swingy / wild(?:est)?"),
        (AskMetric.BETA_BITCOIN, r"beta(?:s)?"),
        (AskMetric.WEIGHT, r"weights?"),
        (AskMetric.PRICE, r"""
            price[ds]? / pricing / quotes? / clos(?:e|ed|es|ing)(?: price)?(?! to) / cheap / expensive
        """),
    )
)  # fmt: skip
"""In the order in which they are looked for: the longer phrase first."""

SIGNAL_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, any_of(phrases))
    for name, phrases in (
        ("golden_cross", "golden cross(?:es)?"),
        ("death_cross", "death cross(?:es)?"),
        ("macd_bearish_cross", r"""
            (?:bearish macd|macd bearish|macd sell|macd turned (?:down|negative|bearish))(?: cross(?:es|over)?)?
        """),
        ("macd_bullish_cross", r"""
            macd(?: bullish| buy)(?: cross(?:es|ed|overs?)?)? / bullish macd(?: cross(?:es|over)?)?
        """),
        ("breakout_down", "(?:broke|break(?:s|ing)?|broken) down(?! my| our| the| by) / breakdowns?(?! of| by)"),
        ("breakout_up", "(?:broke|break(?:s|ing)?|broken) out / break-?outs?"),
        ("volume_spike", "volume (?:spikes?|surges?|jumps?) / (?:unusual|high|strange) volume / spikes? in volume"),
        ("broke_resistance", "(?:broke|break(?:s|ing)?|through) (?:its |the |their )?resistance"),
        ("nearing_resistance", "(?:near(?:ing)?|close to|at) (?:its |the |their )?resistance / resistance"),
        ("lost_support", "(?:lost|broke|below) (?:its |the |their )?support"),
        ("nearing_support", "(?:near(?:ing)?|close to|at) (?:its |the |their )?support / support"),
        ("new_high_365", "new highs? / 52[- ]week highs? / one[- ]year highs? / yearly highs?"),
        ("bearish_divergence", "bearish divergences?"),
        ("bullish_divergence", "bullish divergences? / divergences?"),
        ("trading_signal_bullish", "bullish / buy signals? / (?:trading signals? )?turned (?:up|positive)"),
        ("trading_signal_bearish", "bearish / sell signals? / (?:trading signals? )?turned (?:down|negative)"),
        ("extreme_fear", "extreme fear"),
        ("extreme_greed", "extreme greed"),
    )
)  # fmt: skip
"""Names of the registry of signals, and what readers call them."""
FAMILIES = {
    "momentum": any_of("momentum / macd"),
    "trend": any_of("trend(?:s|ing)?"),
    "volume": any_of("~volume~"),
    "levels": any_of("levels?"),
    "drawdown": any_of("~drawdown~"),
    "grades": any_of("~(?:tm|trader|investor)_grade~"),
    "provider": any_of("trading signals?"),
    "rotation": any_of("rotations? / sectors?"),
    "breadth": any_of("breadth"),
    "sentiment": any_of("sentiment"),
    "onchain": any_of("on[- ]?chain"),
    "defi": any_of("defi"),
}
ONCHAIN_METRICS = frozenset(
    (AskMetric.EXCHANGE_NET_FLOW, AskMetric.TRANSFER_VALUE, AskMetric.ACTIVE_ADDRESSES, AskMetric.VALUE_LOCKED,
     AskMetric.HASH_RATE, AskMetric.MVRV, AskMetric.FEES, AskMetric.NVT, AskMetric.ISSUANCE)
)  # fmt: skip
GRADE_METRICS = frozenset(
    (AskMetric.TM_GRADE, AskMetric.TRADER_GRADE, AskMetric.INVESTOR_GRADE, AskMetric.SHORT_TERM_GRADE,
     AskMetric.LONG_TERM_GRADE)
)  # fmt: skip

DOWN = any_of(
    r"""
    f[ae]ll(?:s|en|ing)? / drop(?:s|ped|ping)? / los(?:e|es|t|ing|s|ses|er|ers) / down / crash(?:es|ed|ing)?
    dump(?:s|ed|ing)? / declin(?:e|es|ed|ing|ers?) / plung(?:e|es|ed|ing) / sank / sink(?:ing)? / red / tank(?:ed|ing)?
    bleed(?:ing)?|bled / slid|slid(?:e|ing) / shed / slump(?:ed|ing)? / tumbl(?:e|ed|ing) / nuk(?:e|ed|ing) / rekt
    """
)
UP = any_of(
    r"""
    r[io]se(?:s|n)?|rising / up / gain(?:s|ed|er|ers|ing)? / pump(?:s|ed|ing)? / surg(?:e|es|ed|ing) / winners?
    rall(?:y|ied|ying) / climb(?:s|ed|ing)? / jump(?:s|ed|ing)? / soar(?:s|ed|ing)? / grew|grow(?:n|ing)?
    increas(?:e|es|ed|ing) / moon(?:ed|ing) / rip(?:ped|ping) / green / spik(?:e|ed|ing)
    """
)
LOW_END = any_of(
    r"""
        bottom / worst / least / lowest / smallest / weakest / laggards? / losers? / cheapest / poorest
        underperform(?:ed|ers?|ing)
    """
)
HIGH_END = any_of(
    r"""
    top / best / most / highest / biggest / largest / strongest / leaders? / gainers? / winners? / movers? / furthest
    deepest / closest / nearest / priciest / greatest / hottest / wildest / outperform(?:ed|ers?|ing) / bigger?st
    """
)
COINS = any_of(
    r"""
        coins? / tokens? / assets? / altcoins? / alts? / cryptos / cryptocurrenc(?:y|ies) / who / names
        anything / ones?
    """
)
SEVERAL = any_of(
    r"""
    (?:which|what|how many|any|all|list|show(?: me)?|find(?: me)?|get|give me|every|number of|are there|only|
    some) / (?:\w+ ){0,2}(?:coins|tokens|assets|altcoins|alts|cryptos|cryptocurrencies|ones|holdings) / coins
    tokens / altcoins / alts / assets / anything / what is / what are / which are / whats / what has / what
    which
    """
)
OWN = any_of(
    r"""
    my / mine / portfolio / holdings? / i (?:hold|own|have|got) / am i / do i / did i / have i / our / bags? / was i
    my own / i am / i've
    """
)
PRONOUN = any_of(
    r"""
        it / its / it's / they / them / their / theirs / these / those / both / that (?:one|coin|token)
        this (?:one|coin|token)
    """
)

HELP = any_of(
    r"""
    help / what (?:else )?(?:can|could|do|should) (?:you|i) (?:do|ask|answer|know|say|type)(?: you)?
    how do i use / how does this work / which questions / what questions / examples?
    what are you / who are you / commands?
    """
)
WHAT_IF = any_of(
    r"""
    what if / what happens if / what would happen(?: to)? / what would / how would
    if i (?:add|buy|bought|sell|sold|drop|put|swap|halve|double|move|cut|trim|got|replace|remove|had|invest)\w*
    suppose i / say i / simulate / imagine i
    """
)
HEALTH = any_of(
    r"""
    up[- ]to[- ]date / fresh / stale / missing / outdated
    (?:last|latest) (?:update|updated|refreshed|refresh|collected) / how (?:old|recent|current|complete|fresh)
    data gaps? / gaps / disputed / data (?:health|quality|status|problems?)
    sources? (?:failed|down|failing|ok|working|broken) / (?:failed|failing|which) sources?
    when was .{1,20} (?:updated|refreshed|collected) / rate[- ]limited / collections? / is the data / late
    """
)
RECALL = any_of(
    r"""
    (?:did|have|has|had|was|were) (?:you|the|any|it|there|we|anything|anyone|that|a) ?.{0,30}(?:sa(?:y|id)|
    mention(?:ed)?|writ(?:e|ten)|wrote|report(?:ed)?|tell|told)
    (?:you|we) (?:said|wrote|told|mentioned|reported)
    (?:briefings?|reports?|notes?|research) (?:of|from|about|on|say|said|mention|for|that)
    (?:old|older|earlier|previous|past|yesterday's|last|latest|show me the|show the|read the) (?:briefings?|
    reports?|notes?) / search / recall / remind me / look up
    in (?:the|your|any) (?:briefings?|reports?|notes?) / briefings? &\d / mentions? of
    what (?:do|does|did) (?:the |any )?(?:report|note|briefing|analyst)s? / summari[sz]e
    """
)
CORRELATION = any_of(
    r"""
    correlat(?:e|es|ed|ion|ions|ing) / mov(?:e|es|ed|ing) (?:together|alike|with|like|in (?:step|tandem|sync)|the same)
    follow(?:s|ed|ing)? / in (?:step|tandem|sync|lockstep) with / track(?:s|ed|ing)? / tied to / similar(?:ly)? to
    """
)
COMPARISON = any_of(
    r"""
    compar(?:e|es|ed|ing|ison) / versus / vs / v / or / than / against / better / worse / higher / lower
    bigger / smaller / stronger / weaker / beat / beats / beating / side by side / difference between
    more ~\w+~ / less ~\w+~
    relative to / outperform(?:ed|ing)?
    """
)
DIVERSIFIED = any_of(
    r"""
    diversif(?:y|ied|ication|ying) / concentrat(?:ed|ion) / too much in / spread(?: out)? / eggs / overexposed / hhi
    exposures? / exposed / all in / balanced / effective bets / too many / look[- ]through / overweight / alike
    redundant / look[- ]?alikes / correlat(?:ed|ions?) (?:on|in) (?:the )?(?:bad|worst|down|red) days
    """
)
RISK = any_of(
    r"""
    risk(?:s|y|ier|iest)? / ~sharpe~ / ~sortino~ / ~beta_bitcoin~ / ~volatility~ / ~drawdown~ / var / ~max_drawdown~
    ~worst_days~ / ~downside_volatility~ / value at risk / safe / tail / dangerous
    """
)
HOLDINGS = any_of(
    r"""
    (?:biggest|largest|smallest|main|top|every|all(?: of)?(?: my)?) (?:positions?|holdings?|bags?|coins?)
    positions? / what do i (?:hold|own|have) / what (?:am i|i) hold(?:ing)? / (?:list|show)(?: me)? my
    my holdings / ~weight~ / how (?:much|many) .{0,30}(?:do i|i) (?:hold|own|have) / share of my / what'?s in my
    what is in my / which coins do i / do i (?:still )?(?:hold|own|have)
    """
)
CHANGES = any_of(
    r"""
    (?:did|have|has|am|are|was|were|is|how much) .{0,30}(?:i|portfolio|bags?|holdings|we) .{0,20}(?:lose|lost|
    losing|made?|make|making|gain\w*|earn\w*|chang\w*|up|down|do|done|doing|perform\w*|rise|risen|fall\w*|
    dropp?\w*) / returns? / profits?|pnl|p&l / loss(?:es)? / chang(?:e|ed|es) / perform(?:ed|ing|ance)? / lose
    made / gains? / happened
    """
)
SIGNAL = any_of(
    r"""
    signals? / alerts / macd / changed? character / stands? out / unusual / indicators? / technicals? / patterns?
    triggers? / setups? / fired / momentum
    """
)
LIVE = any_of(r"(?:still )?(?:active|live|valid|open|in force|on)(?<!on) / still / in force / current(?:ly)?")
ONCHAIN = any_of(
    r"""
        on[- ]?chain(?: (?:data|metrics?|figures?|activity|stats?))? / network activity
        blockchain(?: (?:data|activity))?
    """
)
MARKET = any_of(
    r"""
    markets? / fear(?: (?:and|&) greed)? / greed / sentiment / breadth / crypto / mood / overall / everything
    regime / total value / total ~market_value~ / altcoin season / alt ?season / overnight / what happened
    news / whats new / vibe
    """
)
HISTORY = any_of(
    r"""
    high(?:s|est)? / low(?:s|est)? / peak(?:s|ed)? / max(?:imum)? / min(?:imum)? / ath
    all[- ]time (?:high|low)s? / history / histor(?:y|ical|ically) / record / average / range / trend(?:ed|ing)?
    chart / evolv(?:e|ed) / ever / when did / over time / time series / trough / bottom(?:ed)?
    """
)
MOVED = any_of(
    r"""
    chang(?:e|es|ed|ing) / perform(?:s|ed|ing|ance)? / mov(?:e|es|ed|ing|ement) / returns? / do(?:ne|ing)? / did
    go|went|gone / fared? / trend(?:ing)? / flat / holding up / behav(?:e|ed|ing)
    """
)
DECLINED_ADVICE = any_of(
    r"""
    should (?:i|we|one|you) / worth (?:buying|selling|holding|it|getting)
    (?:good|right|bad|best|great) (?:time|moment|idea) / recommend(?:s|ation|ations|ed)? / advi[cs]e
    (?:coins?|tokens?|what|which|one|alts?|something|crypto) (?:to|should i) (?:buy|sell|hold|get|pick)
    (?:good|safe|smart|best|great|decent|strong) (?:buy|investment|bet|entry|pick|choice) / invest in
    (?:a )?buy or (?:a )?sell / buy(?:ing)? the dip / buy now / buy more / sell now / take profits? / rebalance
    is (?:it|@\d) (?:still )?a (?:buy|sell|hold) / would you (?:buy|sell|hold) / do you (?:like|think)
    too late to
    """
)
DECLINED_FORECAST = any_of(
    r"""
    will / going to / gonna / forecasts? / predict(?:s|ion|ions|ed)? / price targets? / targets? / tomorrow
    next (?:day|week|month|year|quarter|bull|few|couple)\w* / outlook / expect(?:s|ed|ation|ations)?
    by (?:the )?end of(?: the)?(?: \w+)? / in the future / to the moon / moon / bottomed
    (?:could|can|might|would) .{1,40}(?:reach|hit|go to|get to(?! my)) / in (?:20[3-9]\d|\d years)
    where (?:is|are) .{1,30} headed / eoy / has .{1,20} bottomed / won't
    """
)
DECLINED_CAUSE = any_of(
    r"""
        why / how come / what(?:'s| is| was)? (?:caus(?:ed|ing)|made|driv(?:ing)|drove|behind) / what'?s behind
        reasons? / because of what / explain / how so
    """
)
DECLINED_INTRADAY = any_of(
    r"""
    (?:an?|last|past|few|\d+|couple of|this|per|the) hours?(?: ago)? / hourly / minutes?(?: ago)? / right now
    rn / live / real[- ]time / 1h / 2h / 4h / 6h / 8h / 12h / 1m / 5m / 15m / this second / at this moment
    (?:at|around) \d{1,2} ?(?:am|pm) / \d{1,2}:\d\d / this (?:morning|afternoon|evening) / intraday
    as we speak / candles? / tick / order ?book / bid / ask price / noon / midnight
    """
)
DECLINED_TRADE = any_of(
    r"""
        ^(?:please |pls |can you |could you )*(?:buy|sell|short|long|swap|convert|send|transfer|withdraw|
        deposit|stake|place|execute) (?:me |for me |an? |some |all )*(?:\$?\d|@\d|order|my @\d).*
        set (?:a )?stop(?:[- ]loss)?
    """
)


@cache
def words_of(file: str) -> frozenset[str]:
    """The words in a file of this package."""
    return frozenset(resources.files("agent.ask").joinpath(file).read_text(encoding="utf-8").split())


@cache
def everyday_words() -> frozenset[str]:
    """Ordinary words of questions: one of them that is a symbol too is a coin only where nothing else fits."""
    return words_of("known_words.txt") | words_of("everyday_words.txt") | topic_words()


def topic_words() -> frozenset[str]:
    """Everyday words that say something: a search of earlier texts looks for them."""
    return words_of("topic_words.txt")


def never_symbols() -> frozenset[str]:
    """Words in capitals that are no symbols here."""
    return words_of("never_symbols.txt")


def command_words() -> frozenset[str]:
    """Words that steer the grammar, and are recognised with one letter wrong."""
    return words_of("command_words.txt")


def function_words() -> frozenset[str]:
    """Words that are never a coin in a list such as `sol and near`."""
    return words_of("function_words.txt")


def filler_words() -> frozenset[str]:
    """Words that a follow-up may have without being a question of its own."""
    return words_of("filler_words.txt")


def name_stops() -> frozenset[str]:
    """Words beside `index` and `sector` that are no part of its name."""
    return words_of("name_stops.txt")
