"""From what is asked for to a rule that can be tracked: names, assets, categories, per cent and days are checked."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from pydantic import TypeAdapter
from sqlmodel import Session

from agent.analytics.index_rules import HIGHEST_COST_BPS, IndexRule, Largest, Listed, Schedule, Weighting, is_feasible
from agent.analytics.index_selection import VOLATILITY_DAYS
from agent.errors import NameTaken
from agent.measuring.assets import require_asset
from agent.measuring.errors import NoPrices, WrongArgument
from agent.measuring.ground import Scope
from agent.measuring.index_market import read_index_ground
from agent.measuring.provider_words import provider_words
from agent.store.columns import JsonValue
from agent.store.indices import list_indices
from agent.store.own_indices import index_rules
from agent.store.panel import load_panel
from agent.store.traits import asset_traits

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LARGEST_UNIVERSE = 500
DEFAULT_UNIVERSE = 10
DEFAULT_DAYS = 365
LONGEST_DAYS = 1461
SHOWN_CATEGORIES = 12
SCHEDULES: Mapping[str, Schedule] = {
    "weekly": Schedule.WEEKLY,
    "monthly": Schedule.MONTHLY,
    "quarterly": Schedule.QUARTERLY,
    "never": Schedule.BUY_AND_HOLD,
}

_RULE = TypeAdapter(IndexRule)


@dataclass(frozen=True, slots=True)
class IndexWish:
    """What is asked for, as a reader writes it; None where nothing was said."""

    name: str
    universe: int | None = None
    category: str | None = None
    assets: tuple[str, ...] = ()
    weighting: str = "equal"
    rebalance: str = "monthly"
    cap_pct: float | None = None
    cost_bps: float = 10.0
    start: str | None = None


def rule_json(rule: IndexRule) -> Mapping[str, JsonValue]:
    """A rule as JSON has it."""
    found: dict[str, JsonValue] = _RULE.dump_python(rule, mode="json")
    universe = found["universe"]
    if isinstance(universe, dict) and isinstance(kinds := universe.get("excluded_kinds"), list):
        universe["excluded_kinds"] = sorted(kinds, key=str)
    return found


def parse_rule(stored: Mapping[str, JsonValue]) -> IndexRule:
    """The rule that `rule_json` wrote."""
    return _RULE.validate_python(stored)


def rule_of(session: Session, scope: Scope, wish: IndexWish) -> IndexRule:
    """Make a rule of a wish. Raises WrongArgument, AssetNotFound, NoPrices, and NameTaken for a name in use."""
    _require_name(session, scope, wish.name)
    universe = _universe(session, scope, wish)
    weighting = _weighting(wish.weighting)
    first, start = _first_day(session, scope, universe), _start(wish.start)
    if start is not None and not first <= start <= scope.day:
        raise WrongArgument(f"--start must be from {first} to {scope.day}, the days with prices, got {start}")
    rule = _checked(wish, universe, weighting, start or _default_start(scope, weighting, first))
    if start is None and weighting in {Weighting.CAP, Weighting.SQRT_CAP}:
        values = read_index_ground(session, scope, rule).first_values
        rule = replace(rule, start=min(values or scope.day, scope.day))
    return rule


def _require_name(session: Session, scope: Scope, name: str) -> None:
    if not NAME.fullmatch(name):
        raise WrongArgument(
            f"an index cannot be called {name!r}: up to 40 lower-case letters, digits and hyphens, no hyphen in front"
        )
    if any(known.name == name for known in index_rules(session)):
        raise NameTaken(f"there is an index {name!r} already: choose another name, or delete that one")
    for source in scope.sources:
        for fund in list_indices(session, source):
            if name in {text.casefold() for text in (fund.provider_id, fund.name, fund.ticker) if text}:
                raise NameTaken(f"{name!r} is what a provider calls an index of its own: choose another name")


def _universe(session: Session, scope: Scope, wish: IndexWish) -> Largest | Listed:
    if wish.assets:
        if wish.universe is not None or wish.category is not None:
            raise WrongArgument("--assets says which assets: leave out --universe and --category")
        ids = [require_asset(session, scope.source, text).asset_id for text in wish.assets]
        twice = [text for text, key in zip(wish.assets, ids, strict=True) if ids.count(key) > 1]
        if twice:
            raise WrongArgument(f"--assets names one asset more than once: {', '.join(twice)}")
        return Listed(tuple(ids))
    count = DEFAULT_UNIVERSE if wish.universe is None else wish.universe
    if not 1 <= count <= LARGEST_UNIVERSE:
        raise WrongArgument(f"--universe must be from 1 to {LARGEST_UNIVERSE} assets, got {count}")
    if wish.category is not None:
        _require_category(session, scope, wish.category)
    return Largest(count, category=wish.category)


def _require_category(session: Session, scope: Scope, category: str) -> None:
    known = Counter(slug for item in asset_traits(session, scope.source).values() for slug in item.categories)
    if category in known:
        return
    if not known:
        raise WrongArgument(f"no asset of {scope.source} has a category, so there is none to choose from")
    largest = ", ".join(provider_words(slug) for slug, _ in known.most_common(SHOWN_CATEGORIES))
    more = " and others" if len(known) > SHOWN_CATEGORIES else ""
    raise WrongArgument(f"no asset is of the category {category!r}; there are {largest}{more}")


def _weighting(text: str) -> Weighting:
    try:
        return Weighting(text)
    except ValueError:
        raise WrongArgument(f"--weighting must be one of {', '.join(Weighting)}, got {text!r}") from None


def _start(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongArgument(f"--start must be a day such as 2025-01-31, got {text!r}") from None


def _first_day(session: Session, scope: Scope, universe: Largest | Listed) -> date:
    """The first day on which any asset of the universe has a close, at most four years back."""
    listed = list(universe.asset_ids) if isinstance(universe, Listed) else None
    panel = load_panel(
        session, scope.source, scope.day - timedelta(days=LONGEST_DAYS - 1), scope.day, ("close",), listed
    )
    known = np.flatnonzero(np.isfinite(panel.values["close"]).any(axis=1))
    if not known.size:
        raise NoPrices(f"{scope.source} has no prices of these assets: run `coinbrief collect` first")
    first: date = panel.days[known[0]].astype("datetime64[D]").item()
    return first


def _default_start(scope: Scope, weighting: Weighting, first: date) -> date:
    if weighting is Weighting.INVERSE_VOLATILITY:
        first += timedelta(days=VOLATILITY_DAYS)
    return min(max(first, scope.day - timedelta(days=DEFAULT_DAYS)), scope.day)


def _checked(wish: IndexWish, universe: Largest | Listed, weighting: Weighting, start: date) -> IndexRule:
    if wish.rebalance not in SCHEDULES:
        raise WrongArgument(f"--rebalance must be one of {', '.join(SCHEDULES)}, got {wish.rebalance!r}")
    if not 0 <= wish.cost_bps <= HIGHEST_COST_BPS:
        raise WrongArgument(f"--cost-bps must be from 0 to {HIGHEST_COST_BPS} basis points, got {wish.cost_bps:g}")
    cap = None if wish.cap_pct is None else wish.cap_pct / 100
    if cap is not None and not (cap > 0 and is_feasible(cap, universe.count)):
        least = 100 / universe.count
        raise WrongArgument(
            f"--cap must be from {least:.4g} (100% / {universe.count} assets) to 100 per cent, got {wish.cap_pct:g}"
        )
    return IndexRule(wish.name, universe, start, weighting, SCHEDULES[wish.rebalance], cap, wish.cost_bps)
