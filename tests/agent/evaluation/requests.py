"""Requests as the writers make them, over four claims."""

from agent.briefing.draft import parse_briefing_draft
from agent.briefing.ladder import Checked, Ground, check_draft
from agent.briefing.offer import Options, offer
from agent.claims.verify import verify_sentence
from agent.llm.port import Request
from tests.agent.briefing.write.ground import AS_OF, CLAIMS, ENTITIES


def briefing_request() -> Request:
    return offer(CLAIMS, ENTITIES, AS_OF, Options()).request


def checked(text: str) -> Checked:
    """A draft read as a briefing's writer reads it; raises DraftError for what is none."""
    ground = Ground({claim.claim_id: claim for claim in CLAIMS}, ENTITIES, AS_OF, verify_sentence)
    return check_draft(parse_briefing_draft(text), ground)
