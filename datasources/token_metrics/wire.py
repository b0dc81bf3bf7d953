"""The provider's answers as they come: the envelope, and the fields of the rows that are read.

The classes document what was seen (version 2, upper-case keys); nothing is assumed of a row until `parse` has read it,
hence `Number` for figures that come as 1, 1.0 or "1". `None` means that the provider says "not available".
"""

from typing import Final, NotRequired, TypeAlias, TypedDict

from datasources.answers import Json
from datasources.errors import BadPayload, BadRequest, QuotaSpent, RateLimited, SourceError, Unauthorized, Unavailable

Number: TypeAlias = int | float | str


class Identity(TypedDict):
    """The asset a row is about; the symbol is shared by many assets, and lower-case in `/price`."""

    TOKEN_ID: int | str
    TOKEN_NAME: NotRequired[str]
    TOKEN_SYMBOL: NotRequired[str]


class TokenRow(Identity):
    """`/tokens`, `/top-market-cap-tokens`; older answers spell `CONTRACT_ADDRESS` and have no `tm_link`."""

    EXCHANGE_LIST: list[dict[str, str]] | None
    CATEGORY_LIST: list[dict[str, int | str]] | None
    tm_link: NotRequired[str]  # the slug; TM_LINK beside it is a constant that means nothing
    contract_address: NotRequired[dict[str, str]]


class PriceRow(Identity):
    """`/price`; carries no time."""

    CURRENT_PRICE: Number


class BarRow(Identity):
    """`/daily-ohlcv` (DATE) and `/hourly-ohlcv` (TIMESTAMP, with odd minutes at times)."""

    DATE: NotRequired[str]
    TIMESTAMP: NotRequired[str]
    OPEN: Number
    HIGH: Number
    LOW: Number
    CLOSE: Number
    VOLUME: Number | None


class GradeRow(Identity):
    """`/tm-grade` (no DATE) and `/tm-grade-history`; also TM_GRADE_24h_PCT_CHANGE, with its lower-case h."""

    DATE: NotRequired[str]
    TM_GRADE: Number
    TM_GRADE_SIGNAL: str
    QUANT_GRADE: NotRequired[Number]
    FUNDAMENTAL_GRADE: NotRequired[Number]


class TraderGradeRow(Identity):
    """`/trader-grades`."""

    DATE: str
    TM_TRADER_GRADE: Number
    TM_TRADER_GRADE_24H_PCT_CHANGE: Number | None
    TA_GRADE: Number | None
    QUANT_GRADE: Number | None


class InvestorGradeRow(Identity):
    """`/investor-grades`; also ten `_SCORE` fields of 0 to 10, most of them null."""

    DATE: str
    TM_INVESTOR_GRADE: Number
    TM_INVESTOR_GRADE_7D_PCT_CHANGE: Number | None
    FUNDAMENTAL_GRADE: Number | None
    TECHNOLOGY_GRADE: Number | None
    VALUATION_GRADE: Number | None


class TradingSignalRow(Identity):
    """`/trading-signals`; returns are fractions."""

    DATE: str
    TRADING_SIGNAL: Number
    TOKEN_TREND: Number | None
    TRADING_SIGNALS_RETURNS: Number | None
    HOLDING_RETURNS: Number | None


class MarketMetricsRow(TypedDict):
    """`/market-metrics`; here the grade signal is -1, 0 or 1, in `/tm-grade` it is a word."""

    DATE: str
    TOTAL_CRYPTO_MCAP: Number
    TM_GRADE_PERC_HIGH_COINS: Number
    TM_GRADE_SIGNAL: Number
    LAST_TM_GRADE_SIGNAL: NotRequired[Number]


class LevelsRow(Identity):
    """`/resistance-support`; older answers list bare numbers."""

    DATE: str
    HISTORICAL_RESISTANCE_SUPPORT_LEVELS: list[dict[str, Number]] | list[Number] | None


class CorrelationRow(Identity):
    """`/correlation`; items are {"correlation": number, "token": name}."""

    DATE: str
    TOP_CORRELATION: list[dict[str, Number]] | None


class HourlySignalRow(Identity):
    """`/hourly-trading-signals`; both figures are strings."""

    TIMESTAMP: str
    CLOSE: Number
    SIGNAL: str
    POSITION: str


class FundamentalGradeRow(Identity):
    """`/fundamental-grade` (no DATE) and its history; also five `_SCORE` fields of 0 to 10 or null."""

    DATE: NotRequired[str]
    FUNDAMENTAL_GRADE: Number
    FUNDAMENTAL_GRADE_CLASS: str


class TechnologyGradeRow(Identity):
    """`/technology-grade` and its history; also five `_SCORE` fields of 0 to 10 or null."""

    DATE: str
    TECHNOLOGY_GRADE: Number


class SentimentRow(TypedDict):
    """`/sentiments`, one for each hour; also NEWS_, REDDIT_ and TWITTER_ grades, labels, and summaries in prose."""

    DATETIME: str
    MARKET_SENTIMENT_GRADE: Number


class PredictionRow(Identity):
    """`/scenario-analysis` and `/price-prediction`: one of these, and which one says nothing of the path."""

    DATE: str
    SCENARIO_ANALYSIS: NotRequired[list[dict[str, Number]] | None]
    SCENARIO_PREDICTION: NotRequired[dict[str, Json] | None]
    PRICE_PREDICTION: NotRequired[dict[str, Json] | None]
    FORECASTS_FOR_NEXT_7_DAYS: NotRequired[dict[str, dict[str, Number]] | None]
    PREDICTED_RETURNS_7D: NotRequired[Number | None]


class ReportRow(Identity):
    """`/ai-reports`; four texts in Markdown, each of which may be missing."""

    INVESTMENT_ANALYSIS_POINTER: NotRequired[str | None]
    INVESTMENT_ANALYSIS: NotRequired[str | None]
    DEEP_DIVE: NotRequired[str | None]
    CODE_REVIEW: NotRequired[str | None]


class InvestorRow(TypedDict):
    """`/crypto-investors`; older answers have INVESTOR and INVESTOR_SCORE alone."""

    INVESTOR_NAME: str
    INVESTOR_WEBSITE: NotRequired[str | None]
    INVESTOR_TWITTER: NotRequired[str | None]
    ROUND_COUNT: NotRequired[Number | None]
    ROI_AVERAGE: NotRequired[Number | None]
    ROI_MEDIAN: NotRequired[Number | None]


class IndexValueRow(TypedDict):
    """`/indices-performance`; older answers lack the ID. `/indices` has keys that begin with digits (24H, 1M)."""

    ID: NotRequired[int]
    DATE: str
    INDEX_CUMULATIVE_ROI: Number
    MARKET_CAP: Number | None
    VOLUME: Number | None
    FDV: Number | None


class IndexHoldingRow(Identity):
    """`/indices-holdings`; names the assets, not the index."""

    DATE: NotRequired[str]
    WEIGHT: Number
    PRICE: Number | None
    MARKET_CAP: Number | None
    CURRENT_ROI: Number | None


class MoonshotRow(TypedDict):
    """`/moonshot-tokens`; no TOKEN_ID, and figures in strings."""

    TOKEN_NAME: str
    TOKEN_SYMBOL: str
    MOONSHOT_AT: str
    MOONSHOT_END_AT: str | None
    MOONSHOT_ROI: Number | None
    TM_TRADER_GRADE: str
    MARKET_CAP: str
    VOLUME_24H: str


_WORDS: Final = (
    (RateLimited, ("rate limit", "too many")),
    (QuotaSpent, ("quota", "credit")),
    (Unauthorized, ("api key", "unauthor", "forbidden", "permission", "subscription", "upgrade")),
    (Unavailable, ("internal", "server error", "try again", "temporar", "unavailable", "timeout", "timed out")),
)


def open_envelope(source: str, path: str, answer: Json) -> list[Json]:
    """Take the rows out of `{"success": true, "message": ..., "length": ..., "data": [...]}`.

    `length` is not looked at. Raises `BadPayload` if there is no list of rows, and what the message suggests if the
    answer says that it failed, whatever its HTTP status was.
    """
    envelope = require_success(source, path, answer)
    if "data" not in envelope:
        raise BadPayload(source, f"{path} $.data", "missing")
    rows = envelope["data"]
    if not isinstance(rows, list):
        raise BadPayload(source, f"{path} $.data", "not a list")
    return rows


def require_success(source: str, path: str, answer: Json) -> dict[str, Json]:
    """Give an answer back if it is an object that does not say that it failed."""
    if not isinstance(answer, dict):
        raise BadPayload(source, f"{path} $", "not an object")
    if answer.get("success", True) is False:
        raise _failure(source, path, answer.get("message"))
    return answer


def _failure(source: str, path: str, message: Json) -> SourceError:
    # The message only chooses the error: it is the provider's text and may repeat the query or the key.
    said = message.lower() if isinstance(message, str) else ""
    kind = next((kind for kind, words in _WORDS if any(word in said for word in words)), BadRequest)
    return kind(source, f"{path} answered that it failed, with a success status")
