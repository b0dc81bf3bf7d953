"""Right answers with wrong rows, of any provider; the same for the same answer, kind and seed.

The rows of an answer are the lists of objects or lists at its top or one key below (`{"data": [...]}`, `[...]`,
`{"prices": [[ms, v]]}`); where there is none, the objects at the lowest level (`{"bitcoin": {"usd": 1}}`).
"""

import copy
import json
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from datasources.sandbox import fields
from datasources.sandbox.faults import FaultKind
from datasources.sandbox.fields import Row

_HUGE = "\u0000huge\u0000"
_WORDS = ("n/a", "NaN", "Infinity", "1,5", "--", "0x10", "1e400", "one")
_JUNK: tuple[Any, ...] = (None, 7, "row", [], {}, [None], {"data": []}, True)
_EXTRA = {"new_key": {"nested": [1, {"deep": None}]}, "": "", "constructor": "1e400", "NEW_FIGURE": -1}
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

RowChange = Callable[[Row, str, random.Random], None]
EachTable = Callable[[list[Any], str], list[Any]]
TableChange = Callable[[list[Any], str, random.Random, datetime], list[Any]]


def spoiled(body: bytes, kind: FaultKind, seed: int, now: datetime) -> bytes:
    """The answer with its rows spoiled; one that is no JSON, or a kind that spoils no rows, stays as it is."""
    change = _table_change(kind)
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    if change is None:
        return body
    draw = random.Random(f"{seed} {kind}")  # noqa: S311 - repeatable, not secret
    answer = each_table(answer, lambda rows, table: change(rows, table, draw, now))
    if isinstance(answer, dict) and isinstance(answer.get("data"), list) and "length" in answer:
        answer["length"] = len(answer["data"])
    return json.dumps(answer, separators=(",", ":")).replace(json.dumps(_HUGE), "1e400").encode()


def each_table(answer: Any, change: EachTable, table: str = "") -> Any:  # noqa: ANN401 - any JSON value
    """An answer with each of its tables changed."""
    if isinstance(answer, list):
        return change(answer, table)
    if not isinstance(answer, dict):
        return answer
    if any(isinstance(value, list) for value in answer.values()):
        return {
            key: change(value, key) if isinstance(value, list) and _is_table(value) else value
            for key, value in answer.items()
        }
    if answer and all(isinstance(value, dict) for value in answer.values()):
        return {key: each_table(value, change, table) for key, value in answer.items()}
    return next(iter(change([answer], table)), {})


def overlapping(previous: bytes, current: bytes, rows: int = 3) -> bytes:
    """A page that begins with the last rows of the page before it."""
    before: list[Any] = []

    def keep(found: list[Any], _table: str) -> list[Any]:
        before.extend(found[-rows:])
        return found

    each_table(json.loads(previous), keep)
    return json.dumps(each_table(json.loads(current), lambda found, _table: before + found)).encode()


def _is_table(value: Sequence[object]) -> bool:
    return all(isinstance(row, dict | list) for row in value)


def _table_change(kind: FaultKind) -> TableChange | None:
    if kind in _ROW_CHANGES:
        return lambda rows, table, draw, _now: _every_second(rows, table, draw, _ROW_CHANGES[kind])
    return _TABLE_CHANGES.get(kind)


def _every_second(rows: list[Any], table: str, draw: random.Random, change: RowChange) -> list[Any]:
    for row in rows[draw.randrange(2) if len(rows) > 1 else 0 :: 2]:
        if isinstance(row, dict | list) and row:
            change(row, table, draw)
    return rows


def _drop_key(row: Row, _table: str, draw: random.Random) -> None:
    if isinstance(row, dict):
        del row[draw.choice(list(row))]
    else:
        del row[draw.randrange(1, max(2, len(row))) :]


def _rename_key(row: Row, _table: str, draw: random.Random) -> None:
    if isinstance(row, dict):
        key = draw.choice(list(row))
        row[f"renamed_{key}"] = row.pop(key)


def _add_keys(row: Row, _table: str, _draw: random.Random) -> None:
    if isinstance(row, dict):
        row.update(copy.deepcopy(_EXTRA))
    else:
        row.append(copy.deepcopy(_EXTRA))


def _put(value: object, among: Callable[[Row], Sequence[fields.Place]]) -> RowChange:
    def change(row: Row, _table: str, draw: random.Random) -> None:
        found = among(row)
        if found:
            fields.put(row, draw.choice(found), value)

    return change


def _say_words(row: Row, _table: str, draw: random.Random) -> None:
    found = fields.figure_places(row)
    if found:
        fields.put(row, draw.choice(found), draw.choice(_WORDS))


def _say_numbers(row: Row, _table: str, _draw: random.Random) -> None:
    for place in fields.figure_places(row):
        value = fields.value_at(row, place)
        fields.put(row, place, value if isinstance(value, str) else repr(value))


def _scale(factor: float, among: Callable[[Row, str], Sequence[fields.Place]]) -> RowChange:
    def change(row: Row, table: str, draw: random.Random) -> None:
        found = among(row, table)
        if found:
            place = draw.choice(found)
            figure = fields.value_at(row, place)
            fields.put(row, place, fields.scaled(figure, factor) if float(str(figure)) else -1.0)

    return change


def _zero(row: Row, table: str, draw: random.Random) -> None:
    found = fields.price_places(row, table)
    if found:
        place = draw.choice(found)
        fields.put(row, place, "0" if isinstance(fields.value_at(row, place), str) else 0)


def _add_junk(rows: list[Any], _table: str, _draw: random.Random, _now: datetime) -> list[Any]:
    return [*rows[:1], *copy.deepcopy(_JUNK), *rows[1:]]


def _add_future(rows: list[Any], _table: str, _draw: random.Random, now: datetime) -> list[Any]:
    return [*rows, *_moved(rows, now + 10 * _DAY)]


def _add_unfinished(rows: list[Any], table: str, _draw: random.Random, now: datetime) -> list[Any]:
    added = _moved(rows, now)
    for row in added:
        for place in fields.volume_places(row, table):
            fields.put(row, place, fields.scaled(fields.value_at(row, place), 0.5))
    return [*rows, *added]


def _moved(rows: list[Any], moment: datetime) -> list[Row]:
    """The newest row once more, at the day or hour of `moment`; none if the rows have no times."""
    usable = [row for row in rows if isinstance(row, dict | list) and row]
    row = copy.deepcopy(fields.newest(usable))
    if row is None:
        return []
    step = _DAY if all(fields.row_moment(other).hour == 0 for other in usable if fields.time_places(other)) else _HOUR
    floor = moment.replace(minute=0, second=0, microsecond=0, hour=0 if step == _DAY else moment.hour)
    return [_later(row, floor - fields.row_moment(row))]


def _later(row: Row, by: timedelta) -> Row:
    for place in fields.time_places(row):
        fields.put(row, place, fields.shift(fields.value_at(row, place), by))
    return row


def _repeat_rows(rows: list[Any], _table: str, _draw: random.Random, _now: datetime) -> list[Any]:
    return [*rows, *copy.deepcopy(rows[::2])]


def _contradict(rows: list[Any], table: str, draw: random.Random, _now: datetime) -> list[Any]:
    others = copy.deepcopy([row for row in rows[::2] if isinstance(row, dict | list)])
    for row in others:
        found = fields.price_places(row, table) or fields.figure_places(row)
        if found:
            place = draw.choice(found)
            fields.put(row, place, fields.scaled(fields.value_at(row, place), 1.01))
    return [*rows, *others]


def _shuffle(rows: list[Any], _table: str, draw: random.Random, _now: datetime) -> list[Any]:
    draw.shuffle(rows)
    return rows


def _hurry(rows: list[Any], _table: str, _draw: random.Random, _now: datetime) -> list[Any]:
    return [_later(row, _DAY) if isinstance(row, dict | list) and row else row for row in rows]


_ROW_CHANGES: Mapping[FaultKind, RowChange] = {
    FaultKind.MISSING_KEYS: _drop_key,
    FaultKind.RENAMED_KEYS: _rename_key,
    FaultKind.EXTRA_KEYS: _add_keys,
    FaultKind.NULLS: _put(None, fields.places),
    FaultKind.NAN: _put(float("nan"), fields.figure_places),
    FaultKind.INFINITY: _put(float("inf"), fields.figure_places),
    FaultKind.HUGE_NUMBERS: _put(_HUGE, fields.figure_places),
    FaultKind.NUMBERS_AS_STRINGS: _say_numbers,
    FaultKind.WORDS_FOR_NUMBERS: _say_words,
    FaultKind.NEGATIVE_PRICES: _scale(-1.0, fields.price_places),
    FaultKind.ZERO_PRICES: _zero,
    FaultKind.NEGATIVE_VOLUMES: _scale(-1.0, fields.volume_places),
}
_TABLE_CHANGES: Mapping[FaultKind, TableChange] = {
    FaultKind.EMPTY: lambda _rows, _table, _draw, _now: [],
    FaultKind.JUNK_ROWS: _add_junk,
    FaultKind.FUTURE_ROWS: _add_future,
    FaultKind.UNFINISHED_ROWS: _add_unfinished,
    FaultKind.DUPLICATE_ROWS: _repeat_rows,
    FaultKind.CONTRADICTING_ROWS: _contradict,
    FaultKind.UNSORTED_ROWS: _shuffle,
    FaultKind.CLOCK_AHEAD: _hurry,
}
