"""A model's draft: which claims, in which wording and order, with which words between them; nothing is true yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, ValidationError

from agent.claims.claim import SectionKey
from agent.llm.port import Json, Schema
from agent.llm.strict_json import parse_answer_json


class DraftError(Exception):
    """A draft cannot be read; `code` is not_json or wrong_shape."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the draft cannot be read: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Use:
    """A claim in one of its wordings."""

    claim_id: str
    form: int


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """Glue and claims in order; `section` is None in an answer, which has no sections."""

    section: SectionKey | None
    parts: tuple[str | Use, ...]

    @property
    def uses(self) -> tuple[Use, ...]:
        """The claims of the sentence, in order."""
        return tuple(part for part in self.parts if isinstance(part, Use))


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_ShapeT = TypeVar("_ShapeT", bound=_Shape)


class _Text(_Shape):
    text: StrictStr


class _Claim(_Shape):
    claim: StrictStr
    form: StrictInt


class _Sentence(_Shape):
    parts: tuple[_Text | _Claim, ...]


class _Section(_Shape):
    key: SectionKey
    sentences: tuple[_Sentence, ...]


class _Briefing(_Shape):
    sections: tuple[_Section, ...]


class _Answer(_Shape):
    sentences: tuple[_Sentence, ...]


def parse_briefing_draft(text: str) -> tuple[DraftSentence, ...]:
    """The sentences of a briefing's draft, in order; raises DraftError."""
    draft = _validated(_Briefing, text)
    return tuple(_sentence(item, section.key) for section in draft.sections for item in section.sentences)


def parse_answer_draft(text: str) -> tuple[DraftSentence, ...]:
    """The sentences of an answer's draft, in order; raises DraftError."""
    return tuple(_sentence(item, None) for item in _validated(_Answer, text).sentences)


def parse_sentence(text: str) -> DraftSentence:
    """One sentence of an answer's draft; raises DraftError."""
    return _sentence(_validated(_Sentence, text), None)


def briefing_schema(claim_ids: Iterable[str], keys: Iterable[SectionKey]) -> Schema:
    """The schema of a briefing's draft over exactly these claims and sections."""
    section = _object({"key": _one_of(keys), "sentences": _list_of(_sentence_schema(claim_ids))})
    return Schema("briefing", _object({"sections": _list_of(section)}))


def answer_schema(claim_ids: Iterable[str]) -> Schema:
    """The schema of an answer's draft over exactly these claims."""
    return Schema("answer", _object({"sentences": _list_of(_sentence_schema(claim_ids))}))


def _validated(shape: type[_ShapeT], text: str) -> _ShapeT:
    try:
        value = parse_answer_json(text)
    except ValueError:
        raise DraftError("not_json") from None
    try:
        return shape.model_validate(value)
    except ValidationError:
        raise DraftError("wrong_shape") from None


def _sentence(item: _Sentence, section: SectionKey | None) -> DraftSentence:
    parts = tuple(part.text if isinstance(part, _Text) else Use(part.claim, part.form) for part in item.parts)
    return DraftSentence(section, parts)


def _sentence_schema(claim_ids: Iterable[str]) -> dict[str, Json]:
    text = _object({"text": {"type": "string"}})
    claim = _object({"claim": _one_of(claim_ids), "form": {"type": "integer"}})
    return _object({"parts": _list_of({"anyOf": [text, claim]})})


def _object(properties: dict[str, Json]) -> dict[str, Json]:
    required: list[Json] = [*properties]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _list_of(item: dict[str, Json]) -> dict[str, Json]:
    return {"type": "array", "items": item}


def _one_of(values: Iterable[str]) -> dict[str, Json]:
    names: list[Json] = [str(value) for value in values]
    return {"type": "string", "enum": names}
