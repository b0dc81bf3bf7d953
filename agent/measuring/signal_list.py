"""The stored signals of a day, or those still live on it, each with its evidence and what its confidence rests on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches

from sqlmodel import Session

from agent.analytics.figure import Figure
from agent.analytics.signals.registry import SIGNALS, signal_named
from agent.analytics.signals.signal import Family, Subject
from agent.briefing.wanted import Wanted
from agent.claims.figures import day_text
from agent.measuring.assets import display_names, require_asset
from agent.measuring.confidences import Confidences, horizon_of, read_confidences
from agent.measuring.days import day_with_bars
from agent.measuring.errors import NothingHeld, WrongArgument
from agent.measuring.provider_words import provider_words
from agent.store import portfolios
from agent.store.assets import AssetRow, get_assets
from agent.store.columns import JsonValue
from agent.store.own_grades import own_grades_between
from agent.store.signals import SignalRow, signals_between, wider_signals_between

_FAMILIES = {signal.name: signal.family for signal in SIGNALS}
LONGEST_LIFE = timedelta(days=max(signal.expires_after_days for signal in SIGNALS))


@dataclass(frozen=True, slots=True)
class SignalChoice:
    """Which signals are meant; what is None or False does not restrict.

    `live` takes those that fired on the day or before and count as live on it.
    """

    asset: str | None = None
    name: str | None = None
    family: str | None = None
    held: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class ListedSignal:
    """A signal with all that is said of it. `asset_id` and `name` are None where it is of a sector or of the market.

    `confidence` is the probability (0 to 1) that its direction is right over `horizon_days`, learned from
    `sample_size` firings; `verdict` says why it is proven or why not.
    """

    subject: Subject
    asset_id: int | None
    asset: str | None
    sector: str | None
    signal: str
    family: Family
    definition: str
    day: date
    direction: int
    value: Figure
    evidence: Mapping[str, JsonValue]
    confidence: Figure
    sample_size: int
    horizon_days: int
    proven: bool
    verdict: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class SignalList:
    """Signals as of the close of a day: the market's, the sectors', then assets by rank.

    They may have fired on the last `days` days, of which `scanned` were scanned.
    """

    source: str
    day: date
    live: bool
    days: int
    scanned: int
    signals: tuple[ListedSignal, ...]


@dataclass(frozen=True, slots=True)
class SignalDefinition:
    """What a signal means; it counts as live for `expires_after_days` after it fired."""

    signal: str
    subject: Subject
    family: Family
    direction: int
    expires_after_days: int
    definition: str
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SignalTally:
    """How often a signal fired on a day, and for how many subjects that could be known.

    `confidence` is that on complete and undisputed data; stored signals of thinner data have less.
    """

    signal: str
    subject: Subject
    family: Family
    direction: int
    fired: int
    known: int
    confidence: Figure
    sample_size: int
    horizon_days: int
    proven: bool
    verdict: str


def read_signals(session: Session, wanted: Wanted, choice: SignalChoice, day: date | None = None) -> SignalList:
    """Read the stored signals of a day, the last one with bars unless given.

    Raises WrongArgument for an unknown name or family and for a day that was never scanned, AssetNotFound,
    NothingHeld, NoPrices, and UnknownRow for the portfolio's name.
    """
    _require_known(choice)
    last = day_with_bars(session, wanted, day)
    first = last - LONGEST_LIFE if choice.live else last
    scanned = len(own_grades_between(session, wanted.source, first, last))
    if not choice.live and not scanned:
        raise WrongArgument(f"{day_text(last)} was not scanned: run `coinbrief scan --day {last}`")
    rows = [*signals_between(session, wanted.source, first, last)]
    if (chosen := _chosen_assets(session, wanted, choice)) is None:
        rows = [*wider_signals_between(session, wanted.source, first, last), *rows]
    else:
        rows = [row for row in rows if row.asset_id in chosen]
    if choice.live:
        rows = [row for row in rows if row.expires_on is not None and row.expires_on >= last]
    rows = [row for row in rows if _is_meant(row, choice)]
    days = (last - first).days + 1
    return SignalList(wanted.source, last, choice.live, days, scanned, listed(session, wanted.source, rows))


def definitions_of(choice: SignalChoice) -> tuple[SignalDefinition, ...]:
    """Define every signal of the name and family chosen. Raises WrongArgument for an unknown one."""
    _require_known(choice)
    return tuple(
        SignalDefinition(
            signal=item.name,
            subject=item.subject,
            family=item.family,
            direction=item.direction,
            expires_after_days=item.expires_after_days,
            definition=item.definition,
            parameters=dict(item.parameters),
        )
        for item in SIGNALS
        if choice.name in (None, item.name) and choice.family in (None, item.family.value)
    )


def listed(session: Session, source: str, rows: Sequence[SignalRow]) -> tuple[ListedSignal, ...]:
    """Say all there is of stored signals: the market's first, then sectors, then assets by rank, the latest first."""
    assets = get_assets(session, {row.asset_id for row in rows} - {0})
    names = display_names(assets.values())
    known: dict[date, Confidences] = {}
    found = []
    for row in rows:
        if row.day not in known:
            known[row.day] = read_confidences(session, source, row.day)
        found.append(_listed(row, names.get(row.asset_id), known[row.day]))
    return tuple(sorted(found, key=lambda item: _place(item, assets)))


def tally(rows: Iterable[SignalRow], known: Iterable[tuple[str, int]], confidences: Confidences) -> list[SignalTally]:
    """Count the firings of every signal, in the order of the registry; those that did not fire have 0."""
    fired = Counter(row.name for row in rows)
    found = []
    for name, subjects in known:
        signal, trust = signal_named(name), confidences.of(name, 1.0)
        found.append(
            SignalTally(
                signal=name,
                subject=signal.subject,
                family=signal.family,
                direction=signal.direction,
                fired=fired[name],
                known=subjects,
                confidence=_figure(trust.value, trust.reason),
                sample_size=trust.sample_size,
                horizon_days=horizon_of(name),
                proven=trust.proven,
                verdict=trust.reason,
            )
        )
    return found


def _require_known(choice: SignalChoice) -> None:
    names, families = list(_FAMILIES), [family.value for family in Family]
    if choice.name is not None and choice.name not in names:
        close = get_close_matches(choice.name, names, n=3) or names
        raise WrongArgument(f"there is no signal {choice.name!r}: did you mean {' or '.join(close[:3])}?")
    if choice.family is not None and choice.family not in families:
        raise WrongArgument(f"there is no family {choice.family!r}: choose among {', '.join(families)}")


def held_ids(session: Session, name: str) -> frozenset[int]:
    """The assets that a portfolio holds. Raises UnknownRow for its name, and NothingHeld."""
    rows = portfolios.holdings(session, portfolios.require(session, name).portfolio_id)
    if not rows:
        raise NothingHeld(f"portfolio {name!r} is empty: fill it with `coinbrief portfolio import FILE.csv` or `add`")
    return frozenset(row.asset_id for row in rows)


def _chosen_assets(session: Session, wanted: Wanted, choice: SignalChoice) -> frozenset[int] | None:
    """The assets asked for; None for all, and sectors and the market too."""
    held = held_ids(session, wanted.portfolio) if choice.held else None
    if choice.asset is None:
        return held
    own = frozenset({require_asset(session, wanted.source, choice.asset).asset_id})
    return own if held is None else own & held


def _is_meant(row: SignalRow, choice: SignalChoice) -> bool:
    if row.name not in _FAMILIES:  # of an earlier version
        return False
    return choice.name in (None, row.name) and choice.family in (None, _FAMILIES[row.name].value)


def _listed(row: SignalRow, asset: str | None, confidences: Confidences) -> ListedSignal:
    signal = signal_named(row.name)
    verdict = _verdict(row, confidences)
    return ListedSignal(
        subject=signal.subject,
        asset_id=row.asset_id or None,
        asset=asset,
        sector=provider_words(row.sector) if row.sector else None,
        signal=row.name,
        family=signal.family,
        definition=signal.definition,
        day=row.day,
        direction=row.direction,
        value=_figure(row.value, "the signal has no figure of its own"),
        evidence=row.evidence,
        confidence=_figure(row.confidence, verdict),
        sample_size=row.sample_size or 0,
        horizon_days=horizon_of(row.name),
        proven=row.proven,
        verdict=verdict,
        expires_on=row.expires_on,
    )


def _verdict(row: SignalRow, confidences: Confidences) -> str:
    """Why it is proven or not, from the track record that it was scanned with."""
    now = confidences.of(row.name, 1.0)
    if now.proven == row.proven and now.sample_size == (row.sample_size or 0):
        return now.reason
    word = "proven" if row.proven else "unproven"
    return f"{word} when it was scanned; it has been scored anew since: scan its day again"


def _figure(value: float | None, reason: str) -> Figure:
    return Figure.missing(reason) if value is None else Figure.of(value, reason)


def _place(item: ListedSignal, assets: Mapping[int, AssetRow]) -> tuple[int, float, int, str, int, str]:
    kinds = (Subject.MARKET, Subject.SECTOR, Subject.ASSET)
    row = assets.get(item.asset_id or 0)
    rank = float("inf") if row is None or row.rank is None else float(row.rank)
    return kinds.index(item.subject), rank, item.asset_id or 0, item.sector or "", -item.day.toordinal(), item.signal
