"""Vectors of passages, kept by model and by the digest of the text, and the search for the nearest ones."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from agent.store.bulk import raw_connection
from agent.store.columns import day_number, instant_number

Vector = NDArray[np.float32]

ALL_KINDS = frozenset({"briefing", "report", "note", "description"})


@dataclass(frozen=True, slots=True)
class TextToEmbed:
    """A text that a model has made no vector of yet."""

    sha256: str
    text: str


@dataclass(slots=True)
class _Loaded:
    state: tuple[int, int, int]
    ids: NDArray[np.int64]
    days: NDArray[np.int64]
    matrix: Vector


def texts_without_vector(
    session: Session, model: str, limit: int, kinds: Collection[str] = ALL_KINDS
) -> tuple[TextToEmbed, ...]:
    """Read the texts of passages of these kinds that the model has no vector of, the newest first, each once."""
    rows = raw_connection(session).execute(
        "SELECT sha256, text FROM passage WHERE text <> '' "
        "AND NOT EXISTS (SELECT 1 FROM passage_vector AS v WHERE v.model = ? AND v.sha256 = passage.sha256) "
        "AND source_kind IN (SELECT value FROM json_each(?)) GROUP BY sha256 ORDER BY max(day) DESC, sha256 LIMIT ?",
        (model, json.dumps(sorted(kinds)), limit),
    )
    return tuple(TextToEmbed(*row) for row in rows)


def put_vectors(session: Session, model: str, vectors: Mapping[str, Vector], made_at: datetime) -> None:
    """Store vectors by the digest of their text, scaled to length 1.

    Raises ValueError for one that is not finite, has no direction, or has another dimension than the model's others.
    """
    connection = raw_connection(session)
    known = dimensions_of(session, model)
    rows = []
    for digest, vector in vectors.items():
        unit = _unit(vector)
        known = known or len(unit)
        if len(unit) != known:
            raise ValueError(f"a vector of {model} has {len(unit)} dimensions, those before it have {known}")
        rows.append((model, digest, known, unit.tobytes(), instant_number(made_at)))
    connection.executemany("INSERT OR REPLACE INTO passage_vector VALUES (?, ?, ?, ?, ?)", rows)


def dimensions_of(session: Session, model: str) -> int | None:
    """How many numbers a stored vector of the model has, None if there is none."""
    found = raw_connection(session).execute("SELECT dimensions FROM passage_vector WHERE model = ? LIMIT 1", (model,))
    row = found.fetchone()
    return None if row is None else int(row[0])


def forget_stray_vectors(session: Session) -> int:
    """Forget vectors whose text is in no passage any more, and say how many: a vector tells something of its text."""
    stray = "DELETE FROM passage_vector WHERE sha256 NOT IN (SELECT sha256 FROM passage)"
    return raw_connection(session).execute(stray).rowcount


@dataclass(slots=True)
class VectorIndex:
    """Finds the nearest passages of one model; keeps what it read for as long as the store is the same.

    With the package `sqlite_vec` the distances are computed within SQLite, without it by NumPy over all vectors.
    """

    model: str
    _loaded: _Loaded | None = field(default=None, repr=False)

    def nearest(
        self, session: Session, vector: Vector, limit: int, start: date | None = None, end: date | None = None
    ) -> tuple[int, ...]:
        """The passages of these days that are nearest to a vector by cosine, the nearest first.

        Of equal ones the newest comes first. Raises ValueError for a vector of another dimension.
        """
        unit, known = _unit(vector), dimensions_of(session, self.model)
        if known is None or limit <= 0:
            return ()
        if len(unit) != known:
            raise ValueError(f"a vector of {self.model} has {len(unit)} dimensions, those that are stored have {known}")
        days = (day_number(start or date.min), day_number(end or date.max))
        connection = raw_connection(session)
        if self._loaded is None and _load_extension(connection):
            return _nearest_in_sqlite(connection, self.model, unit, limit, days)
        return _nearest_in_memory(self._read(connection), unit, limit, days)

    def _read(self, connection: sqlite3.Connection) -> _Loaded:
        state = connection.execute(
            "SELECT (SELECT count(*) FROM passage), (SELECT coalesce(max(passage_id), 0) FROM passage), "
            "(SELECT count(*) FROM passage_vector WHERE model = ?)",
            (self.model,),
        ).fetchone()
        if self._loaded is None or self._loaded.state != state:
            rows = connection.execute(
                "SELECT passage_id, day, vector FROM passage JOIN passage_vector USING (sha256) WHERE model = ?",
                (self.model,),
            ).fetchall()
            matrix = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f4").reshape(len(rows), -1)
            ids, days = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
            self._loaded = _Loaded(state, ids, days, matrix)
        return self._loaded


def _unit(vector: Vector) -> Vector:
    wide = np.asarray(vector, dtype=np.float64)
    length = float(np.linalg.norm(wide)) if wide.ndim == 1 and wide.size else 0.0
    if not np.isfinite(length) or length == 0:
        raise ValueError("a vector has to be finite and to point somewhere")
    return (wide / length).astype("<f4")


def _nearest_in_memory(loaded: _Loaded, unit: Vector, limit: int, days: tuple[int, int]) -> tuple[int, ...]:
    places = np.flatnonzero((loaded.days >= days[0]) & (loaded.days <= days[1]))
    if not places.size:
        return ()
    matrix = loaded.matrix if places.size == loaded.ids.size else loaded.matrix[places]
    likeness = matrix @ unit
    order = np.lexsort((loaded.ids[places], -loaded.days[places], -np.round(likeness, 6)))[:limit]
    return tuple(loaded.ids[places[order]].tolist())


def _load_extension(connection: sqlite3.Connection) -> bool:
    try:
        extension = import_module("sqlite_vec")  # optional, and of no use before there are vectors
    except ImportError:
        return False
    if not hasattr(connection, "enable_load_extension"):  # a Python built without extensions
        return False
    connection.enable_load_extension(True)  # noqa: FBT003 - the driver's own signature
    try:
        extension.load(connection)
    finally:
        connection.enable_load_extension(False)  # noqa: FBT003 - as above
    return True


def _nearest_in_sqlite(
    connection: sqlite3.Connection, model: str, unit: Vector, limit: int, days: tuple[int, int]
) -> tuple[int, ...]:
    rows = connection.execute(
        "SELECT passage_id FROM passage JOIN passage_vector USING (sha256) WHERE model = ? AND day BETWEEN ? AND ? "
        "ORDER BY round(vec_distance_cosine(vector, ?), 6), day DESC, passage_id LIMIT ?",
        (model, *days, unit.tobytes(), limit),
    )
    return tuple(passage_id for (passage_id,) in rows)
