"""All true sentences that were typed out from docs/claims.md."""

from tests.agent.claims.verify.events import EVENTS
from tests.agent.claims.verify.figures import FIGURES
from tests.agent.claims.verify.paraphrases import PARAPHRASES
from tests.agent.claims.verify.records import RECORDS
from tests.agent.claims.verify.weights import OF_WEIGHTS
from tests.agent.claims.verify.wordings import CASES
from tests.agent.claims.verify.world import Case

ALL_CASES: tuple[Case, ...] = (*CASES, *FIGURES, *PARAPHRASES, *EVENTS, *OF_WEIGHTS, *RECORDS)
