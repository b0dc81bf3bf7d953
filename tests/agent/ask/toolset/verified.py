"""What the verifier has against the claims of a result, in every wording that they have."""

from agent.ask.toolset.desk import Tools
from agent.ask.toolset.result import ToolResult
from agent.claims.forms import clauses, compose
from agent.claims.verify import verify_sentence
from agent.claims.violation import Violation


def violations(tools: Tools, found: ToolResult) -> list[tuple[str, Violation]]:
    """Each violation with the sentence that it is of; none if all is well."""
    claims = {claim.claim_id: claim for claim in found.claims}
    made = [
        compose([(claim, clause)]) for claim in found.claims for clause in clauses(claim, found.entities, tools.as_of)
    ]
    return [
        (sentence.text, each)
        for sentence in made
        for each in verify_sentence(sentence, claims, found.entities, tools.as_of)
    ]
