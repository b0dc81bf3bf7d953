"""On-chain metrics of the invented market: made of its prices and volumes, a pure function of seed and day.

    CapMVRVCur   = close / realised price, where the realised price follows the close by 1/150 of the gap a day
    TxCnt        = usual count x activity, where activity follows the day's volume and a slow noise
    AdrActCnt    = TxCnt x users per transaction x (close / realised price)^0.25 x noise
    FlowInExUSD  = volume x 0.07 x noise, more on falling days; FlowOutExUSD likewise on rising ones
    HashRate     = a growth that flattens out x (realised price / first price)^0.2 x noise, in TH/s, of token 1 only
    FeeTotNtv    = TxCnt x usual fee x activity

The supply stands still: what is issued (IssTotNtv) is burnt elsewhere. Flows are restated: a day asked about within
seven days shows a first estimate, a few per cent off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datasources.sandbox.blocks import BLOCK_DAYS, BlockChain, Floats, Ints, Recent, day_of, generator
from datasources.sandbox.contract import OnchainCoverage, OnchainRow
from datasources.sandbox.decimals import plain
from datasources.sandbox.majors import Majors, shown, trading_span
from datasources.sandbox.prices import Prices
from datasources.sandbox.universe import Universe

METRICS = (
    "PriceUSD", "CapMrktCurUSD", "CapMVRVCur", "SplyCur", "AdrActCnt", "TxCnt", "FlowInExUSD", "FlowOutExUSD",
    "IssTotNtv", "FeeTotNtv",
)  # fmt: skip
MINED_METRICS = (*METRICS, "HashRate")
RESTATED_DAYS = 7
BLOCKS_A_DAY = 144

_STREAM = 21
_NOISES = 5
_MEMORY = 0.9
_REALISED_SPEED = 1.0 / 150.0
_FIRST_HEIGHT = 769_787
_FIRST_HASH_RATE_THS = 2.6e8
_RESTATEMENTS = {"FlowInExUSD": 0.04, "FlowOutExUSD": -0.03}  # what a final value differs by, in the mean
_RESTATEMENT_SPREAD = 0.02
_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class State:
    """Where realised prices (log, (K,)) and noises (M, K) stand after a block."""

    realised: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class Drift:
    """Log realised prices (B, K) and noises (B, M, K) of a block."""

    realised: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class Activity:
    """Final metrics of a block by name, each (B, K), and the first estimates of the restated ones."""

    final: dict[str, Floats]
    first: dict[str, Floats]


class Onchain:
    """The metrics of the first tokens; `assets` maps the ticker to the position in the universe."""

    def __init__(self, universe: Universe, prices: Prices, majors: Majors, seed: int) -> None:
        self._universe = universe
        self._prices = prices
        self._majors = majors
        self._seed = seed
        self._places: Ints = np.array(majors.chains, dtype=np.int64)
        self._columns = [majors.column(place) for place in majors.chains]
        self.assets = {universe.tokens[place].symbol.lower(): place for place in majors.chains}
        self._column = {asset: column for column, asset in enumerate(self.assets)}
        still = State(universe.first_log_price[self._places], np.zeros((_NOISES, len(self._places))))
        self._drifts: BlockChain[State, Drift] = BlockChain(still, self._advance, keep=512)
        self._blocks: Recent[Activity] = Recent(self._activity, keep=512)

    def coverage(self, last: int) -> list[OnchainCoverage]:
        """What is known of each asset with a final day up to the one with index `last`."""
        found = []
        for asset in sorted(self.assets):
            first, end = trading_span(self._universe, self.assets[asset], 0, last)
            if first <= end:
                token = self._universe.tokens[self.assets[asset]]
                metrics = tuple((name, day_of(first), day_of(end)) for name in self.metrics(asset))
                found.append(OnchainCoverage(asset, token.slug, token.name, metrics))
        return found

    def metrics(self, asset: str) -> tuple[str, ...]:
        """The metrics an asset has."""
        return MINED_METRICS if self._column[asset] == 0 else METRICS

    def rows(self, asset: str, first: int, last: int, newest: int) -> list[OnchainRow]:
        """Metrics of the days first..last of a known asset, as they are shown while `newest` is the last final day."""
        first, last = trading_span(self._universe, self.assets[asset], first, last)
        rows: list[OnchainRow] = []
        for block in range(first // BLOCK_DAYS, last // BLOCK_DAYS + 1):
            start = block * BLOCK_DAYS
            days = range(max(first, start), min(last, start + BLOCK_DAYS - 1) + 1)
            rows += self._rows_of(asset, block, days, newest)
        return rows

    def _rows_of(self, asset: str, block: int, days: Sequence[int], newest: int) -> list[OnchainRow]:
        activity, column, start = self._blocks.get(block), self._column[asset], block * BLOCK_DAYS
        names = self.metrics(asset)
        rows = []
        for day in days:
            shown_values = activity.final | activity.first if newest - day < RESTATED_DAYS else activity.final
            values = ((name, plain(float(shown_values[name][day - start, column]))) for name in names)
            rows.append(OnchainRow(asset, day_of(day), tuple(values)))
        return rows

    def _advance(self, index: int, state: State) -> tuple[Drift, State]:
        log_close = self._prices.block(index).log_close[:, self._places]
        days = np.arange(index * BLOCK_DAYS, (index + 1) * BLOCK_DAYS)
        listed = self._universe.listed[self._places] < days[:, None]
        draws = generator(self._seed, _STREAM, index).standard_normal((BLOCK_DAYS, *state.noise.shape))
        realised, noise = state.realised, state.noise
        path, noises = np.empty_like(log_close), np.empty_like(draws)
        for row in range(BLOCK_DAYS):
            pulled = realised + _REALISED_SPEED * (log_close[row] - realised)
            realised = np.where(listed[row], pulled, log_close[row])
            noise = _MEMORY * noise + np.sqrt(1.0 - _MEMORY**2) * draws[row]
            path[row], noises[row] = realised, noise
        return Drift(path, noises), State(realised, noise)

    def _activity(self, index: int) -> Activity:
        drift = self._drifts.block(index)
        first = index * BLOCK_DAYS
        candles = self._majors.candles(first, first + BLOCK_DAYS - 1)
        opens, closes = candles.open_usd[:, self._columns], candles.close_usd[:, self._columns]
        volumes = candles.volume_usd[:, self._columns]
        supply, turnover = self._universe.supply[self._places], self._universe.turnover[self._places]
        start = np.exp(self._universe.first_log_price[self._places])
        activity = (volumes / (closes * supply * turnover)) ** 0.3 * np.exp(0.12 * drift.noise[:, 0])
        over = closes / np.exp(drift.realised)
        usual = 3.0e5 * (start * supply / 3.2e11) ** 0.35
        transactions = np.rint(usual * activity)
        fee = 7e-5 * 16_550.0 / start * (start * supply / 3.2e11) ** 0.3
        move = np.log(closes / opens)
        inflow = volumes * 0.07 * np.exp(0.10 * drift.noise[:, 2] - 1.5 * move)
        outflow = volumes * 0.07 * np.exp(0.10 * drift.noise[:, 3] + 1.5 * move)
        final = {
            "PriceUSD": _rounded(closes),
            "CapMrktCurUSD": closes * supply,
            "CapMVRVCur": over,
            "SplyCur": np.broadcast_to(supply, closes.shape),
            "AdrActCnt": np.rint(transactions * 1.9 * over**0.25 * np.exp(0.05 * drift.noise[:, 1])),
            "TxCnt": transactions,
            "FlowInExUSD": inflow,
            "FlowOutExUSD": outflow,
            "IssTotNtv": np.broadcast_to(supply * 0.017 / _YEAR, closes.shape),
            "FeeTotNtv": transactions * fee * activity,
            "HashRate": self._hash_rate(first, drift, start),
        }
        return Activity(final, self._first_estimates(index, final))

    def _hash_rate(self, first: int, drift: Drift, start: Floats) -> Floats:
        days = np.arange(first, first + BLOCK_DAYS)[:, None]
        grown = 1.4 * (1.0 - np.exp(-days / 900.0))
        worth = 0.2 * (drift.realised - np.log(start))
        rate: Floats = _FIRST_HASH_RATE_THS * np.exp(grown + worth + 0.03 * drift.noise[:, 4])
        return rate

    def _first_estimates(self, index: int, final: dict[str, Floats]) -> dict[str, Floats]:
        source = generator(self._seed, _STREAM + 1, index)
        return {
            name: final[name] / (1.0 + mean + _RESTATEMENT_SPREAD * source.uniform(-1.0, 1.0, final[name].shape))
            for name, mean in _RESTATEMENTS.items()
        }


def block_height(day: int, seconds: float) -> int:
    """The height of token 1's chain so many seconds into the day with this index: a block every ten minutes."""
    return _FIRST_HEIGHT + day * BLOCKS_A_DAY + int(seconds // (86_400 / BLOCKS_A_DAY))


def _rounded(closes: Floats) -> Floats:
    return np.array([[shown(close) for close in row] for row in closes.tolist()])
