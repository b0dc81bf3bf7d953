"""Figures, times and names as the pages show them; nothing here computes one.

Texts that go into Markdown pass `escape` first: a name may hold anything, and two dollar signs would become a formula.
"""

import math
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from agent.briefing.render.wording import moment_text
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.figures import day_text, plain

ABSENT = "n/a"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&=])")
_SHORTCODE = re.compile(r":(?=[A-Za-z])")
_WORD_JOINER = "\u2060"  # keeps a shortcode from being one, and cannot be seen
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_METRICS = {
    Metric.RSI: "14-day RSI",
    Metric.HHI: "HHI",
    Metric.MACD_CROSS: "MACD cross",
    Metric.VOLUME_Z: "Volume against its mean",
    Metric.FEAR_GREED: "Fear and greed index",
    Metric.HIGH_GRADE_SHARE: "Share of high grades",
    Metric.TOTAL_MARKET_CAP: "Total market value",
    Metric.MAX_DRAWDOWN: "Maximum drawdown",
    Metric.SHARPE: "Sharpe ratio",
}
_WINDOWS = {"1d": "1 day", "7d": "7 days", "30d": "30 days", "90d": "90 days", "365d": "365 days"}
_KEPT_CAPITALS = {"tm": "TM"}
FLOAT_DIGITS = 15  # the digits a float keeps; what is behind them is its own error


def escape(text: str) -> str:
    """The text so that Markdown shows it letter for letter: no formula, link, emphasis, icon or table of its own."""
    one_line = " ".join(text.split())
    return _SHORTCODE.sub(f":{_WORD_JOINER}", _MARKDOWN.sub(r"\\\1", one_line))


def usd(value: float | None) -> str:
    """A price: no cents from 1,000 up, two digits from 1 up, four significant ones below."""
    if value is None or not math.isfinite(value):
        return ABSENT
    size = abs(value)
    if size >= 1000:
        return _signed_usd(value, _digits(size, 0))
    if size >= 1 or size == 0:
        return _signed_usd(value, _digits(size, 2))
    return _signed_usd(value, _digits(size, 3 - Decimal(repr(size)).adjusted()))


def money(value: float | None) -> str:
    """An amount of US dollars with its cents."""
    if value is None or not math.isfinite(value):
        return ABSENT
    return _signed_usd(value, _digits(abs(value), 2))


def large_usd(value: float | None) -> str:
    """A large amount in millions, billions or trillions."""
    if value is None or not math.isfinite(value):
        return ABSENT
    for scale, word in _SCALES:
        if abs(value) >= scale:
            return _signed_usd(value, f"{_digits(abs(value) / scale, 2)} {word}")
    return _signed_usd(value, _digits(abs(value), 0))


def _digits(value: float, decimals: int) -> str:
    """Rounded half-even on the decimal that the float stands for, as briefings round."""
    return f"{Decimal(f'{value:.{FLOAT_DIGITS}g}'):,.{decimals}f}"


def _signed_usd(value: float, digits: str) -> str:
    sign = "-" if value < 0 and digits.strip("0.,") else ""
    return f"{sign}${digits}"


def pct(value: float | None, *, sign: bool = True) -> str:
    """Per cent with one digit; a plus unless `sign` is off; what rounds to zero has no sign."""
    if value is None or not math.isfinite(value):
        return ABSENT
    digits = _digits(abs(value), 1)
    if not digits.strip("0.,"):
        return "0.0%"
    return f"{'-' if value < 0 else '+' if sign else ''}{digits}%"


def number(value: float | None, decimals: int = 0) -> str:
    """A number with thousands separators and so many decimals."""
    if value is None or not math.isfinite(value):
        return ABSENT
    text = _digits(value, decimals)
    return text.removeprefix("-") if not text.strip("-0.,") else text


def amount(value: Decimal) -> str:
    """An exact amount with thousands separators and all its digits."""
    digits = f"{value.normalize():,f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def tone(value: float | None) -> int:
    """1, 0 or -1 by the sign of a change in per cent as it is shown."""
    shown = pct(value)
    return 1 if shown.startswith("+") else -1 if shown.startswith("-") else 0


def day(value: date | None) -> str:
    """A day as briefings write it, `10 October 2025`."""
    return ABSENT if value is None else day_text(value)


def moment(value: datetime | None) -> str:
    """A moment to the minute, `10 October 2025, 07:00 UTC`."""
    return ABSENT if value is None else moment_text(value)


def age(then: datetime | None, now: datetime) -> str:
    """How long ago something was: `just now`, `12 min ago`, `3 h ago`, `2 days ago`; `never` for None."""
    if then is None:
        return "never"
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 120:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


def metric_name(metric: Metric, qualifier: str | None = None) -> str:
    """What a fact measures, in words."""
    name = _METRICS.get(metric) or metric.value.replace("_", " ").capitalize()
    kind = _KEPT_CAPITALS.get(qualifier or "", (qualifier or "").capitalize())
    return f"{kind} {name.lower()}" if metric in {Metric.GRADE, Metric.GRADE_PREVIOUS} and kind else name


def fact_title(fact: Fact) -> str:
    """What a fact measures and over which window."""
    window = _WINDOWS.get(fact.window or "")
    if fact.window == "since" and fact.start is not None:
        window = f"since {day(fact.start)}"
    name = metric_name(fact.metric, fact.qualifier)
    return f"{name}, {window}" if window else name


def fact_value(fact: Fact) -> str:
    """A fact's value as briefings show it, with its minus; its label where it has no number."""
    if fact.value is None or fact.unit in {Unit.TEXT, Unit.DATE}:
        return fact.label or ABSENT
    return plain(fact)


def exact(fact: Fact) -> str:
    """A fact's value with all the digits it is stored with."""
    return ABSENT if fact.value is None else f"{fact.value:f}"


def stored(value: str | None) -> str:
    """A stored value as text, numbers without an exponent; `n/a` where there is none."""
    if value is None:
        return ABSENT
    try:
        return f"{Decimal(value):f}"
    except InvalidOperation:
        return value


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: `1 coin`, `3 coins`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def signal_name(name: str) -> str:
    """A signal's name in words: `RSI oversold`."""
    words = name.split("_")
    first = words[0].upper() if words[0] in {"rsi", "macd"} else words[0].capitalize()
    return " ".join([first, *words[1:]])


def shown_price(value: float | None) -> float | None:
    """A price rounded to the digits it is shown with, for tables that sort by it."""
    text = usd(value)
    return None if text == ABSENT else float(text.replace("$", "").replace(",", ""))


def shown_pct(value: float | None) -> float | None:
    """A change in per cent rounded to the digit it is shown with, for tables that sort by it."""
    text = pct(value)
    return None if text == ABSENT else float(text.replace("%", "").replace(",", ""))


def escape_within(text: str) -> str:
    """As `escape`, for a piece of a sentence: the spaces at its ends stay."""
    kept = text.strip()
    start = text[: len(text) - len(text.lstrip())]
    return f"{start}{escape(kept)}{text[len(start) + len(kept) :]}" if kept else text


def track_record(confidence: float | None, sample_size: int | None, *, proven: bool) -> str:
    """Say how far a signal can be trusted, from how it did before."""
    if confidence is None or not sample_size:
        return "Unproven: its past has not been scored."
    verdict = "Proven" if proven else "Unproven"
    times = "once" if sample_size == 1 else f"{sample_size:,} times"
    return f"{verdict}: {confidence * 100:.0f}% likely to go its way, after it fired {times} before."
