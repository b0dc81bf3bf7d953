"""The phrases that every surface uses around a briefing: dates, sources, who wrote it, what data it stands on."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from agent.briefing.document import Briefing
from agent.claims import plain_text
from agent.claims.fact import Fact, State
from agent.claims.figures import MONTHS, day_text

PRODUCT = "coinbrief"
DISCLAIMER = "Information, not investment advice. Every figure is read from stored data; none is written by a model."
EXPLAIN_HINT = f"Explain any figure: {PRODUCT} explain ID"

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PROVIDERS = {
    "token_metrics": "Token Metrics",
    "coingecko": "CoinGecko",
    "binance": "Binance",
    "coin_metrics": "Coin Metrics",
    "defillama": "DefiLlama",
    "fear_greed": "Alternative.me",
    "mempool": "mempool.space",
}
_SOURCES = {
    **_PROVIDERS,
    **{f"sandbox_{source}": f"sandbox {name} (invented data)" for source, name in _PROVIDERS.items()},
    **{f"replay_{source}": f"replayed {name}" for source, name in _PROVIDERS.items()},
    "sandbox": "sandbox (invented data)",
    "replay": "replayed history",
    "files": "files on disk",
}


def printable(text: str) -> str:
    """The text with control characters, which could move a cursor or break a line, turned into spaces."""
    return plain_text.printable(text)


def short_day(day: date) -> str:
    """`10 Oct`, whatever the locale."""
    return f"{day.day:02d} {MONTHS[day.month - 1][:3]}"


def weekday_text(day: date) -> str:
    """`Friday 10 October 2025`."""
    return f"{_WEEKDAYS[day.weekday()]} {day_text(day)}"


def moment_text(at: datetime) -> str:
    """`11 October 2025, 07:00 UTC`; the time must be aware."""
    utc = at.astimezone(UTC)
    return f"{day_text(utc.date())}, {utc:%H:%M} UTC"


def title(briefing: Briefing) -> str:
    """The document's title: portfolio and day."""
    revision = f", revision {briefing.revision}" if briefing.revision > 1 else ""
    return f"{printable(briefing.portfolio)}, {day_text(briefing.day)}{revision}"


def as_of_line(briefing: Briefing) -> str:
    """Which close the figures are of, and when the text was written."""
    return f"As of the close of {day_text(briefing.as_of)} (UTC). Written {moment_text(briefing.written_at)}."


def writer_line(briefing: Briefing) -> str:
    """Who arranged the text, what checked it, and what happened on the way."""
    writer = briefing.writer
    who = "the template writer" if writer.name == "template" else f"the {writer.name}"
    notes = "".join(f" {note}" for note in writer.notes)
    line = f"Arranged by {who}; every sentence checked against the data by verifier {briefing.verifier_version}.{notes}"
    return printable(line)


def is_invented(briefing: Briefing) -> bool:
    """Whether any of the data is invented, which every surface must say in front."""
    return any("invented" in attribution.lower() for attribution in briefing.attributions)


def invented_notice(briefing: Briefing) -> str:
    """What to say in front of invented data."""
    return "Invented data: this briefing describes a sandbox market, not a real one. " + " ".join(
        printable(attribution) for attribution in briefing.attributions if "invented" in attribution.lower()
    )


def source_text(name: str) -> str:
    """A source's name as a reader knows it."""
    return _SOURCES.get(name, name.replace("_", " "))


def provenance(fact: Fact) -> str:
    """Where a figure comes from: source, day, and its state if that is not fresh."""
    state = "" if fact.state is State.FRESH else f", {fact.state.value}"
    return f"{source_text(fact.source)}, as of {day_text(fact.as_of)}{state}"


def index_text(value: float) -> str:
    """An index value with one digit, rounded half to even."""
    return str(Decimal(repr(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN))
