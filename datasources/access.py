"""What every source on the network is given by whoever opens it: where to ask, how fast, and on whose account."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from datasources.breaker import BreakerBoard
from datasources.quota import CreditMeter, Pacer, Sleep, Unmetered


@dataclass(frozen=True)
class Access:
    """How a provider may be asked; clients of one source share one `Access`, and with it the pace.

    `meter` is asked before every attempt and may refuse it; `breakers` holds the state of each host.
    Raises ValueError if the rate is not positive.
    """

    base_url: str
    clock: Callable[[], datetime]
    requests_per_minute: float
    timeout_s: float = 30.0
    max_attempts: int = 4
    sleep: Sleep = asyncio.sleep
    rng: random.Random = field(default_factory=random.Random)
    meter: CreditMeter = field(default_factory=Unmetered)
    breakers: BreakerBoard | None = None
    pacer: Pacer = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pacer", Pacer(self.requests_per_minute, sleep=self.sleep))
