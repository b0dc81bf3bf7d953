"""What a change of the holdings would do to the portfolio's figures."""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from agent.analytics.what_if import Difference
from agent.ask.arguments import WhatIf
from agent.ask.tools import Candidate
from agent.ask.toolset.figures import require_held
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.resolve import require
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import amount_refs, bar_range
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric, RowRange, RowRef, Unit
from agent.measuring.changes import WhatIfAnalysis, Wishes, what_if_analysis
from agent.measuring.errors import WrongArgument

# By their names in the report: the metric, its unit and window, and what the report's value is multiplied by.
_FIGURES = {
    "portfolio.volatility_90d": (Metric.VOLATILITY, Unit.PCT, "90d", 100.0),
    "independent_factors_90d": (Metric.INDEPENDENT_BETS, Unit.RATIO, "90d", 1.0),
    "portfolio.effective_number": (Metric.EFFECTIVE_NUMBER, Unit.RATIO, None, 1.0),
    "portfolio.diversification_ratio": (Metric.DIVERSIFICATION_RATIO, Unit.RATIO, "90d", 1.0),
    "portfolio.average_correlation_90d": (Metric.AVERAGE_CORRELATION, Unit.RATIO, "90d", 1.0),
    "portfolio.maximum_drawdown_365d": (Metric.MAX_DRAWDOWN, Unit.PCT, "365d", 100.0),
}
_SECTION = SectionKey.PORTFOLIO
_DAYS = 366


def what_if(ledger: Ledger, wish: WhatIf) -> Finding:
    """The figures of the portfolio as it would be beside those as they are; nothing is changed."""
    read = ledger.read
    require_held(read)
    if not (wish.add or wish.drop or wish.resize):
        raise WrongArgument("there is nothing to try: name an asset to add, drop or resize")
    dropped = [require(read, text) for text in wish.drop]
    resized, added = ([_sized(ledger, text) for text in texts] for texts in (wish.resize, wish.add))
    # more of what is held already is a holding resized
    resized += [(item, _on_top(ledger, item, size)) for item, size in added if item.asset_id in read.held.ids]
    added = [(item, size) for item, size in added if item.asset_id not in read.held.ids]
    wishes = Wishes(
        add=tuple(f"id:{item.asset_id}={size}" for item, size in added),
        drop=tuple(f"id:{item.asset_id}" for item in dropped),
        resize=tuple(f"id:{item.asset_id}={size}" for item, size in resized),
    )
    found = what_if_analysis(read.store, read.wanted, wishes, market=False)
    label = _label(found, dropped, [item for item, _ in resized], [item for item, _ in added])
    named = {item.name: item for item in found.differences}
    missing = [name for name in _FIGURES if named[name].difference.value is None]
    drafts = list(_drafts(ledger, found, label, [named[name] for name in _FIGURES if name not in missing]))
    notes = tuple(
        dict.fromkeys(f"not known: {named[name].before.reason or named[name].after.reason}" for name in missing)
    )
    count = len(found.holdings)
    candidates = (*dropped, *(item for item, _ in (*resized, *added)))
    return Finding(ledger.claims(drafts), found.as_of, count, f"{count} assets", notes=notes, candidates=candidates)


_DIGITS = 1  # of per cent and bets; ratios that differ less are not worth telling either


def _sized(ledger: Ledger, text: str) -> tuple[Candidate, str]:
    asset, sign, size = text.rpartition("=")
    if not sign or not asset.strip():
        raise WrongArgument(f"{text[:60]!r} has no size: write it as Solana=5%, Solana=$500 or Solana=12.5")
    return require(ledger.read, asset.strip()), size.strip()


def _on_top(ledger: Ledger, item: Candidate, size: str) -> str:
    """The size of a holding with so much more of it, in the same unit; one that is no number is left to be refused."""
    number = size.strip().removeprefix("$").removesuffix("%").lower().removesuffix("usd").strip().replace(",", "")
    if not number.replace(".", "", 1).isdecimal():
        return size
    amounts = {held.asset_id: float(held.amount) for held in ledger.read.held.holdings}
    if size.strip().replace(",", "") == number:
        return f"{amounts[item.asset_id] + float(number):f}"
    values = {
        asset_id: amounts[asset_id] * price
        for part in ledger.read.several(tuple(amounts), ledger.read.as_of, 1)
        for asset_id, price in zip(part.asset_ids.tolist(), part.close[-1].tolist(), strict=True)
    }
    total = sum(values.values())
    if not math.isfinite(total):
        raise WrongArgument("a holding has no price of the day, so its share cannot be told")
    if size.strip().endswith("%"):
        return f"{values[item.asset_id] / total * 100 + float(number):f}%"
    return f"${values[item.asset_id] + float(number):f}"


def _label(
    found: WhatIfAnalysis, dropped: Sequence[Candidate], resized: Sequence[Candidate], added: Sequence[Candidate]
) -> str:
    """The change in words; sizes are shares of the portfolio afterwards, however they were given."""
    shares = {item.asset_id: item.share_after.value for item in found.holdings}

    def share(item: Candidate) -> Decimal:
        value = shares[item.asset_id]
        if value is None:
            raise WrongArgument(f"{item.name} has no price of the day, so its share cannot be told")
        return Decimal(repr(value * 100))

    changes = [
        *(f"{item.name} sold" for item in dropped),
        *(f"{item.name} resized to {share(item):.1f}% of the portfolio" for item in resized),
        *(f"{share(item):.1f}% of {item.name} added" for item in added),
    ]
    return " and ".join(changes)


def _drafts(ledger: Ledger, found: WhatIfAnalysis, label: str, figures: Sequence[Difference]) -> Iterator[Draft]:
    subject, inputs = f"portfolio:{ledger.read.held.portfolio_id}", _inputs(ledger, found)
    for place, item in enumerate(figures):
        metric, unit, window, scale = _FIGURES[item.name]
        before, after = (figure.value for figure in (item.before, item.after))
        if before is None or after is None:
            continue
        details: dict[str, object] = {"as_of": found.as_of, "window": window}
        if metric is Metric.AVERAGE_CORRELATION:
            details |= {"universe": "holdings", "universe_size": len(ledger.read.held.ids)}
        origin = derivation(metric, "as the portfolio's own figure, with the amounts after the change", *inputs)
        if round(before * scale, _DIGITS) == round(after * scale, _DIGITS):
            continue  # a change too small to be shown says nothing
        now = ledger.add(subject, metric, unit, before * scale, origin, **details)
        then = ledger.add(
            subject, Metric.WHAT_IF, unit, after * scale, origin, **details, qualifier=metric.value, label=label
        )
        yield Draft("what_if", ClaimKind.WHAT_IF, _SECTION, (then, now), 0.9 - place / 100)


def _inputs(ledger: Ledger, found: WhatIfAnalysis) -> tuple[RowRef | RowRange, ...]:
    read = ledger.read
    parts = read.several([item.asset_id for item in found.holdings], found.as_of)
    ranges = [bar_range(part, place, _DAYS) for part in parts for place in range(len(part.asset_ids))]
    return (*amount_refs(read.held.portfolio_id, read.held.holdings), *ranges)
