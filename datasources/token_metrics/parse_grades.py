"""Rows of the grade endpoints as grades; all of them run from 0 to 100, their `_SCORE` parts from 0 to 10."""

from datasources.records import Grade, GradeKind
from datasources.token_metrics.context import Context
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


def parse_tm_grade(row: Row, context: Context) -> tuple[Grade, ...]:
    """Read a TM grade; a row of `/tm-grade` has no date and counts for the UTC day of the answer."""
    graded_on = context.check_day(day(row) if has_field(row, "DATE") else context.today)
    grade = Grade(
        provider_id=asset_id(row),
        day=graded_on,
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
