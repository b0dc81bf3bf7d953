"""What is forgotten in time: answers, the record of calls to models, answers kept to be used again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.jobs.spending import forget_spending
from agent.store.answers import delete_answers
from agent.store.engine import Store


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days answers and the record of calls are kept; 0 keeps no answer."""

    answers_days: int
    calls_days: int


def forget_old(store: Store, retention: Retention, clock: Callable[[], datetime]) -> int:
    """Forget what is older than it may be, and give the number of answers that went."""
    now = clock()
    with store.writer() as session:
        gone = delete_answers(session, now - timedelta(days=retention.answers_days))
    forget_spending(store, now - timedelta(days=retention.calls_days), now)
    return gone
