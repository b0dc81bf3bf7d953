"""How far signals can be trusted on a day: their track record as it was known then, and the quality of the data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import TypeAdapter
from sqlmodel import Session

from agent.analytics.confidence import Confidence, confidence, nearest_horizon
from agent.analytics.scorecard.grade_score import GradeScore
from agent.analytics.scorecard.signal_score import SignalScore
from agent.analytics.signals.registry import signal_named
from agent.store.columns import JsonValue
from agent.store.track_records import track_records_known

_SIGNAL_SCORE = TypeAdapter(SignalScore)
_GRADE_SCORE = TypeAdapter(GradeScore)

Score = SignalScore | GradeScore


def score_json(score: Score) -> Mapping[str, JsonValue]:
    """The figures of a score as JSON has them."""
    adapter = _SIGNAL_SCORE if isinstance(score, SignalScore) else _GRADE_SCORE
    found: Mapping[str, JsonValue] = adapter.dump_python(score, mode="json")  # type: ignore[arg-type]  # its own kind
    return found


def parse_score(stored: Mapping[str, JsonValue]) -> Score:
    """The score that `score_json` wrote."""
    return _SIGNAL_SCORE.validate_python(stored) if "direction" in stored else _GRADE_SCORE.validate_python(stored)


@dataclass
class Confidences:
    """The confidence of each signal; what was worked out once for a signal and a quality is kept."""

    scores: Mapping[tuple[str, int], Mapping[str, JsonValue]]
    _known: dict[tuple[str, float], Confidence] = field(default_factory=dict)
    _parsed: dict[str, SignalScore | None] = field(default_factory=dict)

    def of(self, name: str, quality: float) -> Confidence:
        """The confidence of a signal on data of this quality, 0 to 1."""
        key = (name, quality)
        if key not in self._known:
            if name not in self._parsed:
                self._parsed[name] = self._score(name)
            self._known[key] = confidence(self._parsed[name], quality)
        return self._known[key]

    def _score(self, name: str) -> SignalScore | None:
        stored = self.scores.get((name, horizon_of(name)))
        found = None if stored is None else parse_score(stored)
        return found if isinstance(found, SignalScore) else None


def horizon_of(name: str) -> int:
    """The horizon at which a signal is scored."""
    return nearest_horizon(signal_named(name).expires_after_days)


def read_confidences(session: Session, source: str, day: date) -> Confidences:
    """Read the track records that were known by the close of a day."""
    return Confidences({(row.name, row.horizon_days): row.score for row in track_records_known(session, source, day)})
