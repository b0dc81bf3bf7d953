"""How all that is known of an asset looks: a section for each kind of figure, and in each why some are missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from agent.claims.figures import day_text
from agent.cli.page import print_grouped, print_heading, print_paragraph, print_table
from agent.cli.shown import (
    NONE,
    count_of,
    number,
    or_none,
    percent,
    price_usd,
    share,
    short_day,
    signed_share,
    source_words,
    total_usd,
)
from agent.cli.signals_view import print_signal_table, print_verdicts
from agent.measuring.provider_words import provider_words

if TYPE_CHECKING:
    from rich.console import Console

    from agent.analytics.figure import Figure
    from agent.measuring.own_grade_parts import OwnGrade
    from agent.measuring.token import TokenHealth, TokenIdentity, TokenReport
    from agent.measuring.token_onchain import OnchainFigure
    from agent.measuring.token_opinions import TokenGrade, TradingSignalNow

Text = Callable[[float], str]

_SIGNS: Final = {1: "bullish", -1: "bearish", 0: "neither bullish nor bearish: the last side taken stays in force"}
_PRICE: Final = (
    ("close_usd", "Close"),
    ("change_1d", "1 day"),
    ("change_7d", "7 days"),
    ("change_30d", "30 days"),
    ("change_90d", "90 days"),
    ("change_365d", "365 days"),
)
_RISK: Final = (
    ("volatility_30d", "Volatility, 30 days"),
    ("volatility_90d", "Volatility, 90 days"),
    ("downside_volatility_90d", "Downside, 90 days"),
    ("drawdown_365d", "Drawdown, 365 days"),
)
_INDICATORS: Final = (
    ("rsi_14", "RSI, 14 bars"),
    ("adx_14", "ADX, 14 bars"),
    ("atr_14_of_close", "ATR, 14 bars"),
)
_PRICES: Final = (
    ("sma_20_usd", "Mean of 20 bars"),
    ("sma_50_usd", "Mean of 50 bars"),
    ("sma_200_usd", "Mean of 200 bars"),
    ("support_usd", "Support"),
    ("resistance_usd", "Resistance"),
)
_ONCHAIN: Final[Mapping[str, tuple[str, Text]]] = {
    "active_addresses_7d": ("Active addresses, mean of 7 days", lambda value: number(value, 0)),
    "transfer_value_7d_usd": ("Transfer value, mean of 7 days", total_usd),
    "fees_7d_usd": ("Fees, mean of 7 days", total_usd),
    "net_flow_7d_usd": ("Net flow to exchanges, mean of 7 days", total_usd),
    "mvrv": ("MVRV, market value over realised value", lambda value: number(value, 2)),
    "nvt_proxy": ("NVT proxy, market value in days of transfers", lambda value: number(value, 1)),
    "hash_rate_30d_ths": ("Hash rate, mean of 30 days, TH/s", lambda value: number(value, 0)),
    "issuance_30d": ("Issuance a year, of the market value", lambda value: f"{percent(value, 2)}%"),
    "protocol_tvl_usd": ("Value locked in its protocols", total_usd),
    "chain_tvl_usd": ("Value locked on its chains", total_usd),
}
_COMPARED: Final = {
    "hash_ribbon": "against 60 days",
    "issuance_change": "against 90 days before",
    "protocol_tvl_change_7d": "in 7 days",
    "chain_tvl_change_7d": "in 7 days",
}


def print_token(console: "Console", report: "TokenReport") -> None:
    """The whole report."""
    _print_identity(console, report)
    print_heading(console, "Price and its changes")
    _print_figures(console, report.price, _PRICE, lambda name: price_usd if name == "close_usd" else _change)
    print_heading(console, "Risk, per year, from daily returns")
    _print_figures(console, report.risk, _RISK, lambda _: share)
    print_heading(console, "Indicators, moving averages and levels")
    around = {"support_usd": report.levels.support_usd, "resistance_usd": report.levels.resistance_usd}
    _print_figures(console, report.indicators, _INDICATORS, _indicator_text)
    _print_figures(console, {**report.averages, **around}, _PRICES, lambda _: price_usd)
    _print_levels_origin(console, report)
    _print_grades(console, report)
    _print_trading_signal(console, report.trading_signal)
    print_heading(console, "Live signals")
    if report.signals:
        print_signal_table(console, report.signals)
        print_verdicts(console, report.signals)
    else:
        print_paragraph(console, "None: nothing that fired is still live, or no day was scanned (`coinbrief scan`).")
    _print_onchain(console, report.onchain)
    _print_relations(console, report)
    _print_health(console, report.health)


def _print_identity(console: "Console", report: "TokenReport") -> None:
    identity = report.identity
    symbol = provider_words(identity.symbol)
    print_heading(console, f"{identity.asset} ({symbol}) at the close of {day_text(report.as_of)} (UTC)")
    print_paragraph(console, f"Prices are from {source_words(report.source)}.")
    what = identity.kind if identity.stands_for is None else f"{identity.kind}, stands for {identity.stands_for}"
    rank = "not ranked" if identity.rank is None else f"rank {identity.rank}"
    listed = "" if identity.active else ", no longer listed"
    print_paragraph(console, f"Asset {identity.asset_id}: {what}, {rank}{listed}. {_market_value(identity)}")
    if identity.categories:
        print_paragraph(console, f"Categories: {', '.join(map(provider_words, identity.categories))}.")
    known = [f"{provider_words(key)} ({source_words(source)})" for source, key in identity.ids.items()]
    if identity.coingecko_id is not None:
        known.insert(0, f"{provider_words(identity.coingecko_id)} (its CoinGecko id)")
    print_paragraph(console, f"Known as {', '.join(known)}.")


def _market_value(identity: "TokenIdentity") -> str:
    value, day, source = identity.market_cap_usd, identity.market_cap_day, identity.market_cap_source
    if value.value is None or day is None or source is None:
        return f"Market value: {NONE}, {value.reason}."
    return f"Market value: {total_usd(value.value)} as of {day_text(day)}, from {source_words(source)}."


def _print_figures(
    console: "Console",
    figures: "Mapping[str, Figure]",
    titles: Iterable[tuple[str, str]],
    text_of: Callable[[str], Text],
) -> None:
    """One row of figures; below it the reasons of those that are not there."""
    named = list(titles)
    cells = [or_none(figures[name], text_of(name)) for name, _ in named]
    print_table(console, [title for _, title in named], [cells], left=0)
    _print_reasons(console, ((title, figures[name]) for name, title in named))


def _print_reasons(console: "Console", figures: "Iterable[tuple[str, Figure]]") -> None:
    print_grouped(console, [(title, figure.reason) for title, figure in figures if figure.reason is not None])


def _indicator_text(name: str) -> Text:
    return share if name.endswith("_of_close") else lambda value: number(value, 0)


def _print_levels_origin(console: "Console", report: "TokenReport") -> None:
    console.print()
    levels = report.levels
    origin = "derived from the swing highs and lows of 120 days"
    if levels.origin == "provider" and levels.listed_on is not None:
        origin = f"listed by the provider on {day_text(levels.listed_on)}"
    print_paragraph(
        console,
        "RSI and ADX run from 0 to 100; ADX is the strength of a trend, whichever way it goes; ATR is the average "
        f"range of a day, here of the close. Support and resistance are {origin}.",
    )


def _print_grades(console: "Console", report: "TokenReport") -> None:
    print_heading(console, "Grades, 0 to 100")
    _print_provider_grades(console, report.provider_grades)
    for own in report.own_grades:
        console.print()
        _print_own_grade(console, own)
    if any(own.parts for own in report.own_grades):
        text = "A percentile of 90 says that the figure is better than that of 90% of the assets compared."
        console.print()
        print_paragraph(console, text)


def _print_provider_grades(console: "Console", grades: "Sequence[TokenGrade]") -> None:
    received = [(item, item.day) for item in grades if item.grade.value is not None and item.day is not None]
    if received:
        rows = [
            (
                _kind(item.kind) + ("" if item.label is None else f" ({provider_words(item.label)})"),
                or_none(item.grade, _grade),
                short_day(day),
                or_none(item.change_pct, _points),
                or_none(item.change_points, _points),
                NONE if item.previous_day is None else short_day(item.previous_day),
            )
            for item, day in received
        ]
        heading = ("Provider's grade", "Grade", "Day", "Change it states, %", "Change stored, points", "Since")
        print_table(console, heading, rows)
        _print_reasons(console, ((f"{_kind(item.kind)}, change it states", item.change_pct) for item, _ in received))
        _print_reasons(console, ((f"{_kind(item.kind)}, change stored", item.change_points) for item, _ in received))
    lacking = [(f"{_kind(item.kind)} grade", item.grade) for item in grades if item.grade.value is None]
    _print_reasons(console, lacking)


def _print_own_grade(console: "Console", own: "OwnGrade") -> None:
    title = own.horizon.replace("_", "-")
    if own.grade.value is None:
        print_paragraph(console, f"Our {title} grade: {NONE}, {own.grade.reason}.")
    else:
        grade = _grade(own.grade.value)
        print_paragraph(console, f"Our {title} grade is {grade}, the weighted mean of these percentiles:")
    parts = [(part.name, percent(part.weight, 0), or_none(part.percentile, _grade)) for part in own.parts]
    if parts:
        print_table(console, ("Part", "Weight, %", "Percentile"), parts)
    _print_reasons(console, ((part.name, part.percentile) for part in own.parts))


def _print_trading_signal(console: "Console", signal: "TradingSignalNow") -> None:
    print_heading(console, "The provider's trading signal")
    if signal.signal.value is None or signal.day is None:
        print_paragraph(console, f"None: {signal.signal.reason}.")
        return
    word = _SIGNS[int(signal.signal.value)]
    if signal.days_in_force.value is None or signal.change_since.value is None:
        since = f"How long the one in force has lasted is not known: {signal.days_in_force.reason}."
    else:
        since = (
            f"The one in force began {count_of(int(signal.days_in_force.value), 'day')} before; the price has changed "
            f"by {_change(signal.change_since.value)} since that close."
        )
    print_paragraph(console, f"{word.capitalize()}, as of {day_text(signal.day)}. {since}")


def _print_onchain(console: "Console", figures: "Iterable[OnchainFigure]") -> None:
    print_heading(console, "On-chain")
    known = [item for item in figures if item.value.value is not None]
    if known:
        rows = [
            (
                _ONCHAIN[item.name][0],
                NONE if item.source is None else source_words(item.source),
                or_none(item.value, _ONCHAIN[item.name][1]),
                _compared(item),
                NONE if item.day is None else short_day(item.day),
            )
            for item in known
        ]
        print_table(console, ("Figure", "Source", "Value", "Compared", "Day"), rows, left=2)
    lacking = ((_ONCHAIN[item.name][0].partition(",")[0], item.value) for item in figures if item.value.value is None)
    _print_reasons(console, lacking)
    unknown = ((_ONCHAIN[item.name][0].partition(",")[0], item.compared) for item in known)
    _print_reasons(console, [(f"{name}, compared", figure) for name, figure in unknown if figure is not None])
    if known:
        print_paragraph(console, "A z-score is in standard deviations from the 90 days before.")


def _compared(item: "OnchainFigure") -> str:
    if item.compared is None or item.compared_as is None:
        return "not compared"
    if item.compared.value is None:
        return NONE
    if item.compared_as.endswith("_z"):
        return f"z-score {number(item.compared.value, 1, signed=True)}"
    return f"{_change(item.compared.value)} {_COMPARED[item.compared_as]}"


def _print_relations(console: "Console", report: "TokenReport") -> None:
    relations = report.relations
    print_heading(console, "Together with others, 90 daily returns")
    bitcoin = (
        ("Correlation with Bitcoin", relations.bitcoin_correlation_90d),
        ("Beta to Bitcoin", relations.bitcoin_beta_90d),
    )
    if any(figure.value is not None for _, figure in bitcoin):
        print_table(
            console, [title for title, _ in bitcoin], [[or_none(figure, number) for _, figure in bitcoin]], left=0
        )
    _print_reasons(console, bitcoin)
    if relations.reason is not None:
        print_paragraph(console, f"Most correlated: {NONE}, {relations.reason}.")
        return
    console.print()
    rows = [(item.asset, item.kind, number(item.correlation)) for item in relations.neighbours]
    print_table(console, ("Most correlated", "Kind", "Correlation"), rows, left=2)
    print_paragraph(console, f"Of {count_of(relations.compared_with, 'asset')} with enough returns on the same days.")


def _print_health(console: "Console", health: "TokenHealth") -> None:
    print_heading(console, "Data")
    last = "there is none" if health.last_bar is None else f"the last is of {day_text(health.last_bar)}"
    learned = "" if health.learned_at is None else f", learned {health.learned_at:%Y-%m-%d %H:%M} UTC"
    print_paragraph(console, f"Bars: {health.bars} of the last {health.days} days; {last}{learned}.")
    if not health.compared_sources:
        print_paragraph(console, "Prices come from one source only, so nothing can dispute them.")
    elif health.spread_pct is None:
        names = ", ".join(map(source_words, health.compared_sources))
        limit = f"{number(health.tolerance_pct, 1)}%"
        print_paragraph(console, f"No source disputes the last close by more than {limit} (asked: {names}).")
    else:
        closes = ", ".join(f"{source_words(source)} {price_usd(close)}" for source, close in health.closes.items())
        print_paragraph(console, f"Disputed: sources differ by {number(health.spread_pct, 1)}%. {closes}.")


def _kind(kind: str) -> str:
    return "overall" if kind == "tm" else kind


def _change(value: float) -> str:
    return signed_share(value)


def _points(value: float) -> str:
    return number(value, 1, signed=True)


def _grade(value: float) -> str:
    return number(value, 1)
