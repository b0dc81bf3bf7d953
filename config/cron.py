"""Checks cron expressions without loading a scheduler.

The five fields of crontab(5) with `*`, lists, ranges, steps and names. Days of the week must be names: 0 is Sunday to
cron and Monday to the scheduler, and a briefing on the wrong day is worse than an error.
"""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("day of week", 0, 6))


def check_cron(expression: str) -> None:
    """Accept an expression the scheduler can run; raises ValueError that names the field at fault."""
    fields = expression.split()
    if len(fields) != len(FIELDS):
        raise ValueError(f"has {len(fields)} fields")
    values = [_field(text, *limits) for text, limits in zip(fields, FIELDS, strict=True)]
    days, months = values[2], values[3]
    if not any(day <= LONGEST_MONTH_DAYS[month - 1] for month in months for day in days):
        raise ValueError("never happens: no such day in that month")


def _field(text: str, field: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, last = _span(span, field, low, high)
        if not slash:
            values.update(range(first, last + 1))
            continue
        if "-" not in span and span != "*":
            raise ValueError(f"has {field} {part!r}, a step without a range (write {span}-{high}/{step})")
        values.update(range(first, last + 1, _step(step, field, last - first)))
    return values


def _span(text: str, field: str, low: int, high: int) -> tuple[int, int]:
    if text == "*":
        return low, high
    start, dash, end = text.partition("-")
    first = _value(start, field, low, high)
    last = _value(end, field, low, high) if dash else first
    if first > last:
        raise ValueError(f"has {field} {text!r}, which runs backwards")
    return first, last


def _value(text: str, field: str, low: int, high: int) -> int:
    names = {"month": MONTHS, "day of week": WEEKDAYS}.get(field, ())
    if text.lower() in names:
        return names.index(text.lower()) + low
    if field == "day of week":
        raise ValueError(f"has day of week {text!r}, which is no name (write mon to sun)")
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ValueError(f"has {field} {text!r}, which is not between {low} and {high}")
    return int(text)


def _step(text: str, field: str, total: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= max(total, 1)):
        raise ValueError(f"has {field} step {text!r}, which does not fit its range")
    return int(text)
