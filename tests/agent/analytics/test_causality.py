"""No figure of a day may depend on a later row: cutting the panel there must change nothing."""

import subprocess
import sys
from dataclasses import fields
from pkgutil import walk_packages

import numpy as np
import pytest

import agent.analytics
from agent.analytics import indicators
from agent.analytics.measures import Measures, PanelArrays, measure
from agent.analytics.returns import simple_returns

RNG = np.random.default_rng(23)
CLOSE = np.exp(np.cumsum(RNG.normal(0.0, 0.05, (420, 4)), axis=0))
CLOSE[:150, 1] = np.nan
CLOSE[RNG.random(420) < 0.1, 2] = np.nan
CLOSE[200:230, 3] = np.nan
DAYS = (20, 60, 210, 229, 260, 400)


@pytest.mark.parametrize("day", DAYS)
def test_histories_up_to_a_day_ignore_what_follows(day: int) -> None:
    for function in (
        indicators.rsi,
        lambda close: indicators.sma(close, 20),
        simple_returns,
        lambda close: indicators.macd(close).line,
        lambda close: indicators.macd(close).signal,
        lambda close: indicators.macd(close).histogram,
    ):
        np.testing.assert_array_equal(function(CLOSE)[:day], function(CLOSE[:day]))


@pytest.mark.parametrize("day", DAYS)
def test_the_measures_of_a_day_ignore_what_follows(day: int) -> None:
    changed = CLOSE.copy()
    changed[day:] *= 7.0
    volume = RNG.lognormal(10.0, 1.0, CLOSE.shape)
    now, later = (
        measure(PanelArrays(*(array[:day].copy() for array in (close * 1.01, close * 0.99, close, volume))))
        for close in (CLOSE, changed)
    )
    for field in fields(Measures):
        np.testing.assert_array_equal(getattr(now, field.name), getattr(later, field.name))
    np.testing.assert_array_equal(now.rsi, np.where(np.isnan(now.close), np.nan, indicators.rsi(CLOSE)[day - 1]))


def test_importing_the_package_does_not_import_what_is_slow_to_load() -> None:
    found = walk_packages(agent.analytics.__path__, "agent.analytics.")
    code = "import sys\n" + "".join(f"import {module.name}\n" for module in found)
    code += "print(sorted({'talib', 'pandas', 'polars', 'scipy', 'sklearn', 'skfolio'} & set(sys.modules)))"
    assert code.count("import agent.analytics.") > 60
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
