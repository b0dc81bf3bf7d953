"""An answer: what was understood, the verified sentences, and everything needed to check them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from agent.ask.quotes import Quote
from agent.ask.steps import Step
from agent.ask.tools import Candidate
from agent.briefing.document import Writer
from agent.claims.claim import Claim, Sentence
from agent.claims.fact import Entity, Fact


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets back.

    `understood` says in words what was looked up, empty if nothing was; `sentences` state only claims and have passed
    the verifier; `notes` say what is not in the data, what was asked back or declined, and how the text came about.
    `candidates` are the assets to choose from where a name fits more than one; `quotes` are words of others, never
    ours; `steps` are the tools that were called.
    """

    question: str
    understood: str
    sentences: tuple[Sentence, ...]
    facts: tuple[Fact, ...]
    claims: tuple[Claim, ...]
    entities: Mapping[str, Entity]
    as_of: date
    writer: Writer
    notes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    quotes: tuple[Quote, ...] = ()
    steps: tuple[Step, ...] = ()
    verifier_version: str = ""

    @property
    def text(self) -> str:
        """The sentences as they are read."""
        return " ".join(sentence.text for sentence in self.sentences)
