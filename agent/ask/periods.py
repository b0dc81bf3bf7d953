"""Time words against the last close: `yesterday`, `since Monday`, `in September`, `over 30 days`. Pure.

The last close is the last full day, so `today`, `yesterday` and `overnight` all mean it; `last week` is the seven days
up to it. A month or a weekday without a year or a date is the latest one that has begun.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent.ask.arguments import Window
from agent.claims.figures import day_text

WINDOW_DAYS: dict[Window, int] = {"1d": 1, "7d": 7, "30d": 30, "90d": 90, "365d": 365}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNIT_DAYS = {"h": 0, "d": 1, "w": 7, "f": 14, "m": 30, "q": 90, "y": 365}
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_LONG_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?:19|20)\d\d)?"
_DAY = (
    rf"(?:\d{{4}}-\d\d-\d\d|(?:the )?{_ORDINAL}(?: of)? {_MONTH}\b{_YEAR}|{_MONTH} (?:the )?{_ORDINAL}\b{_YEAR}"
    r"|\d{1,2}\.\d{1,2}\.(?:19|20)\d\d)"
)
_POINT = rf"(?:{_DAY}|(?:last |this |past )*{_WEEKDAY}|yesterday|today|(?:the )?(?:beginning|start) of (?:the )?year)"
_NUMBER = r"(?:\d{1,4}|an?|one|two|(?:a )?couple of|three|(?:a )?few|four|five|six|seven|eight|nine|ten|twelve)"
_UNIT = r"(?:hours?|hrs?|h|days?|d|weeks?|wks?|w|fortnights?|months?|mos?|m|quarters?|years?|yrs?|y)"


@dataclass(frozen=True, slots=True)
class Period:
    """A time as asked for: a window up to the last close, a single day, or from `start` to `end` (None: last close).

    `nominal` is the window that a running period such as `this month` stands for where only windows are known.
    `words` are the reader's; `notes` say what is unusual about it: after the last close, before all data.
    """

    words: str
    window: Window | None = None
    day: date | None = None
    start: date | None = None
    end: date | None = None
    nominal: Window | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether anything of it lies within the data."""
        return bool(self.window or self.day or self.start)

    def as_window(self, today: date) -> Window:
        """The window that comes closest, for what is only known over windows."""
        if self.window or self.nominal:
            return self.window or self.nominal or "1d"
        if self.start is None or self.day is not None:
            return "1d"
        days = max((today - self.start).days, 1)
        return min(WINDOW_DAYS, key=lambda window: abs(WINDOW_DAYS[window] - days) / (WINDOW_DAYS[window] + days))

    def bounds(self, today: date) -> tuple[date, date]:
        """The first and last day of it."""
        if self.day is not None:
            return self.day, self.day
        if self.start is not None:
            return self.start, self.end or today
        return today - timedelta(days=WINDOW_DAYS[self.window or "1d"] - 1), today


Read = Callable[[re.Match[str], date], Period | None]


def find_period(text: str, today: date, first_day: date | None = None) -> tuple[Period, tuple[int, int]] | None:
    """The first time named in lower-case `text` and where it stands; None if there is none."""
    found: list[tuple[int, int, Period]] = []
    for place, (pattern, read) in enumerate(_RULES):
        for match in pattern.finditer(text):
            period = read(match, today)
            if period is not None:
                found.append((match.start(), place, _checked(period, today, first_day)))
                break
    if not found:
        return None
    start, place, period = min(found, key=lambda item: item[:2])
    return period, (start, start + len(period.words))


def _checked(period: Period, today: date, first_day: date | None) -> Period:
    """The period kept within the data, with a note where it was not."""
    first, last = period.bounds(today)
    if first > today:
        note = f'"{period.words}" is after the last close, that of {day_text(today)} (UTC).'
        return Period(period.words, window=None, notes=(note,))
    if first_day is not None and last < first_day:
        note = f'"{period.words}" is before all data, which begins on {day_text(first_day)} (UTC).'
        return Period(period.words, window=None, notes=(note,))
    if first_day is not None and first < first_day and period.start is not None:
        note = f"The data begins on {day_text(first_day)} (UTC)."
        return replace(period, start=first_day, notes=(note,))
    if period.end is not None and period.end > today:
        return replace(period, end=None)
    return period


def _a_day(text: str, today: date) -> date | None:
    """The day that a point in time such as `3 october`, `last friday` or `2025-10-03` means."""
    text = text.strip()
    if text in ("yesterday", "today"):
        return today
    if text.endswith(("of year", "of the year")):
        return date(today.year, 1, 1)
    if re.fullmatch(rf"(?:last |this |past )*{_WEEKDAY}", text):
        return _weekday(text, today)
    return _dated(text, today)


def _dated(text: str, today: date) -> date | None:
    """The day of a text with numbers in it."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if "-" in text or "." in text:
        return _date(*(numbers if "-" in text else reversed(numbers)))
    month = re.search(_MONTH, re.sub(r"\d+(?:st|nd|rd|th)?", " ", text))
    place = _MONTHS.index(month[0][:3]) + 1 if month else 0
    if len(numbers) > 1:
        return _date(numbers[1], place, numbers[0])
    this_year = _date(today.year, place, numbers[0])
    return this_year if this_year and this_year <= today else _date(today.year - 1, place, numbers[0])


def _date(year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1 <= year <= 9999 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def _weekday(text: str, today: date) -> date:
    """The latest such day up to the last close; with `last`, before it."""
    wanted = _WEEKDAYS.index(text.rsplit(maxsplit=1)[-1][:3])
    back = (today.weekday() - wanted) % 7
    if back == 0 and re.match("last|past", text):
        back = 7
    return today - timedelta(days=back)


def _single(match: re.Match[str], today: date) -> Period | None:
    day = _a_day(match["point"], today)
    return _no_day(match) if day is None else Period(match[0], day=day)


def _no_day(match: re.Match[str]) -> Period:
    return Period(match[0], notes=(f'"{match[0]}" is no day of the calendar.',))


def _since(match: re.Match[str], today: date) -> Period | None:
    day = _a_day(match["point"], today)
    if day == today:
        return Period(match[0], window="1d")
    return _no_day(match) if day is None else Period(match[0], start=day)


def _between(match: re.Match[str], today: date) -> Period | None:
    start, end = match["first"], match["last"]
    month = re.search(_MONTH, end)
    if re.fullmatch(_ORDINAL, start):  # "between 1 and 15 september"
        if month is None:
            return None
        start = f"{start} {month[0]}"
    first, last = _a_day(start, today), _a_day(end, today)
    if first is None or last is None:
        return _no_day(match)
    return Period(match[0], start=min(first, last), end=max(first, last))


def _month(match: re.Match[str], today: date) -> Period:
    month = _MONTHS.index(match["month"][:3]) + 1
    year = int(match["year"]) if match["year"] else today.year - (month > today.month)
    return Period(match[0], start=date(year, month, 1), end=date(year, month, monthrange(year, month)[1]))


def _since_month(match: re.Match[str], today: date) -> Period:
    return replace(_month(match, today), end=None)


def _quarter(match: re.Match[str], today: date) -> Period:
    last = int(match["quarter"]) * 3
    year = int(match["year"]) if match["year"] else today.year - (last - 2 > today.month)
    return Period(match[0], start=date(year, last - 2, 1), end=date(year, last, monthrange(year, last)[1]))


def _year(match: re.Match[str], _: date) -> Period:
    year = int(match["year"])
    return Period(match[0], start=date(year, 1, 1), end=None if match["since"] else date(year, 12, 31))


def _so_far(match: re.Match[str], today: date) -> Period:
    """A running week, month, quarter or year."""
    text = match[0]
    nominal: Window
    if "week" in text or text == "wtd":
        start, nominal = today - timedelta(days=today.weekday()), "7d"
    elif "month" in text or text == "mtd":
        start, nominal = today.replace(day=1), "30d"
    elif "quarter" in text:
        start, nominal = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), "90d"
    else:
        start, nominal = date(today.year, 1, 1), "365d"
    return Period(text, start=start, nominal=nominal) if start < today else Period(text, window="1d")


def _ago(match: re.Match[str], today: date) -> Period | None:
    days = _days(match["number"], match["unit"])
    if days == 0:
        return None
    day = _back(today, days)
    return Period(match[0], start=day) if match["since"] else Period(match[0], day=day)


def _last(match: re.Match[str], today: date) -> Period | None:
    """A number of days up to the last close."""
    unit = match["unit"]
    if unit.startswith("h"):
        return Period(match[0], window="1d") if match["number"] == "24" else None
    days = _days(match["number"] or "1", unit)
    window = next((window for window, length in WINDOW_DAYS.items() if length == days), None)
    if window:
        return Period(match[0], window=window)
    return Period(match[0], start=_back(today, days)) if days else None


def _days(number: str, unit: str) -> int:
    words = number.removeprefix("a ") if number != "a" else number
    count = int(number) if number.isdigit() else _COUNTS[words]
    if unit[0] == "m" and count == 12:
        return 365
    return count * _UNIT_DAYS[unit[0]]


def _back(today: date, days: int) -> date:
    return today - timedelta(days=min(days, (today - date.min).days))


def _since_briefing(match: re.Match[str], _: date) -> Period:
    return Period(match[0], window="1d", notes=(f'Here "{match[0]}" is taken as the day of the last close.',))


def _fixed(window: Window) -> Read:
    return lambda match, _: Period(match[0], window=window)


_IN = r"(?:(?:over|in|for|during|within|on|at|from|through|across|of) )?(?:the )?"
_OF_YEAR = r"(?:,? (?P<year>(?:19|20)\d\d))?"
_TO = r"(?:to|until|till|through|-)"
_DIGITS = r"\d{1,4}(?=[ -]?[a-z])"
_RUNNING = (
    r"(?:(?:during |in |over )?this (?:week|month|quarter|year)|(?:week|month|quarter|year)[- ]to[- ]date|ytd|mtd|wtd"
    r"|since new year)"
)
_RULES: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(rf"(?<![\w$.@~-])(?:{pattern})(?![\w%-])"), read)
    for pattern, read in (
        (rf"(?:from|between) (?P<first>{_POINT}|{_ORDINAL}) (?:and|{_TO}) (?P<last>{_POINT})", _between),
        (rf"(?P<first>{_DAY}) {_TO} (?P<last>{_DAY})", _between),
        (r"since (?:the |my )?(?:last |latest )?briefing|since (?:the |my )?last(?: time)?$", _since_briefing),
        (rf"(?:(?:ever )?since|starting|after|from) (?P<point>{_POINT})(?: on(?:wards)?)?", _since),
        (r"(?:on )?the day before yesterday", lambda match, today: Period(match[0], day=today - timedelta(days=1))),
        (rf"(?P<since>since )?(?P<number>{_NUMBER}) (?P<unit>{_UNIT})(?: ago| back)", _ago),
        (rf"(?:on |at |by |of |for )?(?P<point>{_DAY}|(?:last |this |past ){_WEEKDAY}|{_LONG_WEEKDAY})", _single),
        (rf"(?:on )(?P<point>{_WEEKDAY})", _single),
        (rf"since (?P<month>{_MONTH}){_OF_YEAR}", _since_month),
        (rf"(?:in|during|for|of|over|last|this) (?P<month>{_MONTH}){_OF_YEAR}", _month),
        (rf"(?:in |during |of )?q(?P<quarter>[1-4]){_OF_YEAR}", _quarter),
        (r"(?:(?P<since>since )|in |during |of |for |back in )(?P<year>(?:19|20)\d\d)", _year),
        (rf"(?:so far )?{_RUNNING}(?: so far)?", _so_far),
        (rf"{_IN}(?:last|past|previous|trailing|recent) (?:(?P<number>{_NUMBER}) )?(?P<unit>{_UNIT})", _last),
        (rf"{_IN}(?:(?:last|past|previous) )?(?P<number>{_DIGITS}|{_NUMBER}(?=[ -]))[ -]?(?P<unit>{_UNIT})", _last),
        (r"(?:over ?night|today|yesterday|24/7|daily|(?:on|in|over) the day)(?: so far)?", _fixed("1d")),
        (r"weekly|week[- ]on[- ]week", _fixed("7d")),
        (r"monthly|month[- ]on[- ]month", _fixed("30d")),
        (r"quarterly", _fixed("90d")),
        (r"yearly|annually|year[- ]on[- ]year|(?:over|in|within) the year", _fixed("365d")),
    )
)
