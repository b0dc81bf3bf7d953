"""What a willing model answers to each of our requests, read off the request itself."""

import json
from typing import Any

from tests.agent.briefing.write.ground import draft, use
from tests.agent.llm.scripted import Reply, Seen, chunk, completion, event_stream, tool_call

Claims = list[dict[str, Any]]
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}


def purpose_of(seen: Seen) -> str:
    """What a request is for: models, ask, briefing, answer or probe."""
    if seen.path.endswith("/models"):
        return "models"
    payload = payload_of(seen)
    if "sections" in payload:
        return "briefing"
    if "claims" in payload:
        return "answer"
    return "ask" if "found" in payload else "probe"


def payload_of(seen: Seen) -> dict[str, Any]:
    """The JSON that the model was given; empty for a request in words."""
    try:
        payload = json.loads(seen.body["messages"][1]["content"])
    except (ValueError, KeyError, IndexError):
        return {}
    return payload if isinstance(payload, dict) else {}


def briefing_draft(seen: Seen) -> str:
    """Six claims of each section and whatever must be said, each as a sentence of its own."""
    sections = {section["key"]: section["claims"] for section in payload_of(seen)["sections"]}
    return draft(**{key: [[use(claim["id"])] for claim in _chosen(claims)] for key, claims in sections.items()})


def answer_draft(seen: Seen, most: int = 3) -> str:
    """The first claims that were offered, each as a sentence."""
    claims = payload_of(seen)["claims"][:most]
    return json.dumps({"sentences": [{"parts": [use(claim["id"])]} for claim in claims]})


def willing(seen: Seen) -> Reply:
    """Does what is asked of it, in any of our requests; a probe finds that it can do everything."""
    match purpose_of(seen):
        case "models":
            return Reply(json.dumps({"data": [{"id": "tiny"}, {"id": "small"}]}).encode())
        case "ask":
            return completion("done", usage=USAGE)
        case "probe":
            return _probed(seen)
        case "briefing":
            text = briefing_draft(seen)
        case _:
            text = answer_draft(seen)
    return said(seen, text)


def said(seen: Seen, text: str) -> Reply:
    """A text as the request wants it: in pieces if it asked for a stream."""
    if not seen.body.get("stream"):
        return completion(text, usage=USAGE)
    pieces = [chunk(text[at : at + 40]) for at in range(0, len(text), 40)]
    return event_stream(*pieces, chunk(None, "stop"), {"choices": [], "usage": USAGE})


def _chosen(claims: Claims) -> Claims:
    return [*claims[:6], *(claim for claim in claims[6:] if claim.get("must"))]


def _probed(seen: Seen) -> Reply:
    if seen.body.get("tools"):
        word = seen.body["messages"][-1]["content"].split()[-1].rstrip(".")
        return completion(None, "tool_calls", [tool_call("keep_word", json.dumps({"word": word}))])
    if "response_format" in seen.body:
        (word,) = seen.body["response_format"]["json_schema"]["schema"]["properties"]["word"]["enum"]
        return completion(json.dumps({"word": word}))
    return said(seen, "A ledger is a book in which every amount is written down once.")
