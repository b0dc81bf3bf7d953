"""The small grammar that all wordings share: names, windows, days and figures as segments."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.claims.claim import Segment
from agent.claims.fact import Entity, Fact
from agent.claims.figures import day_text, direction, display, plain, signed

INDEX = "index:"  # before the name of an index of the reader's own
# A place in a universe, from the first on: the first needs no ordinal.
_RANKS = ("", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ", "ninth ", "tenth ")
Clause = tuple[Segment, ...]
Piece = str | Segment


def clause(*pieces: Piece) -> Clause:
    """Segments of words and figures, in order."""
    return tuple(Segment(piece) if isinstance(piece, str) else piece for piece in pieces)


def figure(fact: Fact) -> Segment:
    """The figure without sign, tied to its fact."""
    return Segment(display(fact), fact.fact_id)


def plain_figure(fact: Fact) -> Segment:
    """The figure with its minus if it has one, tied to its fact."""
    return Segment(plain(fact), fact.fact_id)


def signed_figure(fact: Fact) -> Segment:
    """The figure with its sign, tied to its fact."""
    return Segment(signed(fact), fact.fact_id)


def label(fact: Fact) -> Segment:
    """The fact's word, tied to its fact; raises ValueError if it has none."""
    if fact.label is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no label to show")
    return Segment(fact.label, fact.fact_id)


def one_of(fact: Fact, *words: str) -> str:
    """The fact's word if it is one of these; raises ValueError if it is another, which has no wording."""
    if fact.label not in words:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has a label without a wording: {fact.label!r}")
    return fact.label


def place(fact: Fact) -> str:
    """The ordinal of a place, with a space after it; raises ValueError for a place after the tenth."""
    if fact.rank is None or not 1 <= fact.rank <= len(_RANKS):
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no place that can be said: {fact.rank}")
    return _RANKS[fact.rank - 1]


def since_day(fact: Fact) -> str:
    """The earlier day of a fact in words; raises ValueError if it has none."""
    if fact.start is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no earlier day")
    return day_text(fact.start)


def count_figure(fact: Fact) -> Segment:
    """The figure of a count, `none` for zero, tied to its fact."""
    return Segment("none", fact.fact_id) if is_flat(fact) else figure(fact)


def counted(fact: Fact) -> Segment:
    """The figure of a count in the plural, tied to its fact; raises ValueError for less than two."""
    if fact.value is None or fact.value < 2:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) counts {fact.value}, which is no record of anything")
    return figure(fact)


def by_direction(fact: Fact, up: str, down: str) -> str:
    """The word for the direction of the rounded value; only for facts that are not flat."""
    return up if direction(fact) > 0 else down


def is_flat(fact: Fact) -> bool:
    """Whether the figure is shown as zero."""
    return direction(fact) == 0


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
    **{f"sandbox_{source}": f"the sandbox's {name}" for source, name in _PROVIDERS.items()},
    **{f"replay_{source}": f"the replayed {name}" for source, name in _PROVIDERS.items()},
    "sandbox": "the sandbox market",
    "replay": "the replayed history",
    "files": "the history files",
}


def source_name(source: str) -> str:
    """What a source is called inside a sentence; raises KeyError for one without a name."""
    return _SOURCES[source]


def possessive_source(source: str) -> str:
    """What belongs to a source: `Token Metrics'`, `the sandbox market's`."""
    name = source_name(source)
    return f"{name}'" if name.endswith("s") else f"{name}'s"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says who, among whom and since when, the same way everywhere."""

    entities: Mapping[str, Entity]

    def name(self, subject: str) -> str:
        """What the subject is called inside a sentence."""
        if subject.startswith("portfolio:"):
            return "your portfolio"
        if subject.startswith(INDEX):
            return f'the index "{subject.removeprefix(INDEX)}"'
        return self.entities[subject].name

    def window(self, fact: Fact) -> str:
        """The fact's window in words; raises ValueError if it has none."""
        if fact.window == "1d":
            return "on the day"
        if fact.window == "since" and fact.start is not None:
            return f"since the briefing of {day_text(fact.start)}"
        if fact.window is None:
            raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no window")
        return f"over {fact.window.removesuffix('d')} days"

    def ahead(self, fact: Fact) -> str:
        """The fact's window in words where it lies after what is spoken of; raises ValueError if it has none."""
        if fact.window == "1d":
            return "on the next day"
        if fact.window is None or fact.window == "since":
            raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no days ahead")
        return f"over the next {fact.window.removesuffix('d')} days"

    def universe(self, fact: Fact) -> str:
        """The named universe with its size: `48 tracked coins`, `your 6 holdings`, `the 15 pairs of your holdings`."""
        size = f"{fact.universe_size:,}"
        plural = "" if fact.universe_size == 1 else "s"
        if fact.universe == "pairs":
            return f"the {size} pair{plural} of your holdings"
        if fact.universe == "sectors":
            return f"{size} sector{plural}"
        return f"your {size} holding{plural}" if fact.universe == "holdings" else f"{size} tracked coin{plural}"
