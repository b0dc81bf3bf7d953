"""Where skfolio is loaded and fitted: an extra of its own, two seconds the first time, never before it is needed."""

import warnings
from importlib import import_module
from types import ModuleType
from typing import Any

from agent.analytics.bars import Floats
from agent.analytics.errors import OptimizerMissing

_PARTS = ("cluster", "exceptions", "moments", "optimization.hierarchical", "prior", "seriation")

_INACCURATE = "Solution may be inaccurate"
# Of twins, say: skfolio raises the eigenvalues of their correlations to 1e-13, which no figure shows.
_SINGULAR = "The covariance matrix is not positive definite"


def skfolio() -> ModuleType:
    """Load skfolio with the parts that are used. Raises OptimizerMissing if it is not installed."""
    try:
        library = import_module("skfolio")
    except ModuleNotFoundError as error:
        raise OptimizerMissing from error
    for part in _PARTS:
        import_module(f"skfolio.{part}")
    return library


def fitted(model: Any, returns: Floats) -> bool:  # noqa: ANN401 - skfolio publishes no types
    """Fit a model of skfolio to days x assets of returns; False if it warns that its solution may be inaccurate."""
    # recorded and not turned into an error, because skfolio sets a filter of its own around a series of solutions
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(returns)
    accurate = True
    for warning in caught:
        message = str(warning.message)
        if message.startswith(_INACCURATE):
            accurate = False
        elif not message.startswith(_SINGULAR):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return accurate
