"""Drawing rows that depend on their neighbours, in circular blocks: what lasts for shorter than one stays together.

What is made of the draws is not one thing. `optimize.interval` takes percentiles, for any statistic of rows that are
all there; `scorecard.bootstrap` takes a standard error and Student's quantile, for means over days of which few may
count, where percentiles of so few are too narrow.
"""

import numpy as np

from agent.analytics.bars import Indices


def circular_blocks(count: int, block: int, draws: int, rng: np.random.Generator) -> Indices:
    """Draw row numbers in blocks of consecutive rows, those that pass the last row going on at the first.

    Draws x count out, each number from 0 to before `count` and equally likely; the last block of a draw is cut so that
    it has as many rows as there are. `count` and `block` are 1 or more. Source: Politis and Romano (1992).
    """
    blocks = -(-count // block)
    starts = rng.integers(0, count, (draws, blocks, 1))
    return np.asarray((starts + np.arange(block)) % count).reshape(draws, -1)[:, :count]
