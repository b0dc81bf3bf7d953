"""What may be said of the data itself: what is late, missing, disputed or was not collected."""

from collections.abc import Iterator

from agent.briefing.drafts.weighing import Facts
from agent.briefing.facts.own_grade import MISSING_GRADE
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Fact, Metric

# What is wrong with prices comes before what could not be collected, and that before what was not meant to be.
_GAP_ORDER = ("disputed", "price_elsewhere", "stale", "missing", "source_failed", "source_empty", "left_out")


def gap_drafts(facts: Facts) -> Iterator[Draft]:
    """What is late, missing, disputed or was not collected, the worst first."""
    section = SectionKey.GAPS
    yield Draft("coverage", ClaimKind.MISSING, section, ("data/coverage",), 1.0, mandatory=True)
    found = ((template, key) for key, fact in facts.items() if (template := _gap_template(key, fact)) is not None)
    for template, key in sorted(found, key=lambda gap: _GAP_ORDER.index(gap[0])):
        keys = (key, f"{key.removesuffix('_low')}_high") if template == "disputed" else (key,)
        salience = 1.0 if template == "disputed" else 0.9
        is_detail = key.endswith(MISSING_GRADE)  # a reader can do without
        yield Draft(template, ClaimKind.MISSING, section, keys, 0.4 if is_detail else salience, mandatory=not is_detail)


_GAP_STARTS = {"data/failed": "source_failed", "data/empty": "source_empty", "data/left_out": "left_out"}
_GAP_ENDS = {"/price_elsewhere": "price_elsewhere", "/stale": "stale"}


def _gap_template(key: str, fact: Fact) -> str | None:
    """Which template tells the gap that a fact is; None if it is none, or the second half of one."""
    if key.endswith("/disputed_low"):
        return "disputed"
    if fact.metric is not Metric.AVAILABILITY:
        return None
    for start, template in _GAP_STARTS.items():
        if key.startswith(start):
            return template
    return next((template for end, template in _GAP_ENDS.items() if key.endswith(end)), "missing")
