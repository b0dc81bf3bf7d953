"""What simple published sentences state, read by patterns of their own, and what the rows say instead.

The patterns know nothing of the code that words claims or verifies them; a wording that none of them knows is counted
as not recomputed and is no fault.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from agent.claims.fact import Entity
from agent.evaluation.raw import RawMarket

_SCALES: Final = {"": 1.0, " million": 1e6, " billion": 1e9, " trillion": 1e12}
_UP: Final = frozenset({"rose", "gained", "up", "gain", "rise"})
_PCT: Final = r"(-?[\d,]+(?:\.\d+)?)%"
_USD: Final = r"\$([\d,]+(?:\.\d+)?)( million| billion| trillion)?"
_AS_OF: Final = re.compile(r"(?:(?! and | while |;).)*?, as of (\d{1,2} [A-Z][a-z]+ \d{4})")


@dataclass(frozen=True, slots=True)
class Stated:
    """One figure as a text states it, and as the rows have it; `exact` is NaN where the rows have nothing."""

    what: str
    shown: float
    decimals: int
    exact: float

    @property
    def holds(self) -> bool:
        """Whether the exact figure rounds to what is shown."""
        slack = 0.5 * 10.0**-self.decimals
        return math.isfinite(self.exact) and abs(self.shown - self.exact) <= slack * (1 + 1e-6) + 1e-9


@dataclass(frozen=True, slots=True)
class _Reader:
    """What a pattern's match is read with."""

    raw: RawMarket
    ids: Mapping[str, int]
    day: date


_Handler = Callable[["_Reader", re.Match[str]], Iterator[Stated]]


def stated(text: str, raw: RawMarket, entities: Mapping[str, Entity], as_of: date) -> tuple[Stated, ...]:
    """Every figure of a sentence that a pattern knows, beside its value in the rows."""
    ids = {
        entity.name: int(subject.partition(":")[2])
        for subject, entity in entities.items()
        if subject.startswith("asset:")
    }
    found: list[Stated] = []
    name = "|".join(re.escape(item) for item in sorted(ids, key=len, reverse=True)) or r"(?!)"
    for pattern, handler in _PATTERNS:
        for match in re.finditer(_with_names(pattern, name), text):
            found.extend(handler(_Reader(raw, ids, _day_of(text[match.end() :], as_of)), match))
    return tuple(found)


def _with_names(pattern: str, name: str) -> str:
    """The pattern with the alternatives for its names: in the groups it gives, else the first one in group `name`."""
    if "<one>" not in pattern:
        pattern = pattern.replace("NAME", "(?P<name>NAME)", 1)
    return pattern.replace("NAME", f"(?:{name})")


def shown_figure(what: str, text: str, exact: float) -> Stated:
    """A figure as a cell of a table shows it: with a sign, a dollar or a per cent, and perhaps a scale."""
    found = re.search(r"([+-]?)\$?([\d,]+(?:\.\d+)?)( million| billion| trillion)?", text)
    if found is None:
        raise ValueError(f"{text!r} shows no figure")
    return _figure(what, found[2], exact, -1 if found[1] == "-" else 1, found[3])


def is_fairly_named(raw: RawMarket, entity: Entity) -> bool:
    """Whether an asset is called by its stored name or symbol, or by a part of either."""
    asset = raw.assets.get(int(entity.subject.partition(":")[2]))
    if asset is None:
        return False
    shown = entity.name.lower()
    return asset.symbol.lower() in shown or asset.name.lower() in shown or shown in asset.name.lower()


def _day_of(rest: str, as_of: date) -> date:
    """The day of a statement: the one that its clause ends with, else the document's."""
    found = _AS_OF.match(rest)
    return as_of if found is None else datetime.strptime(found[1], "%d %B %Y").date()  # noqa: DTZ007 - a day only


def _figure(what: str, text: str, exact: float, sign: int = 1, scale: str | None = "") -> Stated:
    digits = text.replace(",", "")
    return Stated(what, sign * float(digits), len(digits.partition(".")[2]), exact / _SCALES[scale or ""])


def _sign(word: str) -> int:
    return 1 if word in _UP else -1


def _day_change(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    name, word, shown = match[1], match[2], match[3]
    yield _figure(f"{name} on the day", shown, reader.raw.change_pct(reader.ids[name], reader.day), _sign(word))


def _flat(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    yield Stated(f"{match[1]} flat", 0.0, 1, reader.raw.change_pct(reader.ids[match[1]], reader.day))


def _window_change(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    name, word, shown, days = match["name"], match["word"], match["shown"], int(match["days"])
    exact = reader.raw.change_pct(reader.ids[name], reader.day, days)
    yield _figure(f"{name} over {days} days", shown, exact, _sign(word))


def _close(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    yield _figure(f"close of {match[1]}", match[2], reader.raw.close(reader.ids[match[1]], reader.day), scale=match[3])


def _breadth(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    _, rose, fell, flat = reader.raw.breadth(reader.day)
    total = reader.raw.breadth(reader.day)[0]
    exact = {"rose": rose, "fell": fell, "flat": flat, "total": total}
    for group, value in exact.items():
        if (shown := match.groupdict().get(group)) is not None:
            yield _figure(group, "0" if shown.lower() in {"none", "no"} else shown, value)


def _median(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    changes = reader.raw.changes_pct(reader.day)
    yield _figure("assets in the median", match[1], len(changes))
    yield _figure("median change", match[2], float(changes.median()))


def _best(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    changes, name = reader.raw.changes_pct(reader.day), match["name"]
    is_gain = match.groupdict().get("word", "gain") == "gain"
    yield _figure("assets ranked", match["total"], len(changes))
    exact = float(changes.max() if is_gain else changes.min())
    yield _figure(f"largest {'gain' if is_gain else 'loss'}", match["shown"], exact, 1 if is_gain else -1)
    own = reader.raw.change_pct(reader.ids[name], reader.day)
    yield _figure(f"{name} on the day", match["shown"], own, 1 if is_gain else -1)


def _value(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    yield _figure("value of the portfolio", match[1], reader.raw.value_usd(reader.day), scale=match[2])


def _value_change(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    value = reader.raw.value_usd(reader.day)
    before = reader.raw.value_usd(reader.day - timedelta(days=1))
    yield _figure("change of the portfolio", match[2], (value / before - 1) * 100, _sign(match[1]))


def _weight(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    name = match["name"]
    yield _figure(f"weight of {name}", match["shown"], reader.raw.weight_pct(reader.ids[name], reader.day))


def _largest(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    yield from _weight(reader, match)
    heaviest = max(reader.raw.held, key=lambda asset_id: reader.raw.weight_pct(asset_id, reader.day))
    own, most = (reader.raw.weight_pct(item, reader.day) for item in (reader.ids[match["name"]], heaviest))
    yield Stated(f"{match['name']} is the largest", own, 9, most)


def _below_high(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    exact = reader.raw.below_high_pct(reader.ids[match[1]], reader.day)
    yield _figure(f"{match[1]} below its high", match[2], exact)


def _extreme(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    name, word, days = match[1], match[2], int(match[3])
    exact = reader.raw.extreme_close(reader.ids[name], reader.day, days, highest=word == "highest")
    yield _figure(f"{word} close of {name}", match[4], exact, scale=match[5])


def _pair(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    one, other = (reader.ids[match[key]] for key in ("one", "other"))
    exact = reader.raw.correlation(one, other, reader.day, int(match["days"]))
    yield _figure(f"correlation of {match['one']} and {match['other']}", match["shown"], exact)


def _signed_change(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    name, days = match["name"], int(match["days"] or 1)
    exact = reader.raw.change_pct(reader.ids[name], reader.day, days)
    yield shown_figure(f"change of {name} over {days} days", match["shown"], exact)


def _named_pair(reader: _Reader, match: re.Match[str]) -> Iterator[Stated]:
    one, other = reader.ids[match[1]], reader.ids[match["other"]]
    exact = reader.raw.correlation(one, other, reader.day, int(match["days"]))
    yield _figure(f"correlation of {match[1]} and {match['other']}", match["shown"], exact)


_TRACKED: Final = r"(?P<total>[\d,]+) tracked coins"
_RATIO: Final = r"(?P<shown>-?\d+\.\d+)"
_PATTERNS: Final[tuple[tuple[str, _Handler], ...]] = (
    (rf"NAME (rose|fell|gained|lost) {_PCT} on the day", _day_change),
    (rf"(?i:on the day), NAME (rose|fell|gained|lost) {_PCT}", _day_change),
    (rf"NAME closed at {_USD}(?=, (?:up|down)|[.,;]|$| and| while)", _close),
    (rf"NAME closed at \$[\d.,]+(?: \w+)?, (up|down) {_PCT} on the day", _day_change),
    (rf"NAME (?:rose|fell|gained|lost) [\d.,]+% on the day to {_USD}", _close),
    (rf"(?i:on the day), NAME (?:rose|fell|gained|lost) [\d.,]+% to {_USD}", _close),
    (r"NAME was flat on the day", _flat),
    (r"NAME (?P<word>rose|fell|gained|lost) (?P<shown>[\d.,]+)% over (?P<days>\d+) days", _window_change),
    (r"(?i:over) (?P<days>\d+) days, NAME (?P<word>rose|fell|gained|lost) (?P<shown>[\d.,]+)%", _window_change),
    ((rf"(?P<rose>[\d,]+|[Nn]one) of {_TRACKED} rose on the day, (?P<fell>[\d,]+|none) fell and "
     r"(?P<flat>[\d,]+|none) w(?:as|ere) flat"), _breadth),
    ((rf"[Oo]f {_TRACKED}, (?P<rose>[\d,]+|none) rose on the day, (?P<fell>[\d,]+|none) fell and "
     r"(?P<flat>[\d,]+|none) w(?:as|ere) flat"), _breadth),
    (rf"median change of ([\d,]+) tracked coins on the day was {_PCT}", _median),
    (rf"typical tracked coin of ([\d,]+) changed by {_PCT} on the day", _median),
    ((rf"(?<!second )(?<!third )(?<!\w{{3}}th )largest (?P<word>gain|loss) on the day among {_TRACKED} was "
      r"NAME's (?P<shown>[\d.,]+)%"), _best),
    (rf"NAME led {_TRACKED} on the day with a (?P<word>gain) of (?P<shown>[\d.,]+)%", _best),
    (rf"our portfolio was worth {_USD}", _value),
    (rf"our portfolio (?:rose|fell) [\d.,]+% on the day, a (?:gain|loss) of \$[\d.,]+(?: \w+)?, to {_USD}", _value),
    (rf"our portfolio (rose|fell) {_PCT} on the day", _value_change),
    (r"NAME is the largest of your \d+ holdings, at (?P<shown>[\d.]+)% of the portfolio", _largest),
    (r"(?i:at) (?P<shown>[\d.]+)% of the portfolio, NAME is the largest of your", _largest),
    (r"NAME makes up (?P<shown>[\d.]+)% of the portfolio", _weight),
    (r"NAME's change (?:on the day|over (?P<days>\d+) days) was (?P<shown>[+-]?[\d.,]+)%", _signed_change),
    (r"NAME's correlation with (?P<other>NAME) over (?P<days>\d+) days was " + _RATIO, _named_pair),
    (rf"NAME (?:closed|was) {_PCT} below its 365-day high", _below_high),
    (rf"NAME's (highest|lowest) close over (\d+) days was {_USD}", _extreme),
    ((rf"pairs of your holdings, (?P<one>NAME) and (?P<other>NAME) moved (?:most|least) alike over (?P<days>\d+) days, "
     rf"with a correlation of {_RATIO}"), _pair),
    (rf"(?P<one>NAME) and (?P<other>NAME) had a correlation of {_RATIO} over (?P<days>\d+) days", _pair),
)  # fmt: skip
