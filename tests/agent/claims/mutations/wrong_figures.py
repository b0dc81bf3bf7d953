"""Classes 1 to 20: another figure, name, rank, unit, window, day or base than the facts have."""

import re
from itertools import pairwise
from random import Random

from tests.agent.claims.mutations.mutant import (
    DAY,
    FIGURE,
    INDEX,
    NUMBER,
    Change,
    Texts,
    at_each,
    ended,
    exchanged,
    replaced,
)

TURNS = (
    *(("rose", "fell"), ("Rose", "Fell"), ("gained", "lost"), ("risen", "fallen"), ("gain", "loss"), ("up", "down")),
    *(("rise", "fall"), ("grow", "shrink"), ("grown", "shrunk"), ("bullish", "bearish"), ("strongest", "weakest")),
    *(("sale", "purchase"), ("more a year", "less a year"), ("points lower", "points higher")),
)


def sign(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from exchanged(text, *TURNS, ("higher", "lower"), ("better", "worse"))
    yield from at_each(text, FIGURE, lambda shown: shown.lstrip("+-") if shown[0] in "+-" else f"-{shown}")


def entity(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    for name in names:
        yield from replaced(text, name, *(other for other in ("Bonk x1000", "Neiro") if other not in names))
    yield from replaced(text, "your portfolio", "Bonk x1000")
    yield from replaced(text, "DeFi", "Games", "Bitcoin")
    yield from replaced(text, "Games", "DeFi", "gaming")
    yield from at_each(
        text, INDEX, lambda index: re.sub('".*"', '"minors"', index), lambda _: "Bonk x1000", lambda _: "the index"
    )


def _neighbours(text: str) -> Texts:
    """Two figures that follow each other, each in the place of the other."""
    for one, two in pairwise(FIGURE.finditer(text)):
        if one.group() != two.group():
            between = text[one.end() : two.start()]
            yield f"{text[: one.start()]}{two.group()}{between}{one.group()}{text[two.end() :]}"


def pair(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from _neighbours(text)
    shown = FIGURE.findall(text)
    if len(names) < 2 or "alike" in text or "matched" in text or " and Solana had a correlation" in text:
        return  # exchanging these two changes nothing
    if len(shown) > 1 and len(set(shown)) < len(shown):
        return
    one, two = names[0], names[1]
    yield re.sub(rf"{re.escape(one)}|{re.escape(two)}", lambda name: two if name.group() == one else one, text)


def symbol(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    symbols = {"Bitcoin": "BTC", "Solana": "SOL", "Ethereum": "ETH", "Dogecoin": "DOGE", "Cosmos": "ATOM"}
    for name in names:
        yield from replaced(text, name, symbols.get(name, "XYZ"), "Litecoin", name.upper() + "X", f"{name} Cash 2")


def rank(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from exchanged(text, ("second", "third"), ("tenth", "ninth"))
    for word in ("largest", "highest", "lowest", "smallest", "strongest", "weakest"):
        if not re.search(rf"(?:second|third|tenth) {word}|{word} (?:holdings|close|coins)|is the {word}", text):
            yield from replaced(text, word, f"second {word}", f"top {word}", f"eleventh {word}")
    yield from replaced(text, "second ", "")


def universe(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from exchanged(text, ("largest", "smallest"), ("highest", "lowest"), ("most alike", "least alike"))
    yield from replaced(text, "48 tracked coins", "49 tracked coins", "all coins", "your 48 holdings", "48 coins")
    yield from replaced(text, "your 6 holdings", "your 7 holdings", "6 tracked coins", "the market", "your holdings")
    yield from replaced(text, "15 pairs", "16 pairs", "pairs")
    yield from replaced(text, "your 14 holdings", "your 13 holdings", "14 tracked coins", "14 sectors", "your holdings")
    yield from replaced(text, "Your 14 holdings", "Your 13 holdings", "14 tracked coins", "The 14 holdings", "Holdings")
    yield from replaced(text, "14 sectors", "15 sectors", "14 tracked coins", "your 14 holdings", "all sectors")
    yield from replaced(text, "of 48", "of 47")


def comparative(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    words = ("beat", "trailed", "matched", "outperformed")
    for word in words[:3]:
        yield from replaced(text, word, *(other for other in words if other != word))
    yield from exchanged(text, ("higher", "lower"), ("better", "worse"))
    yield from ended(text, ", more than Bitcoin", " and outperformed Bitcoin", ", better than most")


def unit(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from at_each(
        text,
        FIGURE,
        lambda shown: shown.replace("$", "") if "$" in shown else None,
        lambda shown: f"{shown}%" if "%" not in shown else None,
        lambda shown: shown.replace("%", "") if "%" in shown else None,
        lambda shown: f"${shown}" if "$" not in shown and shown[0] not in "+-" else None,
    )
    yield from replaced(text, " EH/s", " TH/s", "")


def points(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from at_each(
        text,
        FIGURE,
        lambda shown: f"{shown[:-1]} percentage points" if shown.endswith("%") else None,
        lambda shown: f"{shown[:-1]} bps" if shown.endswith("%") else None,
        lambda shown: f"{shown[:-1]}pp" if shown.endswith("%") else None,
    )
    yield from replaced(text, " percentage points", "%", " percentage point", " points", " bps")


def scale(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    for scale in ("million", "billion", "trillion"):
        others = [other for other in ("million", "billion", "trillion") if other != scale]
        yield from replaced(text, scale, *others)
        yield from replaced(text, f" {scale}", "", scale[0].upper())
    yield from at_each(text, FIGURE, lambda shown: f"{shown}k" if "$" in shown else None)


def _nudged(shown: str) -> str:
    digits = re.sub(r"[^\d]", "", shown)
    more = str(int(digits) + 1).zfill(len(digits))
    return _poured(shown, more)


def _poured(shown: str, digits: str) -> str:
    """Other digits in the places of those that are shown."""
    rest = iter(digits)
    return re.sub(r"\d", lambda _: next(rest), shown)


def rounding(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from at_each(
        text,
        FIGURE,
        _nudged,
        lambda shown: re.sub(r"(\.\d+)", r"\g<1>0", shown),
        lambda shown: re.sub(r"\.\d+", "", shown),
        lambda shown: re.sub(r"(\d)(%?)$", r"\g<1>4\2", shown) if "." in shown else f"{shown}.4",
    )


def digits(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    def transposed(shown: str) -> str | None:
        pairs = enumerate(pairwise(shown))
        places = [place for place, (one, two) in pairs if one.isdigit() and two.isdigit() and one != two]
        if not places:
            return None
        place = rng.choice(places)
        return shown[:place] + shown[place + 1] + shown[place] + shown[place + 2 :]

    yield from at_each(text, NUMBER, transposed, lambda shown: re.sub(r"\d", "", shown, count=1))


def window(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    for days in ("7", "30", "90", "365"):
        others = [f"over {other} days" for other in ("7", "30", "90") if other != days]
        yield from replaced(text, f"over {days} days", *others, "this month", "on the day")
        yield from replaced(text, f"Over {days} days", *(other.capitalize() for other in others), "This month")
    yield from replaced(text, "on the day", "over 7 days", "this week", "over 24 hours", "overnight")
    yield from replaced(text, "On the day", "Over 7 days", "Since Monday")
    yield from replaced(text, "365-day", "90-day", "52-week")
    for days in ("7", "30"):
        others = [f"over the next {other} days" for other in ("7", "30", "90") if other != days]
        yield from replaced(text, f"over the next {days} days", *others, "on the next day", f"over {days} days", "soon")
    yield from replaced(text, "on the next day", "over the next 7 days", "on the day", "over the next 1 days")


def day(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from at_each(
        text,
        DAY,
        lambda day: f"{int(day.split()[0]) - 1} {day.split(' ', 1)[1]}",
        lambda day: day.replace("2025", "2024"),
        lambda day: day.replace("October", "September"),
        lambda day: f"Thursday, {day}",
        lambda day: "yesterday",
    )
    shown = DAY.findall(text)
    if len(set(shown)) > 1:
        yield re.sub(DAY, lambda day: shown[1] if day.group() == shown[0] else shown[0], text)
    yield from ended(text, ", as of 9 October 2025", " (as of 11 October 2025)", " today", " on Friday", " as of now")


def in_words(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    small = {"1": "one", "2": "two", "3": "three", "4": "four", "6": "six", "48": "forty-eight"}
    yield from at_each(text, re.compile(r"(?<![\w.,$])\d+(?![\w.,%])"), small.get)
    yield from at_each(text, FIGURE, lambda shown: "a dozen", lambda shown: "half")
    yield from replaced(text, "rose", "doubled")
    yield from replaced(text, "fell", "halved")


def bounds(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from at_each(
        text,
        FIGURE,
        *(lambda shown, word=word: f"{word} {shown}" for word in ("at least", "up to", "nearly", "about", "over")),
        lambda shown: f"between {shown} and {shown}",
        lambda shown: f"{shown} or more",
    )
    yield from exchanged(text, ("above", "below"))


def locale(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from at_each(
        text,
        FIGURE,
        lambda shown: shown.translate(str.maketrans(".,", ",.")),
        lambda shown: shown.replace(",", ""),
        lambda shown: shown.replace(",", " "),
        lambda shown: shown.replace("%", " %"),
        lambda shown: f"({shown.lstrip('+-')})" if shown[0] in "+-" else None,
        lambda shown: shown.replace("-", "\u2212"),
        lambda shown: shown.replace("$", "US$"),
    )


def unicode(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from at_each(
        text,
        NUMBER,
        lambda shown: re.sub(r"\d", lambda digit: chr(0xFF10 + int(digit.group())), shown, count=1),
        lambda shown: re.sub(r"\d", lambda digit: chr(0x660 + int(digit.group())), shown, count=1),
        lambda shown: f"\u202e{shown}\u202c",
    )
    place = rng.randrange(1, len(text) - 1)
    yield f"{text[:place]}\u200b{text[place:]}"
    yield text.replace(" ", "\u00a0", 1)
    for latin, other in (("o", "\u043e"), ("a", "\u0430"), ("e", "\u0435")):
        yield text.replace(latin, other, 1)


def level(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from replaced(text, "closed at", "rose", "fell", "rose to")
    yield from replaced(text, "was", "rose", "rose by", "changed by")
    for word in ("rose", "fell", "gained", "lost"):
        yield from replaced(text, word, "was", "closed at", f"{word} to")


def base(text: str, names: tuple[str, ...], rng: Random) -> Texts:
    yield from replaced(text, "365-day high", "all-time high", "30-day high", "record")
    yield from replaced(text, "20-day", "50-day", "55-day")
    yield from exchanged(text, ("50-day mean", "200-day mean"), ("median", "mean"))
    yield from replaced(text, "14-day RSI", "21-day RSI", "RSI")
    yield from replaced(text, "annualised volatility", "volatility", "daily volatility", "realised volatility")
    yield from replaced(text, "change", "log change", "change of the change")
    yield from replaced(text, "of the portfolio", "of the market", "of your crypto")
    yield from replaced(text, "at the close", "at the open", "at the high")
    yield from replaced(text, "past cases", "past days", "cases")
    yield from replaced(text, "today's weights", "the weights of that day", "equal weights")
    yield from replaced(text, "today's amounts", "today's weights", "the amounts of then")
    yield from replaced(text, "of your portfolio", "of the market", "of your holdings", "of your gains")
    yield from replaced(text, "of it", "of the market", "of its coins")


CHANGES: tuple[Change, ...] = (
    *(sign, entity, pair, symbol, rank, universe, comparative, unit, points, scale),
    *(rounding, digits, window, day, in_words, bounds, locale, unicode, level, base),
)
"""In the order of the classes, from 1."""
