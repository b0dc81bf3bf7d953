"""Rows of `/ai-reports` as reports and of `/crypto-investors` as investors; the texts are a stranger's."""

import re
from typing import Final

from datasources.answers import Json
from datasources.context import Context
from datasources.records import Investor, Report
from datasources.token_metrics.values import (
    Row,
    RowError,
    asset_id,
    block,
    count,
    field,
    has_field,
    optional_number,
    text,
    within,
)

LONGEST_REPORT: Final = 50_000  # characters; the provider writes 4,000 to 8,000
_PARTS: Final = ("INVESTMENT_ANALYSIS_POINTER", "INVESTMENT_ANALYSIS", "DEEP_DIVE", "CODE_REVIEW")
_LONGEST_NAME: Final = 200
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']{1,190}", re.IGNORECASE)
_HANDLE: Final = re.compile(r"@?[A-Za-z0-9_]{1,30}")


def parse_report(row: Row, _context: Context) -> tuple[Report, ...]:
    """Read the texts about an asset, each as it came but for control characters, and cut at 50,000 characters."""
    provider_id = asset_id(row)
    if not any(has_field(row, name) for name in _PARTS):
        raise RowError("none of the expected texts is there")
    texts = ((name.lower(), block(field(row, name), name, LONGEST_REPORT)) for name in _PARTS)
    return tuple(Report(provider_id, name, found) for name, found in texts if found is not None)


def parse_investor(row: Row, _context: Context) -> tuple[Investor, ...]:
    """Read an investor in either shape: with rounds and returns (fractions), or with a score of 0 to 10.

    A website that is no web address, or a Twitter name that is neither one nor a handle, counts as not given.
    """
    name = text(field(row, "INVESTOR_NAME") or field(row, "INVESTOR"), "INVESTOR_NAME", _LONGEST_NAME)
    if name is None:
        raise RowError("INVESTOR_NAME is missing")
    investor = Investor(
        name=name,
        website=_matching(field(row, "INVESTOR_WEBSITE"), _WEB_ADDRESS),
        twitter=_matching(field(row, "INVESTOR_TWITTER"), _WEB_ADDRESS, _HANDLE),
        round_count=count(row, "ROUND_COUNT"),
        average_return=optional_number(row, "ROI_AVERAGE"),
        median_return=optional_number(row, "ROI_MEDIAN"),
        score=within(optional_number(row, "INVESTOR_SCORE"), 0, 10, "INVESTOR_SCORE"),
    )
    return (investor,)


def _matching(value: Json, *patterns: re.Pattern[str]) -> str | None:
    found = text(value, "an address", _LONGEST_NAME) if isinstance(value, str) else None
    return found if found is not None and any(pattern.fullmatch(found) for pattern in patterns) else None
