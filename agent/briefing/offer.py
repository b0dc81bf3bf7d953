"""What a model is offered: the prompt and the claims that fit its input, and what was left out or kept from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agent.briefing.amounts import shows_amounts
from agent.briefing.draft import briefing_schema
from agent.briefing.glue import OPENERS, OPENING_ONLY
from agent.briefing.profile import STANDARD, Profile, Reader, Tone
from agent.claims.claim import Claim, SectionKey
from agent.claims.fact import Entity
from agent.claims.forms import clauses
from agent.llm.estimate import Trimmed, estimated_tokens, trim_to
from agent.llm.port import Json, Message, Request
from agent.llm.prompt import load_prompt

PROMPT_VERSION = "2"
_READERS: dict[Reader, str] = {
    "holder": "someone who holds the coins of a portfolio",
    "researcher": "someone who studies which coins changed and why that is said",
    "operator": "someone who runs the service and needs to know what failed",
}
_TONES: dict[Tone, str] = {
    "neutral": "matter-of-fact.",
    "brisk": "brisk: prefer the shortest wordings, few joining words.",
    "conversational": "conversational: join related claims, open some sentences with joining words.",
}
_SALIENT = 0.6  # from here on a claim is offered in more wordings
_FRAME_TOKENS = 650
"""Set aside for the payload's own keys, the schema and the list of broken rules."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a briefing is asked for.

    Without `share_amounts` the model sees no amount of the reader's; `cache_scope` is the digest of the facts, under
    which an answer may be used again.
    """

    profile: Profile = STANDARD
    max_input_tokens: int = 6000
    share_amounts: bool = True
    cache_scope: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the model is asked: the prompt, the claims in it, and why it cannot be asked, if so.

    `left_out` are claims for which there was no room, `withheld` those that show amounts.
    """

    request: Request
    claims: tuple[Claim, ...]
    left_out: tuple[str, ...]
    withheld: tuple[Claim, ...]
    obstacle: str | None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of it, a sentence each."""
        count = len(self.left_out)
        if not count:
            return ()
        noun = "statement was" if count == 1 else "statements were"
        return (f"{count} {noun} not offered to the model because its input is limited.",)


def offer(claims: Sequence[Claim], entities: Mapping[str, Entity], as_of: date, options: Options) -> Offer:
    """The request for a draft over as many claims as fit; raises KeyError or ValueError for one that has no words."""
    prompt = load_prompt("briefing", PROMPT_VERSION)
    rules = prompt.render(_variables(options.profile))
    withheld = () if options.share_amounts else tuple(claim for claim in claims if shows_amounts(claim))
    open_claims = [claim for claim in claims if claim not in withheld]
    worded = {claim.claim_id: offered_claim(claim, entities, as_of) for claim in open_claims}
    fit = fitting(open_claims, worded, options.max_input_tokens - estimated_tokens(rules) - _FRAME_TOKENS)
    kept = fit.kept
    keys = [key for key in options.profile.order if any(claim.section is key for claim in kept)]
    request = Request(
        purpose="briefing",
        messages=(Message("system", rules), Message("user", _payload(kept, worded, keys, as_of))),
        schema=briefing_schema(sorted(claim.claim_id for claim in kept), keys),
        prompt_sha256=prompt.sha256,
        cache_scope=options.cache_scope,
    )
    left_out = tuple(claim.claim_id for claim in fit.left_out)
    return Offer(request, kept, left_out, withheld, _obstacle(fit))


def _obstacle(fit: Trimmed[Claim]) -> str | None:
    if not fit.complete:
        return "The statements that must appear do not fit the model's input limit."
    return None if fit.kept else "There was nothing for the model to arrange."


def _variables(profile: Profile) -> dict[str, str]:
    return {
        "reader": _READERS[profile.reader],
        "tone": _TONES[profile.tone],
        "limits": ", ".join(f"{key.value} {profile.most_sentences(key)}" for key in profile.order),
        "openers": ", ".join(sorted(OPENERS - OPENING_ONLY - {"as for"})),
        "ordering": ", ".join(sorted(OPENING_ONLY)),
    }


def offered_claim(claim: Claim, entities: Mapping[str, Entity], as_of: date) -> dict[str, Json]:
    """A claim as the model reads it: id, salience, whether it must appear, and its wordings as text."""
    options = clauses(claim, entities, as_of)[: 3 if claim.mandatory or claim.salience >= _SALIENT else 2]
    forms: list[Json] = ["".join(segment.text for segment in clause) for clause in options]
    must: dict[str, Json] = {"must": True} if claim.mandatory else {}
    return {"id": claim.claim_id, "s": round(claim.salience, 2), **must, "forms": forms}


def fitting(claims: Sequence[Claim], worded: Mapping[str, Json], budget_tokens: int) -> Trimmed[Claim]:
    """The claims that fit the budget, mandatory ones first, then by salience; each list in the given order."""
    return trim_to(
        claims,
        budget_tokens,
        # once in the payload and, its id, once in the schema
        cost=lambda claim: estimated_tokens(_compact(worded[claim.claim_id])) + estimated_tokens(claim.claim_id) + 2,
        salience=lambda claim: claim.salience,
        mandatory=lambda claim: claim.mandatory,
    )


def _payload(offered: Sequence[Claim], worded: Mapping[str, Json], keys: Sequence[SectionKey], as_of: date) -> str:
    sections: list[Json] = [
        {"key": key.value, "claims": [worded[claim.claim_id] for claim in offered if claim.section is key]}
        for key in keys
    ]
    return _compact({"as_of": as_of.isoformat(), "sections": sections})


def _compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
