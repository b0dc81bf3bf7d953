"""Rows of the grade endpoints as grades; all of them run from 0 to 100, their `_SCORE` parts from 0 to 10."""

from datetime import date

from datasources.context import Context
from datasources.records import Grade, GradeKind
from datasources.token_metrics.values import (
    Row,
    asset_id,
    day,
    field,
    has_field,
    number,
    optional_number,
    text,
    within,
)

_LONGEST_LABEL = 40
_TM_PARTS = ("QUANT_GRADE", "FUNDAMENTAL_GRADE")
_TRADER_PARTS = ("TA_GRADE", "QUANT_GRADE")
_INVESTOR_PARTS = (
    "FUNDAMENTAL_GRADE",
    "TECHNOLOGY_GRADE",
    "VALUATION_GRADE",
    "DEFI_USAGE_SCORE",
    "COMMUNITY_SCORE",
    "EXCHANGE_SCORE",
    "VC_SCORE",
    "TOKENOMICS_SCORE",
    "DEFI_SCANNER_SCORE",
    "ACTIVITY_SCORE",
    "SECURITY_SCORE",
    "REPOSITORY_SCORE",
    "COLLABORATION_SCORE",
)
_FUNDAMENTAL_PARTS = ("COMMUNITY_SCORE", "EXCHANGE_SCORE", "VC_SCORE", "TOKENOMICS_SCORE", "DEFI_SCANNER_SCORE")
_TECHNOLOGY_PARTS = (
    "ACTIVITY_SCORE",
    "SECURITY_SCORE",
    "REPOSITORY_SCORE",
    "COLLABORATION_SCORE",
    "DEFI_SCANNER_SCORE",
)


def parse_tm_grade(row: Row, context: Context) -> tuple[Grade, ...]:
    """Read a TM grade; its label is the provider's word for it (Strong Buy to Strong Sell)."""
    grade = Grade(
        provider_id=asset_id(row),
        day=_graded_on(row, context),
        kind=GradeKind.TM,
        value=_grade(row, "TM_GRADE"),
        change_pct=optional_number(row, "TM_GRADE_24H_PCT_CHANGE"),
        label=text(field(row, "TM_GRADE_SIGNAL"), "TM_GRADE_SIGNAL", _LONGEST_LABEL),
        parts=_parts(row, _TM_PARTS),
    )
    return (grade,)


def parse_trader_grade(row: Row, context: Context) -> tuple[Grade, ...]:
    """Read a trader grade; its change is against the day before, in percent."""
    grade = Grade(
        provider_id=asset_id(row),
        day=context.check_day(day(row)),
        kind=GradeKind.TRADER,
        value=_grade(row, "TM_TRADER_GRADE"),
        change_pct=optional_number(row, "TM_TRADER_GRADE_24H_PCT_CHANGE"),
        parts=_parts(row, _TRADER_PARTS),
    )
    return (grade,)


def parse_investor_grade(row: Row, context: Context) -> tuple[Grade, ...]:
    """Read an investor grade; its change is against seven days before, in percent."""
    grade = Grade(
        provider_id=asset_id(row),
        day=context.check_day(day(row)),
        kind=GradeKind.INVESTOR,
        value=_grade(row, "TM_INVESTOR_GRADE"),
        change_pct=optional_number(row, "TM_INVESTOR_GRADE_7D_PCT_CHANGE"),
        parts=_parts(row, _INVESTOR_PARTS),
    )
    return (grade,)


def parse_fundamental_grade(row: Row, context: Context) -> tuple[Grade, ...]:
    """Read a fundamental grade; its label is the provider's class of the asset (blueChip, speculative ...)."""
    grade = Grade(
        provider_id=asset_id(row),
        day=_graded_on(row, context),
        kind=GradeKind.FUNDAMENTAL,
        value=_grade(row, "FUNDAMENTAL_GRADE"),
        label=text(field(row, "FUNDAMENTAL_GRADE_CLASS"), "FUNDAMENTAL_GRADE_CLASS", _LONGEST_LABEL),
        parts=_parts(row, _FUNDAMENTAL_PARTS),
    )
    return (grade,)


def parse_technology_grade(row: Row, context: Context) -> tuple[Grade, ...]:
    """Read a technology grade."""
    grade = Grade(
        provider_id=asset_id(row),
        day=_graded_on(row, context),
        kind=GradeKind.TECHNOLOGY,
        value=_grade(row, "TECHNOLOGY_GRADE"),
        parts=_parts(row, _TECHNOLOGY_PARTS),
    )
    return (grade,)


def _graded_on(row: Row, context: Context) -> date:
    """Find the day of a grade: rows of the latest grades may have none and count for the UTC day of the answer."""
    return context.check_day(day(row) if has_field(row, "DATE") else context.today)


def _grade(row: Row, name: str) -> float:
    value = number(row, name)
    within(value, 0, 100, name)
    return value


def _parts(row: Row, names: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """Read the parts that are there, named in lower case; null ones are left out."""
    parts = []
    for name in names:
        value = within(optional_number(row, name), 0, 10 if name.endswith("_SCORE") else 100, name)
        if value is not None:
            parts.append((name.lower(), value))
    return tuple(parts)
