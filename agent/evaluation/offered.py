"""What a model is offered, read back from the request as a model would read it, and drafts made of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.llm.port import Json, Request

Part = dict[str, Json]
Parts = list[Part]


@dataclass(frozen=True, slots=True)
class Offered:
    """A claim as a model sees it: its id, section (empty in an answer), salience, and wordings."""

    claim_id: str
    section: str
    salience: float
    must: bool
    forms: tuple[str, ...]

    def use(self, form: int = 0) -> Part:
        """The claim in one of its wordings, as a part of a sentence."""
        return {"claim": self.claim_id, "form": form % len(self.forms)}


@dataclass(frozen=True, slots=True)
class Sketch:
    """A sentence to be drafted: its section and its parts."""

    section: str
    parts: Parts


def glue(text: str) -> Part:
    """Words of the model's own, as a part of a sentence."""
    return {"text": text}


def payload_of(request: Request) -> Mapping[str, Json]:
    """The data of a request: the object in its first message from the user; empty if there is none."""
    for message in request.messages:
        if message.role == "user":
            value = json.loads(message.content)
            return value if isinstance(value, dict) else {}
    return {}


def offered_in(request: Request) -> tuple[Offered, ...]:
    """The claims that a request for a draft offers."""
    payload = payload_of(request)
    sections = payload.get("sections")
    if isinstance(sections, list):
        return tuple(
            _claim(item, str(section["key"])) for section in sections if isinstance(section, dict)
            for item in _list(section.get("claims"))
        )  # fmt: skip
    return tuple(_claim(item, "") for item in _list(payload.get("claims")))


def draft_text(request: Request, sketches: Sequence[Sketch]) -> str:
    """Sketches as the JSON that the request asks for."""
    if request.purpose != "briefing":
        return json.dumps({"sentences": [{"parts": sketch.parts} for sketch in sketches]})
    keys = list(dict.fromkeys(sketch.section for sketch in sketches))
    sections = [
        {"key": key, "sentences": [{"parts": item.parts} for item in sketches if item.section == key]} for key in keys
    ]
    return json.dumps({"sections": sections})


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _claim(item: Json, section: str) -> Offered:
    if not isinstance(item, dict):
        raise TypeError(f"a claim is an object, got {item!r}")
    salience = item.get("s")
    return Offered(
        claim_id=str(item["id"]),
        section=section,
        salience=float(salience) if isinstance(salience, int | float) else 0.0,
        must=bool(item.get("must")),
        forms=tuple(str(form) for form in _list(item.get("forms"))),
    )
