"""What a model makes of one text that others wrote, in a call that can do nothing and say nothing freely.

The call has no tools, and its answer is closed: labels out of lists, ids out of those given, days that stand in the
text, and the numbers of sentences that code then copies. A text that takes the model over can choose among these and no
more. Nothing of a reading ever becomes a claim: its labels and quotations are shown as what they are.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from agent.claims.plain_text import cut, plain, plain_lines
from agent.llm.errors import Malformed, Refused, Truncated
from agent.llm.port import Json, LanguageModel, Message, Request, Schema
from agent.llm.prompt import load_prompt
from agent.llm.strict_json import parse_answer_json

MOST_SENTENCES: Final = 80
MOST_SENTENCE_LETTERS: Final = 400
MOST_QUOTES: Final = 3
MOST_QUOTE_LETTERS: Final = 300
MOST_DAYS: Final = 10
_MOST_OUTPUT_TOKENS: Final = 400
_SENTENCE_END = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+")


class Topic(StrEnum):
    """What a text may be about."""

    TECHNOLOGY = "technology"
    TOKENOMICS = "tokenomics"
    ADOPTION = "adoption"
    PARTNERSHIP = "partnership"
    REGULATION = "regulation"
    SECURITY = "security"
    GOVERNANCE = "governance"
    MARKET = "market"
    TEAM = "team"
    PROMOTION = "promotion"


class Tone(StrEnum):
    """How a text speaks of its main asset."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    MIXED = "mixed"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class QuarantinedReading:
    """What a model made of a text: labels, ids that were given, days the text names, and sentences copied from it."""

    topics: tuple[Topic, ...]
    sentiment: Tone
    asset_ids: tuple[int, ...]
    days: tuple[date, ...]
    quotes: tuple[str, ...]


def read_quarantined(model: LanguageModel, text: str, assets: Mapping[int, str]) -> QuarantinedReading | None:
    """Have a text labelled that may be about these assets, by id and printable name; None if the answer is not valid.

    Raises an `LLMError` where there was no answer at all, for a server that failed has not found the text empty.
    """
    sentences = numbered_sentences(text)
    if not sentences:
        return None
    prompt = load_prompt("quarantine")
    shown = {
        "assets": [{"id": str(asset_id), "name": name} for asset_id, name in sorted(assets.items())],
        "sentences": [{"number": number, "text": sentence} for number, sentence in enumerate(sentences, start=1)],
    }
    request = Request(
        purpose="quarantine",
        messages=(Message("system", prompt.text), Message("user", json.dumps(shown, ensure_ascii=False))),
        schema=_schema(sorted(assets)),
        max_output_tokens=_MOST_OUTPUT_TOKENS,
        prompt_sha256=prompt.sha256,
    )
    try:
        answer = model.generate(request).text
    except (Malformed, Refused, Truncated):
        return None
    return parse_reading(answer, sentences, assets)


def numbered_sentences(text: str) -> tuple[str, ...]:
    """The plain sentences that a model is shown and chooses from: it counts those better than letters."""
    pieces = (piece for line in plain_lines(text) for piece in _SENTENCE_END.split(line))
    return tuple(cut(piece, MOST_SENTENCE_LETTERS) for piece in pieces if piece)[:MOST_SENTENCES]


def parse_reading(answer: str, sentences: Sequence[str], assets: Mapping[int, str]) -> QuarantinedReading | None:
    """The reading in an answer; None if anything at all in it is not what the schema allows or not in the text."""
    try:
        document = parse_answer_json(answer)
        return _reading(document, sentences, assets)
    except ValueError:
        return None


def _schema(asset_ids: Sequence[int]) -> Schema:
    span = _object(start={"type": "integer"}, end={"type": "integer"})
    properties: dict[str, Json] = {
        "topics": _list_of({"type": "string", "enum": [topic.value for topic in Topic]}),
        "sentiment": {"type": "string", "enum": [tone.value for tone in Tone]},
        "days": _list_of({"type": "string"}),
        "quotes": _list_of(span),
    }
    if asset_ids:
        properties["asset_ids"] = _list_of({"type": "string", "enum": [str(asset_id) for asset_id in asset_ids]})
    return Schema("reading", _object(**properties))


def _object(**properties: Json) -> dict[str, Json]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list_of(items: Json) -> dict[str, Json]:
    return {"type": "array", "items": items}


def _reading(document: Json, sentences: Sequence[str], assets: Mapping[int, str]) -> QuarantinedReading:
    """Raises ValueError for whatever is not allowed."""
    fields = _fields(document, {"topics", "sentiment", "days", "quotes"} | ({"asset_ids"} if assets else set()))
    ids = _distinct(fields.get("asset_ids", []), len(assets))
    if not set(ids) <= {str(asset_id) for asset_id in assets}:
        raise ValueError("an id that was not given")
    return QuarantinedReading(
        topics=tuple(Topic(topic) for topic in _distinct(fields["topics"], len(Topic))),
        sentiment=Tone(_word(fields["sentiment"])),
        asset_ids=tuple(int(asset_id) for asset_id in ids),
        days=tuple(_day(day, " ".join(sentences)) for day in _distinct(fields["days"], MOST_DAYS)),
        quotes=tuple(_quote(span, sentences) for span in _items(fields["quotes"], MOST_QUOTES)),
    )


def _fields(document: Json, names: set[str]) -> dict[str, Json]:
    if not isinstance(document, dict) or document.keys() != names:
        raise ValueError("not the fields that were asked for")
    return document


def _items(value: Json, most: int) -> list[Json]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("not a list, or too long a one")
    return value


def _distinct(value: Json, most: int) -> list[str]:
    words = [_word(item) for item in _items(value, most)]
    if len(set(words)) != len(words):
        raise ValueError("the same twice")
    return words


def _word(value: Json) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - one kind of error for every answer that is not valid
    return value


def _day(text: str, whole: str) -> date:
    """A day whose year stands in the text: any other is the model's own."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) or text[:4] not in whole:
        raise ValueError("not a day of the text")
    return date.fromisoformat(text)


def _quote(span: Json, sentences: Sequence[str]) -> str:
    places = _fields(span, {"start", "end"})
    start, end = (_number(places[name]) for name in ("start", "end"))
    if not 1 <= start <= end <= len(sentences):
        raise ValueError("sentences that are not there")
    return plain(cut(" ".join(sentences[start - 1 : end]), MOST_QUOTE_LETTERS))


def _number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("not a number")  # noqa: TRY004 - as above
    return value
